"""Two PSI parties in two threads over a memory pair, for the tests of this room."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from tacit.channel.channel import Channel
from tacit.channel.memory import memory_pair
from tacit.protocols.psi import ecdh
from tacit.protocols.psi.wire import Group, Reveal, Terms

SID = bytes(range(32))


def digests(items: Sequence[object]) -> np.ndarray:
    joined = b"".join(hashlib.sha256(repr(item).encode()).digest() for item in items)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(items), 32)


def both(receiver: Callable[[Channel], Any], sender: Callable[[Channel], Any]) -> tuple[Any, Any]:
    """Results, or the errors, of the two sides; a side that ends closes its channel as a worker does."""
    left, right = memory_pair("receiver", "sender", patience_s=20)

    def run(side: Callable[[Channel], Any], channel: Channel) -> Any:
        try:
            return side(channel)
        except Exception as error:
            return error
        finally:
            channel.close()

    with ThreadPoolExecutor(2) as pool:
        futures = pool.submit(run, receiver, left), pool.submit(run, sender, right)
        return futures[0].result(), futures[1].result()


def intersect(
    xs: Sequence[object],
    ys: Sequence[object],
    reveal: Reveal = Reveal.BOTH,
    group: Group = Group.RISTRETTO255,
) -> tuple[ecdh.Match, ecdh.Match]:
    terms = Terms(sid=SID, group=group, reveal=reveal)
    mine, theirs = both(
        lambda channel: ecdh.receive(channel, digests(xs), terms),
        lambda channel: ecdh.send(channel, digests(ys), terms),
    )
    for result in (mine, theirs):
        if isinstance(result, Exception):
            raise result
    return mine, theirs
