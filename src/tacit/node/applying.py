"""This node's own applications at other nodes: made, followed until they are decided, withdrawn.

What is to be said stands in the table before it is said, and is said again until the other node has answered; a lost
answer, a restart on either side or a confirmation that comes twice change nothing.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tacit.errors import PeerError, RefusedError, TacitError
from tacit.governance.applications import OPEN, ApplicationState, check_words
from tacit.interconnect.application import sign_application
from tacit.interconnect.caller import PeerTarget
from tacit.interconnect.certificates import certificate_key
from tacit.interconnect.shapes import Application, ContractConfirm, ContractExtra, ContractStatus, Empty
from tacit.ledger.audit import AuditTrail, Detail
from tacit.node.applications import DAY_S, Applications, peer_of, wrong_state
from tacit.node.clock import now
from tacit.node.doors import Door
from tacit.node.home import port_of
from tacit.node.keys import Keys
from tacit.node.outbox import is_final
from tacit.node.peering import Peering
from tacit.node.settings import Settings
from tacit.node.stores.peers import PeerStore
from tacit.node.stores.portal import SENT, ApplicationStore
from tacit.node.tables.portal import ApplicationRow
from tacit.node.ticker import Ticker

TICK_S = 1.0
ASK_S = 30.0  # between two questions about an application that waits at the other node
GRACE_DAYS = 7  # that the other node is asked beyond the end: its answer may be late
_BACKOFF_S = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
_PASSING = ("application.full", "application.too_often", "application.proof_old")  # refusals that time may lift


@dataclass(slots=True)
class Applying:
    """Wired by `tacit.node.wiring`; between `start` and `close` a thread follows what is open."""

    settings: Settings
    keys: Keys
    store: ApplicationStore
    peers: PeerStore
    peering: Peering
    receiving: Applications
    door: Door
    trail: AuditTrail
    clock: Callable[[], float] = now
    _contacting: threading.Lock = field(default_factory=threading.Lock)
    _ticker: Ticker = field(default_factory=lambda: Ticker("applications"))

    # -- what people here do ---------------------------------------------------------------------------------------

    def apply(self, address: str, fingerprint: str, message: str = "") -> ApplicationRow:
        """Apply at the node of this address, whose key must have this fingerprint. Repeated, it goes on with the same.

        A node that cannot be reached is tried again and again. Raises PeerError("peer.wrong_key"),
        InputError("application.text_invalid", "peer.same_name"), RefusedError("peer.name_taken").
        """
        check_words(self._institution, message)
        port_of(address)
        self.peering.check_not_me("", fingerprint)
        row = self._row(address, fingerprint, message)
        try:
            met = self._meet(row)
        except PeerError as fault:
            if fault.code != "peer.unreachable":
                raise
            met = {"error": fault.code}
        for name, value in met.items():
            setattr(row, name, value)
        with self._contacting:
            kept = self.store.send(row)
        if kept is row:
            self._record("application.made", row, "person")
        return self.contact(kept.id)

    def withdraw(self, id: str) -> ApplicationRow:
        """Take it back; the other node is told. Raises InputError("application.wrong_state")."""
        row = self.store.get(id)
        unsaid = row.state == ApplicationState.DRAFT
        done = row.side == SENT and self.store.move(
            id, OPEN, ApplicationState.WITHDRAWN, told=unsaid, next_at=0.0, tries=0
        )
        if not done:
            raise wrong_state(row)
        self._record("application.withdrawn", row, "person")
        return row if unsaid else self.contact(id)

    def contact(self, id: str) -> ApplicationRow:
        """One round with the other node about an own application, if something is open; faults are noted in it."""
        with self._contacting:
            row = self.store.get(id)
            if row.side == SENT and not row.told and row.state in (*OPEN, ApplicationState.WITHDRAWN):
                try:
                    self._contact(row)
                except TacitError as fault:
                    self._note_fault(row, fault)
        return self.store.get(id)

    # -- what the other node says ----------------------------------------------------------------------------------

    def public_key(self, node_id: str) -> Ed25519PublicKey | None:
        """The KeyRing of those who may confirm: peers, and nodes that this one has applied to."""
        known = self.keys.public_key(node_id)
        if known is not None:
            return known
        row = self.store.candidate(node_id)
        return certificate_key(row.certificate) if row is not None else None

    def confirmed(self, source: str, body: ContractConfirm) -> Empty:
        """The other node has decided. Raises RefusedError("contract.by_invitation") where nobody has applied."""
        row = self.store.candidate(source)
        if row is None:
            known = self.peers.find(source)
            if known is not None and known.state == "APPROVED" and known.contract_id == body.contract_id:
                return Empty()
            raise _unasked()
        if peer_of(row, self.receiving.fingerprint).contract_id != body.contract_id:
            raise _unasked()
        if body.status == "APPROVED":
            self._approved(row)
        elif self.store.move(row.id, OPEN, ApplicationState.REJECTED, reason="other"):
            self._record("application.rejected", row, f"peer:{source}")
        return Empty()

    # -- following -------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """One round: ask and tell what is due."""
        for row in self.store.due(self.clock()):
            if self._ticker.closed:
                return
            self.contact(row.id)

    def start(self) -> None:
        """Begin to follow."""
        self._ticker.start(self._look_at_all, TICK_S)

    def close(self) -> None:
        self._ticker.close()

    def _look_at_all(self) -> None:
        self.look()
        self.receiving.look()

    def _contact(self, row: ApplicationRow) -> None:
        if row.expires_at + GRACE_DAYS * DAY_S <= self.clock():
            self._end(row, ApplicationState.EXPIRED, None)
            return
        if not row.certificate:
            self.store.note(row.id, **self._meet(row))
            row = self.store.get(row.id)
        if row.state == ApplicationState.DRAFT:
            self.store.move(row.id, [ApplicationState.DRAFT], ApplicationState.SENT)
        target = PeerTarget(row.node_id, f"https://{row.address}", row.certificate)
        identity = self.keys.identity
        body = sign_application(self._said(row), self.peering.card(), identity.certificate_pem, identity)
        answer = self.door.apply(target, body)
        if answer.tacit is None:
            raise PeerError("peer.bad_answer", f"{row.node_id} did not say how the application stands.")
        self._take(row, answer.tacit)

    def _said(self, row: ApplicationRow) -> Application:
        return Application(
            id=row.id,
            target=row.fingerprint,
            node_id=self.settings.name,
            institution=self._institution,
            address=f"https://{self.peering.address}",
            message=row.message,
            withdrawn=row.state == ApplicationState.WITHDRAWN,
            time=time.time_ns() // 1_000_000,
        )

    def _take(self, row: ApplicationRow, told: ContractExtra) -> None:
        """The other node's word on how the application stands."""
        if row.state == ApplicationState.WITHDRAWN:
            self.store.note(row.id, told=True, error=None)
            return
        state = ApplicationState(told.state or told.status.value.replace("TERMINATED", "REJECTED"))
        if told.status is ContractStatus.TERMINATED:
            state = ApplicationState.REJECTED
        values: dict[str, Any] = {"error": None, "tries": 0, "next_at": self.clock() + ASK_S}
        if told.until is not None:
            values["expires_at"] = told.until / 1000
        if state is ApplicationState.APPROVED:
            self._approved(row)
        elif state not in OPEN:
            self._end(row, state, told.reason)
        elif state != row.state and self.store.move(row.id, OPEN, state, **values):
            self._record(f"application.{state.lower()}", row, f"peer:{row.node_id}")
        else:
            self.store.note(row.id, **values)

    def _approved(self, row: ApplicationRow) -> None:
        """Pin the other node, once. Raises RefusedError("peer.name_taken", "peer.key_taken")."""
        peer = peer_of(row, self.receiving.fingerprint)
        if self.store.move(row.id, OPEN, ApplicationState.APPROVED, peer=peer, error=None, reason=None):
            self._record("application.approved", row, f"peer:{peer.name}")
            details: dict[str, Detail] = {"fingerprint": peer.fingerprint}
            self.trail.record("peer.pinned", f"peer:{peer.name}", details, actor=f"peer:{peer.name}")

    def _end(self, row: ApplicationRow, state: ApplicationState, reason: str | None) -> None:
        if row.state == ApplicationState.WITHDRAWN:
            self.store.note(row.id, told=True)
        elif self.store.move(row.id, OPEN, state, reason=reason, error=None):
            self._record(f"application.{state.lower()}", row, f"peer:{row.node_id or row.address}")

    def _note_fault(self, row: ApplicationRow, fault: TacitError) -> None:
        """A refusal that will stay ends the application; anything else is tried again."""
        refusal = fault.found if isinstance(fault, PeerError) and is_final(fault) else None
        code = refusal or fault.code
        if refusal is not None and refusal not in _PASSING:
            self._end(row, ApplicationState.REJECTED, code)
            return
        wait = _BACKOFF_S[min(row.tries, len(_BACKOFF_S) - 1)]
        self.store.note(row.id, error=code, tries=row.tries + 1, next_at=self.clock() + wait)

    def _meet(self, row: ApplicationRow) -> dict[str, str]:
        """What is known of the other node after its key has shown the right fingerprint."""
        card, certificate = self.door.meet(f"https://{row.address}", row.fingerprint)
        self.peering.check_not_me(card.node_id, row.fingerprint)
        self.peers.check_free(card.node_id, row.fingerprint)
        return {
            "node_id": card.node_id,
            "institution": card.institution,
            "certificate": certificate,
            "version": card.system_version,
        }

    @property
    def _institution(self) -> str:
        return self.settings.institution or self.settings.name

    def _row(self, address: str, fingerprint: str, message: str) -> ApplicationRow:
        at = self.clock()
        return ApplicationRow(
            id=f"app-{secrets.token_hex(16)}",
            side=SENT,
            open_key=f"{SENT} {fingerprint}",
            node_id="",
            institution="",
            address=address,
            fingerprint=fingerprint,
            certificate="",
            version="",
            message=message,
            state=str(ApplicationState.DRAFT),
            reason=None,
            host="",
            compared=True,
            told=False,
            times={str(ApplicationState.DRAFT): at},
            decided_by=None,
            error=None,
            tries=0,
            next_at=at,
            created_at=at,
            expires_at=at + self.settings.application_days * DAY_S,
            ended_at=None,
        )

    def _record(self, act: str, row: ApplicationRow, actor: str) -> None:
        details: dict[str, Detail] = {"node": row.node_id, "fingerprint": row.fingerprint}
        self.trail.record(act, f"application:{row.id}", details, actor=actor)


def _unasked() -> RefusedError:
    return RefusedError("contract.by_invitation", "This node settles contracts by invitation only.")
