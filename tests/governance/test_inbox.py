"""Who may decide what waits, and when enough people have."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.errors import RefusedError
from tacit.governance.inbox import (
    OFFICER,
    OWNER,
    Delegation,
    ItemState,
    Kind,
    Missing,
    Vote,
    Voter,
    asks_first,
    check_may_vote,
    holds,
    missing,
    read_vote,
    reminder,
    represent,
    standing,
    urgency,
)

LI = Voter("user:li", frozenset({OFFICER}))
WANG = Voter("user:wang", frozenset({OWNER}))
CHEN = Voter("user:chen", frozenset({OWNER}))
MO = Voter("user:mo", frozenset({"data_scientist"}))
LOCAL = Voter("local", alone=True)


def _yes(*voters: Voter) -> list[Vote]:
    return [Vote(voter, "approve", 1.0) for voter in voters]


def _standing(votes, level=4, kind=Kind.JOB):
    return standing(votes, kind=kind, level=level)


def _check(voter, votes=(), *, verdict="approve", kind=Kind.JOB, level=4, requested_by="peer:lab"):
    check_may_vote(voter, verdict, votes, kind=kind, level=level, requested_by=requested_by)


def test_below_the_dual_level_one_is_enough():
    assert _standing([], 3) is ItemState.OPEN
    assert _standing(_yes(WANG), 3) is ItemState.APPROVED


def test_from_the_dual_level_on_two_with_an_officer_among_them():
    assert _standing(_yes(LI)) is ItemState.OPEN
    assert _standing(_yes(WANG, CHEN)) is ItemState.OPEN
    assert missing(_yes(WANG, CHEN), kind=Kind.JOB, level=4) == Missing(1, officer=True)
    assert _standing(_yes(WANG, LI)) is ItemState.APPROVED
    assert _standing(_yes(WANG, CHEN, LI)) is ItemState.APPROVED


def test_an_agreement_always_takes_an_officer():
    assert _standing(_yes(WANG), 1, Kind.AGREEMENT) is ItemState.OPEN
    assert _standing(_yes(LI), 1, Kind.AGREEMENT) is ItemState.APPROVED
    assert _standing(_yes(WANG, LI), 4, Kind.AGREEMENT) is ItemState.APPROVED


def test_the_owner_of_a_small_node_signs_alone():
    assert _standing(_yes(LOCAL), 5) is ItemState.APPROVED


def test_one_rejection_rejects_and_a_withdrawn_vote_does_not_count():
    assert _standing([*_yes(LI), Vote(WANG, "reject", 2.0)]) is ItemState.REJECTED
    assert _standing([*_yes(LI), Vote(WANG, "approve", 2.0, withdrawn=True)]) is ItemState.OPEN
    assert _standing([*_yes(LI), Vote(WANG, "reject", 2.0, withdrawn=True)]) is ItemState.OPEN


def test_for_a_lowered_label_an_officer_joins_who_asked():
    assert _standing(_yes(LI), 5, Kind.DOWNGRADE) is ItemState.APPROVED
    with pytest.raises(RefusedError, match="roles"):
        _check(WANG, kind=Kind.DOWNGRADE)


@pytest.mark.parametrize(
    ("voter", "votes", "requested_by", "code"),
    [
        (MO, (), "peer:lab", "signoff.not_entitled"),
        (LI, _yes(LI), "peer:lab", "signoff.voted_already"),
        (LI, (), "user:li", "signoff.own_request"),
        (Voter("user:zhao", frozenset({OWNER}), on_behalf="user:li"), (), "user:li", "signoff.own_request"),
        (Voter("user:zhao", frozenset({OWNER}), on_behalf="user:li"), _yes(LI), "peer:lab", "signoff.voted_already"),
        (LI, _yes(Voter("user:zhao", frozenset({OWNER}), "user:li")), "peer:lab", "signoff.voted_already"),
        (Voter("client:bot", frozenset({OFFICER}), person=False), (), "peer:lab", "signoff.not_a_person"),
    ],
)
def test_who_may_not_vote(voter, votes, requested_by, code):
    with pytest.raises(RefusedError) as caught:
        _check(voter, votes, requested_by=requested_by)
    assert caught.value.code == code


def test_a_requester_may_drop_their_own_request():
    _check(LI, verdict="reject", requested_by="user:li")


def test_a_program_decides_below_the_dual_level():
    _check(Voter("client:bot", frozenset({OWNER}), person=False), level=3)


def test_asking_counts_for_ones_own_job_and_for_who_may_decide():
    assert asks_first(MO, Kind.JOB) and not asks_first(MO, Kind.FLOW)
    assert asks_first(WANG, Kind.GRANT) and asks_first(LOCAL, Kind.RESULT)
    assert not asks_first(Voter("node"), Kind.JOB)
    assert not asks_first(Voter("client:bot", person=False), Kind.JOB)


def test_votes_survive_being_written_down():
    vote = Vote(Voter("user:zhao", frozenset({OWNER, OFFICER}), "user:li"), "approve", 7.5, "seen", withdrawn=True)
    assert read_vote(vote.document()) == vote


def _delegation(**changed) -> Delegation:
    made = {
        "delegator": "user:li",
        "delegate": "user:mo",
        "roles": frozenset({OFFICER}),
        "kinds": frozenset(),
        "from_at": 10.0,
        "until": 20.0,
    }
    return Delegation(**{**made, **changed})


@pytest.mark.parametrize(("at", "valid"), [(9.9, False), (10.0, True), (19.9, True), (20.0, False)])
def test_a_delegation_holds_from_its_begin_until_before_its_end(at, valid):
    assert holds(_delegation(), "user:mo", Kind.JOB, at) is valid


def test_a_delegation_is_for_its_delegate_and_its_kinds_and_can_be_revoked():
    assert not holds(_delegation(), "user:wang", Kind.JOB, 15)
    assert not holds(_delegation(kinds=frozenset({"grant"})), "user:mo", Kind.JOB, 15)
    assert holds(_delegation(kinds=frozenset({"grant"})), "user:mo", Kind.GRANT, 15)
    assert not holds(_delegation(revoked=True), "user:mo", Kind.JOB, 15)


def _represent(own, delegations, votes=(), requested_by="peer:lab", officer=False):
    return represent(own, delegations, votes, kind=Kind.JOB, requested_by=requested_by, at=15.0, officer=officer)


def test_a_delegation_is_used_only_where_ones_own_roles_are_not_enough():
    given = [_delegation(delegate=name) for name in ("user:mo", "user:wang")]
    assert _represent(MO, given) == Voter("user:mo", MO.roles | {OFFICER}, "user:li")
    assert _represent(WANG, given) == WANG
    assert _represent(WANG, given, officer=True).on_behalf == "user:li"
    assert _represent(LOCAL, given) == LOCAL


def test_no_delegation_of_the_requester_or_of_who_has_voted():
    assert _represent(MO, [_delegation()], requested_by="user:li") == MO
    assert _represent(MO, [_delegation()], _yes(LI)) == MO


@given(st.lists(st.sampled_from([LI, WANG, CHEN, LOCAL]), unique=True, max_size=4), st.integers(1, 5))
def test_the_order_of_votes_makes_no_difference(voters, level):
    found = {_standing(_yes(*order), level) for order in itertools.permutations(voters)}
    assert len(found) == 1


@given(st.lists(st.sampled_from([LI, WANG, CHEN]), unique=True, max_size=3), st.integers(1, 4))
def test_a_higher_level_never_needs_less(voters, level):
    lower, higher = (missing(_yes(*voters), kind=Kind.JOB, level=each) for each in (level, level + 1))
    assert lower.people <= higher.people


def test_what_ends_first_comes_first():
    keys = [urgency(5.0, 1, 0.0, "c"), urgency(9.0, 5, 0.0, "b"), urgency(9.0, 3, 0.0, "a"), urgency(None, 5, 0.0, "d")]
    assert sorted([keys[each] for each in (2, 0, 3, 1)]) == keys


@pytest.mark.parametrize(
    ("created", "due", "why"), [(0.0, 105.0, "due"), (0.0, None, "old"), (95.0, 500.0, None), (95.0, None, None)]
)
def test_reminders(created, due, why):
    assert reminder(created_at=created, due_at=due, at=100.0, after_s=50.0, before_s=10.0) == why
