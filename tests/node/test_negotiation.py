"""Three nodes bargain over an agreement: counter-offers, agreement, verification, amendments, ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from small_world import SmallWorld
from tacit.errors import TacitError
from tacit.interconnect.shapes import AuditRef, ProjectApply
from tacit.ledger.project import check_chain, sign_project
from tacit.node.database import AgreementRow
from tacit.schema.agreement import Conditions, FinalAgreement, ProjectAgreement
from tacit.schema.flow import Flow

NAMES = ("alpha", "beta", "gamma")
TERMS = Conditions.model_validate(
    {
        "prices": [{"amount": "0.05", "currency": "CNY", "unit": "row"}],
        "revenue": {"beta": "0.6", "gamma": "0.4"},
        "initiators": ["alpha"],
    }
)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallWorld]:
    """alpha, beta, gamma; each test makes its own agreements."""
    made = SmallWorld(tmp_path_factory.mktemp("three"), NAMES)
    made.add_tables()
    yield made
    made.close()


def propose(world: SmallWorld, conditions: Conditions | None = None) -> str:
    datasets = {name: ["rows"] for name in NAMES}
    made = world.parts["alpha"].projects.propose("study", "a test", NAMES, datasets, 10**15, (), conditions)
    until_all(world, made.id, lambda row: row.version == 1)
    return made.id


def row_at(world: SmallWorld, agreement: str, name: str) -> AgreementRow:
    return world.parts[name].agreements.get(agreement)


def until_all(world: SmallWorld, agreement: str, wanted: object) -> None:
    def found() -> bool:
        rows = [world.parts[name].agreements.find(agreement) for name in NAMES]
        return all(row is not None and wanted(row) for row in rows)  # type: ignore[operator]

    world.until(found)


def approve(world: SmallWorld, agreement: str, *names: str) -> None:
    for name in names:
        world.parts[name].projects.approve(agreement)


def final(row: AgreementRow) -> FinalAgreement:
    document = ProjectAgreement.model_validate(row.document)
    return FinalAgreement(agreement=document, signatures=row.signatures, verified=row.verified)


def code_of(act: object) -> str:
    with pytest.raises(TacitError) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_all_sign_verify_and_get_the_final_agreement(three: SmallWorld) -> None:
    agreement = propose(three, TERMS)
    approve(three, agreement, "beta")
    assert row_at(three, agreement, "beta").stage == "ACCEPTED"
    approve(three, agreement, "gamma")
    until_all(three, agreement, lambda row: row.stage == "FINALIZED")
    rows = [row_at(three, agreement, name) for name in NAMES]
    assert len({row.hash for row in rows}) == 1
    for row in rows:
        check_chain([final(row)])
        assert (row.state, set(row.verified)) == ("ACTIVE", set(NAMES))
    state = three.parts["beta"].projects.queried("gamma", AuditRef(audit_id=agreement))
    assert (state.status, state.tacit and state.tacit.stage) == ("APPROVED", "FINALIZED")


def test_a_counter_offer_goes_to_all_and_needs_everybody_again(three: SmallWorld) -> None:
    agreement = propose(three)
    approve(three, agreement, "gamma")
    countered = three.parts["beta"].projects.counter(agreement, {"purpose": "a narrower test"})
    assert (countered.version, countered.stage, countered.decision) == (2, "REQUESTED", "APPROVED")
    until_all(three, agreement, lambda row: row.hash == countered.hash and row.stage == "REQUESTED")
    assert row_at(three, agreement, "gamma").decision == "waiting"
    assert row_at(three, agreement, "alpha").decision == "waiting"
    approve(three, agreement, "alpha", "gamma")
    until_all(three, agreement, lambda row: row.stage == "FINALIZED")
    assert row_at(three, agreement, "gamma").document["purpose"] == "a narrower test"
    assert [offer.author for offer in three.parts["gamma"].agreements.offers(agreement)] == ["alpha", "beta"]


def test_of_two_counter_offers_the_first_at_the_proposer_counts(three: SmallWorld) -> None:
    agreement = propose(three)
    three.down.add("alpha")
    three.parts["beta"].projects.counter(agreement, {"purpose": "as beta likes"})
    three.parts["gamma"].projects.counter(agreement, {"purpose": "as gamma likes"})
    three.down.discard("alpha")
    until_all(three, agreement, lambda row: row.version == 2 and row.author != "alpha")
    three.until(lambda: len({row_at(three, agreement, name).hash for name in NAMES}) == 1)
    author = row_at(three, agreement, "alpha").author
    loser = next(name for name in ("beta", "gamma") if name != author)
    assert row_at(three, agreement, loser).decision == "waiting"
    approve(three, agreement, "alpha", loser)
    until_all(three, agreement, lambda row: row.state == "ACTIVE")


def test_nobody_decides_on_an_offer_that_was_replaced(three: SmallWorld) -> None:
    agreement = propose(three)
    seen = row_at(three, agreement, "gamma").hash
    three.parts["alpha"].projects.counter(agreement, {"purpose": "a better test"})
    until_all(three, agreement, lambda row: row.version == 2)
    gamma = three.parts["gamma"].projects
    assert code_of(lambda: gamma.approve(agreement, hash=seen)) == "project.superseded"
    assert code_of(lambda: gamma.counter(agreement, {}, hash=seen)) == "project.superseded"


@pytest.mark.parametrize("by", NAMES)
def test_ending_a_negotiation_ends_it_for_all(three: SmallWorld, by: str) -> None:
    agreement = propose(three)
    approve(three, agreement, *(name for name in ("beta",) if name != by))
    three.parts[by].projects.terminate(agreement)
    until_all(three, agreement, lambda row: (row.stage, row.state) == ("TERMINATED", "TERMINATED"))
    assert code_of(lambda: three.parts["gamma"].projects.approve(agreement)) == "agreement.wrong_state"
    assert code_of(lambda: three.parts["alpha"].projects.counter(agreement, {})) == "agreement.wrong_state"


def test_a_refusal_is_known_as_such_to_all(three: SmallWorld) -> None:
    agreement = propose(three)
    three.parts["gamma"].projects.reject(agreement)
    until_all(three, agreement, lambda row: (row.state, row.reason) == ("REJECTED", "project.rejected"))


def test_an_amendment_replaces_what_it_amends_once_it_is_final(three: SmallWorld) -> None:
    agreement = propose(three)
    approve(three, agreement, "beta", "gamma")
    until_all(three, agreement, lambda row: row.state == "ACTIVE")
    gamma = three.parts["gamma"].projects
    amendment = gamma.amend(agreement, {"purpose": "more of it"}).id
    until_all(three, amendment, lambda row: row.version == 1)
    assert gamma.in_force(agreement).id == agreement
    beta = three.parts["beta"].projects
    approve(three, amendment, "beta")
    assert code_of(lambda: beta.amend(agreement, {"purpose": "another"})) == "project.amendment_pending"
    approve(three, amendment, "alpha")
    until_all(three, amendment, lambda row: row.state == "ACTIVE")
    for name in NAMES:
        projects = three.parts[name].projects
        assert projects.in_force(agreement).id == amendment
        check_chain([final(row) for row in projects.chain(agreement)])
    three.parts["beta"].projects.terminate(amendment)
    for each in (agreement, amendment):
        until_all(three, each, lambda row: row.state == "TERMINATED")


def test_an_amendment_that_begins_later_waits(three: SmallWorld) -> None:
    agreement = propose(three)
    approve(three, agreement, "beta", "gamma")
    until_all(three, agreement, lambda row: row.state == "ACTIVE")
    later = three.parts["alpha"].projects.amend(agreement, {"valid_from": 10**15 - 1}).id
    until_all(three, later, lambda row: row.version == 1)
    approve(three, later, "beta", "gamma")
    until_all(three, later, lambda row: row.state == "ACTIVE")
    assert three.parts["beta"].projects.in_force(agreement).id == agreement


def test_a_forged_or_foreign_message_changes_nothing(three: SmallWorld) -> None:
    agreement = propose(three, TERMS)
    row = row_at(three, agreement, "alpha")
    beta = three.parts["beta"].projects

    def send(source: str, **changes: object) -> None:
        told = {"agreement": row.document, "signatures": row.signatures, "stage": "OFFERED", **changes}
        body = {"audit_id": agreement, "contract_id": "c", "name": "n", "project_id": agreement, "tacit": told}
        beta.applied(source, ProjectApply.model_validate(body))

    other = {**row.document, "purpose": "something else", "version": 2, "base": row.hash}
    assert code_of(lambda: send("alpha", agreement=other)) == "project.signature_wrong"
    assert code_of(lambda: send("gamma", author="alpha")) == "negotiation.not_yours"
    assert code_of(lambda: send("alpha", stage="AGREED")) == "project.signature_missing"
    assert code_of(lambda: send("alpha", stage="FINALIZED")) == "project.signature_missing"
    assert row_at(three, agreement, "beta").hash == row.hash
    assert row_at(three, agreement, "beta").stage == "OFFERED"


def test_two_offers_that_cannot_both_be_right_end_the_negotiation(three: SmallWorld) -> None:
    """The proposer says that all agreed on what this node did not sign."""
    agreement = propose(three)
    approve(three, agreement, "beta", "gamma")
    until_all(three, agreement, lambda row: row.state == "ACTIVE")
    other = propose(three)
    handed = final(row_at(three, agreement, "alpha")).document()
    document = {**row_at(three, other, "alpha").document}
    body = {"audit_id": other, "contract_id": "c", "name": "n", "project_id": other}
    told = {"agreement": {**document, "purpose": "x"}, "signatures": handed["signatures"], "stage": "AGREED"}
    beta = three.parts["beta"].projects
    offer = ProjectApply.model_validate({**body, "tacit": told})
    assert code_of(lambda: beta.applied("alpha", offer)) == "project.signature_wrong"
    assert row_at(three, other, "beta").stage == "OFFERED"


def test_a_job_needs_an_agreement_in_force(three: SmallWorld) -> None:
    agreement = propose(three, TERMS)
    flow = Flow.model_validate(
        {
            "name": "f",
            "profile": "2pc",
            "parties": {"alpha": "data", "beta": "data"},
            "steps": [
                {"id": "rows", "operator": "dataset.read", "at": {"owner": "beta"}, "params": {"dataset": "rows"}}
            ],
        }
    )
    scheduler = three.parts["alpha"].scheduler
    assert code_of(lambda: scheduler.examine(flow, agreement)) == "project.not_active"
    approve(three, agreement, "beta", "gamma")
    until_all(three, agreement, lambda row: row.state == "ACTIVE")
    scheduler.examine(flow, agreement)
    beta = three.parts["beta"].scheduler
    assert code_of(lambda: beta.examine(flow, agreement)) == "project.initiator_not_listed"


def test_an_offer_that_its_proposer_replaced_does_not_come_back(three: SmallWorld) -> None:
    """Beta signed the first offer and counters the second: the first, signed by all, is not taken any more."""
    agreement = propose(three, TERMS)
    first = row_at(three, agreement, "alpha")
    agreed = ProjectAgreement.model_validate(first.document)
    signatures = {name: sign_project(agreed, three.parts[name].keys.identity) for name in NAMES}
    approve(three, agreement, "beta")
    three.parts["alpha"].projects.counter(agreement, {"purpose": "narrower"})
    until_all(three, agreement, lambda row: row.version == 2)
    three.down.add("alpha")
    beta = three.parts["beta"].projects
    beta.counter(agreement, {"purpose": "narrower still"})
    told = {"agreement": first.document, "signatures": signatures, "stage": "AGREED", "author": "alpha"}
    body = {"audit_id": agreement, "contract_id": "c", "name": "n", "project_id": agreement, "tacit": told}
    beta.applied("alpha", ProjectApply.model_validate(body))
    assert row_at(three, agreement, "beta").stage == "TERMINATED"
    three.down.discard("alpha")
