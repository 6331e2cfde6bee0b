"""Detectors of identity documents, credit codes, cards and bank accounts: numbers with a check digit."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacit.data.findings import checksums
from tacit.data.findings.columns import ColumnSample, Mask, bytes_of_length
from tacit.data.findings.decision import NEVER, Detector
from tacit.data.findings.words import HIGHEST_PREFECTURE, IBAN_LENGTHS, PLATE_PROVINCES, PROVINCE_CODES

_BORN_FROM, _BORN_TO = 1900, 2035
_PROVINCES = np.isin(np.arange(1000), PROVINCE_CODES)  # digits of letters lie beyond 100
_DEBIT = r"(?:62[0-9]{14,17}|(?:95588|95599|955880|622[0-9])[0-9]{11,14}|(?:603|60[0-2]|68[0-9]|69[0-9])[0-9]{13,16})"
_PAYMENT = (
    r"(?:4[0-9]{15}|4[0-9]{12}|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}|35(?:2[89]|[3-8][0-9])[0-9]{12}|3(?:0[0-5]|[68][0-9])[0-9]{11})"
)
_SEPARATED = r"[0-9]{4}([ -])[0-9]{4}[ -][0-9]{4}[ -][0-9]{1,7}(?:[ -][0-9]{1,3})?"
_PLATE_LETTER, _PLATE_REST = "[A-HJ-NP-Z]", "[A-HJ-NP-Z0-9]"


def resident_ids(column: ColumnSample) -> Mask:
    """GB 11643: division, date of birth, order, mod 11-2 (18); or the old form without century and check (15)."""
    result = np.zeros(column.count, dtype=np.bool_)
    places, characters = bytes_of_length(column.values, column.matches("[0-9]{17}[0-9Xx]"), 18)
    numbers = checksums.digits(characters)
    year = numbers[:, 6:10] @ np.array([1000, 100, 10, 1])
    born = (year >= _BORN_FROM) & (year <= _BORN_TO) & checksums.is_date(year, *_month_day(numbers[:, 10:14]))
    result[places] = _division(numbers) & born & checksums.resident(characters)
    places, characters = bytes_of_length(column.values, column.matches("[0-9]{15}"), 15)
    numbers = checksums.digits(characters)
    year = _BORN_FROM + _pair(numbers[:, 6:8])
    result[places] = _division(numbers) & checksums.is_date(year, *_month_day(numbers[:, 8:12]))
    return result


def _has_new_or_many_divisions(column: ColumnSample, mask: Mask) -> bool:
    """The old form has no check digit: by content alone only if some have the new one, or from several provinces."""
    lengths = np.asarray(pc.binary_length(column.values))[mask]
    if np.mean(lengths == 18) >= 0.1:
        return True
    marked = np.flatnonzero(mask)
    provinces = {column.values[int(place)].as_py()[:2] for place in marked[:500]}
    return len(marked) >= 50 and len(provinces) >= 8


def _division(numbers: NDArray[np.int64]) -> Mask:
    prefecture = _pair(numbers[:, 2:4])
    known = ((prefecture >= 0) & (prefecture <= HIGHEST_PREFECTURE)) | (prefecture == 90)
    return np.asarray(_PROVINCES[_pair(numbers[:, 0:2])] & known)


def _month_day(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return _pair(numbers[:, 0:2]), _pair(numbers[:, 2:4])


def _pair(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(numbers[:, 0] * 10 + numbers[:, 1])


def credit_codes(column: ColumnSample) -> Mask:
    """GB 32100: registration department, kind of organisation, division, organisation code, mod 31."""
    form = column.matches("[1-9ANY][1-9AGJNY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
    result = np.zeros(column.count, dtype=np.bool_)
    places, characters = bytes_of_length(column.values, form, 18)
    province = _PROVINCES[_pair(checksums.digits(characters[:, 2:4]))]
    result[places] = checksums.credit_code(characters) & (province | _is_central(characters))
    return result


def _is_central(characters: NDArray[np.uint8]) -> Mask:
    return np.asarray((characters[:, 2:8] == np.frombuffer(b"100000", dtype=np.uint8)).all(axis=1))


def bank_cards(column: ColumnSample) -> Mask:
    """Prefixes of Chinese issuers, 16 to 19 digits, Luhn."""
    return _cards(column, _DEBIT)


def payment_cards(column: ColumnSample) -> Mask:
    """Prefixes and lengths of the international schemes, Luhn."""
    return _cards(column, _PAYMENT)


def _cards(column: ColumnSample, form: str) -> Mask:
    grouped = column.matches(_SEPARATED)
    plain = column
    if grouped.any():
        plain = ColumnSample(column.name, column.type, pc.replace_substring_regex(column.values, "[ -]", ""))
    right = plain.matches(form) & (grouped | column.matches("[0-9]+"))
    return right & passing_luhn(plain, right, range(13, 20))


def passing_luhn(column: ColumnSample, marked: Mask, lengths: range) -> Mask:
    """Which of the marked values, of digits only, pass Luhn."""
    result = np.zeros(column.count, dtype=np.bool_)
    for length in lengths:
        places, characters = bytes_of_length(column.values, marked, length)
        if len(places):
            result[places] = checksums.luhn(characters)
    return result


def ibans(column: ColumnSample) -> Mask:
    """ISO 13616: country, its length, mod 97."""
    plain = pc.utf8_upper(pc.replace_substring_regex(column.values, " ", ""))
    form = pc.match_substring_regex(plain, "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$").to_numpy(zero_copy_only=False)
    result = np.zeros(column.count, dtype=np.bool_)
    for place in np.flatnonzero(form):
        text = plain[int(place)].as_py()
        result[place] = len(text) == IBAN_LENGTHS.get(text[:2]) and checksums.iban_rest(text) == 1
    return result


def plates(column: ColumnSample) -> Mask:
    """GA 36: province, letter, five places; six for new energy, with D or F first or last."""
    old = f"{_PLATE_REST}{{4}}[A-HJ-NP-Z0-9挂学警港澳领]"
    green = f"(?:[DFABCEGHJK]{_PLATE_REST}[0-9]{{4}}|[0-9]{{5}}[DFABCEGHJK])"
    return column.matches(f"[{PLATE_PROVINCES}]{_PLATE_LETTER}[·. ]?(?:{old}|{green})") & column.matches(".*[0-9].*")


def passports(column: ColumnSample) -> Mask:
    """Ordinary (E, G, 14, 15), service and diplomatic (SE, PE, DE, P, S, D) passports. There is no check digit."""
    return column.matches(r"(?i:[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[DPS]E?[0-9]{7}|1[45][0-9]{7})")


def security_numbers(column: ColumnSample) -> Mask:
    """US: area not 000, 666, 9xx, group not 00, serial not 0000; with hyphens."""
    form = column.matches("[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}")
    return form & ~column.matches("(?:000|666)-.*|.*-00-.*|.*-0000")


DETECTORS = (
    Detector("cn.resident_id", resident_ids, chance=0.001, floor=0.5, plausible=_has_new_or_many_divisions),
    Detector("cn.uscc", credit_codes, chance=1 / 31, margin=0.15),
    Detector("cn.bank_card", bank_cards, chance=0.1, margin=0.2, floor=0.4),
    Detector("credit_card", payment_cards, chance=0.1, margin=0.2, floor=0.4),
    Detector("iban", ibans, chance=1 / 97),
    Detector("cn.plate", plates, chance=0.01, floor=0.6),
    Detector("cn.passport", passports, chance=0.01, floor=NEVER, named_floor=0.5),
    Detector("us.ssn", security_numbers, chance=0.887, margin=0.02, floor=0.97, named_floor=0.9),
)
