"""Several parties sit down: greeting, joint toss, keys of every pair, sizes. All talk to all, nobody waits in vain."""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from queue import SimpleQueue
from typing import TypeVar

from tacit.channel.channel import Channel, Session
from tacit.errors import DataError, ParameterError, PeerFailed, ProtocolError, ResourceError, TacitError
from tacit.kernel import Blake3
from tacit.protocols.psi.wire import KEY_TYPES, MAX_ITEMS, Terms, malformed, recv_exact, result_differs, swap

VERSION = 1
FEWEST, MOST = 3, 10

# magic, version, parties, reveal, key types, hash of other terms, mark of session and seats, commitment
_GREETING = struct.Struct("<4sHBB16s16s16s32s")
_TOSS = struct.Struct("<32s32s16s")  # the committed secret, what I heard from all, my half of this pair's key
_SIZE = struct.Struct("<Q")
_MAGIC = b"TPSM"
_T = TypeVar("_T")


class Message(IntEnum):
    """Message numbers on the channels, in the order of first use. The leader's channels also carry the OPRF's."""

    GREETING = 0x5030
    TOSS = 0x5031
    SIZE = 0x5032
    ROOM = 0x5033
    HINT = 0x5034
    COMMON = 0x5035
    DONE = 0x5036


class Table:
    """One party's place among all. `order` names all parties, the same list at all of them.

    Raises ParameterError psi.parties.
    """

    def __init__(self, session: Session, terms: Terms, order: Sequence[str], leader: str) -> None:
        _check_parties(session, order, leader)
        self.channels = session.channels
        self.terms = terms
        self.me = session.me
        self.leader = leader
        self.followers = tuple(name for name in order if name != leader)
        self.pair_keys: dict[str, bytes] = {}
        self._names = tuple(order)

    def open(self) -> bytes:
        """Greet all, then toss a seed of 16 bytes with all, in two flights. Also fills `pair_keys`.

        The seed is the hash of a secret of every party, shown only after all have committed to theirs; with it all
        repeat the greetings that they heard, so that nobody shows different faces to different parties.

        Raises ProtocolError psi.malformed, psi.version, psi.wrong_session, psi.terms_differ, psi.views_differ,
        psi.bad_toss; DataError psi.key_types_differ; PeerLost, PeerFailed.
        """
        secret = os.urandom(32)
        mine = self._greeting(self._commitment(self.me, secret))
        greetings = self._swap(Message.GREETING, dict.fromkeys(self.channels, mine))
        for name, greeting in greetings.items():
            self._check_greeting(name, greeting)
        seed = self._toss(secret, {**greetings, self.me: mine})
        self.terms = self.terms.bound(seed)
        return seed

    def exchange_sizes(self, count: int) -> tuple[dict[str, int], int]:
        """Sizes that I am told, by name, and the room: what all lay out their keys for.

        Begins when every party is ready. The leader is told all sizes, a follower only the leader's. The room is the
        leader's size or, if a follower has more, the largest size of a follower rounded up to a power of two.

        Raises ResourceError psi.too_many_items for my own set; ProtocolError psi.set_too_large, psi.malformed;
        PeerLost, PeerFailed.
        """
        _check_own_size(count, self.terms)
        mine = {name: _SIZE.pack(count if self._shares_size(name) else 0) for name in self.channels}
        told = {name: _SIZE.unpack(payload)[0] for name, payload in self._swap(Message.SIZE, mine).items()}
        for name, size in told.items():
            _check_size(size, self.terms)
            if size and not self._shares_size(name):
                raise malformed("a size that is not for this party")
        if self.me != self.leader:
            room = _SIZE.unpack(recv_exact(self.channels[self.leader], Message.ROOM, _SIZE.size))[0]
            if not max(told[self.leader], count) <= room <= 2 * MAX_ITEMS:
                raise malformed("a room that is too small or too large")
            return {self.leader: told[self.leader]}, room
        largest = max(told.values())
        room = count if largest <= count else 1 << (largest - 1).bit_length()
        for channel in self.channels.values():
            channel.send(Message.ROOM, _SIZE.pack(room))
        return told, room

    def conclude(self, result: bytes) -> None:
        """End together, all with the same `result`. Raises ProtocolError psi.result_differs."""
        mine = dict.fromkeys(self.channels, self._seal(self.me, result))
        for name, seal in self._swap(Message.DONE, mine).items():
            if seal != self._seal(name, result):
                raise result_differs()

    def _seal(self, name: str, result: bytes) -> bytes:
        return self._hash("done", name.encode(), result)

    def _shares_size(self, peer: str) -> bool:
        return self.leader in (self.me, peer)

    def _swap(self, message: Message, mine: Mapping[str, bytes]) -> dict[str, bytes]:
        return meet(self.channels, lambda name, channel: swap(channel, message, mine[name]))

    def _greeting(self, commitment: bytes) -> bytes:
        terms, count = self.terms, len(self._names)
        plain = (_MAGIC, VERSION, count, terms.reveal, terms.key_types)
        return _GREETING.pack(*plain, self._others(), self._mark(self.me), commitment)

    def _check_greeting(self, name: str, greeting: bytes) -> None:
        magic, version, count, reveal, key_types, others, mark, _ = _GREETING.unpack(greeting)
        if magic != _MAGIC:
            raise malformed("a greeting of another protocol")
        if version != VERSION:
            raise ProtocolError(
                "psi.version",
                "The peer speaks another version of this protocol.",
                found=str(version),
                expected=str(VERSION),
            )
        if mark != self._mark(name):
            raise ProtocolError(
                "psi.wrong_session", "The peer's greeting belongs to another session, role, leader or list of parties."
            )
        if (count, reveal, others) != (len(self._names), self.terms.reveal, self._others()):
            raise ProtocolError("psi.terms_differ", "The peer was told another number of parties or other terms.")
        _check_types(key_types.rstrip(b"\0"), self.terms.key_types)

    def _others(self) -> bytes:
        return self._hash("terms", self.terms.parameters.encode(), self.terms.detail)[:16]

    def _toss(self, secret: bytes, greetings: Mapping[str, bytes]) -> bytes:
        heard = self._hash("echo", *(part for name in self._names for part in (name.encode(), greetings[name])))
        halves = {name: os.urandom(16) for name in self.channels}
        mine = {name: _TOSS.pack(secret, heard, half) for name, half in halves.items()}
        secrets = {self.me: secret}
        for name, payload in self._swap(Message.TOSS, mine).items():
            secrets[name], echo, half = _TOSS.unpack(payload)
            if echo != heard:
                raise ProtocolError("psi.views_differ", "The peers did not hear the same from one of the parties.")
            if self._commitment(name, secrets[name]) != _GREETING.unpack(greetings[name])[-1]:
                raise ProtocolError("psi.bad_toss", "The peer shows another coin than it committed to.")
            self.pair_keys[name] = self._pair_key({self.me: halves[name], name: half})
        return self._hash("seed", *(secrets[name] for name in self._names))[:16]

    def _pair_key(self, halves: Mapping[str, bytes]) -> bytes:
        return self._hash("pair", *(part for name in sorted(halves) for part in (name.encode(), halves[name])))[:16]

    def _commitment(self, name: str, secret: bytes) -> bytes:
        return self._hash("commitment", name.encode(), secret)

    def _mark(self, name: str) -> bytes:
        return self._hash("greeting", *(each.encode() for each in (name, self.leader, *self._names)))[:16]

    def _hash(self, use: str, *parts: bytes) -> bytes:
        """32 bytes of a hash that belongs to this session and this use; every part counts with its length."""
        keyed = Blake3(self.terms.key(f"many/{use}"))
        for part in parts:
            keyed.update(struct.pack("<I", len(part)))
            keyed.update(part)
        return keyed.digest()


