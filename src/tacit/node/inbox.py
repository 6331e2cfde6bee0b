"""The inbox: one view of everything that waits for a person at this node.

An item follows its subject. Each kind has a desk that knows whether a subject waits, and that does what was decided;
whenever the audit trail records an act about a subject, its desk is asked again, and the item is opened or closed. So
whatever decided a job, a person here or elsewhere, a rule, its initiator, its item shows it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from tacit.errors import InternalError
from tacit.governance.access import ADMIN, COMPLIANCE, OWNER
from tacit.governance.inbox import ItemState, Kind, Vote, Voter, asks_first, standing, urgency
from tacit.ledger.audit import AuditTrail
from tacit.node.acting import Principal, current
from tacit.node.bell import Bell
from tacit.node.clock import now
from tacit.node.settings import Settings
from tacit.node.stores.inbox import InboxStore, open_key
from tacit.node.tables.inbox import InboxRow
from tacit.schema.text import Text

BELL = "inbox"  # what the bell rings with
LONGEST = 8000  # characters of a summary
_log = structlog.get_logger("inbox")


@dataclass(frozen=True, slots=True)
class Draft:
    """An item to be. `own`: somebody at this node asks, which may count as the first approval."""

    kind: Kind
    subject: str
    title: Text
    summary: Text
    requested_by: str
    level: int
    due_at: float | None = None
    own: bool = False


class Desk(Protocol):
    """What the inbox knows of one kind."""

    @property
    def kind(self) -> Kind: ...

    def touched(self, act: str, subject: str) -> Iterable[str]:
        """Subjects of this kind that `act` about `subject` ("job:job-…", as in the audit trail) may have changed."""
        ...

    def waiting(self) -> Iterable[str]:
        """All subjects that wait now."""
        ...

    def draft(self, subject: str) -> Draft | None:
        """The item of a subject; None: it waits for nobody."""
        ...

    def outcome(self, subject: str) -> ItemState:
        """What became of a subject that does not wait any more."""
        ...

    def hash(self, subject: str) -> str | None:
        """Of the document that is decided on, as it is now; None: this kind has none."""
        ...

    def approve(self, subject: str, by: str) -> None:
        """Do it. Raises TacitError if it cannot be done; the item is open again then."""
        ...

    def reject(self, subject: str, by: str) -> None:
        """Refuse it."""
        ...


def _nothing(subject: str, by: str) -> None:
    pass


def _no_hash(subject: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class PlainDesk:
    """For what is put into the inbox by hand: nothing but the decision is known of it."""

    kind: Kind
    on_approve: Callable[[str, str], None] = _nothing
    on_reject: Callable[[str, str], None] = _nothing
    hash_of: Callable[[str], str | None] = _no_hash

    def touched(self, act: str, subject: str) -> Iterable[str]:
        """See Desk."""
        return ()

    def waiting(self) -> Iterable[str]:
        """See Desk."""
        return ()

    def draft(self, subject: str) -> Draft | None:
        """See Desk."""
        return None

    def outcome(self, subject: str) -> ItemState:
        """See Desk."""
        return ItemState.WITHDRAWN

    def hash(self, subject: str) -> str | None:
        """See Desk."""
        return self.hash_of(subject)

    def approve(self, subject: str, by: str) -> None:
        """See Desk."""
        self.on_approve(subject, by)

    def reject(self, subject: str, by: str) -> None:
        """See Desk."""
        self.on_reject(subject, by)


@dataclass(slots=True)
class Inbox:
    """Opens and closes items; deciding is `tacit.node.signoff`'s matter. `clock` tells seconds since 1970."""

    settings: Settings
    store: InboxStore
    trail: AuditTrail
    bell: Bell
    clock: Callable[[], float] = now
    desks: dict[Kind, Desk] = field(default_factory=dict)

    def register(self, desk: Desk) -> None:
        self.desks[desk.kind] = desk

    def desk(self, kind: str) -> Desk:
        """Raises InternalError("inbox.no_desk")."""
        desk = self.desks.get(Kind(kind))
        if desk is None:
            raise InternalError("inbox.no_desk", "Nothing here can act on items of this kind.", found=kind)
        return desk

    def put(self, draft: Draft) -> InboxRow:
        """Open an item, unless its subject has an open one, which is then given back.

        It is decided at once where asking was approval enough; `Signoff.settle` does what was decided then.
        """
        self.desk(draft.kind)
        at = self.clock()
        votes = self._first_votes(draft, at)
        state = standing(votes, kind=draft.kind, level=draft.level, dual_level=self.settings.dual_approval_level)
        made = InboxRow(
            id=f"item-{secrets.token_hex(12)}",
            kind=str(draft.kind),
            subject=draft.subject,
            open_key=open_key(draft.kind, draft.subject),
            title=draft.title.as_dict(),
            summary=_shown(draft.summary),
            requested_by=draft.requested_by,
            level=draft.level,
            state=str(state),
            decisions=[vote.document() for vote in votes],
            applied=False,
            version=0,
            due_at=draft.due_at if draft.due_at is not None else at + self.settings.approval_due_s,
            created_at=at,
            ended_at=None if state is ItemState.OPEN else at,
            reminded_at=None,
        )
        row = self.store.add(made)
        if row is made:
            self.trail.record("inbox.opened", f"inbox:{row.id}", {"kind": row.kind, "subject": row.subject[:128]})
            self.bell.ring(BELL)
        return row

    def voter(self, principal: Principal) -> Voter:
        """Whoever acts, as the inbox counts them."""
        if principal.kind == "local":
            if self.settings.local_may_sign_alone:
                return Voter(principal.actor, frozenset({ADMIN, OWNER, COMPLIANCE}), alone=True)
            return Voter(principal.actor, frozenset({ADMIN, OWNER}))
        return Voter(principal.actor, principal.roles, person=principal.kind == "user")

    def _first_votes(self, draft: Draft, at: float) -> list[Vote]:
        """The requester's, if it is somebody here whose asking counts; found again after a restart without roles."""
        if not draft.own:
            return []
        principal = current()
        asked_now = principal.actor == draft.requested_by
        is_user = draft.requested_by.startswith("user:")
        voter = self.voter(principal) if asked_now else Voter(draft.requested_by, person=is_user)
        return [Vote(voter, "approve", at)] if asks_first(voter, draft.kind) else []

    def follow(self, act: str, subject: str) -> None:
        """An act was recorded: look again at what it touched. Never raises: `refresh_all` makes up for a fault."""
        try:
            for desk in self.desks.values():
                for each in desk.touched(act, subject):
                    self.refresh(desk, each)
        except Exception:
            _log.exception("inbox.fault", act=act)

    def refresh(self, desk: Desk, subject: str) -> None:
        """Open or close the item of a subject, as the subject stands now; what was put by hand stays."""
        if isinstance(desk, PlainDesk):
            return
        draft = desk.draft(subject)
        known = self.store.open_of(desk.kind, subject)
        if draft is not None:
            if known is not None and self.differs(known):
                self._withdraw(known)
            self.put(draft)
        elif known is not None:
            self.close(known, desk.outcome(subject))

    def differs(self, row: InboxRow) -> bool:
        """Whether what is asked for is not any more what the item says. What has a hash cannot change: its subject
        or its document is bound to it."""
        desk = self.desk(row.kind)
        draft = desk.draft(row.subject)
        return draft is not None and desk.hash(row.subject) is None and _shown(draft.summary) != row.summary

    def _withdraw(self, row: InboxRow) -> None:
        """Nobody decides on words that hold no more; whoever approved them has to look at the new ones."""

        def end(found: InboxRow) -> None:
            if found.state == ItemState.OPEN:
                found.state, found.ended_at = str(ItemState.WITHDRAWN), self.clock()
                found.applied, found.open_key = True, None

        self.store.change(row.id, end)
        self.bell.ring(BELL)

    def refresh_all(self) -> None:
        """After a start: what was missed when the node went down."""
        for desk in self.desks.values():
            for subject in desk.waiting():
                self.refresh(desk, subject)
        for row in self.store.open():
            known = self.desks.get(Kind(row.kind))
            if known is not None:
                self.refresh(known, row.subject)

    def close(self, row: InboxRow, state: ItemState) -> None:
        """The subject waits no longer. What was decided by votes keeps that state."""

        def end(found: InboxRow) -> None:
            if found.state == ItemState.OPEN:
                found.state, found.ended_at = str(state), self.clock()
            found.applied, found.open_key = True, None

        self.store.change(row.id, end)
        self.bell.ring(BELL)

    def ordered(self, kind: str | None = None) -> list[InboxRow]:
        """Open items, the most urgent first."""
        return sorted(self.store.open(kind), key=lambda row: urgency(row.due_at, row.level, row.created_at, row.id))


def _shown(summary: Text) -> dict[str, str]:
    return {name: _short(text) for name, text in summary.as_dict().items()}


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
