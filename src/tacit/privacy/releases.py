"""Differences between releases: figures over almost the same rows, subtracted, are figures over the few others.

Of the rows behind every figure that was given out a sketch of fixed size is kept, from which the number of rows that
two releases do not share can be told exactly if it is small. The sketch is an invertible Bloom lookup table
(Goodrich, Mitzenmacher, Allerton 2011; difference of sets: Eppstein, Goodrich, Uyeda, Varghese, SIGCOMM 2011): each
row's hash is added, by exclusive or, to one cell of each of four parts; two sketches combined hold the difference
alone, which is read out cell by cell. It holds hashes under a key of the owner and stays on its node.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CELLS = 256
PARTS = 4
MOST = 100  # differences up to here are always told; 256 cells read out about 190 of them
_SHIFT = np.uint64(64 - 6)  # 64 cells per part
_MIX = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xC2B2AE3D27D4EB4F),
    np.uint64(0x165667B19E3779F9),
    np.uint64(0xD6E8FEB86659FD93),
)
_CHECK = np.uint64(0xFF51AFD7ED558CCD)

Ids = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Sketch:
    """`ids`, `checks` (CELLS,): exclusive or of the rows' hashes, and of a second hash of them."""

    ids: Ids
    checks: Ids

    def text(self) -> str:
        """For a line of JSON."""
        return base64.b64encode(np.concatenate([self.ids, self.checks]).tobytes()).decode()


def sketch_of(ids: Ids) -> Sketch:
    """Of a set of uniform 64-bit hashes; repeated ones count once."""
    once = np.unique(ids)
    result = Sketch(np.zeros(CELLS, np.uint64), np.zeros(CELLS, np.uint64))
    if not len(once):
        return result
    checks = _check(once)
    for places in _places(once):
        order = np.argsort(places, kind="stable")
        ordered = places[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        result.ids[ordered[starts]] ^= np.bitwise_xor.reduceat(once[order], starts)
        result.checks[ordered[starts]] ^= np.bitwise_xor.reduceat(checks[order], starts)
    return result


def read_sketch(text: str) -> Sketch:
    """The reverse of `Sketch.text`. Raises ValueError."""
    words = np.frombuffer(base64.b64decode(text, validate=True), np.uint64)
    if len(words) != 2 * CELLS:
        raise ValueError("not a sketch")
    return Sketch(words[:CELLS].copy(), words[CELLS:].copy())


def difference(one: Sketch, other: Sketch) -> int | None:
    """How many rows are in exactly one of two sets; None: more than can be told, and certainly more than MOST."""
    ids, checks, found = one.ids ^ other.ids, one.checks ^ other.checks, 0
    while True:
        filled = np.flatnonzero(ids | checks)
        if not len(filled):
            return found
        pure = filled[_check(ids[filled]) == checks[filled]]
        if not len(pure):
            return None
        for row in np.unique(ids[pure]):
            _toggle(ids, checks, row)
            found += 1
        if found > CELLS:
            return None


def _toggle(ids: Ids, checks: Ids, row: np.uint64) -> None:
    alone = np.array([row], np.uint64)
    for places in _places(alone):
        ids[places[0]] ^= row
        checks[places[0]] ^= _check(alone)[0]


def _places(ids: Ids) -> list[NDArray[np.int64]]:
    """The cell in each part."""
    width = CELLS // PARTS
    with np.errstate(over="ignore"):
        return [((ids * mix) >> _SHIFT).astype(np.int64) + part * width for part, mix in enumerate(_MIX)]


def _check(ids: Ids) -> Ids:
    with np.errstate(over="ignore"):
        mixed = (ids ^ (ids >> np.uint64(33))) * _CHECK
        return mixed ^ (mixed >> np.uint64(29))
