"""What happens when workers, nodes and lines are killed: jobs go on or fail with a cause, at every party, soon."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from real_nodes import Group, Proxy, RunningNode, await_gone, matching_flow, reading_flow, write_rows

SOON_S = 5.0
ROWS = 60_000  # a match of some seconds


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """alpha and beta with a dataset that takes a while to match; both run again after each test."""
    made = Group(tmp_path_factory.mktemp("big"))
    try:
        fill(made)
        yield made
    finally:
        made.close()


@pytest.fixture
def special(group: Group, request: pytest.FixtureRequest) -> Group:
    """As `big`, with settings of its own."""
    fill(group, request.param)
    return group


def fill(group: Group, environment: dict[str, str] | None = None) -> None:
    group.add("alpha", "beta", environment=environment)
    group.pair_all()
    group.approve_all()
    for index, node in enumerate(group.nodes.values()):
        file = write_rows(
            group.folder / f"{node.name}.csv",
            range(index * 1000, index * 1000 + ROWS),
            {"x": lambda number: number % 7},
        )
        node.post("/datasets", {"name": "rows", "path": str(file)})


def submit(group: Group, flow: dict[str, Any], at: str = "alpha") -> str:
    return str(group[at].post("/jobs", {"flow": flow})["id"])


def is_at(step: str) -> Any:
    def check(found: dict[str, Any]) -> bool:
        return any(each["id"] == step and each["state"] == "RUNNING" for each in found["steps"])

    return check


def await_worker(node: RunningNode) -> psutil.Process:
    until = time.monotonic() + 20
    while not (workers := node.workers()):
        assert time.monotonic() < until, "no worker"
        time.sleep(0.01)
    return workers[0]


def assert_finished(group: Group, job: str, matched: int) -> None:
    for node in group.nodes.values():
        ended = node.wait(job, 120)
        assert ended["state"] == "FINISHED", (ended, node.log(job))
        assert node.get(f"/jobs/{job}/results/match/aligned?limit=0")["total"] == matched
        assert node.post(f"/jobs/{job}/receipt/verify")["ok"]


@pytest.mark.parametrize("victim", [pytest.param("alpha", marks=pytest.mark.slow), "beta"])
def test_a_killed_worker_is_replaced(big: Group, victim: str) -> None:
    job = submit(big, matching_flow())
    big[victim].until(job, is_at("match"))
    await_worker(big[victim]).kill()
    for node in big.nodes.values():
        node.until_told(job, "step.retry", SOON_S)
    told = [data for _, code, _, data in big["beta"].log(job) if code == "step.failed"]
    assert any(data["code"] == "worker.killed" for data in told), told
    assert_finished(big, job, ROWS - 1000)


@pytest.mark.slow
@pytest.mark.parametrize("special", [{"TACIT_MAX_ATTEMPTS": "1"}], indirect=True)
def test_a_killed_worker_without_further_attempts_fails_the_job(special: Group) -> None:
    job = submit(special, matching_flow())
    special["beta"].until(job, is_at("match"))
    await_worker(special["beta"]).kill()
    begun = time.monotonic()
    for node in special.nodes.values():
        ended = node.wait(job)
        assert ended["state"] == "FAILED"
        assert ended["cause"] == {"party": "beta", "step": "match", "code": "worker.killed"}
    assert time.monotonic() - begun < SOON_S


@pytest.mark.parametrize("victim", [pytest.param("alpha", marks=pytest.mark.slow), "beta"])
def test_a_killed_node_is_waited_for_and_the_job_goes_on(big: Group, victim: str) -> None:
    other = next(node for node in big.nodes.values() if node.name != victim)
    job = submit(big, matching_flow())
    big[victim].until(job, is_at("match"))
    orphans = big[victim].children()
    assert orphans
    big[victim].kill()
    waiting = other.until(job, lambda found: found["waiting"] is not None, SOON_S)["waiting"]
    assert waiting == {"party": victim, "code": "peer.unreachable"}
    await_gone(orphans, SOON_S)
    big[victim].start()
    assert_finished(big, job, ROWS - 1000)
    assert other.get(f"/jobs/{job}")["waiting"] is None


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["alpha", "beta"])
@pytest.mark.parametrize(
    "moment",
    ["job.submitted", "job.received", "job.approved", "job.ready", "job.running", "step.started", "step.succeeded"],
)
def test_a_node_killed_at_any_moment_loses_nothing(big: Group, victim: str, moment: str) -> None:
    job = submit(big, matching_flow())
    watcher = big["alpha"] if victim == "alpha" or moment == "job.submitted" else big[victim]
    watcher.until_told(job, moment)
    big[victim].kill()
    big[victim].start()
    assert_finished(big, job, ROWS - 1000)


@pytest.mark.slow
def test_a_broken_line_is_tried_again(big: Group) -> None:
    proxy = Proxy(big["alpha"].peer_port)
    big["beta"].call("PATCH", "/peers/alpha", {"address": proxy.address})
    job = submit(big, matching_flow())
    big["beta"].until(job, is_at("match"))
    await_worker(big["beta"])
    time.sleep(1.0)
    assert proxy.cut()
    for node in big.nodes.values():
        node.until_told(job, "step.retry", SOON_S)
    assert_finished(big, job, ROWS - 1000)
    big["beta"].call("PATCH", "/peers/alpha", {"address": big["alpha"].info["peer"]})
    proxy.close()


@pytest.mark.slow
def test_a_peer_that_was_down_gets_the_job_when_it_is_back(asking_two: Group) -> None:
    asking_two["beta"].kill()
    job = submit(asking_two, reading_flow())
    waiting = asking_two["alpha"].until(job, lambda found: found["waiting"] is not None, SOON_S)
    assert waiting["state"] == "PENDING" and waiting["waiting"] == {"party": "beta", "code": "peer.unreachable"}
    beta = asking_two["beta"].start()
    beta.until(job, lambda found: found["decision"] == "waiting")
    beta.post(f"/jobs/{job}/approve")
    for node in asking_two.nodes.values():
        ended = node.wait(job)
        assert ended["state"] == "FINISHED", (ended, node.log(job))


def test_an_approval_given_while_the_initiator_is_down_arrives(asking_two: Group) -> None:
    alpha, beta = asking_two["alpha"], asking_two["beta"]
    job = submit(asking_two, reading_flow())
    beta.until(job, lambda found: found["decision"] == "waiting")
    alpha.kill()
    begun = time.monotonic()
    assert beta.post(f"/jobs/{job}/approve")["decision"] == "APPROVED"
    assert time.monotonic() - begun < 2.0
    alpha.start()
    for node in asking_two.nodes.values():
        ended = node.wait(job)
        assert ended["state"] == "FINISHED", (ended, node.log(job))


@pytest.mark.slow
def test_a_cancel_while_the_peer_is_down_arrives(asking_two: Group) -> None:
    alpha, beta = asking_two["alpha"], asking_two["beta"]
    job = submit(asking_two, reading_flow())
    beta.until(job, lambda found: found["decision"] == "waiting")
    beta.kill()
    assert alpha.post(f"/jobs/{job}/cancel")["state"] == "CANCELLED"
    beta.start()
    assert beta.wait(job)["state"] == "CANCELLED"


@pytest.mark.parametrize("by", [pytest.param("alpha", marks=pytest.mark.slow), "beta"])
def test_cancelling_stops_the_workers_everywhere(big: Group, by: str) -> None:
    job = submit(big, matching_flow())
    for node in big.nodes.values():
        node.until(job, is_at("match"))
        await_worker(node)
    workers = [worker for node in big.nodes.values() for worker in node.workers()]
    big[by].post(f"/jobs/{job}/cancel")
    await_gone(workers, SOON_S)
    for node in big.nodes.values():
        assert node.wait(job)["cause"] == {"party": by, "step": None, "code": "job.cancelled"}


@pytest.mark.slow
def test_stopping_a_node_is_quick_and_the_job_goes_on_afterwards(big: Group) -> None:
    job = submit(big, matching_flow())
    beta = big["beta"]
    beta.until(job, is_at("match"))
    children = beta.children()
    assert beta.stop() < 3.0
    await_gone(children, 1.0)
    assert not (beta.home / "run.json").exists()
    beta.start()
    assert_finished(big, job, ROWS - 1000)


@pytest.mark.slow
@pytest.mark.parametrize("special", [{"TACIT_GIVE_UP_S": "2"}], indirect=True)
def test_a_peer_that_stays_away_fails_the_job(special: Group) -> None:
    job = submit(special, matching_flow())
    special["beta"].until(job, is_at("match"))
    special["beta"].kill()
    ended = special["alpha"].wait(job, 15)
    assert ended["state"] == "FAILED"
    assert ended["cause"]["party"] == "beta" and ended["cause"]["code"] == "peer.unreachable"
    special["beta"].start()
    assert special["beta"].wait(job, 15)["state"] == "FAILED"


def test_a_dataset_changed_after_the_approval_is_noticed(asking_two: Group) -> None:
    alpha, beta = asking_two["alpha"], asking_two["beta"]
    job = submit(asking_two, reading_flow())
    beta.until(job, lambda found: found["decision"] == "waiting")
    path = Path(alpha.get("/datasets/rows")["path"])
    path.write_text(path.read_text() + "p999,1,1\n")
    assert alpha.get("/datasets/rows")["state"] == "changed"
    beta.post(f"/jobs/{job}/approve")
    for node in asking_two.nodes.values():
        ended = node.wait(job)
        assert ended["state"] == "FAILED"
        assert ended["cause"] == {"party": "alpha", "step": "alpha_rows", "code": "dataset.changed"}


@pytest.mark.slow
@pytest.mark.parametrize("environment", [{"TACIT_MAX_WORKERS": "1"}])
def test_jobs_from_both_sides_share_one_worker_each(group: Group, environment: dict[str, str]) -> None:
    group.add("alpha", "beta", environment=environment)
    group.pair_all()
    group.approve_all()
    group.add_tables()
    jobs = [submit(group, matching_flow(f"job-{at}"), at=at) for at in ("alpha", "beta", "alpha", "beta")]
    for job in jobs:
        for node in group.nodes.values():
            assert node.wait(job, 90)["state"] == "FINISHED", json.dumps(node.log(job))


@pytest.mark.slow
def test_a_peer_with_another_key_is_not_spoken_to(group: Group) -> None:
    from tacit.channel.identity import NodeIdentity

    group.add("alpha", "beta")
    group.pair_all()
    group.add_tables()
    alpha, beta = group["alpha"], group["beta"]
    beta.kill()
    for file in (beta.home / "keys").iterdir():
        file.unlink()
    NodeIdentity.create(beta.home / "keys", "beta")
    beta.start()
    told = alpha.post("/peers/beta/ping")
    assert not told["reachable"] and told["error"]["code"] == "peer.wrong_key"
    checks = alpha.get("/doctor")["checks"]
    assert [check["found"] for check in checks if check["id"] == "peer.out"] == ["peer.wrong_key"]
    job = submit(group, reading_flow())
    time.sleep(1.0)
    assert alpha.get(f"/jobs/{job}")["state"] == "PENDING"
    beta.call("GET", f"/jobs/{job}", status=404)
    assert alpha.post(f"/jobs/{job}/cancel")["state"] == "CANCELLED"
