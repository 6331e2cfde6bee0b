"""Keys of a private join in bins: hashed under a joint seed, sorted by their top bits, repeats removed.

A key is x = AES-128(seed, h) ⊕ h for a digest h (16 bytes), so that nobody who chose digests before the seed was known
can choose in which bins they fall. Bin i of 2^b holds the keys whose top b bits, of the last byte first, are i.
"""

from __future__ import annotations

import os

from tacit.kernel import _native
from tacit.kernel.arrays import Bytes, check_count, check_secret
from tacit.kernel.field import check_blocks
from tacit.kernel.okvs import Numbers, Offsets


class KeyBins:
    """Keys that are added part by part, finished once, and then read bin by bin.

    Rows are numbered from 0 over all calls of `add` and `skip`; there are at most 2^32. In memory a key takes 20 bytes;
    while they are finished, parts are given back as they are used. Steps in another order raise RuntimeError.
    """

    __slots__ = ("_bins",)

    def __init__(
        self, seed: bytes, expected: int = 0, *, memory: int = 0, folder: str | None = None, keep_repeats: bool = False
    ) -> None:
        """`expected`: a guess of the number of keys, 0 if unknown; a wrong one costs time only.

        With `memory` > 0 and a `folder`, keys beyond `memory` bytes go to files without a name in that folder, and
        groups are read from there. OSError if that fails, now or later. `seed` has 16 bytes.
        """
        check_secret(seed, "seed", 16)
        check_count(expected, "expected", 1 << 48)
        check_count(memory, "memory")
        if folder is not None and not isinstance(folder, str):
            raise TypeError(f"folder must be a string, not {type(folder).__name__}")
        if (memory > 0) != (folder is not None):
            raise ValueError("memory and folder go together")
        if folder is not None and not os.path.isdir(folder):
            raise NotADirectoryError("folder must be a directory that exists")
        self._bins = _native.KeyBins(seed, int(expected), int(memory), folder, bool(keep_repeats))

    def add(self, digests: Bytes) -> None:
        """The digests (n, 16) of the next n rows. ValueError if there are more than 2^32 rows."""
        check_blocks(digests, "digests")
        self._bins.add(digests)

    def skip(self, rows: int) -> None:
        """The next `rows` rows have no key: their numbers are passed over. ValueError beyond 2^32 rows."""
        check_count(rows, "rows")
        self._bins.skip(int(rows))

    def finish(self) -> None:
        """Sort, and remove repeats: of equal keys that with the lowest row stays. One bin until `arrange`."""
        self._bins.finish()

    @property
    def rows(self) -> int:
        """Rows added or skipped so far."""
        return self._bins.counts()[0]

    @property
    def distinct(self) -> int:
        """Different keys. RuntimeError before `finish`."""
        return self._finished()[0]

    @property
    def repeated(self) -> int:
        """Keys that were removed because they were there before. RuntimeError before `finish`."""
        return self._finished()[1]

    def arrange(self, bins: int) -> None:
        """Use `bins` bins, a power of two up to 2^24, from now on. Arrays from earlier groups stay as they are."""
        check_count(bins, "bins", (1 << 24) + 1)
        if bins < 1 or bins & (bins - 1):
            raise ValueError("bins must be a power of two")
        self._bins.arrange(int(bins).bit_length() - 1)

    def group(self, first: int, stop: int) -> tuple[Bytes, Numbers, Offsets]:
        """Bins `first` to `stop` - 1 → keys (k, 16), their rows (k,), where bins begin (stop - first + 1,), from 0.

        Keys and rows are read-only and, in memory, not copied. ValueError if there are no such bins.
        """
        check_count(first, "first")
        check_count(stop, "stop")
        return self._bins.group(int(first), int(stop))

    def repeats(self) -> tuple[Numbers, Numbers]:
        """Rows of removed keys, ascending, and the row that stays for each; empty without `keep_repeats`."""
        return self._bins.repeats()

    def _finished(self) -> tuple[int, int]:
        _, distinct, repeated = self._bins.counts()
        if distinct is None or repeated is None:
            raise RuntimeError("keys are not finished")
        return distinct, repeated
