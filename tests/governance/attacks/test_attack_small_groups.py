"""Groups of few rows, and one row that outweighs all others."""

from __future__ import annotations

import numpy as np
import pytest

from governance.attacks.attack_world import World, table
from governance.policy_flows import policy

SECRET = 123_456.0


@pytest.mark.parametrize("on", [False, True])
def test_a_group_of_two_of_which_one_is_the_asker(on: bool) -> None:
    """The bank knows the spending of its accomplice; the mean of the two tells the other."""
    groups = ["pair"] * 2 + ["rest"] * 58
    spend = [1000.0, SECRET, *np.linspace(10, 500, 58).tolist()]
    params = {"group": {"role": "first", "column": "city"}, "measures": ["sum"], "min_group_size": 2}
    report = World(on=on).stats(table(range(60), city=groups), table(range(60), spend=spend), **params)
    if on:
        assert report == "policy.group"
        return
    found = next(group for group in report["groups"] if group["label"] == "pair")
    assert found["cells"][0]["sum"] - 1000.0 == pytest.approx(SECRET)


@pytest.mark.parametrize("on", [False, True])
def test_one_row_that_is_nearly_the_whole_sum(on: bool) -> None:
    spend = [*np.linspace(0, 1, 59).tolist(), SECRET]
    limited = {"buyers": policy({"effect": "limit", "scope": {"uses": ["aggregate"]}, "bounds": {"dominance": 0.5}})}
    world = World(on=on, policies=limited)
    report = world.stats(table(range(60), x=["a"] * 60), table(range(60), spend=spend), measures=["sum"])
    if on:
        assert report == "policy.dominance"
        return
    assert report["overall"]["cells"][0]["sum"] == pytest.approx(SECRET, rel=1e-3)


def test_dominance_within_groups_that_the_owner_cannot_see() -> None:
    """Harmless over all rows; but ten rows of the bank's choice could be one large and nine small ones."""
    spend = [*([1.0] * 30), *([100.0] * 30)]
    limited = {"buyers": policy({"effect": "limit", "scope": {"uses": ["aggregate"]}, "bounds": {"dominance": 0.5}})}
    rows = table(range(60), city=["a", "b"] * 30)
    params = {"measures": ["sum"], "columns": {"first": [], "second": ["spend"]}}
    overall = World(on=True, policies=limited).stats(rows, table(range(60), spend=spend), **params)
    assert isinstance(overall, dict)
    grouped = {**params, "group": {"role": "first", "column": "city"}}
    assert World(on=True, policies=limited).stats(rows, table(range(60), spend=spend), **grouped) == "policy.dominance"


@pytest.mark.parametrize("on", [False, True])
def test_rounding_blurs_what_is_shown(on: bool) -> None:
    limited = {"buyers": policy({"effect": "limit", "scope": {"uses": ["aggregate"]}, "bounds": {"rounding": 1000}})}
    spend = table(range(60), spend=[float(number) for number in range(60)])
    report = World(on=on, policies=limited).stats(table(range(60), x=["a"] * 60), spend, measures=["count", "sum"])
    cell = report["overall"]["cells"][0]
    assert cell == ({"count": 60, "sum": 2000.0} if on else {"count": 60, "sum": 1770.0})


@pytest.mark.parametrize("on", [False, True])
def test_one_large_value_in_a_sum_over_a_match(on: bool) -> None:
    """The sender does not learn who matched, so it goes by the worst that twenty matches can be."""
    limited = {"buyers": policy({"effect": "limit", "scope": {"uses": ["aggregate"]}, "bounds": {"dominance": 0.5}})}
    sender = table(range(60), spend=[int(SECRET), *([1] * 59)])
    params = {"reveal": "sum", "values": ["spend"], "threshold": 20}
    report = World(on=on, policies=limited).match(table(range(40)), sender, **params)
    assert report == "policy.dominance" if on else report["sums"]["spend"] == SECRET + 39
