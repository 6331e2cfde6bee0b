"""Static range analysis of training: scales and bounds from public sizes and settings alone.

One step moves a weight by at most rate * FEATURE_BOUND * RESIDUAL (a mean over a batch cannot exceed its largest term)
and one unit of rounding. So after k steps |w| <= k * step; with a penalty also |w| <= step / decay, because then the
shrinking outweighs the step. From that follow |z| and, with the 64-bit ring, the number of fractional bits left for the
weights. Where too few are left, training is refused at every party before it begins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tacit.algorithms.linear.columns import FEATURE_BOUND
from tacit.algorithms.linear.settings import Settings
from tacit.errors import ParameterError
from tacit.protocols.mpc.shares import check_bound

FEATURE_SCALE = 13  # fractional bits of features: 1.2e-4 of a standard deviation
WEIGHT_SCALE, LEAST_WEIGHT_SCALE = 24, 16  # fractional bits of weights: wanted, and still accepted
RESIDUAL = 1.0625  # bound of |p - y|, the approximation's error included
RESIDUAL_SCALE = 28
SCORE_BITS = 61  # |X w| stays below 2^61 in ring numbers
CHUNK_ROWS = 8192  # rows of one gradient; larger batches are summed up
_STEP_LIMIT = 1 << 62  # of a gradient with its penalty, which is truncated


@dataclass(frozen=True, slots=True)
class Plan:
    """`weight_scale` fractional bits; `weight_bound` in ring numbers holds throughout the training."""

    weight_scale: int
    weight_bound: int

    @staticmethod
    def of(rows: int, columns: int, settings: Settings) -> Plan:
        """The plan with the most fractional bits. Raises ParameterError("mpc.overflow")."""
        for scale in range(WEIGHT_SCALE, LEAST_WEIGHT_SCALE - 1, -1):
            largest = _largest_weight(rows, settings, scale)
            if math.ceil(columns * FEATURE_BOUND * largest).bit_length() + FEATURE_SCALE + scale <= SCORE_BITS:
                plan = Plan(scale, math.ceil(largest * 2.0**scale))
                plan._check_steps(rows, settings)
                return plan
        room = math.ldexp(1, SCORE_BITS - FEATURE_SCALE - LEAST_WEIGHT_SCALE) / (columns * FEATURE_BOUND)
        raise ParameterError(
            "mpc.overflow",
            "The weights of this training could grow beyond what 64-bit shares can hold.",
            found=f"weights up to {largest:.3g}",
            expected=f"up to {room:.3g}",
            hint="Use a smaller learning_rate, a larger l2, larger batches or fewer epochs.",
        )

    def _check_steps(self, rows: int, settings: Settings) -> None:
        """The largest gradient and penalty of any batch, as the protocol will add them. Raises as `of`."""
        for size in _batch_sizes(rows, settings):
            step = Step.of(size, settings, self.weight_scale)
            gradient = math.ceil(FEATURE_BOUND * 2**FEATURE_SCALE) * step.residual_bound * min(size, CHUNK_ROWS)
            check_bound(gradient + self.weight_bound * step.decay, "a gradient with its penalty", _STEP_LIMIT)


@dataclass(frozen=True, slots=True)
class Step:
    """One update from `rows` rows: gain * 2^-shift = learning_rate / rows with 1 <= gain < 2.

    The gradient has `lowered` bits more than the weights; `decay` is learning_rate * l2 in units of 2^-lowered.
    """

    gain: float
    lowered: int
    decay: int

    @staticmethod
    def of(rows: int, settings: Settings, weight_scale: int) -> Step:
        """Raises ParameterError("parameter.invalid") for a rate that fixed-point numbers cannot hold."""
        mantissa, exponent = math.frexp(settings.learning_rate / rows)
        lowered = FEATURE_SCALE + RESIDUAL_SCALE + 1 - exponent - weight_scale
        if not 1 <= lowered <= 61:
            raise ParameterError(
                "parameter.invalid",
                "`learning_rate` is too far from 1 for batches of this size.",
                found=f"{settings.learning_rate:g}",
                hint="Use a rate between 1e-6 and 10.",
            )
        return Step(2.0 * mantissa, lowered, round(settings.learning_rate * settings.l2 * 2.0**lowered))

    @property
    def residual_bound(self) -> int:
        """Largest magnitude of gain (p - y) in ring numbers."""
        return int(self.gain * RESIDUAL * 2**RESIDUAL_SCALE) + 1


def _batch_sizes(rows: int, settings: Settings) -> set[int]:
    """Rows of the full batches and of the last one."""
    full = min(rows, settings.batch_size)
    return {full, rows % full or full}


def _largest_weight(rows: int, settings: Settings, scale: int) -> float:
    sizes = _batch_sizes(rows, settings)
    kinds = [Step.of(size, settings, scale) for size in sizes]
    decay = min(math.ldexp(kind.decay, -kind.lowered) for kind in kinds)
    steps = settings.epochs * -(-rows // settings.batch_size)
    unit = 2.0**-LEAST_WEIGHT_SCALE * -(-max(sizes) // CHUNK_ROWS)
    step, free_step = (settings.learning_rate * bound * RESIDUAL + unit for bound in (FEATURE_BOUND, 1.0))
    shrunk = step / decay if decay > 0 else math.inf
    return 1.001 * max(min(step * steps, shrunk), free_step * steps)  # the intercept is not shrunk, its feature is 1
