"""What waits for a person at a node: its kinds, who may decide them, when enough have agreed, what is urgent. Pure.

An item is decided by votes. One rejection is enough to reject; an approval needs one person, and from the level of
dual approval on two different people of whom at least one is a compliance officer, as one always is who binds the
organisation by an agreement. Nobody approves what they asked
for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from tacit.errors import RefusedError
from tacit.governance.access import ADMIN, OWNER
from tacit.governance.access import COMPLIANCE as OFFICER
from tacit.schema.text import Text

DUAL_LEVEL = 4


class Kind(StrEnum):
    """What an item is about."""

    PEER = "peer"
    AGREEMENT = "agreement"
    GRANT = "grant"
    FLOW = "flow"
    JOB = "job"
    MODEL = "model"
    RESULT = "result"
    DOWNGRADE = "downgrade"
    POLICY = "policy"


class ItemState(StrEnum):
    """OPEN until one of the others; none of those changes any more."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


Verdict = Literal["approve", "reject"]

TITLES: dict[Kind, Text] = {
    Kind.PEER: Text("加入申请", "Application of a peer"),
    Kind.AGREEMENT: Text("合约要约", "Offer of an agreement"),
    Kind.GRANT: Text("数据集授权申请", "Request for a grant"),
    Kind.FLOW: Text("流程长期批准", "Standing approval of a flow"),
    Kind.JOB: Text("任务审批", "Approval of a job"),
    Kind.MODEL: Text("模型使用或发布", "Use or release of a model"),
    Kind.RESULT: Text("结果放行", "Release of a result"),
    Kind.DOWNGRADE: Text("标签降级", "Lowering of a label"),
    Kind.POLICY: Text("策略启用", "Activation of a policy"),
}
_DECIDERS: dict[Kind, frozenset[str]] = {
    **{kind: frozenset({OFFICER, OWNER}) for kind in Kind},
    Kind.PEER: frozenset({OFFICER, ADMIN}),
    Kind.DOWNGRADE: frozenset({OFFICER}),
}


@dataclass(frozen=True, slots=True)
class Voter:
    """Somebody who decides. `roles` as they count for this item, those of a delegation included.

    `on_behalf`: whose delegation is used. `alone`: may decide everything by itself (the owner of a one-person node).
    """

    name: str
    roles: frozenset[str] = frozenset()
    on_behalf: str | None = None
    alone: bool = False
    person: bool = True  # False: a program

    @property
    def counts_as(self) -> frozenset[str]:
        """The people that this vote uses up: each counts once per item."""
        return frozenset({self.name} | ({self.on_behalf} if self.on_behalf else set()))


@dataclass(frozen=True, slots=True)
class Vote:
    """A decision of one voter. `withdrawn`: taken back, or its act failed; it does not count any more."""

    voter: Voter
    verdict: Verdict
    at: float
    note: str = ""
    withdrawn: bool = False

    def document(self) -> dict[str, Any]:
        """Plain JSON value."""
        voter = self.voter
        return {
            "by": voter.name,
            "on_behalf": voter.on_behalf,
            "roles": sorted(voter.roles),
            "alone": voter.alone,
            "verdict": self.verdict,
            "at": self.at,
            "note": self.note,
            "withdrawn": self.withdrawn,
        }


def read_vote(document: dict[str, Any]) -> Vote:
    """The reverse of `Vote.document`."""
    voter = Voter(document["by"], frozenset(document["roles"]), document["on_behalf"], document["alone"])
    return Vote(voter, document["verdict"], document["at"], document["note"], document["withdrawn"])


@dataclass(frozen=True, slots=True)
class Missing:
    """What is still needed. `people`: how many more approvals. `officer`: one of them by a compliance officer."""

    people: int
    officer: bool


def needed(kind: Kind, level: int, dual_level: int = DUAL_LEVEL) -> int:
    """How many different people must approve at this level. For a lowered label, who asks is the other one."""
    return 2 if level >= dual_level and kind is not Kind.DOWNGRADE else 1


def deciders(kind: Kind) -> frozenset[str]:
    """Roles that may decide items of this kind."""
    return _DECIDERS[kind]


def missing(votes: Iterable[Vote], *, kind: Kind, level: int, dual_level: int = DUAL_LEVEL) -> Missing:
    """What the approvals so far leave open."""
    counted = [vote for vote in votes if vote.verdict == "approve" and not vote.withdrawn]
    if any(vote.voter.alone for vote in counted):
        return Missing(0, officer=False)
    wanted = needed(kind, level, dual_level)
    needs_officer = wanted > 1 or kind is Kind.AGREEMENT
    officer = needs_officer and not any(OFFICER in vote.voter.roles for vote in counted)
    return Missing(max(wanted - len(counted), 1 if officer else 0), officer)


