"""Circuit-PSI: placement in bins, programmed function, gates, and the answers that are opened, against plain sets."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakage.recorder import Recorder
from protocols.psi.aggregate_pair import key_bins, run_pair, terms_of, try_pair
from protocols.psi.psi_pair import SID, both
from tacit import kernel
from tacit.channel.memory import memory_pair
from tacit.errors import ParameterError, PeerFailed, ProtocolError, ResourceError
from tacit.kernel.vole import FAST
from tacit.protocols.psi import circuit, cuckoo, gates, opprf, transfers
from tacit.protocols.psi.aggregate import Message
from tacit.protocols.psi.circuit import Question
from tacit.protocols.psi.total import Column
from tacit.protocols.psi.transfers import Chooser, Giver
from tacit.protocols.psi.wire import Reveal, Terms

KEY = Terms(sid=SID).key


@dataclass(frozen=True)
class Fixed:
    """Noise that is no secret, for the tests."""

    value: int
    bound: int | None = None
    label: str = "fixed"

    def draw(self) -> int:
        return self.value


def _blocks(stream: int, count: int) -> np.ndarray:
    return kernel.prg_bytes(SID[:16], stream, 16 * count).reshape(count, 16)


@pytest.mark.parametrize("count", [0, 1, 50, 2309, 2310, 20_000, 150_000])
def test_every_item_gets_a_bin_among_its_places(count: int) -> None:
    bins = cuckoo.bin_count(count)
    assert bins % 3 == 0 and bins >= max(3072, 1.33 * count)
    where = cuckoo.places(_blocks(1, count), b"k" * 16, bins)
    assert where.shape == (3, count)
    for table in range(3):
        assert not count or (where[table].min() >= table * bins // 3 and where[table].max() < (table + 1) * bins // 3)
    items, at = cuckoo.place(where, bins)
    full = np.flatnonzero(items >= 0)
    assert sorted(items[full]) == list(range(count))
    assert np.array_equal(where[at[full], items[full]], full)


def test_items_without_a_placement_are_told() -> None:
    with pytest.raises(ResourceError) as caught:
        cuckoo.place(np.array([[0, 0, 0, 0], [5, 5, 5, 5], [9, 9, 9, 9]]), 12)
    assert caught.value.code == "psi.unlucky"


@pytest.mark.parametrize("count", [4, 300, 2000, 2309, 2310, 2311, 5000, 40_000])
def test_the_bound_on_failed_placements(count: int) -> None:
    """The sum of the module's docstring, with a good z for every t, in logarithms."""
    bins = cuckoo.bin_count(count)
    t = np.arange(4, count + 1)
    factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, bins + 1)))])
    ways = factorial[count] - factorial[t] - factorial[count - t]
    ways += factorial[bins] - factorial[t - 1] - factorial[bins - t + 1] + 3 * factorial[t]
    inside = np.full(len(t), np.inf)
    for z in np.concatenate([np.linspace(0.05, 6, 120), np.linspace(6, 300, 150)]):
        grown = z + math.log1p(-(1 + z) * math.exp(-z))
        inside = np.minimum(inside, (t - 1) * grown - 3 * t * math.log(z * bins / 3))
    terms = ways + inside
    total = terms.max() + math.log(np.exp(terms - terms.max()).sum())
    assert total / math.log(2) < -41


