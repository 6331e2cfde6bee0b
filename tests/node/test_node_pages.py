"""Lists of jobs as they are filtered, days of jobs, profiles of datasets, and the settings that are shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import postgresql_server
from databases import KINDS, new_database
from local_api import LocalApi, app_of, client_of
from real_nodes import reading_flow
from small_world import SmallWorld
from tacit.node import shown_settings
from tacit.node.database import Database, JobRow, open_database
from tacit.node.settings import Settings
from tacit.node.shown_settings import SET
from tacit.node.stores.activity import activity
from tacit.node.stores.jobs import JobFilter, JobStore
from tacit.node.tables.metering import MeteredJobRow, UseRow
from tacit.schema.states import JobState

NOON = 20_000.5 * 86_400


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql_server.Server]:
    if postgresql_server.programs() is None:
        pytest.skip("no PostgreSQL server programs on this machine")
    with postgresql_server.serve() as made:
        yield made


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        made = open_database(tmp_path, f"sqlite:///{tmp_path / 'node.db'}")
        yield made
        made.close()
        return
    with new_database(request.getfixturevalue("server")) as url:
        made = open_database(tmp_path, url)
        yield made
        made.close()


def job(number: int, **values: Any) -> JobRow:
    texts = {"audit_id": f"a{number}", "name": f"Risk_{number}%", "initiator": "alpha", "agreement_id": "agreement-1"}
    given = {"state": "FINISHED", "decision": "APPROVED", "created_at": NOON + number, "flow_hash": "h", "salt": ""}
    documents = {"flow": {"parties": {}, "steps": []}, "disclosures": {}, "forecast": {}}
    times = {"started_at": NOON, "ended_at": NOON + 5}
    return JobRow(id=f"job-{number}", **{**texts, **given, **documents, **times, **values})


def ids(database: Database, **limits: Any) -> list[str]:
    return [row.id for row in JobStore(database).page(JobFilter(**limits), limit=100)]


def test_lists_of_jobs_are_limited_by_everything_given(database: Database) -> None:
    store = JobStore(database)
    store.add(job(1), [])
    store.add(job(2, initiator="beta", state="FAILED"), [])
    store.add(job(3, agreement_id="", name="RISKY"), [])
    store.add(job(4, name="other 100% \\ é"), [])
    assert ids(database) == ["job-4", "job-3", "job-2", "job-1"]
    assert ids(database, initiator="beta") == ["job-2"]
    assert ids(database, agreement="") == ["job-3"]
    assert ids(database, name="risk") == ["job-3", "job-2", "job-1"]
    assert ids(database, name="risk_") == ["job-2", "job-1"]
    assert ids(database, name="%") == ["job-4", "job-2", "job-1"]
    assert ids(database, name="\\ é") == ["job-4"]
    assert ids(database, name="' or 1=1 --") == []
    assert ids(database, since=NOON + 3) == ["job-4", "job-3"]
    assert ids(database, states=("FAILED", "CANCELLED")) == ["job-2"]
    assert ids(database, name="risk", agreement="agreement-1", initiator="alpha", since=NOON) == ["job-1"]
    first = store.page(JobFilter(name="risk"), limit=2)
    rest = store.page(JobFilter(name="risk"), limit=2, before=(first[-1].created_at, first[-1].id))
    assert [row.id for row in [*first, *rest]] == ["job-3", "job-2", "job-1"]


def test_days_are_counted_by_how_jobs_ended(database: Database) -> None:
    store, day = JobStore(database), 86_400
    store.add(job(1), [])
    store.add(job(2, state="REJECTED", started_at=None), [])
    store.add(job(3, state="FAILED", ended_at=NOON - day), [])
    store.add(job(4, ended_at=NOON - 9 * day), [])
    store.add(job(5, state="RUNNING", ended_at=None), [])
    with database.write() as session:
        fields = {"agreement_id": None, "initiator": "alpha", "at": NOON}
        session.add(MeteredJobRow(job_id="job-1", bytes_sent=2**40, bytes_received=3, cpu_s=1.5, **fields))
        words = {"users": [], "operators": [], "columns": 2, "queries": 1}
        for dataset in ("a", "b"):
            session.add(UseRow(job_id="job-1", owner="alpha", dataset=dataset, rows=2**33, **words, **fields))
    found = activity(database, 3, NOON)
    assert [each.day for each in found] == ["2024-10-02", "2024-10-03", "2024-10-04"]
    assert found[0].ended == dict.fromkeys(sorted(found[0].ended), 0)
    assert (found[1].ended[JobState.FAILED], found[1].rows) == (1, 0)
    today = found[2]
    assert (today.ended[JobState.FINISHED], today.ended[JobState.REJECTED]) == (1, 1)
    assert (today.wall_s, today.cpu_s, today.bytes_sent, today.bytes_received) == (5.0, 1.5, 2**40, 3)
    assert today.rows == 2**34


@pytest.fixture
def api(world: SmallWorld) -> LocalApi:
    return client_of(app_of(world.parts["alpha"]))


def test_the_api_filters_jobs(world: SmallWorld, api: LocalApi) -> None:
    world.approve_all()
    done = world.submit(reading_flow())
    world.wait(done, "alpha")
    for query, found in (
        ({"name": "READ", "initiator": "alpha"}, [done]),
        ({"state": ["FAILED", "FINISHED"], "since": "2026-01-01"}, [done]),
        ({"state": "FAILED"}, []),
        ({"since": "2999-01-01T00:00:00Z"}, []),
        ({"agreement": "agreement-1"}, []),
    ):
        assert [row["id"] for row in api.get("/jobs", params=query).json()["items"]] == found, query
    for wrong in ({"since": "soon"}, {"state": "LOST"}, {"state": ["FAILED"] * 9}, {"name": "x" * 201}):
        assert api.get("/jobs", params=wrong).status_code == 422, wrong
    told = api.get("/node/activity", params={"days": 2}).json()
    assert [each["finished"] for each in told["days"]] == [0, 1] and told["running"] == 0
    assert told["days"][1]["cpu_s"] > 0, "what ended is metered before it is told"
    assert api.get("/node/activity", params={"days": 400}).status_code == 422


def test_a_dataset_is_profiled_from_a_sample_that_stays(world: SmallWorld, api: LocalApi, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text("id,kind\n" + "".join(f"{number},{'ab'[number % 2]}\n" for number in range(400)))
    world.parts["alpha"].catalogue.register("many", str(file))
    told = api.post("/datasets/many/profile", json={"rows": 100}).json()
    assert told == api.post("/datasets/many/profile", json={"rows": 100}).json()
    columns = {column["name"]: column for column in told["columns"]}
    assert told["sample_rows"] == 100 and columns["id"]["top"] == []
    assert {each["value"] for each in columns["kind"]["top"]} == {"a", "b"}
    assert api.post("/datasets/many/profile").json()["sample_rows"] == 400
    assert api.post("/datasets/none/profile").json()["code"] == "dataset.unknown"
    assert api.post("/datasets/many/profile", json={"rows": 9}).status_code == 422
    file.unlink()
    assert api.post("/datasets/many/profile").json()["code"] == "dataset.not_found"
    acts = [entry for entry in world.parts["alpha"].audit.entries(0, 100) if entry.act == "dataset.profiled"]
    assert [entry.details for entry in acts] == [{"rows": 100}, {"rows": 100}, {"rows": 400}]


SECRET = "hunter2-do-not-show"


def test_no_setting_that_opens_something_is_shown(tmp_path: Path) -> None:
    provider = {
        "name": "corp",
        "issuer": f"https://id.example/{SECRET}",
        "client_id": SECRET,
        "client_secret_file": f"/etc/{SECRET}",
    }
    given: dict[str, Any] = {
        "name": "alpha",
        "database_url": f"postgresql+pg8000://tacit:{SECRET}@db/{SECRET}",
        "vault": f"pkcs11:token=x;pin-value={SECRET}",
        "vault_before": f"env:{SECRET}",
        "oidc": [provider],
        "console": f"/home/{SECRET}",
        "api_url": f"https://a:{SECRET}@x",
        "max_workers": 3,
    }
    (tmp_path / "node.toml").write_text('name = "alpha"\nmax_workers = 3\npolicy = "observe"\n')
    found = shown_settings.shown(Settings(**given), tmp_path, {"TACIT_POLICY": "observe", "PATH": "/"})
    assert SECRET not in repr(found)
    assert [each.name for each in found] == list(Settings.model_fields)
    values = {each.name: each for each in found}
    assert (values["database_url"].value, values["vault"].value, values["vault_before"].value) == (
        *("postgresql", "pkcs11", "env"),
    )
    assert (values["oidc"].value, values["console"].value, values["api_url"].value) == (["corp"], SET, SET)
    sources = [values[name].source for name in ("max_workers", "policy", "poll_s")]
    assert sources == ["file", "environment", "default"]
    assert values["poll_s"].value == values["poll_s"].default == 2.0 and values["poll_s"].help.en


def test_a_setting_that_nobody_thought_of_is_not_shown() -> None:
    """Texts are shown by name only; a new one is "set" until somebody says that it opens nothing."""
    known = shown_settings.PLAIN | shown_settings._PARTS.keys()
    assert known <= set(Settings.model_fields)
    assert shown_settings._plain("new_password", "x") == SET


def test_the_api_shows_settings(api: LocalApi) -> None:
    told = {item["name"]: item for item in api.get("/node/settings").json()["items"]}
    assert told["name"]["value"] == "alpha" and told["name"]["source"] == "file"
    assert told["name"]["default"] is None
