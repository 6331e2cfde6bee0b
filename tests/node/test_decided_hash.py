"""A person decides on the very document that they have seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local_api import app_of, client_of
from real_nodes import reading_flow
from small_world import SmallWorld
from tacit.governance.access import COMPLIANCE, OWNER
from tacit.governance.inbox import Kind
from tacit.node.acting import LOCAL, Principal, acting
from tacit.node.grants import Wish
from tacit.node.tables.inbox import InboxRow
from tacit.node.wiring import Parts
from tacit.schema.flow import Flow

LI = Principal("user", "li", frozenset({COMPLIANCE, OWNER}))
FAR = 2_000_000_000_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    """Nobody signs alone, so that what is asked for waits."""
    made = SmallWorld(tmp_path, dual_approval_level=1, local_may_sign_alone=False)
    made.add_tables()
    yield made
    made.close()


def _job(world: SmallWorld, beta: Parts) -> str:
    with acting(LOCAL):
        return world.submit(reading_flow(), at="beta")


def _standing(world: SmallWorld, beta: Parts) -> str:
    beta.flow_approvals.propose(Flow.model_validate(reading_flow()), initiator="alpha", max_runs=1)
    return Flow.model_validate(reading_flow()).hash()


def _agreement(world: SmallWorld, beta: Parts) -> str:
    row = world.parts["alpha"].projects.propose("study", "research", ["beta"], {}, FAR)
    return row.hash


def _policy(world: SmallWorld, beta: Parts) -> str:
    row = beta.policy_desk.draft("rows", {"rules": []})
    beta.activations.request("rows", row.version, row.hash)
    return row.hash


def _item(world: SmallWorld, kind: Kind) -> InboxRow:
    store = world.parts["beta"].inbox.store
    world.until(lambda: len(store.open(kind)) == 1)
    return store.open(kind)[0]


CASES: dict[Kind, Callable[[SmallWorld, Parts], str]] = {
    Kind.JOB: _job,
    Kind.FLOW: _standing,
    Kind.AGREEMENT: _agreement,
    Kind.POLICY: _policy,
}


@pytest.mark.parametrize("kind", list(CASES))
def test_another_document_is_not_decided_on(world: SmallWorld, kind: Kind) -> None:
    beta = world.parts["beta"]
    told = CASES[kind](world, beta)
    seen = beta.jobs.get(told).flow_hash if kind is Kind.JOB else told
    item, api = _item(world, kind), client_of(app_of(beta))
    for verdict in ("approve", "reject"):
        refused = api.post(f"/inbox/{item.id}/{verdict}", json={"hash": "0" * 64})
        assert (refused.status_code, refused.json()["code"]) == (409, "inbox.conflict")
        assert refused.json()["found"] == seen[:16]
    assert beta.inbox.store.get(item.id).decisions == item.decisions
    with acting(LI):
        assert beta.signoff.reject(item.id, hash=seen).state == "rejected"


def test_what_has_no_hash_is_not_decided_on_with_one(world: SmallWorld) -> None:
    beta = world.parts["beta"]
    with acting(LOCAL):
        beta.grants.give("alpha", Wish("rows"))
    item = _item(world, Kind.GRANT)
    refused = client_of(app_of(beta)).post(f"/inbox/{item.id}/approve", json={"hash": "0" * 64})
    assert (refused.status_code, refused.json()["found"]) == (409, "nothing with a hash")
