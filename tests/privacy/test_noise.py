"""Noise has the distribution that its guarantee speaks of, drawn exactly; from a seeded source, so never by luck."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import pytest

from tacit.errors import ParameterError
from tacit.privacy import noise
from tacit.privacy.noise import BoundedLaplace, Gaussian, Laplace, Source

DRAWS = 6000


def seeded(name: str) -> Source:
    """Bytes of SHAKE-128 of the name, one after the other."""
    stream = hashlib.shake_128(name.encode()).digest(1 << 22)
    position = 0

    def read(size: int) -> bytes:
        nonlocal position
        position += size
        assert position <= len(stream)
        return stream[position - size : position]

    return read


def _distance(samples: list[int], weight: Callable[[int], float], reach: int) -> float:
    """Total variation between the samples and the distribution with these weights on -reach..reach."""
    whole = sum(weight(x) for x in range(-reach, reach + 1))
    seen = Counter(samples)
    expected = {x: weight(x) / whole for x in range(-reach, reach + 1)}
    outside = sum(1 for x in samples if abs(x) > reach) / len(samples)
    return (sum(abs(seen[x] / len(samples) - chance) for x, chance in expected.items()) + outside) / 2


@pytest.mark.parametrize("epsilon", [Fraction(1, 3), Fraction(1), Fraction(5, 2)])
def test_laplace(epsilon: Fraction) -> None:
    kind = Laplace(epsilon, seeded(f"laplace {epsilon}"))
    samples = [kind.draw() for _ in range(DRAWS)]
    assert _distance(samples, lambda x: math.exp(-float(epsilon) * abs(x)), 60) < 0.04
    assert kind.delta == 0 and kind.bound is None


@pytest.mark.parametrize("variance", [Fraction(1, 4), Fraction(2), Fraction(25)])
def test_gaussian(variance: Fraction) -> None:
    kind = Gaussian(variance, seeded(f"gaussian {variance}"))
    samples = [kind.draw() for _ in range(DRAWS)]
    assert _distance(samples, lambda x: math.exp(-x * x / (2 * float(variance))), 40) < 0.04
    assert kind.rho == 1 / (2 * variance) and kind.bound is None
    assert kind.epsilon(1e-6) > float(kind.rho)


def test_bounded_laplace_is_laplace_within_the_bound() -> None:
    kind = BoundedLaplace(Fraction(1, 2), 2, seeded("bounded"))
    assert kind.bound == 3
    samples = [kind.draw() for _ in range(DRAWS)]
    assert max(map(abs, samples)) == 3
    assert _distance(samples, lambda x: math.exp(-abs(x) / 2), 3) < 0.04


@pytest.mark.parametrize("epsilon", [Fraction(1, 10), Fraction(1), Fraction(7, 3)])
@pytest.mark.parametrize("delta_bits", [1, 10, 40])
def test_the_stated_delta_holds(epsilon: Fraction, delta_bits: int) -> None:
    """The largest of P(S) - e^epsilon·Q(S) over all S, for counts c and c + 1, summed over all outputs."""
    kind = BoundedLaplace(epsilon, delta_bits)
    reach, factor = kind.bound, math.exp(float(epsilon))
    weights = {x: math.exp(-float(epsilon) * abs(x)) for x in range(-reach, reach + 1)}
    whole = math.fsum(weights.values())
    one = {x: weight / whole for x, weight in weights.items()}
    other = {x + 1: chance for x, chance in one.items()}
    for first, second in ((one, other), (other, one)):
        # Where both are possible the ratio is at most e^epsilon, up to the rounding of floats.
        lost = math.fsum(chance for x, chance in first.items() if x not in second)
        excess = max((chance / (factor * second[x]) for x, chance in first.items() if second.get(x)), default=0.0)
        assert lost <= float(kind.delta)
        assert excess < 1 + 1e-9
    p = math.exp(-float(epsilon))
    assert math.isclose(lost, p**reach * (1 - p) / (1 + p - 2 * p ** (reach + 1)), rel_tol=1e-9)


@pytest.mark.parametrize("exponent", [Fraction(0), Fraction(1, 3), Fraction(1), Fraction(7, 2)])
def test_coins_with_chance_e_to_minus_x(exponent: Fraction) -> None:
    source = seeded(f"coin {exponent}")
    heads = sum(noise.bernoulli_exp(exponent, source) for _ in range(DRAWS))
    assert abs(heads / DRAWS - math.exp(-float(exponent))) < 0.03


@pytest.mark.parametrize("limit", [1, 2, 3, 255, 256, 257, 1000])
def test_uniform_integers(limit: int) -> None:
    source = seeded(f"uniform {limit}")
    samples = [noise.uniform_below(limit, source) for _ in range(DRAWS)]
    assert min(samples) >= 0 and max(samples) < limit
    assert abs(sum(samples) / DRAWS - (limit - 1) / 2) <= 0.03 * limit
    assert limit > 300 or len(set(samples)) == limit


def test_the_operating_system_is_the_source() -> None:
    assert len({Laplace(Fraction(1, 1000)).draw() for _ in range(20)}) > 5


def test_labels_name_kind_and_parameters() -> None:
    kinds = [
        Laplace(Fraction(1)),
        Laplace(Fraction(1, 2)),
        BoundedLaplace(Fraction(1)),
        BoundedLaplace(Fraction(1), 20),
    ]
    assert len({kind.label for kind in (*kinds, Gaussian(Fraction(1)))}) == 5


@pytest.mark.parametrize(
    "make",
    [
        lambda: Laplace(Fraction(0)),
        lambda: Laplace(Fraction(-1, 2)),
        lambda: Laplace(0.5),  # type: ignore[arg-type]
        lambda: BoundedLaplace(Fraction(1), 0),
        lambda: BoundedLaplace(Fraction(1), 129),
        lambda: BoundedLaplace(Fraction(1, 1 << 20)),
        lambda: Gaussian(Fraction(0)),
    ],
)
def test_refusals(make: Callable[[], object]) -> None:
    with pytest.raises(ParameterError) as caught:
        make()
    assert caught.value.code == "privacy.bad_noise"


def test_a_draw_made_ahead_stays() -> None:
    kind = BoundedLaplace(Fraction(1, 2), 20, seeded("ahead"))
    drawn = noise.ahead(kind)
    assert (drawn.label, drawn.bound) == (kind.label, kind.bound)
    assert drawn.draw() == drawn.draw() == drawn.value
    assert len({noise.ahead(kind).value for _ in range(40)}) > 3
