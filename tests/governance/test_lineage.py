"""Lineage: the highest level of what flows in, step by step, and the only ways down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tacit.flow import check
from tacit.flow.plan import Plan
from tacit.governance.lineage import DECLASSIFIERS, Derived, trace
from tacit.governance.policies.defaults import LEAST_GROUP
from tacit.operators import all_specs
from tacit.schema.flow import Flow

PARTIES = {"bank": "data", "shop": "data", "dealer": "dealer"}


@dataclass
class Levels:
    """Levels of single columns, or of whole datasets."""

    datasets: dict[tuple[str, str], dict[str, int]]
    models: dict[str, int] = field(default_factory=dict)

    def dataset(self, party: str, dataset: str, columns: Iterable[str] | None) -> int:
        known = self.datasets[party, dataset]
        return max(known[column] for column in (known if columns is None else columns))

    def model(self, name: str) -> int:
        return self.models[name]


LEVELS = Levels(
    {("bank", "loans"): {"id": 4, "amount": 3, "zip": 2}, ("shop", "orders"): {"id": 3, "total": 2}}, {"risk": 5}
)


def _plan(*steps: dict[str, Any], profile: str = "2pc-dealer") -> Plan:
    document = {"tacit": "1", "name": "t", "parties": PARTIES, "profile": profile, "steps": list(steps)}
    return check(Flow.model_validate(document), all_specs())


def _read(party: str, dataset: str, **params: Any) -> dict[str, Any]:
    return {
        "id": f"read-{party}",
        "operator": "dataset.read",
        "at": {"owner": party},
        "params": {"dataset": dataset, "keys": ["id"], **params},
    }


def _psi(**params: Any) -> dict[str, Any]:
    return {
        "id": "match",
        "operator": "psi",
        "at": {"receiver": "bank", "sender": "shop"},
        "inputs": {"receiver": "read-bank.table", "sender": "read-shop.table"},
        "params": params,
    }


def _traced(*steps: dict[str, Any]) -> dict[tuple[str, str, str], Derived]:
    return {(each.step, each.port, each.party): each for each in trace(_plan(*steps), LEVELS)}


READ = (_read("bank", "loans"), _read("shop", "orders"))


def _level(found: dict[tuple[str, str, str], Derived], step: str, port: str, party: str) -> int:
    return found[step, port, party].level


def test_a_table_has_the_level_of_its_columns() -> None:
    found = _traced(_read("bank", "loans"), _read("shop", "orders", columns=["id", "total"]))
    assert _level(found, "read-bank", "table", "bank") == 4 and _level(found, "read-shop", "table", "shop") == 3
    fewer = _traced(_read("bank", "loans", keys=[], columns=["zip"]), _read("shop", "orders"))
    assert _level(fewer, "read-bank", "table", "bank") == 2


def test_what_parties_do_together_has_the_highest_level() -> None:
    found = _traced(*READ, _psi())
    assert _level(found, "match", "aligned", "shop") == 4
    assert found["match", "aligned", "shop"].sources == {("bank", "loans"), ("shop", "orders")}
    assert _level(found, "match", "report", "bank") == 4


def test_what_a_party_does_alone_has_its_own_level() -> None:
    profile = {
        "id": "look",
        "operator": "table.profile",
        "at": {"owner": "shop"},
        "inputs": {"table": "read-shop.table"},
    }
    found = _traced(*READ, profile)
    assert _level(found, "look", "report", "shop") == 3


def _statistics(least: int) -> dict[str, Any]:
    return {
        "id": "stats",
        "operator": "stats.joint",
        "at": {"first": "bank", "second": "shop", "dealer": "dealer"},
        "inputs": {"aligned": "match.aligned"},
        "params": {"min_group_size": least},
    }


@pytest.mark.parametrize(("least", "level"), [(2, 4), (49, 4), (50, 2), (1000, 2)])
def test_an_aggregate_needs_groups_as_large_as_the_level_asks(least: int, level: int) -> None:
    report = _traced(*READ, _psi(), _statistics(least))["stats", "report", "bank"]
    assert (report.inflow, report.level) == (4, level)
    assert report.lowered_by == ("aggregate.threshold" if level < 4 else None)


@pytest.mark.parametrize(
    ("params", "level"),
    [
        ({"reveal": "count"}, 4),
        ({"reveal": "count", "epsilon": 1.0}, 2),
        ({"reveal": "threshold", "threshold": 10}, 4),
        ({"reveal": "threshold", "threshold": 50}, 2),
        ({"reveal": "sum", "values": ["total"]}, 4),
    ],
)
def test_intersections_that_tell_one_figure(params: dict[str, Any], level: int) -> None:
    assert _level(_traced(*READ, _psi(**params)), "match", "report", "bank") == level


def test_level_five_is_lowered_by_noise_only() -> None:
    strict = Levels({("bank", "loans"): {"id": 5}, ("shop", "orders"): {"id": 1}})
    for params, level in (({"reveal": "threshold", "threshold": 10_000}, 5), ({"reveal": "count", "epsilon": 0.5}, 3)):
        plan = _plan(*READ, _psi(**params))
        assert {each.level for each in trace(plan, strict) if each.port == "report"} == {level}


def test_saved_models_bring_their_level() -> None:
    load = {
        "id": "load",
        "operator": "model.load",
        "at": {"first": "bank", "second": "shop"},
        "params": {"name": "risk"},
    }
    found = trace(_plan(load), LEVELS)
    assert {each.level for each in found} == {5}


def test_nothing_but_a_declassifier_goes_below_its_inflow() -> None:
    for each in trace(_plan(*READ, _psi(), _statistics(50)), LEVELS):
        assert each.level == each.inflow or each.lowered_by in {way.id for way in DECLASSIFIERS}
        assert each.level <= each.inflow


def test_a_declassifier_never_raises() -> None:
    specs = all_specs()
    for way in DECLASSIFIERS:
        ports = {port.name for port in specs[way.operator].outputs}
        assert way.ports <= ports
    assert sorted(LEAST_GROUP) == [1, 2, 3, 4] and list(LEAST_GROUP.values()) == sorted(LEAST_GROUP.values())
