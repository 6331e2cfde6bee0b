"""The desks of the inbox: how jobs, agreements, grants, standing approvals and lowered labels wait and are decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tacit.errors import TacitError
from tacit.governance.inbox import ItemState, Kind
from tacit.node.blueprint import Planner
from tacit.node.catalogue import Catalogue
from tacit.node.database import AgreementRow, JobRow
from tacit.node.flow_approvals import ACTIVE, REJECTED, FlowApprovals
from tacit.node.flow_approvals import WAITING as PUT_UP
from tacit.node.grants import Grants
from tacit.node.inbox import Draft
from tacit.node.labels import ColumnLabel, Labels
from tacit.node.participant import WAITING, Participant, check_flow
from tacit.node.projects import PROPOSED, Projects
from tacit.node.rulebook import Rulebook
from tacit.node.scheduler import Scheduler
from tacit.node.stores.grants import GIVEN
from tacit.node.stores.inbox import InboxStore
from tacit.node.stores.jobs import JobStore, wrong_state
from tacit.schema.states import JobState
from tacit.schema.text import Text


@dataclass(frozen=True, slots=True)
class JobDesk:
    """Jobs of peers that nobody here has decided on, and own ones that need a second person before they go out."""

    me: str
    jobs: JobStore
    planner: Planner
    rulebook: Rulebook
    participant: Participant
    scheduler: Scheduler
    kind: Kind = Kind.JOB

    def check(self, job_id: str, wanted: str, flow_hash: str | None = None) -> None:
        """A person can decide on it. Raises InputError("job.wrong_state"), RefusedError("job.flow_hash_differs")."""
        row = self.jobs.get(job_id)
        check_flow(row, flow_hash)
        if row.state != JobState.PENDING or row.decision != WAITING:
            raise wrong_state(row, wanted)

    def touched(self, act: str, subject: str) -> Iterable[str]:
        """See Desk."""
        new = act == "job.received"  # a rule may approve it yet; `Rulebook.ask` tells if none does
        return (subject.removeprefix("job:"),) if subject.startswith("job:") and not new else ()

    def waiting(self) -> Iterable[str]:
        """See Desk."""
        return [row.id for row in self.jobs.all((JobState.PENDING,), limit=100_000) if row.decision == WAITING]

    def draft(self, subject: str) -> Draft | None:
        """See Desk."""
        row = self.jobs.find(subject)
        if row is None or row.state != JobState.PENDING or row.decision != WAITING:
            return None
        own = row.initiator == self.me
        asked_by = row.decided_by or "node" if own else f"peer:{row.initiator}"
        level = self._level(row)
        title = Text(f"任务：{row.name}（发起方 {row.initiator}）", f"Job: {row.name} (initiator {row.initiator})")
        return Draft(Kind.JOB, row.id, title, told(row.disclosures), asked_by, level, own=own)

    def outcome(self, subject: str) -> ItemState:
        """See Desk."""
        row = self.jobs.find(subject)
        if row is not None and row.decision == "APPROVED":
            return ItemState.APPROVED
        return ItemState.REJECTED if row is not None and row.decision == "REJECTED" else ItemState.WITHDRAWN

    def hash(self, subject: str) -> str | None:
        """See Desk."""
        row = self.jobs.find(subject)
        return None if row is None else row.flow_hash

    def approve(self, subject: str, by: str) -> None:
        """See Desk."""
        if self.jobs.get(subject).initiator == self.me:
            self.scheduler.release(subject, by=by)
        else:
            self.participant.approve(subject, by=by)

    def reject(self, subject: str, by: str) -> None:
        """See Desk."""
        if self.jobs.get(subject).initiator == self.me:
            self.scheduler.withhold(subject, by=by)
        else:
            self.participant.reject(subject, by=by)

    def _level(self, row: JobRow) -> int:
        try:
            return self.rulebook.level(self.planner.of_job(row))
        except TacitError:  # a dataset is gone: who approves will be told
            return self.rulebook.settings.default_level


@dataclass(frozen=True, slots=True)
class AgreementDesk:
    """Offers that this node has not answered. A subject is one offer: id and hash, so that a counter-offer is new."""

    me: str
    projects: Projects
    rulebook: Rulebook
    inbox: InboxStore
    kind: Kind = Kind.AGREEMENT

    def touched(self, act: str, subject: str) -> Iterable[str]:
        """See Desk."""
        if not subject.startswith("project:"):
            return ()
        row = self.projects.store.find(subject.removeprefix("project:"))
        known = [item.subject for item in self.inbox.open(Kind.AGREEMENT)]
        return {*([offer_of(row)] if row else []), *(each for each in known if row and each.startswith(f"{row.id} "))}

    def waiting(self) -> Iterable[str]:
        """See Desk."""
        return [offer_of(row) for row in self.projects.store.all() if _undecided(row)]

    def draft(self, subject: str) -> Draft | None:
        """See Desk."""
        row = self.projects.store.find(subject.split(" ")[0])
        if row is None or offer_of(row) != subject or not _undecided(row):
            return None
        document = row.document
        ours = document.get("datasets", {}).get(self.me, ())
        members, names = ", ".join(document["members"]), ", ".join(ours)
        title = Text(f"合约：{document['name']}", f"Agreement: {document['name']}")
        purpose = in_one_line(document["purpose"])
        summary = Text(
            f"用途：{purpose}\n成员：{members}\n本方数据集：{names or '无'}",
            f"Purpose: {purpose}\nMembers: {members}\nOur datasets: {names or 'none'}",
        )
        return Draft(Kind.AGREEMENT, subject, title, summary, f"peer:{row.proposer}", self._level(ours))

    def outcome(self, subject: str) -> ItemState:
        """See Desk."""
        row = self.projects.store.find(subject.split(" ")[0])
        if row is None or offer_of(row) != subject:
            return ItemState.WITHDRAWN
        decided = {"APPROVED": ItemState.APPROVED, "REJECTED": ItemState.REJECTED}
        return decided.get(row.decision, ItemState.WITHDRAWN)

    def hash(self, subject: str) -> str | None:
        """See Desk."""
        return subject.split(" ")[1]

    def approve(self, subject: str, by: str) -> None:
        """See Desk."""
        agreement, hash = subject.split(" ")
        self.projects.approve(agreement, hash=hash)

    def reject(self, subject: str, by: str) -> None:
        """See Desk."""
        self.projects.reject(subject.split(" ")[0])

    def _level(self, datasets: Iterable[str]) -> int:
        known = {row.name for row in self.rulebook.contribution.catalogue.all()}
        return max((self.rulebook.level_of(name) for name in datasets if name in known), default=1)


@dataclass(frozen=True, slots=True)
class GrantDesk:
    """Grants of this node's datasets that peers ask for, or that somebody here wants to give."""

    grants: Grants
    kind: Kind = Kind.GRANT

    def touched(self, act: str, subject: str) -> Iterable[str]:
        """See Desk."""
        return (subject.removeprefix("grant:"),) if subject.startswith("grant:") else ()

    def waiting(self) -> Iterable[str]:
        """See Desk."""
        return [row.id for row in self.grants.store.all(side=GIVEN, state="APPLIED")]

    def draft(self, subject: str) -> Draft | None:
        """See Desk."""
        row = self.grants.store.find(subject)
        if row is None or row.side != GIVEN or row.state != "APPLIED":
            return None
        names, operators = ", ".join(row.datasets), ", ".join(row.operators or ())
        purpose = in_one_line(row.purpose or "")
        title = Text(f"授权：{row.selector} → {row.peer}", f"Grant: {row.selector} → {row.peer}")
        summary = Text(
            f"数据集：{names}\n用途：{purpose or '不限'}\n算子：{operators or '不限'}\n次数：{row.max_jobs or '不限'}",
            f"Datasets: {names}\nPurpose: {purpose or 'any'}\nOperators: {operators or 'any'}\n"
            f"Jobs: {row.max_jobs or 'any number'}",
        )
        known = {each.name for each in self.grants.catalogue.all()}
        levels = [self.grants.rulebook.level_of(name) for name in row.datasets if name in known]
        own = not row.requested_by.startswith("peer:")
        return Draft(Kind.GRANT, row.id, title, summary, row.requested_by, max(levels, default=1), row.until, own)

    def outcome(self, subject: str) -> ItemState:
        """See Desk."""
        row = self.grants.store.find(subject)
        decided = {"APPROVED": ItemState.APPROVED, "REJECTED": ItemState.REJECTED}
        return decided.get(row.state, ItemState.WITHDRAWN) if row else ItemState.WITHDRAWN

    def hash(self, subject: str) -> str | None:
        """See Desk."""
        return None

    def approve(self, subject: str, by: str) -> None:
        """See Desk."""
        self.grants.approve(subject, by)

    def reject(self, subject: str, by: str) -> None:
        """See Desk."""
        self.grants.deny(subject, by)


