"""The story with fake nodes, and the page that is made of it, in both languages."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pytest

from tacit.demo import story
from tacit.demo.baseline import measure_baseline
from tacit.demo.contacts import COUNT
from tacit.demo.everyday import CONFIRMED
from tacit.demo.page import describe
from tacit.demo.story import Outcome, load_flow, tell
from tacit.demo.tables import HOSPITAL, SCENARIOS, make_tables
from tacit.errors import ResourceError

DISCLOSURES = {
    "hospital": [{"step": "match", "code": "matched_rows", "zh": "哪些行共有", "en": "which rows are common"}],
    "lab": [{"step": "match", "code": "matched_rows", "zh": "哪些行共有", "en": "which rows are common"}],
    "notary": [],
}


class FakeJob:
    """A job that ends at once as `ends`; its receipt verifies where `verifies` says so."""

    def __init__(self, ends: str, verifies: bool, scores: pa.Table, auc: float) -> None:
        self.id, self._ends, self._verifies, self._scores, self._auc = "job-1", ends, verifies, scores, auc
        report = {"wall_s": 0.5, "bytes_sent": 1000}
        parties = {"hospital": {"report": report}, "lab": {"report": report}, "notary": {"report": None}}
        self.record: dict[str, Any] = {
            "id": "job-1",
            "state": "RUNNING",
            "cause": None,
            "disclosures": DISCLOSURES,
            "steps": [{"id": "match", "parties": parties}, {"id": "train", "parties": {}}],
        }

    @property
    def state(self) -> str:
        return str(self.record["state"])

    def watch(self) -> Any:
        yield "state", {"state": "RUNNING"}
        yield "log", {"code": "step.succeeded", "step": "match"}
        yield "state", {"state": self._ends}

    def refresh(self) -> FakeJob:
        self.record["state"] = self._ends
        return self

    def table(self, step: str, port: str) -> pa.Table:
        assert (step, port) == ("predict", "scores")
        return self._scores

    def document(self, step: str, port: str) -> dict[str, Any]:
        assert (step, port) == ("evaluate", "report")
        return {"kind": "binary_evaluation", "auc": self._auc}

    def verify(self) -> dict[str, Any]:
        return {"ok": self._verifies, "checks": []}

    def receipt(self) -> dict[str, Any]:
        return {"job": self.id}


class FakeLabels:
    """One column looks like level 4."""

    def __init__(self) -> None:
        self.set: dict[str, Any] = {}
        self.confirmed: dict[str, tuple[str, ...]] = {}

    def last_scan(self, dataset: str) -> dict[str, Any]:
        return {"state": "done"}

    def of(self, dataset: str) -> list[dict[str, Any]]:
        return [{"column": "age", "level": 3}, {"column": "overdue_bills", "level": 4}]

    def set_all(self, dataset: str, columns: dict[str, Any]) -> None:
        self.set[dataset] = columns

    def confirm(self, dataset: str, columns: Any, reason: str) -> None:
        assert reason
        self.confirmed[dataset] = tuple(columns)


class FakeClient:
    def __init__(self, job: FakeJob) -> None:
        self._job = job
        self.labels = FakeLabels()
        self.offers: list[dict[str, Any]] = []
        self.given: list[tuple[str, str, dict[str, Any]]] = []
        self.products = SimpleNamespace(draft=lambda **offer: self.offers.append(offer))
        self.grants = SimpleNamespace(give=lambda peer, dataset, **limits: self.given.append((peer, dataset, limits)))
        self.datasets: dict[str, Path] = {}
        self.unpublished: set[str] = set()
        self.rules: list[dict[str, Any]] = []
        self.ended_rules: list[str] = []
        self.proposed: list[dict[str, Any]] = []

    def add_dataset(self, name: str, path: Path, *, description: str, published: bool = True) -> None:
        assert description
        self.datasets[name] = path
        self.unpublished |= set() if published else {name}

    def add_rule(self, **conditions: Any) -> dict[str, Any]:
        self.rules.append(conditions)
        return {"id": f"rule-{len(self.rules)}"}

    def remove_rule(self, rule: str) -> None:
        self.ended_rules.append(rule)

    def run(self, flow: dict[str, Any]) -> FakeJob:
        self.proposed.append(flow)
        return self._job

    def job(self, job_id: str) -> FakeJob:
        assert job_id == self._job.id
        return self._job


class FakeNodes:
    def __init__(self, folder: Path, job: FakeJob) -> None:
        self.folder = folder
        self.clients = {party: FakeClient(job) for party in HOSPITAL.parties}
        self.introduced = False

    def introduce_all(self) -> None:
        self.introduced = True


def shared_keys() -> list[str]:
    first, second = (set(table.column("patient_id").to_pylist()) for table in make_tables(HOSPITAL).values())
    return sorted(first & second)[::4]


def nodes(folder: Path, *, ends: str = "FINISHED", verifies: bool = True, auc: float | None = None) -> FakeNodes:
    keys = shared_keys()
    if auc is None:
        auc = measure_baseline(HOSPITAL, make_tables(HOSPITAL), set(keys), 0.001).pooled
    return FakeNodes(folder, FakeJob(ends, verifies, pa.table({"patient_id": keys}), auc))


def told(three: FakeNodes) -> tuple[Outcome, list[str]]:
    said: list[str] = []
    return tell(HOSPITAL, three, said.append), said  # type: ignore[arg-type]


def test_story_with_a_good_end(tmp_path: Path) -> None:
    three = nodes(tmp_path)
    outcome, said = told(three)
    assert three.introduced and outcome.ok
    assert list(three.clients["hospital"].datasets) == ["patients", "contacts"]
    assert list(three.clients["lab"].datasets) == ["tests"]
    assert three.clients["notary"].datasets == {} and three.clients["hospital"].rules == []
    lab, notary = three.clients["lab"], three.clients["notary"]
    assert [rule["initiators"] for rule in lab.rules] == [["hospital"]] and lab.ended_rules == ["rule-1"]
    assert [rule["initiators"] for rule in notary.rules] == [["hospital", "lab"]] and notary.ended_rules == []
    assert three.clients["hospital"].proposed == [load_flow(HOSPITAL)]
    assert json.loads((tmp_path / "receipt.json").read_text()) == {"job": "job-1"}
    assert "  hospital holds 551 rows, 12 columns" in said
    facts = outcome.as_dict()
    assert json.loads(json.dumps(facts)) == facts
    assert facts["steps"]["match"] == {"wall_s": 0.5, "bytes_sent": 2000}
    assert 0.5 < facts["auc"]["alone"] < facts["auc"]["pooled_in_the_clear"] <= 1


def test_what_the_nodes_have_besides_the_story(tmp_path: Path) -> None:
    three = nodes(tmp_path)
    told(three)
    hospital, lab, notary = three.clients.values()
    for client, dataset in ((hospital, "patients"), (lab, "tests")):
        wishes = client.labels.set[dataset].values()
        assert {(wish["level"], wish["klass"]) for wish in wishes} == {(3, "personal.health")}
    assert hospital.unpublished == {"contacts"} and hospital.labels.confirmed == {"contacts": CONFIRMED}
    assert pyarrow.csv.read_csv(hospital.datasets["contacts"]).num_rows == COUNT
    (offer,) = lab.offers
    assert offer["publish"] and offer["datasets"] == ["tests"] and offer["terms"]["prices"]
    ((peer, dataset, limits),) = lab.given
    left = dt.datetime.fromisoformat(limits["until"]) - dt.datetime.now(dt.UTC)
    assert (peer, dataset) == ("hospital", "tests") and dt.timedelta(0) < left < dt.timedelta(days=14)
    assert not (notary.offers or notary.given or notary.datasets)


def test_a_receipt_that_does_not_verify_or_a_bad_model_is_not_well(tmp_path: Path) -> None:
    assert not told(nodes(tmp_path, verifies=False))[0].ok
    assert not told(nodes(tmp_path, auc=0.6))[0].ok


def test_a_job_that_failed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ResourceError) as caught:
        told(nodes(tmp_path, ends="FAILED"))
    assert caught.value.code == "demo.job_failed"


def test_a_job_that_takes_too_long_is_cancelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    three = nodes(tmp_path)
    cancelled: list[str] = []
    monkeypatch.setattr(FakeJob, "cancel", lambda _, reason: cancelled.append(reason), raising=False)
    monkeypatch.setattr(story, "_JOB_LIMIT_S", -1.0)
    with pytest.raises(ResourceError) as caught:
        told(three)
    assert caught.value.code == "demo.too_slow" and cancelled


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["What each organisation learned", "which rows are common  [match]", "hospital alone", "hospital ok"]),
        ("zh", ["各方得知了什么", "哪些行共有  [match]", "hospital 单方", "hospital 通过", "全部通过"]),
    ],
)
def test_page_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, parts: list[str]
) -> None:
    monkeypatch.setenv("TACIT_LANG", language)
    page = describe(told(nodes(tmp_path))[0], tmp_path)
    assert all(part in page for part in parts), page
    assert f"tacit job receipt job-1 --verify --home {tmp_path / 'hospital'}" in page
    assert "2,000 B" in page


def test_page_of_a_failed_check_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TACIT_LANG", "en")
    page = describe(told(nodes(tmp_path, verifies=False))[0], tmp_path)
    assert "lab FAILED" in page and page.endswith("A check failed.")


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_flows_of_the_demo_are_sound_and_fit_their_tables(scenario: Any) -> None:
    from tacit.flow import check, load
    from tacit.operators import all_specs

    flow = load(json.dumps(load_flow(scenario)))
    assert tuple(flow.parties) == scenario.parties
    reads = {step.at["owner"]: step.params for step in flow.steps if step.operator == "dataset.read"}
    assert {party: params["dataset"] for party, params in reads.items()} == scenario.datasets
    assert reads[scenario.label_party]["label"] == scenario.label
    check(flow, all_specs())
