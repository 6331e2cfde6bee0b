"""The rule by which a detector speaks.

Of n different values, k pass the detector's check. The lower end of the Wilson interval of k / n must lie above the
rate at which values of the same look pass by chance, by a margin: random digits pass a check modulo 11 once in eleven
times, and a column of order numbers must not be taken for identity numbers for that. By content alone the interval
has 99.9 % (one-sided) and the share must reach `floor`; where the name of the column speaks for the kind, 95 % and
`named_floor`. Source of the interval: E. B. Wilson, JASA 22 (1927).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from tacit.data.findings.columns import ColumnSample, Mask
from tacit.data.findings.finding import Evidence, Finding
from tacit.data.findings.names import NAMES, Support

Z_ALONE = 3.0902  # 99.9 %, one-sided
Z_NAMED = 1.6449  # 95 %
NEVER = 2.0  # a floor that no share reaches
BY_NAME = 0.5  # confidence where only the name speaks
_HIDDEN = r".*\*{2,}.*|[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}"  # masked, or a digest


@dataclass(frozen=True, slots=True)
class Detector:
    """How one kind of data is known. Immutable.

    check: (n,) which different values are of the kind; None where only names tell. chance: the share of values of the
    same look that pass by chance. plausible: asked before speaking by content alone. fits: whether the column can be
    of the kind at all, asked before a name alone speaks.
    """

    id: str
    check: Callable[[ColumnSample], Mask] | None = None
    chance: float = 0.001
    margin: float = 0.05
    floor: float = 0.5
    named_floor: float = 0.2
    plausible: Callable[[ColumnSample, Mask], bool] | None = None
    fits: Callable[[ColumnSample], bool] | None = None


def wilson_lower(passed: int, tried: int, z: float) -> float:
    """Lower end of the Wilson interval of passed / tried; 0 without a try."""
    if tried == 0:
        return 0.0
    share = passed / tried
    centre = share + z * z / (2 * tried)
    spread = z * sqrt(share * (1 - share) / tried + z * z / (4 * tried * tried))
    return max(0.0, (centre - spread) / (1 + z * z / tried))


def judge(detector: Detector, column: ColumnSample) -> Finding | None:
    """What the detector says of a column, if anything."""
    support = NAMES[detector.id].support(column.words)
    if support is None and (detector.check is None or detector.floor > 1):
        return None
    if detector.check is None:
        fits = detector.fits is None or detector.fits(column)
        return _finding(detector, column, "name", 0, 0.0) if support == "strong" and fits else None
    mask = detector.check(column) if column.count else np.zeros(0, dtype=np.bool_)
    return _by_content(detector, column, mask) if support is None else _by_both(detector, column, mask, support)


def _by_content(detector: Detector, column: ColumnSample, mask: Mask) -> Finding | None:
    passed = int(np.count_nonzero(mask))
    lower = wilson_lower(passed, column.count, Z_ALONE)
    speaks = _exceeds(detector, passed, column.count, lower, detector.floor)
    if not speaks or (detector.plausible is not None and not detector.plausible(column, mask)):
        return None
    return _finding(detector, column, "content", passed, lower)


def _by_both(detector: Detector, column: ColumnSample, mask: Mask, support: Support) -> Finding | None:
    passed = int(np.count_nonzero(mask))
    lower = wilson_lower(passed, column.count, Z_NAMED)
    if _exceeds(detector, passed, column.count, lower, detector.named_floor):
        return _finding(detector, column, "both", passed, lower)
    hidden = support == "strong" and (detector.fits is None or detector.fits(column)) and _is_hidden(column)
    return _finding(detector, column, "name", passed, lower) if hidden else None


def _exceeds(detector: Detector, passed: int, tried: int, lower: float, floor: float) -> bool:
    return tried > 0 and passed / tried >= floor and lower > detector.chance + detector.margin


def _is_hidden(column: ColumnSample) -> bool:
    """Values are masked, digests, or absent: the name is all there is."""
    return column.count == 0 or float(np.mean(column.matches(_HIDDEN))) >= 0.5


def _finding(detector: Detector, column: ColumnSample, by: Evidence, passed: int, lower: float) -> Finding:
    share = passed / column.count if column.count else 0.0
    sure = {"name": BY_NAME, "content": 0.5 + lower / 2, "both": 0.75 + lower / 4}[by]
    return Finding(
        column=column.name,
        detector=detector.id,
        by=by,
        share=round(share, 6),
        sampled=column.count,
        lower=round(lower, 6),
        chance=detector.chance,
        confidence=round(sure, 4),
    )
