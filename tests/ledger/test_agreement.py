"""Job agreements: every altered field is refused before anybody signs; session ids follow from the signed text."""

from __future__ import annotations

import dataclasses

import pytest
from pydantic import ValidationError

from tacit.errors import PeerError, RefusedError, TacitError
from tacit.ledger.agreement import (
    assemble,
    check_agreement,
    check_consistent,
    check_part,
    check_signatures,
    session_id,
    sign_agreement,
    sign_part,
    step_session_id,
)
from tacit.schema.flow import Flow
from tacit.schema.job import JobAgreement
from trust_world import (
    AGREEMENT,
    AGREEMENT_SIGNATURES,
    FLOW,
    JOB,
    KEYS,
    NOW,
    PARTIES,
    PARTS,
    PRIVATE,
    PROPOSAL,
    STRANGER,
    hex_of,
    mutations,
    part_of,
)


def _check(agreement: JobAgreement, party: str = "lab") -> None:
    check_agreement(agreement, proposal=PROPOSAL, own=PARTS[party], keys=KEYS)


def test_honest_agreement_passes_everywhere_and_after_json():
    again = JobAgreement.model_validate_json(AGREEMENT.model_dump_json())
    for party in PARTIES:
        _check(again, party)
    check_signatures(again, AGREEMENT_SIGNATURES, keys=KEYS)
    assert again.hash() == AGREEMENT.hash()


def test_agreement_altered_in_each_field_is_refused():
    count = 0
    for mutation in mutations(AGREEMENT.document()):
        count += 1
        try:
            altered = JobAgreement.model_validate(mutation.document)
        except ValidationError:
            continue
        if altered == AGREEMENT:
            continue  # a default written out: the same document
        if mutation.path == "created":  # the only free choice of the initiator; the signatures fix it
            with pytest.raises(RefusedError, match="signature"):
                check_signatures(altered, AGREEMENT_SIGNATURES, keys=KEYS)
            continue
        with pytest.raises(TacitError):
            _check(altered)
        assert session_id(altered) != session_id(AGREEMENT), mutation.path
        with pytest.raises(RefusedError):
            check_signatures(altered, AGREEMENT_SIGNATURES, keys=KEYS)
    assert count > 100


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"job_id": "job-" + "2" * 32}, "part.replayed"),
        ({"flow_hash": hex_of("other")}, "job.flow_differs"),
        ({"disclosures_hash": hex_of("other")}, "job.disclosures_differ"),
        ({"project": "agr-" + "1" * 32}, "job.project_differs"),
        ({"protocol": 2}, "peer.version_mismatch"),
        ({"party": "hospital"}, "part.party"),
        ({"key": "ed25519:" + "0" * 64}, "part.key"),
        ({"operators": {"dataset.read": "1", "psi": "2", "stats.joint": "1"}}, "job.operator_version_differs"),
        ({"operators": {"dataset.read": "1"}}, "job.operator_version_differs"),
    ],
)
def test_well_signed_part_for_something_else_is_refused(changes, code):
    with pytest.raises((RefusedError, PeerError)) as caught:
        check_part(part_of("lab", **changes), proposal=PROPOSAL, party="lab", keys=KEYS)
    assert caught.value.code == code


def test_part_with_the_wrong_signature_or_of_a_stranger():
    forged = sign_part(PARTS["lab"].part, STRANGER)
    with pytest.raises(RefusedError) as caught:
        check_part(forged, proposal=PROPOSAL, party="lab", keys=KEYS)
    assert caught.value.code == "part.signature_wrong"
    with pytest.raises(RefusedError) as caught:
        check_part(PARTS["lab"], proposal=PROPOSAL, party="lab", keys={})
    assert caught.value.code == "job.party_unknown"


def test_own_part_must_be_the_one_that_was_given():
    # The initiator replays an older, well signed approval of ours with other limits.
    older = part_of("lab", nonce=hex_of("older"))
    swapped = assemble(PROPOSAL, {**PARTS, "lab": older}, keys=KEYS, created=NOW)
    with pytest.raises(RefusedError) as caught:
        _check(swapped, "lab")
    assert caught.value.code == "agreement.own_part"


