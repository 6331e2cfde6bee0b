"""Who says yes to a job at this node: a person, or a rule that the owner made before. Pure functions.

A rule approves only when it covers the whole of what the job does at this node: its initiator, every operator that
this node takes part in, every dataset of this node that is read. What a rule does not mention, it does not limit;
a rule that limits nothing is refused when it is made. Without a rule that covers it, a job waits for a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from tacit.errors import ParameterError
from tacit.flow.plan import Plan
from tacit.schema.flow import Name, OperatorName
from tacit.schema.job import DatasetName
from tacit.schema.wire import AgreementId, Count, Millis, Shape

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Many = Field(default=None, min_length=1)


class Rule(Shape):
    """A standing approval. A list names what is allowed; an absent one does not limit.

    `parties`: everybody else who may be in the flow. `max_rows`: of the largest dataset that this node brings.
    """

    id: RuleId
    initiators: tuple[Name, ...] | None = Many
    parties: tuple[Name, ...] | None = Many
    operators: tuple[OperatorName, ...] | None = Many
    datasets: tuple[DatasetName, ...] | None = Many
    agreements: tuple[AgreementId, ...] | None = Many
    max_rows: Count | None = None
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
    `parties`: all others in the flow.
    """

    initiator: str
    operators: tuple[str, ...]
    datasets: tuple[str, ...]
    agreement: str | None = None
    rows: int | None = None
    parties: tuple[str, ...] | None = None
    now_ms: int | None = None


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
    for code, covered in _CHECKS:
        if not covered(rule, question):
            return code
    return None


def question_of(
    plan: Plan,
    me: str,
    *,
    initiator: str,
    datasets: Iterable[str],
    agreement: str | None,
    rows: int | None,
    now_ms: int | None = None,
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
    )


def _within(allowed: tuple[str, ...] | None, asked: Iterable[str] | None) -> bool:
    return allowed is None or (asked is not None and set(asked) <= set(allowed))


_CHECKS: tuple[tuple[str, Callable[[Rule, Question], bool]], ...] = (
    ("rule.expired", lambda r, q: r.valid_until is None or (q.now_ms is not None and q.now_ms <= r.valid_until)),
    ("rule.initiator", lambda r, q: _within(r.initiators, (q.initiator,))),
    ("rule.party", lambda r, q: _within(r.parties, q.parties)),
    ("rule.operator", lambda r, q: _within(r.operators, q.operators)),
    ("rule.dataset", lambda r, q: _within(r.datasets, q.datasets)),
    ("rule.agreement", lambda r, q: r.agreements is None or q.agreement in r.agreements),
    ("rule.rows", lambda r, q: r.max_rows is None or (q.rows is not None and q.rows <= r.max_rows)),
)
