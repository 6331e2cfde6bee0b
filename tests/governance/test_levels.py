"""Levels: the rule table, suggestions, what counts, and what a change takes."""

from __future__ import annotations

import itertools

import pytest

from tacit.data.findings.finding import Finding
from tacit.errors import ParameterError, RefusedError
from tacit.governance.level_rules import CLASSES, COMBINED, DETECTOR_RULES, HARM, QUASI, RULES
from tacit.governance.levels import Label, change_of, effective, level_of, merged, suggest


def _finding(column: str, detector: str, confidence: float = 0.9) -> Finding:
    return Finding(column, detector, "content", 0.99, 1000, 0.97, 0.01, confidence)


def test_the_rule_table_is_whole() -> None:
    for rule in RULES.values():
        assert rule.klass in CLASSES and rule.level == HARM[rule.harmed, rule.degree]
        assert "verify against your own catalogue" in rule.text.en and "核实" in rule.text.zh
        assert any(source in rule.text.en for source in ("GB/T 43697-2024", "JR/T 0197-2020", "YD/T 3813-2020"))
    assert set(DETECTOR_RULES.values()) | {COMBINED} == set(RULES)
    assert set(DETECTOR_RULES) >= QUASI


def test_more_harm_never_gives_a_lower_level() -> None:
    degrees = ("none", "slight", "general", "severe")
    for harmed in ("nation", "public", "person", "enterprise"):
        levels = [HARM[harmed, degree] for degree in degrees]  # type: ignore[index]
        assert levels == sorted(levels)
    assert {HARM["nation", degree] for degree in degrees[1:]} == {5}  # type: ignore[index]


def test_the_strictest_finding_decides() -> None:
    found = suggest([_finding("a", "cn.mobile", 0.99), _finding("a", "cn.resident_id", 0.6), _finding("b", "cn.uscc")])
    assert (found["a"].level, found["a"].klass, found["a"].rule) == (4, "personal.identity", "personal.document")
    assert found["a"].confidence == 0.6 and len(found["a"].reasons) == 2
    assert (found["b"].level, found["b"].klass) == (2, "enterprise.identity")
    assert suggest([]) == {} and suggest([_finding("x", "unheard.of")]) == {}


def test_quasi_identifiers_raise_each_other() -> None:
    two = [_finding("name", "cn.name"), _finding("born", "birth_date")]
    assert {each.level for each in suggest(two).values()} == {3}
    three = suggest([*two, _finding("sex", "sex"), _finding("mail", "cn.uscc")])
    assert {column: each.level for column, each in three.items()} == {"name": 4, "born": 4, "sex": 4, "mail": 2}
    assert three["sex"].rule == COMBINED and len(three["sex"].reasons) == 3


def test_more_findings_never_lower_a_suggestion() -> None:
    detectors = sorted(DETECTOR_RULES)
    for one, other in itertools.product(detectors, detectors):
        alone = suggest([_finding("c", one)])["c"].level
        assert suggest([_finding("c", one), _finding("c", other)])["c"].level >= alone


def test_what_counts() -> None:
    assert effective(None) == Label(3, "unlabelled", confirmed=False)
    assert effective(Label(1, "general", confirmed=False)).level == 3
    assert effective(Label(1, "general", confirmed=True)).level == 1
    assert effective(Label(5, "core", confirmed=False), 2).level == 5
    labels = {"a": Label(1, "public", confirmed=True), "b": Label(4, "personal.identity", confirmed=False)}
    assert level_of(labels) == 4 and level_of(labels, ["a"]) == 1 and level_of(labels, ["a", "new"]) == 3
    assert level_of({}) == 3 and level_of({}, default=2) == 2


def test_a_scan_never_lowers() -> None:
    for old, fresh, confirmed in itertools.product(range(1, 6), range(1, 6), (True, False)):
        before = Label(old, "general", confirmed=confirmed)
        after = merged(before, Label(fresh, "personal.basic", confirmed=False))
        assert after.level >= before.level and (not confirmed or after == before)


@pytest.mark.parametrize(
    ("old", "level", "reason", "lowers", "second"),
    [
        (None, 3, "", False, False),
        (None, 4, "", False, False),
        (None, 2, "public list", True, False),
        (Label(3, "general", confirmed=True), 3, "", False, False),
        (Label(3, "general", confirmed=True), 2, "aggregated", True, False),
        (Label(4, "general", confirmed=True), 3, "masked", True, True),
        (Label(5, "general", confirmed=False), 4, "masked", True, True),
        (Label(2, "general", confirmed=True), 5, "", False, False),
    ],
)
def test_what_a_change_takes(old: Label | None, level: int, reason: str, lowers: bool, second: bool) -> None:
    change = change_of(old, level, "general", reason)
    assert (change.lowers, change.needs_second) == (lowers, second)
    if lowers:
        with pytest.raises(RefusedError) as caught:
            change_of(old, level, "general", "  ")
        assert caught.value.code == "label.reason_missing"


@pytest.mark.parametrize(
    ("level", "klass", "code"),
    [
        (0, "general", "label.level_invalid"),
        (6, "general", "label.level_invalid"),
        (3, "made.up", "label.class_unknown"),
        (4, "important", "label.class_too_low"),
        (1, "core", "label.class_too_low"),
    ],
)
def test_what_no_label_may_be(level: int, klass: str, code: str) -> None:
    with pytest.raises(ParameterError) as caught:
        change_of(None, level, klass, "because")
    assert caught.value.code == code
