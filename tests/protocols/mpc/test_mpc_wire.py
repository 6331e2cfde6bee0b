"""What travels: sizes are public, views are uniform, the dealer is told nothing, malformed messages are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from leakage.recorder import Recorder
from parties import SID, make_sessions, run_mpc, run_parties, run_parties_with_errors
from tacit.channel.channel import Session
from tacit.errors import DataError, InternalError, PeerFailed, ProtocolError
from tacit.protocols.mpc import Mpc, concatenate
from tacit.protocols.mpc.corrections import CHUNK
from tacit.protocols.mpc.messages import Kind
from tacit.protocols.mpc.seat import Stream, _Keystream
from tacit.protocols.mpc.shares import Words

N = 70
SEATS = ("first", "second", "dealer")


def numbers(fill: float) -> Any:
    return np.full(N, fill)


def own(mpc: Mpc, role: str, values: Any) -> Any:
    return values if mpc.me == role else None


def _matmul(mpc: Mpc, fill: float) -> Any:
    a, b = own(mpc, "first", np.full((2, N), fill)), own(mpc, "second", np.full((N, 3), -fill))
    return mpc.private_matmul("first", a, "second", b, (2, N), (N, 3), 9, 9, scale_a=8)


def _blocks(mpc: Mpc, fill: float) -> Any:
    left = mpc.private("first", own(mpc, "first", np.full((N, 2), fill)), (N, 2), scale=8, bound=9)
    right = mpc.private("second", own(mpc, "second", np.full((N, 1), fill)), (N, 1), scale=8, bound=9)
    batch = mpc.fix(left, right).batch(slice(3, 50))
    return batch.transposed_times(mpc.seat, batch.times(mpc.seat, mpc.zeros((3,), 4) + 0.5))


def _x(mpc: Mpc, fill: float) -> Any:
    return mpc.share("second", own(mpc, "second", numbers(fill)), (N,), scale=16, bound=9)


PROTOCOLS: dict[str, Callable[[Mpc, float], Any]] = {
    "reveal": lambda mpc, fill: mpc.reveal(_x(mpc, fill)),
    "reveal to one": lambda mpc, fill: mpc.reveal(_x(mpc, fill), to="first"),
    "mul": lambda mpc, fill: mpc.mul(_x(mpc, fill), _x(mpc, fill)),
    "matmul": lambda mpc, fill: mpc.matmul(_x(mpc, fill).reshape(1, N), _x(mpc, fill).reshape(N, 1)),
    "private_matmul": _matmul,
    "blocks": _blocks,
    "truncate": lambda mpc, fill: mpc.truncate(_x(mpc, fill), 9),
    "truncate exactly": lambda mpc, fill: mpc.truncate(_x(mpc, fill), 9, exact=True),
    "less_than_zero": lambda mpc, fill: mpc.less_than_zero(_x(mpc, fill)),
    "sigmoid": lambda mpc, fill: mpc.sigmoid(_x(mpc, fill)),
    "piecewise": lambda mpc, fill: mpc.sigmoid(_x(mpc, fill), method="piecewise"),
    "log_loss": lambda mpc, fill: mpc.log_loss(
        _x(mpc, fill), mpc.share("first", own(mpc, "first", np.arange(N) % 2), (N,), bound=1)
    ),
}


def recorded(program: Callable[[Mpc], Any]) -> tuple[dict[str, Any], dict[str, Recorder]]:
    """Results, and the recorder of every channel end by "me>peer"."""
    ends: list[Recorder] = []

    def wrap(channel: Any) -> Recorder:
        ends.append(Recorder(channel))
        return ends[-1]

    results = run_mpc(program, wrap=wrap)
    names = ["first>second", "second>first", "first>dealer", "dealer>first", "second>dealer", "dealer>second"]
    return results, dict(zip(names, ends, strict=True))


@pytest.mark.parametrize("name", PROTOCOLS)
def test_kinds_and_sizes_do_not_depend_on_the_data(name: str) -> None:
    shapes = []
    for fill in (0.0, 8.5, -8.75):
        _, ends = recorded(lambda mpc, fill=fill: PROTOCOLS[name](mpc, fill))
        shapes.append({end: recorder.shape for end, recorder in ends.items()})
    assert shapes[0] == shapes[1] == shapes[2]


@pytest.mark.parametrize("name", PROTOCOLS)
def test_the_dealer_is_told_nothing(name: str) -> None:
    results, ends = recorded(lambda mpc: PROTOCOLS[name](mpc, 3.0))
    for end in ("dealer>first", "dealer>second"):
        assert all(direction == "sent" for direction, _, _ in ends[end].shape)
    seeds = [shape for shape in ends["dealer>first"].shape if shape[1] == Kind.SEED]
    assert ends["dealer>first"].shape == seeds == [("sent", Kind.SEED, 16)]
    value = results["dealer"]
    assert value is None or value.value is None


@pytest.mark.parametrize("name", [name for name in PROTOCOLS if not name.startswith("reveal")])
def test_everything_received_looks_uniform(name: str) -> None:
    """Every bit of every word is one half of the time: six standard deviations at 64 positions."""
    received: dict[str, list[bytes]] = {"first": [], "second": []}
    for _ in range(6):
        _, ends = recorded(lambda mpc: PROTOCOLS[name](mpc, 8.0))
        for end, recorder in ends.items():
            me = end.split(">")[0]
            if me != "dealer":
                received[me] += recorder.received[1 if end.endswith("dealer") else 0 :]
    for messages in received.values():
        words = np.frombuffer(b"".join(messages), np.uint64)
        if len(words) < 200:
            continue
        bits = np.unpackbits(words.view(np.uint8)).reshape(-1, 64).mean(axis=0)
        assert np.abs(bits - 0.5).max() < 6 * 0.5 / np.sqrt(len(words))


def test_a_fixed_matrix_travels_once_and_every_vector_under_fresh_masks() -> None:
    """The same products again and again: E once, and no masked vector ever with a mask used before."""
    times = 40

    def program(mpc: Mpc) -> Any:
        left = mpc.private("first", own(mpc, "first", np.full((N, 2), 3.0)), (N, 2), scale=8, bound=9)
        right = mpc.private("second", own(mpc, "second", np.full((N, 2), 5.0)), (N, 2), scale=8, bound=9)
        batch = mpc.fix(left, right).batch(slice(0, N))
        w, r = mpc.zeros((4,), 4) + 0.5, mpc.zeros((N,), 4) + 0.25
        for _ in range(times):
            batch.times(mpc.seat, w)
            batch.transposed_times(mpc.seat, r)

    _, ends = recorded(program)
    for end in ("first>second", "second>first"):
        kinds = [kind for direction, kind, _ in ends[end].shape if direction == "received"]
        assert kinds == [Kind.FIXED] + 2 * times * [Kind.MASKED]
        masked = [np.frombuffer(message, np.uint64) for message in ends[end].received[1:]]
        for products in (np.stack(masked[::2]), np.stack(masked[1::2])):
            steps = np.diff(products, axis=0).reshape(-1)  # differences of the same value's masks
            bits = np.unpackbits(steps.view(np.uint8)).reshape(-1, 64).mean(axis=0)
            assert np.abs(bits - 0.5).max() < 6 * 0.5 / np.sqrt(len(steps))
            assert len(np.unique(products)) == products.size
    corrections = [message for message in ends["second>dealer"].received if len(message) > 16]
    assert len(set(corrections)) == len(corrections) == 2 * times


def test_the_parties_keys_are_independent_and_bound_to_the_session() -> None:
    def keys(sid: bytes) -> list[bytes]:
        seat = run_mpc(lambda mpc: mpc.seat)["dealer"]
        seat._sid = sid
        return [seat._derive(bytes(16), owner) for owner in (0, 1)]

    assert len({*keys(SID), *keys(bytes(32))}) == 4
    words = [_Keystream(key, stream).take(1000) for key in keys(SID) for stream in Stream]
    assert len(np.unique(np.concatenate(words))) == 6000


def test_shares_are_uniform_and_fresh() -> None:
    def program(mpc: Mpc) -> Any:
        return mpc.truncate(mpc.mul(mpc.zeros((4000,)) + 3, mpc.zeros((4000,)) + 5), 1).value

    one, two = run_mpc(program), run_mpc(program)
    for role in ("first", "second"):
        share: Words = one[role]
        bits = np.unpackbits(share.view(np.uint8)).reshape(-1, 64).mean(axis=0)
        assert np.abs(bits - 0.5).max() < 6 * 0.5 / np.sqrt(4000)
        assert len(np.unique(share)) == 4000
        assert not np.isin(share, two[role]).any()
    assert set(np.unique(one["first"] + one["second"])) == {7, 8}


class Meddler:
    """A channel end that changes outgoing messages of one kind."""

    def __init__(self, inner: Any, kind: int, change: Callable[[int, bytes], tuple[int, bytes]]) -> None:
        self._inner, self._kind, self._change = inner, kind, change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, kind: int, payload: Any) -> None:
        if kind == self._kind:
            kind, payload = self._change(kind, bytes(payload))
        self._inner.send(kind, payload)


CHANGES: dict[str, Callable[[int, bytes], tuple[int, bytes]]] = {
    "shorter": lambda kind, payload: (kind, payload[:-8]),
    "longer": lambda kind, payload: (kind, payload + bytes(8)),
    "odd": lambda kind, payload: (kind, payload[:-1]),
    "empty": lambda kind, payload: (kind, b""),
    "other kind": lambda kind, payload: (kind + 100, payload),
}


def meddled(kind: Kind, change: str, program: Callable[[Mpc], Any]) -> dict[str, BaseException]:
    def run(session: Session) -> Any:
        channels = {peer: Meddler(channel, kind, CHANGES[change]) for peer, channel in session.channels.items()}
        return program(Mpc(Session(session.sid, session.me, channels), *SEATS))

    return run_parties_with_errors(dict.fromkeys(SEATS, run))[1]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", [Kind.SEED, Kind.OPEN, Kind.CORRECTION, Kind.MASKED, Kind.FIXED, Kind.REVEAL])
def test_malformed_messages_are_refused(kind: Kind, change: str) -> None:
    def program(mpc: Mpc) -> Any:
        return mpc.reveal(_matmul(mpc, 1.0)), mpc.reveal(_blocks(mpc, 1.0)), mpc.sigmoid(_x(mpc, 1.0))

    errors = meddled(kind, change, program)
    codes = {error.code for error in errors.values() if isinstance(error, ProtocolError)}
    known = {"protocol.wrong_size", "protocol.message_too_large", "protocol.unexpected_message", "mpc.seed_size"}
    assert codes and codes <= known


def _bundled(mpc: Mpc) -> Any:
    with mpc.bundle():
        return mpc.reveal(mpc.truncate(_x(mpc, 2.0), 3)), mpc.reveal(mpc.mul(_x(mpc, 2.0), _x(mpc, 3.0)))


def test_a_bundle_is_one_message() -> None:
    results, ends = recorded(_bundled)
    assert np.abs(results["first"][0] - 2).max() < 1e-3 and (results["first"][1] == 6).all()
    assert [shape for shape in ends["dealer>second"].shape if shape[1] == Kind.CORRECTION] == [
        ("sent", Kind.CORRECTION, 3 * N * 8)
    ]


def test_bundles_beyond_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tacit.protocols.mpc.corrections.CHUNK", 2 * N + 3)

    def program(mpc: Mpc) -> Any:
        with mpc.bundle():
            small = [mpc.mul(_x(mpc, 2.0), _x(mpc, 3.0)) for _ in range(5)]
            large = mpc.truncate(concatenate([_x(mpc, 2.0)] * 5), 3)
            empty = mpc.mul(mpc.zeros((0,)), mpc.zeros((0,)))
            last = mpc.mul(_x(mpc, 2.0), _x(mpc, 3.0))
        return [mpc.reveal(value) for value in (*small, last, large, empty)]

    *products, large, empty = run_mpc(program)["second"]
    assert all((product == 6).all() for product in products)
    assert np.abs(large - 2).max() < 1e-3 and empty.shape == (0,)


@pytest.mark.parametrize("change", CHANGES)
def test_malformed_bundles_are_refused(change: str) -> None:
    errors = meddled(Kind.CORRECTION, change, _bundled)
    assert isinstance(errors["second"], ProtocolError)
    assert errors["second"].code in ("mpc.bundle_size", "protocol.unexpected_message")


@pytest.mark.parametrize("change", CHANGES)
def test_malformed_public_numbers_and_steering_are_refused(change: str) -> None:
    for kind, program in (
        (Kind.PUBLIC, lambda mpc: mpc.publish([1, 2])),
        (Kind.CONTROL, lambda mpc: mpc.steer(None if mpc.is_dealer else True)),
    ):
        errors = meddled(kind, change, program)
        assert any(isinstance(error, ProtocolError) for error in errors.values())


def test_steering_takes_one_bit_only() -> None:
    CHANGES["two"] = lambda kind, payload: (kind, b"\2")
    try:
        errors = meddled(Kind.CONTROL, "two", lambda mpc: mpc.steer(None if mpc.is_dealer else True))
    finally:
        del CHANGES["two"]
    assert isinstance(errors["dealer"], ProtocolError) and errors["dealer"].code == "mpc.control"


def test_public_numbers_and_steering() -> None:
    def program(mpc: Mpc) -> Any:
        mine = {"first": [1, -2], "second": [2**62, 4], "dealer": [0, 0]}[mpc.me]
        bits = [mpc.steer(None if mpc.is_dealer else bit) for bit in (True, False)]
        return mpc.publish(mine), bits

    expected = ({"first": (1, -2), "second": (2**62, 4)}, [True, False])
    assert run_mpc(program) == dict.fromkeys(SEATS, expected)


@pytest.mark.parametrize("second", [[1, 2], [1, 3]])
def test_the_dealer_is_told_whether_words_are_the_same_and_not_the_words(second: list[int]) -> None:
    words = {"first": np.array([1, 2], np.uint64), "second": np.array(second, np.uint64)}
    results, ends = recorded(lambda mpc: mpc.same(words.get(mpc.me)))
    assert results == dict.fromkeys(SEATS, second == [1, 2])
    assert ends["dealer>first"].received == [bytes([second == [1, 2]])]
    assert ends["dealer>second"].received == []


def test_one_partys_failure_reaches_the_others_by_its_code() -> None:
    def program(session: Session) -> Any:
        mpc = Mpc(session, *SEATS)
        if mpc.me == "second":
            raise DataError("data.example", "Only the code travels.")
        for _ in range(3):
            mpc.reveal(mpc.mul(mpc.zeros((4,)), mpc.zeros((4,))))
        return mpc.steer(None if mpc.is_dealer else True)

    _, errors = run_parties_with_errors(dict.fromkeys(SEATS, program))
    told = errors["first"]
    assert isinstance(told, PeerFailed) and told.peer_code == "data.example"
    assert "travels" not in str(told)
    assert isinstance(errors["dealer"], PeerFailed)


def test_a_session_that_is_not_the_same_gives_nonsense_not_data() -> None:
    """Masks are bound to the session id: a spliced line does not open anything."""

    def run(session: Session) -> Any:
        sid = bytes(32) if session.me == "second" else SID
        mpc = Mpc(Session(sid, session.me, session.channels), *SEATS)
        return mpc.reveal(mpc.mul(mpc.zeros((50,)) + 3, mpc.zeros((50,)) + 5))

    results = run_parties(dict.fromkeys(SEATS, run))
    assert not np.isin(results["first"], [15]).any()


def test_roles_are_checked() -> None:
    sessions = make_sessions(SEATS)
    for roles in (("first", "first", "dealer"), ("a", "b", "c")):
        with pytest.raises(InternalError):
            Mpc(sessions["first"], *roles)


def test_every_word_of_a_keystream_is_used_once() -> None:
    from tacit.kernel import prg_u64

    keystream, key = _Keystream(bytes(16), 1), bytes(16)
    drawn = [keystream.take(count) for count in (3, 0, 100_000, 1, 32_768, 7, CHUNK)]
    whole = np.concatenate(drawn)
    assert (whole == prg_u64(key, 1, len(whole), 0)).all()
    with pytest.raises(ValueError, match="read-only"):
        drawn[0][0] = 1
