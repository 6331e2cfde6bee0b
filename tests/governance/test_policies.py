"""Policies: level defaults, rules that take away, exceptions that give, and what is left for workers to keep."""

from __future__ import annotations

from typing import Any

import pytest

from governance.policy_flows import flow, match, policy, predict, question, read, stats, train, uses_of
from tacit.errors import ParameterError
from tacit.governance.levels import Label
from tacit.governance.policies import Decision, Policy, decide
from tacit.governance.policies.matching import covers_column


def judged(document: dict[str, Any], *policies: Policy, me: str = "shop", level: int = 3, **fields: Any) -> Decision:
    return decide(
        {each.dataset: each for each in policies}, uses_of(document, me), question(default_level=level, **fields)
    )


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


STATISTICS = flow(stats(columns={"first": [], "second": ["spend"]}, measures=["mean"], min_group_size=10))
GIVING = flow(match(sender_columns=["spend"]))


@pytest.mark.parametrize(
    ("level", "least", "allowed"),
    [(1, 2, True), (2, 4, False), (2, 5, True), (3, 9, False), (3, 10, True), (4, 49, False), (4, 50, True)],
)
def test_figures_need_as_many_rows_as_the_level_says(level: int, least: int, allowed: bool) -> None:
    document = flow(stats(columns={"first": [], "second": ["spend"]}, min_group_size=least))
    assert judged(document, level=level).allowed is allowed


def test_the_most_sensitive_level_stays_at_home() -> None:
    labels = {"buyers": {"secret": Label(5, "x", confirmed=True)}}
    assert judged(flow(stats(columns={"first": [], "second": ["spend"]})), labels=labels).allowed
    for document in (flow(stats()), flow(train()), flow(match(sender_keys=["secret"], receiver_keys=["id"]))):
        decision = judged(document, labels=labels)
        assert codes(decision) == {"policy.level"} and decision.reasons[0].columns == ("secret",)
    wide = {"scope": {"columns": ["*"], "uses": ["aggregate", "feature", "join_key", "plaintext"]}}
    assert not judged(flow(stats()), policy(exceptions=(wide,)), labels=labels).allowed


@pytest.mark.parametrize(("level", "allowed"), [(1, True), (2, False), (3, False), (4, False)])
def test_without_a_rule_nothing_above_level_one_is_given_in_the_clear(level: int, allowed: bool) -> None:
    assert judged(GIVING, level=level).allowed is allowed
    assert judged(flow(match(join="union")), level=level).allowed is allowed
    assert judged(flow(match()), level=level).allowed


def test_training_is_allowed_up_to_level_four_and_scores_up_to_three() -> None:
    assert judged(flow(train()), level=4).allowed
    assert judged(flow(train(), predict()), level=3).allowed
    assert codes(judged(flow(train(), predict()), level=4)) == {"policy.level"}


def test_a_score_of_one_column_is_that_column() -> None:
    document = flow(train(features={"label": ["income"], "feature": ["secret"]}), predict())
    assert codes(judged(document)) == {"policy.width"}
    assert judged(document, level=1).allowed


def test_deny_overrides_an_exception() -> None:
    lifted = {"scope": {"columns": ["spend"], "uses": ["plaintext"], "receivers": ["bank"]}}
    assert judged(GIVING, policy(exceptions=(lifted,))).allowed
    denied = policy({"effect": "deny", "scope": {"columns": ["sp*"], "receivers": ["bank"]}}, exceptions=(lifted,))
    assert codes(judged(GIVING, denied)) == {"policy.denied"}


def test_an_exception_is_for_what_it_names_and_no_more() -> None:
    def lifted(**scope: Any) -> Policy:
        return policy(exceptions=({"scope": {"columns": ["spend"], "uses": ["plaintext"], **scope}},))

    assert judged(GIVING, lifted(receivers=["bank"], initiators=["bank"], after=["join"])).allowed
    for scope in (
        {"columns": ["visits"]},
        {"uses": ["aggregate"]},
        {"receivers": ["third"]},
        {"after": ["aggregate"]},
        {"operators": ["stats.joint"]},
        {"initiators": ["shop"]},
        {"agreements": ["agr-" + "0" * 32]},
        {"purposes": ["*fraud*"]},
        {"profiles": ["2pc"]},
        {"functions": ["keys"]},
        {"valid_until": 999_999},
        {"valid_from": 1_000_001},
    ):
        assert not judged(GIVING, lifted(**scope)).allowed, scope
    assert judged(GIVING, lifted(purposes=["*FRAUD*"]), purpose="against fraud").allowed


