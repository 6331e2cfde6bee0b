"""One of several parties stops, dies, lies or was told something else: all others hear it, nobody waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from parties import SID, make_sessions
from protocols.psi.many_parties import errors_of, filling, program
from tacit.channel.channel import Session
from tacit.errors import DataError, ParameterError, PeerFailed, PeerLost, ProtocolError, ResourceError, TacitError
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi import roundtable, star
from tacit.protocols.psi.multiparty import intersect_many
from tacit.protocols.psi.roundtable import Message, Table
from tacit.protocols.psi.run import Store
from tacit.protocols.psi.wire import Protocol, Reveal, Terms

NAMES = ("lead", "one", "two", "three")
ITEMS = np.arange(200)
SOON_S = 10.0


def _party(fill: Callable[[KeyBins], None] | None = None, **options: Any) -> Callable[[Session], Any]:
    return lambda session: intersect_many(session, Terms(SID), NAMES, "lead", fill or filling(ITEMS), **options)


def _failures(culprit: str, behaviour: Callable[[Session], Any]) -> dict[str, BaseException]:
    """Errors of all, when one party behaves like this; they are there soon."""
    began = time.monotonic()
    errors = errors_of({name: behaviour if name == culprit else _party() for name in NAMES}, timeout=30)
    assert time.monotonic() - began < SOON_S
    assert set(errors) - {culprit} == set(NAMES) - {culprit}
    return errors


def _raise(error: Exception) -> Any:
    raise error


@pytest.mark.parametrize("culprit", ["lead", "two"])
def test_a_party_whose_table_is_bad(culprit: str) -> None:
    bad = _party(lambda _: _raise(DataError("data.key_null", "A row has no key.")))
    errors = _failures(culprit, bad)
    for name in set(NAMES) - {culprit}:
        error = errors[name]
        assert isinstance(error, PeerFailed)
        assert error.peer_code == "data.key_null"


def test_an_unforeseen_error_and_a_check_that_says_no() -> None:
    errors = _failures("one", _party(lambda _: _raise(RuntimeError("secret"))))
    assert {error.peer_code for error in errors.values() if isinstance(error, PeerFailed)} == {"internal.step_failed"}
    refuse = _party(check=lambda _: _raise(DataError("data.key_duplicate", "A key is there twice.")))
    errors = _failures("three", refuse)
    assert {error.peer_code for error in errors.values() if isinstance(error, PeerFailed)} == {"data.key_duplicate"}


def test_nobody_waits_for_a_slow_party_when_another_has_failed() -> None:
    """`two` reads its table until the leader has given up, which it can only do if it hears of `one` meanwhile."""
    over = threading.Event()

    def lead(session: Session) -> Any:
        try:
            return _party()(session)
        finally:
            over.set()

    def slow(_: KeyBins) -> None:
        assert over.wait(SOON_S)

    bad = _party(lambda _: _raise(DataError("data.key_null", "A row has no key.")))
    errors = errors_of({"lead": lead, "one": bad, "two": _party(slow), "three": _party()}, timeout=30)
    assert set(errors) == set(NAMES)
    assert all(isinstance(error, TacitError) for error in errors.values())


def _leave(session: Session) -> None:
    for channel in session.channels.values():
        channel.close()
    raise RuntimeError("gone")


@pytest.mark.parametrize("culprit", ["lead", "three"])
def test_a_party_that_goes_away(culprit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first word, after the sizes, and in the middle of the hints."""
    errors = _failures(culprit, _leave)
    assert any(isinstance(error, PeerLost) for error in errors.values())
    for place, method in ((Table, "conclude"), (star.Leader if culprit == "lead" else star.Follower, "_plan")):
        original = getattr(place, method)

        def gone(self: Any, *rest: Any, original: Any = original) -> Any:
            table = self if isinstance(self, Table) else self._table
            if table.me == culprit:
                _leave(Session(SID, table.me, table.channels))
            return original(self, *rest)

        with monkeypatch.context() as patch:
            patch.setattr(place, method, gone)
            _failures(culprit, _party())


class _Bent:
    """A channel end that changes what leaves on one kind of message."""

    def __init__(self, inner: Any, kind: int, change: Callable[[bytes], bytes]) -> None:
        self._inner, self._kind, self._change = inner, kind, change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, kind: int, payload: Any) -> None:
        self._inner.send(kind, self._change(bytes(payload)) if kind == self._kind else payload)


def _bent(kind: int, change: Callable[[bytes], bytes], peers: tuple[str, ...]) -> Callable[[Session], Any]:
    def run(session: Session) -> Any:
        channels = {
            name: _Bent(channel, kind, change) if name in peers else channel
            for name, channel in session.channels.items()
        }
        return _party()(Session(session.sid, session.me, channels))

    return run


def _flip(at: int) -> Callable[[bytes], bytes]:
    return lambda payload: payload[:at] + bytes([payload[at] ^ 1]) + payload[at + 1 :]


SIZE_BITS = (1 << 40).to_bytes(8, "little")


