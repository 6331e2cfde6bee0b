"""Bounds that a rule or an exception sets, and the strictest of several."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from pydantic import Field

from tacit.schema.wire import Count, Shape

Share = Annotated[float, Field(gt=0, le=1)]
Days = Annotated[int, Field(ge=0, le=36_500)]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Epsilon = Annotated[float, Field(gt=0, le=1000)]


class DpBound(Shape):
    """Noise: at least that of `epsilon` on every query, and `total` over all queries on the dataset.

    `accountant` "pure" adds epsilons up; "zcdp" adds ε²/2 up and asks for (total, delta) in the end. `delta`: what all
    queries together may miss by.
    """

    epsilon: Epsilon
    total: Epsilon
    delta: float = Field(default=1e-6, ge=1e-18, lt=1)
    accountant: Literal["pure", "zcdp"] = "pure"


class RateBound(Shape):
    """At most so many jobs, and rows brought into jobs, in any `hours`."""

    jobs: Count | None = None
    rows: Count | None = None
    hours: int = Field(default=24, ge=1, le=24 * 366)


class ProbeBound(Shape):
    """At most so many matches of the other side with almost the same set in `days`."""

    runs: Count
    days: int = Field(default=30, ge=1, le=3660)


class Bounds(Shape):
    """`min_group`: fewest rows behind any figure, and between the rows of two releases. `min_result`: fewest common
    keys of a match. `dominance`: largest share of one row in a sum. `rounding`: figures are rounded to multiples of it.
    `min_width`: fewest columns of this owner in one readable score. `max_rows`: of the dataset. `retention_days`: this
    node deletes the results of the job after so many days. `obligations`: words for people.
    """

    min_group: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    min_result: Annotated[int, Field(ge=0, le=2**31)] | None = None
    dominance: Share | None = None
    rounding: Annotated[float, Field(ge=1e-9, le=1e15)] | None = None
    min_width: Annotated[int, Field(ge=1, le=1000)] | None = None
    dp: DpBound | None = None
    rate: RateBound | None = None
    probing: ProbeBound | None = None
    max_rows: Count | None = None
    retention_days: Days | None = None
    obligations: tuple[Word, ...] = ()

    @property
    def empty(self) -> bool:
        return self == Bounds()


_HIGHER = ("min_group", "min_result", "rounding", "min_width")
_LOWER = ("dominance", "max_rows", "retention_days")


def strictest(bounds: Iterable[Bounds]) -> Bounds:
    """What keeps every one of them. `dp` and `rate` have no strictest: each is asked by itself."""
    every = list(bounds)
    merged: dict[str, Any] = {name: _best(every, name, max) for name in _HIGHER}
    merged |= {name: _best(every, name, min) for name in _LOWER}
    merged["obligations"] = tuple(sorted({word for each in every for word in each.obligations}))
    merged["probing"] = _probing([each.probing for each in every if each.probing is not None])
    return Bounds(**merged)


def _best(bounds: list[Bounds], name: str, choose: Callable[[list[Any]], Any]) -> Any:
    values = [getattr(each, name) for each in bounds if getattr(each, name) is not None]
    return choose(values) if values else None


def _probing(bounds: list[ProbeBound]) -> ProbeBound | None:
    """Fewest runs over the longest time: keeps each of them."""
    if not bounds:
        return None
    return ProbeBound(runs=min(each.runs for each in bounds), days=max(each.days for each in bounds))
