"""Applications of strangers to become peers of this node: received, reviewed, decided by people, told to them alone.

A stranger shows that it holds a key before anything that it says counts, and learns nothing but how its own
application stands. This node never calls a stranger by itself: a rejection is told when the applicant asks again, and
the first message, the confirmation, goes out when a person here has approved it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from tacit import __version__
from tacit.errors import InputError, RefusedError
from tacit.governance.applications import OPEN, REASONS, WAITING, ApplicationState, check_words
from tacit.governance.inbox import ItemState, Kind
from tacit.interconnect.application import check_proof, wrong_proof
from tacit.interconnect.certificates import certificate_fingerprint, one_certificate
from tacit.interconnect.endpoints import CONTRACT_CONFIRM
from tacit.interconnect.invitation import needed
from tacit.interconnect.shapes import (
    ApplicationProof,
    ContractApplied,
    ContractApply,
    ContractConfirm,
    ContractExtra,
    ContractRef,
    ContractStatus,
)
from tacit.ledger.audit import AuditTrail, Detail
from tacit.node.clock import iso, now
from tacit.node.database import PeerRow
from tacit.node.home import port_of
from tacit.node.inbox import Draft
from tacit.node.outbox import Outbox, message
from tacit.node.peering import Peering, contract_id
from tacit.node.settings import Settings
from tacit.node.stores.peers import PeerStore
from tacit.node.stores.portal import RECEIVED, ApplicationStore
from tacit.node.strangers import HOST, Turnstile
from tacit.node.tables.portal import ApplicationRow
from tacit.schema.text import Text
from tacit.schema.wire import PROTOCOL_VERSION

DAY_S = 86_400.0
KEPT_DAYS = 90  # an application that ended without a peer
CALLS_OF_HOST, CALLS_OF_KEY = 60, 30  # in a minute
_STATUS = {
    ApplicationState.APPLIED: ContractStatus.APPLIED,
    ApplicationState.IN_REVIEW: ContractStatus.APPLIED,
    ApplicationState.APPROVED: ContractStatus.APPROVED,
}
_Told = Literal["APPLIED", "IN_REVIEW", "APPROVED", "REJECTED", "EXPIRED", "WITHDRAWN"]


@dataclass(slots=True)
class Applications:
    """Wired by `tacit.node.wiring`. Thread-safe."""

    settings: Settings
    store: ApplicationStore
    peers: PeerStore
    peering: Peering
    outbox: Outbox
    trail: AuditTrail
    clock: Callable[[], float] = now
    _hosts: Turnstile = field(default_factory=lambda: Turnstile(CALLS_OF_HOST))
    _keys: Turnstile = field(default_factory=lambda: Turnstile(CALLS_OF_KEY))
    _receiving: threading.Lock = field(default_factory=threading.Lock)

    @property
    def fingerprint(self) -> str:
        return self.peering.keys.identity.fingerprint

    # -- what strangers say ----------------------------------------------------------------------------------------

    def applied(self, body: ContractApply, proof: ApplicationProof) -> ContractApplied:
        """A stranger applies, or asks again how its application stands. The same application changes nothing.

        Raises RefusedError: invitation.needed, application.proof_…, application.full, application.too_many,
        application.too_often, peer.name_taken; InputError: application.text_invalid, peer.same_name.
        """
        self._hosts.step(HOST.get())
        row = self.store.find(proof.application.id)
        if row is None and not self.settings.accept_applications:
            raise needed()
        key = check_proof(body, proof, own_fingerprint=self.fingerprint, now_ms=time.time_ns() // 1_000_000)
        self._keys.step(key)
        with self._receiving:
            if row is not None and (row.fingerprint, row.side) != (key, RECEIVED):
                raise wrong_proof()
            if proof.application.withdrawn:
                return self._withdrawn(row, key)
            row = row or self._received(body, proof, key)
            if row is None:
                return self._answer(key, ApplicationState.APPROVED)
            return self._answer(key, self._state(row), row)

    def _received(self, body: ContractApply, proof: ApplicationProof, key: str) -> ApplicationRow | None:
        """A new application is kept. None: the key is a peer's, who lost what it knew of this node."""
        self.peering.check_not_me(body.node_id, key)
        self.peers.check_free(body.node_id, key)
        known = self.peers.find(body.node_id)
        if known is not None and (known.state, known.fingerprint) == ("APPROVED", key):
            return None
        check_words(body.institution, proof.application.message)
        address = body.address.removeprefix("https://")
        port_of(address)
        row = self.store.receive(self._row(body, proof, key, address), self.clock() - self._days_s)
        if row.id == proof.application.id:
            self._record("application.received", row, f"key:{key[:16]}")
        return row

    @property
    def _days_s(self) -> float:
        return self.settings.application_days * DAY_S

    def _row(self, body: ContractApply, proof: ApplicationProof, key: str, address: str) -> ApplicationRow:
        at = self.clock()
        return ApplicationRow(
            id=proof.application.id,
            side=RECEIVED,
            open_key=f"{RECEIVED} {key}",
            node_id=body.node_id,
            institution=body.institution,
            address=address,
            fingerprint=key,
            certificate=one_certificate(body.auth_credential),
            version=proof.software,
            message=proof.application.message,
            state=str(ApplicationState.APPLIED),
            reason=None,
            host=HOST.get(),
            compared=False,
            told=False,
            times={str(ApplicationState.APPLIED): at},
            decided_by=None,
            error=None,
            tries=0,
            next_at=0.0,
            created_at=at,
            expires_at=at + self._days_s,
            ended_at=None,
        )

    def _withdrawn(self, row: ApplicationRow | None, key: str) -> ContractApplied:
        """Also after it was approved: the contract that came of it ends."""
        if row is None:
            return self._answer(key, ApplicationState.WITHDRAWN)
        actor = f"key:{key[:16]}"
        if self.store.move(row.id, WAITING, ApplicationState.WITHDRAWN):
            self._record("application.withdrawn", row, actor)
        elif self.store.move(row.id, [ApplicationState.APPROVED], ApplicationState.WITHDRAWN):
            self._record("application.withdrawn", row, actor)
            known = self.peers.find(row.node_id)
            if known is not None and known.state == "APPROVED" and known.fingerprint == key:
                self.peering.terminated(known.name, ContractRef(contract_id=known.contract_id))
        row = self.store.get(row.id)
        return self._answer(key, ApplicationState(row.state), row)

    def _state(self, row: ApplicationRow) -> ApplicationState:
        """As it is now: what has run out is EXPIRED."""
        state = ApplicationState(row.state)
        if state in WAITING and row.expires_at <= self.clock():
            self.expire(row.id)
            return ApplicationState.EXPIRED
        return state

    def _answer(self, key: str, state: ApplicationState, row: ApplicationRow | None = None) -> ContractApplied:
        status = _STATUS.get(state, ContractStatus.REJECTED)
        if status is ContractStatus.APPROVED and row is not None:
            known = self.peers.find(row.node_id)
            if known is None or known.state != "APPROVED":
                status = ContractStatus.TERMINATED
        told: _Told = state.value  # type: ignore[assignment]
        extra = ContractExtra(
            status=status,
            protocol=PROTOCOL_VERSION,
            software=__version__,
            state=told,
            reason=row.reason if row is not None else None,
            until=int(row.expires_at * 1000) if row is not None else None,
        )
        return ContractApplied(contract_id=contract_id(key, self.fingerprint), tacit=extra)

    # -- what people here do ---------------------------------------------------------------------------------------

    def review(self, id: str) -> ApplicationRow:
        """Take it up; the applicant sees that. Raises InputError("application.wrong_state")."""
        row = self._of_stranger(id)
        if not self.store.move(id, [ApplicationState.APPLIED], ApplicationState.IN_REVIEW):
            raise wrong_state(row)
        self._record("application.reviewed", row, "person")
        return self.store.get(id)

    def compare(self, id: str, fingerprint: str) -> None:
        """Somebody here has the applicant's fingerprint over another way: it must be this one.

        Raises RefusedError("application.fingerprint_differs"), InputError("application.wrong_state").
        """
        row = self._of_stranger(id)
        if row.state not in WAITING:
            raise wrong_state(row)
        if _bare(fingerprint) != row.fingerprint:
            self.trail.record("application.mismatch", f"application:{id}", {}, actor="person")
            raise RefusedError(
                "application.fingerprint_differs",
                "The key of the applicant has another fingerprint than the one that you were told.",
                hint="Do not approve it. Ask the organisation, over a way that you trust, whether it has applied.",
            )
        self.store.note(id, compared=True)

    def explain(self, id: str, reason: str) -> None:
        """Why it will be rejected, as the applicant is to learn it. Raises InputError("application.wrong_state")."""
        row = self._of_stranger(id)
        if row.state not in WAITING:
            raise wrong_state(row)
        if reason not in REASONS:
            raise InputError("application.reason_unknown", "There is no such reason.", expected=", ".join(REASONS))
        self.store.note(id, reason=reason)

    def approve(self, id: str, by: str) -> None:
        """Pin the applicant and confirm the contract to it.

        Raises RefusedError("application.not_compared", "peer.name_taken", "peer.key_taken"),
        InputError("application.wrong_state").
        """
        row = self._of_stranger(id)
        if row.state == ApplicationState.APPROVED:
            return
        if not row.compared:
            raise RefusedError(
                "application.not_compared",
                "Nobody has compared the fingerprint of the applicant's key.",
                hint="Ask the organisation in a way that you trust, then `tacit peer approve ID --fingerprint F`.",
            )
        peer = self._peer(row)
        body = ContractConfirm(contract_id=peer.contract_id, status="APPROVED")
        mail = message(row.node_id, CONTRACT_CONFIRM.path, body.document(), key=f"confirm {row.id}")
        values = {"decided_by": by, "reason": None}
        if not self.store.move(id, WAITING, ApplicationState.APPROVED, [mail], peer=peer, **values):
            raise wrong_state(self.store.get(id))
        self._record("application.approved", row, by)
        self.trail.record("peer.pinned", f"peer:{peer.name}", {"fingerprint": peer.fingerprint}, actor=by)
        self.outbox.poke(peer.name)

    def reject(self, id: str, by: str) -> None:
        """Refuse it, for the reason that `explain` gave. Raises InputError("application.wrong_state")."""
        row = self._of_stranger(id)
        if row.state == ApplicationState.REJECTED:
            return
        reason = row.reason or "other"
        if not self.store.move(id, WAITING, ApplicationState.REJECTED, decided_by=by, reason=reason):
            raise wrong_state(self.store.get(id))
        self._record("application.rejected", row, by)

    def expire(self, id: str) -> None:
        row = self.store.get(id)
        if self.store.move(id, WAITING, ApplicationState.EXPIRED):
            self._record("application.expired", row, "node")

    def look(self) -> None:
        """What has run out ends; what ended long ago is forgotten."""
        for row in self.store.all(side=RECEIVED, states=WAITING):
            self._state(row)
        self.store.drop_ended(self.clock() - KEPT_DAYS * DAY_S)

    # -- making ----------------------------------------------------------------------------------------------------

    def _of_stranger(self, id: str) -> ApplicationRow:
        row = self.store.get(id)
        if row.side != RECEIVED:
            raise InputError("application.own", "This is an application of this node; the other node decides on it.")
        return row

    def _peer(self, row: ApplicationRow) -> PeerRow:
        return peer_of(row, self.fingerprint)

    def _record(self, act: str, row: ApplicationRow, actor: str) -> None:
        details: dict[str, Detail] = {"node": row.node_id, "fingerprint": row.fingerprint}
        self.trail.record(act, f"application:{row.id}", details, actor=actor)


