"""How long peers take to answer: what is kept, what is usual, and what the API tells of it."""

from __future__ import annotations

import pytest

from local_api import app_of, client_of
from real_nodes import Group
from small_world import SmallWorld
from tacit.node import courier
from tacit.node.courier import Answering, Contacts
from tacit.node.pulse import Pulse


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def contacts(clock: Clock) -> Contacts:
    return Contacts(clock)


def answer(contacts: Contacts, clock: Clock, *seconds: float) -> None:
    for each in seconds:
        clock.now += courier.APART_S
        contacts.answered("lab", each)


def test_what_is_usual_is_known_after_some_answers(contacts: Contacts, clock: Clock) -> None:
    assert contacts.answering("lab") is None
    answer(contacts, clock, 0.5)
    assert contacts.answering("lab") == Answering(0.5, None)
    answer(contacts, clock, *[0.02] * 8)
    assert contacts.answering("lab") == Answering(0.02, None)
    answer(contacts, clock, 3.0, 2.0, 0.02)
    assert contacts.answering("lab") == Answering(2.0, 0.02)


def test_a_job_that_asks_often_does_not_make_its_times_the_usual_ones(contacts: Contacts, clock: Clock) -> None:
    answer(contacts, clock, *[0.02] * 10)
    for _ in range(200):
        clock.now += 0.5
        contacts.answered("lab", 4.0)
    assert contacts.answering("lab") == Answering(4.0, 0.02)


def test_only_the_last_times_are_kept_and_none_of_a_peer_that_left(contacts: Contacts, clock: Clock) -> None:
    answer(contacts, clock, *[9.0] * courier.ANSWERS, *[0.02] * courier.ANSWERS)
    assert contacts.answering("lab") == Answering(0.02, 0.02)
    contacts.forget("lab")
    assert contacts.answering("lab") is None


def test_the_pulse_asks_every_peer_whose_contract_holds(world: SmallWorld) -> None:
    alpha = world.parts["alpha"]
    pulse = Pulse(alpha.peers, alpha.courier)
    pulse.look()
    assert ("alpha", "beta", "node_health") in world.calls
    world.down.add("beta")
    pulse.look()
    world.calls.clear()
    world.down.discard("beta")
    alpha.peers.set_state("beta", "TERMINATED")
    pulse.look()
    assert world.calls == []


def test_the_api_tells_it_with_the_peers(world: SmallWorld) -> None:
    alpha = world.parts["alpha"]
    api = client_of(app_of(alpha))
    assert [peer["answering"] for peer in api.get("/peers").json()["items"]] == [None]
    alpha.contacts.answered("beta", 0.0123)
    assert api.get("/peers/beta").json()["answering"] == {"recent_ms": 12.3, "usual_ms": None}


def test_a_ping_is_an_answer_too(group: Group) -> None:
    group.add("alpha", "beta")
    group.pair_all()
    alpha = group["alpha"]
    assert alpha.get("/peers/beta")["answering"] is None
    told = alpha.post("/peers/beta/ping")
    assert alpha.get("/peers/beta")["answering"] == {
        "recent_ms": pytest.approx(told["rtt_ms"], abs=0.2),
        "usual_ms": None,
    }
