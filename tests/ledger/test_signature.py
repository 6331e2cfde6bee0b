"""Document signatures: purpose, content, key and the very text of the signature are all bound."""

from __future__ import annotations

import base64
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.ledger.signature import sign_document, signature_bytes, signature_fits, signing_bytes
from trust_world import KEYS, PARTS, PRIVATE, STRANGER

PART = PARTS["lab"].part


def test_fits_only_with_purpose_and_key():
    signature = sign_document("part", PART, PRIVATE["lab"])
    assert signature_fits("part", PART, signature, KEYS["lab"])
    assert not signature_fits("statement", PART, signature, KEYS["lab"])
    assert not signature_fits("part", PART, signature, STRANGER.public_key())
    assert signing_bytes("part", PART).startswith(b"tacit\npart\nv1\n{")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 87), st.sampled_from(string.ascii_letters + string.digits + "+/="))
def test_any_other_signature_text_is_refused(position, letter):
    text = sign_document("part", PART, PRIVATE["lab"])
    other = text[:position] + letter + text[position + 1 :]
    assert signature_fits("part", PART, other, KEYS["lab"]) == (other == text)


@pytest.mark.parametrize(
    "text", ["", "====", base64.b64encode(bytes(63)).decode(), " " + base64.b64encode(bytes(64)).decode()]
)
def test_strict_base64(text):
    with pytest.raises(ValueError, match=r"base64|padding|padded"):
        signature_bytes(text)
