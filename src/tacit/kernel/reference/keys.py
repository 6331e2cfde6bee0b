"""Keys in bins by a dictionary and a sort."""

from __future__ import annotations

import numpy as np

from tacit.kernel.arrays import Bytes
from tacit.kernel.okvs import Numbers, Offsets
from tacit.kernel.reference.field import block_hash, blocks_of, numbers


class KeyBins:
    """Keeps the lowest row of every key, in order; bins are cut by the top bits."""

    def __init__(
        self, seed: bytes, expected: int = 0, *, memory: int = 0, folder: str | None = None, keep_repeats: bool = False
    ) -> None:
        self.rows = self.distinct = self.repeated = 0
        self._seed, self._keep, self._bits = seed, keep_repeats, 0
        self._first: dict[int, int] = {}
        self._repeats: list[tuple[int, int]] = []

    def add(self, digests: Bytes) -> None:
        """Row after row."""
        for key in numbers(block_hash(digests, self._seed)):
            if self._first.setdefault(key, self.rows) != self.rows:
                self._repeats.append((self.rows, self._first[key]))
            self.rows += 1

    def skip(self, rows: int) -> None:
        """Numbers are passed over."""
        self.rows += rows

    def finish(self) -> None:
        """Count."""
        self.distinct, self.repeated = len(self._first), len(self._repeats)

    def arrange(self, bins: int) -> None:
        """Into 2^bits bins."""
        self._bits = bins.bit_length() - 1

    def group(self, first: int, stop: int) -> tuple[Bytes, Numbers, Offsets]:
        """Within a bin by row; the kernel's order within a bin is its own."""
        places = [key >> (128 - self._bits) for key in self._first]
        inside = [(p, row, key) for p, (key, row) in zip(places, self._first.items(), strict=True) if first <= p < stop]
        inside.sort()
        counts = np.bincount([p - first for p, _, _ in inside], minlength=stop - first).astype(np.int64)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return blocks_of(key for _, _, key in inside), np.array([r for _, r, _ in inside], np.uint32), offsets

    def repeats(self) -> tuple[Numbers, Numbers]:
        """As they came."""
        pairs = np.array(self._repeats if self._keep else [], dtype=np.uint32).reshape(-1, 2)
        return pairs[:, 0].copy(), pairs[:, 1].copy()