def test_only_closes_everything_else() -> None:
    rule = {"effect": "only", "scope": {"columns": ["spend"], "uses": ["aggregate"], "functions": ["mean"]}}
    assert judged(STATISTICS, policy(rule)).allowed
    summed = flow(stats(columns={"first": [], "second": ["spend"]}, measures=["mean", "sum"]))
    assert codes(judged(summed, policy(rule))) == {"policy.only"}
    assert codes(judged(flow(train()), policy(rule))) == {"policy.only"}
    late = {**rule, "scope": {**rule["scope"], "valid_until": 5}}
    assert codes(judged(STATISTICS, policy(late))) == {"policy.only"}
    elsewhere = {**rule, "scope": {**rule["scope"], "columns": ["visits"]}}
    assert judged(STATISTICS, policy(elsewhere)).allowed


def test_deny_and_limit_count_in_their_time() -> None:
    deny = {"effect": "deny", "scope": {"columns": ["spend"], "valid_until": 999_999}}
    assert judged(STATISTICS, policy(deny)).allowed
    assert not judged(STATISTICS, policy(deny), now_ms=5).allowed


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        ({"min_group": 11}, "policy.group"),
        ({"max_rows": 99}, "policy.rows"),
        ({"dp": {"epsilon": 1, "total": 2}}, "policy.noise_missing"),
    ],
)
def test_limits_are_kept_or_refused(bounds: dict[str, Any], code: str) -> None:
    rule = {"effect": "limit", "scope": {"columns": ["spend"], "uses": ["aggregate"]}, "bounds": bounds}
    assert codes(judged(STATISTICS, policy(rule), rows={"buyers": 100})) == {code}


def test_noise_must_be_large_enough() -> None:
    limit = {"effect": "limit", "scope": {"uses": ["join_key"]}, "bounds": {"dp": {"epsilon": 0.5, "total": 1}}}
    assert codes(judged(flow(match(reveal="count", epsilon=0.6)), policy(limit))) == {"policy.noise_too_small"}
    decision = judged(flow(match(reveal="count", epsilon=0.5)), policy(limit))
    assert decision.allowed
    assert [(charge.rule, charge.epsilon) for charge in decision.charges] == [(None, 0.5), ("r0", 0.5)]
    assert codes(judged(flow(match(reveal="count")), policy(limit))) == {"policy.noise_missing"}


def test_what_an_operator_cannot_keep_is_refused() -> None:
    limit = {"effect": "limit", "scope": {"uses": ["aggregate"]}, "bounds": {"rounding": 10}}
    document = flow(match(reveal="sum", values=["spend"], threshold=20))
    assert codes(judged(document, policy(limit))) == {"policy.not_kept"}
    assert judged(STATISTICS, policy(limit)).keeps["statistics"].rounding == 10


def test_workers_are_told_the_strictest_of_all_bounds() -> None:
    rules = [
        {"effect": "limit", "bounds": {"min_group": 5, "dominance": 0.5, "obligations": ["tell"], "retention_days": 9}},
        {"effect": "limit", "bounds": {"min_group": 8, "dominance": 0.2, "obligations": ["count"], "min_result": 7}},
    ]
    decision = judged(STATISTICS, policy(*rules))
    kept = decision.keeps["statistics"]
    assert (kept.min_group, kept.dominance) == (10, 0.2)  # the level's 10 is stricter
    assert (decision.obligations, decision.retention_days) == (("count", "tell"), 9)
    assert decision.keeps["match"].min_result == 8


def test_sums_over_matches_are_guarded_against_probing_by_default() -> None:
    document = flow(match(reveal="sum", values=["spend"], threshold=10))
    probing = judged(document).keeps["match"].probing
    assert probing is not None and probing.runs == 0
    lifted = policy(exceptions=({"scope": {"columns": ["spend"], "uses": ["aggregate"]}},))
    assert judged(document, lifted).keeps["match"].probing is None
    assert judged(document, level=1).keeps["match"].probing is None


