"""Finding what was done to something, by somebody, in the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import postgresql_server
from databases import KINDS, new_database
from fake_node import FakeNode
from local_api import LocalApi, app_of, client_of
from small_world import SmallWorld
from tacit.client.client import Client
from tacit.ledger.audit import AuditTrail
from tacit.node.database import open_database
from tacit.node.stores.audit import AuditTable, TrailFilter


@pytest.fixture(params=KINDS)
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AuditTable]:
    if request.param == "sqlite":
        database = open_database(tmp_path, None)
        yield AuditTable(database)
        database.close()
        return
    if postgresql_server.programs() is None:
        pytest.skip("no PostgreSQL server programs on this machine")
    with postgresql_server.serve() as server, new_database(server) as url:
        database = open_database(tmp_path, url)
        yield AuditTable(database)
        database.close()


def test_both_databases_find_the_same(table: AuditTable) -> None:
    trail = AuditTrail(table)
    for subject, act in (("job:1", "job.held"), ("job:10", "job.approved"), ("job:1", "job.approved"), ("x", "jobs.x")):
        trail.record(act, subject, {"subject": "job:1", "act": "job.held"}, actor="user:o'hara%")

    def found(*, newest_first: bool = False, before: int | None = None, after: int = 0, **wanted: str) -> list[int]:
        rows = table.search(TrailFilter(**wanted), 3, after=after, before=before, newest_first=newest_first)
        return [entry.number for entry in rows]

    assert found(subject="job:1") == [1, 3] and found(subject="job:") == []
    assert found(act="job.approved") == [2, 3] and found(act="job") == [1, 2, 3] and found(act="jo") == []
    assert found(actor="user:o'hara%", newest_first=True) == [4, 3, 2] and found(actor="user:o%") == []
    assert found(newest_first=True, before=4, after=1) == [3, 2]
    assert found(subject="job:1", act="job", after=1) == [3]


@pytest.fixture
def api(world: SmallWorld) -> LocalApi:
    trail = world.parts["alpha"].trail
    for number in range(7):
        trail.record("test.act" if number % 2 else "other.act", f"thing:{number % 2}", actor=f"user:{number % 3}")
    return client_of(app_of(world.parts["alpha"]))


def pages(api: LocalApi, **wanted: Any) -> list[list[int]]:
    found: list[list[int]] = []
    cursor = None
    while True:
        params = {**wanted, "limit": 2} | ({"cursor": cursor} if cursor else {})
        told = api.get("/audit", params=params).json()
        found.append([entry["number"] for entry in told["items"]])
        cursor = told["next"]
        if cursor is None:
            return found


def test_what_is_found_comes_in_pages_from_either_end(api: LocalApi) -> None:
    whole = [entry["number"] for entry in api.get("/audit").json()["items"]]
    things = [entry["number"] for entry in api.get("/audit").json()["items"] if entry["subject"] == "thing:0"]
    assert pages(api, subject="thing:0") == [things[:2], things[2:]]
    assert pages(api, subject="thing:0", order="newest") == [things[:1:-1], things[1::-1]]
    assert [number for page in pages(api, order="newest") for number in page] == whole[::-1]
    assert pages(api, subject="thing:none") == [[]]
    last = api.get("/audit", params={"actor": "user:0", "act": "other", "order": "newest"}).json()["items"][0]
    assert (last["actor"], last["act"], last["number"]) == ("user:0", "other.act", whole[-1])


@pytest.mark.parametrize("wrong", [{"order": "sideways"}, {"subject": ""}, {"act": "x" * 121}, {"actor": "x" * 257}])
def test_searches_that_cannot_be_are_refused(api: LocalApi, wrong: dict[str, str]) -> None:
    assert api.get("/audit", params=wrong).status_code == 422


def test_programs_search_too(tmp_path: Path) -> None:
    answers = {
        "GET /audit?after=0&subject=job%3A1&act=job": {"items": [{"number": 1}], "next": None},
        "GET /audit?order=newest&after=0&limit=2": {"items": [{"number": 2}], "next": None},
        "GET /audit?order=newest&after=0": {"items": [{"number": number} for number in range(1000)], "next": "c"},
    }
    with FakeNode(tmp_path, answers) as node, Client(node.home) as client:
        assert client.audit(subject="job:1", act="job") == [{"number": 1}]
        assert client.audit(newest=2) == [{"number": 2}]
        assert len(client.audit(newest=100)) == 100
