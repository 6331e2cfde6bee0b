"""Project agreements: who may sign, and that nothing changes after signing."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tacit.errors import RefusedError
from tacit.ledger.project import (
    add_signature,
    check_members,
    check_project_signatures,
    new_agreement_id,
    sign_project,
)
from tacit.schema.job import ProjectAgreement, SignedProjectAgreement
from tacit.schema.wire import public_key_text
from trust_world import KEYS, NOW, PARTIES, PRIVATE, STRANGER, mutations

PROJECT = ProjectAgreement(
    id="agr-" + "a" * 32,
    name="Joint risk",
    purpose="Find out together what drives the risk.",
    members={party: public_key_text(KEYS[party]) for party in PARTIES},
    datasets={"hospital": ("patients",), "lab": ("values",)},
    created=NOW,
    valid_until=NOW + 1000,
)


def _signed() -> SignedProjectAgreement:
    signed = SignedProjectAgreement(agreement=PROJECT)
    for party in PARTIES:
        signed = add_signature(signed, party, sign_project(PROJECT, PRIVATE[party]))
    return signed


def test_all_members_sign():
    for party in PARTIES:
        check_members(PROJECT, KEYS, me=party)
    check_project_signatures(_signed())
    assert new_agreement_id() != new_agreement_id()


def test_every_change_after_signing_is_found():
    honest = _signed()
    for mutation in mutations(honest.document()):
        try:
            altered = SignedProjectAgreement.model_validate(mutation.document)
        except ValidationError:
            continue
        if altered == honest:
            continue
        with pytest.raises(RefusedError):
            check_project_signatures(altered)


@pytest.mark.parametrize(
    ("changes", "keys", "me", "code"),
    [
        ({}, KEYS, "stranger", "project.not_a_member"),
        ({}, {"lab": KEYS["lab"]}, "lab", "project.member_unknown"),
        ({}, {**KEYS, "lab": STRANGER.public_key()}, "hospital", "project.member_key"),
        ({"datasets": {"stranger": ("x",)}}, KEYS, "lab", "project.not_a_member"),
        ({"valid_until": NOW}, KEYS, "lab", "project.expired"),
    ],
)
def test_what_a_member_will_not_sign(changes, keys, me, code):
    with pytest.raises(RefusedError) as caught:
        check_members(PROJECT.model_copy(update=changes), keys, me=me)
    assert caught.value.code == code


def test_missing_wrong_and_foreign_signatures():
    partial = SignedProjectAgreement(agreement=PROJECT)
    check_project_signatures(partial, complete=False)
    with pytest.raises(RefusedError) as caught:
        check_project_signatures(partial)
    assert caught.value.code == "project.signature_missing"
    with pytest.raises(RefusedError) as caught:
        add_signature(partial, "lab", sign_project(PROJECT, STRANGER))
    assert caught.value.code == "project.signature_wrong"
    with pytest.raises(RefusedError) as caught:
        add_signature(partial, "stranger", sign_project(PROJECT, STRANGER))
    assert caught.value.code == "project.not_a_member"