def meet(channels: Mapping[str, Channel], talk: Callable[[str, Channel], _T]) -> dict[str, _T]:
    """`talk(name, channel)` on all channels at once → results by name; the first error is raised at once.

    Threads that still wait then are left behind: they end with their channels, which the caller must fail.
    """
    ended: SimpleQueue[tuple[str, _T | BaseException, bool]] = SimpleQueue()

    def run(name: str, channel: Channel) -> None:
        try:
            ended.put((name, talk(name, channel), True))
        except BaseException as error:
            ended.put((name, error, False))

    for name, channel in channels.items():
        threading.Thread(target=run, args=(name, channel), name=f"talk to {name}", daemon=True).start()
    results: dict[str, _T] = {}
    for _ in channels:
        name, result, good = ended.get()
        if not good and isinstance(result, BaseException):
            raise result
        results[name] = result  # type: ignore[assignment]
    return results


@contextmanager
def telling_all(channels: Mapping[str, Channel]) -> Iterator[None]:
    """If this party stops, all peers hear why at once: its own error's code, or that of the peer that stopped first."""
    try:
        yield
    except BaseException as error:
        code = error.code if isinstance(error, TacitError) else "internal.step_failed"
        _fail(channels, error.peer_code if isinstance(error, PeerFailed) else code)
        raise


def _fail(channels: Mapping[str, Channel], code: str) -> None:
    """All at once: one peer that takes nothing any more must not keep the others waiting."""
    threads = [threading.Thread(target=channel.fail, args=(code,), daemon=True) for channel in channels.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _check_parties(session: Session, order: Sequence[str], leader: str) -> None:
    if not FEWEST <= len(order) <= MOST or sorted(order) != list(session.parties) or leader not in order:
        raise ParameterError(
            "psi.parties",
            "The parties of the intersection do not fit the session.",
            found=f"{len(order)} named, {len(session.parties)} in the session",
            expected=f"{FEWEST} to {MOST}, each named once, the leader among them",
        )


def _check_own_size(count: int, terms: Terms) -> None:
    if count > terms.max_items:
        raise ResourceError(
            "psi.too_many_items",
            "The table has more keys than one PSI may take.",
            found=str(count),
            expected=f"at most {terms.max_items}",
            hint="Split the table.",
        )


def _check_size(count: int, terms: Terms) -> None:
    if count > terms.max_items:
        raise ProtocolError(
            "psi.set_too_large",
            "The peer announces more items than are allowed here.",
            found=str(count),
            expected=f"at most {terms.max_items}",
        )


def _check_types(theirs: bytes, mine: bytes) -> None:
    if not set(theirs) <= set(KEY_TYPES):
        raise malformed("unknown key types")
    if theirs != mine:
        raise DataError(
            "psi.key_types_differ",
            "The key columns of the parties differ in number or type, so that no key could match.",
            expected="the same types in the same order",
            hint="Set `types` in dataset.read at one side, for example text for numbers with leading zeros.",
        )
