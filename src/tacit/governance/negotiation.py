"""How members come to an agreement: the states of the Dataspace Protocol 2025-1 for n members. Pure.

The member that proposes keeps one negotiation with each other member, over the same offer. It agrees only when all
have accepted, and finalises only when all have verified; so n members are n - 1 negotiations of two that move
together. The proposer puts the offers in order; any member may end it.

    REQUESTED  a member asks for other terms       OFFERED   the proposer offers terms
    ACCEPTED   the member has signed the offer     AGREED    all have signed the same hash
    VERIFIED   the member has checked all signatures and said so (signed)
    FINALIZED  all have verified: in force         TERMINATED  over, for good
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from tacit.errors import RefusedError


class Stage(StrEnum):
    """A state of the Dataspace Protocol's contract negotiation."""

    REQUESTED = "REQUESTED"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    AGREED = "AGREED"
    VERIFIED = "VERIFIED"
    FINALIZED = "FINALIZED"
    TERMINATED = "TERMINATED"


class Move(StrEnum):
    """A message that changes the state. END ends an agreement in force; TERMINATE ends what is being negotiated."""

    OFFER = "OFFER"
    REQUEST = "REQUEST"
    ACCEPT = "ACCEPT"
    AGREE = "AGREE"
    VERIFY = "VERIFY"
    FINALIZE = "FINALIZE"
    TERMINATE = "TERMINATE"
    END = "END"


class Side(StrEnum):
    """The proposer has the provider's place of the Dataspace Protocol, every other member the consumer's."""

    PROPOSER = "proposer"
    MEMBER = "member"


FINAL = frozenset({Stage.FINALIZED, Stage.TERMINATED})
OPEN_TO_TERMS = frozenset({Stage.REQUESTED, Stage.OFFERED, Stage.ACCEPTED})  # another offer may still come
_ORDER = (Stage.OFFERED, Stage.ACCEPTED, Stage.AGREED, Stage.VERIFIED, Stage.FINALIZED)

MOVES: dict[Stage, dict[Move, Stage]] = {
    Stage.REQUESTED: {
        Move.OFFER: Stage.OFFERED,
        Move.REQUEST: Stage.REQUESTED,
        Move.ACCEPT: Stage.ACCEPTED,
        Move.AGREE: Stage.AGREED,
        Move.TERMINATE: Stage.TERMINATED,
    },
    Stage.OFFERED: {
        Move.OFFER: Stage.OFFERED,
        Move.REQUEST: Stage.REQUESTED,
        Move.ACCEPT: Stage.ACCEPTED,
        Move.TERMINATE: Stage.TERMINATED,
    },
    Stage.ACCEPTED: {
        Move.OFFER: Stage.OFFERED,  # with three or more: somebody else asked for other terms
        Move.REQUEST: Stage.REQUESTED,
        Move.AGREE: Stage.AGREED,
        Move.TERMINATE: Stage.TERMINATED,
    },
    Stage.AGREED: {Move.VERIFY: Stage.VERIFIED, Move.TERMINATE: Stage.TERMINATED},
    Stage.VERIFIED: {Move.FINALIZE: Stage.FINALIZED, Move.TERMINATE: Stage.TERMINATED},
    Stage.FINALIZED: {Move.END: Stage.TERMINATED},
    Stage.TERMINATED: {},
}
SENDERS: dict[Move, frozenset[Side]] = {
    Move.OFFER: frozenset({Side.PROPOSER}),
    Move.REQUEST: frozenset({Side.MEMBER}),
    Move.ACCEPT: frozenset({Side.MEMBER}),
    Move.AGREE: frozenset({Side.PROPOSER}),
    Move.VERIFY: frozenset({Side.MEMBER}),
    Move.FINALIZE: frozenset({Side.PROPOSER}),
    Move.TERMINATE: frozenset(Side),
    Move.END: frozenset(Side),
}

REJECTED, REFUSED, ENDED = "project.rejected", "project.refused", "project.terminated"
_WEIGHT = (REJECTED, REFUSED, ENDED)


def move(stage: Stage, what: Move, sender: Side) -> Stage:
    """The state after `sender`'s message. Raises RefusedError: negotiation.not_yours, negotiation.not_now."""
    if sender not in SENDERS[what]:
        raise RefusedError(
            "negotiation.not_yours",
            "This side of a negotiation does not send this.",
            found=f"{what} from the {sender}",
            expected=", ".join(sorted(SENDERS[what])),
        )
    after = MOVES[stage].get(what)
    if after is None:
        raise RefusedError(
            "negotiation.not_now",
            "The negotiation is not in a state for this.",
            found=f"{what} in {stage}",
            expected=", ".join(MOVES[stage]) or "nothing: it is over",
        )
    return after


def is_behind(mine: Stage, told: Stage) -> bool:
    """Whether what the other side tells is older than what is known here: a message that came late or twice."""
    if mine is told or mine in FINAL:
        return told is not Stage.TERMINATED
    return _rank(told) < _rank(mine)


def pair_stage(
    whole: Stage, author: str, member: str, *, proposer: str, signed: Collection[str], verified: Collection[str]
) -> Stage:
    """Where the proposer stands with one `member`, from what is known of the whole."""
    if whole in FINAL:
        return whole
    if member in verified:
        return Stage.VERIFIED
    if whole in (Stage.AGREED, Stage.VERIFIED):
        return Stage.AGREED
    if author == member:
        return Stage.REQUESTED
    if member in signed:
        return Stage.ACCEPTED
    return Stage.OFFERED if author == proposer else Stage.REQUESTED


def project(stage: Stage, code: str | None) -> str:
    """The state as the interconnection standard (BFIA) knows it: APPLIED, APPROVED, REJECTED, TERMINATED."""
    if stage is Stage.FINALIZED:
        return "APPROVED"
    if stage is Stage.TERMINATED:
        return "REJECTED" if code == REJECTED else "TERMINATED"
    return "APPLIED"


def standing(stage: Stage, code: str | None) -> str:
    """The state as people see it: PROPOSED, ACTIVE, REJECTED, TERMINATED."""
    return {"APPLIED": "PROPOSED", "APPROVED": "ACTIVE"}.get(projected := project(stage, code), projected)


def heavier(one: str | None, other: str) -> str:
    """Of two reasons for an end the one that all keep, in whatever order they hear of them."""
    return other if one not in _WEIGHT or (other in _WEIGHT and _WEIGHT.index(other) > _WEIGHT.index(one)) else one


def _rank(stage: Stage) -> int:
    return _ORDER.index(Stage.OFFERED if stage is Stage.REQUESTED else stage)
