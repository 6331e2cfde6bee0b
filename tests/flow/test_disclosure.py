"""What whole flows disclose, per party and in words."""

from __future__ import annotations

from flow.flows import SPECS, by_id, document, step, whole
from tacit.flow import check, disclosures, summary
from tacit.flow.disclosure import DisclosedItem, Lesson, lessons
from tacit.schema.flow import Flow
from tacit.schema.text import Text


def test_every_party_has_an_entry_and_names_stand_for_roles() -> None:
    learned = disclosures(check(whole(), SPECS))
    assert set(learned) == {"hospital", "lab", "notary"}
    first = learned["hospital"][0]
    assert (first.step, first.code) == ("match", "matched_rows")
    assert first.what == Text(
        "自身哪些行也存在于 lab 的数据中，以及共有多少行", "which of its own rows lab has too, and how many"
    )
    assert first.as_dict() == {"step": "match", "code": "matched_rows", "zh": first.what.zh, "en": first.what.en}
    assert {(item.step, item.code) for item in learned["notary"]} == {
        ("stats", "sizes"),
        ("train", "sizes"),
        ("predict", "sizes"),
    }
    assert not any("{" in text for items in learned.values() for item in items for text in item.as_dict().values())


def test_only_the_label_party_learns_scores() -> None:
    learned = disclosures(check(whole(), SPECS))
    assert [item.step for item in learned["hospital"] if item.code == "scores"] == ["predict"]
    assert not any(item.code == "scores" for party in ("lab", "notary") for item in learned[party])


def test_the_summary_says_it_plainly() -> None:
    told = summary(check(whole(), SPECS))
    assert told["notary"] == Text(
        "notary 获知：除计算规模外一无所知（stats、train、predict）。",
        "notary learns: nothing but sizes (stats, train, predict).",
    )
    assert told["lab"].en.startswith("lab learns: which of its own rows hospital has too, and how many (match); ")
    assert told["lab"].zh.startswith("lab 获知：自身哪些行也存在于 hospital 的数据中，以及共有多少行（match）；")
    assert "columns that hospital brings into the computation (train, predict)" in told["lab"].en


def test_early_stopping_shows_at_the_dealer() -> None:
    made = document()
    by_id(made, "train")["params"] = {"early_stop": {"patience": 2, "tolerance": 0.001}}
    told = summary(check(Flow.model_validate(made), SPECS))
    assert "nothing but" not in told["notary"].en
    assert "after which epoch training stopped (train)" in told["notary"].en


def test_a_flow_of_local_steps_teaches_nobody_anything() -> None:
    flow = Flow.model_validate(
        {
            "name": "local",
            "parties": {"hospital": "data"},
            "steps": [
                step("rows", "dataset.read", {"owner": "hospital"}, params={"dataset": "patients"}),
                step("look", "table.profile", {"owner": "hospital"}, inputs={"table": "rows.table"}),
            ],
        }
    )
    plan = check(flow, SPECS)
    assert disclosures(plan) == {"hospital": []}
    assert summary(plan)["hospital"].en == "hospital learns: nothing."


def test_the_same_lesson_in_two_steps_is_told_once() -> None:
    what, other = Text("行数", "rows"), Text("列数", "columns")
    items = [DisclosedItem("a", "x", what), DisclosedItem("b", "y", other), DisclosedItem("c", "x", what)]
    assert lessons(items) == [Lesson(("a", "c"), "x", what), Lesson(("b",), "y", other)]


def test_column_names_with_braces_survive() -> None:
    made = document()
    by_id(made, "stats")["params"]["group"]["column"] = "{odd} {0}"
    told = summary(check(Flow.model_validate(made), SPECS))
    assert "“{odd} {0}”" in told["lab"].en
