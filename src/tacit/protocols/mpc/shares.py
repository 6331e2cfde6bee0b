"""A secret-shared array over Z_2^64: this party's share, its scale, and the largest magnitude it can have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tacit.errors import InternalError, ParameterError

Words: TypeAlias = NDArray[np.uint64]
Floats: TypeAlias = NDArray[np.float64]
Public: TypeAlias = "int | float | NDArray[Any]"

RING_LIMIT = 1 << 63  # magnitudes stay below it, so that the sign of a ring element is the sign of the number


def check_bound(bound: int, what: str, limit: int = RING_LIMIT) -> int:
    """`bound` itself, if it is below `limit`. Bounds are public, so every party refuses at the same point.

    Raises ParameterError("mpc.overflow").
    """
    if bound < limit:
        return bound
    raise ParameterError(
        "mpc.overflow",
        f"The range analysis of this computation does not close: {what} could leave the 64-bit ring.",
        found=f"up to 2^{(bound - 1).bit_length()}",
        expected=f"below 2^{limit.bit_length() - 1}",
        hint="Use fewer rows per batch, smaller bounds or fewer fractional bits.",
    )


def encode(values: Public, scale: int) -> Words:
    """Fixed-point image round(v * 2^scale) as ring elements; at least one-dimensional.

    Raises ParameterError("mpc.overflow"): a number beyond the ring would be cut by the conversion, unnoticed.
    """
    array = np.atleast_1d(np.asarray(values))
    if array.dtype.kind in "iub":
        largest = max(abs(int(array.max())), abs(int(array.min()))) if array.size else 0
        check_bound(largest << scale, "a public number")
        return np.ascontiguousarray(array.astype(np.int64).view(np.uint64) << np.uint64(scale))
    with np.errstate(over="ignore"):
        images = np.rint(np.ldexp(array.astype(np.float64), scale))
    top = float(np.abs(images).max(initial=0.0))
    check_bound(int(top) if top < RING_LIMIT else RING_LIMIT, "a public number")
    return images.astype(np.int64).view(np.uint64)


def decode(words: Words, scale: int) -> Floats:
    """The numbers that ring elements of `scale` fractional bits stand for."""
    return np.ldexp(words.view(np.int64).astype(np.float64), -scale)


def magnitude(words: Words) -> int:
    """Largest magnitude in an array of ring elements (0 if it is empty)."""
    if words.size == 0:
        return 0
    signed = words.view(np.int64)
    return max(abs(int(signed.max())), abs(int(signed.min())))


def known(words: Words | None) -> Words:
    """Words that this party must have by the logic of the program."""
    if words is None:
        raise InternalError("mpc.unknown_words", "A value was asked for at a party that does not have it.")
    return words


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """The value is share(first) + share(second) modulo 2^64, read as a signed number divided by 2^scale.

    `value` is None at the dealer, who runs the same program on shapes alone. `bound` is the largest magnitude of
    the signed ring number (not divided by 2^scale). `lead` tells whether this party adds the public constants.
    Arrays have at least one dimension. All operations here are local.
    """

    value: Words | None
    shape: tuple[int, ...]
    scale: int
    bound: int
    lead: bool

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def words(self) -> Words:
        """The share, at a party that has one."""
        return known(self.value)

    def _combine(self, other: Shared | Public, sign: int) -> Shared:
        if isinstance(other, Shared):
            if other.scale != self.scale:
                raise InternalError("mpc.scale", f"Scales differ: {self.scale} and {other.scale}.")
            operand, shape, bound = other.value, other.shape, other.bound
        else:
            public = encode(other, self.scale)
            operand, shape, bound = (public if self.lead else np.zeros_like(public)), public.shape, magnitude(public)
        bound = check_bound(self.bound + bound, "a sum")
        shape = np.broadcast_shapes(self.shape, shape)
        if self.value is None or operand is None:
            return Shared(None, shape, self.scale, bound, self.lead)
        value = self.value + operand if sign > 0 else self.value - operand
        return Shared(value, shape, self.scale, bound, self.lead)

    def __add__(self, other: Shared | Public) -> Shared:
        return self._combine(other, 1)

    def __sub__(self, other: Shared | Public) -> Shared:
        return self._combine(other, -1)

    def __neg__(self) -> Shared:
        value = None if self.value is None else np.uint64(0) - self.value
        return Shared(value, self.shape, self.scale, self.bound, self.lead)

    def __rsub__(self, other: Public) -> Shared:
        return -self + other

    __radd__ = __add__

    def __mul__(self, factor: int | NDArray[np.int64]) -> Shared:
        """Times public whole numbers; the scale stays."""
        return self.times(factor, 0)

    __rmul__ = __mul__

    def times(self, factor: Public, scale: int) -> Shared:
        """Times public numbers encoded with `scale` fractional bits, which the result has in addition."""
        public = encode(factor, scale)
        bound = check_bound(self.bound * magnitude(public), "a product with public numbers")
        value = None if self.value is None else self.value * public
        shape = np.broadcast_shapes(self.shape, public.shape)
        return Shared(value, shape, self.scale + scale, bound, self.lead)

    def rescaled(self, scale: int) -> Shared:
        """The same numbers with more fractional bits (fewer: see Mpc.truncate)."""
        shift = scale - self.scale
        if shift < 0:
            raise InternalError("mpc.scale", "A scale is lowered by truncation only.")
        bound = check_bound(self.bound << shift, "a change of scale")
        value = None if self.value is None else self.value << np.uint64(shift)
        return Shared(value, self.shape, scale, bound, self.lead)

    def read_as(self, *, scale: int | None = None, bound: int | None = None) -> Shared:
        """The same ring numbers under another scale (a division by a power of two), or with a bound known otherwise."""
        new_scale, new_bound = self.scale if scale is None else scale, self.bound if bound is None else bound
        return Shared(self.value, self.shape, new_scale, new_bound, self.lead)

    def __getitem__(self, index: Any) -> Shared:
        if self.value is not None:
            value = np.atleast_1d(self.value[index])
            return Shared(value, value.shape, self.scale, self.bound, self.lead)
        shape = np.atleast_1d(np.empty(self.shape, np.bool_)[index]).shape
        return Shared(None, shape, self.scale, self.bound, self.lead)

    def reshape(self, *shape: int) -> Shared:
        """The same elements in another shape."""
        value = None if self.value is None else self.value.reshape(shape)
        return Shared(value, shape, self.scale, self.bound, self.lead)

    def transpose(self) -> Shared:
        """Rows and columns exchanged."""
        value = None if self.value is None else np.ascontiguousarray(self.value.T)
        return Shared(value, self.shape[::-1], self.scale, self.bound, self.lead)

    def sum(self, axis: int | None = None) -> Shared:
        """Sum over one axis, or over all elements (shape (1,))."""
        shape = (1,) if axis is None or len(self.shape) == 1 else _without(self.shape, axis)
        terms = self.size // max(1, math.prod(shape))
        bound = check_bound(self.bound * max(1, terms), "a sum")
        value = None if self.value is None else np.atleast_1d(self.value.sum(axis=axis, dtype=np.uint64))
        return Shared(value, shape, self.scale, bound, self.lead)


def _without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    axis %= len(shape)
    return shape[:axis] + shape[axis + 1 :]


def concatenate(parts: Sequence[Shared]) -> Shared:
    """Shared arrays of one scale, joined along the first axis."""
    head = parts[0]
    if any(part.scale != head.scale for part in parts):
        raise InternalError("mpc.scale", "Only arrays of one scale can be joined.")
    shape = (sum(part.shape[0] for part in parts), *head.shape[1:])
    value = None if head.value is None else np.concatenate([part.words for part in parts])
    return Shared(value, shape, head.scale, max(part.bound for part in parts), head.lead)
