"""What noise costs and what is left: composition of differential privacy, in whole numbers, and rates. Pure.

A query with noise of ε on one dataset spends (ε, δ) there, or ε²/2 of zero-concentrated differential privacy (every
ε-private mechanism is ε²/2-zCDP: Bun, Steinke 2016, proposition 1.4). Costs of several queries add up in both. What k
queries of (ε, δ) spend is therefore (kε, kδ) with the accountant "pure", and with "zcdp" the ε for which
ρ + 2 √(ρ·ln(1/δ')) holds (proposition 1.3), δ' being what is left of δ.

Amounts are whole numbers of small units, always rounded up, so that a ledger adds and compares them exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from tacit.governance.policies.bounds import DpBound

EPSILON_UNITS = 10**9  # of ε = 1
RHO_UNITS = 10**12  # of ρ = 1
DELTA_BITS = 60  # a unit of δ is 2^-60
NOISE_DELTA_BITS = 40  # of the bounded noise on counts (`tacit.privacy.noise.BoundedLaplace`)


@dataclass(frozen=True, slots=True)
class Cost:
    """What queries spend, in units. Costs add up."""

    epsilon: int = 0
    delta: int = 0
    rho: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.epsilon + other.epsilon, self.delta + other.delta, self.rho + other.rho)


def cost_of_laplace(epsilon: float | Fraction, *, delta_bits: int | None = NOISE_DELTA_BITS) -> Cost:
    """Of a count with (bounded) discrete Laplace noise; without `delta_bits` it is not bounded and δ is 0."""
    exact = Fraction(epsilon)
    delta = 0 if delta_bits is None else 1 << max(0, DELTA_BITS - delta_bits)
    return Cost(math.ceil(exact * EPSILON_UNITS), delta, math.ceil(exact * exact / 2 * RHO_UNITS))


def cost_of_gaussian(variance: Fraction) -> Cost:
    """Of a count with discrete Gaussian noise: pure ε has no figure for it, so it counts as spending all of it."""
    return Cost(EPSILON_UNITS * 10**6, 0, math.ceil(RHO_UNITS / (2 * variance)))


def spent(cost: Cost, bound: DpBound) -> float:
    """The ε that `cost` amounts to for the accountant of the bound, for people to read and to compare with `total`."""
    if bound.accountant == "pure":
        return cost.epsilon / EPSILON_UNITS
    rho = cost.rho / RHO_UNITS
    left = bound.delta - cost.delta / 2**DELTA_BITS
    if rho == 0:
        return 0.0
    return rho + 2 * math.sqrt(-rho * math.log(left)) if 0 < left < 1 else math.inf


def fits(before: Cost, cost: Cost, bound: DpBound) -> bool:
    """Whether a query may still be made: all that was spent and this keep to the bound's total and delta."""
    after = before + cost
    if Fraction(after.delta, 1 << DELTA_BITS) > Fraction(bound.delta):
        return False
    if bound.accountant == "pure":
        return after.epsilon <= math.ceil(Fraction(bound.total) * EPSILON_UNITS)
    return spent(after, bound) <= bound.total


def left(before: Cost, bound: DpBound) -> float:
    """The ε that is left."""
    return max(0.0, bound.total - spent(before, bound))