@pytest.mark.parametrize(("queries", "keys"), [(3072, 0), (3072, 50), (5000, 9000), (100_000, 70_000)])
def test_the_programmed_function(queries: int, keys: int) -> None:
    """Programmed keys give their values, all others something else; with two hints."""
    asked, programmed = _blocks(2, queries), np.concatenate([_blocks(2, keys // 3), _blocks(3, keys - keys // 3)])
    values = [_blocks(4, keys), _blocks(5, keys)]
    found, _ = both(
        lambda channel: opprf.ask(channel, KEY, asked, keys, 2, FAST),
        lambda channel: opprf.program(channel, KEY, programmed, values, queries, FAST),
    )
    for got, expected in zip(found, values, strict=True):
        assert np.array_equal(got[: keys // 3], expected[: keys // 3])
        rest = got[keys // 3 :].copy().view("V16").reshape(-1)
        assert len(np.unique(rest)) == len(rest)
        assert not set(rest.tolist()) & set(expected.copy().view("V16").reshape(-1).tolist())


def _gates(chooser: Any, giver: Any) -> tuple[Any, Any]:
    results = both(
        lambda channel: chooser(Chooser(channel, KEY, "test")), lambda channel: giver(Giver(channel, KEY, "test"))
    )
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


@pytest.mark.parametrize("planes", [1, 3, 40])
def test_conjunctions(planes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfers, "SLICE", 512)
    x, y, u, v = (_blocks(stream, 4 * planes).view(np.uint64).reshape(planes, 8) for stream in range(4))
    mine, theirs = _gates(lambda party: gates.conjunction(party, x, y), lambda party: gates.conjunction(party, u, v))
    assert np.array_equal(mine ^ theirs, (x ^ u) & (y ^ v))


def test_products() -> None:
    bits = (_blocks(1, 300)[:, 0] & 1).copy()
    numbers = _blocks(2, 300 * 3 // 2).view(np.uint64).reshape(3, 300).copy()
    mine, theirs = _gates(lambda party: party.products(bits, 3), lambda party: party.products(numbers))
    assert np.array_equal(mine + theirs, numbers * bits)
    mine, theirs = _gates(lambda party: party.products(bits[:0], 3), lambda party: party.products(numbers[:, :0]))
    assert mine.shape == theirs.shape == (3, 0)


@pytest.mark.parametrize("width", [1, 2, 53, 57, 64])
def test_equality(width: int) -> None:
    """Equal strings, strings that differ in the first, in the last, in a random bit, and in most bits."""
    mask = np.uint64((1 << width) - 1)
    mine = _blocks(1, 100).view(np.uint64).reshape(-1) & mask
    theirs = mine.copy()
    theirs[:50] ^= np.uint64(1) << np.arange(50, dtype=np.uint64) % np.uint64(width)
    theirs[50] ^= np.uint64(1 << (width - 1))
    theirs[51] ^= mask
    one, two = _gates(
        lambda party: gates.equality(party, mine, width), lambda party: gates.equality(party, theirs, width)
    )
    assert np.array_equal(kernel.bit_unpack(one ^ two, 200), (mine == theirs).astype(np.uint8))


@given(st.integers(0, 1 << 22), st.integers(1, 1 << 22), st.integers(0, (1 << 64) - 1))
@settings(max_examples=6, deadline=None)
def test_comparison(count: int, threshold: int, share: int) -> None:
    for number, wanted in ((count, count >= threshold), (threshold, True), (threshold - 1, False)):
        rest = (number - share) % (1 << 64)
        one, two = _gates(
            lambda party: gates.at_least(party, share, threshold),
            lambda party, rest=rest: gates.at_least(party, rest, threshold),
        )
        assert one ^ two == wanted


def _ask(xs: Any, ys: Any, question: Question, payload: Any = None, reveal: Reveal = Reveal.BOTH) -> tuple[Any, Any]:
    return run_pair(
        xs,
        ys,
        lambda *seat: circuit.receive(*seat, question),
        lambda *seat: circuit.send(*seat, question, payload),
        terms_of(reveal),
    )


@pytest.mark.parametrize(
    ("n", "m", "common", "threshold"),
    [(0, 0, 0, 1), (0, 9, 0, 1), (9, 0, 0, 1), (1, 1, 1, 1), (2000, 1200, 700, 700), (300, 2000, 299, 300)],
)
def test_threshold(n: int, m: int, common: int, threshold: int) -> None:
    mine, theirs = _ask(range(n), range(n - common, n - common + m), Question(threshold=threshold))
    assert mine == circuit.Answer(common >= threshold, None, None, m)
    assert theirs == circuit.Answer(common >= threshold, None, None, n)


@given(st.lists(st.integers(0, 30), max_size=25), st.lists(st.integers(0, 30), max_size=25), st.integers(1, 12))
@settings(max_examples=4, deadline=None)
def test_threshold_of_any_sets(xs: list[int], ys: list[int], threshold: int) -> None:
    mine, theirs = _ask(xs, ys, Question(threshold=threshold), reveal=Reveal.RECEIVER)
    assert mine.reached == (len(set(xs) & set(ys)) >= threshold)
    assert theirs.reached is None


def test_number_with_noise_of_the_other_side() -> None:
    mine, theirs = run_pair(
        range(500),
        range(400, 900),
        lambda *seat: circuit.receive(*seat, Question(noise=Fixed(-7))),
        lambda *seat: circuit.send(*seat, Question(noise=Fixed(3))),
    )
    assert (mine.count, theirs.count) == (103, 93)
    mine, theirs = _ask(range(5), range(9, 12), Question(noise=Fixed(-4)), reveal=Reveal.RECEIVER)
    assert (mine.count, theirs.count) == (-4, None)


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_sums(columns: int) -> None:
    rng = np.random.default_rng(columns)
    ys = [*range(600, 1800), 600, 601]
    payload = [rng.integers(-(10**12), 10**12, len(ys)) for _ in range(columns)]
    question = Question(columns=(Column(10**12),) * columns)
    mine, theirs = _ask(range(1000), ys, question, payload)
    assert mine.sums == theirs.sums == tuple(int(values[:400].sum()) for values in payload)
    assert mine.count is mine.reached is None


@pytest.mark.parametrize(("threshold", "sums"), [(20, (-1.5, 55)), (21, None)])
def test_sums_only_from_a_threshold_on(threshold: int, sums: tuple[float, int] | None) -> None:
    payload = [np.full(40, -0.075), np.arange(40) // 20 * 20 + 5 - np.arange(40) // 20 * 5]
    expected = None if sums is None else (pytest.approx(-1.5, abs=1e-4), int(payload[1][:20].sum()))
    question = Question(threshold=threshold, noise=Fixed(0), columns=(Column(1, 24), Column(99)))
    mine, theirs = _ask(range(20), range(40), question, payload, Reveal.RECEIVER)
    assert mine.reached is theirs.reached is (sums is not None)
    assert mine.sums == expected and theirs.sums is None
    assert mine.count == (20 if sums else None) and theirs.count is None


def test_questions_that_are_refused() -> None:
    for parameters in ({}, {"threshold": 0}, {"threshold": circuit.MAX_ITEMS + 1}):
        with pytest.raises(ParameterError) as caught:
            Question(**parameters)  # type: ignore[arg-type]
        assert caught.value.code == "psi.question"


def test_both_must_ask_the_same() -> None:
    one, two = try_pair(
        [1],
        [1],
        lambda *seat: circuit.receive(*seat, Question(threshold=1)),
        lambda *seat: circuit.send(*seat, Question(threshold=2)),
    )
    assert {one.code, two.code} <= {"psi.terms_differ", "peer.failed"}
    _, error = try_pair(
        [1],
        [1],
        lambda *seat: circuit.receive(*seat, Question(columns=(Column(5),))),
        lambda *seat: circuit.send(*seat, Question(columns=(Column(5),))),
    )
    assert error.code == "psi.payload_missing"
    _, error = try_pair(
        [1],
        [1],
        lambda *seat: circuit.receive(*seat, Question(threshold=1)),
        lambda *seat: circuit.send(*seat, Question(threshold=1), [np.array([1])]),
    )
    assert error.code == "psi.payload_missing"


def _record(ys: list[int], question: Question, reveal: Reveal) -> tuple[Recorder, Recorder]:
    left, right = memory_pair("receiver", "sender", patience_s=20)
    ends = Recorder(left), Recorder(right)
    payload = [np.array(ys)] if question.columns else None
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(circuit.receive, ends[0], key_bins(range(50)), terms_of(reveal), question)
        two = pool.submit(circuit.send, ends[1], key_bins(ys), terms_of(reveal), question, payload)
        one.result(), two.result()
    return ends


@pytest.mark.parametrize("reveal", Reveal)
@pytest.mark.parametrize("question", [Question(threshold=20), Question(noise=Fixed(1), columns=(Column(999),))])
def test_transcripts_depend_on_sizes_only(question: Question, reveal: Reveal) -> None:
    runs = [_record(list(range(start, start + 40)), question, reveal) for start in (0, 30, 90)]
    assert len({tuple(tuple(end.shape) for end in run) for run in runs}) == 1


def test_what_the_sender_gets_when_it_does_not_learn_is_no_share() -> None:
    """With RECEIVER and a threshold alone the sender is never sent a share of the answer."""
    _, sender = _record(list(range(40)), Question(threshold=20), Reveal.RECEIVER)
    received = [kind for way, kind, _ in sender.shape if way == "received"]
    assert Message.SHARES not in received


class _Spoiler:
    """Before the message number `at` of one kind leaves, its bytes become 0xff, or lose the last one."""

    def __init__(self, inner: Any, kind: Message, at: int, short: bool) -> None:
        self._inner, self._kind, self._at, self._short = inner, kind, at, short

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, kind: int, payload: Any) -> None:
        if kind == self._kind:
            self._at -= 1
            if self._at == -1:
                size = memoryview(payload).nbytes
                payload = b"\xff" * (size - self._short)
        self._inner.send(kind, payload)


@pytest.mark.parametrize(
    ("kind", "at", "short"),
    [
        (Message.VOLE, 0, False),
        (Message.VOLE, 0, True),
        (Message.VOLE, 1, True),
        (Message.BASE, 0, False),
        (Message.BASE, 0, True),
        (Message.CHOICES, 0, True),
        (Message.MASKED, 0, True),
    ],
)
def test_a_receiver_that_breaks_the_protocol(kind: Message, at: int, short: bool) -> None:
    question = Question(threshold=1)
    told, error = both(
        lambda channel: circuit.receive(_Spoiler(channel, kind, at, short), key_bins([1]), terms_of(), question),
        lambda channel: circuit.send(channel, key_bins([1]), terms_of(), question),
    )
    assert isinstance(error, ProtocolError) and error.code == "psi.malformed"
    assert isinstance(told, PeerFailed) and told.peer_code == "psi.malformed"


@pytest.mark.parametrize(
    ("kind", "at", "short"),
    [
        (Message.VOLE, 0, False),
        (Message.VOLE, 1, True),
        (Message.BASE, 0, False),
        (Message.HINT, 0, True),
        (Message.CORRECTIONS, 3, True),
        (Message.SHARES, 0, True),
    ],
)
def test_a_sender_that_breaks_the_protocol(kind: Message, at: int, short: bool) -> None:
    question = Question(threshold=1)
    error, told = both(
        lambda channel: circuit.receive(channel, key_bins([1]), terms_of(), question),
        lambda channel: circuit.send(_Spoiler(channel, kind, at, short), key_bins([1]), terms_of(), question),
    )
    assert isinstance(error, ProtocolError) and error.code == "psi.malformed"
    assert isinstance(told, PeerFailed) and told.peer_code == "psi.malformed"
