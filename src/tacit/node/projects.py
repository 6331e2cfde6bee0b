"""Project agreements of this node: what people here do with them, and whether a job falls under one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from tacit.errors import InputError, RefusedError
from tacit.governance.agreements import check_counters, check_covers, period_begin_ms
from tacit.governance.negotiation import ENDED, OPEN_TO_TERMS, REJECTED, Move, Side, Stage, move
from tacit.interconnect.shapes import (
    AuditApplied,
    AuditRef,
    AuditState,
    Empty,
    ProjectApply,
    ProjectConfirm,
    ProjectEnd,
)
from tacit.ledger.audit import AuditTrail
from tacit.ledger.project import check_amends, new_agreement_id
from tacit.ledger.signature import public_key_text
from tacit.node.agreement_mail import AgreementMail, others
from tacit.node.bargaining import WAITING, Bargaining
from tacit.node.blueprint import Blueprint
from tacit.node.clock import now
from tacit.node.database import AgreementRow
from tacit.node.keys import Keys
from tacit.node.outbox import Outbox
from tacit.node.project_messages import ProjectMessages, new_row
from tacit.node.stores.agreements import AgreementStore, Edit
from tacit.node.stores.peers import PeerStore
from tacit.schema.agreement import Amended, Conditions, ProjectAgreement

PROPOSED, ACTIVE, TERMINATED = "PROPOSED", "ACTIVE", "TERMINATED"
TERMS = ("name", "purpose", "datasets", "operators", "valid_until", *Conditions.model_fields)
_ENDS = ("project.terminated", "project.rejected")


@dataclass(frozen=True, slots=True)
class Projects:
    """Wired by `tacit.node.wiring`. `changed(agreement, what)`: called after an agreement in force ended or changed."""

    keys: Keys
    store: AgreementStore
    peers: PeerStore
    outbox: Outbox
    trail: AuditTrail
    clock: Callable[[], float] = now
    changed: list[Callable[[str, str], None]] = field(default_factory=list)

    @property
    def me(self) -> str:
        return self.keys.me

    @property
    def _mail(self) -> AgreementMail:
        return AgreementMail(self.me, self.peers)

    @property
    def _bargaining(self) -> Bargaining:
        return Bargaining(self.keys, self._mail)

    @property
    def _messages(self) -> ProjectMessages:
        return ProjectMessages(self._bargaining, self.store, self.trail, self.clock, self._done, self._end)

    # -- what people here do ---------------------------------------------------------------------------------

    def propose(
        self,
        name: str,
        purpose: str,
        members: Iterable[str],
        datasets: Mapping[str, Iterable[str]],
        valid_until_ms: int,
        operators: Iterable[str] = (),
        conditions: Conditions | None = None,
    ) -> AgreementRow:
        """Sign a first offer and send it to all members. Raises RefusedError("project.…", "job.party_unknown")."""
        agreement = _made(
            version=1,
            id=new_agreement_id(),
            name=name,
            purpose=purpose,
            members=self._keys_of(members),
            datasets={member: tuple(names) for member, names in datasets.items()},
            operators=tuple(operators),
            created=self._now_ms(),
            valid_until=valid_until_ms,
            **_given(conditions),
        )
        return self._offer(agreement, "project.proposed")

    def amend(self, agreement_id: str, terms: Mapping[str, Any], members: Iterable[str] = ()) -> AgreementRow:
        """Propose other terms for an agreement in force; `members`: who joins. The old one holds until this is final.

        `terms`: fields of ProjectAgreement that change, as in TERMS. Raises RefusedError("project.…").
        """
        old = ProjectAgreement.model_validate(self._newest(agreement_id).document)
        fields = _terms_of(old, terms) | {"amends": Amended(agreement=old.id, hash=old.hash())}
        keys = {**old.members, **self._keys_of(members)}
        agreement = _made(version=1, id=new_agreement_id(), members=keys, created=self._now_ms(), **fields)
        check_amends(agreement, old)
        return self._offer(agreement, "project.amended")

    def _offer(self, agreement: ProjectAgreement, act: str) -> AgreementRow:
        self._bargaining.check(agreement)
        row = new_row(agreement, self.me, self.clock())
        with self.store.begin(row, self.clock()) as edit:
            self._bargaining.present(edit, agreement, self.me, {})
            self._bargaining.sign(edit)
            edit.mail += self._mail.to_members(row)
        self._done(row, act, "person")
        return row

    def counter(self, agreement_id: str, terms: Mapping[str, Any], *, hash: str | None = None) -> AgreementRow:
        """Answer the present offer with another: `terms` are the fields that change. This node signs it by that.

        Raises InputError("agreement.wrong_state"), RefusedError("project.superseded", "project.…").
        """
        with self.store.edit(agreement_id, self.clock()) as edit:
            row, present = edit.row, edit.agreement
            _check_hash(row, hash)
            if Stage(row.stage) not in OPEN_TO_TERMS:
                raise _wrong_state(row)
            fields = _terms_of(present, terms) | {"members": present.members, "amends": present.amends}
            offer = _made(id=row.id, version=row.version + 1, base=row.hash, created=self._now_ms(), **fields)
            check_counters(offer, present)
            self._bargaining.check(offer)
            mine = row.proposer == self.me
            row.stage = Stage.OFFERED if mine else Stage.REQUESTED
            self._bargaining.present(edit, offer, self.me, {})
            self._bargaining.sign(edit)
            edit.mail += self._mail.to_members(row) if mine else [self._mail.offer(row, row.proposer)]
        self._done(row, "project.countered", "person")
        return row

    def approve(self, agreement_id: str, *, hash: str | None = None) -> AgreementRow:
        """Agree to the present offer; `hash`: only if it is this one. Raises InputError("agreement.wrong_state")."""
        with self.store.edit(agreement_id, self.clock()) as edit:
            row = self._undecided(edit.row, hash)
            self._bargaining.check(edit.agreement)
            signature = self._bargaining.sign(edit)
            if row.proposer == self.me:
                edit.note(Move.ACCEPT, self.me)
                self._bargaining.agree(edit)
            else:
                row.stage = move(Stage(row.stage), Move.ACCEPT, Side.MEMBER)
                edit.note(Move.ACCEPT, self.me)
                edit.mail.append(self._mail.accept(row, signature))
        self._done(row, "project.approved", "person")
        return row

    def reject(self, agreement_id: str) -> AgreementRow:
        """Refuse to sign: the negotiation ends for all. Raises InputError("agreement.wrong_state")."""
        with self.store.edit(agreement_id, self.clock()) as edit:
            row = self._undecided(edit.row, None)
            row.decision = "REJECTED"
            if row.proposer != self.me:
                edit.mail.append(self._mail.reject(row, REJECTED))
            self._end(edit, self.me, REJECTED, True)
        self._done(row, "project.rejected", "person")
        return row

    def terminate(self, agreement_id: str) -> AgreementRow:
        """End a negotiation, or an agreement in force with all its amendments, at all members."""
        with self.store.edit(agreement_id, self.clock()) as edit:
            row = edit.row
            if row.stage == Stage.TERMINATED:
                raise _wrong_state(row)
            ended = self._end(edit, self.me, ENDED, True)
        for each in ended:
            self._done(each, "project.terminated", "person")
        return row

    # -- what other members say ------------------------------------------------------------------------------

    def applied(self, source: str, body: ProjectApply) -> AuditApplied:
        """A member offers, counters, or hands out what came of it."""
        return self._messages.applied(source, body)

    def confirmed(self, source: str, body: ProjectConfirm) -> Empty:
        """A member signed, verified or refused what this node proposed."""
        return self._messages.confirmed(source, body)

    def terminated(self, source: str, body: ProjectEnd | AuditRef) -> Empty:
        """A member ended it."""
        return self._messages.terminated(source, ProjectEnd.model_validate(body.model_dump()))

    def queried(self, source: str, body: AuditRef) -> AuditState:
        """What this node knows of it, for a member that asks."""
        return self._messages.queried(source, body)

    def refused(self, agreement: str, peer: str, code: str) -> None:
        """A member refused a letter of this negotiation for good."""
        self._messages.refused(agreement, peer, code)

    # -- jobs ------------------------------------------------------------------------------------------------

    def check_covers(
        self, agreement_id: str, blueprint: Blueprint, *, initiator: str | None = None, rows: int = 0, job: Any = None
    ) -> None:
        """A job that names an agreement falls under its newest version in force. `rows`: of this node's largest
        dataset; `job`: its row, if there is one. Raises RefusedError("project.…"), NotFoundError.
        """
        if not agreement_id:
            return
        agreement = ProjectAgreement.model_validate(self.in_force(agreement_id).document)
        parties = list(blueprint.plan.parties)
        check_covers(
            agreement,
            parties=parties,
            datasets={party: list(blueprint.datasets_of(party)) for party in parties},
            operators=blueprint.versions,
            now_ms=self._now_ms(),
            initiator=job.initiator if job is not None else initiator,
            profile=str(blueprint.plan.flow.profile),
            rows=rows,
            jobs=self._jobs_before(agreement, agreement_id, job),
        )

    def in_force(self, agreement_id: str) -> AgreementRow:
        """The newest version that holds now. Raises RefusedError("project.not_active"), NotFoundError."""
        row = self._newest(agreement_id)
        while (row.document.get("valid_from") or 0) > self._now_ms() and row.amends_id is not None:
            before = self.store.find(row.amends_id)
            if before is None or before.state != ACTIVE:
                break
            row = before
        return row

    def chain(self, agreement_id: str) -> list[AgreementRow]:
        """The agreement and the amendments of it that were finalised, oldest first, as far as they are known here."""
        row = self.store.get(agreement_id)
        while row.amends_id is not None and (before := self.store.find(row.amends_id)) is not None:
            row = before
        rows = [row]
        while (after := self._finalised_after(rows[-1])) is not None:
            rows.append(after)
        return rows

    def _newest(self, agreement_id: str) -> AgreementRow:
        row = self.store.get(agreement_id)
        while row.state == ACTIVE and (after := self._finalised_after(row)) is not None:
            row = after
        if row.state != ACTIVE:
            raise RefusedError(
                "project.not_active",
                "The agreement is not in force.",
                found=row.state,
                expected=ACTIVE,
                hint="All members must sign it first; see `tacit agreement list`.",
            )
        return row

    def _finalised_after(self, row: AgreementRow) -> AgreementRow | None:
        found = (each for each in self.store.amendments(row.hash) if each.final_at is not None)
        return next(found, None)

    def _jobs_before(self, agreement: ProjectAgreement, agreement_id: str, job: Any) -> int:
        """Other jobs of the same period, older than `job`."""
        if agreement.limits is None or agreement.limits.jobs is None:
            return 0
        until = job.created_at if job is not None else self.clock()
        begin = period_begin_ms(agreement, int(until * 1000)) / 1000
        ids = {row.id for row in self.chain(agreement_id)}
        return self.store.jobs_under(ids, begin, until, job.id if job is not None else None)

    # -- the end and what follows a change -------------------------------------------------------------------

    def _end(self, edit: Edit, by: str, code: str, tell: bool) -> list[AgreementRow]:
        """End this one; if it is in force, its whole chain with what is being negotiated about it."""
        rows = self._whole(edit) if edit.row.stage == Stage.FINALIZED else [edit.row]
        return [
            row for row in rows if self._bargaining.end_row(edit, row, by, code, tell=tell or row.proposer == self.me)
        ]

    def _whole(self, edit: Edit) -> list[AgreementRow]:
        first = edit.row
        while first.amends_id is not None and (before := edit.find(first.amends_id)) is not None:
            first = before
        rows = [first]
        for row in rows:  # grows while it is walked
            rows += [each for each in edit.amendments(row.hash) if each not in rows]
        return [row for row in rows if row.stage != Stage.TERMINATED]

    def _done(self, row: AgreementRow, act: str, actor: str) -> None:
        """After the commit: audit, mail, and whoever must know."""
        self.trail.record(act, f"project:{row.id}", {"hash": row.hash, "version": row.version}, actor=actor)
        for member in others(row, self.me):
            self.outbox.poke(member)
        if act in _ENDS:
            self._tell(row.id, "agreement.terminated")
        elif row.state == ACTIVE and row.amends_id is not None:
            self._tell(row.amends_id, "agreement.amended")

    def _tell(self, agreement_id: str, what: str) -> None:
        for listener in self.changed:
            listener(agreement_id, what)

    def undecided(self, agreement_id: str, hash: str | None = None) -> AgreementRow:
        """An agreement whose present offer people here can answer. Raises as `approve`."""
        return self._undecided(self.store.get(agreement_id), hash)

    def _undecided(self, row: AgreementRow, hash: str | None) -> AgreementRow:
        _check_hash(row, hash)
        if Stage(row.stage) not in OPEN_TO_TERMS or row.state != PROPOSED or row.decision != WAITING:
            raise _wrong_state(row)
        return row

    def _keys_of(self, members: Iterable[str]) -> dict[str, str]:
        keys = self.keys.of(sorted({*members, self.me}))
        return {member: public_key_text(key) for member, key in keys.items()}

    def _now_ms(self) -> int:
        return int(self.clock() * 1000)


def state_of(row: AgreementRow) -> str:
    """As people see it: what has run out is EXPIRED."""
    over = row.document["valid_until"] < time.time() * 1000
    return "EXPIRED" if over and row.state in (PROPOSED, ACTIVE) else row.state


def _made(**fields: Any) -> ProjectAgreement:
    """Raises InputError("agreement.terms_invalid")."""
    try:
        return ProjectAgreement.model_validate({"format": 2, **fields})
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
        raise InputError(
            "agreement.terms_invalid",
            "The terms are not as an agreement's must be.",
            found=f"{first['type']} at {'.'.join(str(place) for place in first['loc'])}",
        ) from None


def _given(conditions: Conditions | None) -> dict[str, Any]:
    return {} if conditions is None else {name: getattr(conditions, name) for name in Conditions.model_fields}


def _terms_of(agreement: ProjectAgreement, changed: Mapping[str, Any]) -> dict[str, Any]:
    """The terms of an offer with some of them changed."""
    return {name: getattr(agreement, name) for name in TERMS} | {k: v for k, v in changed.items() if k in TERMS}


def _check_hash(row: AgreementRow, hash: str | None) -> None:
    if hash is not None and hash != row.hash:
        raise RefusedError(
            "project.superseded",
            "Another offer came first.",
            found=row.hash[:16],
            hint="Look at the present offer, and decide on that one.",
        )


def _wrong_state(row: AgreementRow) -> InputError:
    return InputError("agreement.wrong_state", "The agreement is not in a state for this.", found=row.stage)
