"""Project agreements of this node: proposing, signing, ending, and whether a job falls under one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tacit.errors import InputError, RefusedError
from tacit.governance.agreements import check_covers
from tacit.interconnect.endpoints import PROJECT_APPLY, PROJECT_CONFIRM, PROJECT_TERMINATE
from tacit.interconnect.shapes import (
    AuditApplied,
    AuditRef,
    AuditState,
    AuditStatus,
    Empty,
    ProjectApply,
    ProjectConfirm,
    ProjectDecision,
)
from tacit.ledger.audit import AuditTrail
from tacit.ledger.project import (
    add_signature,
    check_members,
    check_project_signatures,
    new_agreement_id,
    sign_project,
)
from tacit.ledger.signature import public_key_text
from tacit.node.blueprint import Blueprint
from tacit.node.clock import now
from tacit.node.database import AgreementRow, OutboxRow
from tacit.node.keys import Keys
from tacit.node.outbox import Outbox, message
from tacit.node.stores.agreements import AgreementStore
from tacit.node.stores.peers import PeerStore
from tacit.schema.job import ProjectAgreement, Refusal, SignedProjectAgreement

PROPOSED, ACTIVE, REJECTED, TERMINATED = "PROPOSED", "ACTIVE", "REJECTED", "TERMINATED"


@dataclass(frozen=True, slots=True)
class Projects:
    """Wired by `tacit.node.process`. The proposer collects the signatures and hands the complete set out."""

    keys: Keys
    store: AgreementStore
    peers: PeerStore
    outbox: Outbox
    trail: AuditTrail

    @property
    def me(self) -> str:
        return self.keys.me

    def propose(
        self,
        name: str,
        purpose: str,
        members: Iterable[str],
        datasets: Mapping[str, Iterable[str]],
        valid_until_ms: int,
        operators: Iterable[str] = (),
    ) -> AgreementRow:
        """Sign a new agreement and send it to all members. Raises RefusedError("project.…", "job.party_unknown")."""
        keys = self.keys.of(sorted({*members, self.me}))
        agreement = ProjectAgreement(
            id=new_agreement_id(),
            name=name,
            purpose=purpose,
            members={member: public_key_text(key) for member, key in keys.items()},
            datasets={member: tuple(names) for member, names in datasets.items()},
            operators=tuple(operators),
            created=int(time.time() * 1000),
            valid_until=valid_until_ms,
        )
        check_members(agreement, keys, me=self.me)
        row = _row(agreement, self.me)
        row.decision = "APPROVED"
        row.signatures = {self.me: sign_project(agreement, self.keys.identity)}
        self.store.add(row, self._to_members(row, agreement))
        self._done(row, "project.proposed", "person")
        return row

    def approve(self, agreement_id: str) -> AgreementRow:
        """Sign an agreement that another member proposed. Raises InputError("agreement.wrong_state")."""
        row = self._undecided(agreement_id)
        agreement = _agreement(row)
        check_members(agreement, self.keys.of(agreement.members), me=self.me)
        signature = sign_project(agreement, self.keys.identity)
        mail = self._decision(row, ProjectDecision(signature=signature))
        row = self.store.change(row.id, [mail], decision="APPROVED", signatures={self.me: signature})
        self._done(row, "project.approved", "person")
        return self._activated(row)

    def reject(self, agreement_id: str) -> AgreementRow:
        """Refuse to sign. Raises InputError("agreement.wrong_state")."""
        row = self._undecided(agreement_id)
        mail = self._decision(row, ProjectDecision(refusal=Refusal(code="project.rejected")))
        row = self.store.change(row.id, [mail], decision="REJECTED", state=REJECTED)
        self._done(row, "project.rejected", "person")
        return row

    def terminate(self, agreement_id: str) -> AgreementRow:
        """End an agreement at all members."""
        row = self.store.get(agreement_id)
        if row.state in (REJECTED, TERMINATED):
            raise _wrong_state(row)
        others = [member for member in _agreement(row).members if member != self.me]
        body = AuditRef(audit_id=row.id).document()
        mail = [message(m, PROJECT_TERMINATE.path, body, key=f"end {row.id} {m}") for m in others]
        row = self.store.change(row.id, mail, state=TERMINATED)
        self._done(row, "project.terminated", "person")
        return row

    # -- what other members say ------------------------------------------------------------------------------

    def applied(self, source: str, body: ProjectApply) -> AuditApplied:
        """A member proposes an agreement, or brings further signatures on it."""
        if body.tacit is None:
            raise RefusedError("project.agreement_missing", "The application does not hold its agreement.")
        signed = body.tacit
        agreement = signed.agreement
        check_members(agreement, self.keys.of(agreement.members), me=self.me)
        check_project_signatures(signed, complete=False)
        if source not in signed.signatures:
            raise RefusedError("project.signature_missing", "The proposer has not signed the agreement.")
        row = self.store.find(agreement.id)
        if row is None:
            row = _row(agreement, source)
            row.signatures = dict(signed.signatures)
            self.store.add(row)
            self._done(row, "project.received", f"peer:{source}")
        elif row.hash != agreement.hash():
            raise RefusedError("project.conflict", "Another agreement of this id is known here.")
        else:
            signatures = {**row.signatures, **signed.signatures}  # nobody can take away what another has signed
            row = self._activated(self.store.change(row.id, signatures=signatures))
        return AuditApplied(status=_status(row))

    def confirmed(self, source: str, body: ProjectConfirm) -> Empty:
        """A member signed or refused what this node proposed."""
        row = self.store.get(body.audit_id)
        agreement = _agreement(row)
        if row.proposer != self.me or source not in agreement.members:
            raise RefusedError("project.not_a_member", "The caller is not a member of this node's agreement.")
        signature = body.tacit.signature if body.tacit is not None else None
        if body.status == "REJECTED" or signature is None:
            others = [member for member in agreement.members if member not in (self.me, source)]
            ref = AuditRef(audit_id=row.id).document()
            mail = [message(m, PROJECT_TERMINATE.path, ref, key=f"end {row.id} {m}") for m in others]
            self._done(self.store.change(row.id, mail, state=REJECTED), "project.rejected", f"peer:{source}")
            return Empty()
        complete = add_signature(
            SignedProjectAgreement(agreement=agreement, signatures=row.signatures), source, signature
        )
        row = self._activated(self.store.change(row.id, signatures=dict(complete.signatures)))
        if row.state == ACTIVE:
            self._send(self._to_members(row, agreement))
        return Empty()

    def terminated(self, source: str, body: AuditRef) -> Empty:
        """A member ended the agreement."""
        row = self.store.get(body.audit_id)
        if source not in _agreement(row).members:
            raise RefusedError("project.not_a_member", "The caller is not a member of the agreement.")
        if row.state in (PROPOSED, ACTIVE):
            self._done(self.store.change(row.id, state=TERMINATED), "project.terminated", f"peer:{source}")
        return Empty()

    def queried(self, source: str, body: AuditRef) -> AuditState:
        row = self.store.get(body.audit_id)
        if source not in _agreement(row).members:
            raise RefusedError("project.not_a_member", "The caller is not a member of the agreement.")
        return AuditState(audit_id=row.id, status=_status(row))

    # -- jobs ------------------------------------------------------------------------------------------------

    def check_covers(self, agreement_id: str, blueprint: Blueprint) -> None:
        """A job that names an agreement falls under it. Raises RefusedError("project.…"), NotFoundError."""
        if not agreement_id:
            return
        row = self.store.get(agreement_id)
        if row.state != ACTIVE:
            raise RefusedError(
                "project.not_active",
                "The agreement is not in force.",
                found=row.state,
                expected=ACTIVE,
                hint="All members must sign it first; see `tacit agreement list`.",
            )
        parties = list(blueprint.plan.parties)
        check_covers(
            _agreement(row),
            parties=parties,
            datasets={party: list(blueprint.datasets_of(party)) for party in parties},
            operators=blueprint.versions,
            now_ms=int(time.time() * 1000),
        )

    def _activated(self, row: AgreementRow) -> AgreementRow:
        agreement = _agreement(row)
        if row.state != PROPOSED or set(row.signatures) != set(agreement.members):
            return row
        check_project_signatures(SignedProjectAgreement(agreement=agreement, signatures=row.signatures))
        row = self.store.change(row.id, state=ACTIVE)
        self._done(row, "project.active", "node")
        return row

    def _undecided(self, agreement_id: str) -> AgreementRow:
        row = self.store.get(agreement_id)
        if row.state != PROPOSED or row.decision != "waiting":
            raise _wrong_state(row)
        return row

    def _to_members(self, row: AgreementRow, agreement: ProjectAgreement) -> list[OutboxRow]:
        signed = SignedProjectAgreement(agreement=agreement, signatures=row.signatures)
        return [self._application(row, signed, member) for member in agreement.members if member != self.me]

    def _application(self, row: AgreementRow, signed: SignedProjectAgreement, member: str) -> OutboxRow:
        body = ProjectApply(
            audit_id=row.id,
            contract_id=self.peers.active(member).contract_id,
            name=signed.agreement.name,
            project_id=row.id,
            description=signed.agreement.purpose,
            tacit=signed,
        )
        key = f"agreement {row.id} {member} {len(signed.signatures)}"
        return message(member, PROJECT_APPLY.path, body.document(), key=key)

    def _decision(self, row: AgreementRow, decision: ProjectDecision) -> OutboxRow:
        status = "APPROVED" if decision.signature is not None else "REJECTED"
        body = ProjectConfirm.model_validate({"audit_id": row.id, "status": status, "tacit": decision})
        return message(row.proposer, PROJECT_CONFIRM.path, body.document(), key=f"decision {row.id}")

    def _send(self, mail: Iterable[OutboxRow]) -> None:
        for row in mail:
            self.outbox.post(row)

    def _done(self, row: AgreementRow, act: str, actor: str) -> None:
        self.trail.record(act, f"project:{row.id}", {"hash": row.hash}, actor=actor)
        for member in _agreement(row).members:
            if member != self.me:
                self.outbox.poke(member)


def state_of(row: AgreementRow) -> str:
    """As people see it: what has run out is EXPIRED."""
    over = row.document["valid_until"] < time.time() * 1000
    return "EXPIRED" if over and row.state in (PROPOSED, ACTIVE) else row.state


def _row(agreement: ProjectAgreement, proposer: str) -> AgreementRow:
    return AgreementRow(
        id=agreement.id,
        document=agreement.document(),
        hash=agreement.hash(),
        proposer=proposer,
        state=PROPOSED,
        decision="waiting",
        signatures={},
        created_at=now(),
    )


def _agreement(row: AgreementRow) -> ProjectAgreement:
    return ProjectAgreement.model_validate(row.document)


def _status(row: AgreementRow) -> AuditStatus:
    states = {PROPOSED: AuditStatus.APPLIED, ACTIVE: AuditStatus.APPROVED, REJECTED: AuditStatus.REJECTED}
    return states.get(row.state, AuditStatus.TERMINATED)


def _wrong_state(row: AgreementRow) -> InputError:
    return InputError("agreement.wrong_state", "The agreement is not in a state for this.", found=row.state)
