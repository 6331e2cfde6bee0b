"""Deciding what waits: votes, quorum, delegations, expiry, reminders; and no decision is lost when the node goes down.

A vote and what it decides are committed together; then the item's desk acts. Between the two the item is decided but
not applied, and stays so until the act is done: `recover` finds it after a start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import structlog

from tacit.errors import InputError, NotFoundError, TacitError
from tacit.governance.inbox import (
    Delegation,
    ItemState,
    Kind,
    Missing,
    Verdict,
    Vote,
    Voter,
    check_may_vote,
    missing,
    read_vote,
    reminder,
    represent,
    standing,
)
from tacit.ledger.audit import AuditTrail
from tacit.node.acting import Principal, current
from tacit.node.delegations import Delegations
from tacit.node.inbox import BELL, Inbox
from tacit.node.settings import Settings
from tacit.node.stores.inbox import InboxStore, wrong_state
from tacit.node.tables.inbox import InboxRow
from tacit.node.ticker import Ticker

TICK_S = 5.0
_log = structlog.get_logger("signoff")


@dataclass(slots=True)
class Signoff:
    """The one way in which people decide, whichever door they come through. Thread-safe."""

    settings: Settings
    inbox: Inbox
    delegations: Delegations
    trail: AuditTrail
    _applying: threading.RLock = field(default_factory=threading.RLock)
    _ticker: Ticker = field(default_factory=lambda: Ticker("signoff"))

    @property
    def store(self) -> InboxStore:
        return self.inbox.store

    @property
    def clock(self) -> Callable[[], float]:
        return self.inbox.clock

    # -- deciding --------------------------------------------------------------------------------------------------

    def approve(self, item: str, note: str = "", *, hash: str | None = None) -> InboxRow:
        """The present principal says yes; with the last approval that is needed, it is done.

        hash: of the flow, agreement or policy that they have seen.

        Raises NotFoundError("inbox.unknown"), InputError("inbox.wrong_state", "inbox.conflict"),
        RefusedError("signoff.…"), and what the act itself raises: the item is open again then, without this vote.
        """
        self._check_hash(item, hash)
        return self._decide(item, "approve", note)

    def reject(self, item: str, note: str = "", *, hash: str | None = None) -> InboxRow:
        """The present principal says no, which is enough. Raises as `approve`."""
        self._check_hash(item, hash)
        return self._decide(item, "reject", note)

    def decide(self, kind: Kind, subject: str, verdict: Verdict, note: str = "") -> InboxRow:
        """The same for the item of a subject, for doors that know only the subject.

        Raises NotFoundError("inbox.nothing_waits") where nothing of it waits.
        """
        self.inbox.refresh(self.inbox.desk(kind), subject)
        row = self.store.open_of(kind, subject)
        if row is None:
            raise NotFoundError("inbox.nothing_waits", "Nothing of this waits for anybody.", found=subject)
        return self._decide(row.id, verdict, note)

    def settle(self, kind: Kind, subject: str) -> None:
        """Do at once what asking decided. Raises what the act raises."""
        row = self.store.open_of(kind, subject)
        if row is not None:
            self._apply(row.id)

    def withdraw(self, item: str) -> InboxRow:
        """Take back one's approval while it has not decided. Raises InputError("signoff.nothing_to_withdraw")."""
        name = current().actor

        def take_back(row: InboxRow) -> None:
            if row.state != ItemState.OPEN:
                raise wrong_state(row.state)
            mine = [vote for vote in row.decisions if vote["by"] == name and not vote["withdrawn"]]
            if not mine:
                raise InputError("signoff.nothing_to_withdraw", "You have not approved this.")
            row.decisions = [vote | {"withdrawn": True} if vote in mine else vote for vote in row.decisions]

        row = self.store.change(item, take_back)
        self.trail.record("signoff.withdrawn", f"inbox:{row.id}", {"kind": row.kind}, actor="person")
        self.inbox.bell.ring(BELL)
        return row

    def may_decide(self, row: InboxRow) -> str | None:
        """None, or the code of why the present principal cannot approve this item."""
        try:
            votes = [read_vote(vote) for vote in row.decisions]
            self._check(row, votes, "approve", self._delegations(current()))
        except TacitError as fault:
            return fault.code
        return None if row.state == ItemState.OPEN else "inbox.wrong_state"

    def missing(self, row: InboxRow) -> Missing:
        """What an item still needs."""
        votes = [read_vote(vote) for vote in row.decisions]
        return missing(votes, kind=Kind(row.kind), level=row.level, dual_level=self.settings.dual_approval_level)

    def needs_second(self, level: int) -> bool:
        """Whether what the present principal asks for at this level must be signed by another one."""
        return level >= self.settings.dual_approval_level and not self.inbox.voter(current()).alone

    def _decide(self, item: str, verdict: Verdict, note: str) -> InboxRow:
        delegations, level = self._delegations(current()), self._present_level(item)

        def vote(row: InboxRow) -> None:
            if row.state != ItemState.OPEN:
                raise wrong_state(row.state)
            row.level = max(row.level, level)
            votes = [read_vote(each) for each in row.decisions]
            voter = self._check(row, votes, verdict, delegations)
            votes.append(Vote(voter, verdict, self.clock(), note))
            row.decisions = [each.document() for each in votes]
            state = standing(votes, kind=Kind(row.kind), level=row.level, dual_level=self.settings.dual_approval_level)
            if state is not ItemState.OPEN:
                row.state, row.ended_at = str(state), self.clock()

        row = self.store.change(item, vote)
        act: Literal["signoff.approved", "signoff.rejected"]
        act = "signoff.approved" if verdict == "approve" else "signoff.rejected"
        details = {"kind": row.kind, "state": row.state, "for": row.decisions[-1]["on_behalf"]}
        self.trail.record(act, f"inbox:{row.id}", details, actor="person")
        self.inbox.bell.ring(BELL)
        return self._apply(row.id) if row.state != ItemState.OPEN else row

    def _check_hash(self, item: str, seen: str | None) -> None:
        """A person decides on what they have seen. An item's document never changes; another one is another item."""
        if seen is None:
            return
        row = self.store.get(item)
        present = self.inbox.desk(row.kind).hash(row.subject)
        if present != seen:
            raise InputError(
                "inbox.conflict",
                "This is not what you have seen and decide on.",
                found=present[:16] if present else "nothing with a hash",
                expected=seen[:16],
                hint="Read it again before you decide.",
            )

    def _present_level(self, item: str) -> int:
        """Of the subject as it is now: a label may have gone up since the item was opened."""
        row = self.store.get(item)
        draft = self.inbox.desk(row.kind).draft(row.subject)
        return row.level if draft is None else draft.level

    def _check(self, row: InboxRow, votes: list[Vote], verdict: Verdict, delegations: list[Delegation]) -> Voter:
        kind, dual = Kind(row.kind), self.settings.dual_approval_level
        officer = missing(votes, kind=kind, level=row.level, dual_level=dual).officer
        voter = represent(
            self.inbox.voter(current()),
            delegations,
            votes,
            kind=kind,
            requested_by=row.requested_by,
            at=self.clock(),
            officer=officer,
        )
        check_may_vote(
            voter, verdict, votes, kind=kind, level=row.level, requested_by=row.requested_by, dual_level=dual
        )
        return voter

    def _delegations(self, principal: Principal) -> list[Delegation]:
        return self.delegations.usable(principal.actor) if principal.kind == "user" else []

    # -- doing what was decided ------------------------------------------------------------------------------------

    def _apply(self, item: str) -> InboxRow:
        """Let the desk act, once. A refusal of the act takes the deciding vote back and is raised."""
        with self._applying:
            row = self.store.get(item)
            if row.applied or row.state == ItemState.OPEN:
                return row
            desk = self.inbox.desk(row.kind)
            by = row.decisions[-1]["by"] if row.state != ItemState.EXPIRED else "node"
            try:
                self._check_words(row)
                (desk.approve if row.state == ItemState.APPROVED else desk.reject)(row.subject, by)
            except TacitError as fault:
                self._reopen(row, fault)
                self.inbox.refresh(desk, row.subject)
                raise
            self.inbox.close(row, ItemState(row.state))
            return self.store.get(item)

    def _check_words(self, row: InboxRow) -> None:
        """What was approved is what is asked for now. Raises InputError("inbox.conflict")."""
        if row.state == ItemState.APPROVED and self.inbox.differs(row):
            raise InputError(
                "inbox.conflict",
                "What is asked for has changed since it was approved.",
                hint="Read it again before you decide.",
            )

    def _reopen(self, row: InboxRow, fault: TacitError) -> None:
        """What was decided cannot be done as things are: it waits again, without the last vote."""

        def open_again(found: InboxRow) -> None:
            if found.applied:
                return
            *others, last = found.decisions or [None]
            if last is not None:
                found.decisions = [*others, last | {"withdrawn": True}]
            found.state, found.ended_at = str(ItemState.OPEN), None
            if row.state == ItemState.EXPIRED:
                found.due_at = None

        self.store.change(row.id, open_again)
        self.trail.record("signoff.failed", f"inbox:{row.id}", {"kind": row.kind, "code": fault.code})

    def recover(self) -> int:
        """Open what was missed, and do what was decided but not done. Returns how many of those there were."""
        self.inbox.refresh_all()
        rows = self.store.unapplied()
        for row in rows:
            try:
                self._apply(row.id)
            except TacitError as fault:
                _log.warning("signoff.not_applied", kind=row.kind, code=fault.code)
        return len(rows)

    # -- the clock -------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """One round: expire, remind, and try again what could not be done."""
        for row in self.store.open():
            if row.due_at is not None and row.due_at <= self.clock():
                self._expire(row)
            elif self.reminder(row) and self.clock() - (row.reminded_at or 0.0) >= self.settings.reminder_s:
                self._remind(row)
        for row in self.store.unapplied():
            try:
                self._apply(row.id)
            except TacitError as fault:
                _log.warning("signoff.not_applied", kind=row.kind, code=fault.code)

    def reminder(self, row: InboxRow) -> Literal["due", "old"] | None:
        """Why an open item wants attention."""
        seconds = self.settings.reminder_s
        return reminder(
            created_at=row.created_at, due_at=row.due_at, at=self.clock(), after_s=seconds, before_s=seconds
        )

    def _expire(self, row: InboxRow) -> None:
        def end(found: InboxRow) -> None:
            if found.state == ItemState.OPEN:
                found.state, found.ended_at = str(ItemState.EXPIRED), self.clock()

        if self.store.change(row.id, end).state == ItemState.EXPIRED:
            self.trail.record("inbox.expired", f"inbox:{row.id}", {"kind": row.kind})
            self.inbox.bell.ring(BELL)

    def _remind(self, row: InboxRow) -> None:
        def mark(found: InboxRow) -> None:
            found.reminded_at = self.clock()

        self.store.change(row.id, mark)
        self.trail.record("inbox.reminded", f"inbox:{row.id}", {"kind": row.kind, "why": self.reminder(row)})
        self.inbox.bell.ring(BELL)

    def start(self) -> None:
        """Begin to look at the clock."""
        self._ticker.start(self.look, TICK_S)

    def close(self) -> None:
        self._ticker.close()
