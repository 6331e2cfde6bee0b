"""Final agreements, and chains of amendments that anybody can check."""

from __future__ import annotations

from typing import Any

import pytest

from tacit.errors import RefusedError
from tacit.ledger.project import check_chain, check_final, sign_project, sign_verification
from tacit.schema.agreement import FinalAgreement, ProjectAgreement
from tacit.schema.wire import public_key_text
from trust_world import KEYS, NOW, PARTIES, PRIVATE, STRANGER


def agreement(number: int, **changes: Any) -> ProjectAgreement:
    fields = {
        "format": 2,
        "version": 1,
        "id": f"agr-{number:032x}",
        "name": "Joint risk",
        "purpose": f"Version {number}.",
        "members": {party: public_key_text(KEYS[party]) for party in PARTIES},
        "created": NOW,
        "valid_until": NOW + 1000,
        **changes,
    }
    return ProjectAgreement.model_validate(fields)


def final(document: ProjectAgreement) -> FinalAgreement:
    return FinalAgreement(
        agreement=document,
        signatures={party: sign_project(document, PRIVATE[party]) for party in document.members},
        verified={party: sign_verification(document, party, PRIVATE[party]) for party in document.members},
    )


def amended(number: int, old: ProjectAgreement, **changes: Any) -> ProjectAgreement:
    return agreement(number, amends={"agreement": old.id, "hash": old.hash()}, **changes)


def test_a_chain_holds() -> None:
    first = agreement(1)
    second = amended(2, first)
    third = amended(3, second)
    check_chain([final(first), final(second), final(third)])


@pytest.mark.parametrize("broken", ["order", "gap", "hash", "member"])
def test_a_broken_chain_is_found(broken: str) -> None:
    first = agreement(1)
    second = amended(2, first)
    third = amended(3, second)
    few = {party: public_key_text(KEYS[party]) for party in PARTIES[:2]}
    chain = {
        "order": [second, first, third],
        "gap": [first, third],
        "hash": [agreement(1, purpose="Another."), second],
        "member": [first, amended(2, first, members=few)],
    }[broken]
    with pytest.raises(RefusedError) as caught:
        check_chain([final(each) for each in chain])
    assert caught.value.code in ("project.amends_another", "project.members_changed")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"verified": {}}, "project.verification_missing"),
        ({"verified": "lab"}, "project.verification_wrong"),
        ({"signatures": {}}, "project.signature_missing"),
    ],
)
def test_what_is_not_final(changes: dict[str, Any], code: str) -> None:
    good = final(agreement(1))
    check_final(good)
    if changes.get("verified") == "lab":
        forged = sign_verification(good.agreement, "lab", STRANGER)
        changes = {"verified": {**good.verified, "lab": forged}}
    with pytest.raises(RefusedError) as caught:
        check_final(good.model_copy(update=changes))
    assert caught.value.code == code


def test_a_verification_is_for_one_member_and_one_document() -> None:
    one, other = final(agreement(1)), final(agreement(2))
    for verified in (other.verified, {**one.verified, "lab": one.verified["hospital"]}):
        with pytest.raises(RefusedError) as caught:
            check_final(one.model_copy(update={"verified": verified}))
        assert caught.value.code == "project.verification_wrong"
