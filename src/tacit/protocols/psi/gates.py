"""Boolean circuits on ⊕ shares of packed bits (GMW): conjunctions by correlated transfers, equality, comparison.

A plane is a row of words: one wire for 64 bits per word, one instance of the circuit per bit. A layer of conjunctions
costs two transfers per bit and one exchange (`transfers`). Goldreich, Micali, Wigderson 1987; Asharov et al., CCS 2013.
"""

from __future__ import annotations

import numpy as np

from tacit.kernel import bit_planes
from tacit.protocols.psi.transfers import Chooser, Giver, Words

COUNT_BITS = 32  # counts and thresholds lie below 2^31


def conjunction(party: Chooser | Giver, x: Words, y: Words) -> Words:
    """My share of x AND y, planes of the same shape. x·y = own·own + mine·theirs + theirs·mine + theirs·theirs."""
    # The chooser's x meets the giver's y, and the other way round: hence the two orders.
    first, second = (x, y) if isinstance(party, Chooser) else (y, x)
    crossed: Words = party.ands(np.concatenate([first.reshape(-1), second.reshape(-1)]))
    share: Words = (x & y) ^ (crossed[: x.size] ^ crossed[x.size :]).reshape(x.shape)
    return share


def equality(party: Chooser | Giver, strings: Words, width: int) -> Words:
    """My share of [mine == theirs], packed (⌈n/64⌉,), for strings (n,) of `width` bits that each side knows of its own.

    Bits beyond n are without meaning. ⌈log2 width⌉ layers.
    """
    planes = bit_planes(strings)[:width]
    if isinstance(party, Giver):
        planes = ~planes  # the shares are of "this bit is equal"
    while len(planes) > 1:
        half = len(planes) // 2
        both = conjunction(party, planes[:half], planes[half : 2 * half])
        planes = np.concatenate([both, planes[2 * half :]])
    equal: Words = planes[0]
    return equal


def at_least(party: Chooser | Giver, share: int, threshold: int) -> int:
    """My share, 0 or 1, of [a + b >= threshold] where a and b, modulo 2^32, are the two sides' shares of a count.

    Counts and thresholds lie below 2^31. The sign of a + b − threshold from a tree of carries; 6 layers.
    """
    own = (share - threshold if isinstance(party, Chooser) else share) % (1 << COUNT_BITS)
    bits = np.array([[own >> at & 1] for at in range(COUNT_BITS)], dtype=np.uint64)
    low, nothing = bits[:-1], np.zeros_like(bits[:-1])
    # Each side knows one summand: as shares, (own, 0) and (0, own).
    x, y = (low, nothing) if isinstance(party, Chooser) else (nothing, low)
    makes, passes = conjunction(party, x, y), low
    while len(makes) > 1:
        odd = len(makes) % 2
        pairs = len(makes) - odd
        lower_makes, lower_passes = makes[0:pairs:2], passes[0:pairs:2]
        upper_makes, upper_passes = makes[1:pairs:2], passes[1:pairs:2]
        both = conjunction(
            party, np.concatenate([upper_passes, upper_passes]), np.concatenate([lower_makes, lower_passes])
        )
        makes = np.concatenate([upper_makes ^ both[: pairs // 2], makes[pairs:]])
        passes = np.concatenate([both[pairs // 2 :], passes[pairs:]])
    negative = int(bits[-1, 0] ^ makes[0, 0]) & 1
    return negative ^ 1 if isinstance(party, Chooser) else negative
