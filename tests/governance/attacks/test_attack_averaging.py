"""The mean of many noised counts is the count: the budget ends the asking."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from governance.policy_flows import flow, match, policy, question, uses_of
from tacit.errors import RefusedError
from tacit.governance.policies import decide
from tacit.node.budget_book import BudgetBook
from tacit.node.database import Database, Table
from tacit.privacy.noise import BoundedLaplace

TRUE_COUNT = 137
EPSILON = 0.25
ASKED = 600


def random_source(seed: int) -> Any:
    import random

    generator = random.Random(seed)
    return lambda size: generator.randbytes(size)


@pytest.mark.parametrize("on", [False, True])
def test_averaging_noised_counts(tmp_path: Path, on: bool) -> None:
    database = Database(f"sqlite:///{tmp_path / 'node.db'}")
    Table.metadata.create_all(database.engine)
    book = BudgetBook(database)
    limit = {"effect": "limit", "scope": {"uses": ["join_key"]}, "bounds": {"dp": {"epsilon": 0.25, "total": 2}}}
    policies = {"buyers": policy(limit)} if on else {}
    found = uses_of(flow(match(reveal="count", epsilon=EPSILON)))
    decision = decide(policies, found, question())
    assert decision.allowed
    noise = BoundedLaplace(Fraction(1, 4), source=random_source(7))
    answers = []
    for job in range(ASKED if not on else 20):
        if job >= 20:  # written down or not, nothing would be refused
            answers.append(TRUE_COUNT + noise.draw())
            continue
        try:
            book.charge_noise(f"job-{job}", "match", 1, decision.charges, enforce=on)
        except RefusedError as refused:
            assert refused.code == "policy.budget_exceeded"
            continue
        answers.append(TRUE_COUNT + noise.draw())
    database.close()
    if on:
        assert len(answers) == 8  # 8 · 0.25 = 2
    else:
        assert len(answers) == ASKED and round(sum(answers) / len(answers)) == TRUE_COUNT


def test_without_noise_nothing_is_answered_once_noise_is_asked_for() -> None:
    limit = {"effect": "limit", "scope": {"uses": ["join_key"]}, "bounds": {"dp": {"epsilon": 0.25, "total": 2}}}
    for params in (
        {"reveal": "count"},
        {},
        {"reveal": "threshold", "threshold": 60},
        {"reveal": "count", "epsilon": 9},
    ):
        assert not decide({"buyers": policy(limit)}, uses_of(flow(match(**params))), question()).allowed
