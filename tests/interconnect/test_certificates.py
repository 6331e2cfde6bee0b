"""Certificates that peers send: only valid Ed25519 ones are taken."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from aged_certificate import aged_identity, certificate, pem
from tacit.channel.identity import NodeIdentity
from tacit.errors import RefusedError
from tacit.interconnect.certificates import (
    certificate_fingerprint,
    certificate_key,
    check_validity,
    one_certificate,
    read_certificate,
)

NODE = NodeIdentity.generate("lab")


def test_good_certificate():
    check_validity(read_certificate(NODE.certificate_pem))
    assert certificate_fingerprint(NODE.certificate_pem) == NODE.fingerprint
    certificate_key(NODE.certificate_pem).verify(NODE.sign(b"hello"), b"hello")


@pytest.mark.parametrize(("begin", "end"), [(-20, -1), (1, 20)])
def test_outside_its_time(begin, end):
    aged = aged_identity("lab", begin_days=begin, end_days=end)
    with pytest.raises(RefusedError) as caught:
        check_validity(read_certificate(aged.certificate_pem))
    assert caught.value.code == "certificate.expired"


def test_other_algorithm():
    text = pem(certificate(ec.generate_private_key(ec.SECP256R1()), "lab", begin_days=-1, end_days=1))
    with pytest.raises(RefusedError) as caught:
        certificate_fingerprint(text)
    assert caught.value.code == "certificate.wrong_algorithm"


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=100) | st.builds(lambda cut: NODE.certificate_pem[:cut], st.integers(0, 300)))
def test_anything_else(text):
    with pytest.raises(RefusedError) as caught:
        read_certificate(text)
    assert caught.value.code == "certificate.malformed"


def test_only_the_first_certificate_of_a_text_is_kept():
    other = NodeIdentity.generate("other")
    assert one_certificate(NODE.certificate_pem + other.certificate_pem) == NODE.certificate_pem
