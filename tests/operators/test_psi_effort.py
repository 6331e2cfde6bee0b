"""Forecasts of intersections against what was measured: both parties on two cores, tables in memory."""

from __future__ import annotations

from typing import Any

import pytest

from tacit.operators.catalogue import specs
from tacit.schema.operator import Cost, Size

SPECS = {spec.name: spec for spec in specs()}
WITHIN = 2.0
PAIR = ("receiver", "sender")
FEW_AGAINST_MANY = {"protocol": "unbalanced", "learner": "receiver"}


def forecast(params: dict[str, Any], rows: dict[str, int], operator: str = "psi") -> Cost:
    spec = SPECS[operator]
    return spec.cost(spec.params.model_validate(params), {role: Size(count, {role: 2}) for role, count in rows.items()})


def _near(found: float, measured: float) -> bool:
    return measured / WITHIN <= found <= measured * WITHIN


@pytest.mark.parametrize(
    ("params", "rows", "seconds"),
    [
        ({"protocol": "vole"}, 1_000, 0.2),
        ({}, 100_000, 0.21),
        ({}, 1_000_000, 0.77),
        ({}, 10_000_000, 6.0),
        ({"malicious": True}, 1_000_000, 0.9),
        ({"learner": "receiver"}, 1_000_000, 0.75),
        ({"protocol": "ecdh"}, 100_000, 3.2),
        ({"protocol": "ecdh"}, 1_000_000, 35.0),
        ({"reveal": "threshold", "threshold": 5}, 100_000, 4.0),
        ({"since": "nightly"}, 1_000_000, 1.6),
    ],
)
def test_seconds_of_two(params: dict[str, Any], rows: int, seconds: float) -> None:
    assert _near(forecast(params, dict.fromkeys(PAIR, rows)).seconds, seconds)


def test_seconds_of_many() -> None:
    rows = {"leader": 1_000_000, **{f"member_{number}": 1_000_000 for number in range(2, 6)}}
    assert _near(forecast({}, rows, "psi.many").seconds, 2.1)


@pytest.mark.parametrize(
    ("params", "rows", "sent"),
    [
        ({}, 100_000, 4.15e6),
        ({}, 1_000_000, 33.9e6),
        ({"malicious": True}, 1_000_000, 40.1e6),
        ({"since": "nightly"}, 1_000_000, 37e6),
        ({"protocol": "ecdh"}, 50_000, 4.80e6),
        ({"protocol": "ecdh", "group": "sm2"}, 5_000, 0.49e6),
        ({"protocol": "ecdh", "learner": "receiver"}, 50_000, 4.00e6),
        ({"reveal": "count"}, 50_000, 4.00e6),
        ({"reveal": "sum", "values": ["x"]}, 20_000, 2.09e6),
        ({"reveal": "sum", "values": ["x", "y"]}, 20_000, 2.25e6),
        ({"reveal": "threshold", "threshold": 5}, 100_000, 266e6),
    ],
)
def test_bytes_are_near(params: dict[str, Any], rows: int, sent: float) -> None:
    assert forecast(params, dict.fromkeys(PAIR, rows)).bytes_sent == pytest.approx(sent, rel=0.15)


def test_a_sealed_table_costs_its_first_run() -> None:
    rows = {"receiver": 1_000, "sender": 500_000}
    found = forecast(FEW_AGAINST_MANY, rows)
    assert _near(found.seconds, 4.5)
    assert found.bytes_sent == pytest.approx(5.1e6, rel=0.15)
    assert forecast({**FEW_AGAINST_MANY, "sender_columns": ["x"]}, rows).bytes_sent > 2 * found.bytes_sent


def test_a_kept_table_is_forecast_only_where_it_would_be_chosen() -> None:
    allowed, rows = {"allow_kept_table": True, "learner": "receiver"}, {"receiver": 500, "sender": 500_000}
    assert forecast(allowed, rows) == forecast(FEW_AGAINST_MANY, rows)
    assert forecast(allowed, {**rows, "receiver": 501}).seconds < 1
    assert forecast({"learner": "receiver"}, rows).seconds < 1
