"""Sealed tables: what is in them is found, nothing else; damage, other keys and wide-open key files are noticed."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.psi.table_world import PAYLOAD, World, items, payloads
from tacit.errors import DataError, ParameterError, RefusedError, ResourceError
from tacit.protocols.psi import blinding, sealing, segments
from tacit.protocols.psi.blinding import Mode
from tacit.protocols.psi.budget import QueryBudget
from tacit.protocols.psi.sealed import SealedTable, open_payloads, seal_payloads, tag_bytes
from tacit.protocols.psi.sealing import TableKey


def found(world: World, values: list[int], table: SealedTable | None = None) -> list[int]:
    """Those of the values that the table holds, by who has the key."""
    outputs = blinding.evaluate(items(values), world.key.secret, world.key.mode)
    return [values[i] for i in np.flatnonzero((table or world.table).look_up(outputs)[0])]


def test_everything_is_found_and_nothing_else(tmp_path: Path) -> None:
    world = World(tmp_path, range(3000))
    assert world.table.size == 3000
    assert found(world, list(range(2000, 4000))) == list(range(2000, 3000))
    assert world.table.segments[0].header.added_bits > 2
    world.table.check()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_tables(tmp_path: Path, count: int) -> None:
    world = World(tmp_path, range(count))
    assert found(world, [0, 1, 2, 3]) == list(range(count))
    world.table.check()


def test_what_does_not_fit_into_memory_gives_the_same_table(tmp_path: Path) -> None:
    key = TableKey.create(tmp_path / "key")
    values, limits = list(range(900)), {"capacity": 1000, "queries": 10, "payload_bytes": PAYLOAD}
    batches = [(items(values[i : i + 90]), payloads(values[i : i + 90])) for i in range(0, 900, 90)]
    tables = [
        sealing.build_table(tmp_path / str(memory), key, batches, memory=memory, **limits) for memory in (500, 1 << 20)
    ]
    outputs = blinding.evaluate(items(values), key.secret, key.mode)
    for table in tables:
        hit, opened, unopened = table.look_up(outputs)
        assert hit.all() and not unopened and np.array_equal(opened, payloads(values))
        assert not list(table.folder.glob("*.part"))
    assert tables[0].header.added_bits == tables[1].header.added_bits


def test_of_equal_items_the_first_stays(tmp_path: Path) -> None:
    key = TableKey.create(tmp_path / "key")
    rows = np.concatenate([payloads([1], "first"), payloads([2]), payloads([1], "second")])
    table = sealing.build_table(
        tmp_path / "t", key, [(items([1, 2, 1]), rows)], capacity=9, queries=9, payload_bytes=PAYLOAD
    )
    assert table.size == 2
    opened = table.look_up(blinding.evaluate(items([1]), key.secret, key.mode))[1]
    assert np.array_equal(opened, payloads([1], "first"))


actions = st.lists(
    st.tuples(st.sets(st.integers(0, 12), max_size=5), st.sets(st.integers(0, 12), max_size=5)), max_size=4
)


@settings(max_examples=12, deadline=None)
@given(st.sets(st.integers(0, 12), max_size=8), actions)
def test_epochs_do_what_sets_do(
    tmp_path_factory: pytest.TempPathFactory, start: set[int], epochs: list[tuple[set[int], set[int]]]
) -> None:
    world = World(tmp_path_factory.mktemp("epochs"), sorted(start), payload=PAYLOAD)
    expected = dict.fromkeys(start, "")
    for number, (added, removed) in enumerate(epochs, 1):
        batch = [(items(sorted(added)), payloads(sorted(added), str(number)))]
        world.table = sealing.extend_table(world.server, world.key, batch, [items(sorted(removed))])
        expected = {value: note for value, note in expected.items() if value not in removed}
        expected |= dict.fromkeys(added, str(number))
        assert world.table.header.epoch == number
    everything = list(range(13))
    outputs = blinding.evaluate(items(everything), world.key.secret, world.key.mode)
    hit, opened, _ = world.table.look_up(outputs)
    assert [value for value in everything if hit[value]] == sorted(expected)
    assert world.table.size == len(expected)
    wanted = [payloads([value], expected[value]) for value in sorted(expected)]
    assert opened is not None and np.array_equal(opened, np.concatenate([payloads([]), *wanted]))


def test_tags_that_share_their_first_eight_bytes(tmp_path: Path) -> None:
    """Cannot be had with real items, so the records are made up."""
    records = np.zeros((200, 10), dtype=np.uint8)
    records[:, 9] = np.arange(200)
    path = tmp_path / "run"
    path.write_bytes(records.tobytes() + np.array([0, 200], dtype="<u8").tobytes())
    run = segments.Run(path, 0, 200, 10, 10, 0)
    assert np.array_equal(run.find(records[::-1].copy()), np.arange(200)[::-1])
    absent = np.full((1, 10), 255, dtype=np.uint8)
    nearly = np.array([[0] * 9 + [200]], dtype=np.uint8)
    assert run.find(np.concatenate([absent, nearly])).tolist() == [-1, -1]


def test_payloads_open_for_their_item_only() -> None:
    key = b"\x01" + bytes(31)
    outputs, rows = blinding.evaluate(items(range(5)), key, Mode.PLAIN), payloads(range(5))
    sealed = seal_payloads(outputs, rows, b"n" * 16)
    good, opened = open_payloads(outputs, sealed, b"n" * 16)
    assert good.all() and np.array_equal(opened, rows)
    assert not np.array_equal(sealed[:, :PAYLOAD], seal_payloads(outputs, rows, b"m" * 16)[:, :PAYLOAD])
    rest = np.roll(outputs, 1, axis=0)
    for others, nonce in ((rest, b"n" * 16), (outputs, b"m" * 16)):
        good, opened = open_payloads(others, sealed, nonce)
        assert not good.any() and not opened.any()
    spoilt = sealed.copy()
    spoilt[2, 0] ^= 1
    spoilt[3, -1] ^= 1
    good, opened = open_payloads(outputs, spoilt, b"n" * 16)
    assert good.tolist() == [True, True, False, False, True]
    assert np.array_equal(opened[good], rows[good]) and not opened[~good].any()


@pytest.mark.parametrize("offsets", [[0, 2**64 - 1], [2**63 - 2, 2**63 - 1], [2**64 - 5, 7], [100, 3], [0, 0]])
def test_lies_about_buckets_hide_and_do_no_more(tmp_path: Path, offsets: list[int]) -> None:
    """A search that failed would tell who made the table what is searched for."""
    records = np.arange(90, dtype=np.uint8).reshape(9, 10).copy()
    path = tmp_path / "run"
    path.write_bytes(records.tobytes() + np.array(offsets, dtype="<u8").tobytes())
    found = segments.Run(path, 0, 9, 10, 10, 0).find(records)
    assert all(place in (-1, row) for row, place in enumerate(found.tolist()))


def test_buckets_say_nothing_about_repeats(tmp_path: Path) -> None:
    key = TableKey.create(tmp_path / "key")
    batches = [(items(range(300)), None)]
    once, often = (
        sealing.build_table(tmp_path / str(times), key, batches * times, capacity=9000, queries=9) for times in (1, 9)
    )
    assert once.header.added_bits == often.header.added_bits == segments.bucket_bits(300)
    assert (
        once.segments[0].path.read_bytes()[segments.HEADER_BYTES :]
        == (often.segments[0].path.read_bytes()[segments.HEADER_BYTES :])
    )


def test_the_capacity_counts_what_was_taken_out(tmp_path: Path) -> None:
    world = World(tmp_path, range(5), capacity=7)
    for epoch in range(2):
        world.table = sealing.extend_table(world.server, world.key, [(items([5 + epoch]), None)], [items([epoch])])
    with pytest.raises(ResourceError) as caught:
        sealing.extend_table(world.server, world.key, [(items([7]), None)])
    assert caught.value.code == "psi.too_many_items"
    assert sealing.extend_table(world.server, world.key, [(items([6]), None)]).size == 5


def test_long_payloads_are_sealed_in_smaller_pieces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sealing, "PIECE_BYTES", 100)
    world = World(tmp_path, range(40), payload=PAYLOAD)
    outputs = blinding.evaluate(items(range(40)), world.key.secret, world.key.mode)
    assert np.array_equal(world.table.look_up(outputs)[1], payloads(range(40)))


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    world = World(tmp_path, [1])
    batches = [[(items([value]), None)] for value in range(2, 6)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda batch: sealing.extend_table(world.server, world.key, batch), batches))
    table = SealedTable(world.server)
    table.check()
    assert table.size == 5 and table.header.epoch == 4
    with pytest.raises(DataError) as caught:
        sealing.extend_table(tmp_path / "nothing", world.key)
    assert caught.value.code == "psi.table_damaged"


@pytest.mark.parametrize(
    ("capacity", "queries", "width"),
    [(1, 1, 8), (10**4, 10**4, 9), (10**7, 10**6, 11), (10**9, 10**6, 13), (10**9, 10**9, 13)],
)
def test_tags_are_wide_enough(capacity: int, queries: int, width: int) -> None:
    assert tag_bytes(capacity, queries) == width
    assert capacity * queries <= 2 ** (8 * width - 40)
    assert capacity**2 <= 2 ** (8 * width + 1 - 40)


@pytest.mark.parametrize(("capacity", "queries"), [(0, 1), (1, 0), (2**45, 2**45)])
def test_limits_that_no_tag_can_keep(capacity: int, queries: int) -> None:
    with pytest.raises(ParameterError) as caught:
        tag_bytes(capacity, queries)
    assert caught.value.code in ("psi.bad_limit", "psi.table_too_large")


@pytest.mark.parametrize("place", [0, 8, 11, 40, 64, 100, 180, segments.HEADER_BYTES + 3, -1])
def test_every_changed_byte_is_noticed_before_anything_is_believed(tmp_path: Path, place: int) -> None:
    """By the copy's own check, or, in the header, when the server is asked."""
    world = World(tmp_path, range(20))
    path = world.fetch().segments[0].path
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataError) as caught:
        SealedTable(world.client).check()
        world.ask([1])
    assert caught.value.code in ("psi.table_damaged", "psi.table_differs", "psi.table_key")


