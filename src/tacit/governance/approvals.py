"""Who says yes to a job at this node: a person, or a rule that the owner made before. Pure functions.

A rule approves only when it covers the whole of what the job does at this node: its initiator, every operator that
this node takes part in, every dataset of this node that is read. What a rule does not mention, it does not limit;
a rule that limits nothing is refused when it is made. Without a rule that covers it, a job waits for a person.
No rule approves what needs two people (see `tacit.governance.inbox`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from tacit.errors import ParameterError
from tacit.flow.plan import Plan
from tacit.governance.inbox import DUAL_LEVEL
from tacit.schema.agreement import DatasetName
from tacit.schema.flow import Name, OperatorName
from tacit.schema.text import Text
from tacit.schema.wire import AgreementId, Count, Millis, Shape

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Many = Field(default=None, min_length=1)
Purpose = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
RULE_LEVEL = 3  # of a rule that names none


class Rate(Shape):
    """At most `jobs` in any `period_s` seconds."""

    jobs: int = Field(ge=1, le=1_000_000)
    period_s: int = Field(ge=1, le=366 * 86_400)


class Rule(Shape):
    """A standing approval. A list names what is allowed; an absent one does not limit.

    `parties`: everybody else who may be in the flow. `max_rows`: of the largest dataset that this node brings.
    `purposes`: of the agreement under which the job runs. `max_level`: of what the job reads here. `max_uses`: jobs
    that it approves in all.
    """

    id: RuleId
    initiators: tuple[Name, ...] | None = Many
    parties: tuple[Name, ...] | None = Many
    operators: tuple[OperatorName, ...] | None = Many
    datasets: tuple[DatasetName, ...] | None = Many
    agreements: tuple[AgreementId, ...] | None = Many
    purposes: tuple[Purpose, ...] | None = Many
    max_rows: Count | None = None
    max_level: int = Field(default=RULE_LEVEL, ge=1, le=5)
    max_uses: int | None = Field(default=None, ge=1, le=1_000_000_000)
    rate: Rate | None = None
    valid_until: Millis | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> Rule:
        if all(value is None for value in (self.initiators, self.operators, self.datasets, self.agreements)):
            raise ParameterError(
                "rule.too_wide",
                "This rule would approve every job of everybody.",
                expected="at least one of initiators, operators, datasets, agreements",
                hint="Name at least whose jobs it approves.",
            )
        return self


@dataclass(frozen=True, slots=True)
class Question:
    """What a job would do at this node, as this node planned it itself.

    `operators`: of the steps in which this node takes part. `datasets`: of this node. `rows`: of the largest of them.
    `parties`: all others in the flow. `level`: the highest of what it reads here. `dual_level`: from here on two
    people decide. `past`: rule -> when it approved jobs before, in milliseconds since 1970; a rule that is not in it
    has approved none.
    """

    initiator: str
    operators: tuple[str, ...]
    datasets: tuple[str, ...]
    agreement: str | None = None
    rows: int | None = None
    parties: tuple[str, ...] | None = None
    now_ms: int | None = None
    level: int = RULE_LEVEL
    dual_level: int = DUAL_LEVEL
    purpose: str | None = None
    past: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that a rule does not cover, in words for people."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` approved, or None: a person must decide. `reasons`: per rule, the first thing it does not cover."""

    rule: str | None
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def approved(self) -> bool:
        return self.rule is not None


def decide(rules: Iterable[Rule], question: Question) -> Decision:
    """The first rule that covers everything, or why none does."""
    reasons = []
    for rule in rules:
        reason = first_gap(rule, question)
        if reason is None:
            return Decision(rule.id)
        reasons.append((rule.id, reason))
    return Decision(None, tuple(reasons))


def first_gap(rule: Rule, question: Question) -> str | None:
    """Code of the first thing that `rule` does not cover ("rule.operator", …); None: it covers all.

    What a rule limits and the question does not tell counts as not covered.
    """
    return next((code for code, covered in _CHECKS if not covered(rule, question)), None)


def gaps(rule: Rule, question: Question) -> list[Gap]:
    """Everything that `rule` does not cover; empty: it would approve."""
    return [Gap(code, _WORDS[code](rule, question)) for code, covered in _CHECKS if not covered(rule, question)]


