"""Jobs between real nodes: from submission to receipt, decisions, cancelling, what each side sees."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from real_nodes import Group, matching_flow, reading_flow


def submit(group: Group, flow: dict[str, Any], at: str = "alpha", **fields: Any) -> str:
    return str(group[at].post("/jobs", {"flow": flow, **fields})["id"])


def test_two_parties_finish_a_job_and_both_hold_its_receipt(shared_two: Group) -> None:
    job = submit(shared_two, matching_flow())
    receipts = []
    for node in shared_two.nodes.values():
        assert node.wait(job)["state"] == "FINISHED", node.log(job)
        detail = node.get(f"/jobs/{job}")
        assert [step["state"] for step in detail["steps"]] == ["SUCCESS"] * 3
        assert detail["progress"] == {"done": 3, "total": 3}
        assert {party["decision"] for party in detail["parties"].values()} == {"APPROVED"}
        assert detail["has_receipt"] and detail["waiting"] is None and detail["cause"] is None
        verified = node.post(f"/jobs/{job}/receipt/verify")
        assert verified["ok"], verified
        receipts.append(node.get(f"/jobs/{job}/receipt"))
    assert receipts[0] == receipts[1]
    rows = {node.name: _table(node, job, "match", "aligned") for node in shared_two.nodes.values()}
    assert rows["alpha"]["total"] == rows["beta"]["total"] == 30
    key = [column["name"] for column in rows["alpha"]["columns"]].index("id")
    assert [row[key] for row in rows["alpha"]["rows"]] == [row[key] for row in rows["beta"]["rows"]]


def _table(node: Any, job: str, step: str, port: str) -> dict[str, Any]:
    return dict(node.get(f"/jobs/{job}/results/{step}/{port}"))


def test_a_series_gives_only_new_matches(shared_two: Group) -> None:
    flow = matching_flow()
    flow["steps"][2]["params"] = {"since": "nightly"}
    for expected in (30, 0):
        job = submit(shared_two, flow)
        for node in shared_two.nodes.values():
            assert node.wait(job)["state"] == "FINISHED", node.log(job)
            assert _table(node, job, "match", "aligned")["total"] == expected


def test_a_changed_receipt_does_not_verify(shared_two: Group) -> None:
    job = submit(shared_two, reading_flow())
    node = shared_two["alpha"]
    node.wait(job)
    receipt = node.get(f"/jobs/{job}/receipt")
    assert node.post("/receipts/verify", {"receipt": receipt})["ok"]
    changed = copy.deepcopy(receipt)
    changed["receipt"]["issued"] += 1
    told = node.post("/receipts/verify", {"receipt": changed})
    assert not told["ok"]
    assert [check["id"] for check in told["checks"] if not check["ok"]] == ["countersignatures"]


def test_results_come_in_every_format(shared_two: Group) -> None:
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    job = submit(shared_two, reading_flow())
    node = shared_two["alpha"]
    node.wait(job)
    path = f"/jobs/{job}/results/alpha_rows/table"
    answers = {form: node.http.get(f"{path}?format={form}").content for form in ("csv", "parquet", "arrow")}
    assert answers["csv"].decode().splitlines()[0] == '"id","x0","y0"'
    assert len(answers["csv"].decode().splitlines()) == 41
    assert pq.read_table(io.BytesIO(answers["parquet"])).num_rows == 40
    assert pa.ipc.open_file(io.BytesIO(answers["arrow"])).read_all().num_rows == 40
    assert node.get(f"/jobs/{job}/results/alpha_profile0/report")["kind"] == "profile"
    assert node.call("GET", f"{path}?format=xml", status=422)["code"] == "result.format_unknown"
    missing = node.call("GET", f"/jobs/{job}/results/beta_rows/table", status=404)
    assert missing["code"] == "result.unknown"


def test_deleted_results_are_gone_and_the_receipt_stays(shared_two: Group) -> None:
    job = submit(shared_two, reading_flow())
    node = shared_two["alpha"]
    node.wait(job)
    node.call("DELETE", f"/jobs/{job}/results", status=204)
    assert node.get(f"/jobs/{job}/results")["items"] == []
    verified = node.post(f"/jobs/{job}/receipt/verify")
    assert verified["ok"], verified


def test_every_party_sees_every_event(shared_two: Group) -> None:
    job = submit(shared_two, reading_flow())
    for node in shared_two.nodes.values():
        node.wait(job)
        node.until_told(job, "job.finished")
    logs = [sorted(map(json.dumps, node.log(job))) for node in shared_two.nodes.values()]
    assert logs[0] == logs[1]
    for item in shared_two["beta"].get(f"/jobs/{job}/log")["items"]:
        assert set(item["text"]) == {"zh", "en"}
        assert set(item["data"]) <= {"peer", "code", "attempt"}


def test_the_event_stream_ends_with_the_job(shared_two: Group) -> None:
    job = submit(shared_two, reading_flow())
    shared_two["beta"].until(job, lambda _: True)
    kinds, states = [], []
    with shared_two["beta"].http.stream("GET", f"/jobs/{job}/events") as answer:
        for line in answer.iter_lines():
            if line.startswith("event: "):
                kinds.append(line.removeprefix("event: "))
            elif line.startswith("data: ") and kinds[-1] == "state":
                states.append(json.loads(line.removeprefix("data: "))["state"])
    assert states[-1] == "FINISHED"
    assert kinds.count("log") >= 8


def test_an_unknown_dataset_of_a_peer_is_refused_with_its_name_kept_there(shared_two: Group) -> None:
    flow = reading_flow()
    flow["steps"][2]["params"]["dataset"] = "nothing"
    job = submit(shared_two, flow)
    for node in shared_two.nodes.values():
        ended = node.wait(job)
        assert ended["state"] == "REJECTED"
        assert ended["cause"] == {"party": "beta", "step": None, "code": "dataset.unknown"}
    assert shared_two["beta"].get(f"/jobs/{job}")["error"]["code"] == "dataset.unknown"
    assert shared_two["alpha"].get(f"/jobs/{job}")["error"] is None


def test_an_unknown_dataset_of_ones_own_is_refused_at_once(shared_two: Group) -> None:
    flow = reading_flow()
    flow["steps"][0]["params"]["dataset"] = "nothing"
    told = shared_two["alpha"].post("/jobs", {"flow": flow}, status=422)
    assert told["code"] == "flow.unknown_dataset"
    assert told["problems"][0]["step"] == "alpha_rows"


def test_a_failing_step_names_party_step_and_code_everywhere(shared_two: Group) -> None:
    flow = reading_flow()
    flow["steps"][2]["params"]["columns"] = ["id", "no_such_column"]
    job = submit(shared_two, flow)
    for node in shared_two.nodes.values():
        ended = node.wait(job)
        assert ended["state"] == "FAILED"
        assert ended["cause"] == {"party": "beta", "step": "beta_rows", "code": "data.column_missing"}
    steps = {step["id"]: step for step in shared_two["beta"].get(f"/jobs/{job}")["steps"]}
    assert "no_such_column" in steps["beta_rows"]["error"]["message"]
    seen = json.dumps(shared_two["alpha"].get(f"/jobs/{job}")["steps"]) + json.dumps(shared_two["alpha"].log(job))
    assert "no_such_column" not in seen


def test_explain_and_check_agree_with_what_is_approved(shared_two: Group) -> None:
    alpha, beta = shared_two["alpha"], shared_two["beta"]
    checked = alpha.post("/flows/check", {"flow": matching_flow()})
    explained = alpha.post("/flows/explain", {"text": json.dumps(matching_flow())})
    assert checked["ok"] and checked["flow_hash"] == explained["flow_hash"]
    assert explained["forecast"]["seconds"] > 0
    job = submit(shared_two, matching_flow())
    beta.wait(job)
    assert beta.get(f"/jobs/{job}")["disclosures"] == explained["disclosures"]
    assert beta.get(f"/jobs/{job}")["forecast"]["seconds"] > 0
    broken = matching_flow()
    del broken["steps"][2]["inputs"]["sender"]
    told = alpha.post("/flows/check", {"flow": broken})
    assert not told["ok"] and told["problems"][0]["step"] == "match"


def test_a_job_with_a_stranger_is_refused(shared_two: Group) -> None:
    told = shared_two["alpha"].post("/jobs", {"flow": reading_flow(parties=("alpha", "gamma"))}, status=403)
    assert told["code"] == "job.party_unknown"


def test_a_job_must_include_its_initiator(shared_two: Group) -> None:
    told = shared_two["alpha"].post("/jobs", {"flow": reading_flow(parties=("beta",))}, status=422)
    assert told["code"] == "job.initiator_not_party"


def test_a_job_of_one_party_needs_nobody(shared_two: Group) -> None:
    job = submit(shared_two, reading_flow(parties=("alpha",)))
    assert shared_two["alpha"].wait(job)["state"] == "FINISHED"
    shared_two["beta"].call("GET", f"/jobs/{job}", status=404)


def test_two_jobs_at_once_from_both_sides(shared_two: Group) -> None:
    jobs = [submit(shared_two, matching_flow(f"job-{at}"), at=at) for at in ("alpha", "beta")]
    for job in jobs:
        for node in shared_two.nodes.values():
            assert node.wait(job)["state"] == "FINISHED", node.log(job)


@pytest.mark.parametrize("at", ["alpha", "beta"])
def test_a_person_decides_where_no_rule_does(asking_two: Group, at: str) -> None:
    beta = asking_two["beta"]
    job = submit(asking_two, reading_flow())
    waiting = beta.until(job, lambda found: found["state"] == "PENDING")
    assert waiting["decision"] == "waiting" and waiting["disclosures"]
    assert [item["id"] for item in beta.get("/jobs?waiting_for_me=true")["items"]] == [job]
    told = beta.post(f"/jobs/{job}/approve", {"flow_hash": "0" * 64}, status=403)
    assert told["code"] == "job.flow_hash_differs"
    if at == "beta":
        beta.post(f"/jobs/{job}/approve", {"flow_hash": waiting["flow_hash"]})
        assert all(node.wait(job)["state"] == "FINISHED" for node in asking_two.nodes.values())
        assert beta.post(f"/jobs/{job}/approve", status=409)["code"] == "job.wrong_state"
        return
    beta.post(f"/jobs/{job}/reject", {"reason": "not today"})
    for node in asking_two.nodes.values():
        ended = node.wait(job)
        assert ended["state"] == "REJECTED"
        assert ended["cause"] == {"party": "beta", "step": None, "code": "job.rejected"}
    assert "not today" not in json.dumps(asking_two["alpha"].log(job))


@pytest.mark.parametrize("by", ["alpha", "beta"])
def test_any_party_cancels(asking_two: Group, by: str) -> None:
    beta = asking_two["beta"]
    job = submit(asking_two, reading_flow())
    beta.until(job, lambda found: found["state"] == "PENDING")
    asking_two[by].post(f"/jobs/{job}/cancel")
    for node in asking_two.nodes.values():
        ended = node.wait(job)
        assert ended["state"] == "CANCELLED"
        assert ended["cause"] == {"party": by, "step": None, "code": "job.cancelled"}
    assert asking_two[by].post(f"/jobs/{job}/cancel", status=409)["code"] == "job.wrong_state"


def test_an_agreement_limits_jobs(asking_two: Group) -> None:
    alpha, beta = asking_two["alpha"], asking_two["beta"]
    body = {
        "name": "risk study",
        "purpose": "a test",
        "members": ["alpha", "beta"],
        "datasets": {"alpha": ["rows"], "beta": []},
        "valid_until": "2099-01-01T00:00:00Z",
    }
    agreement = alpha.post("/agreements", body)["id"]
    told = alpha.post("/jobs", {"flow": reading_flow(), "agreement": agreement}, status=403)
    assert told["code"] == "project.not_active"
    _until_state(beta, agreement, "PROPOSED")
    beta.post(f"/agreements/{agreement}/approve")
    for node in asking_two.nodes.values():
        _until_state(node, agreement, "ACTIVE")
    told = alpha.post("/jobs", {"flow": reading_flow(), "agreement": agreement}, status=403)
    assert told["code"] == "project.dataset_not_listed"
    job = submit(asking_two, reading_flow(parties=("alpha",)), agreement=agreement)
    assert alpha.wait(job)["agreement_id"] == agreement
    beta.post(f"/agreements/{agreement}/terminate")
    _until_state(alpha, agreement, "TERMINATED")


def _until_state(node: Any, agreement: str, state: str) -> None:
    import time

    until = time.monotonic() + 20
    while True:
        items = {item["id"]: item for item in node.get("/agreements")["items"]}
        if agreement in items and items[agreement]["state"] == state:
            return
        assert time.monotonic() < until, items
        time.sleep(0.02)


def test_the_audit_trail_holds_the_acts_and_its_chain(shared_two: Group) -> None:
    job = submit(shared_two, reading_flow())
    for node in shared_two.nodes.values():
        node.wait(job)
        acts = [item["act"] for item in node.get("/audit?limit=10000")["items"] if item["subject"] == f"job:{job}"]
        assert "job.agreed" in acts and "job.finished" in acts
        assert node.post("/audit/verify")["ok"]


@pytest.mark.slow
def test_three_parties_with_a_dealer(group: Group) -> None:
    group.add("alpha", "beta", "notary")
    group.pair_all()
    group.approve_all()
    group.add_tables(80)
    flow = matching_flow("joint")
    flow["profile"] = "2pc-dealer"
    flow["parties"]["notary"] = "dealer"
    flow["steps"].append(
        {
            "id": "figures",
            "operator": "stats.joint",
            "at": {"first": "alpha", "second": "beta", "dealer": "notary"},
            "inputs": {"aligned": "match.aligned"},
        }
    )
    job = submit(group, flow, at="beta")
    for node in group.nodes.values():
        assert node.wait(job)["state"] == "FINISHED", node.log(job)
        assert node.post(f"/jobs/{job}/receipt/verify")["ok"]
    reports = [group[name].get(f"/jobs/{job}/results/figures/report") for name in ("alpha", "beta")]
    assert reports[0] == reports[1] and reports[0]["kind"] == "joint_statistics"
    assert group["notary"].get(f"/jobs/{job}/results")["items"] == []


def test_ten_small_steps_are_quick(shared_two: Group) -> None:
    """The work of the control plane, in processor seconds: it does not depend on what else the machine does."""
    import psutil

    def spent() -> float:
        return sum(sum(psutil.Process(node.info["pid"]).cpu_times()[:2]) for node in shared_two.nodes.values())

    shared_two["alpha"].wait(submit(shared_two, reading_flow(steps=4)))
    before = spent()
    job = submit(shared_two, reading_flow(steps=4))
    for node in shared_two.nodes.values():
        assert node.wait(job)["state"] == "FINISHED"
    assert spent() - before < 5.0


def test_the_doctor_goes_both_ways_to_every_peer(shared_two: Group) -> None:
    for node in shared_two.nodes.values():
        told = node.get("/doctor")
        assert told["ok"], told
        other = next(name for name in shared_two.nodes if name != node.name)
        found = {check["id"]: check["status"] for check in told["checks"] if check["subject"] == other}
        assert found == {"peer.out": "ok", "peer.in": "ok", "peer.clock": "ok", "peer.version": "ok"}
        assert node.post(f"/peers/{other}/ping")["reachable"]
        assert node.get(f"/peers/{other}/datasets")["items"][0]["name"] == "rows"
