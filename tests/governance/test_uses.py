"""Which columns a plan uses how: every operator, and columns on their way through several steps and parties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from governance.policy_flows import (
    COLUMNS,
    OPERATORS,
    flow,
    known,
    match,
    pair_step,
    plan_of,
    predict,
    read,
    stats,
    train,
    uses_of,
)
from tacit.governance.uses import ENTRIES, EVERY, Known, ModelFacts, Use, uses
from tacit.operators import all_specs
from tacit.operators.catalogue import specs


def names(use: Use) -> set[str]:
    return {origin.column for origin in use.columns}


def of_kind(found: tuple[Use, ...], kind: str, step: str | None = None) -> list[Use]:
    return [use for use in found if use.kind == kind and step in (None, use.step)]


def readable(found: tuple[Use, ...]) -> set[tuple[str, str | None, str, tuple[str, ...]]]:
    """(kind, function, column, receivers) of everything that leaves in a readable form."""
    return {(use.kind, use.function, column, use.receivers) for use in found if use.receivers for column in names(use)}


def test_every_operator_has_an_entry_and_every_entry_an_operator() -> None:
    assert set(ENTRIES) == {spec.name for spec in specs()} == set(OPERATORS)


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_every_operator_that_gets_a_column_of_mine_shows_in_a_use(operator: str) -> None:
    """But model.load, which gets none, and an evaluation at the other side, which gets what was given before."""
    found = uses_of(OPERATORS[operator])
    shown = {use.operator for use in found}
    assert operator in shown or operator in ("model.load", "evaluation.binary")


def test_reading_selects_columns() -> None:
    found = uses_of(flow(read("shop", columns=["id", "spend"])))
    assert [names(use) for use in found] == [{"id", "spend"}]
    every = uses(plan_of(flow()), "shop", Known())
    assert [names(use) for use in every] == [{EVERY, "id"}]


def test_a_match_tells_rows_of_the_join_key_to_those_who_learn() -> None:
    assert readable(uses_of(flow(match()))) == {("join_key", "rows", "id", ("bank",))}
    one = flow(match(learner="receiver"))
    assert readable(uses_of(one)) == {("join_key", "rows", "id", ("bank",))}
    assert readable(uses_of(one, "bank")) == set()
    other = flow(match(sender_keys=["secret"], receiver_keys=["id"]))
    assert readable(uses_of(other)) == {("join_key", "rows", "secret", ("bank",))}


def test_a_match_that_gives_columns_shows_them() -> None:
    found = readable(uses_of(flow(match(sender_columns=["secret"]))))
    assert ("plaintext", "columns", "secret", ("bank",)) in found
    union = readable(uses_of(flow(match(join="union"))))
    assert ("plaintext", "keys", "id", ("bank",)) in union


def test_a_kept_table_is_a_use_of_the_key_and_its_columns_stay_followed() -> None:
    sealed = match(protocol="unbalanced", learner="receiver", sender_columns=["secret"])
    found = readable(uses_of(flow(sealed)))
    assert ("join_key", "kept_table", "id", ("bank",)) in found
    assert ("plaintext", "columns", "secret", ("bank",)) in found
    allowed = readable(uses_of(flow(match(allow_kept_table=True, learner="receiver"))))
    assert ("join_key", "kept_table", "id", ("bank",)) in allowed
    third = {"id": "third_rows", "operator": "dataset.read", "at": {"owner": "third"}, "params": {"dataset": "x"}}
    onward = {
        "id": "onward",
        "operator": "psi",
        "at": {"receiver": "third", "sender": "bank"},
        "inputs": {"receiver": "third_rows.table", "sender": "match.matched"},
        "params": {"sender_columns": ["sender_secret"]},
    }
    spread = readable(uses_of(flow(third, sealed, onward, third="data")))
    assert ("plaintext", "columns", "secret", ("third",)) in spread


def test_sums_and_counts_over_a_match() -> None:
    (total,) = of_kind(uses_of(flow(match(reveal="sum", values=["spend"], threshold=20))), "aggregate")
    assert (names(total), total.function, total.minimum, total.receivers) == ({"spend"}, "sum", 20, ("bank",))
    (key,) = of_kind(uses_of(flow(match(reveal="count", epsilon=0.5))), "join_key")
    assert (key.function, key.epsilon, key.after) == ("count", 0.5, "aggregate")


def test_three_parties_tell_each_other() -> None:
    (key,) = of_kind(uses_of(OPERATORS["psi.many"]), "join_key")
    assert (names(key), key.receivers) == ({"id"}, ("bank", "third"))


def test_statistics_are_figures_of_features_and_groups() -> None:
    found = uses_of(flow(stats(group={"role": "second", "column": "segment"}, measures=["mean"], min_group_size=12)))
    (mean,) = of_kind(found, "aggregate")
    assert names(mean) == {"spend", "visits", "secret"} and mean.minimum == 12 and mean.after == "group_by"
    (group,) = of_kind(found, "group_key")
    assert names(group) == {"segment"} and group.minimum == 12
    named = uses_of(flow(stats(columns={"first": [], "second": ["spend"]}, measures=["sum"])))
    assert [names(use) for use in of_kind(named, "aggregate")] == [{"spend"}]


def test_training_is_encrypted_but_for_the_loss_and_scores_mix_features() -> None:
    found = uses_of(flow(train(features={"label": ["income"], "feature": ["spend", "secret"]}), predict()))
    assert {(use.function, use.receivers) for use in of_kind(found, "feature")} == {("train", ()), ("loss", ("bank",))}
    (score,) = of_kind(found, "score")
    assert (names(score), score.receivers, score.width) == ({"spend", "secret"}, ("bank",), 2)
    (mine,) = of_kind(uses_of(flow(train(), predict()), "bank"), "score")
    assert mine.receivers == () and "y" in names(mine)


def test_a_stored_model_uses_the_features_that_its_owner_knows_of() -> None:
    document = OPERATORS["model.load"]
    (blind,) = of_kind(uses_of(document), "score")
    assert names(blind) == set(COLUMNS["shop"]) - {"id"} and blind.width is None
    facts = Known(known("shop").columns, {("m", None): ModelFacts(("spend",))})
    (score,) = of_kind(uses(plan_of(document), "shop", facts), "score")
    assert names(score) == {"spend"} and score.width == 1


def test_columns_keep_their_origin_through_split_and_preparation() -> None:
    found = uses_of(
        flow(
            pair_step("split", "table.split", {"aligned": "match.aligned"}),
            pair_step("fit", "preprocess.fit", {"aligned": "split.train"}),
            stats("fit.aligned", measures=["mean"]),
        )
    )
    (mean,) = of_kind(found, "aggregate")
    assert names(mean) == {"spend", "visits", "segment", "secret"}


def test_a_transform_carries_the_column_that_it_was_fitted_on() -> None:
    """Fitted on one dataset and applied to another: the figures of the first come out with the second."""
    second = {
        "id": "more_rows",
        "operator": "dataset.read",
        "at": {"owner": "shop"},
        "params": {"dataset": "visitors", "keys": ["id"]},
    }
    again = {**match(), "id": "rematch", "inputs": {"receiver": "bank_rows.table", "sender": "more_rows.table"}}
    document = flow(
        second,
        match(),
        again,
        pair_step("fit", "preprocess.fit", {"aligned": "match.aligned"}),
        pair_step("apply", "preprocess.apply", {"aligned": "rematch.aligned", "transform": "fit.transform"}),
        stats("apply.aligned", columns={"first": [], "second": ["secret"]}, measures=["mean"]),
    )
    both = Known({**known("shop").columns, "visitors": ("id", "secret")})
    (mean,) = of_kind(uses(plan_of(document), "shop", both), "aggregate")
    assert {(origin.dataset, origin.column) for origin in mean.columns} == {
        ("buyers", "secret"),
        ("visitors", "secret"),
    }


def test_what_was_given_away_is_followed_at_the_other_party_under_any_name() -> None:
    """The shop gives a column to the bank, which matches with a third party on some column and gives another."""
    document = flow(
        {"id": "third_rows", "operator": "dataset.read", "at": {"owner": "third"}, "params": {"dataset": "x"}},
        match(sender_columns=["secret"]),
        {
            "id": "next",
            "operator": "stats.joint",
            "at": {"first": "bank", "second": "shop", "dealer": "notary"},
            "inputs": {"aligned": "match.aligned"},
            "params": {"columns": {"first": ["sender_secret"]}, "measures": ["sum"]},
        },
        third="data",
    )
    found = uses_of(document)
    assert ("plaintext", "columns", "secret", ("bank",)) in readable(found)
    spread = [use for use in found if use.step == "next" and "secret" in names(use)]
    assert all(use.receivers == ("bank",) for use in spread if use.receivers)  # the shop reads its own


def test_an_unknown_operator_shows_everything_to_everybody() -> None:
    plan = plan_of(OPERATORS["stats.joint"])
    steps = tuple(
        replace(step, spec=replace(step.spec, name="somebody.elses")) if step.id == "statistics" else step
        for step in plan.steps
    )
    found = uses(replace(plan, steps=steps), "shop", known("shop"))
    (shown,) = of_kind(found, "plaintext", "statistics")
    assert names(shown) == set(COLUMNS["shop"]) and shown.receivers == ("bank", "notary")


def test_an_unknown_operator_that_reads_a_dataset_shows_all_of_it() -> None:
    plan = plan_of(flow())
    steps = tuple(replace(step, spec=replace(step.spec, name="somebody.elses")) for step in plan.steps)
    shown = [use for use in uses(replace(plan, steps=steps), "shop", known("shop")) if use.kind == "plaintext"]
    assert [names(use) for use in shown] == [set(COLUMNS["shop"])]


def test_uses_are_in_the_order_of_the_plan_and_repeatable() -> None:
    document: dict[str, Any] = OPERATORS["evaluation.binary"]
    assert uses_of(document) == uses_of(document)
    order = [step.id for step in plan_of(document).steps]
    places = [order.index(use.step) for use in uses_of(document)]
    assert places == sorted(places)
    assert set(all_specs()) >= set(ENTRIES)
