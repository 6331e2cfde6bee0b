"""Minimum group size with complementary suppression: nothing about too few rows is published or can be subtracted.

A group with fewer than `minimum` rows is withheld. Whoever knows the total of all rows (the owner of a column always
does) can subtract the published groups from it; what remains is the total of all withheld groups together. So the
withheld groups must have at least `minimum` rows together too: if they have fewer, the smallest published group is
withheld as well. The same holds for every measured column with its rows that have a value there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tacit.errors import ParameterError

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]

SMALLEST_MINIMUM = 2  # a group of one is a person


def check_minimum(minimum: int) -> int:
    """The minimum itself. Raises ParameterError privacy.minimum_too_small."""
    if minimum < SMALLEST_MINIMUM:
        raise ParameterError(
            "privacy.minimum_too_small",
            "A minimum group size below 2 would publish single rows.",
            found=str(minimum),
            expected=f"at least {SMALLEST_MINIMUM}",
        )
    return minimum


def published_groups(rows: Counts, minimum: int) -> Mask:
    """Which groups may be shown, given their numbers of rows (k,): large enough, and so are the others together."""
    shown = rows >= check_minimum(minimum)
    if not shown.all() and rows[~shown].sum() < minimum:
        shown = _without_smallest(shown, rows)
    return shown


def published_cells(valid: Counts, rows: Counts, withheld: Counts | None, minimum: int) -> Mask:
    """Which cells (group, column) may be shown.

    valid: (k, c) rows with a value, per shown group and column. rows: (k,) sizes of these groups, public. withheld:
    (c,) rows with a value in the groups that are not shown at all; None if all groups are shown.
    """
    shown = valid >= check_minimum(minimum)
    together = np.where(shown, 0, valid).sum(axis=0, dtype=np.int64)
    together += 0 if withheld is None else withheld
    return withhold_more(shown, rows, together < minimum, groups_withheld=withheld is not None)


def withhold_more(shown: Mask, rows: Counts, too_few: Mask, *, groups_withheld: bool) -> Mask:
    """The complementary step, from bits alone: for use where the counts themselves stay secret.

    In each column where something is withheld (a cell of `shown`, or whole groups besides) and the withheld rows
    together are `too_few` (c,), the cell of the smallest shown group is withheld too. One more is always enough: a
    shown cell has at least the minimum itself.
    """
    result = shown.copy()
    for column in np.flatnonzero(too_few & (groups_withheld | ~shown.all(axis=0))):
        result[:, column] = _without_smallest(shown[:, column], rows)
    return result


def _without_smallest(shown: Mask, rows: Counts) -> Mask:
    """The first of the smallest shown groups goes."""
    candidates = np.flatnonzero(shown)
    result = shown.copy()
    if len(candidates):
        result[candidates[np.argmin(rows[candidates])]] = False
    return result
