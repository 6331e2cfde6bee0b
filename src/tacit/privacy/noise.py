"""Integer noise for counts that are published: discrete Laplace, bounded discrete Laplace, discrete Gaussian.

Sampling is exact: coins, uniform integers and comparisons of whole numbers only, from the randomness of the operating
system; no floating point takes part, so nothing about the true count hides in low bits (Mironov, CCS 2012). Source:
Canonne, Kamath, Steinke, "The discrete Gaussian for differential privacy", NeurIPS 2020, algorithms 1 to 3.

All kinds speak about a count that one person's data change by at most 1. How long a draw takes depends on its value
(Jin, McMurtry, Rubinstein, Ohrimenko, S&P 2022): it must be made before, not while, somebody waits. `ahead` does that.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from tacit.errors import ParameterError

Source = Callable[[int], bytes]

LARGEST_BOUND = 1 << 20  # dummy items on each side grow with it
_LN2 = Fraction(6_931_471_806, 10**10)  # a little more than ln 2


@dataclass(frozen=True, slots=True)
class Laplace:
    """P(x) ∝ e^(-epsilon·|x|) on all integers: a count with it is epsilon-differentially private."""

    epsilon: Fraction
    source: Source = os.urandom

    def __post_init__(self) -> None:
        _check_positive(self.epsilon, "epsilon")

    @property
    def label(self) -> str:
        """Kind and parameters, the same on both sides."""
        return f"laplace:{Fraction(self.epsilon)}"

    @property
    def bound(self) -> None:
        """There is none."""

    @property
    def delta(self) -> Fraction:
        """0: the guarantee is pure."""
        return Fraction(0)

    def draw(self) -> int:
        """One sample."""
        return discrete_laplace(1 / Fraction(self.epsilon), self.source)


@dataclass(frozen=True, slots=True)
class BoundedLaplace:
    """`Laplace` under the condition |x| <= `bound`: a count with it is (epsilon, 2^-delta_bits)-differentially private.

    With p = e^-epsilon and s = `bound`, the smallest possible delta is p^s (1 - p) / (1 + p - 2 p^(s+1)) <= p^s.
    """

    epsilon: Fraction
    delta_bits: int = 40
    source: Source = os.urandom

    def __post_init__(self) -> None:
        _check_positive(self.epsilon, "epsilon")
        if not 1 <= self.delta_bits <= 128:
            raise ParameterError("privacy.bad_noise", "delta is 2^-1 to 2^-128.", found=f"delta_bits {self.delta_bits}")
        if self.bound > LARGEST_BOUND:
            raise ParameterError(
                "privacy.bad_noise",
                "So small an epsilon with so small a delta needs too many dummy items.",
                found=f"{2 * self.bound} dummy items",
                expected=f"at most {2 * LARGEST_BOUND}",
                hint="Choose a larger epsilon or delta.",
            )

    @property
    def label(self) -> str:
        """Kind and parameters, the same on both sides."""
        return f"bounded-laplace:{Fraction(self.epsilon)}:{self.delta_bits}"

    @property
    def bound(self) -> int:
        """s with e^(-epsilon·s) <= delta, from whole numbers only."""
        return math.ceil(self.delta_bits * _LN2 / Fraction(self.epsilon))

    @property
    def delta(self) -> Fraction:
        """The guarantee."""
        return Fraction(1, 1 << self.delta_bits)

    def draw(self) -> int:
        """One sample; repeated until it lies within the bound."""
        while True:
            sample = discrete_laplace(1 / Fraction(self.epsilon), self.source)
            if abs(sample) <= self.bound:
                return sample


@dataclass(frozen=True, slots=True)
class Gaussian:
    """P(x) ∝ e^(-x²/(2·variance)): a count with it is 1/(2·variance)-zCDP (theorem 4), better under many counts."""

    variance: Fraction
    source: Source = os.urandom

    def __post_init__(self) -> None:
        _check_positive(self.variance, "variance")

    @property
    def label(self) -> str:
        """Kind and parameters, the same on both sides."""
        return f"gaussian:{Fraction(self.variance)}"

    @property
    def bound(self) -> None:
        """There is none."""

    @property
    def rho(self) -> Fraction:
        """The guarantee in zero-concentrated differential privacy; it adds up over counts."""
        return 1 / (2 * Fraction(self.variance))

    def epsilon(self, delta: float) -> float:
        """An epsilon for which (epsilon, delta) holds: rho + 2 √(rho·ln(1/delta)) (Bun, Steinke 2016, 1.3). To show."""
        rho = float(self.rho)
        return rho + 2 * math.sqrt(rho * math.log(1 / delta))

    def draw(self) -> int:
        """One sample."""
        return discrete_gaussian(Fraction(self.variance), self.source)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw that has been made, with the label and bound of its kind. For one run only."""

    label: str
    bound: int | None
    value: int

    def draw(self) -> int:
        """The same every time."""
        return self.value


def ahead(noise: Laplace | BoundedLaplace | Gaussian) -> Drawn:
    """Draws now, before a run begins, so that the time between two messages of it says nothing about the value."""
    return Drawn(noise.label, noise.bound, noise.draw())


def uniform_below(limit: int, source: Source = os.urandom) -> int:
    """A uniform integer from 0 to limit - 1, by rejection."""
    bits = (limit - 1).bit_length()
    size = (bits + 7) // 8
    while True:
        number = int.from_bytes(source(size), "little") >> (8 * size - bits)
        if number < limit:
            return number


def bernoulli(chance: Fraction, source: Source = os.urandom) -> bool:
    """True with probability `chance` (0 to 1)."""
    return uniform_below(chance.denominator, source) < chance.numerator


def bernoulli_exp(exponent: Fraction, source: Source = os.urandom) -> bool:
    """True with probability e^-exponent, exponent >= 0 (algorithm 1)."""
    while exponent > 1:
        if not bernoulli_exp(Fraction(1), source):
            return False
        exponent -= 1
    tries = 1
    while bernoulli(exponent / tries, source):
        tries += 1
    return tries % 2 == 1


def discrete_laplace(scale: Fraction, source: Source = os.urandom) -> int:
    """P(x) ∝ e^(-|x|/scale) on the integers (algorithm 2)."""
    top, bottom = scale.numerator, scale.denominator
    while True:
        rest = uniform_below(top, source)
        if not bernoulli_exp(Fraction(rest, top), source):
            continue
        whole = 0
        while bernoulli_exp(Fraction(1), source):
            whole += 1
        size = (rest + top * whole) // bottom
        negative = uniform_below(2, source) == 1
        if size or not negative:  # 0 must not come up twice
            return -size if negative else size


def discrete_gaussian(variance: Fraction, source: Source = os.urandom) -> int:
    """P(x) ∝ e^(-x²/(2·variance)) on the integers (algorithm 3)."""
    scale = math.isqrt(variance.numerator // variance.denominator) + 1
    while True:
        sample = discrete_laplace(Fraction(scale), source)
        if bernoulli_exp((abs(sample) - variance / scale) ** 2 / (2 * variance), source):
            return sample


def _check_positive(number: Fraction, name: str) -> None:
    if not isinstance(number, (int, Fraction)) or number <= 0:  # a float is seldom the number that was meant
        raise ParameterError(
            "privacy.bad_noise",
            f"{name} must be a positive whole number or fraction.",
            found=str(number),
            hint="Write it as a fraction, such as 1/10.",
        )
