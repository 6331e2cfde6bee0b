"""A column under another name, inside a transform, inside a score: it is the column all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from governance.attacks.attack_world import World
from governance.policy_flows import flow, match, pair_step, policy, predict, read, stats, train
from parties import run_parties
from step_io import MemoryIO, step_call
from tacit.algorithms.preprocess.columns import apply, fit
from tacit.data.columns import with_roles
from tacit.engines.native import engine

HIDDEN = {"buyers": policy({"effect": "deny", "scope": {"columns": ["secret"], "uses": ["aggregate", "plaintext"]}})}


def visitors() -> dict[str, Any]:
    return {
        "id": "more_rows",
        "operator": "dataset.read",
        "at": {"owner": "shop"},
        "params": {"dataset": "visitors", "keys": ["id"]},
    }


@pytest.mark.parametrize("on", [False, True])
def test_figures_of_a_denied_column_through_a_transform(on: bool) -> None:
    """Fit on the secret, apply to a free table with a column of the same name: its mean tells the secret's mean."""
    secret = np.random.default_rng(5).normal(5000, 30, 200)
    learned = fit(pa.table({"secret": secret}), scale="standard")
    free = apply(pa.table({"secret": np.zeros(50)}), learned)
    column = learned.columns[0]
    read_off = column.shift + column.scale * float(np.mean(free.column("secret").to_numpy()))
    assert abs(read_off) < 1e-6 and abs(column.shift - secret.mean()) < 1e-6  # (0 - mean) / deviation, both readable
    rematch = {**match(), "id": "rematch", "inputs": {"receiver": "bank_rows.table", "sender": "more_rows.table"}}
    document = flow(
        visitors(),
        match(),
        rematch,
        pair_step("fit", "preprocess.fit", {"aligned": "match.aligned"}),
        pair_step("apply", "preprocess.apply", {"aligned": "rematch.aligned", "transform": "fit.transform"}),
        stats("apply.aligned", columns={"first": [], "second": ["secret"]}, measures=["mean"]),
    )
    found = World(on=on, policies=HIDDEN).plan(document)
    assert found == (["policy.denied"] if on else [])


@pytest.mark.parametrize("on", [False, True])
@pytest.mark.parametrize(
    "steps",
    [
        # as a label, which some would not count as a feature
        (read("shop", label="secret"), match(), stats(columns={"first": [], "second": ["secret"]}, measures=["sum"])),
        # through a split and a preparation, where it has the same name but is another table
        (
            match(),
            pair_step("split", "table.split", {"aligned": "match.aligned"}),
            pair_step("fit", "preprocess.fit", {"aligned": "split.test"}),
            stats("fit.aligned", measures=["mean"]),
        ),
        # without being named: "every numeric feature"
        (match(), stats(measures=["variance"])),
        # in the clear beside a harmless one
        (match(sender_columns=["spend", "secret"]),),
        # as the key of a match, and then every key in the clear
        (match(join="union", sender_keys=["secret"], receiver_keys=["id"]),),
        # summed over a match
        (match(reveal="sum", values=["secret"], threshold=50),),
    ],
)
def test_detours_of_a_denied_column(steps: tuple[dict[str, Any], ...], on: bool) -> None:
    free = {"scope": {"columns": ["*"], "uses": ["plaintext", "aggregate"]}}
    deny = {"effect": "deny", "scope": {"columns": ["secret"], "uses": ["aggregate", "plaintext"]}}
    denied = World(on=on, policies={"buyers": policy(deny, exceptions=(free,))}).plan(flow(*steps))
    assert ("policy.denied" in denied) is on and bool(denied) is on


def test_what_one_party_may_read_may_not_go_on_to_another() -> None:
    """Scores that the bank may read, given by the bank to a third party: under the name of the bank's own table."""
    third = {"id": "third_rows", "operator": "dataset.read", "at": {"owner": "third"}, "params": {"dataset": "x"}}
    onward = {
        "id": "onward",
        "operator": "psi",
        "at": {"receiver": "third", "sender": "bank"},
        "inputs": {"receiver": "third_rows.table", "sender": "predict.scores"},
        "params": {"sender_columns": ["score"]},
    }
    lifted = {"scope": {"columns": ["*"], "uses": ["plaintext"]}}
    bank_agrees = {"customers": policy(exceptions=(lifted,), dataset="customers")}
    document = flow(third, train(), predict(), onward, third="data")
    world = World(on=True, policies=bank_agrees)
    assert world.plan(flow(train(), predict())) == []
    assert world.plan(document) == ["policy.level"]
    assert World(on=False, policies=bank_agrees).plan(document) == []


PARTIES = {"label": "bank", "feature": "shop", "dealer": "notary"}


def _step(operator: str, ios: dict[str, MemoryIO], params: dict[str, Any]) -> None:
    programs = {
        role: lambda session, role=role: engine().run(
            step_call(operator, ios[role], params, role=role, parties=PARTIES, session=session)
        )
        for role in PARTIES
    }
    run_parties(programs)


def test_scores_of_one_column_are_the_column_and_are_refused() -> None:
    """The bank trains on one column of the shop and reads its values off the scores, knowing two of them."""
    random = np.random.default_rng(2)
    secret = random.normal(size=80)
    label = (secret + random.normal(scale=0.5, size=80) > 0).astype(int)
    ids = [f"p{number}" for number in range(80)]
    bank = with_roles(pa.table({"id": ids, "y": label}), keys=["id"], label="y")
    shop = with_roles(pa.table({"id": ids, "secret": secret}), keys=["id"])
    ios = {"label": MemoryIO({"aligned": bank}), "feature": MemoryIO({"aligned": shop}), "dealer": MemoryIO()}
    _step("logistic_regression.train", ios, {"epochs": 5, "batch_size": 40, "learning_rate": 0.5})
    for role in ("label", "feature"):
        ios[role] = MemoryIO({**ios[role].inputs, "model": ios[role].outputs["model"]})
    _step("logistic_regression.predict", ios, {})
    score = ios["label"].outputs["scores"].column("score").to_numpy()
    line = np.log(score / (1 - score))
    slope = (secret[1] - secret[0]) / (line[1] - line[0])
    assert np.abs(secret[0] + slope * (line - line[0]) - secret).max() < 0.01  # all 80 values

    one = flow(train(features={"label": ["income"], "feature": ["secret"]}), predict())
    assert World(on=False).plan(one) == []
    assert World(on=True).plan(one) == ["policy.width"]
    assert World(on=True).plan(flow(train(features={"feature": ["secret", "spend"]}), predict())) == []