@pytest.mark.parametrize(
    ("culprit", "kind", "change", "code"),
    [
        ("one", Message.GREETING, _flip(0), "psi.malformed"),
        ("one", Message.GREETING, _flip(4), "psi.version"),
        ("one", Message.GREETING, _flip(6), "psi.terms_differ"),
        ("one", Message.GREETING, _flip(8), "psi.malformed"),
        ("one", Message.GREETING, lambda hello: hello[:8] + b"i" + hello[9:], "psi.key_types_differ"),
        ("one", Message.GREETING, _flip(24), "psi.terms_differ"),
        ("one", Message.GREETING, _flip(40), "psi.wrong_session"),
        ("one", Message.GREETING, lambda hello: hello + b"x", "protocol.message_too_large"),
        ("one", Message.GREETING, lambda hello: hello[:-1], "psi.malformed"),
        ("one", Message.TOSS, _flip(0), "psi.bad_toss"),
        ("one", Message.TOSS, _flip(32), "psi.views_differ"),
        ("one", Message.SIZE, lambda _: SIZE_BITS, "psi.set_too_large"),
        ("lead", Message.SIZE, lambda _: SIZE_BITS, "psi.set_too_large"),
        ("lead", Message.ROOM, lambda _: bytes(8), "psi.malformed"),
        ("lead", Message.ROOM, lambda _: SIZE_BITS, "psi.malformed"),
        ("one", Message.HINT, lambda hint: hint[:-1], "psi.malformed"),
        ("one", Message.HINT, lambda hint: hint + b"1", "protocol.message_too_large"),
        ("lead", Message.COMMON, lambda tags: tags[:-11], "psi.malformed"),
        ("lead", Message.COMMON, lambda tags: bytes(len(tags)), "psi.result_differs"),
        ("one", Message.DONE, _flip(5), "psi.result_differs"),
    ],
)
def test_rubbish(culprit: str, kind: int, change: Callable[[bytes], bytes], code: str) -> None:
    errors = _failures(culprit, _bent(kind, change, tuple(set(NAMES) - {culprit})))
    codes = {
        error.peer_code if isinstance(error, PeerFailed) else getattr(error, "code", "") for error in errors.values()
    }
    assert code in codes


def test_a_size_that_is_not_for_a_follower() -> None:
    errors = _failures("one", _bent(Message.SIZE, lambda _: (5).to_bytes(8, "little"), ("two",)))
    assert isinstance(errors["two"], ProtocolError)
    assert errors["two"].code == "psi.malformed"


def test_a_party_that_shows_two_faces() -> None:
    """`one` commits to one coin towards `two` and to another towards the rest: the others compare what they heard."""
    errors = _failures("one", _bent(Message.GREETING, _flip(56), ("two",)))
    codes = {getattr(error, "peer_code", getattr(error, "code", "")) for error in errors.values()}
    assert "psi.views_differ" in codes


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"reveal": Reveal.RECEIVER}, "psi.terms_differ"),
        ({"key_types": b"i"}, "psi.key_types_differ"),
        ({"detail": b"other rules"}, "psi.terms_differ"),
        ({"sid": bytes(32)}, "psi.wrong_session"),
        ({"leader": "one"}, "psi.wrong_session"),
    ],
)
def test_parties_that_were_told_different_things(other: dict[str, Any], code: str) -> None:
    errors = _failures("two", program(ITEMS, NAMES, **other))
    codes = {getattr(error, "peer_code", getattr(error, "code", "")) for error in errors.values()}
    assert code in codes


def test_own_limits_and_terms() -> None:
    session = make_sessions(NAMES)["one"]
    for names, leader in (
        (NAMES[:3], "lead"), (("lead", "lead", "one", "two"), "lead"), (NAMES, "nobody"), (NAMES[1:], "one"),
    ):  # fmt: skip
        with pytest.raises(ParameterError) as raised:
            intersect_many(session, Terms(SID), names, leader, filling(ITEMS))
        assert raised.value.code == "psi.parties"
        session = make_sessions(NAMES)["one"]
    pair = make_sessions(("lead", "one"))["one"]
    with pytest.raises(ParameterError, match="parties"):
        intersect_many(pair, Terms(SID), ("lead", "one"), "lead", filling(ITEMS))
    for terms in (Terms(SID, malicious=True), Terms(SID, protocol=Protocol.SUM)):
        with pytest.raises(ParameterError):
            intersect_many(make_sessions(NAMES)["one"], terms, NAMES, "lead", filling(ITEMS))


def test_a_table_that_is_too_large() -> None:
    errors = _failures("one", program(ITEMS, NAMES, max_items=100))
    assert isinstance(errors["one"], ResourceError)
    assert errors["one"].code == "psi.too_many_items"
    told = [error for name, error in errors.items() if name != "one"]
    assert all(isinstance(error, PeerFailed) and error.peer_code == "psi.too_many_items" for error in told)


def test_keys_that_do_not_fit_the_stores_of_this_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def unlucky(*_: Any) -> Any:
        raise ArithmeticError

    monkeypatch.setattr(star.kernel, "okvs_encode", unlucky)
    errors = _failures("one", _party())
    assert {getattr(error, "peer_code", getattr(error, "code", "")) for error in errors.values()} == {"psi.unlucky"}


def test_meet_raises_the_first_error_without_waiting() -> None:
    sessions = make_sessions(("a", "b", "c"))
    held = threading.Event()

    def talk(name: str, _: Any) -> None:
        if name == "b":
            assert held.wait(SOON_S)
        else:
            raise ProtocolError("psi.malformed", "Bad.")

    with pytest.raises(ProtocolError):
        roundtable.meet(sessions["a"].channels, talk)
    held.set()


def test_store_options_are_checked_before_the_others_wait() -> None:
    bad = lambda session: intersect_many(  # noqa: E731
        session, Terms(SID), NAMES, "lead", filling(ITEMS), store=Store(memory=5)
    )
    errors = _failures("two", bad)
    assert isinstance(errors["two"], ValueError)
