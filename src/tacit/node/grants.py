"""Grants of datasets between this node and its peers: asking, giving, ending, and whether a job has what it needs."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tacit.errors import InputError, ParameterError, RefusedError
from tacit.governance.grants import Grant, GrantState, Use, cover, expand
from tacit.interconnect.endpoints import DATASET_APPLY, DATASET_AUDIT_QUERY, DATASET_CONFIRM, DATASET_TERMINATE
from tacit.interconnect.shapes import (
    AuditApplied,
    AuditRef,
    AuditState,
    AuditStatus,
    DatasetApply,
    DatasetConfirm,
    Empty,
    GrantWish,
    PermitExtra,
    ResourcePermit,
)
from tacit.ledger.audit import AuditTrail
from tacit.node.acting import current
from tacit.node.blueprint import Blueprint
from tacit.node.catalogue import Catalogue
from tacit.node.clock import now
from tacit.node.courier import Courier
from tacit.node.database import JobRow, OutboxRow
from tacit.node.outbox import Outbox, message
from tacit.node.rulebook import Rulebook
from tacit.node.settings import Settings
from tacit.node.stores.grants import ASKED, GIVEN, GrantStore
from tacit.node.stores.inbox import UseStore
from tacit.node.stores.peers import PeerStore
from tacit.node.tables.inbox import GrantRow

REVOKED = "grant.revoked"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for or gives: a dataset or a glob pattern, and its limits; None does not limit."""

    selector: str
    agreement: str | None = None
    purpose: str | None = None
    operators: tuple[str, ...] | None = None
    until: float | None = None
    max_jobs: int | None = None


