"""What this node approves by itself: rules, and standing approvals of flows; and of which level a job is here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tacit.errors import TacitError
from tacit.governance.approvals import Gap, Question, Rule, decide, gaps, question_of
from tacit.node.blueprint import Blueprint
from tacit.node.clock import now
from tacit.node.contribution import Contribution
from tacit.node.database import AgreementRow, JobRow
from tacit.node.projects import Projects
from tacit.node.settings import Settings
from tacit.node.stores.inbox import StandingStore, UseStore
from tacit.node.stores.rules import RuleStore
from tacit.node.tables.inbox import StandingRow

LOWEST = 1


@dataclass(frozen=True, slots=True)
class Explained:
    """What the rules say to a job, without counting it as a use. `rules`: rule -> what it does not cover."""

    question: Question
    standing: str | None
    rules: dict[str, list[Gap]]

    @property
    def rule(self) -> str | None:
        """The rule that would approve."""
        return next((rule for rule, missing in self.rules.items() if not missing), None)


@dataclass(slots=True)
class Rulebook:
    """Wired by `tacit.node.wiring`. `level_of`: level of a dataset of this node, 1 to 5; `model_level`: of what
    was saved here under a name. `ask`: called with a job that nothing here approves, so that a person is asked."""

    me: str
    settings: Settings
    rules: RuleStore
    standing: StandingStore
    uses: UseStore
    projects: Projects
    contribution: Contribution
    level_of: Callable[[str], int]
    model_level: Callable[[str], int]
    clock: Callable[[], float] = now
    ask: Callable[[str], None] = lambda _job_id: None

    def level(self, blueprint: Blueprint) -> int:
        """The highest of the datasets and of the stored models that a job reads here; 1 if it reads none.

        Raises NotFoundError("dataset.unknown").
        """
        datasets = [self.level_of(name) for name in blueprint.datasets_of(self.me)]
        models = [self.model_level(name) for name in {name for name, _ in blueprint.models_of(self.me)}]
        return max(datasets + models, default=LOWEST)

    def approver(self, row: JobRow, blueprint: Blueprint) -> str | None:
        """ "flow:…" or "rule:…", counted as used for this job; None: a person decides."""
        standing = self.stands_for(row, blueprint)
        if standing is not None:
            return standing
        question = self.question(blueprint, row.initiator, row.agreement_id)
        left = self._all()
        while (chosen := decide(left, question).rule) is not None:
            rule = next(each for each in left if each.id == chosen)
            if self._claim_rule(rule, row.id):
                return f"rule:{chosen}"
            left = [each for each in left if each.id != chosen]  # somebody else took its last use
        return None

    def stands_for(self, row: JobRow, blueprint: Blueprint) -> str | None:
        """The standing approval of a job's flow, counted as used for it."""
        for approval in self._standing_for(row.flow_hash, row.initiator, row.agreement_id):
            if self._stands(approval, blueprint) and self._claim_standing(approval, row.id):
                return f"flow:{approval.id}"
        return None

    def explain(self, blueprint: Blueprint, initiator: str, agreement: str, flow_hash: str) -> Explained:
        """What would approve such a job, and why the other rules do not."""
        question = self.question(blueprint, initiator, agreement)
        standing = [
            row.id
            for row in self._standing_for(flow_hash, initiator, agreement)
            if self._stands(row, blueprint) and self._has_runs(row)
        ]
        return Explained(question, next(iter(standing), None), {each.id: gaps(each, question) for each in self._all()})

    def question(self, blueprint: Blueprint, initiator: str, agreement: str) -> Question:
        """What a job asks of this node."""
        asked = question_of(
            blueprint.plan,
            self.me,
            initiator=initiator,
            datasets=blueprint.datasets_of(self.me),
            agreement=agreement or None,
            rows=self.contribution.rows(blueprint),
            now_ms=self._now_ms(),
            level=self.level(blueprint),
            dual_level=self.settings.dual_approval_level,
            purpose=self.purpose(agreement),
        )
        return replace(asked, past={rule.id: self._past(rule) for rule in self._all() if _counts(rule)})

    def purpose(self, agreement: str) -> str | None:
        """Of an agreement."""
        row = self.in_force(agreement)
        return None if row is None else str(row.document["purpose"])

    def in_force(self, agreement: str) -> AgreementRow | None:
        """The version of an agreement that holds now; None: none does."""
        try:
            return self.projects.in_force(agreement) if agreement else None
        except TacitError:
            return None

    def _all(self) -> list[Rule]:
        return [Rule.model_validate({"id": row.id, **row.document}) for row in self.rules.all()]

    def _past(self, rule: Rule) -> tuple[int, ...]:
        return tuple(int(at * 1000) for at in self.uses.times(f"rule:{rule.id}"))

    def _claim_rule(self, rule: Rule, job_id: str) -> bool:
        rate = (rule.rate.jobs, float(rule.rate.period_s)) if rule.rate is not None else None
        return self.uses.claim(f"rule:{rule.id}", job_id, self.clock(), limit=rule.max_uses, rate=rate)

    def _standing_for(self, flow_hash: str, initiator: str, agreement: str) -> list[StandingRow]:
        return self.standing.of_flow(flow_hash, initiator, agreement, self.clock())

    def _stands(self, approval: StandingRow, blueprint: Blueprint) -> bool:
        """What was approved is still what happens: the same disclosures, and no higher level."""
        try:
            return approval.level >= self.level(blueprint) and approval.disclosures == disclosed(blueprint)
        except TacitError:
            return False

    def _has_runs(self, approval: StandingRow) -> bool:
        return approval.max_runs is None or self.uses.used(f"flow:{approval.id}") < approval.max_runs

    def _claim_standing(self, approval: StandingRow, job_id: str) -> bool:
        return self.uses.claim(f"flow:{approval.id}", job_id, self.clock(), limit=approval.max_runs)

    def _now_ms(self) -> int:
        return int(self.clock() * 1000)


def disclosed(blueprint: Blueprint) -> dict[str, list[dict[str, str]]]:
    """Party -> what it learns, as it is stored."""
    return {party: [line.document() for line in lines] for party, lines in blueprint.disclosures.items()}


def _counts(rule: Rule) -> bool:
    return rule.max_uses is not None or rule.rate is not None
