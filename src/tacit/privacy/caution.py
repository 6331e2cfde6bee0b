"""Caution about repeated matches: small results, and sets that change a little from run to run to single rows out.

Whoever may intersect as often as it likes learns by differences: a set with one more key, a result with one more row
(Guo et al., "Birds of a Feather Flock Together", USENIX Security 2022). An owner therefore limits how many runs with
almost the same set the other side may make. Each side looks at its own sets, which nobody else sees, and tells the
number: that holds against people who use an honest node, not against a node that lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SKETCH = 256  # smallest values that are kept: the estimate of a similarity of 0.9 has a deviation of 0.02
ALIKE = 0.9  # Jaccard similarity from which two sets count as almost the same
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Caution:
    """What the owner of this side allows. `similar_runs`: runs of the other side with almost the same set within
    `similar_days`, None for no limit. `min_result`: a result of fewer common keys is not given to anybody.
    `difference`: figures over rows that differ by fewer from those of an earlier release are not given; 0: no look at
    earlier ones. `dominance`: largest share of one row in a sum. `rounding`: own figures are rounded to multiples."""

    min_result: int = 0
    similar_runs: int | None = None
    similar_days: int = 30
    difference: int = 0
    dominance: float | None = None
    rounding: float | None = None


def sketch(heads: NDArray[np.uint64]) -> list[int]:
    """The smallest distinct values of a set of uniform 64-bit hashes (bottom-k; Cohen and Kaplan, 2007)."""
    if len(heads) > SKETCH:
        heads = np.partition(heads, SKETCH - 1)[:SKETCH]
    return [int(value) for value in np.unique(heads)]


def similarity(left: Iterable[int], right: Iterable[int]) -> float:
    """Estimated Jaccard similarity of the sets behind two sketches, 0 to 1; exact for sets up to SKETCH."""
    one, other = set(left), set(right)
    union = sorted(one | other)[: max(SKETCH, 1)]
    return sum(value in one and value in other for value in union) / len(union) if union else 1.0


def similar_runs(
    past: Iterable[Mapping[str, Any]],
    mine: list[int],
    mark: str,
    *,
    now: float,
    days: int,
    basis: str = "",
    keys: int = 0,
) -> int:
    """How many past runs of the last `days` had almost this set. The same set again (equal `mark`) is none of them.

    `basis`: what the keys were made of. Sets of another basis cannot be compared: one of about as many `keys` may be
    the same rows under other names, and counts.
    """
    since = now - days * DAY_S
    return sum(entry["at"] >= since and entry["mark"] != mark and _is_alike(entry, mine, basis, keys) for entry in past)


def _is_alike(entry: Mapping[str, Any], mine: list[int], basis: str, keys: int) -> bool:
    if entry.get("basis", basis) == basis:
        return similarity(entry["sketch"], mine) >= ALIKE
    fewer, more = sorted((int(entry["keys"]), keys))
    return fewer >= ALIKE * more
