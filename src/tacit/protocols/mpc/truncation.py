"""Division by a power of two without the wrap error of local truncation.

With x' = x + 2^62 in [0, 2^63) and a dealt mask r, c = x' + r mod 2^64 is opened (uniform, tells nothing). The sum
wrapped exactly if msb(r) = 1 and msb(c) = 0, and the dealer shares msb(r), so

    floor(x' / 2^f) = (c >> f) - (r >> f) + 2^(64-f) msb(r) (1 - msb(c)) - [c mod 2^f < r mod 2^f].

Without the last term the result is floor or floor + 1, the latter with probability exactly the lost fraction:
stochastic rounding, unbiased, never off by more. With it the result is the exact floor.
Source: the wrap analysis of Escudero, Ghosh, Keller, Rachuri, Scholl, "Improved primitives for MPC over mixed
arithmetic-binary circuits" (CRYPTO 2020), with a dealer in place of their preprocessing.
"""

from __future__ import annotations

import numpy as np

from tacit.errors import InternalError
from tacit.protocols.mpc.bits import below_mask, tables, to_numbers
from tacit.protocols.mpc.seat import Seat
from tacit.protocols.mpc.shares import Shared, Words, check_bound

_OFFSET = 1 << 62
_TOP = np.uint64(63)


def truncate(seat: Seat, x: Shared, bits: int, exact: bool = False) -> Shared:
    """x / 2^bits in ring numbers; |x| < 2^62. One round, with `exact` one to three more."""
    if bits == 0:
        return x
    if not 0 < bits <= 61:
        raise InternalError("mpc.truncate", f"Truncation by {bits} bits is not possible.")
    check_bound(x.bound, "a truncation", _OFFSET)
    size, shift = x.size, np.uint64(bits)
    mask, plain = seat.uniform((size,))
    layout = tables(bits) if exact else None

    def build(out: Words) -> None:
        if plain is not None:
            np.right_shift(plain, shift, out=out[:size])
            np.right_shift(plain, _TOP, out=out[size : 2 * size])
            if layout is not None:
                layout.fill(plain, out[2 * size :])

    dealt = seat.deal(2 * size, 0 if layout is None else layout.words * size, build)
    bound, value, c = (x.bound >> bits) + 1, None, None
    if dealt is not None and mask is not None:
        offset = np.uint64(_OFFSET if seat.lead else 0)
        c = seat.open_sum(x.words.reshape(-1) + mask + offset)
        wrap = ((c >> _TOP) ^ np.uint64(1)) << np.uint64(64 - bits)
        value = wrap * dealt[size : 2 * size] - dealt[:size]
        if seat.lead:
            value += (c >> shift) - np.uint64(_OFFSET >> bits)
    if layout is not None:
        spare = None if dealt is None else dealt[2 * size :]
        lost = to_numbers(seat, below_mask(seat, layout, c, spare, (1, size)), size)
        value = None if value is None else value - lost.words
    shaped = None if value is None else value.reshape(x.shape)
    return Shared(shaped, x.shape, x.scale - bits, bound, seat.lead)
