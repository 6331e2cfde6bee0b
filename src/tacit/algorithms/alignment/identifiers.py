"""Normal forms of identifiers that have an inner structure: telephone, resident id, e-mail, integer.

What is in normal form already is only checked; the rest is repaired where the standard says how, else rejected (null).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_Text = Callable[[pa.Array], pa.Array]

_INTEGER = r"^(0|-?[1-9][0-9]*)$"
_MOBILE = r"^1[3-9][0-9]{9}$"
_E164 = r"^\+[1-9][0-9]{6,14}$"  # ITU-T E.164: at most 15 digits
_EMAIL = r"^[^@\s]+@[^@\s]+$"
_FILLING = r"[\s\p{Z}\p{Pd}\x{2212}\x{200b}\x{feff}().]+"  # what people put between digits

# What is written before the number inside a country, and is not dialled from abroad. Elsewhere it is a 0.
_TRUNK = {"1": "^1([2-9][0-9]{9})$", "7": "^[78]([0-9]{10})$", "39": "", "378": "", "379": ""}

_WEIGHTS = np.array(
    [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32
)  # GB 11643-1999, 2^(17-i) mod 11
_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int32)


def integer(text: pa.Array) -> pa.Array:
    """Decimal integers without plus sign and leading zeros."""
    return _mended(text, _matches(_INTEGER), _plain_integer)


def phone_cn(text: pa.Array) -> pa.Array:
    """Mobile numbers of mainland China: 11 digits, from +86, 0086 or 86 before them and anything between them."""
    return _mended(text, _matches(_MOBILE), _without_country)


def phone(country: str | None) -> _Text:
    """E.164 numbers, "+" and at most 15 digits; 00 counts as +. `country`: the code of numbers that have none."""

    def rule(text: pa.Array) -> pa.Array:
        if country == "86":  # most numbers are such; the rest goes a longer way
            mobile = pc.match_substring_regex(text, _MOBILE)
            # Made here: Arrow reserves a gigabyte with its first buffer, which no import may do.
            china, nothing = pa.scalar("+86", pa.large_string()), pa.scalar("", pa.large_string())
            text = pc.if_else(mobile, pc.binary_join_element_wise(china, text, nothing), text)
        return _mended(text, _matches(_E164), lambda rest: _international(rest, country))

    return rule


def resident_id(text: pa.Array) -> pa.Array:
    """Resident identity numbers of China, GB 11643-1999: 18 places, day of birth and check place verified.

    Numbers of 15 places (GB 11643-1989) get their century and their check place.
    """
    return _mended(text, _are_resident_ids, _eighteen_places)


def email(text: pa.Array) -> pa.Array:
    """Addresses in lower case altogether: most providers see no difference, though RFC 5321 lets them."""
    return _mended(text, _are_lower_addresses, lambda rest: pc.utf8_lower(pc.utf8_trim_whitespace(_nfkc(rest))))


def email_domain(text: pa.Array) -> pa.Array:
    """Addresses with their domain in lower case; the part before it as it is (RFC 5321 section 2.4)."""
    parts = pc.extract_regex(pc.utf8_trim_whitespace(text), r"^(?P<local>[^@\s]+)@(?P<domain>[^@\s]+)$")
    local, domain = pc.struct_field(parts, "local"), pc.utf8_lower(pc.struct_field(parts, "domain"))
    joined = pc.binary_join_element_wise(local, domain, pa.scalar("@", text.type))
    return pc.if_else(parts.is_valid(), joined, pa.scalar(None, text.type))


def _mended(text: pa.Array, accepts: _Text, repair: _Text) -> pa.Array:
    """What is not accepted as it is, is repaired and looked at again; then it is null."""
    good = pc.fill_null(accepts(text), True)
    if pc.all(good).as_py() is not False:
        return text
    bad = pc.invert(good)
    rest = repair(text.filter(bad))
    rest = pc.if_else(accepts(rest), rest, pa.scalar(None, text.type))
    return pc.replace_with_mask(text, bad, rest)


def _matches(pattern: str) -> _Text:
    def test(text: pa.Array) -> pa.Array:
        return pc.match_substring_regex(text, pattern)

    return test


def _nfkc(text: pa.Array) -> pa.Array:
    return pc.utf8_normalize(text, form="NFKC")


def _compact(text: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(_nfkc(text), _FILLING, "")


def _plain_integer(text: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(_nfkc(text))
    return pc.replace_substring_regex(
        pc.replace_substring_regex(trimmed, r"^([+-]?)0*([0-9]+)$", r"\1\2"), r"^(\+|-(0)$)", r"\2"
    )


def _without_country(text: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(_compact(text), r"^(\+86|\+?0086|86)", "")


def _international(text: pa.Array, country: str | None) -> pa.Array:
    found = pc.replace_substring_regex(_compact(text), r"^00", "+")
    if country is None:
        return found
    found = pc.replace_substring_regex(found, rf"^(\+{country})0([0-9]+)$", r"\1\2") if country not in _TRUNK else found
    if country == "86":  # 86 before a mobile number can only be the country
        found = pc.replace_substring_regex(found, r"^86(1[3-9][0-9]{9})$", r"+86\1")
    trunk = _TRUNK.get(country, "^0([0-9]+)$")
    if trunk:
        found = pc.replace_substring_regex(found, trunk, r"\1")
    return pc.replace_substring_regex(found, r"^([0-9]+)$", rf"+{country}\1")


def _are_lower_addresses(text: pa.Array) -> pa.Array:
    return pc.and_(pc.match_substring_regex(text, _EMAIL), pc.equal(text, pc.utf8_lower(text)))


def _are_resident_ids(text: pa.Array) -> pa.Array:
    long = np.asarray(pc.fill_null(pc.equal(pc.binary_length(text), 18), False))
    good = np.zeros(len(text), dtype=bool)
    good[long] = _valid(_places(text if long.all() else text.filter(pa.array(long)), 18))
    return pa.array(good, mask=np.asarray(text.is_null()))


def _valid(places: NDArray[np.uint8]) -> NDArray[np.bool_]:
    digits = places[:, :17] - np.uint8(ord("0"))  # wraps around for what is below "0"
    good: NDArray[np.bool_] = (digits <= 9).all(axis=1) & (digits[:, 0] > 0)
    good &= _CHECKS[(digits.astype(np.int32) @ _WEIGHTS) % 11] == places[:, 17]
    return good & _are_days(digits[:, 6:14].astype(np.int32))


def _are_days(digits: NDArray[np.int32]) -> NDArray[np.bool_]:
    """digits (n, 8), YYYYMMDD: a day of the calendar in the 19th, 20th or 21st century."""
    year = digits[:, :4] @ np.array([1000, 100, 10, 1], dtype=np.int32)
    month, day = digits[:, 4] * 10 + digits[:, 5], digits[:, 6] * 10 + digits[:, 7]
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _DAYS[np.where(month <= 12, month, 0)] + (leap & (month == 2))
    known: NDArray[np.bool_] = (year >= 1800) & (year < 2100) & (day >= 1) & (day <= last)
    return known


def _eighteen_places(text: pa.Array) -> pa.Array:
    found = pc.utf8_upper(pc.replace_substring_regex(_nfkc(text), r"[\s\p{Z}\x{200b}\x{feff}]+", ""))
    short = np.asarray(pc.fill_null(pc.match_substring_regex(found, "^[1-9][0-9]{14}$"), False))
    if not short.any():
        return found
    return pc.replace_with_mask(found, pa.array(short), _upgraded(_places(found.filter(pa.array(short)), 15)))


def _upgraded(places: NDArray[np.uint8]) -> pa.Array:
    """(n, 15) places -> 18: serial numbers 996 to 999 were kept for people born before 1900."""
    whole = np.empty((len(places), 18), dtype=np.uint8)
    whole[:, :6], whole[:, 8:17] = places[:, :6], places[:, 6:]
    early = (places[:, 12:14] == ord("9")).all(axis=1) & (places[:, 14] >= ord("6"))
    whole[:, 6], whole[:, 7] = ord("1"), np.where(early, ord("8"), ord("9"))
    digits = (whole[:, :17] - np.uint8(ord("0"))).astype(np.int32)
    whole[:, 17] = _CHECKS[(digits @ _WEIGHTS) % 11]
    ends = np.arange(len(whole) + 1, dtype=np.int64) * 18
    return pa.LargeStringArray.from_buffers(len(whole), pa.py_buffer(ends), pa.py_buffer(whole))


def _places(text: pa.Array, width: int) -> NDArray[np.uint8]:
    """(n, width) bytes of strings that all have this length."""
    _, offsets, data = text.buffers()
    if not len(text) or data is None:
        return np.empty((0, width), dtype=np.uint8)
    start = int(np.frombuffer(offsets, dtype=np.int64)[text.offset])
    return np.frombuffer(data, dtype=np.uint8)[start : start + len(text) * width].reshape(len(text), width)
