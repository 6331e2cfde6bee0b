"""Detectors of names, addresses, dates of birth, and of what only the name of a column tells."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tacit.data.findings.checksums import is_date
from tacit.data.findings.columns import ColumnSample, Mask, mask_of
from tacit.data.findings.decision import NEVER, Detector
from tacit.data.findings.words import (
    CITIES,
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    GIVEN,
    PROVINCES,
    RARE_SURNAMES,
    TOP_SURNAMES,
)

_CITIES = pa.array(sorted(CITIES))
_HAN = r"\x{4e00}-\x{9fff}"
_SINGLE = pa.array(sorted(set(COMMON_SURNAMES) | set(RARE_SURNAMES)))
_COMPOUND, _GIVEN, _TOP = pa.array(sorted(COMPOUND_SURNAMES)), pa.array(sorted(GIVEN)), pa.array(sorted(TOP_SURNAMES))
_YEAR = r"(?:19[0-9]{2}|20[0-3][0-9])"
_NO_ADDRESS = ".*(?:公司|银行|学校|大学|医院|委员会|法院|集团|中心|支行|分行|研究所|工厂|商店)"


def chinese_names(column: ColumnSample) -> Mask:
    """A surname and one or two characters (two to four with a compound surname), or a name with a middle dot."""
    form = column.matches(f"[{_HAN}]{{2,4}}")
    length = np.asarray(pc.utf8_length(column.values))
    one, two = _part(column, 0, 1), _part(column, 0, 2)
    single = mask_of(pc.is_in(one, _SINGLE)) & (length <= 3)
    compound = mask_of(pc.is_in(two, _COMPOUND)) & (length >= 3)
    dotted = column.matches(f"[{_HAN}]{{2,8}}[·•][{_HAN}]{{2,10}}")
    place = column.matches(f"(?:{PROVINCES})[省市]?|.*[省市县区镇乡村路街店厂]")
    city = mask_of(pc.is_in(column.values, _CITIES))
    return (form & (single | compound) & ~place & ~city) | dotted


def _looks_like_people(column: ColumnSample, mask: Mask) -> bool:
    """Surnames are shared as in the population, and the rest is made of the characters of given names."""
    top = mask_of(pc.is_in(_part(column, 0, 1), _TOP))[mask]
    last = mask_of(pc.is_in(pc.utf8_slice_codeunits(column.values, -1), _GIVEN))[mask]
    return bool(np.mean(top) >= 0.2 and np.mean(last) >= 0.45)


def _part(column: ColumnSample, start: int, stop: int) -> pa.Array:
    return pc.utf8_slice_codeunits(column.values, start, stop)


def written_names(column: ColumnSample) -> Mask:
    """One to four words of letters with a capital first."""
    word = r"\p{Lu}[\p{Ll}'’.\-]*(?:\p{Lu}\p{Ll}+)?"
    return column.matches(rf"{word}(?:[ ,\-]+{word}){{0,3}}|\p{{Lu}}{{2,20}}(?: \p{{Lu}}{{2,20}}){{0,3}}")


def addresses(column: ColumnSample) -> Mask:
    """Chinese: a place and below it a street, number or estate; English: a number and a street."""
    upper = rf"(?:(?:{PROVINCES}).*|.*[{_HAN}]{{2,}}(?:省|市|自治区|自治州|区|县|旗))"
    lower = r"(?:路|街|道|巷|弄|胡同|村|镇|乡|小区|花园|大厦|号|栋|幢|室|单元)"
    chinese = column.matches(f"{upper}.*{lower}.*") & ~column.matches(_NO_ADDRESS)
    street = r"(?i:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|way|place|pl)"
    return chinese | column.matches(rf"[0-9]{{1,6}}[A-Za-z]? (?:[\p{{L}}0-9.']+ ){{1,4}}{street}\b.*")


def birth_dates(column: ColumnSample) -> Mask:
    """Days and months between 1900 and 2039, without a time of day."""
    parts = pc.extract_regex(
        pc.replace_substring_regex(column.values, "[ T]00:00:00(?:[.]0+)?$", ""),
        rf"^(?P<y>{_YEAR})[-/.年]?(?P<m>[01]?[0-9])(?:[-/.月]?)(?P<d>[0-3]?[0-9])?日?$",
    )
    right = mask_of(pc.is_valid(parts))
    year, month, day = (_number(parts, name, default) for name, default in (("y", 0), ("m", 0), ("d", 1)))
    return right & is_date(year, month, day)


def _number(parts: pa.Array, name: str, default: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    text = pc.fill_null(pc.struct_field(parts, name), str(default))
    filled = pc.if_else(pc.equal(text, ""), str(default), text)
    return np.asarray(pc.cast(filled, pa.int64()))


def _are_amounts(column: ColumnSample) -> bool:
    """Numbers, and more than a few."""
    return column.count >= 3 and bool(np.mean(np.isfinite(column.numbers)) >= 0.9)


def _are_few(column: ColumnSample) -> bool:
    return 1 <= column.count <= 12


def _are_several(column: ColumnSample) -> bool:
    return column.count >= 3


def _are_numbers_of_accounts(column: ColumnSample) -> bool:
    return column.count >= 3 and bool(np.mean(column.matches(r"[A-Z0-9*\- ]{6,34}")) >= 0.6)


DETECTORS = (
    Detector(
        "cn.name", chinese_names, chance=0.1, margin=0.1, floor=0.5, named_floor=0.4, plausible=_looks_like_people
    ),
    Detector("person_name", written_names, chance=0.2, margin=0.1, floor=NEVER, named_floor=0.5, fits=_are_several),
    Detector("address", addresses, chance=0.02, margin=0.2, floor=0.6, named_floor=0.3),
    Detector("birth_date", birth_dates, chance=0.05, floor=NEVER, named_floor=0.6),
    Detector("sex", fits=_are_few),
    Detector("amount", fits=_are_amounts),
    Detector("account", fits=_are_numbers_of_accounts),
    Detector("credit", fits=_are_several),
    Detector("biometric", fits=_are_several),
    Detector("credential", fits=_are_several),
    Detector("health", fits=_are_several),
    Detector("work", fits=_are_several),
)