@pytest.mark.parametrize("cut", [0, 5, 300])
def test_cut_files_are_noticed(tmp_path: Path, cut: int) -> None:
    world = World(tmp_path, range(50))
    path = world.table.segments[0].path
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(DataError) as caught:
        SealedTable(world.server)
    assert caught.value.code == "psi.table_damaged"


def test_segments_of_another_table_do_not_fit(tmp_path: Path) -> None:
    one, two = (World(path, [1, 2]) for path in (tmp_path / "a", tmp_path / "b") if path.mkdir() is None)
    for world in (one, two):
        world.table = sealing.extend_table(world.server, world.key, [(items([3]), None)])
    os.replace(two.table.segments[1].path, one.table.segments[1].path)
    with pytest.raises(DataError):
        SealedTable(one.server)
    one.table.segments[0].path.unlink()
    with pytest.raises(DataError):
        SealedTable(one.server)


def test_another_key_cannot_extend(tmp_path: Path) -> None:
    world = World(tmp_path, [1])
    with pytest.raises(ParameterError) as caught:
        sealing.extend_table(world.server, TableKey.create(tmp_path / "other"))
    assert caught.value.code == "psi.table_key"
    assert TableKey.load(tmp_path / "key") == world.key


REFUSED: dict[str, tuple[Callable[[World], object], type[Exception], str]] = {
    "more than the capacity": (
        lambda w: sealing.build_table(w.server / "x", w.key, [(items(range(3)), None)], capacity=2, queries=1),
        ResourceError,
        "psi.too_many_items",
    ),
    "a folder in use": (
        lambda w: sealing.build_table(w.server, w.key, [], capacity=2, queries=1),
        DataError,
        "psi.table_exists",
    ),
    "payloads that are not wanted": (
        lambda w: sealing.extend_table(w.server, w.key, [(items([5]), payloads([5]))]),
        ParameterError,
        "psi.payload_width",
    ),
    "payloads that are too long": (
        lambda w: sealing.build_table(w.server / "x", w.key, [], capacity=2, queries=1, payload_bytes=1 << 15),
        ParameterError,
        "psi.payload_width",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_builds_that_are_refused(tmp_path: Path, name: str) -> None:
    world = World(tmp_path, [1, 2])
    call, error, code = REFUSED[name]
    with pytest.raises(error) as caught:
        call(world)
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert SealedTable(world.server).size == 2
    assert not list(world.server.rglob("*.part"))


def test_items_of_another_width(tmp_path: Path) -> None:
    world = World(tmp_path, [1])
    with pytest.raises(ValueError, match="16"):
        sealing.extend_table(world.server, world.key, [(np.zeros((2, 32), np.uint8), None)])


def test_key_files_are_for_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = TableKey.create(path, Mode.VERIFIABLE)
    assert path.stat().st_mode & 0o777 == 0o600
    assert TableKey.load(path) == key
    assert key.secret.hex() not in repr(key) and repr(key.secret) not in repr(key)
    with pytest.raises(FileExistsError):
        TableKey.create(path)
    good = path.read_bytes()
    path.chmod(0o640)
    with pytest.raises(ParameterError, match="chmod 600") as caught:
        TableKey.load(path)
    assert caught.value.code == "psi.key_file"
    path.chmod(0o600)
    for bad in (b"", good[:-1], good + b"x", b"X" + good[1:], good[:8] + b"\x07" + good[9:], good[:9] + bytes(32)):
        path.write_bytes(bad)
        with pytest.raises(ParameterError):
            TableKey.load(path)


def test_budgets_are_kept_on_disk_for_every_client_and_key(tmp_path: Path) -> None:
    path = tmp_path / "budget"
    one, two = QueryBudget(path, 10, 15), QueryBudget(path, 10, 15)
    assert one.take(b"k1", "a", 7) == 3
    with pytest.raises(RefusedError) as caught:
        two.take(b"k1", "a", 4)
    assert caught.value.code == "psi.query_budget"
    assert two.take(b"k1", "b", 6) == 2  # the key's own limit
    assert one.left(b"k1", "a") == 2
    assert one.left(b"k2", "a") == 10
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "budget.lock").stat().st_mode & 0o777 == 0o600
    for nonsense in ("{", "[]", '{"k": {"a": -5}}', '{"k": 3}', '{"k": {"a": NaN}}', '{"k": {"a": true}}'):
        path.write_text(nonsense)
        with pytest.raises(DataError) as damaged:
            one.take(b"k1", "a", 1)
        assert damaged.value.code == "psi.budget_damaged"
    with pytest.raises(ValueError, match="at least 1"):
        QueryBudget(path, 0, 1)
    with pytest.raises(ValueError, match="at least 0"):
        one.take(b"k1", "a", -1)


def test_a_budget_never_exceeds_what_the_tags_are_good_for(tmp_path: Path) -> None:
    budget = QueryBudget(tmp_path / "budget", 100, 100)
    assert budget.take(b"k", "a", 4, at_most=5) == 1
    with pytest.raises(RefusedError):
        budget.take(b"k", "a", 2, at_most=5)
    assert budget.take(b"k", "b", 5, at_most=5) == 0
