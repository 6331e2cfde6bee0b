"""Detectors of telephone numbers, addresses in networks, devices and places."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from tacit.data.findings.columns import ColumnSample, Mask
from tacit.data.findings.decision import Detector
from tacit.data.findings.documents import passing_luhn
from tacit.data.findings.names import NAMES
from tacit.data.findings.words import CALLING_CODES, MOBILE, NETWORKS

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HEX4, _PAIR = "[0-9A-Fa-f]{1,4}", "[0-9A-Fa-f]{2}"
_REPORTING = "01|10|30|33|35|44|45|49|5[0-4]|86|9[189]"  # bodies that give out device numbers
_LATITUDE, _LONGITUDE = r"[-+]?(?:[0-8]?[0-9]|90)\.[0-9]{3,}", r"[-+]?(?:1[0-7][0-9]|[0-9]{1,2}|180)\.[0-9]{3,}"
_CHINA = ((3.0, 54.0), (73.0, 136.0))  # latitudes, longitudes
_LATITUDES, _LONGITUDES = ("lat", "latitude", "weidu", "纬度"), ("lng", "lon", "long", "longitude", "jingdu", "经度")
_PARTNERS = (("wd", "jd", _CHINA[0]), ("jd", "wd", _CHINA[1]), ("y", "x", _CHINA[0]), ("x", "y", _CHINA[1]))
_CALLS = "|".join(f"{code}[0-9]{{{low},{high}}}" for code, (low, high) in CALLING_CODES.items())


def mobiles(column: ColumnSample) -> Mask:
    """Mainland China: eleven digits of a segment that is given out, with or without +86."""
    return column.matches(rf"(?:(?:\+|00)?86[- ]?)?{MOBILE}[- ]?[0-9]{{4}}[- ]?[0-9]{{4}}")


def _has_many_segments(column: ColumnSample, mask: Mask) -> bool:
    """Counters and times of eleven digits begin alike; the numbers of people do not, and few of them fail."""
    starts = pc.utf8_slice_codeunits(pc.replace_substring_regex(column.values, r"^(?:\+|00)?86[- ]?", ""), 0, 3)
    seen = set(np.asarray(starts, dtype=object)[mask])
    count, families = int(np.count_nonzero(mask)), {start[:2] for start in seen} & {"13", "15", "17", "18", "19"}
    spread = len(families) >= (3 if count >= 100 else 2) and len(seen) >= min(6, count // 2 + 1)
    return spread and bool(np.mean(mask) >= 0.8 or _has_other_characters(column))


def _has_other_characters(column: ColumnSample) -> bool:
    return bool(np.mean(column.matches("[0-9]{11}")) < 0.9)


def region_mobiles(column: ColumnSample) -> Mask:
    """Hong Kong, Macau, Taiwan; the calling code may be missing only where the name says so."""
    named = NAMES["cn.region_mobile"].support(column.words) == "strong"
    mark = "?" if named else ""
    return column.matches(
        rf"(?:(?:\+|00)?852[- ]?){mark}[5-79][0-9]{{7}}|(?:(?:\+|00)?853[- ]?){mark}6[0-9]{{7}}"
        rf"|(?:(?:\+|00)?886[- ]?){mark}0?9[0-9]{{8}}"
    ) & ~column.matches("[0-9]{11}")


def landlines(column: ColumnSample) -> Mask:
    """Area code and number, parted: 010-12345678, (0571)1234567."""
    area = "0(?:10|2[0-9]|[3-9][0-9]{2})"
    return column.matches(rf"(?:{area}[- ]|\({area}\)[- ]?)[2-8][0-9]{{6,7}}(?:-[0-9]{{1,6}})?")


def phones(column: ColumnSample) -> Mask:
    """E.164 with +, a calling code and as many digits as its numbers have; without the regions told apart above."""
    plain = pc.replace_substring_regex(column.values, r"[- ().]", "")
    right = pc.match_substring_regex(plain, rf"^\+(?:{_CALLS})$")
    other = pc.match_substring_regex(plain, rf"^\+(?:86{MOBILE}|852[5-79]|8536|8860?9)")
    return np.asarray(right.to_numpy(zero_copy_only=False) & ~other.to_numpy(zero_copy_only=False), dtype=np.bool_)


def emails(column: ColumnSample) -> Mask:
    """Local part, @, labels, a top-level domain of letters."""
    return column.matches(
        r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
    )


def ipv4s(column: ColumnSample) -> Mask:
    """Four octets, perhaps with a port or prefix length."""
    return column.matches(rf"{_OCTET}(?:\.{_OCTET}){{3}}(?::[0-9]{{1,5}}|/[0-9]{{1,2}})?")


def _has_large_octets(column: ColumnSample, mask: Mask) -> bool:
    """The numbers of versions are small."""
    return bool(np.mean(column.matches(r".*\b(?:1[0-9]{2}|2[0-5][0-9])\b.*")[mask]) >= 0.3)


def ipv6s(column: ColumnSample) -> Mask:
    """Eight groups, or fewer around one "::"."""
    whole = column.matches(rf"{_HEX4}(?::{_HEX4}){{7}}")
    short = column.matches(rf"(?:{_HEX4}(?::{_HEX4}){{0,6}})?::(?:{_HEX4}(?::{_HEX4}){{0,6}})?")
    return whole | (short & column.matches(r".*[0-9A-Fa-f]{3,}.*"))


def macs(column: ColumnSample) -> Mask:
    """Six pairs parted by ":" or "-", or three groups of four by "."; without separators only under such a name."""
    form = rf"{_PAIR}(?::{_PAIR}){{5}}|{_PAIR}(?:-{_PAIR}){{5}}|[0-9A-Fa-f]{{4}}(?:\.[0-9A-Fa-f]{{4}}){{2}}"
    bare = "|[0-9A-Fa-f]{12}" if NAMES["mac"].support(column.words) == "strong" else ""
    return column.matches(form + bare)


def device_numbers(column: ColumnSample) -> Mask:
    """IMEI: 15 digits, a reporting body, Luhn."""
    form = column.matches(rf"(?:{_REPORTING})[0-9]{{13}}")
    return form & passing_luhn(column, form, range(15, 16))


def subscriber_numbers(column: ColumnSample) -> Mask:
    """IMSI of mainland China: 460, network, ten digits."""
    return column.matches(rf"460(?:{NETWORKS})[0-9]{{10}}")


def coordinates(column: ColumnSample) -> Mask:
    """Pairs, points as text, or one number of a pair where the names of the columns say so."""
    if column.is_numeric or _are_numbers(column):
        return _one_of_a_pair(column)
    gap = r"\s*[,;/ ]\s*"
    pair = rf"[\[(]?(?:{_LATITUDE}{gap}{_LONGITUDE}|{_LONGITUDE}{gap}{_LATITUDE})[\])]?"
    return column.matches(pair) | column.matches(rf"(?i:point)\s*\({_LONGITUDE} {_LATITUDE}\)")


def _are_numbers(column: ColumnSample) -> bool:
    return bool(np.mean(np.isfinite(column.numbers)) >= 0.5)


def _one_of_a_pair(column: ColumnSample) -> Mask:
    bounds = _bounds_by_name(column)
    if bounds is None:
        return np.zeros(column.count, dtype=np.bool_)
    values = column.numbers
    with np.errstate(invalid="ignore"):
        return np.asarray((values >= bounds[0]) & (values <= bounds[1]) & (values != np.floor(values)))


def _bounds_by_name(column: ColumnSample) -> tuple[float, float] | None:
    """The range by a clear name; China's under an abbreviation that needs its partner in the table."""
    name = column.words
    if name.words & set(_LATITUDES) or "纬度" in name.text:
        return (-90.0, 90.0)
    if name.words & set(_LONGITUDES) or "经度" in name.text:
        return (-180.0, 180.0)
    others = {word for each in column.siblings for word in each.words}
    for own, other, bounds in _PARTNERS:
        if own in name.words and other in others:
            return bounds
    return None


DETECTORS = (
    Detector("cn.mobile", mobiles, chance=0.1, margin=0.1, floor=0.6, plausible=_has_many_segments),
    Detector("cn.region_mobile", region_mobiles, chance=0.01, floor=0.6),
    Detector("cn.landline", landlines, chance=0.01, floor=0.6),
    Detector("phone", phones, chance=0.25, margin=0.2, floor=0.6),
    Detector("email", emails, chance=0.001),
    Detector("ipv4", ipv4s, chance=0.01, floor=0.6, named_floor=0.5, plausible=_has_large_octets),
    Detector("ipv6", ipv6s, chance=0.001, floor=0.6),
    Detector("mac", macs, chance=0.001, floor=0.6),
    Detector("imei", device_numbers, chance=0.1, margin=0.2, floor=0.6),
    Detector("imsi", subscriber_numbers, chance=0.001, floor=0.7),
    Detector("geo", coordinates, chance=0.01, floor=0.6, named_floor=0.5),
)