def test_nobody_is_seated_who_is_not_a_party():
    agreement = assemble(PROPOSAL, PARTS, keys=KEYS, created=NOW)
    steps = tuple(
        step.model_copy(update={"at": dict.fromkeys(step.at, "stranger")}) if number == 0 else step
        for number, step in enumerate(agreement.flow.steps)
    )
    flow = agreement.flow.model_copy(update={"steps": steps})
    with pytest.raises(RefusedError) as caught:
        check_consistent(agreement.model_copy(update={"flow": flow, "flow_hash": flow.hash()}))
    assert (caught.value.code, caught.value.found) == ("agreement.parties", "stranger")


def test_parts_must_be_complete_and_fresh():
    with pytest.raises(RefusedError) as caught:
        assemble(PROPOSAL, {"lab": PARTS["lab"]}, keys=KEYS, created=NOW)
    assert caught.value.code == "agreement.parties"
    twin = part_of("notary", nonce=PARTS["lab"].part.nonce)
    with pytest.raises(RefusedError) as caught:
        _check(assemble(PROPOSAL, {**PARTS, "notary": twin}, keys=KEYS, created=NOW))
    assert caught.value.code == "agreement.nonces"


def test_layout_is_outside_the_hash_but_not_outside_the_comparison():
    moved = FLOW.model_copy(update={"title": {"zh": "别的", "en": "Other"}})
    assert moved.hash() == FLOW.hash()
    with pytest.raises(RefusedError) as caught:
        _check(AGREEMENT.model_copy(update={"flow": moved}))
    assert caught.value.code == "job.flow_differs"


def test_flow_with_a_number_that_json_cannot_keep_is_refused():
    document = FLOW.document()
    document["steps"][0]["params"]["big"] = 2**60
    with pytest.raises(RefusedError) as caught:
        _check(AGREEMENT.model_copy(update={"flow": Flow.model_validate(document)}))
    assert caught.value.code == "agreement.not_canonical"


def test_signatures_missing_swapped_or_of_another_purpose():
    for signatures, code in (
        ({"lab": AGREEMENT_SIGNATURES["lab"]}, "agreement.signature_missing"),
        ({**AGREEMENT_SIGNATURES, "lab": AGREEMENT_SIGNATURES["notary"]}, "agreement.signature_wrong"),
        ({**AGREEMENT_SIGNATURES, "lab": sign_agreement(AGREEMENT, STRANGER)}, "agreement.signature_wrong"),
        ({**AGREEMENT_SIGNATURES, "lab": PARTS["lab"].signature}, "agreement.signature_wrong"),
    ):
        with pytest.raises(RefusedError) as caught:
            check_signatures(AGREEMENT, signatures, keys=KEYS)
        assert caught.value.code == code


def test_session_ids_are_bound_to_everything():
    sid, seed = session_id(AGREEMENT), bytes(32)
    assert len(sid) == 32
    names = {
        step_session_id(sid, "match", 1, seed),
        step_session_id(sid, "match", 2, seed),
        step_session_id(sid, "figures", 1, seed),
        step_session_id(sid, "match", 1, b"\1" * 32),
        step_session_id(bytes(32), "match", 1, seed),
    }
    assert len(names) == 5
    with pytest.raises(ValueError, match="32 bytes"):
        step_session_id(sid, "match", 1, b"short")


def test_known_answers():
    """The documents between nodes must not change without a new format number."""
    assert AGREEMENT.hash() == "33bba751341cff29f67c5a1fb31077310d18590dcc597d591c5265663b72662f"
    assert session_id(AGREEMENT).hex() == "6b88cb7dd2110b824bf9bc4e3e4c104834a3f4b79642ebb4fec87ab2100fb9d7"
    step_sid = step_session_id(b"\1" * 32, "match", 1, bytes(32))
    assert step_sid.hex() == "4a56c2a51f82ceff924c6fcb0e7ee7eb1e819068880487037e340a31b56a660a"


def test_another_proposal_is_not_this_one():
    for change, code in (
        ({"job_id": "job-" + "9" * 32}, "agreement.job"),
        ({"initiator": "lab"}, "agreement.initiator"),
    ):
        other = dataclasses.replace(PROPOSAL, **change)
        with pytest.raises(RefusedError) as caught:
            check_agreement(AGREEMENT, proposal=other, own=PARTS["lab"], keys=KEYS)
        assert caught.value.code == code
    assert AGREEMENT.job_id == JOB
    assert set(PRIVATE) == set(PARTIES)
