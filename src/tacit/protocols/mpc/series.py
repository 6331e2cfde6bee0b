"""Logistic function and logistic loss of shared numbers: sine and cosine series inside, saturation outside.

z is opened once, as c = z 2^s + r under a dealt mask r that is uniform in the whole ring: c tells nothing. From c
come both parts.
Series: with the period 32 a power of two, the angle of c is the sum of the angles of z and r, so that
sin k(c - r) = sin kc cos kr - cos kc sin kr is a public combination of dealt shares of sin kr and cos kr.
Saturation: two comparisons with -8 and 8 on the highest digits of c (see bits.py) and one selection.
Only odd harmonics are used: they mirror the curve at 8, where it is flat.

Source of the series part: Zheng, Zhang, Chow, Peng, Tan, Li, Yin, "Secure Softmax/Sigmoid for Machine-learning
Computation" (ACSAC 2023). The comparison part is ours.

Largest error over the whole line (the tests measure it): "series" 6e-4 for the logistic function and 1e-3 for the
logistic loss; "piecewise" 0.06.

The public coefficients must agree bit for bit at both parties, or the shares do not fit. So they are computed with
IEEE additions and multiplications alone (one NumPy call each, never fused), not with the platform's sine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tacit.errors import ParameterError
from tacit.protocols.mpc.bits import DIGIT, Tables, below_mask, pick, sign_tables
from tacit.protocols.mpc.products import multiply
from tacit.protocols.mpc.seat import Seat
from tacit.protocols.mpc.shares import Floats, Shared, Words, check_bound
from tacit.protocols.mpc.truncation import truncate

PUBLIC_BITS, DEALT_BITS = 14, 14  # fractional bits of the public and of the dealt factors of the series
OUT_SCALE = PUBLIC_BITS + DEALT_BITS
LOSS_SCALE = 17

PERIOD_BITS = 5
EDGE = 8.0
# Minimax fits on |z| <= 8.25 (linear programme; tests/protocols/mpc/test_series.py repeats it) with the harmonics
# 1, 3, ..., 11 of period 32: the logistic function less 1/2 (error 3.0e-4); log(2 cosh(z/2)) (error 1.1e-4).
SINES = (0.59807068, 0.12646835, 0.03608318, 0.01041586, 0.00309603, 0.00093375)
COSINES = (-3.04583068, -0.2147395, -0.03672904, -0.00759706, -0.0017366, -0.00043148)
CONSTANT = 4.00032201
HARMONICS = len(SINES)

SLOPE_NUMERATOR, SLOPE_BITS = 45, 8  # piecewise: 1/2 + 45/256 z, cut at 0 and 1; near the best slope
PIECE_EDGE = 128 / 45
_PIECE_SCALE = OUT_SCALE - SLOPE_BITS


def sigmoid(seat: Seat, z: Shared, method: str, gain: float) -> Shared:
    """gain / (1 + exp(-z)) with 1 <= gain < 2. Rounds: opening, comparison (1, or 2 for wide z), selection."""
    if method == "series":
        opening = _open(seat, z, EDGE, slack=2, harmonics=HARMONICS)
        inner = _combine(seat, opening, SINES, gain, constant=0.5, sine=True)
        edge = EDGE
    elif method == "piecewise":
        inner = _line(seat, z, gain)
        opening = _open(seat, z, PIECE_EDGE, slack=7, harmonics=0)
        edge = PIECE_EDGE
    else:
        raise ParameterError("mpc.method", "Unknown approximation.", found=method, expected="series or piecewise")
    numbers, (cut,) = pick(seat, _outside(seat, opening, edge), 2, z.size, [(0, inner)])
    top = round(gain * 2.0**OUT_SCALE)
    value = None if numbers is None else inner.words - cut.words + numbers[1] * np.uint64(top)
    # The bound of the function, not of the sum of its parts: saturation keeps it within [0, gain] and an error.
    return Shared(value, (z.size,), OUT_SCALE, top + (top >> 4), seat.lead).reshape(*z.shape)


def log_loss(seat: Seat, z: Shared, label: Shared) -> Shared:
    """softplus(z) - label z = log(2 cosh(z/2)) + z/2 - label z, of scale LOSS_SCALE; |z|/2 in place of the first
    term outside [-8, 8]. Two rounds more than `sigmoid`."""
    scale = LOSS_SCALE - 1
    z = z.rescaled(scale) if z.scale < scale else truncate(seat, z, z.scale - scale)
    opening = _open(seat, z, EDGE, slack=2, harmonics=HARMONICS)
    even = truncate(seat, _combine(seat, opening, COSINES, 1.0, CONSTANT, sine=False), OUT_SCALE - LOSS_SCALE)
    outside = _outside(seat, opening, EDGE)
    flat = z.reshape(z.size)
    _, (cut, beyond, above) = pick(seat, outside, 2, z.size, [(0, even), (0, flat), (1, flat)])
    half = (above * 2 - beyond + flat).read_as(scale=LOSS_SCALE)
    loss = even - cut + half - multiply(seat, label.reshape(z.size), flat).rescaled(LOSS_SCALE)
    return loss.reshape(*z.shape)


def _line(seat: Seat, z: Shared, gain: float) -> Shared:
    """The middle piece, gain (1/2 + 45/256 z)."""
    reduced = z.rescaled(_PIECE_SCALE) if z.scale < _PIECE_SCALE else truncate(seat, z, z.scale - _PIECE_SCALE)
    sloped = (reduced * round(SLOPE_NUMERATOR * gain)).read_as(scale=OUT_SCALE)
    return (sloped + 0.5 * gain).reshape(z.size)


@dataclass(frozen=True, slots=True)
class _Opening:
    """z opened as c = z 2^shift + r, and what was dealt about r. `unit` is log2 of one in c."""

    size: int
    unit: int
    layout: Tables
    c: Words | None
    waves: Words | None
    tables: Words | None


def _open(seat: Seat, z: Shared, edge: float, slack: int, harmonics: int) -> _Opening:
    """Fill the ring with z and open it. Comparisons will be exact to 2^-slack."""
    reach = check_bound(z.bound + math.ceil(2 * edge * 2.0**z.scale), "a comparison")
    shift = 63 - reach.bit_length()
    unit, size = z.scale + shift, z.size
    digits = max(1, -(-(64 - unit + slack) // DIGIT))
    layout = sign_tables(DIGIT * digits if digits <= 64 // DIGIT else 64)
    mask, plain = seat.uniform((size,))

    def build(out: Words) -> None:
        if plain is not None:
            waves = out[: 2 * harmonics * size].reshape(2, harmonics, size)
            if harmonics:
                waves[:] = _fixed(np.stack(_waves(plain, unit, harmonics)), DEALT_BITS)
            layout.fill(plain, out[2 * harmonics * size :])

    dealt = seat.deal(2 * harmonics * size, layout.words * size, build)
    if dealt is None or mask is None:
        return _Opening(size, unit, layout, None, None, None)
    c = seat.open_sum((z.words.reshape(-1) << np.uint64(shift)) + mask)
    waves = dealt[: 2 * harmonics * size].reshape(2, harmonics, size)
    return _Opening(size, unit, layout, c, waves, dealt[2 * harmonics * size :])


def _outside(seat: Seat, opening: _Opening, edge: float) -> Words | None:
    """Packed shared bits (2, words): [z outside the edges], [z above]. Either answer within the slack of an edge."""
    both = None
    if opening.c is not None:
        step = round(edge * 2.0**opening.unit)
        spare = 1 << (64 - opening.layout.width)
        both = np.stack([opening.c + np.uint64(step), opening.c - np.uint64(step + spare)])
    signs = below_mask(seat, opening.layout, both, opening.tables, (2, opening.size))
    if signs is None:
        return None
    above = signs[1] ^ np.uint64(2**64 - 1) if seat.lead else signs[1]
    return np.stack([signs[0] ^ above, above])


def _combine(
    seat: Seat, opening: _Opening, weights: tuple[float, ...], gain: float, constant: float, sine: bool
) -> Shared:
    """gain (constant + sum of weight_k sin or cos of harmonic k of z), of scale OUT_SCALE."""
    top = math.ceil(gain * (abs(constant) + sum(abs(weight) for weight in weights) + 0.01) * 2.0**OUT_SCALE)
    if opening.c is None or opening.waves is None:
        return Shared(None, (opening.size,), OUT_SCALE, top, False)
    sines, cosines = _waves(opening.c, opening.unit, HARMONICS)
    scaled = np.array(weights).reshape(-1, 1) * gain
    with_sine, with_cosine = (-cosines, sines) if sine else (sines, cosines)
    value = (_fixed(scaled * with_sine, PUBLIC_BITS) * opening.waves[0]).sum(axis=0, dtype=np.uint64)
    value += (_fixed(scaled * with_cosine, PUBLIC_BITS) * opening.waves[1]).sum(axis=0, dtype=np.uint64)
    if seat.lead:
        value += np.uint64(round(gain * constant * 2.0**OUT_SCALE))
    return Shared(value, (opening.size,), OUT_SCALE, top, seat.lead)


def _fixed(values: Floats, bits: int) -> Words:
    return np.rint(values * 2.0**bits).astype(np.int64).view(np.uint64)


def _waves(words: Words, unit: int, harmonics: int) -> tuple[Floats, Floats]:
    """(sines, cosines) of 2 pi k x / 32 for x = words / 2^unit and k = 1, 3, 5, ...: shapes (harmonics, n).

    The bits above the period drop out by a shift. Then: polynomials at a quarter of the angle, two doublings, and
    the recurrence f(k + 2) = 2 cos(2 angle) f(k) - f(k - 2).
    """
    turns = (words << np.uint64(64 - unit - PERIOD_BITS)).view(np.int64).astype(np.float64)
    sine, cosine = _quarter(turns * (2 * math.pi * 0.25 * 2.0**-64))
    for _ in range(2):
        sine, cosine = 2.0 * (sine * cosine), 1.0 - 2.0 * (sine * sine)
    twice = 2.0 - 4.0 * (sine * sine)
    sines, cosines = np.empty((harmonics, words.size)), np.empty((harmonics, words.size))
    sines[0], cosines[0] = sine, cosine
    before_sine, before_cosine = -sine, cosine
    for k in range(1, harmonics):
        np.subtract(twice * sines[k - 1], before_sine, out=sines[k])
        np.subtract(twice * cosines[k - 1], before_cosine, out=cosines[k])
        before_sine, before_cosine = sines[k - 1], cosines[k - 1]
    return sines, cosines


def _quarter(angle: Floats) -> tuple[Floats, Floats]:
    """Sine and cosine by Taylor polynomials for |angle| <= pi/4: error below 2e-9, far below the dealt bits."""
    square = angle * angle
    sine = np.full_like(angle, 1 / math.factorial(9))
    cosine = np.full_like(angle, 1 / math.factorial(10))
    for k in range(7, 0, -2):
        sine = 1 / math.factorial(k) - square * sine
        cosine = 1 / math.factorial(k + 1) - square * cosine
    return angle * sine, 1.0 - square * cosine