@dataclass(frozen=True, slots=True)
class LabelDesk:
    """Columns whose label somebody wants to lower so far that a second person must agree."""

    labels: Labels
    catalogue: Catalogue
    inbox: InboxStore
    kind: Kind = Kind.DOWNGRADE

    def touched(self, act: str, subject: str) -> Iterable[str]:
        """See Desk."""
        if not subject.startswith("dataset:"):
            return ()
        dataset = subject.removeprefix("dataset:")
        known = [item.subject for item in self.inbox.open(Kind.DOWNGRADE)]
        return {*self._pending(dataset), *(each for each in known if each.split(" ", 1)[0] == dataset)}

    def waiting(self) -> Iterable[str]:
        """See Desk."""
        return [each for row in self.catalogue.all() for each in self._pending(row.name)]

    def draft(self, subject: str) -> Draft | None:
        """See Desk."""
        dataset, column = subject.split(" ", 1)
        row = next((each.row for each in self._columns(dataset) if each.column == column), None)
        if row is None or row.pending is None:
            return None
        wish = row.pending
        title = Text(f"标签降级：{dataset}.{column}", f"Lower label: {dataset}.{column}")
        summary = Text(
            f"从 {row.level} 级降为 {wish['level']} 级。理由：{in_one_line(wish['reason']) or '未填写'}",
            f"From level {row.level} to {wish['level']}. Reason: {in_one_line(wish['reason']) or 'none given'}",
        )
        return Draft(Kind.DOWNGRADE, subject, title, summary, wish["by"], row.level)

    def outcome(self, subject: str) -> ItemState:
        """See Desk."""
        return ItemState.WITHDRAWN

    def hash(self, subject: str) -> str | None:
        """See Desk."""
        return None

    def approve(self, subject: str, by: str) -> None:
        """See Desk."""
        dataset, column = subject.split(" ", 1)
        if self.draft(subject) is not None:
            self.labels.agree(dataset, column)

    def reject(self, subject: str, by: str) -> None:
        """See Desk."""
        dataset, column = subject.split(" ", 1)
        if self.draft(subject) is not None:
            self.labels.reject(dataset, column)

    def _pending(self, dataset: str) -> list[str]:
        columns = [each for each in self._columns(dataset) if each.row is not None and each.row.pending is not None]
        return [f"{dataset} {each.column}" for each in columns]

    def _columns(self, dataset: str) -> list[ColumnLabel]:
        """None of a dataset that is gone."""
        try:
            return self.labels.columns(dataset)
        except TacitError:
            return []


