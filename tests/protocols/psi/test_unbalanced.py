"""The unbalanced protocol against plaintext sets, and what a peer that breaks it can do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.psi.psi_pair import both
from protocols.psi.table_world import PAYLOAD, TERMS, World, items, payloads
from tacit import kernel
from tacit.channel.channel import Channel
from tacit.errors import DataError, ParameterError, PeerFailed, ProtocolError, ResourceError, TacitError
from tacit.protocols.psi import delivery, sealing, table_wire, unbalanced
from tacit.protocols.psi.blinding import Blinding, Mode, evaluate, evaluate_blinded
from tacit.protocols.psi.sealed import SealedTable
from tacit.protocols.psi.sealing import TableKey
from tacit.protocols.psi.table_wire import Message, Purpose
from tacit.protocols.psi.wire import Side, Terms

values = st.lists(st.integers(0, 25), max_size=15)


@settings(max_examples=10, deadline=None)
@given(st.sets(st.integers(0, 25), max_size=15), values, st.sampled_from(Mode), st.booleans())
def test_finds_what_plaintext_finds(
    tmp_path_factory: pytest.TempPathFactory, server: set[int], client: list[int], mode: Mode, with_payload: bool
) -> None:
    payload = PAYLOAD if with_payload else 0
    world = World(tmp_path_factory.mktemp("world"), sorted(server), mode=mode, payload=payload)
    world.fetch()
    found = world.ask(client)
    expected = [row for row, value in enumerate(client) if value in server]
    assert found.rows.tolist() == expected
    assert (found.size, found.epoch, found.left) == (len(server), 0, 1000 - len(client))
    if with_payload:
        assert found.payloads is not None
        assert np.array_equal(found.payloads, payloads(client[row] for row in expected))
    else:
        assert found.payloads is None


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("count", [0, 6, 7, 8, 60])
def test_many_chunks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: Mode, count: int) -> None:
    monkeypatch.setattr(unbalanced, "CHUNK", 7)
    world = World(tmp_path, range(0, 100, 2), mode=mode)
    world.fetch()
    assert world.ask(range(count)).rows.tolist() == list(range(0, count, 2))


def test_epochs_reach_the_client(tmp_path: Path) -> None:
    world = World(tmp_path, range(5))
    old = world.fetch()
    world.table = sealing.extend_table(world.server, world.key, [(items([7]), None)], [items([1])])
    mine, theirs = world.ask_both([1, 7], old)
    for error in (mine, theirs):
        assert isinstance(error, DataError) and error.code == "psi.table_stale"
    assert world.budget.left(world.table.header.key_id, "client") == 1000
    assert world.fetch().header.epoch == 1
    assert world.ask([1, 2, 7]).rows.tolist() == [1, 2]
    assert world.fetch().size == 5


def test_a_new_key_needs_a_new_table(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    old, new = World(tmp_path / "a", [1, 2]), World(tmp_path / "b", [1, 2])
    table = old.fetch()
    new.client = old.client
    for error in new.ask_both([1], table):
        assert isinstance(error, DataError) and error.code == "psi.table_key"
    with pytest.raises(DataError) as caught:
        new.fetch()
    assert caught.value.code == "psi.table_differs"
    new.client = tmp_path / "fresh"
    new.fetch()
    assert new.ask([1, 3]).rows.tolist() == [0]
    # The old table with the new key: refused before anything is asked.
    old.key = new.key
    mine, theirs = old.ask_both([1], table)
    assert isinstance(theirs, ParameterError) and theirs.code == "psi.table_key"
    assert isinstance(mine, PeerFailed) and mine.peer_code == "psi.table_key"


def test_two_tables_of_one_key_are_not_mixed_up(tmp_path: Path) -> None:
    world = World(tmp_path, [1, 2])
    other = sealing.build_table(tmp_path / "other", world.key, [(items([1]), None)], capacity=10_000, queries=1000)
    for error in world.ask_both([1], other):
        assert isinstance(error, DataError) and error.code == "psi.table_differs"


def test_the_budget_is_taken_before_anything_is_answered(tmp_path: Path) -> None:
    world = World(tmp_path, [1, 2])
    world.fetch()
    assert world.ask(range(990)).left == 10
    mine, theirs = world.ask_both(range(11))
    assert theirs.code == "psi.query_budget"
    assert isinstance(mine, PeerFailed) and mine.peer_code == "psi.query_budget"
    assert world.ask(range(10)).left == 0

    def leaves(channel: Channel) -> None:
        table_wire.greet(channel, TERMS, Side.RECEIVER, Purpose.QUERY, world.table.header, 100)
        channel.recv(Message.GRANT, 8)

    _, error = both(
        leaves, lambda channel: unbalanced.answer(channel, world.table, world.key, world.budget, "other", TERMS)
    )
    assert isinstance(error, TacitError)
    assert world.budget.left(world.table.header.key_id, "other") == 400


def test_fetching_goes_on_where_it_broke_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    world = World(tmp_path, range(2000))
    total = world.table.header.file_bytes
    for module in (delivery,):
        monkeypatch.setattr(module, "CHUNK_BYTES", 1000)
    seen: list[int] = []

    def stops(done: int, _: int) -> None:
        seen.append(done)
        if done >= 5000:
            raise KeyboardInterrupt

    def broken(channel: Channel) -> None:
        with pytest.raises(KeyboardInterrupt):
            delivery.fetch(channel, world.client, TERMS, progress=stops)

    both(broken, lambda channel: delivery.publish(channel, world.table, TERMS))
    assert seen[-1] == 5000
    again: list[tuple[int, int]] = []
    both(
        lambda channel: delivery.fetch(channel, world.client, TERMS, progress=lambda *at: again.append(at)),
        lambda channel: delivery.publish(channel, world.table, TERMS),
    )
    assert again[0] == (6000, total) and again[-1] == (total, total)
    SealedTable(world.client).check()
    assert world.ask([5, 5000]).rows.tolist() == [0]


def _lying(world: World, change: Callable[[bytearray], None]) -> Callable[[Channel], None]:
    """A server that sends something else than its table."""

    def peer(channel: Channel) -> None:
        table_wire.greet(channel, TERMS, Side.SENDER, Purpose.FETCH, world.table.header, 0)
        channel.send(Message.HEADS, world.table.header.pack())
        channel.recv(Message.WANT, 8)
        data = bytearray(world.table.segments[0].path.read_bytes())
        change(data)
        channel.send(Message.CHUNK, bytes(data))
        channel.recv(Message.DONE, 0)

    return peer


def _flip(data: bytearray) -> None:
    data[-9] ^= 1


def _flip_header(data: bytearray) -> None:
    data[60] ^= 1


def _cut(data: bytearray) -> None:
    del data[-1]


@pytest.mark.parametrize(
    ("change", "code"),
    [(_flip, "psi.table_refused"), (_flip_header, "psi.table_refused"), (_cut, "psi.malformed")],
)
def test_a_table_that_is_not_the_announced_one(tmp_path: Path, change: Callable[[bytearray], None], code: str) -> None:
    world = World(tmp_path, range(30))
    error, told = both(lambda channel: delivery.fetch(channel, world.client, TERMS), _lying(world, change))
    assert isinstance(error, ProtocolError) and error.code == code
    assert isinstance(told, PeerFailed) and told.peer_code == code
    assert not list(world.client.glob("*.seg"))
    world.fetch().check()


@pytest.mark.parametrize(
    "heads",
    [
        lambda header: b"",
        lambda header: header[:-1],
        lambda header: header + header,
        lambda header: b"X" + header[1:],
        lambda header: header[:18] + b"\xff" * 8 + header[26:],
    ],
    ids=["none", "cut", "twice", "another file", "huge"],
)
def test_headers_that_do_not_hold_together(tmp_path: Path, heads: Callable[[bytes], bytes]) -> None:
    world = World(tmp_path, [1])

    def peer(channel: Channel) -> None:
        table_wire.greet(channel, TERMS, Side.SENDER, Purpose.FETCH, world.table.header, 0)
        channel.send(Message.HEADS, heads(world.table.header.pack()))
        channel.recv(Message.WANT, 8)

    error, _ = both(lambda channel: delivery.fetch(channel, world.client, TERMS), peer)
    assert isinstance(error, ProtocolError) and error.code == "psi.malformed"


def test_tables_above_the_clients_limit(tmp_path: Path) -> None:
    world = World(tmp_path, range(30))
    error, _ = both(
        lambda channel: delivery.fetch(channel, world.client, TERMS, max_bytes=100),
        lambda channel: delivery.publish(channel, world.table, TERMS),
    )
    assert isinstance(error, ResourceError) and error.code == "psi.table_too_large"


@pytest.mark.parametrize("wish", [b"", bytes(7), b"\xff" * 8])
def test_wishes_that_cannot_be(tmp_path: Path, wish: bytes) -> None:
    world = World(tmp_path, [1])

    def peer(channel: Channel) -> None:
        table_wire.greet(channel, TERMS, Side.RECEIVER, Purpose.FETCH, None, 0)
        channel.send(Message.WANT, wish)
        channel.recv(Message.CHUNK, 1 << 20)

    _, error = both(peer, lambda channel: delivery.publish(channel, world.table, TERMS))
    assert isinstance(error, ProtocolError) and error.code == "psi.malformed"


@pytest.mark.parametrize("points", [bytes(32), b"\xff" * 32, b"\x01" + bytes(31)])
def test_the_server_checks_points(tmp_path: Path, points: bytes) -> None:
    world = World(tmp_path, [1])

    def peer(channel: Channel) -> None:
        table_wire.greet(channel, TERMS, Side.RECEIVER, Purpose.QUERY, world.table.header, 1)
        channel.recv(Message.GRANT, 8)
        channel.send(Message.BLINDED, points)
        channel.recv(Message.EVALUATED, 96)

    told, error = both(
        peer, lambda channel: unbalanced.answer(channel, world.table, world.key, world.budget, "client", TERMS)
    )
    assert isinstance(error, ProtocolError) and error.code == "psi.invalid_point"
    assert isinstance(told, PeerFailed)


def test_more_items_than_the_server_allows(tmp_path: Path) -> None:
    world = World(tmp_path, [1])
    world.fetch()
    few = Terms(sid=TERMS.sid, max_items=2)
    _, error = both(
        lambda channel: unbalanced.query(channel, SealedTable(world.client), items(range(3)), TERMS),
        lambda channel: unbalanced.answer(channel, world.table, world.key, world.budget, "client", few),
    )
    assert isinstance(error, ProtocolError) and error.code == "psi.set_too_large"


@pytest.mark.parametrize(
    ("terms", "purpose", "code"),
    [
        (Terms(sid=bytes(32)), Purpose.FETCH, "psi.wrong_session"),
        (TERMS, Purpose.QUERY, "psi.terms_differ"),
        (Terms(sid=TERMS.sid, key_types=b"i"), Purpose.FETCH, "psi.key_types_differ"),
    ],
)
def test_greetings(tmp_path: Path, terms: Terms, purpose: Purpose, code: str) -> None:
    world = World(tmp_path, [1])

    def peer(channel: Channel) -> None:
        table_wire.greet(channel, terms, Side.RECEIVER, purpose, world.table.header, 0)

    _, error = both(peer, lambda channel: delivery.publish(channel, world.table, TERMS))
    assert isinstance(error, TacitError) and error.code == code


@pytest.mark.parametrize("mode", Mode)
def test_traffic_is_a_function_of_the_number_of_items(tmp_path: Path, mode: Mode) -> None:
    world = World(tmp_path, range(50), mode=mode, payload=PAYLOAD)
    table = world.fetch()

    def counted(asked: list[int]) -> Any:
        def client(channel: Channel) -> Any:
            unbalanced.query(channel, table, items(asked), TERMS)
            return channel.traffic()

        return both(
            client, lambda channel: unbalanced.answer(channel, table, world.key, world.budget, "client", TERMS)
        )[0]

    all_found, none_found, repeated = (counted(asked) for asked in ([*range(9)], [*range(90, 99)], [3] * 9))
    assert all_found == none_found == repeated


def test_blinded_points_are_new_every_time() -> None:
    same = items([1, 1, 2])
    first, second = Blinding(same, Mode.PLAIN), Blinding(same, Mode.PLAIN)
    rows = {row.tobytes() for row in np.concatenate([first.points, second.points])}
    assert len(rows) == 6
    key = TableKey(kernel.ristretto_random_scalar())
    outputs = [b.finish(evaluate_blinded(b.points, key.secret, key.mode), key.public) for b in (first, second)]
    assert np.array_equal(*outputs) and np.array_equal(outputs[0], evaluate(same, key.secret, key.mode))
    assert repr(first) == "Blinding(secret)"


def test_modes_and_keys_give_other_functions() -> None:
    one, two = (kernel.ristretto_random_scalar() for _ in range(2))
    outputs = [evaluate(items([1]), secret, mode).tobytes() for secret in (one, two) for mode in Mode]
    assert len(set(outputs)) == 4
