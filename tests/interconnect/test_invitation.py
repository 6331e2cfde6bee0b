"""Invitation codes: tampering, expiry, reuse, and somebody in between."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.channel.identity import NodeIdentity
from tacit.errors import InputError, PeerError, RefusedError, TacitError
from tacit.interconnect.invitation import (
    DEFAULT_LIFETIME_MS,
    check_application,
    check_protocol,
    issue_invitation,
    make_application,
    read_invitation,
)
from tacit.interconnect.shapes import NodeInfo
from trust_world import NOW

INVITER = NodeIdentity.generate("hospital")
GUEST = NodeIdentity.generate("lab")
OTHER = NodeIdentity.generate("other")
CARD = NodeInfo(
    address="https://lab.example:7304",
    inst_id="lab",
    institution="Lab",
    name="lab",
    node_id="lab",
    system_version="0.1",
)
INVITATION, ISSUED = issue_invitation(
    node_id="hospital",
    institution="Hospital",
    address="https://hospital.example:7304",
    fingerprint=INVITER.fingerprint,
    now_ms=NOW,
)
APPLICATION = make_application(INVITATION, CARD, GUEST.certificate_pem, "0.1.0")


def _check(body=APPLICATION, issued=ISSUED, *, own=INVITER.fingerprint, now_ms=NOW):
    return check_application(body, issued, own_fingerprint=own, now_ms=now_ms)


def _code(call, *args, **more):
    with pytest.raises(TacitError) as caught:
        call(*args, **more)
    return caught.value.code


def test_code_goes_round_and_application_is_accepted():
    code = INVITATION.code()
    assert code.startswith("tacit1.")
    assert len(code) < 600
    wrapped = f"  {code[:40]}\n{code[40:]} "  # as mail programs break it
    assert read_invitation(wrapped, now_ms=NOW) == INVITATION
    assert _check() == GUEST.fingerprint


def test_secret_is_never_shown():
    assert INVITATION.secret not in repr(INVITATION) + str(INVITATION) + f"{INVITATION}"
    assert ISSUED.secret not in repr(ISSUED) + str(ISSUED)
    assert "secret" not in repr(INVITATION)
    assert ISSUED.secret not in APPLICATION.model_dump_json()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(string.ascii_letters + string.digits + "-_.="))
def test_any_typing_error_is_noticed(place, letter):
    code = INVITATION.code()
    place %= len(code)
    other = code[:place] + letter + code[place + 1 :]
    if other == code:
        return
    try:
        assert read_invitation(other, now_ms=NOW) == INVITATION  # unused bits of the last letter
        assert place == len(code) - 1
    except InputError as error:
        assert error.code == "invitation.malformed"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_answered_with_malformed(text):
    for code in (text, "tacit1." + text):
        assert _code(read_invitation, code, now_ms=NOW) == "invitation.malformed"


def test_expiry_on_both_sides():
    late = NOW + DEFAULT_LIFETIME_MS + 1
    assert _code(read_invitation, INVITATION.code(), now_ms=late) == "invitation.expired"
    assert _code(_check, now_ms=late) == "invitation.expired"


def test_single_use_but_the_same_key_may_ask_again():
    used = ISSUED.model_copy(update={"used_by": GUEST.fingerprint})
    assert _check(issued=used) == GUEST.fingerprint
    assert _check(issued=used, now_ms=NOW + DEFAULT_LIFETIME_MS + 1) == GUEST.fingerprint
    by_other = make_application(INVITATION, CARD, OTHER.certificate_pem, "0.1.0")
    assert _code(_check, by_other, issued=used) == "invitation.used"


@pytest.mark.parametrize(
    "change",
    [
        {"auth_credential": OTHER.certificate_pem},
        {"node_id": "evil"},
        {"address": "https://evil.example:1"},
    ],
)
def test_what_the_proof_binds_cannot_be_swapped(change):
    assert _code(_check, APPLICATION.model_copy(update=change)) == "invitation.proof_wrong"


def test_proof_for_another_inviter_does_not_count():
    assert _code(_check, own=OTHER.fingerprint) == "invitation.proof_wrong"


def test_guessing_without_the_secret():
    guess = INVITATION.model_copy(update={"secret": "00" * 16})
    forged = make_application(guess, CARD, OTHER.certificate_pem, "0.1.0")
    assert _code(_check, forged) == "invitation.unknown"
    renamed = forged.model_copy(update={"tacit": forged.tacit.model_copy(update={"invitation": ISSUED.id})})
    assert _code(_check, renamed) == "invitation.proof_wrong"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tacit": None}, "invitation.needed"),
        ({"auth_type": "SHA256_RSA"}, "contract.auth_type"),
        ({"auth_credential": "nonsense"}, "certificate.malformed"),
    ],
)
def test_other_applications_are_refused(change, code):
    assert _code(_check, APPLICATION.model_copy(update=change)) == code
    assert _code(_check, issued=None) == "invitation.unknown"


def test_protocol_versions():
    check_protocol(1, "lab")
    for theirs, who in ((2, "this node"), (0, "lab")):
        with pytest.raises(PeerError) as caught:
            check_protocol(theirs, "lab", "9.9")
        assert caught.value.code == "peer.version_mismatch"
        assert who in caught.value.hint
    newer = APPLICATION.tacit.model_copy(update={"protocol": 7})
    assert _code(_check, APPLICATION.model_copy(update={"tacit": newer})) == "peer.version_mismatch"


def test_refusals_are_refused_errors():
    with pytest.raises(RefusedError):
        _check(issued=None)
