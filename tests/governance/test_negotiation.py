"""The states of the Dataspace Protocol for n members."""

from __future__ import annotations

import itertools

import pytest

from tacit.errors import RefusedError
from tacit.governance.negotiation import (
    ENDED,
    FINAL,
    MOVES,
    REFUSED,
    REJECTED,
    SENDERS,
    Move,
    Side,
    Stage,
    heavier,
    is_behind,
    move,
    pair_stage,
    project,
    standing,
)


def test_two_members_come_to_an_agreement() -> None:
    stage = Stage.OFFERED
    course = [
        (Move.REQUEST, Side.MEMBER, Stage.REQUESTED),
        (Move.OFFER, Side.PROPOSER, Stage.OFFERED),
        (Move.ACCEPT, Side.MEMBER, Stage.ACCEPTED),
        (Move.AGREE, Side.PROPOSER, Stage.AGREED),
        (Move.VERIFY, Side.MEMBER, Stage.VERIFIED),
        (Move.FINALIZE, Side.PROPOSER, Stage.FINALIZED),
        (Move.END, Side.MEMBER, Stage.TERMINATED),
    ]
    for what, sender, after in course:
        stage = move(stage, what, sender)
        assert stage is after


@pytest.mark.parametrize(("stage", "what", "side"), list(itertools.product(Stage, Move, Side)))
def test_everything_else_is_refused(stage: Stage, what: Move, side: Side) -> None:
    allowed = what in MOVES[stage] and side in SENDERS[what]
    if allowed:
        assert move(stage, what, side) is MOVES[stage][what]
        return
    with pytest.raises(RefusedError) as caught:
        move(stage, what, side)
    assert caught.value.code == ("negotiation.not_now" if side in SENDERS[what] else "negotiation.not_yours")


def test_what_is_over_stays_over() -> None:
    assert MOVES[Stage.TERMINATED] == {}
    assert set(MOVES[Stage.FINALIZED]) == {Move.END}
    assert all(Move.TERMINATE in MOVES[stage] for stage in Stage if stage not in FINAL)


def test_after_all_agreed_no_terms_change() -> None:
    for stage in (Stage.AGREED, Stage.VERIFIED, Stage.FINALIZED, Stage.TERMINATED):
        assert not {Move.OFFER, Move.REQUEST, Move.ACCEPT} & set(MOVES[stage])


def test_every_state_is_projected_to_the_standard() -> None:
    assert {stage: project(stage, ENDED) for stage in Stage} == {
        Stage.REQUESTED: "APPLIED",
        Stage.OFFERED: "APPLIED",
        Stage.ACCEPTED: "APPLIED",
        Stage.AGREED: "APPLIED",
        Stage.VERIFIED: "APPLIED",
        Stage.FINALIZED: "APPROVED",
        Stage.TERMINATED: "TERMINATED",
    }
    assert project(Stage.TERMINATED, REJECTED) == "REJECTED"
    assert [standing(stage, None) for stage in (Stage.VERIFIED, Stage.FINALIZED)] == ["PROPOSED", "ACTIVE"]


def test_reasons_of_an_end_come_to_the_same_in_any_order() -> None:
    for order in itertools.permutations((REJECTED, REFUSED, ENDED)):
        reason: str | None = None
        for each in order:
            reason = heavier(reason, each)
        assert reason == ENDED


def test_late_and_doubled_messages_are_behind() -> None:
    assert is_behind(Stage.VERIFIED, Stage.AGREED)
    assert is_behind(Stage.AGREED, Stage.AGREED)
    assert not is_behind(Stage.OFFERED, Stage.AGREED)
    assert not is_behind(Stage.FINALIZED, Stage.TERMINATED)
    assert is_behind(Stage.TERMINATED, Stage.OFFERED)


def test_where_the_proposer_stands_with_each_member() -> None:
    def seen(whole: Stage, author: str, *signed: str, verified: tuple[str, ...] = ()) -> list[Stage]:
        pairs = {"proposer": "alpha", "signed": signed, "verified": verified}
        return [pair_stage(whole, author, member, **pairs) for member in ("beta", "gamma")]  # type: ignore[arg-type]

    assert seen(Stage.OFFERED, "alpha", "alpha", "beta") == [Stage.ACCEPTED, Stage.OFFERED]
    assert seen(Stage.REQUESTED, "beta", "beta") == [Stage.REQUESTED, Stage.REQUESTED]
    everybody = ("alpha", "beta", "gamma")
    assert seen(Stage.AGREED, "alpha", *everybody, verified=("alpha", "gamma")) == [Stage.AGREED, Stage.VERIFIED]
    assert seen(Stage.TERMINATED, "alpha", *everybody) == [Stage.TERMINATED] * 2
