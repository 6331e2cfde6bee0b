"""Labels at a node: scans, confirmation, two people for a lower level, warnings, removal, and the API."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect

import postgresql_server
from real_nodes import Group, RunningNode, reading_flow, write_rows
from small_world import SmallWorld
from tacit.cli.main import main
from tacit.client.client import Client
from tacit.errors import NotFoundError, ParameterError, RefusedError
from tacit.governance.levels import Label, Suggestion
from tacit.node.acting import LOCAL, NodeTrail, Principal, acting
from tacit.node.catalogue import Catalogue
from tacit.node.database import Database, Table, migrate
from tacit.node.labels import Labels, Wish
from tacit.node.stores.audit import AuditTable
from tacit.node.stores.datasets import DatasetStore
from tacit.node.stores.labels import LabelStore
from tacit.node.wiring import Parts
from tacit.schema.text import Text

ANN, BEN = Principal("user", "ann"), Principal("user", "ben")
WHY = Text("理由", "why")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    """alpha alone."""
    made = SmallWorld(tmp_path, ("alpha",))
    made.add_tables()
    yield made
    made.close()


@pytest.fixture
def parts(world: SmallWorld) -> Parts:
    """alpha with the dataset "rows" (id, x)."""
    return world.parts["alpha"]


@pytest.fixture
def labels(parts: Parts) -> Labels:
    return parts.labels


def _suggestion(column: str, level: int, klass: str = "personal.identity") -> dict[str, Suggestion]:
    return {column: Suggestion(column, level, klass, "personal.document", (WHY,), 0.9)}


def test_without_a_label_the_default_counts(labels: Labels) -> None:
    assert labels.of("rows") == dict.fromkeys(("id", "x"), Label(3, "unlabelled", confirmed=False))
    assert labels.level("rows") == 3
    with pytest.raises(NotFoundError):
        labels.of("nothing")


def test_a_suggestion_counts_at_least_as_the_default(labels: Labels) -> None:
    labels.absorb("rows", {**_suggestion("id", 4), **_suggestion("x", 2, "enterprise.identity")})
    assert labels.of("rows")["id"] == Label(4, "personal.identity", confirmed=False)
    assert labels.of("rows")["x"].level == 3 and labels.level("rows") == 4
    labels.absorb("rows", _suggestion("id", 3))
    assert labels.of("rows")["id"].level == 4
    labels.absorb("rows", _suggestion("gone", 5))
    assert set(labels.of("rows")) == {"id", "x"}


def test_confirming_takes_over_what_is_suggested(labels: Labels, parts: Parts) -> None:
    labels.absorb("rows", {**_suggestion("id", 4), **_suggestion("x", 2, "enterprise.identity")})
    with acting(ANN):
        assert labels.confirm("rows") == ["id", "x"]
        assert labels.confirm("rows") == []
    assert labels.of("rows")["x"] == Label(2, "enterprise.identity", confirmed=True)
    row = labels.store.of("rows")["id"]
    assert (row.confirmed_by, row.source, row.rule) == ("user:ann", "confirmed", "personal.document")
    assert [(each.column, each.source, each.by) for each in labels.store.history("rows")][-1][2] == "user:ann"
    assert parts.audit.entries()[-1].act == "label.confirmed"


def test_only_what_is_suggested_can_be_confirmed(labels: Labels) -> None:
    with pytest.raises(ParameterError) as caught:
        labels.confirm("rows", ["id"])
    assert caught.value.code == "label.nothing_suggested"
    with pytest.raises(ParameterError) as caught:
        labels.confirm("rows", ["nope"])
    assert caught.value.code == "label.column_unknown"
    assert labels.confirm("rows") == []


def test_a_confirmed_label_is_warned_about_and_never_changed(labels: Labels) -> None:
    labels.set("rows", {"id": Wish(3, "general")})
    labels.absorb("rows", _suggestion("id", 4))
    assert labels.of("rows")["id"] == Label(3, "general", confirmed=True)
    assert [(dataset, each.column) for dataset, each in labels.warnings()] == [("rows", "id")]
    labels.confirm("rows", ["id"])
    assert labels.of("rows")["id"].level == 4 and labels.warnings() == []
    labels.absorb("rows", _suggestion("id", 4))
    assert labels.warnings() == []


def test_to_stay_below_a_warning_takes_a_reason_and_two(labels: Labels) -> None:
    labels.set("rows", {"id": Wish(3, "general")})
    labels.absorb("rows", _suggestion("id", 4))
    with acting(ANN), pytest.raises(RefusedError) as caught:
        labels.set("rows", {"id": Wish(3, "general")})
    assert caught.value.code == "label.reason_missing"
    with acting(ANN):
        assert labels.set("rows", {"id": Wish(3, "general", "numbers are made up")}) == ["id"]
    with acting(BEN):
        labels.agree("rows", "id")
    assert labels.of("rows")["id"] == Label(3, "general", confirmed=True) and labels.warnings() == []


def test_lowering_from_level_four_takes_two_people(labels: Labels, parts: Parts) -> None:
    labels.set("rows", {"id": Wish(5, "important")})
    with acting(ANN):
        assert labels.set("rows", {"id": Wish(2, "general", "masked")}) == ["id"]
        assert labels.of("rows")["id"].level == 5
        with pytest.raises(RefusedError) as caught:
            labels.agree("rows", "id")
        assert caught.value.code == "label.same_person"
    with acting(BEN):
        labels.agree("rows", "id")
        with pytest.raises(RefusedError) as caught:
            labels.agree("rows", "id")
    assert caught.value.code == "label.nothing_pending"
    assert labels.of("rows")["id"] == Label(2, "general", confirmed=True)
    acts = [entry.act for entry in parts.audit.entries()]
    assert "label.lowering_asked" in acts and "label.lowered" in acts


def test_the_holder_of_the_token_may_be_both(labels: Labels) -> None:
    labels.set("rows", {"id": Wish(4, "personal.identity")})
    with acting(LOCAL):
        assert labels.set("rows", {"id": Wish(1, "public", "made up")}) == ["id"]
        labels.agree("rows", "id")
    assert labels.of("rows")["id"].level == 1


def test_a_lower_level_may_be_refused(labels: Labels) -> None:
    labels.set("rows", {"id": Wish(4, "personal.identity")})
    with acting(ANN):
        labels.set("rows", {"id": Wish(1, "public", "a mistake")})
    with acting(BEN):
        labels.reject("rows", "id")
    assert labels.of("rows")["id"].level == 4
    with pytest.raises(RefusedError):
        labels.reject("rows", "id")


def test_a_higher_suggestion_ends_what_was_asked_before(labels: Labels) -> None:
    labels.absorb("rows", _suggestion("id", 4))
    with acting(ANN):
        labels.set("rows", {"id": Wish(2, "general", "masked")})
    labels.absorb("rows", _suggestion("id", 5, "important"))
    with acting(BEN), pytest.raises(RefusedError) as caught:
        labels.agree("rows", "id")
    assert caught.value.code == "label.nothing_pending"


def test_one_bad_wish_changes_nothing(labels: Labels) -> None:
    with pytest.raises(ParameterError):
        labels.set("rows", {"id": Wish(5, "core"), "x": Wish(2, "made.up")})
    with pytest.raises(ParameterError):
        labels.set("rows", {"id": Wish(5, "core"), "nope": Wish(5, "core")})
    assert labels.store.of("rows") == {} and labels.store.history("rows") == []


def test_raising_tells_once(labels: Labels) -> None:
    told: list[str] = []
    labels.raised = told.append
    labels.set("rows", {"id": Wish(3, "general"), "x": Wish(3, "general")})
    assert told == []
    labels.set("rows", {"id": Wish(4, "personal.identity")})
    labels.absorb("rows", _suggestion("x", 5, "important"))
    assert told == ["label.raised"]


def test_a_column_of_another_type_is_another_column(labels: Labels, parts: Parts) -> None:
    labels.set("rows", {"x": Wish(1, "public", "open data")})
    file = Path(parts.catalogue.get("rows").path)
    file.write_text("id,x,y\n1,a,2\n2,b,3\n")
    parts.catalogue.refresh("rows")
    assert labels.of("rows") == {
        "id": Label(3, "unlabelled", confirmed=False),
        "x": Label(3, "public", confirmed=False),
        "y": Label(3, "unlabelled", confirmed=False),
    }


def test_registering_anew_makes_nothing_less(labels: Labels, parts: Parts) -> None:
    labels.set("rows", {"id": Wish(5, "core"), "x": Wish(1, "public", "open data")})
    path = parts.catalogue.get("rows").path
    parts.catalogue.remove("rows")
    parts.catalogue.register("rows", path)
    assert labels.of("rows")["id"] == Label(5, "core", confirmed=False)
    assert labels.of("rows")["x"] == Label(3, "public", confirmed=False)
    assert {row.source for row in labels.store.of("rows").values()} == {"inherited"}


def test_scanning_a_file(parts: Parts, tmp_path: Path) -> None:
    rng = random.Random(4)
    lines = [
        f"{rng.choice('一二三')},1{rng.choice('358')}{rng.randrange(10**9):09d},{rng.random():.3f}" for _ in range(500)
    ]
    (tmp_path / "people.csv").write_text("\n".join(["note,手机号,p", *lines]))
    parts.catalogue.register("people", str(tmp_path / "people.csv"))
    parts.labelling.scan("people")
    state = parts.labelling.state("people")
    assert state is not None and (state.state, state.rows, state.sampled) == ("done", 500, 500)
    assert [each["detector"] for each in state.findings] == ["cn.mobile"]
    assert parts.labels.of("people")["手机号"] == Label(3, "personal.basic", confirmed=False)
    assert parts.labelling.progress("people") is None


def test_a_scan_that_fails_says_why(parts: Parts, tmp_path: Path) -> None:
    Path(parts.catalogue.get("rows").path).unlink()
    parts.labelling.scan("rows")
    state = parts.labelling.state("rows")
    assert state is not None and (state.state, state.code) == ("failed", "dataset.not_found")
    with pytest.raises(NotFoundError):
        parts.labelling.ask("nothing")


def test_scans_run_in_the_background_and_go_on_after_a_crash(parts: Parts) -> None:
    ended = threading.Event()
    end_scan = parts.labels.store.end_scan
    parts.labels.store.end_scan = lambda *names, **values: (end_scan(*names, **values), ended.set())  # type: ignore[method-assign,assign]
    assert parts.labelling.ask("rows").state == "running"
    assert parts.labelling.ask("rows").state == "running"
    parts.labelling.start()
    assert ended.wait(20)
    parts.labelling.close()
    state = parts.labelling.state("rows")
    assert state is not None and state.state == "done"


def test_lineage_of_a_job(world: SmallWorld, parts: Parts) -> None:
    parts.labels.set("rows", {"id": Wish(5, "core")})
    world.approve_all()
    job = world.submit(reading_flow(parties=("alpha",)))
    derived = parts.derivation.of(job)
    assert {each.party for each in derived} == {"alpha"}
    assert {(each.inflow, each.level) for each in derived if ("alpha", "rows") in each.sources} == {(5, 5)}
    with pytest.raises(NotFoundError):
        parts.derivation.of("job-unknown")


def test_tables_fit_their_migration(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'node.db'}")
    migrate(database)
    database.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'node.db'}")
    for name in ("column_labels", "label_history", "label_scans"):
        found = {each["name"]: each["nullable"] for each in inspect(engine).get_columns(name)}
        assert found == {each.name: each.nullable for each in Table.metadata.tables[name].columns}
    engine.dispose()


@pytest.mark.skipif(postgresql_server.programs() is None, reason="no PostgreSQL server programs")
def test_on_postgresql_only_one_of_two_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two connections that know nothing of each other."""
    (tmp_path / "rows.csv").write_text("id,x\n1,2\n")
    with postgresql_server.serve() as server:
        monkeypatch.setenv("PGPASSWORD", postgresql_server.PASSWORD)
        doors = [Database(server.url) for _ in range(2)]
        migrate(doors[0])
        services = []
        for door in doors:
            catalogue = Catalogue(DatasetStore(door))
            services.append(Labels(LabelStore(door), catalogue, NodeTrail(AuditTable(door))))
        catalogue.register("rows", str(tmp_path / "rows.csv"))
        services[0].absorb("rows", _suggestion("id", 5))
        with acting(ANN):
            assert services[0].set("rows", {"id": Wish(2, "general", "masked")}) == ["id"]
        told: list[str] = []

        def agree(labels: Labels) -> None:
            with acting(BEN):
                try:
                    labels.agree("rows", "id")
                except RefusedError as fault:
                    told.append(fault.code)

        threads = [threading.Thread(target=agree, args=(each,)) for each in services]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert told == ["label.nothing_pending"] and services[0].of("rows")["id"].level == 2
        services[0].forget("rows")
        assert services[1].of("rows")["id"] == Label(5, "general", confirmed=False)
        for door in doors:
            door.close()


