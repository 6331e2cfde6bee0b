"""The owner's caution in one match: past runs are counted before it, the size of the result is looked at after it."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.algorithms.alignment.exchange import Message
from tacit.channel.channel import Channel
from tacit.errors import RefusedError
from tacit.kernel import blake3_hash
from tacit.privacy.caution import Caution, similar_runs, sketch
from tacit.protocols.psi.roundtable import meet
from tacit.protocols.psi.wire import swap

_WISHES = struct.Struct("<II")  # least result, days over which I want the other side to count
_COUNT = struct.Struct("<I")  # similar runs of mine within the days that the other side wants
_MOST = (1 << 32) - 1


@dataclass(slots=True)
class Guard:
    """`past`: earlier runs with this peer, as `remember` got them. Without either, only the peer's caution counts."""

    caution: Caution = field(default_factory=Caution)
    past: Sequence[Mapping[str, Any]] = ()
    remember: Callable[[dict[str, Any]], None] | None = None
    least: int = 0
    basis: str = ""  # names the columns and rules that keys are made of: see `basis_of`

    def meet(self, channels: Sequence[Channel], heads: NDArray[np.uint64]) -> None:
        """All sides tell the least result they allow, and how many past runs of theirs had almost the present set.

        Runs are counted over the days that the side wants that hears the number: the limit is its own, too.
        heads: eight bytes of the hash of every key that takes part, alike in every session. The run is noted here, so
        that one that is broken off counts too. Raises RefusedError psi.probing, ProtocolError psi.malformed.
        """
        now, mine, mark, own = time.time(), sketch(heads), _mark(heads), self.caution
        wishes = _WISHES.pack(min(own.min_result, _MOST), min(own.similar_days, _MOST))
        told = _swapped(channels, _WISHES, [wishes] * len(channels))
        self.least = max(own.min_result, *(least for least, _ in told))
        count_within = partial(similar_runs, self.past, mine, mark, now=now, basis=self.basis, keys=len(heads))
        similar = [count_within(days=days) for _, days in told]
        counts = _swapped(channels, _COUNT, [_COUNT.pack(min(count, _MOST)) for count in similar])
        theirs = max(count for (count,) in counts)
        if self.remember is not None:
            note = {"at": now, "mark": mark, "sketch": mine, "keys": len(heads), "similar": max(similar)}
            self.remember(note | {"basis": self.basis})
        allowed = self.caution.similar_runs
        if allowed is not None and theirs > allowed:
            raise RefusedError(
                "psi.probing",
                "The other side has matched almost the same set too often.",
                found=f"{theirs} earlier runs with almost the present set",
                expected=f"at most {allowed} in {self.caution.similar_days} days",
                hint="Wait, match the new rows alone, or ask the owner of the data to raise `psi_similar_runs`.",
            )

    def allow(self, count: int | None) -> None:
        """Raises RefusedError psi.result_too_small where fewer keys are common than either owner allows."""
        if count is not None and count < self.least:
            raise RefusedError(
                "psi.result_too_small",
                "The result is smaller than the owners of the data allow.",
                expected=f"at least {self.least} common keys",
                hint="Match larger sets, or ask the owner of the data to lower `psi_min_result`.",
            )

    def allow_threshold(self, threshold: int) -> None:
        """A threshold below the least result would tell more than the result itself may."""
        if threshold < self.least:
            raise RefusedError(
                "psi.result_too_small",
                "The threshold is smaller than the result that the owners of the data allow.",
                found=str(threshold),
                expected=f"at least {self.least}",
            )


def basis_of(columns: Sequence[str], normalise: Sequence[Sequence[str]], types: Sequence[str]) -> str:
    """Hex digits that name what keys are made of. Sets of another basis cannot be compared key by key."""
    parts = [*columns, "", *types, "", *("+".join(rules) for rules in normalise)]
    return blake3_hash("\x1f".join(parts).encode()).hex()[:16]


def _swapped(channels: Sequence[Channel], form: struct.Struct, mine: list[bytes]) -> list[tuple[int, ...]]:
    """Mine to every side, theirs back: from all at once, so that one that has failed is heard while others are slow."""
    lines = {str(at): channel for at, channel in enumerate(channels)}
    theirs = meet(lines, lambda at, channel: swap(channel, Message.HISTORY, mine[int(at)]))
    return [form.unpack(theirs[at]) for at in lines]


def _mark(heads: NDArray[np.uint64]) -> str:
    """Names a set, whatever its order."""
    return blake3_hash(np.sort(heads).tobytes()).hex()[:32]
