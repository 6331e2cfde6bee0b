"""The flow names the keys: the same rows under other names, or under names that many share, are still the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from governance.attacks.attack_world import World, table
from governance.policy_flows import flow, policy, question, train, uses_of
from parties import run_parties_with_errors
from step_io import MemoryIO, step_call
from tacit.data.columns import with_roles
from tacit.engines.native import engine
from tacit.errors import RefusedError
from tacit.governance.policies import decide
from tacit.privacy.caution import Caution

SPEND = np.random.default_rng(3).integers(10, 9000, 60).astype(float)
KEYS = {"id": lambda n: f"p{n}", "phone": lambda n: f"+{n}", "country": lambda n: "xy"[n % 2]}
GUARDED = {"buyers": policy({"effect": "limit", "bounds": {"probing": {"runs": 0, "days": 30}}})}


def rows(ids: Sequence[int], key: str, **columns: Any) -> pa.Table:
    return with_roles(pa.table({key: [KEYS[key](number) for number in ids], **columns}), keys=[key])


def total(world: World, ids: Sequence[int], key: str) -> Any:
    bank, shop = rows(ids, key, city=["x"] * len(ids)), rows(ids, key, spend=[SPEND[n] for n in ids])
    report = world.stats(bank, shop, columns={"first": [], "second": ["spend"]}, measures=["sum"])
    return report if isinstance(report, str) else report["overall"]["cells"][0]["sum"]


def test_another_key_column_does_not_make_other_rows() -> None:
    world = World(on=True)
    assert isinstance(total(world, range(60), "id"), float)
    assert total(world, range(59), "phone") == "policy.difference"
    assert isinstance(total(world, range(40), "phone"), float)  # so many fewer rows cannot be almost the same


@pytest.mark.parametrize("second", [range(59), [*range(58), 59, 59], [*range(1, 60), 58]])
def test_a_key_that_many_share_names_no_row(second: Sequence[int]) -> None:
    """One row fewer, or other rows with the same keys."""
    world = World(on=True)
    first = total(world, range(60), "country")
    assert total(world, second, "country") == "policy.difference"
    assert total(world, range(59, -1, -1), "country") == first  # the same rows in another order


@pytest.mark.parametrize("change", [{"normalise": [["upper"]]}, {"normalise": [["trim", "lower"]]}])
def test_other_rules_for_keys_do_not_make_another_set(change: dict[str, Any]) -> None:
    world = World(on=True, policies=GUARDED)
    customers = table(list(range(0, 200, 2)))
    assert world.match(table(list(range(100))), customers, reveal="count")["matched"] == 50
    assert world.match(table(list(range(101))), customers, reveal="count", **change) == "psi.probing"


def test_the_loss_of_a_training_over_one_row_is_its_label() -> None:
    decision = decide({}, uses_of(flow(train())), question())
    assert decision.allowed
    assert decision.keeps["train"].min_group == 10
    seats = {"label": "bank", "feature": "shop", "dealer": "notary"}
    own = {
        "label": pa.table({"id": ["p1"], "y": [1], "income": [0.5]}),
        "feature": pa.table({"id": ["p1"], "spend": [0.5]}),
    }
    ios = {
        role: MemoryIO(
            inputs={} if role not in own else {"aligned": with_roles(own[role], keys=["id"])},
            owner_caution=Caution(difference=10 if role == "label" else 0),
        )
        for role in seats
    }
    params = {"label": "y"}
    programs = {
        role: lambda session, role=role: engine().run(
            step_call("logistic_regression.train", ios[role], params, role=role, parties=seats, session=session)
        )
        for role in seats
    }
    _, errors = run_parties_with_errors(programs)
    assert isinstance(errors["label"], RefusedError)
    assert errors["label"].code == "policy.few_rows"
