"""Products of shared or private arrays, with dealt correlations. Each costs one exchange between the data parties.

Source: Beaver, "Efficient multiparty protocols using circuit randomization" (CRYPTO '91), and its matrix form in
Mohassel, Zhang, "SecureML" (S&P 2017), here with a helper that deals the triples.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.errors import DataError, InternalError
from tacit.kernel import ring_matmul, ring_matvec, ring_matvec_t
from tacit.protocols.mpc.corrections import CHUNK
from tacit.protocols.mpc.messages import Kind
from tacit.protocols.mpc.seat import Seat, Shape
from tacit.protocols.mpc.shares import Shared, Words, check_bound, encode, known

RealArray = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Private:
    """An array that one party knows and the others know the shape and bound of. `words` is None elsewhere."""

    owner: int
    words: Words | None
    shape: Shape
    scale: int
    bound: int


def take_private(seat: Seat, owner: int, values: RealArray | None, shape: Shape, scale: int, bound: float) -> Private:
    """Encode the owner's array after checking shape, finiteness and |v| <= bound, before anything is sent.

    Raises DataError("mpc.not_finite"), DataError("mpc.out_of_bound"), ParameterError("mpc.overflow").
    """
    limit = check_bound(math.ceil(bound * 2.0**scale), "an input")
    if seat.index != owner:
        return Private(owner, None, shape, scale, limit)
    if values is None or np.shape(values) != shape:
        raise InternalError("mpc.shape", "The owner's array does not have the announced shape.")
    array = np.asarray(values)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DataError("mpc.not_finite", "A value is missing or infinite.", hint="Fill or remove missing values.")
    if array.size and max(-array.min().item(), array.max().item()) > bound:
        raise DataError(
            "mpc.out_of_bound",
            "A value is larger than the public bound of this computation.",
            expected=f"at most {bound:g} in magnitude",
            hint="Scale or clip the columns first.",
        )
    return Private(owner, encode(array, scale).reshape(shape), shape, scale, limit)


def multiply(seat: Seat, x: Shared, y: Shared) -> Shared:
    """Element by element; scales add up."""
    if x.shape != y.shape:
        raise InternalError("mpc.shape", f"Shapes differ: {x.shape} and {y.shape}.")
    bound = check_bound(x.bound * y.bound, "a product")
    return _beaver(seat, x, y, x.shape, bound, np.multiply)


def multiply_matrices(seat: Seat, x: Shared, y: Shared) -> Shared:
    """Matrix product (m, k) times (k, n); scales add up."""
    (m, k), (k2, n) = x.shape, y.shape
    if k != k2:
        raise InternalError("mpc.shape", f"Shapes do not fit: {x.shape} and {y.shape}.")
    bound = check_bound(x.bound * y.bound * max(1, k), "a matrix product")
    return _beaver(seat, x, y, (m, n), bound, ring_matmul)


def _beaver(
    seat: Seat, x: Shared, y: Shared, shape: Shape, bound: int, product: Callable[[Words, Words], Words]
) -> Shared:
    a, plain_a = seat.uniform(x.shape)
    b, plain_b = seat.uniform(y.shape)

    def build(out: Words) -> None:
        if plain_a is not None and plain_b is not None:
            out[:] = product(plain_a, plain_b).reshape(-1)

    c = seat.deal(math.prod(shape), 0, build)
    scale = x.scale + y.scale
    if c is None or a is None or b is None:
        return Shared(None, shape, scale, bound, False)
    opened = seat.open_sum(np.concatenate([(x.words - a).reshape(-1), (y.words - b).reshape(-1)]))
    d, e = opened[: x.size].reshape(x.shape), opened[x.size :].reshape(y.shape)
    value = product(d, b) + product(a, e) + c.reshape(shape)
    if seat.lead:
        value += product(d, e)
    return Shared(value, shape, scale, bound, seat.lead)


def multiply_private(seat: Seat, a: Private, b: Private) -> Shared:
    """Matrix product of two private matrices (m, k), (k, n), streamed along k in blocks of at most CHUNK words.

    Owner of a sends a - A, owner of b sends b - B (A, B fresh, known to the sender and the dealer). Then
    a(b - B) + (a - A)B + AB = ab: the first term is known to a's owner, the second to b's, the third is dealt.
    """
    (m, k), (k2, n) = a.shape, b.shape
    if k != k2:
        raise InternalError("mpc.shape", f"Shapes do not fit: {a.shape} and {b.shape}.")
    bound = check_bound(a.bound * b.bound * max(1, k), "a matrix product")
    if a.owner == b.owner:
        return _own_product(seat, a, b, bound)
    total = np.zeros((m, n), np.uint64)
    step = max(1, CHUNK // max(1, m, n))
    for start in range(0, k, step):
        total += _block_product(seat, a, b, slice(start, min(k, start + step)))
    return _split(seat, total, a.scale + b.scale, bound)


def _own_product(seat: Seat, a: Private, b: Private, bound: int) -> Shared:
    shape, value = (a.shape[0], b.shape[1]), None
    if a.words is not None and b.words is not None:
        value = ring_matmul(np.ascontiguousarray(a.words), np.ascontiguousarray(b.words))
    elif not seat.is_dealer:
        value = np.zeros(shape, np.uint64)
    return Shared(value, shape, a.scale + b.scale, bound, seat.lead)


def _block_product(seat: Seat, a: Private, b: Private, block: slice) -> Words:
    """This party's part of the product over one block of the inner dimension; the dealer's is AB."""
    width = block.stop - block.start
    left, right = (a.shape[0], width), (width, b.shape[1])
    mask_a, mask_b = seat.own(a.owner, left), seat.own(b.owner, right)
    if a.words is not None and mask_a is not None:
        mine = np.ascontiguousarray(a.words[:, block])
        theirs = seat.swap(Kind.MASKED, mine - mask_a, math.prod(right)).reshape(right)
        return ring_matmul(mine, theirs)
    if b.words is not None and mask_b is not None:
        mine = np.ascontiguousarray(b.words[block])
        theirs = seat.swap(Kind.MASKED, mine - mask_b, math.prod(left)).reshape(left)
        return ring_matmul(theirs, mask_b)
    return ring_matmul(known(mask_a), known(mask_b))


def _split(seat: Seat, part: Words, scale: int, bound: int) -> Shared:
    """Share the dealer's part between the two and add it to theirs."""

    def build(out: Words) -> None:
        out[:] = part.reshape(-1)

    dealt = seat.deal(part.size, 0, build)
    value = None if dealt is None else part + dealt.reshape(part.shape)
    return Shared(value, part.shape, scale, bound, seat.lead)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A private matrix X under a mask A that is kept. `words`: X at the owner, X - A at the other, A at the dealer."""

    owner: int
    words: Words
    scale: int
    bound: int

    @property
    def columns(self) -> int:
        """Width of the matrix."""
        return int(self.words.shape[1])


def fix(seat: Seat, x: Private) -> Fixed:
    """Send a private matrix under a mask that stays. One message (in CHUNK pieces), owner to the other party."""
    mask = seat.own(x.owner, x.shape)
    if seat.is_dealer and mask is not None:
        return Fixed(x.owner, mask, x.scale, x.bound)
    hidden = x.words - mask if x.words is not None and mask is not None else None
    received = seat.hand(x.owner, Kind.FIXED, hidden, math.prod(x.shape))
    return Fixed(x.owner, known(x.words) if received is None else received.reshape(x.shape), x.scale, x.bound)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Two fixed matrices side by side, [X_first | X_second], with the same rows; each has its own owner.

    Why one mask A may serve every product with the same X: the other party sees E = X - A once, uniform. The owner
    sees shares of the other factor under masks b, fresh for every product. What is dealt, A b split in two, gives
    first a pad that nothing depends on and second a value that is uniform without first's pad.
    """

    parts: tuple[Fixed, Fixed]

    def __post_init__(self) -> None:
        left, right = self.parts
        if (left.owner, right.owner) != (0, 1) or left.scale != right.scale or len(left.words) != len(right.words):
            raise InternalError("mpc.blocks", "The matrices must be first's and second's, of one scale and height.")

    @property
    def columns(self) -> int:
        """Width of both together."""
        return self.parts[0].columns + self.parts[1].columns

    def batch(self, rows: NDArray[np.int64] | slice) -> Batch:
        """Some of the rows (public numbers), for products with them."""
        left, right = self.parts
        x = (np.ascontiguousarray(left.words[rows]), np.ascontiguousarray(right.words[rows]))
        return Batch(x, left.columns, left.scale, max(left.bound, right.bound))


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of `Blocks`: own X and the other's E at a data party, both masks A at the dealer."""

    x: tuple[Words, Words]
    cut: int
    scale: int
    bound: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return int(self.x[0].shape[0])

    @property
    def columns(self) -> int:
        """Width of both blocks together."""
        return int(self.x[0].shape[1] + self.x[1].shape[1])

    def _slices(self) -> tuple[slice, slice]:
        return slice(0, self.cut), slice(self.cut, self.columns)

    def times(self, seat: Seat, w: Shared) -> Shared:
        """X w for shared w of shape (columns,): shape (rows,). One exchange of `columns` words in all.

        Each party masks its share of the weights of the other's columns with a fresh b and sends it.
        """
        bound = check_bound(self.bound * w.bound * max(1, self.columns), "a matrix product")
        x, cuts = self.x, self._slices()
        b = [seat.own(1 - owner, (x[owner].shape[1],)) for owner in (0, 1)]

        def build(out: Words) -> None:
            if b[0] is not None and b[1] is not None:
                np.add(ring_matvec(x[0], b[0]), ring_matvec(x[1], b[1]), out=out)

        dealt, value = seat.deal(self.rows, 0, build), None
        if dealt is not None:
            me, other = seat.index, 1 - seat.index
            mask = known(b[other])
            theirs = seat.swap(Kind.MASKED, w.words[cuts[other]] - mask, x[me].shape[1])
            value = ring_matvec(x[me], w.words[cuts[me]] + theirs) + ring_matvec(x[other], mask) + dealt
        return Shared(value, (self.rows,), self.scale + w.scale, bound, seat.lead)

    def transposed_times(self, seat: Seat, r: Shared) -> Shared:
        """X^T r for shared r of shape (rows,): shape (columns,). One exchange of `rows` words each way."""
        bound = check_bound(self.bound * r.bound * max(1, self.rows), "a matrix product")
        x, cuts = self.x, self._slices()
        b = [seat.own(owner, r.shape) for owner in (0, 1)]

        def build(out: Words) -> None:
            if b[0] is not None and b[1] is not None:
                out[cuts[0]] = ring_matvec_t(x[0], b[1])
                out[cuts[1]] = ring_matvec_t(x[1], b[0])

        dealt, value = seat.deal(self.columns, 0, build), None
        if dealt is not None:
            me, other = seat.index, 1 - seat.index
            mask = known(b[me])
            theirs = seat.swap(Kind.MASKED, r.words - mask, self.rows)
            value = dealt.copy()
            value[cuts[me]] += ring_matvec_t(x[me], r.words + theirs)
            value[cuts[other]] += ring_matvec_t(x[other], mask)
        return Shared(value, (self.columns,), self.scale + r.scale, bound, seat.lead)
