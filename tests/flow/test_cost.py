"""Forecasts: sizes travel along the wires, costs add up."""

from __future__ import annotations

import pytest

from flow.flows import SPECS, whole
from tacit.errors import FlowError
from tacit.flow import DatasetSize, check, forecast

SMALL = {"hospital": {"patients": DatasetSize(500, 12)}, "lab": {"tests": DatasetSize(400, 22)}}
LARGE = {"hospital": {"patients": DatasetSize(500_000, 12)}, "lab": {"tests": DatasetSize(400_000, 22)}}


def test_steps_and_total() -> None:
    plan = check(whole(), SPECS)
    made = forecast(plan, SMALL)
    assert list(made.steps) == [step.id for step in plan.steps]
    assert made.total.seconds == pytest.approx(sum(cost.seconds for cost in made.steps.values()))
    assert made.total.bytes_sent == sum(cost.bytes_sent for cost in made.steps.values())
    assert made.total.memory_mb == max(cost.memory_mb for cost in made.steps.values())


def test_more_rows_cost_more() -> None:
    plan = check(whole(), SPECS)
    small, large = forecast(plan, SMALL), forecast(plan, LARGE)
    assert large.total.seconds > 10 * small.total.seconds
    assert large.steps["match"].bytes_sent > 100 * small.steps["match"].bytes_sent
    assert all(large.steps[step].seconds >= small.steps[step].seconds for step in small.steps)


def test_local_steps_send_nothing() -> None:
    plan = check(whole(), SPECS)
    made = forecast(plan, SMALL)
    assert {step.id for step in plan.steps if not step.spec.talks} == {
        id for id, cost in made.steps.items() if cost.bytes_sent == 0
    }


def test_a_dataset_of_unknown_size_is_an_error() -> None:
    with pytest.raises(FlowError) as caught:
        forecast(check(whole(), SPECS), {"hospital": SMALL["hospital"]})
    assert caught.value.code == "flow.size_unknown"
