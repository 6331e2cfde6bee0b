"""Two PSI parties in two threads over a memory pair, for the tests of this room."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from tacit.channel.channel import Channel
from tacit.channel.memory import memory_pair
from tacit.protocols.psi import run
from tacit.protocols.psi.run import Fill
from tacit.protocols.psi.wire import Group, Match, Protocol, Reveal, Side, Terms

SID = bytes(range(32))
SIDES = tuple(Side)


def digests(items: Sequence[object]) -> np.ndarray:
    joined = b"".join(hashlib.sha256(repr(item).encode()).digest()[:16] for item in items)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(items), 16)


def random_digests(count: int, stream: int) -> np.ndarray:
    """The same in every run."""
    return np.random.default_rng(stream).integers(0, 256, (count, 16), dtype=np.uint8)


def filled(items: np.ndarray) -> Fill:
    return lambda keys: keys.add(items)


def both(receiver: Callable[[Channel], Any], sender: Callable[[Channel], Any], wrap: Any = None) -> tuple[Any, Any]:
    """Results, or the errors, of the two sides; a side that ends closes its channel as a worker does."""
    left, right = memory_pair("receiver", "sender", patience_s=20)
    ends = (left, right) if wrap is None else (wrap(left), wrap(right))

    def run_side(side: Callable[[Channel], Any], channel: Channel) -> Any:
        try:
            return side(channel)
        except Exception as error:
            return error
        finally:
            channel.close()

    with ThreadPoolExecutor(2) as pool:
        futures = pool.submit(run_side, receiver, ends[0]), pool.submit(run_side, sender, ends[1])
        return futures[0].result(), futures[1].result()


def side(me: Side, items: np.ndarray, terms: Terms, **options: Any) -> Callable[[Channel], Match]:
    return lambda channel: run.intersect(channel, terms, me, filled(items), **options)


def intersect_digests(xs: np.ndarray, ys: np.ndarray, terms: Terms) -> tuple[Match, Match]:
    mine, theirs = both(side(Side.RECEIVER, xs, terms), side(Side.SENDER, ys, terms))
    for result in (mine, theirs):
        if isinstance(result, Exception):
            raise result
    return mine, theirs


def intersect(
    xs: Sequence[object],
    ys: Sequence[object],
    reveal: Reveal = Reveal.BOTH,
    group: Group = Group.RISTRETTO255,
    protocol: Protocol = Protocol.ECDH,
) -> tuple[Match, Match]:
    terms = Terms(sid=SID, group=group, reveal=reveal, protocol=protocol)
    return intersect_digests(digests(xs), digests(ys), terms)
