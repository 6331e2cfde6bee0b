"""The rows of one table that take part in a match: their keys go out as digests, their numbers come back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacit.algorithms.alignment.joins import Groups, groups_of
from tacit.algorithms.alignment.keys import ALL, KeyCounts, KeyDigester, KeyRules, check_repeats, fill_bins
from tacit.algorithms.alignment.normalise import mark
from tacit.kernel.arrays import Bytes
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi.rows import Indices
from tacit.protocols.psi.run import Store


class Members:
    """One table in one match. `fill` and `check` are for `tacit.protocols.psi.run`; the rest speaks afterwards.

    Raises as `KeyDigester` does: the columns are looked at here, before anything is sent.
    """

    def __init__(self, table: pa.Table, rules: KeyRules) -> None:
        self.table = table
        self.rules = rules
        self.types = KeyDigester(table.schema, rules).types
        self.counts = KeyCounts(0, 0, 0)
        self.used = 0
        self.repeated = 0
        self._watch = _Watch()
        self._dropped = self._stays = np.empty(0, dtype=np.int64)

    def rules_mark(self) -> bytes:
        """What both sides must do alike with keys; they compare it before they begin."""
        return mark(self.rules.normalise) + (b"+" if self.rules.duplicates == ALL else b"-")

    def store(self) -> Store:
        return Store(expected=self.table.num_rows, keep_repeats=True)

    def fill(self, bins: KeyBins) -> None:
        self._watch.bins = bins
        self.counts = fill_bins(self._watch, self.table, self.rules).counts

    def check(self, bins: KeyBins) -> None:
        check_repeats(self.rules, bins.repeated, self.table.num_rows)
        self.used, self.repeated = bins.distinct, bins.repeated
        dropped, stays = bins.repeats()
        self._dropped, self._stays = dropped.astype(np.int64), stays.astype(np.int64)

    def groups(self, matched: Indices) -> Groups:
        """Own rows of every matched key: the first one only, unless all are wanted."""
        if self.rules.duplicates != ALL:
            return groups_of(matched, self._dropped[:0], self._stays[:0])
        return groups_of(matched, self._dropped, self._stays)

    def taking_part(self) -> NDArray[np.bool_]:
        """Which rows of the table could be in the result, (n,)."""
        part = self._watch.taking_part()
        if self.rules.duplicates != ALL:
            part[self._dropped] = False
        return part

    def heads(self) -> NDArray[np.uint64]:
        """Eight bytes of the hash of every key that takes part, repeated ones once."""
        part = self._watch.taking_part()
        part[self._dropped] = False
        return self._watch.heads()[part]

    def in_key_order(self, matched: Indices) -> Indices:
        """Rows by the digests of their keys. Stable, so that equal heads keep the order that both sides share."""
        return matched[np.argsort(self._watch.heads()[matched], kind="stable")]


class _Watch:
    """Stands between the digester and the bins, and keeps eight bytes of every digest."""

    def __init__(self) -> None:
        self.bins: KeyBins | None = None
        self._heads: list[NDArray[np.uint64]] = []
        self._part: list[NDArray[np.bool_]] = []

    def add(self, digests: Bytes) -> None:
        self._into().add(digests)
        self._heads.append(np.ascontiguousarray(digests[:, :8]).view("<u8").reshape(-1))
        self._part.append(np.ones(len(digests), dtype=bool))

    def skip(self, rows: int) -> None:
        self._into().skip(rows)
        self._heads.append(np.zeros(rows, dtype=np.uint64))
        self._part.append(np.zeros(rows, dtype=bool))

    def heads(self) -> NDArray[np.uint64]:
        return np.concatenate(self._heads) if self._heads else np.empty(0, dtype=np.uint64)

    def taking_part(self) -> NDArray[np.bool_]:
        return np.concatenate(self._part) if self._part else np.empty(0, dtype=bool)

    def _into(self) -> KeyBins:
        if self.bins is None:
            raise ValueError("there are no bins yet")
        return self.bins