@dataclass(slots=True)
class Grants:
    """Wired by `tacit.node.wiring`. `revoked` is called after a grant of this node ended, with REVOKED."""

    settings: Settings
    store: GrantStore
    uses: UseStore
    peers: PeerStore
    catalogue: Catalogue
    rulebook: Rulebook
    outbox: Outbox
    courier: Courier
    trail: AuditTrail
    clock: Callable[[], float] = now
    revoked: Callable[[str], object] = lambda _reason: None

    @property
    def me(self) -> str:
        return self.settings.name

    # -- what people here do ---------------------------------------------------------------------------------------

    def request(self, peer: str, wish: Wish) -> GrantRow:
        """Ask a peer for a grant. Raises NotFoundError("peer.unknown"), ParameterError("grant.over")."""
        self._check_end(wish)
        contract = self.peers.active(peer).contract_id
        row = _row(ASKED, peer, wish, [], current().actor, self.clock())
        body = DatasetApply(
            audit_id=row.id,
            contract_id=contract,
            dataset_id=wish.selector,
            auth_scope=_scope(wish, self.me),
            time_limit=_millis(wish.until),
            times_limit=wish.max_jobs,
            tacit=GrantWish(purpose=wish.purpose),
        )
        self.store.add(row, [message(peer, DATASET_APPLY.path, body.document(), key=f"grant {row.id}")])
        self._done(row, "grant.requested", "person")
        return row

    def give(self, peer: str, wish: Wish) -> GrantRow:
        """Grant datasets of this node without having been asked. It takes effect when its item is approved.

        Raises NotFoundError("peer.unknown"), InputError("grant.nothing_selected"), ParameterError("grant.over").
        """
        self._check_end(wish)
        self.peers.active(peer)
        names = expand(wish.selector, [row.name for row in self.catalogue.all()])
        row = _row(GIVEN, peer, wish, names, current().actor, self.clock())
        self.store.add(row)
        self._done(row, "grant.proposed", "person")
        return row

    def approve(self, id: str, by: str) -> GrantRow:
        """Put a grant into force and tell the peer. Raises InputError("grant.wrong_state")."""
        row = self._given(id)
        token = secrets.token_urlsafe(32)
        permit = self._permit(row, token)
        mail = self._confirmation(row, "APPROVED", permit)
        kept = permit.model_copy(update={"token": hashlib.sha256(token.encode()).hexdigest()}).document()
        if not self.store.move(id, GrantState.APPROVED, [mail], permit=kept, decided_by=by):
            raise _wrong_state(self.store.get(id))
        return self._ended(id, "grant.approved", by)

    def deny(self, id: str, by: str) -> GrantRow:
        """Refuse a request. Raises InputError("grant.wrong_state")."""
        row = self._given(id)
        mail = self._confirmation(row, "REJECTED", None)
        if not self.store.move(id, GrantState.REJECTED, [mail], decided_by=by, ended_at=self.clock()):
            raise _wrong_state(self.store.get(id))
        return self._ended(id, "grant.denied", by)

    def revoke(self, id: str) -> GrantRow:
        """End a grant at both nodes; open jobs that rest on it stop. Also gives up a grant of a peer.

        Raises InputError("grant.wrong_state").
        """
        row = self.store.get(id)
        mail = message(row.peer, DATASET_TERMINATE.path, AuditRef(audit_id=id).document(), key=f"grant end {id}")
        if not self.store.move(id, GrantState.TERMINATED, [mail], ended_at=self.clock()):
            raise _wrong_state(row)
        ended = self._ended(id, REVOKED, "person")
        if row.side == GIVEN:
            self.revoked(REVOKED)
        return ended

    def ask(self, id: str) -> AuditStatus:
        """How a request stands at the peer. Raises PeerError."""
        row = self.store.get(id)
        answer = self.courier.call(row.peer, DATASET_AUDIT_QUERY, AuditRef(audit_id=id), AuditState)
        return answer.status

    # -- what peers say --------------------------------------------------------------------------------------------

    def applied(self, source: str, body: DatasetApply) -> AuditApplied:
        """A peer asks for datasets. Raises RefusedError("grant.conflict"), InputError("grant.nothing_selected")."""
        known = self.store.find(body.audit_id)
        wish = _wish_of(body)
        if known is None:
            names = expand(wish.selector, [row.name for row in self.catalogue.published()])
            known = _row(GIVEN, source, wish, names, f"peer:{source}", self.clock(), id=body.audit_id)
            self.store.add(known)
            self._done(known, "grant.received", f"peer:{source}")
        elif (known.side, known.peer, known.selector) != (GIVEN, source, wish.selector):
            raise RefusedError("grant.conflict", "Another grant of this id is known here.")
        return AuditApplied(status=AuditStatus(known.state))

    def confirmed(self, source: str, body: DatasetConfirm) -> Empty:
        """A peer decided on what this node asked for, or gives unasked. Raises RefusedError("grant.conflict")."""
        permit = body.resource_permit
        row = self.store.find(body.audit_id)
        if row is None and permit is not None and body.status == "APPROVED":
            row = _row(ASKED, source, _wish_from(permit), [], f"peer:{source}", self.clock(), id=body.audit_id)
            self.store.add(row)
        if row is None or (row.side, row.peer) != (ASKED, source):
            raise RefusedError("grant.conflict", "This node has not asked for that.")
        if body.status == "REJECTED" or permit is None:
            if self.store.move(row.id, GrantState.REJECTED, decided_by=f"peer:{source}", ended_at=self.clock()):
                self._done(row, "grant.denied", f"peer:{source}")
            return Empty()
        names = list(permit.tacit.datasets) if permit.tacit is not None else [permit.resource_id]
        values: dict[str, Any] = {"permit": permit.document(), "datasets": names, "decided_by": f"peer:{source}"}
        if self.store.move(row.id, GrantState.APPROVED, **values):
            self._done(row, "grant.approved", f"peer:{source}")
        return Empty()

    def terminated(self, source: str, body: AuditRef) -> Empty:
        """The other side ended it."""
        row = self._of_peer(source, body)
        if self.store.move(row.id, GrantState.TERMINATED, ended_at=self.clock()):
            self._done(row, REVOKED, f"peer:{source}")
            if row.side == GIVEN:
                self.revoked(REVOKED)
        return Empty()

    def queried(self, source: str, body: AuditRef) -> AuditState:
        return AuditState(audit_id=body.audit_id, status=AuditStatus(self._of_peer(source, body).state))

    # -- jobs ------------------------------------------------------------------------------------------------------

    def check(self, row: JobRow, blueprint: Blueprint) -> None:
        """With `require_grant`: a peer's job has a grant, or an agreement that lists it, for every dataset of ours.

        Raises RefusedError("grant.missing").
        """
        if self.settings.require_grant and row.initiator != self.me:
            self._cover(row, blueprint)

    def ran_out(self, since: float, until: float) -> bool:
        """Whether a grant of this node came to its end after `since` and by `until`."""
        rows = self.store.all(side=GIVEN, state=GrantState.APPROVED) if self.settings.require_grant else []
        return any(row.until is not None and since < row.until <= until for row in rows)

    def charge(self, row: JobRow, blueprint: Blueprint) -> None:
        """Count the job as a use of the grants that it needs. Raises RefusedError("grant.missing", "grant.used_up")."""
        if not self.settings.require_grant or row.initiator == self.me:
            return
        for grant in {each.id: each for each in self._cover(row, blueprint).values()}.values():
            if not self.uses.claim(f"grant:{grant.id}", row.id, self.clock(), limit=grant.max_jobs):
                raise RefusedError(
                    "grant.used_up",
                    "The grant has been used for as many jobs as it allows.",
                    expected=f"at most {grant.max_jobs} jobs",
                )

    def _cover(self, row: JobRow, blueprint: Blueprint) -> dict[str, Grant]:
        use = Use(
            peer=row.initiator,
            operators=frozenset(blueprint.operators_of(self.me)),
            agreement=row.agreement_id or None,
            purpose=self.rulebook.purpose(row.agreement_id),
        )
        rows = self.store.all(side=GIVEN, peer=row.initiator)
        grants = [self._as_grant(each, row.id) for each in rows]
        return cover(grants, blueprint.datasets_of(self.me), self._listed(row.agreement_id), use, self.clock())

    def _as_grant(self, row: GrantRow, job_id: str) -> Grant:
        """A use that is this job's own does not count against it."""
        source = f"grant:{row.id}"
        mine = source in self.uses.sources(job_id)
        return Grant(
            id=row.id,
            peer=row.peer,
            datasets=frozenset(row.datasets),
            agreement=row.agreement,
            purpose=row.purpose,
            operators=frozenset(row.operators) if row.operators is not None else None,
            until=row.until,
            max_jobs=row.max_jobs,
            used=self.uses.used(source) - mine,
            state=GrantState(row.state),
        )

    def _listed(self, agreement: str) -> Iterable[str]:
        """Datasets of this node that the agreement in force lists."""
        row = self.rulebook.in_force(agreement)
        return () if row is None else tuple(row.document.get("datasets", {}).get(self.me, ()))

    # -- making ----------------------------------------------------------------------------------------------------

    def _check_end(self, wish: Wish) -> None:
        if wish.until is not None and wish.until <= self.clock():
            raise ParameterError("grant.over", "The end of the grant has passed.")

    def _given(self, id: str) -> GrantRow:
        row = self.store.get(id)
        if row.side != GIVEN:
            raise InputError("grant.not_ours", "The datasets of this grant belong to the peer, who decides on it.")
        return row

    def _of_peer(self, source: str, body: AuditRef) -> GrantRow:
        row = self.store.get(body.audit_id)
        if row.peer != source:
            raise RefusedError("grant.conflict", "The caller has no part in this grant.")
        return row

    def _permit(self, row: GrantRow, token: str) -> ResourcePermit:
        peer = self.peers.active(row.peer)
        return ResourcePermit(
            token=token,
            resource_level=max((self.rulebook.level_of(name) for name in row.datasets), default=0),
            resource_id=row.selector,
            resource_node_id=self.me,
            resource_inst_id=self.settings.institution or self.me,
            request_node_id=row.peer,
            request_inst_id=peer.institution or row.peer,
            time_limit=_millis(row.until),
            times_limit=row.max_jobs,
            tacit=PermitExtra(datasets=tuple(row.datasets)),
        )

    def _confirmation(self, row: GrantRow, status: str, permit: ResourcePermit | None) -> OutboxRow:
        body = DatasetConfirm.model_validate({"audit_id": row.id, "status": status, "resource_permit": permit})
        return message(row.peer, DATASET_CONFIRM.path, body.document(), key=f"grant confirm {row.id}")

    def _ended(self, id: str, act: str, by: str) -> GrantRow:
        row = self.store.get(id)
        self._done(row, act, by)
        return row

    def _done(self, row: GrantRow, act: str, actor: str) -> None:
        self.trail.record(act, f"grant:{row.id}", {"peer": row.peer, "selector": row.selector[:128]}, actor=actor)
        self.outbox.poke(row.peer)