@dataclass(frozen=True, slots=True)
class FlowDesk:
    """Flows that were put up for a standing approval."""

    approvals: FlowApprovals
    kind: Kind = Kind.FLOW

    def touched(self, act: str, subject: str) -> Iterable[str]:
        """See Desk."""
        return (subject.removeprefix("standing:"),) if subject.startswith("standing:") else ()

    def waiting(self) -> Iterable[str]:
        """See Desk."""
        return [row.id for row in self.approvals.store.all() if row.state == PUT_UP]

    def draft(self, subject: str) -> Draft | None:
        """See Desk."""
        row = self.approvals.store.get(subject)
        if row.state != PUT_UP:
            return None
        runs = row.max_runs
        title = Text(
            f"流程长期批准：{row.name}（{row.initiator}，{f'{runs} 次' if runs else '不限次数'}）",
            f"Standing approval: {row.name} ({row.initiator}, {f'{runs} runs' if runs else 'any number of runs'})",
        )
        return Draft(Kind.FLOW, row.id, title, told(row.disclosures), row.requested_by, row.level, row.until, own=True)

    def outcome(self, subject: str) -> ItemState:
        """See Desk."""
        decided = {ACTIVE: ItemState.APPROVED, REJECTED: ItemState.REJECTED}
        return decided.get(self.approvals.store.get(subject).state, ItemState.WITHDRAWN)

    def hash(self, subject: str) -> str | None:
        """See Desk."""
        return self.approvals.store.get(subject).flow_hash

    def approve(self, subject: str, by: str) -> None:
        """See Desk."""
        self.approvals.decide(subject, ACTIVE, by)

    def reject(self, subject: str, by: str) -> None:
        """See Desk."""
        self.approvals.decide(subject, REJECTED, by)


def told(disclosures: dict[str, list[dict[str, str]]]) -> Text:
    """Who will learn what, party by party."""
    parties = [(party, lines) for party, lines in sorted(disclosures.items()) if lines]
    zh = [f"{party}：{'；'.join(line['zh'] for line in lines)}" for party, lines in parties]
    en = [f"{party}: {'; '.join(line['en'] for line in lines)}" for party, lines in parties]
    nothing = Text("任何一方都不会获知自身数据以外的信息", "Nobody learns more than their own data")
    return Text("\n".join(zh) or nothing.zh, "\n".join(en) or nothing.en)


def in_one_line(words: str) -> str:
    """What somebody else wrote, so that it cannot pass for a line of ours."""
    return " ".join(words.split())


def offer_of(row: AgreementRow) -> str:
    """The subject of an agreement's present offer."""
    return f"{row.id} {row.hash}"


def _undecided(row: AgreementRow) -> bool:
    return row.state == PROPOSED and row.decision == WAITING
