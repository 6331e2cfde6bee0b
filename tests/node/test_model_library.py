"""Versions of models: where they come from, whether they are as they were saved, and whether they may be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import postgresql_server
from databases import KINDS, new_database
from flow.flows import by_id, document
from local_api import LocalApi, app_of, client_of
from small_world import FakeWorker, SmallWorld, succeed
from tacit.errors import TacitError
from tacit.governance.access import COMPLIANCE, OWNER, SCIENTIST
from tacit.governance.inbox import Kind
from tacit.node.acting import Principal, acting
from tacit.node.database import JobRow, open_database
from tacit.node.stores.models import DRAFT, RELEASED, RETIRED, ModelVersionStore
from tacit.runtime.artifacts import digest_file
from tacit.runtime.pool import WorkerEvent
from tacit.runtime.task import OutputEntry

LI = Principal("user", "li", frozenset({COMPLIANCE}))
MO = Principal("user", "mo", frozenset({SCIENTIST}))
WANG = Principal("user", "wang", frozenset({OWNER}))
VERSION = "ab" * 6
CONTENT = {
    "kind": "saved_model",
    "model": {"kind": "logistic_regression", "model_id": "m-1", "features": ["x"]},
    "transform": {"kind": "transform", "transform_id": "t-1"},
}
LOADS = {
    "tacit": "1",
    "name": "loading",
    "profile": "2pc",
    "parties": {"alpha": "data", "beta": "data"},
    "steps": [
        {
            "id": "load",
            "operator": "model.load",
            "at": {"first": "alpha", "second": "beta"},
            "params": {"name": "risk", "version": VERSION},
        }
    ],
}


def write(folder: Path, content: dict[str, Any] = CONTENT, version: str = VERSION) -> Path:
    path = folder / "risk" / f"{version}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    (path.parent / "latest.json").write_text(json.dumps({"version": version}))
    return path


def save(world: SmallWorld, party: str = "alpha", content: dict[str, Any] = CONTENT) -> Path:
    """As a worker leaves it, and its report."""
    parts = world.parts[party]
    path, report = write(parts.ground.home.models, content), world.folder / f"{party}-report.json"
    report.write_text(json.dumps({"kind": "model_saved", "name": "risk", "version": VERSION}))
    output = OutputEntry(path=str(report), digest=digest_file(report), kind="document", bytes=1)
    parts.jobs.add(_job(), [])
    parts.model_library.saved("job-1", "save", _report({"report": output}))
    return path


def _job() -> JobRow:
    """In which a step saves the model."""
    flow = document()
    by_id(flow, "save")["params"] = {"name": "risk"}
    words = {"audit_id": "a", "name": "n", "initiator": "alpha", "agreement_id": "", "flow_hash": "h", "salt": ""}
    documents = {"flow": flow, "disclosures": {}, "forecast": {}}
    return JobRow(id="job-1", **words, **documents, state="CANCELLED", decision="APPROVED", created_at=1.0)


def _report(outputs: dict[str, OutputEntry]) -> Any:
    from tacit.runtime.task import StepReport

    return StepReport(wall_s=0.1, cpu_s=0.1, rss_mb=1, outputs=outputs)


def code(act: Any, *given: Any) -> str:
    with pytest.raises(TacitError) as caught:
        act(*given)
    return caught.value.code


@pytest.fixture
def api(world: SmallWorld) -> LocalApi:
    return client_of(app_of(world.parts["alpha"]))


def only(api: LocalApi) -> dict[str, Any]:
    (model,) = api.get("/models").json()["items"]
    (version,) = model["versions"]
    assert model["name"] == "risk"
    return dict(version)


def test_a_saved_version_is_listed_with_its_origin(world: SmallWorld, api: LocalApi) -> None:
    path = save(world)
    shown = only(api)
    assert {
        "version": VERSION,
        "kind": "logistic_regression",
        "state": "draft",
        "integrity": "intact",
        "digest": digest_file(path),
        "job_id": "job-1",
        "step": "save",
        "model_id": "m-1",
        "transform_id": "t-1",
        "item": None,
    }.items() <= shown.items()
    acts = [entry for entry in world.parts["alpha"].audit.entries(0, 100) if entry.act == "model.saved"]
    assert acts[0].details == {"version": VERSION, "job": "job-1", "digest": digest_file(path)}


def test_a_file_that_was_changed_shows_and_is_not_loaded(world: SmallWorld, api: LocalApi) -> None:
    path = save(world)
    path.write_text(json.dumps(CONTENT | {"model": {"kind": "other"}}))
    assert only(api)["integrity"] == "changed"
    library = world.parts["alpha"].model_library
    assert code(world.parts["alpha"].models.usable, "risk", None) == "model.altered"
    assert code(library.release, "risk", VERSION) == "model.altered"
    path.write_text("{ not json")
    assert (only(api)["kind"], only(api)["integrity"]) == ("damaged", "changed")


def test_a_file_of_unknown_origin_says_so(world: SmallWorld, api: LocalApi) -> None:
    write(world.parts["alpha"].ground.home.models)
    shown = only(api)
    assert (shown["integrity"], shown["state"], shown["job_id"]) == ("unknown", "draft", None)
    told = api.post(f"/models/risk/{VERSION}/retire").json()
    assert (told["state"], told["integrity"], told["changed_by"]) == ("retired", "unknown", "local")


def test_what_is_no_report_of_a_saved_model_is_left_alone(world: SmallWorld) -> None:
    library, report = world.parts["alpha"].model_library, world.folder / "report.json"
    world.parts["alpha"].jobs.add(_job(), [])
    for told in ("[]", "{", '{"kind": "other"}', '{"kind": "model_saved", "name": "../x", "version": "y"}'):
        report.write_text(told)
        output = OutputEntry(path=str(report), digest="", kind="document", bytes=1)
        library.saved("job-1", "save", _report({"report": output}))
    library.saved("job-1", "save", _report({}))
    write(world.parts["alpha"].ground.home.models)
    report.write_text(json.dumps({"kind": "model_saved", "name": "risk", "version": VERSION}))
    library.saved("job-1", "train", _report({"report": output}))  # not a step that saves
    library.saved("job-none", "save", _report({"report": output}))
    assert library.store.of(["risk", "../x"]) == {}


def test_the_states_of_a_version(world: SmallWorld, api: LocalApi) -> None:
    save(world)
    released = api.post(f"/models/risk/{VERSION}/release").json()
    assert (released["state"], released["changed_by"], released["item"]) == ("released", "local", None)
    again = api.post(f"/models/risk/{VERSION}/release")
    assert (again.status_code, again.json()["code"]) == (409, "model.wrong_state")
    save(world)  # the same once more
    assert only(api)["state"] == "released"
    assert api.post(f"/models/risk/{VERSION}/retire").json()["state"] == "retired"
    for verb in ("release", "retire"):
        told = api.post(f"/models/risk/{VERSION}/{verb}")
        assert (told.status_code, told.json()["found"]) == (409, "retired")
    for name, version in (("none", VERSION), ("risk", "0" * 12), ("risk", "latest"), ("..", VERSION)):
        assert api.post(f"/models/{name}/{version}/retire").status_code in (404, 405)
    acts = [entry.act for entry in world.parts["alpha"].audit.entries(0, 100) if entry.act.startswith("model.re")]
    assert acts == ["model.released", "model.retired"]


def test_a_retired_version_stays_so_when_it_comes_again(world: SmallWorld, api: LocalApi) -> None:
    save(world)
    api.post(f"/models/risk/{VERSION}/retire")
    assert api.call("DELETE", f"/models/risk/{VERSION}").status_code == 204
    assert api.get("/models").json()["items"] == []
    save(world)
    assert only(api)["state"] == "retired"


def test_a_release_waits_for_those_who_must_agree(world: SmallWorld, api: LocalApi) -> None:
    parts, path = world.parts["alpha"], save(world)
    with acting(MO):
        asked = parts.model_library.release("risk", VERSION)
    assert (asked.state, asked.item) == ("draft", only(api)["item"]) and asked.item is not None
    item = parts.inbox.store.get(asked.item)
    assert (item.kind, item.requested_by) == (Kind.MODEL, "user:mo")
    with acting(MO):
        assert code(parts.signoff.approve, item.id) in ("signoff.not_entitled", "signoff.own_request")
    with acting(LI):
        assert code(lambda: parts.signoff.approve(item.id, hash="0" * 64)) == "inbox.conflict"
        parts.signoff.approve(item.id, hash=digest_file(path))
    assert (only(api)["state"], only(api)["changed_by"]) == ("released", "user:li")


def test_only_the_file_that_was_put_up_is_released(world: SmallWorld, api: LocalApi) -> None:
    parts, path = world.parts["alpha"], save(world)
    with acting(MO):
        item = parts.model_library.release("risk", VERSION).item
    path.write_text("{}")
    with acting(LI):
        assert code(parts.signoff.approve, item) == "model.altered"
    assert only(api)["state"] == "draft"


def test_retiring_takes_a_waiting_release_back(world: SmallWorld) -> None:
    parts = world.parts["alpha"]
    save(world)
    with acting(MO):
        item = parts.model_library.release("risk", VERSION).item
    with acting(WANG):
        parts.model_library.retire("risk", VERSION)
    assert item is not None and parts.inbox.store.get(item).state == "withdrawn"


def test_a_retired_version_is_not_submitted(world: SmallWorld, api: LocalApi) -> None:
    for party in ("alpha", "beta"):
        save(world, party)
    world.parts["alpha"].model_library.retire("risk", VERSION)
    told = api.post("/jobs", json={"flow": LOADS})
    assert (told.status_code, told.json()["code"]) == (403, "model.retired")


def test_a_version_that_is_retired_meanwhile_is_not_loaded(world: SmallWorld) -> None:
    """Retired by one party after both have approved: the step fails there, and so everywhere."""
    for party in ("alpha", "beta"):
        save(world, party)
    world.approve_all()
    flow = json.loads(json.dumps(LOADS))
    flow["steps"].insert(
        0, {"id": "rows", "operator": "dataset.read", "at": {"owner": "alpha"}, "params": {"dataset": "rows"}}
    )
    flow["steps"][1]["params"] = {"name": "risk"}

    def behave(worker: FakeWorker) -> WorkerEvent | None:
        return succeed(worker)

    world.behaviour = behave
    world.parts["beta"].model_library.retire("risk", VERSION)
    job = world.submit(flow)
    assert world.wait(job, "alpha") in ("REJECTED", "FAILED")
    row = world.parts["alpha"].jobs.get(job)
    assert row.cause is not None and (row.cause["party"], row.cause["code"]) == ("beta", "model.retired")


def test_a_step_does_not_start_with_what_was_retired(world: SmallWorld) -> None:
    for party in ("alpha", "beta"):
        save(world, party)
    world.approve_all()
    retired = []

    def behave(worker: FakeWorker) -> WorkerEvent | None:
        if worker.task.step == "rows":
            world.parts["beta"].model_library.retire("risk", VERSION)
            retired.append(worker.task.step)
        return succeed(worker)

    world.behaviour = behave
    flow = json.loads(json.dumps(LOADS))
    flow["steps"] = [
        {"id": "rows", "operator": "dataset.read", "at": {"owner": "alpha"}, "params": {"dataset": "rows"}},
        {"id": "rows2", "operator": "table.profile", "at": {"owner": "alpha"}, "inputs": {"table": "rows.table"}},
        *flow["steps"],
    ]
    job = world.submit(flow)
    state = world.wait(job, "alpha")
    codes = {row.code for row in world.parts["beta"].tasks.of_job(job) if row.party == "beta" and row.step == "load"}
    assert retired and ((state == "FAILED" and codes == {"model.retired"}) or (state == "FINISHED" and codes == {None}))


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql_server.Server]:
    if postgresql_server.programs() is None:
        pytest.skip("no PostgreSQL server programs on this machine")
    with postgresql_server.serve() as made:
        yield made


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ModelVersionStore]:
    if request.param == "sqlite":
        database = open_database(tmp_path, f"sqlite:///{tmp_path / 'node.db'}")
        yield ModelVersionStore(database)
        database.close()
        return
    with new_database(request.getfixturevalue("server")) as url:
        database = open_database(tmp_path, url)
        yield ModelVersionStore(database)
        database.close()


def test_the_store_on_both_databases(store: ModelVersionStore) -> None:
    assert store.move("a", "1", (DRAFT,), RELEASED, "local") and not store.move("a", "1", (DRAFT,), RELEASED, "local")
    store.saved("a", "1", digest="d", job_id="job-1", step="s")
    store.saved("b", "1", digest="e", job_id="job-1", step="s")
    found = store.of(["a", "b"])
    assert (found["a", "1"].state, found["a", "1"].digest, found["b", "1"].state) == (RELEASED, "d", DRAFT)
    store.forget("a", "1")
    assert store.find("a", "1") is None
    assert store.move("b", "1", (DRAFT, RELEASED), RETIRED, "local")
    store.forget("b", "1")
    row = store.find("b", "1")
    assert row is not None and (row.state, row.changed_by) == (RETIRED, "local")
