"""Grouped sums when one party knows the groups and the other the values, and which of them may be opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tacit.algorithms.stats.columns import Groups
from tacit.algorithms.stats.moments import Layout, Moments, Scaled, join_square
from tacit.algorithms.stats.shape import Shape
from tacit.privacy.thresholds import withhold_more
from tacit.protocols.mpc import Mpc, Shared

_BLOCK_WORDS = 1 << 20

Mask = NDArray[np.bool_]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """Who has what. `columns` is the number of measured columns of the value owner."""

    mpc: Mpc
    group_owner: str
    value_owner: str
    shape: Shape
    layout: Layout
    minimum: int
    progress: Progress | None = None

    @property
    def columns(self) -> int:
        return self.shape.columns[self.value_owner]

    @property
    def groups(self) -> int:
        """Rows of the sums: the shown groups, and one more for all withheld ones together."""
        return self.shape.shown + (self.shape.withheld > 0)


def open_cells(
    task: Task, groups: Groups | None, scaled: Scaled | None, rows: NDArray[np.int64] | None
) -> dict[tuple[int, int], Moments] | None:
    """Exact moments of every cell that may be shown, {(group, column): moments}, at the value owner; None elsewhere.

    Inputs: the group owner its groups, the value owner its columns; both the sizes of the shown groups.
    Learns: value owner count, sum and sum of squares (as far as the layout has them) of each shown cell of its own
        columns; both which cells are withheld because too few rows have a value there, and for each column whether
        its withheld rows together have too few values. The dealer the sizes.
    Cost: 8 (k n + p c n) bytes for k groups, n rows, c columns of p parts, and about 20 short rounds.
    """
    total = _sum_by_group(task, groups, scaled)
    part = [total[:, i * task.columns : (i + 1) * task.columns] for i in range(task.layout.parts)]
    valid = replace(part[0], bound=task.shape.rows)
    shown = _shown_cells(task, valid, rows)
    digits = [valid, *part[1:2], *(_square_digits(task, part[2], part[3], part[4]) if task.layout.squares else ())]
    if shown is None:
        return None
    words = [task.mpc.reveal_words(digit[: task.shape.shown][shown], to=task.value_owner) for digit in digits]
    return _cells(task.layout, shown, [word for word in words if word is not None])


def _sum_by_group(task: Task, groups: Groups | None, scaled: Scaled | None) -> Shared:
    """(groups, parts * columns): the product of the group owner's membership matrix with the other's parts."""
    width, count = task.layout.parts * task.columns, task.groups
    step = max(1, _BLOCK_WORDS // max(width, count))
    total: Shared | None = None
    for start in range(0, task.shape.rows, step):
        stop = min(task.shape.rows, start + step)
        member = None if groups is None else _membership(groups.codes[start:stop], count)
        values = None if scaled is None else scaled.parts(start, stop)
        part = task.mpc.private_matmul(
            task.group_owner,
            member,
            task.value_owner,
            values,
            (count, stop - start),
            (stop - start, width),
            1,
            1 << task.layout.bits,
        )
        total = part if total is None else total + part
        if task.progress is not None:
            task.progress(stop, task.shape.rows)
    return task.mpc.zeros((count, width)) if total is None else total


def _membership(codes: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    member: NDArray[np.int64] = (codes == np.arange(count)[:, None]).astype(np.int64)
    return member


def _shown_cells(task: Task, valid: Shared, rows: NDArray[np.int64] | None) -> Mask | None:
    """Which cells (shown groups, columns) have enough rows, opened to both as bits; None at the dealer.

    The counts stay shared. The second comparison is the complementary one: are the withheld rows enough together?
    """
    mpc, inside = task.mpc, valid[: task.shape.shown]
    small = mpc.reveal_words(mpc.less_than_zero(inside - task.minimum))
    hidden = np.ones(inside.shape, dtype=np.int64) if small is None else small.astype(np.int64)
    together = (inside * hidden).sum(axis=0)
    if task.shape.withheld:
        together = together + valid[task.shape.shown]
    # The bound must not depend on `hidden`, which the dealer does not know.
    too_few = mpc.reveal_words(mpc.less_than_zero(replace(together, bound=task.shape.rows) - task.minimum))
    if small is None or too_few is None or rows is None:
        return None
    return withhold_more(small == 0, rows, too_few == 1, groups_withheld=task.shape.withheld > 0)


def _square_digits(task: Task, high: Shared, middle: Shared, low: Shared) -> tuple[Shared, Shared, Shared]:
    """The same sum of squares with carries done: three numbers that are a function of the sum alone.

    Opened as they were, the three sums of products would tell more than the sum of squares.
    """
    half = task.layout.half
    carry, low = _divide(task.mpc, low, half + 1)
    carry, middle = _divide(task.mpc, middle + carry, half - 1)
    return high + carry, middle, low


def _divide(mpc: Mpc, x: Shared, bits: int) -> tuple[Shared, Shared]:
    """Quotient and remainder by 2^bits, both as whole numbers."""
    quotient = mpc.truncate(x, bits, exact=True)
    return replace(quotient, scale=0), x - quotient.rescaled(0)


def _cells(layout: Layout, shown: Mask, words: list[NDArray[np.uint64]]) -> dict[tuple[int, int], Moments] | None:
    if not words:
        return None
    found = {}
    for position, (group, column) in enumerate(np.argwhere(shown).tolist()):
        part = [int(word[position]) for word in words]
        squares = join_square(part[2], part[3], part[4], layout) if layout.squares else 0
        found[group, column] = Moments(part[0], part[1] if layout.sums else 0, squares)
    return found