def question_of(
    plan: Plan,
    me: str,
    *,
    initiator: str,
    datasets: Iterable[str],
    agreement: str | None,
    rows: int | None,
    now_ms: int | None = None,
    level: int = RULE_LEVEL,
    dual_level: int = DUAL_LEVEL,
    purpose: str | None = None,
    past: Mapping[str, tuple[int, ...]] | None = None,
) -> Question:
    """The question that a plan puts to this node."""
    return Question(
        initiator=initiator,
        operators=tuple(sorted({step.spec.name for step in plan.steps_of(me)})),
        datasets=tuple(sorted(datasets)),
        agreement=agreement,
        rows=rows,
        parties=tuple(sorted(party for party in plan.parties if party != me)),
        now_ms=now_ms,
        level=level,
        dual_level=dual_level,
        purpose=purpose,
        past=past or {},
    )


def _within(allowed: tuple[str, ...] | None, asked: Iterable[str] | None) -> bool:
    return allowed is None or (asked is not None and set(asked) <= set(allowed))


def _has_uses(rule: Rule, question: Question) -> bool:
    return rule.max_uses is None or len(question.past.get(rule.id, ())) < rule.max_uses


def _has_rate(rule: Rule, question: Question) -> bool:
    if rule.rate is None:
        return True
    if question.now_ms is None:
        return False
    begin = question.now_ms - rule.rate.period_s * 1000
    return sum(at > begin for at in question.past.get(rule.id, ())) < rule.rate.jobs


_CHECKS: tuple[tuple[str, Callable[[Rule, Question], bool]], ...] = (
    ("rule.expired", lambda r, q: r.valid_until is None or (q.now_ms is not None and q.now_ms <= r.valid_until)),
    ("rule.dual", lambda r, q: q.level < q.dual_level),
    ("rule.level", lambda r, q: q.level <= r.max_level),
    ("rule.initiator", lambda r, q: _within(r.initiators, (q.initiator,))),
    ("rule.party", lambda r, q: _within(r.parties, q.parties)),
    ("rule.operator", lambda r, q: _within(r.operators, q.operators)),
    ("rule.dataset", lambda r, q: _within(r.datasets, q.datasets)),
    ("rule.agreement", lambda r, q: r.agreements is None or q.agreement in r.agreements),
    ("rule.purpose", lambda r, q: r.purposes is None or q.purpose in r.purposes),
    ("rule.rows", lambda r, q: r.max_rows is None or (q.rows is not None and q.rows <= r.max_rows)),
    ("rule.uses", _has_uses),
    ("rule.rate", _has_rate),
)


def _beyond(zh: str, en: str, allowed: tuple[str, ...] | None, asked: Iterable[str] | None) -> Text:
    more = ", ".join(sorted(set(asked or ()) - set(allowed or ()))) or "?"
    return Text(f"规则未涵盖{zh}：{more}", f"The rule does not cover the {en}: {more}")


_WORDS: dict[str, Callable[[Rule, Question], Text]] = {
    "rule.expired": lambda r, q: Text("规则已过期", "The rule has expired"),
    "rule.dual": lambda r, q: Text(
        f"所读数据为 {q.level} 级，须由两人审批，规则不能代替",
        f"The data is of level {q.level}: two people decide, no rule",
    ),
    "rule.level": lambda r, q: Text(
        f"所读数据为 {q.level} 级，规则最高 {r.max_level} 级",
        f"The data is of level {q.level}, the rule goes up to {r.max_level}",
    ),
    "rule.initiator": lambda r, q: _beyond("发起方", "initiator", r.initiators, (q.initiator,)),
    "rule.party": lambda r, q: _beyond("参与方", "party", r.parties, q.parties),
    "rule.operator": lambda r, q: _beyond("算子", "operator", r.operators, q.operators),
    "rule.dataset": lambda r, q: _beyond("数据集", "dataset", r.datasets, q.datasets),
    "rule.agreement": lambda r, q: Text("任务不在规则所列合约之下", "The job is not under an agreement of the rule"),
    "rule.purpose": lambda r, q: Text("合约用途不在规则所列之中", "The agreement has another purpose than the rule"),
    "rule.rows": lambda r, q: Text(
        f"数据集有 {q.rows} 行，规则最多 {r.max_rows} 行",
        f"The dataset has {q.rows} rows, the rule allows {r.max_rows}",
    ),
    "rule.uses": lambda r, q: Text(
        f"规则的 {r.max_uses} 次已用完", f"The rule has approved its {r.max_uses} jobs already"
    ),
    "rule.rate": lambda r, q: Text(
        "规则在本时段的次数已用完", "The rule has approved as many jobs in this period as it may"
    ),
}
