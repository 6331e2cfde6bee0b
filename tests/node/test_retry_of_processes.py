"""A retry among real nodes: the worker that was killed is not replaced, the job fails, and goes on by a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_process import call
from real_nodes import Group, await_gone, matching_flow, write_rows

ROWS = 60_000  # a match of some seconds


@pytest.mark.slow
def test_a_job_goes_on_by_a_command(group: Group, tmp_path: Path) -> None:
    group.add("alpha", "beta", environment={"TACIT_MAX_ATTEMPTS": "1"})
    group.pair_all()
    group.approve_all()
    for index, node in enumerate(group.nodes.values()):
        file = write_rows(
            tmp_path / f"{node.name}.csv", range(index * 1000, index * 1000 + ROWS), {"x": lambda n: n % 7}
        )
        node.post("/datasets", {"name": "rows", "path": str(file)})
    alpha, beta = group["alpha"], group["beta"]
    job = str(alpha.post("/jobs", {"flow": matching_flow()})["id"])
    beta.until(job, lambda found: any(s["id"] == "match" and s["state"] == "RUNNING" for s in found["steps"]))
    victims = beta.workers()
    victims[0].kill()
    await_gone(victims[:1], 5)
    for node in group.nodes.values():
        assert node.wait(job)["state"] == "FAILED"
    assert beta.post(f"/jobs/{job}/retry", {}, status=403)["code"] == "job.not_initiator"
    assert call("job", "retry", job, "--reason", "more memory", "--home", alpha.home, "--json").data["retry"] == 1
    for node in group.nodes.values():
        node.until(job, lambda found: found["retry"] == 1)
        assert node.wait(job, 120)["state"] == "FINISHED"
        assert node.post(f"/jobs/{job}/receipt/verify")["ok"]
        assert node.codes(job).count("step.started") <= 6
    assert alpha.get(f"/jobs/{job}/results/match/aligned?limit=0")["total"] == ROWS - 1000
