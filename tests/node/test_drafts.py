"""Drafts of flows: kept as they were written, changed by one at a time, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import postgresql_server
from databases import KINDS, new_database
from local_api import LocalApi, app_of, client_of
from real_nodes import reading_flow
from small_world import SmallWorld
from tacit.errors import InputError, NotFoundError, ResourceError, TacitError
from tacit.node.database import Database, open_database
from tacit.node.drafts import RECORDED_EVERY_S, Drafts
from tacit.node.stores import flows as flow_store
from tacit.node.stores.flows import FlowDraftStore
from tacit.node.tables.flows import FlowDraftRow


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql_server.Server]:
    if postgresql_server.programs() is None:
        pytest.skip("no PostgreSQL server programs on this machine")
    with postgresql_server.serve() as made:
        yield made


@pytest.fixture(params=KINDS)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[FlowDraftStore]]:
    """Four doors to one database."""
    if request.param == "sqlite":
        yield from _opened(tmp_path, f"sqlite:///{tmp_path / 'node.db'}")
        return
    with new_database(request.getfixturevalue("server")) as url:
        yield from _opened(tmp_path, url)


def _opened(folder: Path, url: str) -> Iterator[list[FlowDraftStore]]:
    made = [open_database(folder, url), *(Database(url) for _ in range(3))]
    yield [FlowDraftStore(each) for each in made]
    for database in made:
        database.close()


def row(draft: str = "flow-1", **values: Any) -> FlowDraftRow:
    fields = {"name": "a", "title": None, "agreement_id": "", "template": None, "version": 1, "steps": 0}
    people = {"created_by": "local", "updated_by": "local", "created_at": 1.0, "updated_at": 1.0}
    return FlowDraftRow(id=draft, document={"name": "a", "x": [1.5, None]}, **{**fields, **people, **values})


def test_one_of_several_changes_to_a_version_wins(stores: list[FlowDraftStore]) -> None:
    stores[0].add(row())
    gate, told = threading.Barrier(len(stores)), list[str]()

    def change(number: int, store: FlowDraftStore) -> None:
        gate.wait()
        try:
            told.append(store.change("flow-1", 1, name=f"n{number}", updated_by=f"user:{number}").name)
        except InputError as fault:
            told.append(fault.code)

    threads = [threading.Thread(target=change, args=each) for each in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told)[:3] == ["flow.conflict"] * 3
    kept = stores[1].get("flow-1")
    assert (kept.version, kept.name) == (2, sorted(told)[3])
    assert kept.document == {"name": "a", "x": [1.5, None]}


def test_pages_are_of_the_latest_changed_and_without_documents(stores: list[FlowDraftStore]) -> None:
    store = stores[0]
    for number in range(5):
        store.add(row(f"flow-{number}", updated_at=float(number // 2), agreement_id="agreement-1" if number else ""))
    first = store.page(2)
    assert [each.id for each in first] == ["flow-4", "flow-2"]
    assert [each.id for each in store.page(9, before=(1.0, "flow-2"))] == ["flow-3", "flow-0", "flow-1"]
    assert [each.id for each in store.page(9, agreement="")] == ["flow-0"]
    assert len(store.page(9, agreement="agreement-1")) == 4
    assert store.remove("flow-0").id == "flow-0"
    for act in (store.get, store.remove):
        with pytest.raises(NotFoundError) as caught:
            act("flow-0")
        assert caught.value.code == "flow.draft_unknown"
    with pytest.raises(NotFoundError):
        store.change("flow-0", 1, name="b")


def test_a_node_keeps_so_many(stores: list[FlowDraftStore], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_store, "MOST", 2)
    stores[0].add(row("flow-1"))
    stores[0].add(row("flow-2"))
    with pytest.raises(ResourceError) as caught:
        stores[0].add(row("flow-3"))
    assert caught.value.code == "flow.drafts_full"


@pytest.fixture
def api(world: SmallWorld) -> LocalApi:
    return client_of(app_of(world.parts["alpha"]))


def test_a_draft_is_kept_as_it_was_written(api: LocalApi) -> None:
    document = {**reading_flow(), "title": {"zh": "试", "en": "Try"}, "note": {"not": ["part", "of", 1.0, "a flow"]}}
    made = api.post("/flows", json={"document": document, "template": "reading"})
    assert made.status_code == 201
    draft = made.json()
    assert {"version": 1, "steps": 4, "agreement": None, "template": "reading"}.items() <= draft.items()
    assert draft["document"] == document and draft["title"] == {"zh": "试", "en": "Try"}
    changed = api.call("PUT", f"/flows/{draft['id']}", json={"document": {"steps": "none"}, "version": 1}).json()
    assert (changed["version"], changed["name"], changed["steps"], changed["title"]) == (2, "", 0, None)
    assert api.get(f"/flows/{draft['id']}").json() == changed
    late = api.call("PUT", f"/flows/{draft['id']}", json={"document": document, "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "flow.conflict")
    assert (late.json()["found"], late.json()["expected"]) == ("version 2 by local", "version 1")
    listed = api.get("/flows").json()["items"]
    assert listed == [{name: value for name, value in changed.items() if name != "document"}]
    assert api.call("DELETE", f"/flows/{draft['id']}").status_code == 204
    assert api.get(f"/flows/{draft['id']}").json()["code"] == "flow.draft_unknown"


def test_what_no_document_can_hold_is_no_draft(api: LocalApi) -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    for document, code in (
        ({"x": "y" * (1 << 20)}, "flow.too_large"),
        ({"x": "名" * 400_000}, "flow.too_large"),
        ({"x": deep}, "flow.too_deep"),
        ({"x": 2**60 + 1}, "flow.bad_value"),
        ({str(number): 1 for number in range(65)}, "request.invalid"),
    ):
        told = api.post("/flows", json={"document": document})
        assert (told.status_code, told.json()["code"]) == (422, code)
    told = api.post("/flows", json={"document": {}, "agreement": "agreement-none"})
    assert (told.status_code, told.json()["code"]) == (404, "agreement.unknown")
    assert api.get("/flows").json()["items"] == []


def test_pages_of_the_api_follow_each_other(api: LocalApi) -> None:
    made = [api.post("/flows", json={"document": {"name": f"n{number}"}}).json()["id"] for number in range(5)]
    found, cursor = list[str](), None
    while cursor is not None or not found:
        page = api.get("/flows", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert sorted(found) == sorted(made) and len(found) == 5


def test_an_agreement_stays_unless_it_is_changed(world: SmallWorld) -> None:
    drafts = world.parts["alpha"].drafts
    draft = drafts.add({})
    drafts.store.change(draft.id, 1, agreement_id="agreement-1")
    assert drafts.save(draft.id, 2, {}).agreement_id == "agreement-1"
    assert drafts.save(draft.id, 3, {}, agreement=None).agreement_id == ""


def test_saving_while_one_types_is_one_act_a_minute(world: SmallWorld) -> None:
    parts, clock = world.parts["alpha"], Hand()
    drafts = Drafts(parts.drafts.store, parts.agreements, parts.trail, clock)
    draft = drafts.add({})
    for version in range(1, 6):
        drafts.save(draft.id, version, {"name": str(version)})
    clock.at += RECORDED_EVERY_S
    drafts.save(draft.id, 6, {})
    drafts.remove(draft.id)
    entries = [each for each in parts.audit.entries(0, 100) if each.subject == f"flow:{draft.id}"]
    assert [(each.act, each.details["version"]) for each in entries] == [
        ("flow.drafted", 1),
        ("flow.draft_changed", 2),
        ("flow.draft_changed", 7),
        ("flow.draft_removed", 7),
    ]


class Hand:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_refused_change_is_no_act(world: SmallWorld) -> None:
    drafts = world.parts["alpha"].drafts
    draft = drafts.add({})
    before = len(list(world.parts["alpha"].audit.entries(0, 100)))
    with pytest.raises(TacitError):
        drafts.save(draft.id, 7, {})
    assert len(list(world.parts["alpha"].audit.entries(0, 100))) == before
