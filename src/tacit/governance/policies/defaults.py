"""What a column of a level may be used for when no exception says otherwise.

    level   in the clear   figures (k rows)   score per row   key, feature or label of a computation
    5       no             no                 no              no: it stays at home
    4       no             k >= 50            no              yes, encrypted
    3       no             k >= 10            2 columns       yes, encrypted
    2       no             k >= 5             2 columns       yes, encrypted
    1       yes            yes                yes             yes

"2 columns": a score that mixes at least two columns of this owner; a score of one column is that column in other
units. A sum over a match is given once for almost the same keys of the other side. What is not in the table, such as a
use that is not known, is refused above level 1.
"""

from __future__ import annotations

from tacit.governance.policies.bounds import ProbeBound
from tacit.governance.uses import Use

LEAST_GROUP = {1: 0, 2: 5, 3: 10, 4: 50}
LEAST_WIDTH = 2
PROBING = ProbeBound(runs=0)  # of sums over a match, above level 1
_ENCRYPTED = ("join_key", "filter", "feature", "label")
_FIGURES = ("aggregate", "group_key")


def gap(level: int, use: Use) -> str | None:
    """Why the level forbids the use: "level", "group", "width"; None if it does not."""
    if use.kind == "read" or level <= 1:
        return None
    if level >= 5:
        return "level"
    if use.kind in _ENCRYPTED or not use.receivers:
        return None
    if use.kind in _FIGURES:
        return "group" if (use.minimum or 0) < LEAST_GROUP[level] else None
    if use.kind == "score" and level <= 3:
        return "width" if (use.width or 1) < LEAST_WIDTH else None
    return "level"