@dataclass(frozen=True, slots=True)
class ApplicationDesk:
    """Applications of strangers that nobody here has decided on: the desk of the inbox."""

    applications: Applications
    kind: Kind = Kind.PEER

    def touched(self, act: str, subject: str) -> Iterable[str]:
        """See Desk."""
        return (subject.removeprefix("application:"),) if subject.startswith("application:") else ()

    def waiting(self) -> Iterable[str]:
        """See Desk."""
        return [row.id for row in self.applications.store.all(side=RECEIVED, states=WAITING)]

    def draft(self, subject: str) -> Draft | None:
        """See Desk."""
        row = self.applications.store.find(subject)
        if row is None or row.side != RECEIVED or row.state not in WAITING:
            return None
        name = row.institution or row.node_id
        summary = Text(
            f"机构：{name}\n节点：{row.node_id}\n地址：{row.address}\n指纹：{row.fingerprint}\n"
            f"留言：{row.message or '无'}\n请先通过可信渠道核对指纹，再用 tacit peer approve 批准。",
            f"Institution: {name}\nNode: {row.node_id}\nAddress: {row.address}\nFingerprint: {row.fingerprint}\n"
            f"Message: {row.message or 'none'}\nCompare the fingerprint over a way that you trust, then approve it "
            "with `tacit peer approve`.",
        )
        title = Text(f"加入申请：{name}", f"Application of {name}")
        return Draft(Kind.PEER, row.id, title, summary, f"key:{row.fingerprint[:16]}", 1, row.expires_at)

    def outcome(self, subject: str) -> ItemState:
        """See Desk."""
        row = self.applications.store.find(subject)
        decided = {
            ApplicationState.APPROVED: ItemState.APPROVED,
            ApplicationState.REJECTED: ItemState.REJECTED,
            ApplicationState.EXPIRED: ItemState.EXPIRED,
        }
        return decided.get(ApplicationState(row.state), ItemState.WITHDRAWN) if row else ItemState.WITHDRAWN

    def hash(self, subject: str) -> str | None:
        """See Desk."""
        return None

    def approve(self, subject: str, by: str) -> None:
        """See Desk."""
        self.applications.approve(subject, by)

    def reject(self, subject: str, by: str) -> None:
        """See Desk."""
        if by == "node":
            self.applications.expire(subject)
        else:
            self.applications.reject(subject, by)


def peer_of(row: ApplicationRow, own_fingerprint: str) -> PeerRow:
    """The peer that an application makes, at either side."""
    applicant, receiver = (
        (row.fingerprint, own_fingerprint) if row.side == RECEIVED else (own_fingerprint, row.fingerprint)
    )
    return PeerRow(
        name=row.node_id,
        institution=row.institution,
        address=row.address,
        certificate=row.certificate,
        fingerprint=certificate_fingerprint(row.certificate),
        contract_id=contract_id(applicant, receiver),
        state="APPROVED",
        version=row.version,
        added_at=now(),
        last_seen_at=now(),
    )


def wrong_state(row: ApplicationRow) -> InputError:
    """For what cannot be done with an application any more."""
    return InputError(
        "application.wrong_state",
        "The application is not in a state for this.",
        found=row.state,
        expected=" or ".join(OPEN),
        hint=f"It came to this at {iso(row.ended_at)}." if row.ended_at else None,
    )


def _bare(fingerprint: str) -> str:
    """As people copy it: capitals, blanks and colons do not matter."""
    return "".join(char for char in fingerprint.lower() if char.isalnum())
