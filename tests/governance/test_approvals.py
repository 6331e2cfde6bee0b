"""Auto-approve rules: cover everything or nothing; what is not told is not covered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tacit.errors import ParameterError
from tacit.flow import check
from tacit.governance.approvals import Question, Rule, decide, first_gap, gaps, question_of
from tacit.operators import all_specs
from trust_world import FLOW, NOW

QUESTION = Question(
    initiator="hospital",
    operators=("psi", "stats.joint"),
    datasets=("values",),
    agreement="agr-" + "a" * 32,
    rows=100,
    parties=("hospital", "notary"),
    now_ms=NOW,
    level=3,
    purpose="research",
    past={"r1": (NOW - 5_000, NOW - 500)},
)
FULL = {
    "initiators": ["hospital"],
    "parties": ["hospital", "notary"],
    "operators": ["psi", "stats.joint"],
    "datasets": ["values"],
    "agreements": ["agr-" + "a" * 32],
    "purposes": ["research"],
    "max_rows": 100,
    "max_level": 3,
    "max_uses": 3,
    "rate": {"jobs": 2, "period_s": 1},
    "valid_until": NOW,
}


def _rule(**fields: object) -> Rule:
    return Rule.model_validate({"id": "r1", **fields})


def test_no_rule_means_a_person():
    decision = decide([], QUESTION)
    assert (decision.approved, decision.rule, decision.reasons) == (False, None, ())


def test_rule_that_covers_all_approves():
    assert decide([_rule(**FULL)], QUESTION).rule == "r1"
    assert decide([_rule(initiators=["hospital"])], QUESTION).approved


@pytest.mark.parametrize(
    ("change", "gap"),
    [
        ({"initiators": ["lab"]}, "rule.initiator"),
        ({"parties": ["hospital"]}, "rule.party"),
        ({"operators": ["psi"]}, "rule.operator"),
        ({"datasets": ["others"]}, "rule.dataset"),
        ({"agreements": ["agr-" + "b" * 32]}, "rule.agreement"),
        ({"max_rows": 99}, "rule.rows"),
        ({"purposes": ["marketing"]}, "rule.purpose"),
        ({"max_level": 2}, "rule.level"),
        ({"max_uses": 2}, "rule.uses"),
        ({"rate": {"jobs": 1, "period_s": 1}}, "rule.rate"),
        ({"rate": {"jobs": 2, "period_s": 6}}, "rule.rate"),
        ({"valid_until": NOW - 1}, "rule.expired"),
    ],
)
def test_one_gap_is_enough(change, gap):
    decision = decide([_rule(**{**FULL, **change})], QUESTION)
    assert not decision.approved
    assert decision.reasons == (("r1", gap),)


def test_no_rule_approves_what_needs_two_people():
    wide = _rule(initiators=["hospital"], max_level=5)
    assert decide([wide], replace(QUESTION, level=3)).approved
    assert decide([wide], replace(QUESTION, level=4)).reasons == (("r1", "rule.dual"),)
    assert decide([wide], replace(QUESTION, level=4, dual_level=5)).approved
    assert decide([_rule(initiators=["hospital"])], replace(QUESTION, level=4, dual_level=5)).reasons == (
        ("r1", "rule.level"),
    )
    assert decide([wide], replace(QUESTION, level=2, dual_level=2)).reasons == (("r1", "rule.dual"),)


def test_everything_that_is_missing_is_said_in_both_languages():
    found = gaps(_rule(initiators=["lab"], operators=["psi"], max_rows=5, max_level=1), QUESTION)
    assert [gap.code for gap in found] == ["rule.level", "rule.initiator", "rule.operator", "rule.rows"]
    assert "stats.joint" in found[2].text.en and "stats.joint" in found[2].text.zh
    assert gaps(_rule(**FULL), QUESTION) == []
    for field, value in (("valid_until", 1), ("parties", ["x"]), ("datasets", ["x"]), ("purposes", ["x"])):
        (gap,) = gaps(_rule(**{**FULL, field: value}), QUESTION)
        assert gap.text.zh and gap.text.en


def test_what_the_question_does_not_tell_is_not_covered():
    silent = Question(initiator="hospital", operators=("psi",), datasets=("values",))
    for limit, gap in (("parties", "rule.party"), ("agreements", "rule.agreement"), ("max_rows", "rule.rows")):
        assert first_gap(_rule(initiators=["hospital"], **{limit: FULL[limit]}), silent) == gap
    assert first_gap(_rule(initiators=["hospital"], valid_until=NOW), silent) == "rule.expired"


def test_two_half_rules_do_not_make_one():
    halves = [
        Rule.model_validate({"id": "a", "initiators": ["hospital"], "operators": ["psi"]}),
        Rule.model_validate({"id": "b", "initiators": ["hospital"], "operators": ["stats.joint"]}),
    ]
    assert not decide(halves, QUESTION).approved


@pytest.mark.parametrize("fields", [{}, {"max_rows": 10}, {"parties": ["lab"]}, {"valid_until": NOW}])
def test_rule_without_limits_is_refused(fields):
    with pytest.raises(ParameterError) as caught:
        _rule(**fields)
    assert caught.value.code == "rule.too_wide"


def test_empty_list_and_unknown_field_are_refused():
    with pytest.raises(ValidationError):
        _rule(initiators=[])
    with pytest.raises(ValidationError):
        _rule(initiators=["hospital"], operator=["psi"])


@settings(max_examples=50, deadline=None)
@given(st.sets(st.sampled_from(sorted(FULL)), min_size=1), st.data())
def test_adding_a_limit_never_approves_more(names, data):
    question = Question(
        initiator=data.draw(st.sampled_from(["hospital", "lab"])),
        operators=tuple(data.draw(st.sets(st.sampled_from(["psi", "stats.joint", "table.profile"])))),
        datasets=tuple(data.draw(st.sets(st.sampled_from(["values", "others"])))),
        rows=data.draw(st.sampled_from([None, 1, 1000])),
    )
    wide = {"initiators": ["hospital"]}
    narrow = {**{name: FULL[name] for name in names}, **wide}
    if first_gap(_rule(**narrow), question) is None:
        assert first_gap(_rule(**wide), question) is None


def test_question_comes_from_the_plan():
    plan = check(FLOW, all_specs())
    question = question_of(plan, "lab", initiator="hospital", datasets=["values"], agreement=None, rows=5, now_ms=NOW)
    assert question.operators == ("dataset.read", "psi", "stats.joint")
    assert question.parties == ("hospital", "notary")
    dealer = question_of(plan, "notary", initiator="hospital", datasets=[], agreement=None, rows=0)
    assert dealer.operators == ("stats.joint",)
