"""Whether one person is a customer: ask with a set of one, or with sets that grow by one."""

from __future__ import annotations

from typing import Any

import pytest

from governance.attacks.attack_world import World, table
from governance.policy_flows import policy

CUSTOMERS = list(range(0, 200, 2))
GUARDED = {"buyers": policy({"effect": "limit", "bounds": {"min_result": 20, "probing": {"runs": 0, "days": 30}}})}


def matched(world: World, ids: list[int]) -> Any:
    report = world.match(table(ids), table(CUSTOMERS), reveal="count")
    return report if isinstance(report, str) else report["matched"]


@pytest.mark.parametrize("on", [False, True])
def test_one_key_at_a_time(on: bool) -> None:
    world = World(on=on, policies=GUARDED)
    answers = [matched(world, [number]) for number in (4, 5, 6)]
    if on:
        assert answers == ["psi.result_too_small"] * 3
    else:
        assert answers == [1, 0, 1]


@pytest.mark.parametrize("on", [False, True])
def test_one_more_key_each_time(on: bool) -> None:
    """A large set that is allowed, and then the same set with one more key."""
    world, base = World(on=on, policies=GUARDED), list(range(100))
    first = matched(world, base)
    answers = [matched(world, [*base, number]) for number in (100, 101)]
    assert first == 50
    if on:
        assert answers == ["psi.probing"] * 2
    else:
        assert [answer - first for answer in answers] == [1, 0]
