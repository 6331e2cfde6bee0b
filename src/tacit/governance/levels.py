"""Levels of columns: what findings suggest, and what a change of a label needs. Pure.

Five levels, 5 the most sensitive, in the manner of JR/T 0197-2020. A column without a label counts as the default
level. A suggestion alone never counts below the default, and nothing but a person lowers a label: see `effective`,
`merged` and `change_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tacit.data.findings.finding import Finding
from tacit.errors import ParameterError, RefusedError
from tacit.governance.level_rules import (
    CLASSES,
    COMBINED,
    DETECTOR_RULES,
    QUASI,
    RULES,
    STRICTEST_CLASSES,
    title_of,
)
from tacit.schema.text import Text

LOWEST, HIGHEST = 1, 5
DEFAULT_LEVEL = 3  # of a column that nobody has labelled
SECOND_FROM = 4  # lowering a label from here on takes two people
UNLABELLED = "unlabelled"
COMBINED_FROM = 3  # so many different quasi-identifiers together raise each other


@dataclass(frozen=True, slots=True)
class Label:
    """Level 1..5 and class of a column, as they count now. `confirmed`: a person said so."""

    level: int
    klass: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a scan proposes for a column. `confidence`: of the finding that decided."""

    column: str
    level: int
    klass: str
    rule: str
    reasons: tuple[Text, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Change:
    """What a person wants for a column, and whether a second person must agree before it counts."""

    level: int
    klass: str
    lowers: bool
    needs_second: bool


def suggest(findings: Iterable[Finding]) -> dict[str, Suggestion]:
    """Column -> suggestion, for every column with a finding. The strictest rule decides; quasi-identifiers combine."""
    by_column: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.detector in DETECTOR_RULES:
            by_column.setdefault(finding.column, []).append(finding)
    single = {column: _strictest(column, found) for column, found in by_column.items()}
    return _combined(single, by_column)


def _strictest(column: str, findings: Sequence[Finding]) -> Suggestion:
    """Take the higher, be strict: the rule with the highest level, then the surest finding."""
    best = max(findings, key=lambda each: (RULES[DETECTOR_RULES[each.detector]].level, each.confidence))
    rule = RULES[DETECTOR_RULES[best.detector]]
    return Suggestion(column, rule.level, rule.klass, rule.id, (_seen(best), rule.text), best.confidence)


def _seen(finding: Finding) -> Text:
    """Why the detector spoke, in figures only."""
    title = title_of(finding.detector)
    if finding.by == "name":
        return Text(
            f"列名表明该列是{title.zh}，内容未能核实", f"The name says {title.en}; the content tells nothing more"
        )
    share = f"{100 * finding.share:.1f} %"
    zh = f"抽样的 {finding.sampled} 个不同取值中 {share} 符合{title.zh}（置信下界 {100 * finding.lower:.1f} %）"
    en = f"{share} of {finding.sampled} different sampled values are {title.en} (at least {100 * finding.lower:.1f} %)"
    return Text(zh, en)


def _combined(single: Mapping[str, Suggestion], findings: Mapping[str, list[Finding]]) -> dict[str, Suggestion]:
    """Several kinds of quasi-identifiers in one table tell a person together, as none does alone."""
    kinds = {each.detector for found in findings.values() for each in found} & QUASI
    rule = RULES[COMBINED]
    raised = dict(single)
    if len(kinds) < COMBINED_FROM:
        return raised
    for column, found in findings.items():
        if {each.detector for each in found} & QUASI and single[column].level < rule.level:
            reasons = (*single[column].reasons, rule.text)
            raised[column] = replace(single[column], level=rule.level, rule=rule.id, reasons=reasons)
    return raised


def effective(label: Label | None, default: int = DEFAULT_LEVEL) -> Label:
    """The label as it counts: without one the default; a suggestion that nobody confirmed, never below the default."""
    if label is None:
        return Label(default, UNLABELLED, confirmed=False)
    return label if label.confirmed else replace(label, level=max(label.level, default))


def level_of(labels: Mapping[str, Label], columns: Iterable[str] | None = None, default: int = DEFAULT_LEVEL) -> int:
    """Level of a table, or of some of its columns: the highest of them; the default if there are none.

    A column that `labels` does not know counts as the default.
    """
    names = list(labels if columns is None else columns)
    return max((effective(labels.get(name), default).level for name in names), default=default)


def merged(old: Label | None, fresh: Label) -> Label:
    """What stands after a scan: a confirmed label as it was, else the higher of the two suggestions. Never lower."""
    if old is None or (not old.confirmed and fresh.level >= old.level):
        return fresh
    return old


def change_of(old: Label | None, level: int, klass: str, reason: str, default: int = DEFAULT_LEVEL) -> Change:
    """Whether a person may set `level` and `klass`, and what it takes.

    `old`: the label that stands, or the highest suggestion; None: nothing is known, so the default stands. To go below
    it needs a reason; to go below one of SECOND_FROM or more, a second person too.
    Raises ParameterError("label.level_invalid", "label.class_unknown", "label.class_too_low"),
    RefusedError("label.reason_missing").
    """
    _check(level, klass)
    before = default if old is None else old.level
    lowers = level < before
    if lowers and not reason.strip():
        raise RefusedError(
            "label.reason_missing",
            "A lower level needs a reason.",
            found=f"from {before} to {level}",
            hint="Say why the column may be treated as less sensitive.",
        )
    return Change(level, klass, lowers, needs_second=lowers and before >= SECOND_FROM)


def _check(level: int, klass: str) -> None:
    if not LOWEST <= level <= HIGHEST:
        raise ParameterError(
            "label.level_invalid", "There is no such level.", found=str(level), expected=f"{LOWEST} to {HIGHEST}"
        )
    if klass not in CLASSES:
        raise ParameterError(
            "label.class_unknown", "There is no such class of data.", found=klass[:80], hint="`tacit label rules`."
        )
    if level < STRICTEST_CLASSES.get(klass, LOWEST):
        raise ParameterError(
            "label.class_too_low",
            "Data of this class may not have so low a level.",
            found=f"{klass} at {level}",
            expected=f"at least {STRICTEST_CLASSES[klass]}",
        )
