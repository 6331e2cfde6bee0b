"""What other members say in a negotiation. Every message may come twice, late, or after the end.

The proposer puts the offers in order: what it hands out counts, and a member's counter-offer counts once the proposer
has taken it. Where the two sides know different things that cannot both be right, the negotiation ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tacit.errors import RefusedError
from tacit.governance.agreements import check_counters
from tacit.governance.negotiation import ENDED, FINAL, OPEN_TO_TERMS, REFUSED, REJECTED, Move, Stage, project
from tacit.interconnect.shapes import (
    AuditApplied,
    AuditRef,
    AuditState,
    AuditStatus,
    Empty,
    NegotiationState,
    Offered,
    ProjectApply,
    ProjectConfirm,
    ProjectDecision,
    ProjectEnd,
)
from tacit.ledger.audit import AuditTrail
from tacit.ledger.project import (
    add_signature,
    check_final,
    check_project_signatures,
    check_verification,
)
from tacit.node.bargaining import WAITING, Bargaining
from tacit.node.database import AgreementRow
from tacit.node.stores.agreements import AgreementStore, Edit
from tacit.schema.agreement import ProjectAgreement, SignedProjectAgreement

SUPERSEDED = "project.superseded"
_CODES = frozenset({REJECTED, REFUSED, ENDED})

Told = Callable[[AgreementRow, str, str], None]  # row, act, actor: after the commit
Ended = Callable[[Edit, str, str, bool], list[AgreementRow]]


@dataclass(frozen=True, slots=True)
class ProjectMessages:
    """The handlers behind the project audit calls. `told`: audit and mail; `end`: ends an agreement and its chain."""

    bargaining: Bargaining
    store: AgreementStore
    trail: AuditTrail
    clock: Callable[[], float]
    told: Told
    end: Ended

    @property
    def me(self) -> str:
        return self.bargaining.me

    # -- offers ----------------------------------------------------------------------------------------------

    def applied(self, source: str, body: ProjectApply) -> AuditApplied:
        """A member offers, counters, passes on, or hands out. Raises RefusedError "project.…", InputError."""
        if body.tacit is None:
            raise RefusedError("project.agreement_missing", "The application does not hold its agreement.")
        told = body.tacit
        self.bargaining.check(told.agreement)
        check_project_signatures(told, complete=False)
        author = told.author or source
        if author not in told.signatures:
            raise RefusedError("project.signature_missing", "The proposer has not signed the agreement.")
        row = self.store.find(told.agreement.id)
        row = self._received(source, told, author) if row is None else self._heard(source, told, author)
        return AuditApplied(status=_status(row))

    def _received(self, source: str, told: Offered, author: str) -> AgreementRow:
        """The first that this node hears of it: its sender is the proposer."""
        if told.stage == Stage.FINALIZED:
            raise RefusedError("project.not_a_member", "This node took no part in the agreement's negotiation.")
        row = new_row(told.agreement, source, self.clock())
        with self.store.begin(row, self.clock()) as edit:
            row.stage = Stage.OFFERED if author == source else Stage.REQUESTED
            self.bargaining.present(edit, told.agreement, author, dict(told.signatures))
        self.told(row, "project.received", f"peer:{source}")
        return row

    def _heard(self, source: str, told: Offered, author: str) -> AgreementRow:
        with self.store.edit(told.agreement.id, self.clock()) as edit:
            row = edit.row
            if source not in row.document["members"]:
                raise _stranger()
            if row.proposer == self.me:
                act = self._countered(edit, source, told)
            elif source != row.proposer:
                raise RefusedError("negotiation.not_yours", "Only the proposer hands out offers.", found=source)
            else:
                act = self._handed_out(edit, told, author)
        if act is not None:
            self.told(row, act, f"peer:{source}")
        return row

    def _countered(self, edit: Edit, source: str, told: Offered) -> str | None:
        """At the proposer: a member asks for other terms."""
        row = edit.row
        if told.agreement.hash() == row.hash:
            return None  # it comes again
        if row.stage == Stage.TERMINATED:
            edit.mail.append(self.bargaining.mail.end(row, source, row.reason or ENDED))
            return None
        if Stage(row.stage) not in OPEN_TO_TERMS:
            raise RefusedError(SUPERSEDED, "All have signed another offer meanwhile.", found=row.stage)
        check_counters(told.agreement, edit.agreement)
        row.stage = Stage.REQUESTED
        self.bargaining.present(edit, told.agreement, source, {source: told.signatures[source]})
        edit.mail += self.bargaining.mail.to_members(row, but=source)
        return "project.countered"

    def _handed_out(self, edit: Edit, told: Offered, author: str) -> str | None:
        """At a member: what the proposer says is on the table, agreed or final."""
        row = edit.row
        if row.stage in FINAL:
            return None
        complete = set(told.signatures) == set(told.agreement.members)
        stage = Stage(told.stage) if told.stage else (Stage.AGREED if complete else Stage.OFFERED)
        if stage in OPEN_TO_TERMS:
            return self._offered(edit, told, author)
        if told.agreement.hash() != row.hash and not (stage is Stage.AGREED and self._was_late(row, told)):
            return self._differ(edit)
        return self._agreed(edit, told) if stage is Stage.AGREED else self._finalised(edit, told)

    def _offered(self, edit: Edit, told: Offered, author: str) -> str | None:
        row, offer = edit.row, told.agreement
        if offer.hash() == row.hash:
            if Stage(row.stage) in OPEN_TO_TERMS:
                row.signatures = {**row.signatures, **told.signatures}  # nobody takes away what another has signed
            return None
        known = self.store.offers(row.id)
        if offer.number <= self._given(row.id) or any(each.hash == offer.hash() for each in known):
            return None  # an older one, late; counter-offers of this node that were not taken do not count
        if Stage(row.stage) not in OPEN_TO_TERMS:
            return self._differ(edit)
        if offer.members != edit.agreement.members or offer.amends != edit.agreement.amends:
            raise RefusedError("project.members_changed", "A counter-offer keeps the members and what it amends.")
        row.stage = Stage.OFFERED if author == row.proposer else Stage.REQUESTED
        self.bargaining.present(edit, offer, author, dict(told.signatures))
        return "project.countered"

    def _agreed(self, edit: Edit, told: Offered) -> str | None:
        row = edit.row
        if Stage(row.stage) not in OPEN_TO_TERMS:
            return None  # it comes again
        if told.agreement.hash() != row.hash:  # a later counter-offer of this node was not taken
            self.bargaining.present(edit, told.agreement, told.author or row.proposer, {})
        self.bargaining.verify(edit, dict(told.signatures))
        return "project.verified"

    def _finalised(self, edit: Edit, told: Offered) -> str | None:
        row = edit.row
        check_final(told)
        row.signatures, row.verified = dict(told.signatures), dict(told.verified)
        self.bargaining.put_in_force(edit)
        return "project.active"

    def _was_late(self, row: AgreementRow, told: Offered) -> bool:
        """This node signed what all agreed, and the counter-offer that it made afterwards came too late."""
        mine = Stage(row.stage) in OPEN_TO_TERMS and row.author == self.me and self.me in told.signatures
        return mine and told.agreement.number >= self._given(row.id)

    def _given(self, agreement: str) -> int:
        """The newest offer by others that this node has had: nothing older comes back, whoever signed it."""
        return max((each.version for each in self.store.offers(agreement) if each.author != self.me), default=0)

    def _differ(self, edit: Edit) -> str:
        """The two sides cannot both be right."""
        self.end(edit, self.me, REFUSED, True)
        return "project.terminated"

    # -- decisions -------------------------------------------------------------------------------------------

    def confirmed(self, source: str, body: ProjectConfirm) -> Empty:
        """At the proposer: a member signed, verified, or refused."""
        decision = body.tacit or ProjectDecision()
        with self.store.edit(body.audit_id, self.clock()) as edit:
            row = edit.row
            if row.proposer != self.me or source == self.me or source not in row.document["members"]:
                raise RefusedError("project.not_a_member", "The caller is not a member of this node's agreement.")
            act = self._decided(edit, source, body.status, decision)
        if act is not None:
            self.told(row, act, f"peer:{source}")
        return Empty()

    def _decided(self, edit: Edit, source: str, status: str, decision: ProjectDecision) -> str | None:
        row = edit.row
        if status == "REJECTED" or (decision.signature is None and decision.verified is None):
            ended = self.end(edit, source, decision.refusal.code if _known(decision) else REJECTED, True)  # type: ignore[union-attr]
            return "project.rejected" if ended else None
        if row.stage in FINAL or decision.hash not in (None, row.hash):
            return None  # it comes again, or is about an offer that was replaced
        if decision.signature is not None:
            return self._accepted(edit, source, decision.signature)
        return self._verified(edit, source, decision.verified or "")

    def _accepted(self, edit: Edit, source: str, signature: str) -> str | None:
        row = edit.row
        if source in row.signatures:
            return None
        signed = SignedProjectAgreement(agreement=edit.agreement, signatures=row.signatures)
        row.signatures = dict(add_signature(signed, source, signature).signatures)
        edit.note(Move.ACCEPT, source)
        return "project.agreed" if self.bargaining.agree(edit) else "project.accepted"

    def _verified(self, edit: Edit, source: str, signature: str) -> str | None:
        row = edit.row
        if row.stage != Stage.AGREED:
            raise RefusedError("negotiation.not_now", "Not all have signed yet.", found=row.stage)
        check_verification(edit.agreement, source, signature)
        if source in row.verified:
            return None
        row.verified = {**row.verified, source: signature}
        edit.note(Move.VERIFY, source)
        return "project.active" if self.bargaining.finalise(edit) else None

    # -- the end, and questions ------------------------------------------------------------------------------

    def terminated(self, source: str, body: ProjectEnd) -> Empty:
        """A member ended the negotiation or the agreement. The proposer passes it on: others may not know it yet."""
        code = body.tacit.code if body.tacit is not None and body.tacit.code in _CODES else ENDED
        with self.store.edit(body.audit_id, self.clock()) as edit:
            row = edit.row
            if source not in row.document["members"]:
                raise _stranger()
            ended = self.end(edit, source, code, row.proposer == self.me)
        for each in ended:
            self.told(each, "project.terminated", f"peer:{source}")
        return Empty()

    def queried(self, source: str, body: AuditRef) -> AuditState:
        row = self.store.get(body.audit_id)
        if source not in row.document["members"]:
            raise _stranger()
        told = NegotiationState.model_validate({"stage": row.stage, "version": row.version, "hash": row.hash})
        return AuditState(audit_id=row.id, status=_status(row), tacit=told)

    def refused(self, agreement: str, peer: str, code: str) -> None:
        """A member refused a message of this negotiation for good. A newer offer explains itself; else it ends."""
        if code == SUPERSEDED or self.store.find(agreement) is None:
            return
        with self.store.edit(agreement, self.clock()) as edit:
            row = edit.row
            ended = row.stage != Stage.TERMINATED and self.end(edit, self.me, REFUSED, True)
        if ended:
            self.trail.record("project.refused", f"project:{row.id}", {"peer": peer, "code": code})
            self.told(row, "project.terminated", "node")


def new_row(agreement: ProjectAgreement, proposer: str, at: float) -> AgreementRow:
    """An agreement on which nobody has decided."""
    return AgreementRow(
        id=agreement.id,
        document=agreement.document(),
        hash=agreement.hash(),
        proposer=proposer,
        state="PROPOSED",
        decision=WAITING,
        signatures={},
        created_at=at,
        stage=Stage.OFFERED,
        version=agreement.number,
        author=proposer,
        verified={},
        amends_id=agreement.amends.agreement if agreement.amends else None,
        amends_hash=agreement.amends.hash if agreement.amends else None,
    )


def _known(decision: ProjectDecision) -> bool:
    return decision.refusal is not None and decision.refusal.code in _CODES


def _status(row: AgreementRow) -> AuditStatus:
    return AuditStatus(project(Stage(row.stage), row.reason))


def _stranger() -> RefusedError:
    return RefusedError("project.not_a_member", "The caller is not a member of the agreement.")
