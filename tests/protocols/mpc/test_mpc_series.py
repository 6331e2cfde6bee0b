"""The logistic function and loss on shares: stated errors, saturation, and the origin of the coefficients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from parties import run_mpc
from tacit.errors import ParameterError
from tacit.protocols.mpc import Mpc
from tacit.protocols.mpc import series as s

SPECIAL = np.array([0.0, 8, -8, 8.2, -8.2, 7.9, -7.9, 16, -16, 32, -32, 24, -24, 1e-4, -1e-4])
Z = np.concatenate([SPECIAL, np.linspace(-70, 70, 3000), np.linspace(-9, 9, 3000)])


def logistic(z: Any) -> Any:
    return np.exp(-np.logaddexp(0, -z))


def evaluated(method: str, scale: int, bound: float, gain: float = 1.0, owner: str = "first") -> Any:
    def program(mpc: Mpc) -> Any:
        z = mpc.share(owner, Z if mpc.me == owner else None, Z.shape, scale=scale, bound=bound)
        p = mpc.sigmoid(z, method=method, gain=gain)
        assert p.scale == s.OUT_SCALE and p.shape == z.shape
        return mpc.reveal(p), p.bound

    results = run_mpc(program)
    assert (results["first"][0] == results["second"][0]).all()
    assert results["first"][1] == results["dealer"][1]
    return results["first"]


@pytest.mark.parametrize(("scale", "bound"), [(16, 70.0), (20, 2.0**12), (37, 2.0**23), (20, 2.0**40)])
def test_series_error_over_the_whole_line(scale: int, bound: float) -> None:
    values, limit = evaluated("series", scale, bound)
    assert np.abs(values - logistic(Z)).max() < 6e-4
    assert np.abs(values).max() * 2**s.OUT_SCALE <= limit


def test_series_with_gain() -> None:
    values, _ = evaluated("series", 20, 100, gain=1.99, owner="second")
    assert np.abs(values - 1.99 * logistic(Z)).max() < 1.2e-3


@pytest.mark.parametrize(("scale", "bound"), [(16, 70.0), (30, 2.0**20)])
def test_piecewise_error_over_the_whole_line(scale: int, bound: float) -> None:
    values, _ = evaluated("piecewise", scale, bound)
    assert np.abs(values - logistic(Z)).max() < 0.06
    assert set(np.round(values[np.abs(Z) > 3], 2)) <= {0.0, 1.0}


@pytest.mark.parametrize("scale", [10, 16, 30])
def test_loss_error(scale: int) -> None:
    labels = np.arange(len(Z)) % 2

    def program(mpc: Mpc) -> Any:
        z = mpc.share("second", Z if mpc.me == "second" else None, Z.shape, scale=scale, bound=100)
        y = mpc.share("first", labels if mpc.me == "first" else None, Z.shape, bound=1)
        return mpc.reveal(mpc.log_loss(z, y))

    values = run_mpc(program)["first"]
    rounding = 2.0 ** -min(scale, 16)
    assert np.abs(values - (np.logaddexp(0, Z) - labels * Z)).max() < 1e-3 + rounding


def test_coefficients_are_the_minimax_fits() -> None:
    z = np.linspace(0, 8.25, 3001)
    angle = 2 * np.pi * np.outer(z, np.arange(1, 2 * s.HARMONICS, 2)) / 2**s.PERIOD_BITS
    even, cosines = np.log(2 * np.cosh(z / 2)), np.column_stack([np.ones_like(z), np.cos(angle)])
    for columns, wanted, kept in (
        (np.sin(angle), logistic(z) - 0.5, np.array(s.SINES)),
        (cosines, even, np.array([s.CONSTANT, *s.COSINES])),
    ):
        width, ones = columns.shape[1], np.ones((len(z), 1))
        fit = linprog(
            np.r_[np.zeros(width), 1],
            A_ub=np.block([[columns, -ones], [-columns, -ones]]),
            b_ub=np.r_[wanted, -wanted],
            bounds=[(None, None)] * width + [(0, None)],
        )
        assert np.abs(columns @ kept - wanted).max() < 1.01 * fit.x[-1] + 1e-7


def test_waves_agree_with_sine_and_cosine() -> None:
    unit, harmonics = 20, s.HARMONICS
    x = np.random.default_rng(1).integers(0, 2**64, 1000, np.uint64)
    sines, cosines = s._waves(x, unit, harmonics)
    angle = (x % np.uint64(2 ** (unit + s.PERIOD_BITS))) / 2.0 ** (unit + s.PERIOD_BITS) * 2 * np.pi
    for row, k in enumerate(range(1, 2 * harmonics, 2)):
        assert np.abs(sines[row] - np.sin(k * angle)).max() < 1e-6
        assert np.abs(cosines[row] - np.cos(k * angle)).max() < 1e-6


def test_an_unknown_method_and_too_wide_inputs_are_refused() -> None:
    with pytest.raises(ParameterError) as caught:
        run_mpc(lambda mpc: mpc.sigmoid(mpc.zeros((2,), 10), method="cubic"))
    assert caught.value.code == "mpc.method"
    with pytest.raises(ParameterError) as caught:
        run_mpc(lambda mpc: mpc.sigmoid(mpc.zeros((2,), 60) + 1.0))
    assert caught.value.code == "mpc.overflow"
