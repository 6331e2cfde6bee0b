"""Check digits over whole columns. Input: (k, n) ASCII bytes of values of one length; output: (k,) which are right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_ID_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_CREDIT_ALPHABET = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int64)
_LETTERS = np.full(256, -1, dtype=np.int64)
_LETTERS[np.frombuffer(_CREDIT_ALPHABET, dtype=np.uint8)] = np.arange(31)


def digits(characters: Bytes) -> NDArray[np.int64]:
    """(k, n) digits as numbers; what is no digit gives a number outside 0..9."""
    return characters.astype(np.int64) - ord("0")


def luhn(characters: Bytes) -> Mask:
    """Mod 10 after ISO/IEC 7812-1, Annex B: bank cards, IMEI."""
    numbers = digits(characters)[:, ::-1]
    doubled = numbers[:, 1::2] * 2
    total = numbers[:, 0::2].sum(axis=1) + np.where(doubled > 9, doubled - 9, doubled).sum(axis=1)
    return np.asarray(total % 10 == 0)


def resident(characters: Bytes) -> Mask:
    """Mod 11-2 of the 18 characters of GB 11643-1999 (ISO 7064)."""
    rest = digits(characters[:, :17]) @ _ID_WEIGHTS % 11
    return np.asarray(_ID_CHECKS[rest] == np.where(characters[:, 17] == ord("x"), ord("X"), characters[:, 17]))


def credit_code(characters: Bytes) -> Mask:
    """Mod 31 of the 18 characters of GB 32100-2015."""
    values = _LETTERS[characters]
    known = (values >= 0).all(axis=1)
    check = (31 - values[:, :17] @ _CREDIT_WEIGHTS % 31) % 31
    return np.asarray(known & (check == values[:, 17]))


def is_date(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64]) -> Mask:
    """Days that the Gregorian calendar has."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    lengths = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    known = (month >= 1) & (month <= 12)
    longest = lengths[np.where(known, month, 0)] + (leap & (month == 2))
    return np.asarray(known & (day >= 1) & (day <= longest))


def iban_rest(text: str) -> int:
    """Rest modulo 97 after ISO 13616-1 (right: 1), of capital letters and digits."""
    moved = text[4:] + text[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97
