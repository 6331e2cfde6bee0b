"""One byte string for one meaning: RFC 8785 (JCS) canonical JSON, and the hash of it.

Numbers: integers that a double keeps exactly, and finite doubles. Doubles use ECMAScript's shortest form, made
from the digits of Python's `repr`, which are the same.
"""

from __future__ import annotations

import hashlib
import json
import math
from decimal import Decimal
from typing import Any

_MAX_SAFE = 2**53 - 1


def canonical_json(value: Any) -> bytes:
    """Canonical UTF-8 bytes of `value` (dict, list, str, int, float, bool, None). Raises ValueError otherwise."""
    return _encode(value).encode()


def digest(value: Any) -> str:
    """Lower-case hex SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _encode(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return _encode_int(value)
    if isinstance(value, float):
        return _encode_float(value)
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_encode(item) for item in value) + "]"
    if isinstance(value, dict):
        return _encode_object(value)
    raise ValueError(f"{type(value).__name__} has no canonical JSON form")


def _encode_object(value: dict[Any, Any]) -> str:
    if not all(isinstance(key, str) for key in value):
        raise ValueError("the keys of a JSON object are strings")
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return "{" + ",".join(f"{_encode(key)}:{_encode(value[key])}" for key in keys) + "}"


def _encode_int(value: int) -> str:
    """Larger integers are allowed where they are what a double prints, so that canonical text can be read back."""
    if abs(value) > _MAX_SAFE and (abs(value) >= 10**21 or _encode_float(float(value)) != int.__repr__(value)):
        raise ValueError("an integer is outside the range that JSON numbers keep exactly")
    return int.__repr__(value)


def _encode_float(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError("NaN and infinity have no JSON form")
    if value == 0:
        return "0"
    digits = float.__repr__(value)  # also right for subclasses that print themselves differently
    if 1e-6 <= abs(value) < 1e21:
        return format(Decimal(digits), "f").removesuffix(".0")
    mantissa, _, exponent = digits.partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"