def test_columns_are_selected_by_name_level_and_class() -> None:
    labels = {"buyers": {"spend": Label(2, "finance.amount", confirmed=True)}}
    for selector, hit in (
        ("spend", True),
        ("s?end", True),
        ("level:2", True),
        ("level<=2", True),
        ("level>=3", False),
        ("class:finance*", True),
        ("class:health*", False),
        ("Spend", True),
        ("Spends", False),
    ):
        rule = {"effect": "deny", "scope": {"columns": [selector], "uses": ["aggregate"]}}
        assert judged(STATISTICS, policy(rule), labels=labels).allowed is not hit, selector


def test_rates_become_quotas() -> None:
    decision = judged(STATISTICS, policy({"effect": "limit", "bounds": {"rate": {"jobs": 3, "hours": 24}}}))
    assert [(quota.dataset, quota.rule, quota.bound.jobs) for quota in decision.quotas] == [("buyers", "r0", 3)]


def test_each_owner_decides_for_its_own_columns_and_all_are_needed() -> None:
    """Two owners in conflict: what one of them refuses is refused."""
    deny = policy({"effect": "deny", "scope": {"uses": ["aggregate"]}}, dataset="customers")
    document = flow(stats())
    assert judged(document, deny, me="shop").allowed
    assert not judged(document, deny, me="bank").allowed


def test_a_column_that_may_be_any_counts_as_the_most_sensitive() -> None:
    from governance.policy_flows import plan_of
    from tacit.governance.uses import Known, uses

    found = uses(plan_of(flow(match(), stats())), "shop", Known())
    labels = {"buyers": {"secret": Label(5, "x", confirmed=True)}}
    assert not decide({}, found, question(labels=labels)).allowed
    deny = policy({"effect": "deny", "scope": {"columns": ["secret"], "uses": ["aggregate"]}})
    assert codes(decide({"buyers": deny}, found, question())) == {"policy.denied"}


def test_reasons_are_for_people() -> None:
    reason = judged(GIVING).reasons[0]
    assert (reason.step, reason.rule, reason.columns, reason.receivers) == ("match", "level:3", ("spend",), ("bank",))
    assert "spend" in reason.text.zh and "in the clear" in reason.text.en


@pytest.mark.parametrize(
    "document",
    [
        {"rules": [{"id": "a", "effect": "limit"}]},
        {"rules": [{"id": "a", "effect": "deny", "bounds": {"min_group": 3}}]},
        {"rules": [{"id": "a", "effect": "deny"}, {"id": "a", "effect": "deny"}]},
        {"exceptions": [{"id": "a", "scope": {"uses": ["plaintext"]}}]},
        {"exceptions": [{"id": "a", "scope": {"columns": ["x"]}}]},
        {"rules": [{"id": "a", "effect": "deny", "scope": {"valid_from": 5, "valid_until": 4}}]},
    ],
)
def test_policies_without_meaning_are_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        Policy.model_validate({"dataset": "buyers", **document})


def test_the_hash_names_the_content() -> None:
    one = policy({"effect": "deny", "scope": {"columns": ["a"]}})
    assert one.hash() == Policy.model_validate(one.document()).hash()
    assert one.hash() != policy({"effect": "deny", "scope": {"columns": ["b"]}}).hash()


@pytest.mark.parametrize(
    ("selector", "column"),
    [("salary[2023]", "salary[2023]"), ("salary*", "Salary_new"), ("secret", "ＳＥＣＲＥＴ"), ("level:5", "level:5")],
)
def test_what_a_rule_takes_away_does_not_hang_on_spelling(selector: str, column: str) -> None:
    label = Label(3, "unlabelled", confirmed=False)
    assert covers_column((selector,), column, label, surely=False)
    exact = selector == column and "[" in selector
    assert covers_column((selector,), column, label, surely=True) is exact
    assert not covers_column(("sal[a]ry",), "salary", label, surely=False)


def test_a_name_that_the_catalogue_does_not_have_may_be_any_column() -> None:
    document = flow(read("shop", columns=["ID", "SECRET"], keys=["ID"]), stats())
    hidden = policy({"effect": "deny", "scope": {"columns": ["secret"]}})
    assert "policy.denied" in codes(judged(document, hidden, level=1))
