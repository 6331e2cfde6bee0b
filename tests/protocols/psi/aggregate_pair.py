"""Two parties of an aggregate protocol over a memory pair, with keys from plain items."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from protocols.psi.psi_pair import SID, both
from tacit.channel.channel import Channel
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi.wire import Group, Reveal, Terms

SEED = bytes(range(16))
Side = Callable[[Channel, KeyBins, Terms], Any]


def item_digests(items: Sequence[object]) -> np.ndarray:
    joined = b"".join(hashlib.sha256(repr(item).encode()).digest()[:16] for item in items)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(items), 16)


def key_bins(items: Sequence[object]) -> KeyBins:
    keys = KeyBins(SEED)
    keys.add(item_digests(items))
    keys.finish()
    return keys


def terms_of(reveal: Reveal = Reveal.BOTH, group: Group = Group.RISTRETTO255) -> Terms:
    return Terms(sid=SID, reveal=reveal, group=group)


def run_pair(
    xs: Sequence[object], ys: Sequence[object], receive: Side, send: Side, terms: Terms | None = None
) -> tuple[Any, Any]:
    """What both sides give; the first error is raised."""
    mine, theirs = try_pair(xs, ys, receive, send, terms)
    for result in (mine, theirs):
        if isinstance(result, Exception):
            raise result
    return mine, theirs


def try_pair(
    xs: Sequence[object], ys: Sequence[object], receive: Side, send: Side, terms: Terms | None = None
) -> tuple[Any, Any]:
    """What both sides give, or their errors."""
    agreed = terms or terms_of()
    return both(
        lambda channel: receive(channel, key_bins(xs), agreed),
        lambda channel: send(channel, key_bins(ys), agreed),
    )
