"""Two sums over almost the same rows, subtracted, are the secret of the row between them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from governance.attacks.attack_world import World, table

SPEND = np.random.default_rng(3).integers(10, 9000, 60).astype(float)
VICTIM = 17


def bank(ids: list[int], group: list[str] | None = None) -> pa.Table:
    return table(ids, city=group or ["x"] * len(ids))


def shop(ids: list[int]) -> pa.Table:
    return table(ids, spend=[SPEND[number] for number in ids])


def total(world: World, ids: list[int]) -> Any:
    report = world.stats(bank(ids), shop(ids), columns={"first": [], "second": ["spend"]}, measures=["sum", "count"])
    return report if isinstance(report, str) else report["overall"]["cells"][0]["sum"]


@pytest.mark.parametrize("on", [False, True])
def test_overlapping_sums(on: bool) -> None:
    world, everybody = World(on=on), list(range(60))
    first = total(world, everybody)
    second = total(world, [number for number in everybody if number != VICTIM])
    if on:
        assert second == "policy.difference"
        assert total(world, everybody) == first  # the same again tells nothing new
    else:
        assert first - second == pytest.approx(SPEND[VICTIM])


def test_in_the_other_order_and_over_several_steps() -> None:
    """The smaller set first, and one row swapped for another: the same."""
    world = World(on=True)
    assert isinstance(total(world, list(range(1, 41))), float)
    assert total(world, list(range(41))) == "policy.difference"
    assert total(world, [0, *range(2, 41)]) == "policy.difference"
    assert isinstance(total(world, list(range(20, 60))), float)  # 39 rows differ
    assert total(world, list(range(20, 59))) == "policy.difference"


def by_group(world: World, marked: set[int]) -> Any:
    ids = list(range(60))
    groups = ["marked" if number in marked else "other" for number in ids]
    report = world.stats(
        bank(ids, groups),
        shop(ids),
        columns={"first": [], "second": ["spend"]},
        group={"role": "first", "column": "city"},
        measures=["sum"],
    )
    if isinstance(report, str):
        return report
    return next(group["cells"][0]["sum"] for group in report["groups"] if group["label"] == "marked")


@pytest.mark.parametrize("on", [False, True])
def test_the_same_rows_in_groups_that_differ_by_one(on: bool) -> None:
    """The shop cannot see the bank's groups; the bank's own node looks at them."""
    world = World(on=on)
    first = by_group(world, set(range(30)))
    second = by_group(world, set(range(30)) - {VICTIM})
    if on:
        assert second == "policy.difference"
    else:
        assert first - second == pytest.approx(SPEND[VICTIM])


def test_groups_that_are_free_themselves_are_guarded_for_the_other_side() -> None:
    world = World(on=True, free=("bank",))
    assert isinstance(by_group(world, set(range(30))), float)
    assert by_group(world, set(range(30)) - {VICTIM}) == "policy.difference"


def test_a_refused_release_does_not_stand_in_the_way_of_honest_ones() -> None:
    world, everybody = World(on=True), list(range(60))
    first = total(world, everybody)
    for victim in range(5):
        assert total(world, [number for number in everybody if number != victim]) == "policy.difference"
    assert total(world, everybody) == first


def test_other_columns_over_other_rows_are_no_differencing() -> None:
    world, ids, fewer = World(on=True), list(range(60)), list(range(59))
    assert isinstance(total(world, ids), float)
    report = world.stats(
        bank(fewer),
        table(fewer, visits=[float(number) for number in fewer]),
        columns={"first": [], "second": ["visits"]},
    )
    assert isinstance(report, dict)


@pytest.mark.parametrize("on", [False, True])
def test_sums_over_two_matches_of_almost_the_same_keys(on: bool) -> None:
    world, params = World(on=on), {"reveal": "sum", "values": ["spend"], "threshold": 20, "value_scale": 0}
    sender = table(list(range(60)), spend=[int(value) for value in SPEND])

    def over(ids: list[int]) -> Any:
        report = world.match(table(ids), sender, **params)
        return report if isinstance(report, str) else report["sums"]["spend"]

    first = over(list(range(60)))
    second = over([number for number in range(60) if number != VICTIM])
    if on:
        assert second == "psi.probing"
    else:
        assert first - second == int(SPEND[VICTIM])