# -- the API ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    made = Group(tmp_path_factory.mktemp("labels"))
    made.add("alpha", environment={"TACIT_LOCAL_MAY_SIGN_ALONE": "false"})
    yield made["alpha"]
    made.close()


def _column(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in told["items"] if each["column"] == name)


def test_from_registration_to_a_confirmed_label(node: RunningNode, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "c.csv", range(200), {"email": lambda number: f"someone{number}@example.com"})
    node.call("POST", "/datasets", {"name": "contacts", "path": str(file)}, status=201)
    with Client(node.home) as client:
        assert client.labels.scan("contacts", wait_s=30)["sampled"] == 200
    findings = node.get("/datasets/contacts/findings")
    assert [(each["column"], each["detector"], each["by"]) for each in findings["items"]] == [
        ("email", "email", "both")
    ]
    assert "example.com" not in str(findings)
    told = node.get("/datasets/contacts/labels")
    assert told["level"] == 3 and _column(told, "id")["source"] == "none"
    assert _column(told, "email")["klass"] == "personal.basic" and not _column(told, "email")["confirmed"]
    told = node.post("/datasets/contacts/labels/confirm", {"columns": ["email"]})
    assert _column(told, "email")["confirmed"] and _column(told, "email")["confirmed_by"] == "local"
    body = {"columns": {"email": {"level": 4, "klass": "personal.basic"}}}
    assert node.call("PUT", "/datasets/contacts/labels", body)["level"] == 4
    body = {"columns": {"email": {"level": 2, "klass": "general"}}}
    assert node.call("PUT", "/datasets/contacts/labels", body, status=403)["code"] == "label.reason_missing"
    body["columns"]["email"]["reason"] = "public addresses"
    told = node.call("PUT", "/datasets/contacts/labels", body)
    assert told["level"] == 4 and _column(told, "email")["pending"]["needs_second"]
    told = node.call("POST", "/datasets/contacts/labels/agree", {"column": "email"}, status=403)
    assert told["code"] == "label.same_person"
    node.call("POST", "/datasets/contacts/labels/reject", {"column": "email"})
    history = node.get("/datasets/contacts/labels/history?limit=1")
    assert history["items"][0]["level"] == 4 and history["next"]
    assert node.call("POST", "/datasets/contacts/scan", status=202)["state"] == "running"
    node.call("DELETE", "/datasets/contacts")
    node.call("GET", "/datasets/contacts/labels", status=404)