def _row(side: str, peer: str, wish: Wish, datasets: list[str], by: str, at: float, id: str | None = None) -> GrantRow:
    return GrantRow(
        id=id or f"grant-{secrets.token_hex(16)}",
        side=side,
        peer=peer,
        selector=wish.selector,
        datasets=datasets,
        agreement=wish.agreement,
        purpose=wish.purpose,
        operators=list(wish.operators) if wish.operators is not None else None,
        until=wish.until,
        max_jobs=wish.max_jobs,
        state=str(GrantState.APPLIED),
        permit=None,
        requested_by=by,
        decided_by=None,
        created_at=at,
        ended_at=None,
    )


def _scope(wish: Wish, requester: str) -> dict[str, tuple[str, ...]]:
    """auth_scope of the standard."""
    scope: dict[str, tuple[str, ...]] = {"NODE": (requester,)}
    if wish.agreement is not None:
        scope["PROJECT"] = (wish.agreement,)
    if wish.operators is not None:
        scope["COMPONENT"] = wish.operators
    return scope


def _wish_of(body: DatasetApply) -> Wish:
    """Raises InputError("grant.scope_unknown"): a scope that would be read as wider than it was meant."""
    projects, operators = body.auth_scope.get("PROJECT"), body.auth_scope.get("COMPONENT")
    if projects is not None and len(projects) != 1:
        raise InputError("grant.scope_unknown", "A grant is for one agreement, or for any.", found=str(len(projects)))
    return Wish(
        body.dataset_id,
        agreement=projects[0] if projects else None,
        purpose=body.tacit.purpose if body.tacit is not None else None,
        operators=operators,
        until=body.time_limit / 1000 if body.time_limit is not None else None,
        max_jobs=body.times_limit,
    )


def _wish_from(permit: ResourcePermit) -> Wish:
    until = permit.time_limit / 1000 if permit.time_limit is not None else None
    return Wish(permit.resource_id, until=until, max_jobs=permit.times_limit)


def _millis(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)


def _wrong_state(row: GrantRow) -> InputError:
    return InputError("grant.wrong_state", "The grant is not in a state for this.", found=row.state)
