"""The letters of a negotiation: how offers, decisions and ends go through the standard's project audit calls."""

from __future__ import annotations

from dataclasses import dataclass

from tacit.governance.negotiation import Stage
from tacit.interconnect.endpoints import PROJECT_APPLY, PROJECT_CONFIRM, PROJECT_TERMINATE
from tacit.interconnect.shapes import Offered, ProjectApply, ProjectConfirm, ProjectDecision, ProjectEnd
from tacit.node.database import AgreementRow, OutboxRow
from tacit.node.outbox import message
from tacit.node.stores.peers import PeerStore
from tacit.schema.agreement import ProjectAgreement
from tacit.schema.job import Refusal


@dataclass(frozen=True, slots=True)
class AgreementMail:
    """Makes messages; sends nothing. Each key names one intent, so that a newer letter never stands for an older."""

    me: str
    peers: PeerStore

    def to_members(self, row: AgreementRow, *, but: str | None = None) -> list[OutboxRow]:
        """How things stand now, from the proposer to every other member."""
        return [self.offer(row, member) for member in others(row, self.me) if member != but]

    def offer(self, row: AgreementRow, member: str) -> OutboxRow:
        """The present offer with all that is known of it."""
        agreement = ProjectAgreement.model_validate(row.document)
        told = Offered.model_validate(
            {
                "agreement": agreement,
                "signatures": row.signatures,
                "verified": row.verified if row.stage == Stage.FINALIZED else {},
                "stage": Stage.OFFERED if row.stage == Stage.ACCEPTED else row.stage,
                "author": row.author or None,
            }
        )
        body = ProjectApply(
            audit_id=row.id,
            contract_id=self.peers.active(member).contract_id,
            name=agreement.name,
            project_id=row.id,
            description=agreement.purpose,
            tacit=told,
        )
        key = f"agreement {row.id} {member} {row.hash[:32]} {told.stage}"
        return message(member, PROJECT_APPLY.path, body.document(), key=key)

    def accept(self, row: AgreementRow, signature: str) -> OutboxRow:
        """This member's signature on the present offer, for the proposer."""
        return self._decision(row, "accept", ProjectDecision(hash=row.hash, signature=signature))

    def verify(self, row: AgreementRow, verified: str) -> OutboxRow:
        """That this member has checked all signatures, for the proposer."""
        return self._decision(row, "verify", ProjectDecision(hash=row.hash, verified=verified))

    def reject(self, row: AgreementRow, code: str) -> OutboxRow:
        """That this member will not sign, for the proposer."""
        return self._decision(row, "reject", ProjectDecision(hash=row.hash, refusal=Refusal(code=code)))

    def end(self, row: AgreementRow, member: str, code: str) -> OutboxRow:
        """That it is over, and why."""
        body = ProjectEnd(audit_id=row.id, tacit=Refusal(code=code)).document()
        return message(member, PROJECT_TERMINATE.path, body, key=f"end {row.id} {member} {code}")

    def _decision(self, row: AgreementRow, what: str, decision: ProjectDecision) -> OutboxRow:
        status = "REJECTED" if decision.refusal is not None else "APPROVED"
        body = ProjectConfirm.model_validate({"audit_id": row.id, "status": status, "tacit": decision})
        key = f"decision {row.id} {what} {row.hash[:32]}"
        return message(row.proposer, PROJECT_CONFIRM.path, body.document(), key=key)


def others(row: AgreementRow, me: str) -> list[str]:
    """The other members."""
    return sorted(set(row.document["members"]) - {me})
