"""One intersection as many independent ones: items split by a joint hash, every shard filled up to one public size."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import numpy as np

from tacit import kernel
from tacit.channel.channel import Channel
from tacit.errors import ParameterError
from tacit.kernel.arrays import Bytes
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi import run
from tacit.protocols.psi.oprf import unlucky
from tacit.protocols.psi.wire import ITEM_BYTES, Match, Side, Terms, malformed, result_differs

MAX_SHARDS = 1 << 10
SHARD_BITS = 41.0  # -log2 of the chance that a shard of one side overflows: both sides together 2^-40
_DETAIL = b"tacit/psi/shards\0"


@dataclass(frozen=True, slots=True)
class Shard:
    """One shard of a run, as a worker needs it: its own terms, the size that this side announces in it, the peer's."""

    number: int
    terms: Terms
    size: int
    peer_size: int


def check_shards(shards: int) -> None:
    """Raises ParameterError psi.shards."""
    if not 1 <= shards <= MAX_SHARDS or shards & (shards - 1):
        raise ParameterError(
            "psi.shards",
            "The keys cannot be split into so many shards.",
            found=str(shards),
            expected=f"a power of two, at most {MAX_SHARDS}",
        )


def sharded_terms(terms: Terms, shards: int) -> Terms:
    """The terms of the whole run: the number of shards is one of them, so that no side splits in another way.

    Raises ParameterError psi.shards.
    """
    check_shards(shards)
    return replace(terms, detail=_DETAIL + shards.to_bytes(4, "little") + terms.detail)


def shard_size(count: int, shards: int) -> int:
    """What a side with `count` distinct keys announces in every one of `shards` shards; depends on nothing else."""
    return max(1, kernel.bin_capacity(count, shards, SHARD_BITS))


def plan_shards(terms: Terms, count: int, peer_count: int, shards: int) -> list[Shard]:
    """All shards of a run. `terms`: bound to the joint seed (`run.prepare`), so that session ids are fresh.

    Every shard has a session id of its own; inside, its two workers toss a seed of their own, so that bins and stores
    of a shard are independent of the split.
    """
    size, peer_size = shard_size(count, shards), shard_size(peer_count, shards)
    limit = max(size, peer_size)
    return [
        Shard(number, replace(terms, sid=terms.key(f"shard/{number}"), max_items=limit, detail=b""), size, peer_size)
        for number in range(shards)
    ]


def line_sid(terms: Terms, worker: int) -> bytes:
    """The session id (32 bytes) of the line between the two workers of this number."""
    return terms.key(f"worker/{worker}")


def split_keys(keys: KeyBins, shards: int, size: int) -> list[int]:
    """Arrange finished keys so that bin i is shard i; how many keys are in each, never more than `size`.

    Keys are hashes under the joint seed of the run, so that nobody could choose them to fall into one shard.
    Raises ResourceError psi.unlucky, once in 2^41 runs; ParameterError psi.shards.
    """
    check_shards(shards)
    keys.arrange(shards)
    counts = [len(keys.group(number, number + 1)[0]) for number in range(shards)]
    if max(counts) > size:
        raise unlucky("a shard with too many keys")
    return counts


def padded(keys: Bytes, size: int) -> Bytes:
    """`keys` (k, 16) and after them random ones up to `size`: no size tells how many keys are in a shard.

    A random key of 128 bits equals one of m keys of the peer with probability m / 2^128.
    """
    filled = np.empty((size, ITEM_BYTES), dtype=np.uint8)
    filled[: len(keys)] = keys
    missing = size - len(keys)
    filled[len(keys) :] = np.frombuffer(os.urandom(missing * ITEM_BYTES), dtype=np.uint8).reshape(missing, ITEM_BYTES)
    return filled


def intersect_shard(channel: Channel, shard: Shard, me: Side, keys: Bytes) -> Match:
    """Run one shard: `keys` (k, 16) of `split_keys`, at most shard.size. Rows of the match are numbers of `keys`.

    Learns, assumes, costs: as `run.intersect` for shard.size and shard.peer_size keys.
    Raises what `run.intersect` raises; ProtocolError psi.malformed for a peer that does not announce its size,
    psi.result_differs if a random key is found common.
    """
    match = run.intersect(channel, shard.terms, me, lambda bins: bins.add(padded(keys, shard.size)))
    if match.peer_count != shard.peer_size:
        raise malformed("a shard of another size than follows from the number of keys")
    if match.rows is not None and len(match.rows) and int(match.rows.max()) >= len(keys):
        raise result_differs()
    return match
