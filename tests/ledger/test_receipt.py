"""Receipts: verified offline; each changed field is found, and the error names the right thing."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tacit.errors import RefusedError
from tacit.ledger.receipt import (
    assemble_receipt,
    check_countersignature,
    check_own_outputs,
    check_own_statement,
    check_receipt,
    check_statement,
    receipt_keys,
    sign_receipt,
    verify_receipt,
)
from tacit.schema.job import SignedReceipt
from tacit.schema.wire import public_key_text
from trust_world import (
    AGREEMENT,
    AGREEMENT_SIGNATURES,
    KEYS,
    NOW,
    PARTIES,
    PRIVATE,
    SALTS,
    STATEMENTS,
    STRANGER,
    account_of,
    hex_of,
    mutations,
    receipt,
    signed_receipt,
    statement_of,
)


def test_honest_receipt_verifies_after_json():
    again = SignedReceipt.model_validate_json(signed_receipt().model_dump_json())
    summary = verify_receipt(again, keys=KEYS)
    assert summary.parties == PARTIES
    assert summary.steps == ("rows_h", "rows_l", "match", "figures")
    assert summary.agreement_hash == AGREEMENT.hash()
    named = receipt_keys(again.receipt)
    assert {party: public_key_text(key) for party, key in named.items()} == {
        party: public_key_text(key) for party, key in KEYS.items()
    }


def test_receipt_with_each_field_changed_fails():
    honest = signed_receipt()
    count = 0
    for mutation in mutations(honest.document()):
        count += 1
        try:
            altered = SignedReceipt.model_validate(mutation.document)
        except ValidationError:
            continue
        if altered == honest:
            continue
        with pytest.raises(RefusedError):
            verify_receipt(altered, keys=KEYS)
    assert count > 200


def _with_statement(signed):
    return {**STATEMENTS, signed.statement.party: signed}


def _assemble(statements):
    return assemble_receipt(AGREEMENT, AGREEMENT_SIGNATURES, statements, keys=KEYS, issued=NOW + 3000)


def _changed_step(party: str, step: str, **changes):
    steps = [
        account.model_copy(update=changes) if account.step == step else account
        for account in STATEMENTS[party].statement.steps
    ]
    return statement_of(party, steps=tuple(steps))


@pytest.mark.parametrize(
    ("signed", "code"),
    [
        (_changed_step("lab", "match", transcripts={"receiver": hex_of("other")}), "receipt.transcripts_differ"),
        (_changed_step("lab", "match", transcripts={}), "receipt.transcripts_differ"),
        (_changed_step("lab", "match", transcripts={"dealer": hex_of("x")}), "statement.transcripts"),
        (_changed_step("lab", "figures", public_outputs={"report": hex_of("mine")}), "receipt.public_outputs_differ"),
        (_changed_step("lab", "match", attempt=2), "receipt.attempts_differ"),
        (_changed_step("lab", "match", operator="table.profile"), "statement.operator"),
        (_changed_step("lab", "match", version="2"), "statement.version"),
        (_changed_step("lab", "match", role="receiver"), "statement.role"),
        (_changed_step("lab", "match", ended=0), "statement.times"),
        (_changed_step("lab", "match", inputs={"sender": hex_of("swapped")}), "statement.input_differs"),
        (_changed_step("lab", "rows_l", inputs={"dataset": hex_of("swapped")}), "statement.input_differs"),
        (_changed_step("lab", "match", inputs={"nowhere": hex_of("x")}), "statement.input_differs"),
        (statement_of("lab", steps=(account_of("match", "lab"),)), "statement.steps"),
        (statement_of("lab", job_id="job-" + "7" * 32), "statement.job"),
        (statement_of("lab", agreement_hash=hex_of("other")), "statement.agreement"),
    ],
)
def test_well_signed_but_false_statement_is_named(signed, code):
    with pytest.raises(RefusedError) as caught:
        _assemble(_with_statement(signed))
    assert caught.value.code == code


def test_missing_statement_and_missing_countersignature():
    with pytest.raises(RefusedError) as caught:
        _assemble({"lab": STATEMENTS["lab"]})
    assert caught.value.code == "receipt.statements"
    honest = signed_receipt()
    short = honest.model_copy(update={"signatures": {"lab": honest.signatures["lab"]}})
    with pytest.raises(RefusedError) as caught:
        verify_receipt(short, keys=KEYS)
    assert caught.value.code == "receipt.signature_missing"


def test_countersignature_of_a_stranger_and_missing_key():
    plain = receipt()
    with pytest.raises(RefusedError) as caught:
        check_countersignature(plain, "lab", sign_receipt(plain, STRANGER), keys=KEYS)
    assert caught.value.code == "receipt.signature_wrong"
    assert "lab" in caught.value.message
    with pytest.raises(RefusedError) as caught:
        check_receipt(plain, keys={"hospital": KEYS["hospital"]})
    assert caught.value.code == "receipt.key_missing"


def test_statement_of_another_signer():
    forged = STATEMENTS["lab"].model_copy(update={"signature": STATEMENTS["notary"].signature})
    with pytest.raises(RefusedError) as caught:
        check_statement(forged, AGREEMENT, party="lab", key=KEYS["lab"])
    assert caught.value.code == "statement.signature_wrong"


def test_party_recognises_its_own_statement():
    check_own_statement(receipt(), STATEMENTS["lab"], AGREEMENT.hash())
    other = statement_of("lab", software="0.2.0")
    with pytest.raises(RefusedError) as caught:
        check_own_statement(receipt(), other, AGREEMENT.hash())
    assert caught.value.code == "receipt.own_statement"
    with pytest.raises(RefusedError) as caught:
        check_own_statement(receipt(), STATEMENTS["lab"], hex_of("other"))
    assert caught.value.code == "receipt.agreement"


def test_own_artifacts_against_the_receipt():
    stored = {
        ("rows_l", "table"): hex_of("rows_l.tablelab"),
        ("match", "aligned"): hex_of("match.alignedlab"),
        ("match", "report"): hex_of("match.reportlab"),
    }
    gone = check_own_outputs(receipt(), "lab", salt=SALTS["lab"], digests=stored)
    assert gone == (("figures", "report"),)
    stored["match", "aligned"] = hex_of("changed")
    with pytest.raises(RefusedError) as caught:
        check_own_outputs(receipt(), "lab", salt=SALTS["lab"], digests=stored)
    assert caught.value.code == "receipt.output_differs"
    assert set(PRIVATE) == set(PARTIES)