def standing(votes: Sequence[Vote], *, kind: Kind, level: int, dual_level: int = DUAL_LEVEL) -> ItemState:
    """OPEN, or what the votes have decided."""
    if any(vote.verdict == "reject" and not vote.withdrawn for vote in votes):
        return ItemState.REJECTED
    done = missing(votes, kind=kind, level=level, dual_level=dual_level).people == 0
    return ItemState.APPROVED if done else ItemState.OPEN


def asks_first(voter: Voter, kind: Kind) -> bool:
    """Whether asking for something counts as the first approval of it: a person's own job does, and what somebody
    asks for who may decide it."""
    is_person = voter.person and voter.name != "node"
    return voter.alone or (is_person and (kind is Kind.JOB or bool(voter.roles & deciders(kind))))


def check_may_vote(
    voter: Voter,
    verdict: Verdict,
    votes: Iterable[Vote],
    *,
    kind: Kind,
    level: int,
    requested_by: str,
    dual_level: int = DUAL_LEVEL,
) -> None:
    """Raises RefusedError: signoff.own_request, signoff.not_a_person, signoff.not_entitled, signoff.voted_already."""
    if not voter.alone:
        _check_independent(voter, verdict, level, requested_by, dual_level)
        if not voter.roles & deciders(kind):
            raise RefusedError(
                "signoff.not_entitled",
                "Your roles do not let you decide this.",
                found=", ".join(sorted(voter.roles)) or "no role",
                expected="one of " + ", ".join(sorted(deciders(kind))),
                hint="Ask somebody who has such a role, or have it delegated to you.",
            )
    taken = {name for vote in votes if not vote.withdrawn for name in vote.voter.counts_as}
    if taken & voter.counts_as:
        raise RefusedError(
            "signoff.voted_already",
            "This person has decided here already; another one must.",
            hint="An approval can be taken back while it is not the last one.",
        )


def _check_independent(voter: Voter, verdict: Verdict, level: int, requested_by: str, dual_level: int) -> None:
    if not voter.person and level >= dual_level:
        raise RefusedError(
            "signoff.not_a_person",
            "At this level only people decide, not programs.",
            found=voter.name,
            expected="somebody who has signed in",
        )
    if verdict == "approve" and requested_by in voter.counts_as:
        raise RefusedError(
            "signoff.own_request",
            "Who asked for something cannot approve it.",
            hint="Ask a colleague who may decide this.",
        )


def urgency(due_at: float | None, level: int, created_at: float, id: str) -> tuple[float, int, float, str]:
    """Sort key of open items: what ends first, then the highest level, then the oldest."""
    return (due_at if due_at is not None else float("inf"), -level, created_at, id)


@dataclass(frozen=True, slots=True)
class Delegation:
    """`delegate` may decide in the name of `delegator`. Times in seconds since 1970; no `kinds`: all of them."""

    delegator: str
    delegate: str
    roles: frozenset[str]
    kinds: frozenset[str]
    from_at: float
    until: float
    revoked: bool = False


def holds(delegation: Delegation, delegate: str, kind: Kind, at: float) -> bool:
    """Whether `delegate` can use it for an item of this kind now."""
    return (
        delegation.delegate == delegate
        and not delegation.revoked
        and delegation.from_at <= at < delegation.until
        and (not delegation.kinds or str(kind) in delegation.kinds)
    )


def represent(
    own: Voter,
    delegations: Iterable[Delegation],
    votes: Sequence[Vote],
    *,
    kind: Kind,
    requested_by: str,
    at: float,
    officer: bool = False,
) -> Voter:
    """`own` with the delegation that it needs: none if its own roles are enough, else the first that fits.

    `officer`: a compliance officer is still missing, so that a delegation which brings one is needed too. A delegation
    by the requester, or by somebody who has decided already, is not used.
    """
    entitled = bool(own.roles & deciders(kind))
    if own.alone or (entitled and (not officer or OFFICER in own.roles)):
        return own
    taken = {name for vote in votes if not vote.withdrawn for name in vote.voter.counts_as} | {requested_by}
    fit = [
        each
        for each in delegations
        if holds(each, own.name, kind, at) and each.roles & deciders(kind) and each.delegator not in taken
    ]
    if entitled:
        fit = [each for each in fit if OFFICER in each.roles]
    if not fit:
        return own
    best = min(fit, key=lambda each: (OFFICER not in each.roles, each.delegator))
    return Voter(own.name, own.roles | best.roles, best.delegator, person=own.person)


def reminder(
    *, created_at: float, due_at: float | None, at: float, after_s: float, before_s: float
) -> Literal["due", "old"] | None:
    """Why an open item wants attention: it is about to expire, or has waited long."""
    if due_at is not None and due_at - at <= before_s:
        return "due"
    return "old" if at - created_at >= after_s else None
