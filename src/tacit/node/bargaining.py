"""What changes in an agreement when somebody offers, signs, verifies or ends: always inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from tacit.errors import RefusedError
from tacit.governance.agreements import check_terms
from tacit.governance.negotiation import FINAL, Move, Side, Stage, heavier, move, standing
from tacit.ledger.project import (
    check_amends,
    check_final,
    check_members,
    check_project_signatures,
    sign_project,
    sign_verification,
)
from tacit.node.agreement_mail import AgreementMail, others
from tacit.node.database import AgreementRow
from tacit.node.keys import Keys
from tacit.node.stores.agreements import Edit
from tacit.schema.agreement import FinalAgreement, ProjectAgreement, SignedProjectAgreement

WAITING, APPROVED, REJECTED = "waiting", "APPROVED", "REJECTED"


@dataclass(frozen=True, slots=True)
class Bargaining:
    """Used by `projects` (what people here do) and `project_messages` (what other members do)."""

    keys: Keys
    mail: AgreementMail

    @property
    def me(self) -> str:
        return self.keys.me

    def check(self, agreement: ProjectAgreement) -> None:
        """Whatever is offered here must hold. Raises RefusedError, InputError."""
        check_members(agreement, self.keys.of(agreement.members), me=self.me)
        check_terms(agreement)

    def present(self, edit: Edit, agreement: ProjectAgreement, author: str, signatures: dict[str, str]) -> None:
        """This is the offer on the table now. It replaces any before it, with the signatures on that."""
        row = edit.row
        row.document, row.hash, row.version, row.author = (
            agreement.document(),
            agreement.hash(),
            agreement.number,
            author,
        )
        row.signatures, row.verified = signatures, {}
        row.decision = APPROVED if self.me in signatures else WAITING
        edit.keep(agreement, author)
        edit.note(Move.OFFER if author == row.proposer else Move.REQUEST, author)

    def sign(self, edit: Edit) -> str:
        """This node's signature on the present offer; two amendments of one agreement never both get it."""
        row = edit.row
        if row.amends_hash is not None:
            self._check_only_one(edit, row.amends_id or "", row.amends_hash)
        signature = sign_project(edit.agreement, self.keys.identity)
        row.decision, row.signatures = APPROVED, {**row.signatures, self.me: signature}
        return signature

    def _check_only_one(self, edit: Edit, old: str, hashed: str) -> None:
        known = edit.find(old)
        if known is not None:
            if standing(Stage(known.stage), known.reason) != "ACTIVE" or known.state != "ACTIVE":
                raise RefusedError("project.not_active", "The agreement that is to be amended is not in force.")
            check_amends(edit.agreement, ProjectAgreement.model_validate(known.document))
        for row in edit.amendments(hashed):
            if row.id != edit.row.id and row.stage != Stage.TERMINATED and self.me in row.signatures:
                raise RefusedError(
                    "project.amendment_pending",
                    "This node has signed another amendment of the same agreement.",
                    found=row.id,
                    hint="Amend the newest version, or end that negotiation first.",
                )

    # -- the proposer's moves --------------------------------------------------------------------------------

    def agree(self, edit: Edit) -> bool:
        """At the proposer: if all have signed, agree, verify, and tell everybody. False if somebody is missing."""
        row, agreement = edit.row, edit.agreement
        if set(row.signatures) != set(agreement.members) or row.stage in FINAL:
            return False
        check_project_signatures(SignedProjectAgreement(agreement=agreement, signatures=row.signatures))
        row.stage = Stage.AGREED
        row.verified = {self.me: sign_verification(agreement, self.me, self.keys.identity)}
        edit.note(Move.AGREE, self.me)
        edit.mail += self.mail.to_members(row)
        return True

    def finalise(self, edit: Edit) -> bool:
        """At the proposer: if all have verified, finalise and hand out. False if somebody is missing."""
        row = edit.row
        if set(row.verified) != set(row.document["members"]):
            return False
        self.put_in_force(edit)
        edit.mail += self.mail.to_members(row)
        return True

    def put_in_force(self, edit: Edit) -> None:
        """All signatures and verifications are there: check them and let it hold. Raises RefusedError."""
        row = edit.row
        check_final(FinalAgreement(agreement=edit.agreement, signatures=row.signatures, verified=row.verified))
        row.stage, row.state, row.final_at = Stage.FINALIZED, "ACTIVE", edit.at
        edit.note(Move.FINALIZE, row.proposer)

    # -- the other members' moves ----------------------------------------------------------------------------

    def verify(self, edit: Edit, signatures: dict[str, str]) -> None:
        """At a member: the proposer says that all have agreed. Check it, and say so. Raises RefusedError."""
        row, agreement = edit.row, edit.agreement
        check_project_signatures(SignedProjectAgreement(agreement=agreement, signatures=signatures))
        row.signatures, row.decision = dict(signatures), APPROVED
        edit.note(Move.AGREE, row.proposer)
        row.stage = move(Stage.AGREED, Move.VERIFY, Side.MEMBER)
        verified = sign_verification(agreement, self.me, self.keys.identity)
        row.verified = {self.me: verified}
        edit.note(Move.VERIFY, self.me)
        edit.mail.append(self.mail.verify(row, verified))

    # -- the end ---------------------------------------------------------------------------------------------

    def end_row(self, edit: Edit, row: AgreementRow, by: str, code: str, *, tell: bool) -> bool:
        """It is over: `edit.row`, or another of its chain. `tell`: let the other members know; who ended `edit.row`
        knows that, but may not have heard of an amendment. False if it was over before.
        """
        over = row.stage == Stage.TERMINATED
        reason = heavier(row.reason, code) if over else code
        if over and reason == row.reason:
            return False
        what = Move.END if row.stage == Stage.FINALIZED else Move.TERMINATE
        row.stage, row.reason = Stage.TERMINATED, reason
        row.state = standing(Stage.TERMINATED, reason)
        Edit(edit.session, row, edit.at).note(what, by, code)
        if tell:
            knows = by if row is edit.row else None
            edit.mail += [self.mail.end(row, member, reason) for member in others(row, self.me) if member != knows]
        return not over
