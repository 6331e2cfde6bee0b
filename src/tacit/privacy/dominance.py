"""Dominance: how large a part of a sum one row can be. Whoever knows all the others then knows that row.

The (1, share) rule of statistical offices (Hundepool and others, Statistical Disclosure Control, 2012, 4.2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def largest_share(values: Values) -> float:
    """Of the largest magnitude in the sum of magnitudes of the values (n,); 0 for a sum of nothing."""
    magnitudes = np.abs(values)
    total = float(magnitudes.sum())
    return float(magnitudes.max(initial=0.0)) / total if total > 0 else 0.0


def worst_share(values: Values, least: int) -> float:
    """The largest share that a row can have in any sum over at least `least` of the values: what an owner goes by
    that does not know over which rows the other side sums."""
    magnitudes = np.sort(np.abs(values))
    if not len(magnitudes) or magnitudes[-1] == 0:
        return 0.0
    others = float(magnitudes[: max(0, min(least, len(magnitudes)) - 1)].sum())
    return float(magnitudes[-1] / (magnitudes[-1] + others))