def test_the_commands(node: RunningNode, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_rows(tmp_path / "m.csv", range(50), {"mac": lambda number: f"00:1a:2b:3c:4d:{number:02x}"})
    node.call("POST", "/datasets", {"name": "devices", "path": str(file)}, status=201)

    def run(*words: str, code: int = 0) -> str:
        assert main(["label", *words, "--home", str(node.home)]) == code
        return capsys.readouterr().out

    assert "mac" in run("scan", "devices") and "personal.device" in run("confirm", "devices")
    assert run("confirm", "devices", "id", code=10) == ""
    assert json.loads(run("list", "devices", "--json"))["data"][1]["confirmed"]
    run("set", "devices", "id", "5", "--class", "important")
    run("set", "devices", "id", "3", "--class", "general", "--reason", "numbers only")
    assert "waits for a second person" in run("list", "devices")
    run("agree", "devices", "id", code=30)
    run("reject", "devices", "id")
    assert "important" in run("history", "devices") and "GB/T 43697-2024" in run("rules")
    run("lineage", "job-x", code=11)


def test_the_rule_table_can_be_read(node: RunningNode) -> None:
    told = node.get("/levels")
    assert [each["level"] for each in told["levels"]] == [1, 2, 3, 4, 5]
    assert {"personal.document", "financial.account"} <= {each["id"] for each in told["rules"]}
    assert all(set(each["text"]) == {"zh", "en"} for each in [*told["rules"], *told["declassifiers"]])
    assert node.call("GET", "/jobs/job-x/lineage", status=404)["code"] == "job.unknown"


def test_a_program_is_no_second_person(labels: Labels) -> None:
    labels.set("rows", {"id": Wish(5, "important")})
    with acting(ANN):
        assert labels.set("rows", {"id": Wish(2, "general", "masked")}) == ["id"]
    with acting(Principal("client", "anns-key")), pytest.raises(RefusedError) as caught:
        labels.agree("rows", "id")
    assert caught.value.code == "signoff.not_a_person" and labels.of("rows")["id"].level == 5
