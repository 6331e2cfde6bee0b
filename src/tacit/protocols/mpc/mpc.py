"""Computation on secret-shared numbers by two data parties with a dealer (profile `2pc-dealer`)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.channel.channel import Session
from tacit.protocols.mpc import bits, products, series, truncation
from tacit.protocols.mpc.messages import Kind
from tacit.protocols.mpc.products import Blocks, Private
from tacit.protocols.mpc.seat import Seat, Shape
from tacit.protocols.mpc.shares import Floats, Public, Shared, Words, decode

RealArray = NDArray[Any]


class Mpc:
    """One party's view of a joint computation. The same calls are made, in the same order, at all three roles.

    Inputs: real or whole numbers of one owner, with a public bound; results are `Shared` until they are revealed.
    Learns: nobody anything but what `reveal` and `publish` are called for. Data parties see uniformly masked
    values, the dealer sees public sizes and steering bits. At the dealer values are None and only shapes count.
    Assumes: semi-honest parties, the dealer colludes with neither. Masks: AES-128-CTR from fresh 128-bit seeds.
    Arithmetic: Z_2^64, fixed point; every value carries a static bound, and what could leave the ring raises
    ParameterError("mpc.overflow") at every party before anything is sent.
    """

    def __init__(self, session: Session, first: str, second: str, dealer: str) -> None:
        self.seat = Seat(session, first, second, dealer)
        self.me = session.me
        self.is_dealer = self.seat.is_dealer

    def _index(self, role: str) -> int:
        return self.seat.roles.index(role)

    # in and out

    def publish(self, numbers: Sequence[int]) -> dict[str, tuple[int, ...]]:
        """Make public whole numbers of each data party known to all three: {role: numbers}, equal counts.

        The dealer passes any list of the same length.
        """
        first, second = self.seat.publish(numbers)
        return {self.seat.roles[0]: first, self.seat.roles[1]: second}

    def same(self, mine: Words | None) -> bool:
        """Whether both data parties hold the same words, such as a model's id. They see each other's words, the
        dealer (who passes None) the answer."""
        if mine is None:
            return self.steer(None)
        theirs = self.seat.swap(Kind.PUBLIC, mine, mine.size)
        return self.steer(bool((mine.reshape(-1) == theirs).all()))

    def steer(self, bit: bool | None) -> bool:
        """A public bit both data parties know, told to the dealer (who passes None): for `if` on revealed values."""
        return self.seat.steer(bit)

    def bundle(self) -> AbstractContextManager[None]:
        """`with mpc.bundle():` what the dealer deals inside travels in one message (of at most 4 MiB).

        For a stretch of many small operations. Nothing inside may wait for the dealer's knowledge (`steer`).
        """
        return self.seat.bundle()

    def private(
        self, owner: str, values: RealArray | None, shape: Shape, *, scale: int = 0, bound: float = 1.0
    ) -> Private:
        """The owner's numbers, encoded and checked, not yet used. `values` is None elsewhere. No message."""
        return products.take_private(self.seat, self._index(owner), values, shape, scale, bound)

    def share(
        self, owner: str, values: RealArray | None, shape: Shape, *, scale: int = 0, bound: float = 1.0
    ) -> Shared:
        """The owner's numbers as a Shared: its share is the value, the other's is zero. No message.

        Nothing that is opened later depends on a share without a dealt mask, so this hides as much as a random split.
        """
        x = self.private(owner, values, shape, scale=scale, bound=bound)
        words = x.words if x.words is not None else self._nothing(shape)
        return Shared(words, shape, scale, x.bound, self.seat.lead)

    def zeros(self, shape: Shape, scale: int = 0) -> Shared:
        """The public constant zero as a Shared."""
        return Shared(self._nothing(shape), shape, scale, 0, self.seat.lead)

    def _nothing(self, shape: Shape) -> Words | None:
        return None if self.is_dealer else np.zeros(shape, np.uint64)

    def reveal_words(self, x: Shared, to: str | None = None) -> Words | None:
        """The ring elements, to one role or (None) to both data parties; None at a role that does not learn them.

        The other's share follows from the result and one's own share: nothing else is learnt. One message each way.
        """
        if self.is_dealer or x.value is None:
            return None
        if to is None:
            return x.words + self.seat.swap(Kind.REVEAL, x.words, x.size).reshape(x.shape)
        target = self._index(to)
        received = self.seat.hand(1 - target, Kind.REVEAL, x.words, x.size)
        return None if received is None else x.words + received.reshape(x.shape)

    def reveal(self, x: Shared, to: str | None = None) -> Floats | None:
        """The numbers, as `reveal_words`."""
        words = self.reveal_words(x, to)
        return None if words is None else decode(words, x.scale)

    # products

    def mul(self, x: Shared, y: Shared) -> Shared:
        """Element by element; scales add up. One round."""
        return products.multiply(self.seat, x, y)

    def matmul(self, x: Shared, y: Shared) -> Shared:
        """Matrix product of two-dimensional values; scales add up. One round."""
        return products.multiply_matrices(self.seat, x, y)

    def private_matmul(
        self,
        left_owner: str,
        a: RealArray | None,
        right_owner: str,
        b: RealArray | None,
        shape_a: Shape,
        shape_b: Shape,
        bound_a: float,
        bound_b: float,
        *,
        scale_a: int = 0,
        scale_b: int = 0,
    ) -> Shared:
        """a @ b for two matrices, each known to its owner only (None elsewhere). Scales add up.

        Traffic: the elements of a one way and of b the other way, streamed in messages of at most 4 MiB.
        """
        left = self.private(left_owner, a, shape_a, scale=scale_a, bound=bound_a)
        right = self.private(right_owner, b, shape_b, scale=scale_b, bound=bound_b)
        return products.multiply_private(self.seat, left, right)

    def fix(self, first: Private, second: Private) -> Blocks:
        """Two private matrices with the same rows, ready for any number of products: see `Blocks`."""
        return Blocks((products.fix(self.seat, first), products.fix(self.seat, second)))

    # numbers

    def truncate(self, x: Shared, bits: int, *, exact: bool = False) -> Shared:
        """x divided by 2^bits, scale lowered by bits; |x| < 2^62 in ring numbers.

        Rounded down or up to a neighbour, without bias; with `exact`, down. Never a larger error. 1 (2 to 4) rounds.
        """
        return truncation.truncate(self.seat, x, bits, exact)

    def scale_to(self, x: Shared, scale: int) -> Shared:
        """x with another number of fractional bits: locally if more, by `truncate` if fewer."""
        return x.rescaled(scale) if scale >= x.scale else self.truncate(x, x.scale - scale)

    def times_public(self, x: Shared, factor: Public, scale: int) -> Shared:
        """x times public real numbers encoded with `scale` bits; the result keeps x's scale. One round."""
        return self.truncate(x.times(factor, scale), scale)

    # decisions

    def less_than_zero(self, x: Shared) -> Shared:
        """1 where x < 0, else 0 (scale 0). Exact. Four rounds."""
        return bits.to_numbers(self.seat, bits.negative(self.seat, x), x.size).reshape(*x.shape)

    def select(self, bit: Shared, when_one: Shared, when_zero: Shared) -> Shared:
        """when_one where the shared bit (scale 0) is 1, when_zero where it is 0. One round."""
        return when_zero + self.mul(bit, when_one - when_zero)

    def sigmoid(self, z: Shared, *, method: str = "series", gain: float = 1.0) -> Shared:
        """gain / (1 + exp(-z)), of scale `series.OUT_SCALE`. See series.py for the methods and their errors."""
        return series.sigmoid(self.seat, z, method, gain)

    def log_loss(self, z: Shared, label: Shared) -> Shared:
        """softplus(z) - label * z for shared labels 0/1 of scale 0: the logistic loss of each element."""
        return series.log_loss(self.seat, z, label)
