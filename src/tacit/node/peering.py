"""Becoming peers and ceasing to be: invitations, contracts, pinned keys."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tacit import __version__
from tacit.errors import InputError, PeerError, TacitError
from tacit.interconnect.caller import PeerCaller, PeerTarget, fetch_certificate
from tacit.interconnect.certificates import one_certificate
from tacit.interconnect.endpoints import CONTRACT_APPLY, CONTRACT_TERMINATE, NODE_HEALTH
from tacit.interconnect.invitation import (
    IssuedInvitation,
    check_application,
    check_protocol,
    issue_invitation,
    make_application,
    read_invitation,
)
from tacit.interconnect.shapes import (
    ContractApplied,
    ContractApply,
    ContractExtra,
    ContractRef,
    ContractState,
    ContractStatus,
    Empty,
    InvitationProof,
    NodeExtra,
    NodeHealth,
    NodeInfo,
)
from tacit.ledger.audit import AuditTrail
from tacit.node.clock import now
from tacit.node.courier import Contacts, LoopThread
from tacit.node.database import InvitationRow, PeerRow
from tacit.node.home import port_of
from tacit.node.keys import Keys
from tacit.node.outbox import Outbox, message
from tacit.node.settings import Settings
from tacit.node.stores.peers import InvitationStore, PeerStore
from tacit.schema.wire import PROTOCOL_VERSION

PING_LIMIT_S = 5.0  # who is asked whether they are there and says nothing for so long is not


@dataclass(frozen=True, slots=True)
class Health:
    """What a ping found. `skew_s`: the peer's clock minus ours."""

    seconds: float | None = None
    skew_s: float | None = None
    version: str | None = None
    error: TacitError | None = None


