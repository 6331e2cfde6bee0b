"""Bargaining through the API: terms, counter-offers, amendments, history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local_api import LocalApi, app_of, client_of
from small_world import SmallWorld

TERMS: dict[str, Any] = {
    "limits": {"jobs": 10, "period_ms": 86_400_000},
    "prices": [{"amount": "0.05", "currency": "CNY", "unit": "row"}],
    "revenue": {"alpha": "0.4", "beta": "0.6"},
    "valid_from": "2026-01-01",
}
BODY = {"name": "study", "purpose": "a test", "members": ["beta"], "datasets": {"beta": ["rows"]}}
BODY |= {"valid_until": "2090-01-01"}


@pytest.fixture(scope="module")
def apis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SmallWorld, dict[str, LocalApi]]]:
    """alpha and beta, each with its API."""
    world = SmallWorld(tmp_path_factory.mktemp("api"))
    world.add_tables()
    yield world, {name: client_of(app_of(parts)) for name, parts in world.parts.items()}
    world.close()


def agree(world: SmallWorld, apis: dict[str, LocalApi], body: dict[str, Any]) -> dict[str, Any]:
    made = apis["alpha"].post("/agreements", json=body)
    assert made.status_code == 201, made.text
    agreement = made.json()["id"]
    until(world, agreement, lambda row: row.version == 1)
    assert apis["beta"].post(f"/agreements/{agreement}/approve").status_code == 200
    until(world, agreement, lambda row: row.state == "ACTIVE")
    return dict(apis["beta"].get(f"/agreements/{agreement}").json())


def until(world: SmallWorld, agreement: str, wanted: Any) -> None:
    rows = lambda: [parts.agreements.find(agreement) for parts in world.parts.values()]  # noqa: E731
    world.until(lambda: all(row is not None and wanted(row) for row in rows()))


def test_terms_are_shown_as_they_were_given(apis: tuple[SmallWorld, dict[str, LocalApi]]) -> None:
    shown = agree(*apis, BODY | TERMS)
    assert shown["limits"] == {"jobs": 10, "rows": None, "period_ms": 86_400_000}
    assert shown["revenue"] == TERMS["revenue"] and shown["prices"][0]["amount"] == "0.05"
    assert shown["valid_from"] == "2026-01-01T00:00:00.000Z"
    assert (shown["stage"], shown["version"], shown["author"]) == ("FINALIZED", 1, "alpha")


def test_a_counter_offer_and_its_history(apis: tuple[SmallWorld, dict[str, LocalApi]]) -> None:
    world, each = apis
    made = each["alpha"].post("/agreements", json=BODY | TERMS).json()
    until(world, made["id"], lambda row: row.version == 1)
    change = {"prices": None, "limits": {"jobs": 3}, "hash": made["hash"]}
    countered = each["beta"].post(f"/agreements/{made['id']}/counter", json=change)
    assert countered.status_code == 200, countered.text
    until(world, made["id"], lambda row: row.version == 2)
    again = each["beta"].post(f"/agreements/{made['id']}/counter", json=change)
    assert again.status_code in (403, 409) and again.json()["code"] == "project.superseded"
    late = each["alpha"].post(f"/agreements/{made['id']}/approve?hash={made['hash']}")
    assert late.json()["code"] == "project.superseded"
    each["alpha"].post(f"/agreements/{made['id']}/approve?hash={countered.json()['hash']}")
    until(world, made["id"], lambda row: row.state == "ACTIVE")
    for api in each.values():
        told = api.get(f"/agreements/{made['id']}/negotiation").json()
        assert (told["stage"], told["status"], told["members"]) == ("FINALIZED", "APPROVED", {"beta": "FINALIZED"})
        assert [(offer["version"], offer["author"]) for offer in told["offers"]] == [(1, "alpha"), (2, "beta")]
        assert set(told["verified"]) == {"alpha", "beta"}
        assert told["moves"][-1]["move"] == "FINALIZE"
    diff = each["alpha"].get(f"/agreements/{made['id']}/diff").json()
    assert {each["field"]: (each["before"], each["after"]) for each in diff["changes"]} == {
        "limits.jobs": (10, 3),
        "limits.period_ms": (86_400_000, None),
        "prices": (TERMS["prices"], None),
    }


def test_an_amendment(apis: tuple[SmallWorld, dict[str, LocalApi]]) -> None:
    world, each = apis
    old = agree(world, each, BODY)
    made = each["beta"].post(f"/agreements/{old['id']}/amend", json={"purpose": "more"})
    assert made.status_code == 201 and made.json()["amends"] == old["id"]
    until(world, made.json()["id"], lambda row: row.version == 1)
    each["alpha"].post(f"/agreements/{made.json()['id']}/approve")
    until(world, made.json()["id"], lambda row: row.state == "ACTIVE")
    told = each["alpha"].get(f"/agreements/{old['id']}/negotiation").json()
    assert told["chain"] == [old["id"], made.json()["id"]]
    told = each["alpha"].get(f"/agreements/{made.json()['id']}/negotiation").json()
    assert [change["field"] for change in told["offers"][0]["changes"]] == ["purpose"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"revenue": {"alpha": "0.5"}}, "agreement.shares_wrong"),
        ({"initiators": ["gamma"]}, "agreement.term_not_a_member"),
        ({"datasets": {"gamma": ["rows"]}}, "project.not_a_member"),
        ({"valid_from": "2091-01-01"}, "agreement.dates_wrong"),
        ({"prices": [{"amount": "-1", "currency": "CNY", "unit": "row"}]}, None),
        ({"revenue": {"alpha": "1e0"}}, None),
        ({"limits": {"jobs": 0}}, None),
        ({"unknown": 1}, None),
    ],
)
def test_terms_that_are_refused(
    apis: tuple[SmallWorld, dict[str, LocalApi]], change: dict[str, Any], code: str | None
) -> None:
    answer = apis[1]["alpha"].post("/agreements", json=BODY | change)
    assert 400 <= answer.status_code < 500, answer.text
    assert code is None or answer.json()["code"] == code


def test_what_is_not_there(apis: tuple[SmallWorld, dict[str, LocalApi]]) -> None:
    api = apis[1]["alpha"]
    assert api.get("/agreements/agr-0/negotiation").status_code == 404
    assert api.get("/agreements/agr-0/diff").status_code == 404
    assert api.post("/agreements/agr-0/counter", json={"purpose": "x"}).status_code == 404
    made = apis[1]["alpha"].post("/agreements", json=BODY).json()
    missing = api.get(f"/agreements/{made['id']}/diff?before=1&after=9")
    assert (missing.status_code, missing.json()["code"]) == (404, "agreement.version_unknown")
