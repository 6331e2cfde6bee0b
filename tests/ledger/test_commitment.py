"""Commitments: bound to data and salt."""

from __future__ import annotations

import pytest

from tacit.ledger.commitment import commit, new_salt
from trust_world import hex_of


def test_bound_to_both_and_repeatable():
    salt = new_salt()
    assert commit(salt, hex_of("a")) == commit(salt, hex_of("a"))
    assert commit(salt, hex_of("a")) != commit(salt, hex_of("b"))
    assert commit(salt, hex_of("a")) != commit(new_salt(), hex_of("a"))
    assert hex_of("a") not in commit(salt, hex_of("a"))


def test_bad_salt_or_digest():
    with pytest.raises(ValueError, match="32 bytes"):
        commit(b"", hex_of("a"))
    with pytest.raises(ValueError, match="hex"):
        commit(new_salt(), "not hexadecimal")