@dataclass(frozen=True, slots=True)
class Peering:
    """Wired by `tacit.node.process`."""

    settings: Settings
    keys: Keys
    peers: PeerStore
    invitations: InvitationStore
    caller: PeerCaller
    loop: LoopThread
    outbox: Outbox
    trail: AuditTrail
    contacts: Contacts
    address: str  # host:port under which peers reach this node
    ended: list[Callable[[str], None]] = field(default_factory=list)  # called with the peer's name, after the commit

    def card(self) -> NodeInfo:
        """This node as it shows itself."""
        return NodeInfo(
            address=f"https://{self.address}",
            inst_id=self.settings.institution or self.settings.name,
            institution=self.settings.institution or self.settings.name,
            name=self.settings.name,
            node_id=self.settings.name,
            system_version=__version__,
            tacit=NodeExtra(protocol=PROTOCOL_VERSION, fingerprint=self.keys.identity.fingerprint),
        )

    # -- inviting --------------------------------------------------------------------------------------------

    def invite(self, lifetime_s: float) -> tuple[InvitationRow, str]:
        """A fresh invitation: its record and the code to hand over."""
        invitation, issued = issue_invitation(
            node_id=self.settings.name,
            institution=self.settings.institution or self.settings.name,
            address=f"https://{self.address}",
            fingerprint=self.keys.identity.fingerprint,
            now_ms=_now_ms(),
            lifetime_ms=int(lifetime_s * 1000),
        )
        row = InvitationRow(id=issued.id, secret=issued.secret, state="open", expires_at=issued.expires / 1000)
        self.invitations.add(row)
        self.trail.record("invitation.issued", f"invitation:{issued.id[:16]}", {}, actor="person")
        return row, invitation.code()

    def applied(self, body: ContractApply) -> ContractApplied:
        """Somebody answers an invitation: check everything, then pin."""
        proof = body.tacit.invitation if isinstance(body.tacit, InvitationProof) else ""
        row = self.invitations.find(proof)
        issued = _issued(row)
        applicant = check_application(body, issued, own_fingerprint=self.keys.identity.fingerprint, now_ms=_now_ms())
        self.check_not_me(body.node_id, applicant)
        port_of(body.address.removeprefix("https://"))
        peer = PeerRow(
            name=body.node_id,
            institution=body.institution,
            address=body.address.removeprefix("https://"),
            certificate=one_certificate(body.auth_credential),
            fingerprint=applicant,
            contract_id=contract_id(applicant, self.keys.identity.fingerprint),
            state="APPROVED",
            version=body.system_version,
            added_at=now(),
            last_seen_at=now(),
        )
        self.peers.pin(peer, invitation=proof)
        self.trail.record("peer.pinned", f"peer:{peer.name}", {"fingerprint": applicant}, actor=f"peer:{peer.name}")
        extra = ContractExtra(status=ContractStatus.APPROVED, protocol=PROTOCOL_VERSION, software=__version__)
        return ContractApplied(contract_id=peer.contract_id, tacit=extra)

    # -- accepting -------------------------------------------------------------------------------------------

    def accept(self, code: str) -> PeerRow:
        """Answer an invitation. Raises InputError("invitation.malformed"), PeerError, RefusedError."""
        invitation = read_invitation(code, now_ms=_now_ms())
        self.check_not_me(invitation.node_id, invitation.fingerprint)
        port_of(invitation.address.removeprefix("https://"))
        self.peers.check_free(invitation.node_id, invitation.fingerprint)
        certificate = self.loop.run(
            fetch_certificate(invitation.address, invitation.fingerprint, node_id=invitation.node_id)
        )
        target = PeerTarget(node_id=invitation.node_id, address=invitation.address, certificate=certificate)
        body = make_application(invitation, self.card(), self.keys.identity.certificate_pem, __version__)
        answer = self.loop.run(self.caller.call(target, CONTRACT_APPLY, body))
        if not isinstance(answer, ContractApplied) or answer.tacit is None:
            raise PeerError("peer.bad_answer", f"{invitation.node_id} did not settle the contract.")
        check_protocol(answer.tacit.protocol, invitation.node_id, answer.tacit.software)
        peer = PeerRow(
            name=invitation.node_id,
            institution=invitation.institution,
            address=invitation.address.removeprefix("https://"),
            certificate=certificate,
            fingerprint=invitation.fingerprint,
            contract_id=answer.contract_id,
            state="APPROVED",
            version=answer.tacit.software,
            added_at=now(),
            last_seen_at=now(),
        )
        self.peers.pin(peer)
        details: dict[str, str | int | bool | None] = {"fingerprint": peer.fingerprint}
        self.trail.record("peer.pinned", f"peer:{peer.name}", details, actor="person")
        return peer

    # -- ending ----------------------------------------------------------------------------------------------

    def terminate(self, name: str) -> PeerRow:
        """End the contract here and tell the peer. Raises NotFoundError("peer.unknown")."""
        peer = self.peers.get(name)
        mail = message(
            name,
            CONTRACT_TERMINATE.path,
            ContractRef(contract_id=peer.contract_id).document(),
            key=f"terminate {peer.contract_id}",
        )
        if peer.state == "APPROVED":
            self.peers.set_state(name, "TERMINATED")
            self.trail.record("peer.terminated", f"peer:{name}", {}, actor="person")
            self.outbox.post(mail)
            self._tell(name)
        return self.peers.get(name)

    def terminated(self, source: str, body: ContractRef) -> Empty:
        """The peer ended the contract."""
        self._own_contract(source, body)
        self.peers.set_state(source, "TERMINATED")
        self.trail.record("peer.terminated", f"peer:{source}", {}, actor=f"peer:{source}")
        self._tell(source)
        return Empty()

    def _tell(self, name: str) -> None:
        for listener in self.ended:
            listener(name)

    def state(self, source: str, body: ContractRef) -> ContractState:
        return ContractState(status=ContractStatus(self._own_contract(source, body).state))

    def move(self, name: str, address: str) -> PeerRow:
        """The peer has a new address; its key stays."""
        self.peers.get(name)
        self.peers.set_address(name, address)
        return self.peers.get(name)

    def ping(self, name: str) -> Health:
        """Ask a peer for its health."""
        peer = self.peers.active(name)
        target = PeerTarget(node_id=name, address=f"https://{peer.address}", certificate=peer.certificate)
        begun, wall = time.monotonic(), time.time()
        try:
            answer = self.loop.run(self.caller.call(target, NODE_HEALTH, Empty()), PING_LIMIT_S)
        except TacitError as fault:
            return Health(error=fault)
        seconds = time.monotonic() - begun
        self.contacts.answered(name, seconds)
        extra = answer.tacit if isinstance(answer, NodeHealth) else None
        if extra is None:
            return Health(seconds=seconds)
        self.peers.seen(name, extra.software)
        skew = round(extra.time / 1000 - (wall + seconds / 2), 3)
        try:
            check_protocol(extra.protocol, name, extra.software)
        except TacitError as fault:
            return Health(seconds, skew, extra.software, fault)
        return Health(seconds, skew, extra.software)

    def _own_contract(self, source: str, body: ContractRef) -> PeerRow:
        peer = self.peers.get(source)
        if peer.contract_id != body.contract_id:
            raise InputError("contract.unknown", "There is no such contract with this peer.")
        return peer

    def check_not_me(self, name: str, fingerprint: str) -> None:
        """Raises InputError("peer.same_name", "peer.key_taken")."""
        if name == self.settings.name:
            raise InputError(
                "peer.same_name",
                "Both nodes have the same name.",
                found=name,
                hint="An invitation is for another node; two nodes that work together need different names.",
            )
        if fingerprint == self.keys.identity.fingerprint:
            raise InputError("peer.key_taken", "The other node shows this node's own key.", found=name)


def _issued(row: InvitationRow | None) -> IssuedInvitation | None:
    if row is None or row.state == "revoked":
        return None
    return IssuedInvitation(
        id=row.id, secret=row.secret, expires=round(row.expires_at * 1000), used_by=row.used_by or None
    )


def contract_id(one: str, other: str) -> str:
    """The same however often the application is repeated."""
    return "contract-" + hashlib.sha256(f"{one} {other}".encode()).hexdigest()[:32]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
