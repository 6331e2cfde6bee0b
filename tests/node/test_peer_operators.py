"""What a peer can run: asked seldom, and still told when the peer is away."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from local_api import app_of, client_of
from small_world import SmallWorld
from tacit.errors import NotFoundError, PeerError, RefusedError
from tacit.interconnect.shapes import ComponentPage, ComponentRecord
from tacit.node.peer_operators import FRESH_S, MOST, RETRY_S, PeerOperators
from tacit.operators import all_specs


class Hand:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def asked(world: SmallWorld) -> int:
    return world.calls.count(("alpha", "beta", "component_list"))


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def operators(world: SmallWorld, clock: Hand) -> PeerOperators:
    alpha = world.parts["alpha"]
    return PeerOperators(alpha.peers, alpha.courier, clock)


def test_the_api_tells_names_versions_and_groups(world: SmallWorld) -> None:
    api = client_of(app_of(world.parts["alpha"]))
    told = api.get("/peers/beta/operators").json()
    assert {(item["name"], item["version"], item["group"]) for item in told["items"]} == {
        (spec.name, spec.version, spec.group) for spec in all_specs().values()
    }
    assert told["error"] is None and told["as_of"].endswith("Z")
    first = api.get("/peers/beta/operators", params={"limit": 3}).json()
    second = api.get("/peers/beta/operators", params={"limit": 1000, "cursor": first["next"]}).json()
    assert first["items"] + second["items"] == told["items"]
    assert asked(world) == 1


def test_it_is_asked_once_a_minute(world: SmallWorld, operators: PeerOperators, clock: Hand) -> None:
    for at, times in ((0.0, 1), (FRESH_S - 1, 1), (FRESH_S, 2)):
        clock.at = at
        operators.of("beta")
        assert asked(world) == times


def test_what_it_said_last_stands_while_it_is_away(world: SmallWorld, operators: PeerOperators, clock: Hand) -> None:
    known = operators.of("beta")
    world.down.add("beta")
    clock.at = FRESH_S
    away = operators.of("beta")
    assert (away.records, away.as_of) == (known.records, known.as_of)
    assert away.error is not None and away.error.code == "peer.unreachable"
    world.down.clear()
    clock.at += RETRY_S - 1
    assert operators.of("beta").error is not None  # it is left alone for a while
    clock.at += 1
    assert operators.of("beta").error is None


def test_nothing_known_is_an_error_and_not_asked_at_once_again(world: SmallWorld, clock: Hand) -> None:
    alpha, calls = world.parts["alpha"], []

    class Silent:
        def call(self, party: str, *_: Any) -> Any:
            calls.append(party)
            raise PeerError("peer.unreachable", "It is away.")

    operators = PeerOperators(alpha.peers, Silent(), clock)
    for _ in range(3):
        with pytest.raises(PeerError):
            operators.of("beta")
    assert calls == ["beta"]


def test_a_silent_peer_holds_one_thread(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tacit.node.peer_operators.WAIT_S", 0.01)
    alpha, asking, go = world.parts["alpha"], threading.Event(), threading.Event()

    class Slow:
        def call(self, *_: Any) -> Any:
            asking.set()
            assert go.wait(20)
            return ComponentPage(records=(), total=0)

    operators = PeerOperators(alpha.peers, Slow(), Hand())
    first = threading.Thread(target=operators.of, args=("beta",))
    first.start()
    assert asking.wait(20)
    with pytest.raises(PeerError) as caught:
        operators.of("beta")
    assert caught.value.code == "peer.unreachable"
    go.set()
    first.join()
    assert operators.of("beta").records == ()


def test_only_peers_are_asked(world: SmallWorld, operators: PeerOperators) -> None:
    for name in ("gamma", "alpha", "127.0.0.1:1", "beta/../x"):
        with pytest.raises(NotFoundError) as caught:
            operators.of(name)
        assert caught.value.code == "peer.unknown"
    assert asked(world) == 0


def test_a_peer_that_has_left_is_forgotten(world: SmallWorld) -> None:
    alpha = world.parts["alpha"]
    alpha.peer_operators.of("beta")
    alpha.peering.terminate("beta")
    with pytest.raises(RefusedError) as caught:
        alpha.peer_operators.of("beta")
    assert caught.value.code == "peer.terminated" and alpha.peer_operators._known == {}


def test_a_peer_with_endless_operators_fills_no_memory(world: SmallWorld, clock: Hand) -> None:
    class Endless:
        def call(self, *_: Any) -> Any:
            many = [ComponentRecord(code=f"operator.x{number % 5000}", version="1") for number in range(6000)]
            return ComponentPage(records=tuple(many), total=len(many))

    told = PeerOperators(world.parts["alpha"].peers, Endless(), clock).of("beta")
    assert len(told.records) == MOST
