"""Bring keys into one spelling before they are compared: rules that both sides name alike, applied column by column.

A rule turns text into text, or rejects it (null). Rules are applied in the order in which they are named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tacit import kernel
from tacit.algorithms.alignment import identifiers
from tacit.errors import ParameterError

Rule = Callable[[pa.Array], pa.Array]  # large_string in, large_string out; what is rejected becomes null
MARK_BYTES = 16
MAX_RULES = 8
_PHONE = re.compile(r"^phone:([1-9][0-9]{0,2})$")
_DASH = r"[-\p{Pd}\x{2212}]+"
_SPACE = r"[\s\p{Z}\x{200b}\x{feff}]+"


def normalise(column: pa.Array, rules: Sequence[str]) -> tuple[pa.Array, NDArray[np.bool_] | None]:
    """The column as text in its normal form, and which rows were rejected (None: no row); these are null in the array.

    Text or integers in; nulls stay null and do not count as rejected. A value of which nothing is left is rejected.
    Raises ParameterError psi.normalise.
    """
    check_rules(rules)
    text = column.cast(pa.large_string())
    found = text
    for name in rules:
        found = _rule(name)(found)
    empty = pc.equal(pc.binary_length(found), 0)
    if pc.any(empty).as_py():
        found = pc.if_else(empty, pa.scalar(None, found.type), found)
    if found.null_count == text.null_count:
        return found, None
    return found, np.asarray(pc.and_not(found.is_null(), text.is_null()))


def check_rules(rules: Sequence[str]) -> None:
    """Every name is that of a rule, none comes twice. Raises ParameterError psi.normalise."""
    known = [name for name in rules if name in RULES or _PHONE.match(name)]
    if len(known) < len(rules) or len(set(rules)) < len(rules) or len(rules) > MAX_RULES:
        raise ParameterError(
            "psi.normalise",
            "The rules for bringing keys into one spelling cannot be used.",
            found=", ".join(str(name) for name in rules)[:200],
            expected=f"at most {MAX_RULES} different ones of " + ", ".join([*RULES, "phone:<country code>"]),
        )


def mark(rules: Sequence[Sequence[str]]) -> bytes:
    """16 bytes that differ where the rules differ; none if there are no rules."""
    if not any(rules):
        return b""
    text = ";".join(",".join(names) for names in rules)
    return kernel.blake3_hash(b"tacit/psi/normalise/1/" + text.encode())[:MARK_BYTES]


def _rule(name: str) -> Rule:
    code = _PHONE.match(name)
    return RULES[name] if code is None else identifiers.phone(code[1])


def _nfkc(text: pa.Array) -> pa.Array:
    """Unicode normalisation form KC (UAX #15)."""
    return pc.utf8_normalize(text, form="NFKC")


def _fold(text: pa.Array) -> pa.Array:
    """Letters that differ in case only become equal: upper, then lower, character by character."""
    return pc.utf8_lower(pc.utf8_upper(text))


def _without(pattern: str) -> Rule:
    def remove(text: pa.Array) -> pa.Array:
        return pc.replace_substring_regex(text, pattern, "")

    return remove


def _no_leading_zeros(text: pa.Array) -> pa.Array:
    """The last zero stays if there is nothing else."""
    return pc.replace_substring_regex(text, r"(?s)^0+(.)", r"\1")


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "trim": pc.utf8_trim_whitespace,
        "lower": pc.utf8_lower,
        "upper": pc.utf8_upper,
        "fold": _fold,
        "nfkc": _nfkc,
        "no_space": _without(_SPACE),
        "no_dash": _without(_DASH),
        "digits": _without("[^0-9]+"),
        "no_leading_zeros": _no_leading_zeros,
        "integer": identifiers.integer,
        "phone_cn": identifiers.phone_cn,
        "phone_e164": identifiers.phone(None),
        "id_cn": identifiers.resident_id,
        "email": identifiers.email,
        "email_domain": identifiers.email_domain,
    }
)
RULE_NAMES = tuple(RULES)
