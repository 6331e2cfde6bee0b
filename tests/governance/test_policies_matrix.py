"""Every kind of rule on every column of every operator: what it says comes about, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from governance.policy_flows import COLUMNS, OPERATORS, policy, question, uses_of
from tacit.governance.levels import Label
from tacit.governance.policies import Policy, decide
from tacit.governance.policies.keeping import KEPT_BY, matters
from tacit.governance.uses import KINDS, Use

FREE = {"buyers": {column: Label(1, "free", confirmed=True) for column in COLUMNS["shop"]}}
EVERYBODY = ("bank", "notary", "third")


def cases() -> Iterator[tuple[str, str]]:
    return ((operator, column) for operator in sorted(OPERATORS) for column in COLUMNS["shop"])


@cache
def of_column(operator: str, column: str) -> list[Use]:
    return [use for use in uses_of(OPERATORS[operator]) if column in {origin.column for origin in use.columns}]


def refused(operator: str, made: Policy, column: str) -> bool:
    decision = decide({"buyers": made}, uses_of(OPERATORS[operator]), question(labels=FREE, rows={"buyers": 100}))
    assert all(reason.columns == (column,) for reason in decision.reasons), "another column was refused too"
    return not decision.allowed


def expected(rule: dict[str, Any], uses: list[Use]) -> bool:
    """Whether the rule refuses, worked out from the uses by themselves."""
    scope, bounds = rule.get("scope", {}), rule.get("bounds", {})
    hits = [use for use in uses if _hits(scope, use)]
    if rule["effect"] == "deny":
        return bool(hits)
    if rule["effect"] == "only":
        return any(not _inside(scope, use) for use in uses)
    return any(_breaks(bounds, use) for use in hits)


def _hits(scope: dict[str, Any], use: Use) -> bool:
    return (
        use.kind in scope.get("uses", KINDS)
        and use.operator in scope.get("operators", (use.operator,))
        and use.function in scope.get("functions", (use.function,))
        and ("receivers" not in scope or any(name in scope["receivers"] for name in use.receivers))
        and scope.get("initiators", ["bank"]) == ["bank"]
    )


def _inside(scope: dict[str, Any], use: Use) -> bool:
    if scope.get("initiators", ["bank"]) != ["bank"]:
        return False
    if use.kind == "read":
        return use.operator == "dataset.read" or use.operator in scope.get("operators", (use.operator,))
    return (
        use.kind in scope.get("uses", KINDS)
        and use.operator in scope.get("operators", (use.operator,))
        and (not use.receivers or use.function in scope.get("functions", (use.function,)))
        and all(name in scope.get("receivers", use.receivers) for name in use.receivers)
    )


def _breaks(bounds: dict[str, Any], use: Use) -> bool:
    if "min_group" in bounds and matters("min_group", use) and (use.minimum or 0) < bounds["min_group"]:
        return True
    if "min_width" in bounds and matters("min_width", use) and (use.width or 1) < bounds["min_width"]:
        return True
    for name, operators in KEPT_BY.items():
        if name in bounds and matters(name, use) and use.operator not in operators:
            return True
    return ("dp" in bounds and bool(use.receivers)) or bounds.get("max_rows", 100) < 100


RULES: dict[str, dict[str, Any]] = {
    "deny": {"effect": "deny"},
    **{f"deny {kind}": {"effect": "deny", "scope": {"uses": [kind]}} for kind in KINDS},
    **{f"only {kind}": {"effect": "only", "scope": {"uses": [kind]}} for kind in KINDS},
    **{f"deny to {name}": {"effect": "deny", "scope": {"receivers": [name]}} for name in EVERYBODY},
    **{f"only to {name}": {"effect": "only", "scope": {"receivers": [name]}} for name in EVERYBODY},
    **{f"deny {name}": {"effect": "deny", "scope": {"operators": [name]}} for name in OPERATORS},
    **{f"only {name}": {"effect": "only", "scope": {"operators": [name]}} for name in OPERATORS},
    "deny sums": {"effect": "deny", "scope": {"functions": ["sum"]}},
    "only rows": {"effect": "only", "scope": {"functions": ["rows"]}},
    "only by shop": {"effect": "only", "scope": {"initiators": ["shop"]}},
    "groups of 1000": {"effect": "limit", "bounds": {"min_group": 1000}},
    "groups of 3": {"effect": "limit", "bounds": {"min_group": 3}},
    "width 40": {"effect": "limit", "bounds": {"min_width": 40}},
    "dominance": {"effect": "limit", "bounds": {"dominance": 0.3}},
    "rounding": {"effect": "limit", "bounds": {"rounding": 10}},
    "noise": {"effect": "limit", "bounds": {"dp": {"epsilon": 1, "total": 2}}},
    "few rows": {"effect": "limit", "bounds": {"max_rows": 10}},
}


@pytest.mark.parametrize(("operator", "column"), list(cases()))
def test_every_rule_on_every_column_of_every_operator(operator: str, column: str) -> None:
    uses = of_column(operator, column)
    for name, rule in RULES.items():
        scope = {**rule.get("scope", {}), "columns": [column]}
        assert refused(operator, policy({**rule, "scope": scope}), column) is expected(rule, uses), name


def test_the_matrix_refuses_and_allows() -> None:
    """A rule that refuses nowhere speaks of a use that this party's columns have in no operator."""
    outcomes = {name: {expected(rule, of_column(*case)) for case in cases()} for name, rule in RULES.items()}
    silent = {name for name, found in outcomes.items() if found == {False}}
    kinds = {use.kind for each in OPERATORS.values() for use in uses_of(each)}
    absent = {f"deny {kind}" for kind in KINDS if kind not in kinds}
    assert silent == absent | {
        "deny evaluation.binary",
        "deny model.load",
        "dominance",
        "rounding",
        "groups of 3",
        "deny to notary",
    }
    assert sum(True in found and False in found for found in outcomes.values()) > len(RULES) / 2
