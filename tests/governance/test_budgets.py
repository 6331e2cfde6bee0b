"""What noise costs, added up exactly, against bounds of both accountants."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.governance.budgets import (
    DELTA_BITS,
    EPSILON_UNITS,
    Cost,
    cost_of_gaussian,
    cost_of_laplace,
    fits,
    left,
    spent,
)
from tacit.governance.policies import DpBound

epsilons = st.fractions(min_value=Fraction(1, 100), max_value=5, max_denominator=1000)
costs = epsilons.map(cost_of_laplace)


def test_a_count_costs_its_epsilon_and_the_delta_of_its_bound() -> None:
    cost = cost_of_laplace(Fraction(1, 2))
    assert (cost.epsilon, cost.delta) == (EPSILON_UNITS // 2, 1 << (DELTA_BITS - 40))
    assert cost_of_laplace(Fraction(1, 2), delta_bits=None).delta == 0


def test_pure_composition_adds_up_to_the_total_exactly() -> None:
    bound = DpBound(epsilon=0.1, total=1.0)
    before, made = Cost(), 0
    while fits(before, cost_of_laplace(Fraction(1, 10)), bound):
        before, made = before + cost_of_laplace(Fraction(1, 10)), made + 1
    assert made == 10 and left(before, bound) == 0


def test_many_small_queries_cost_less_in_zcdp() -> None:
    pure = DpBound(epsilon=0.01, total=1.0)
    zcdp = DpBound(epsilon=0.01, total=1.0, accountant="zcdp")
    before = Cost()
    for _ in range(100):
        before = before + cost_of_laplace(Fraction(1, 100))
    assert not fits(before, cost_of_laplace(Fraction(1, 100)), pure)
    assert fits(before, cost_of_laplace(Fraction(1, 100)), zcdp)
    assert spent(before, zcdp) == pytest.approx(0.005 + 2 * (0.005 * 13.8155) ** 0.5, rel=1e-4)


def test_delta_runs_out_too() -> None:
    bound = DpBound(epsilon=1, total=1000, delta=2.0**-39)
    once = cost_of_laplace(Fraction(1, 1000))
    assert fits(once, once, bound) and not fits(once + once, once, bound)
    tight = DpBound(epsilon=1, total=1000, delta=2.0**-39, accountant="zcdp")
    assert spent(once + once + once, tight) == float("inf") and not fits(once + once, once, tight)


def test_gaussian_noise_is_for_zcdp() -> None:
    cost = cost_of_gaussian(Fraction(50))
    assert cost.rho == 10**10
    assert not fits(Cost(), cost, DpBound(epsilon=1, total=1000))
    assert fits(Cost(), cost, DpBound(epsilon=1, total=2, accountant="zcdp"))


@given(st.lists(costs, max_size=5), costs, st.sampled_from(["pure", "zcdp"]))
def test_what_does_not_fit_does_not_fit_after_more_was_spent(before: list[Cost], cost: Cost, accountant: str) -> None:
    bound = DpBound(epsilon=5, total=6, accountant=accountant)  # type: ignore[arg-type]
    total = Cost()
    fitted = True
    for each in before:
        now = fits(total, cost, bound)
        assert fitted or not now
        fitted, total = now, total + each


@given(costs, costs, costs)
def test_costs_add_up_in_any_order(one: Cost, other: Cost, third: Cost) -> None:
    assert one + other == other + one and (one + other) + third == one + (other + third)
