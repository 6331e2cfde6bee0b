"""`tacit job schedule` and its neighbours: what they send, and what they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli_process import Said
from fake_node import FakeNode, problem

Tacit = Callable[..., Said]

LAST: dict[str, Any] = {
    "due_at": "2026-11-21T03:00:00.000Z", "at": "2026-11-21T03:00:00.400Z", "outcome": "submitted",
    "job_id": "job-1", "job_state": "FINISHED", "code": None, "message": None, "found": None, "hint": None,
}  # fmt: skip
SCHEDULE: dict[str, Any] = {
    "name": "nightly", "flow_name": "f", "flow_hash": "ab", "parties": ["lab"], "agreement_id": None,
    "cron": "0 3 * * *", "timezone": "UTC", "state": "active", "next_at": "2026-11-22T03:00:00.000Z",
    "created_at": "2026-11-20T23:10:00.123Z", "last": LAST,
}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[FakeNode]:
    answers = {
        "GET /schedules": {"items": [SCHEDULE]},
        "POST /schedules": (201, SCHEDULE),
        "POST /schedules/nightly/pause": SCHEDULE,
        "POST /schedules/nightly/resume": SCHEDULE,
        "DELETE /schedules/nightly": (204, b"", ""),
    }
    with FakeNode(tmp_path / "home", answers) as node:
        yield node


@pytest.fixture
def tacit(inside: Tacit, node: FakeNode) -> Tacit:
    return lambda *arguments, **options: inside(*arguments, "--home", node.home, **options)


def test_a_flow_is_given_its_times(tacit: Tacit, node: FakeNode, tmp_path: Path) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_text("name: f\n")
    said = tacit("job", "schedule", flow, "--cron", "0 3 * * *")
    assert (said.code, said.out) == (0, "nightly  next at 2026-11-22T03:00:00.000Z\n")
    assert node.asked[-1].body == {"text": "name: f\n", "cron": "0 3 * * *", "timezone": "UTC"}
    words = ["--name", "n", "--timezone", "Asia/Shanghai", "--agreement", "agr-1", "--json"]
    assert tacit("job", "schedule", flow, "--cron", "0 3 * * *", *words).data == SCHEDULE
    assert node.asked[-1].body == {
        "text": "name: f\n", "cron": "0 3 * * *", "name": "n", "timezone": "Asia/Shanghai", "agreement": "agr-1",
    }  # fmt: skip
    node.answers["POST /schedules"] = problem("schedule.exists", "InputError", 409)
    assert tacit("job", "schedule", flow, "--cron", "0 3 * * *", "--json").error["code"] == "schedule.exists"
    assert tacit("job", "schedule", flow).code == 2


def test_the_list_shows_what_became_of_the_last_job(tacit: Tacit) -> None:
    said = tacit("job", "schedules")
    assert said.out.splitlines()[0].split()[-3:] == ["LAST_AT", "LAST_RUN", "JOB"]
    assert said.out.splitlines()[1].split()[-2:] == ["FINISHED", "job-1"] and len(said.out.splitlines()) == 2
    assert tacit("job", "schedules", "--json").data == [SCHEDULE]


def test_the_list_says_why_a_run_was_left_out(tacit: Tacit, node: FakeNode) -> None:
    skipped = LAST | {"outcome": "skipped", "code": "schedule.overlap", "message": "Left out.", "hint": "Wait."}
    node.answers["GET /schedules"] = {"items": [SCHEDULE | {"last": skipped}, SCHEDULE | {"name": "b", "last": None}]}
    lines = tacit("job", "schedules").out.splitlines()
    assert lines[1].split()[-2:] == ["skipped", "job-1"] and lines[2].startswith("b ")
    assert lines[3:] == ["nightly: schedule.overlap: Left out. Wait."]


@pytest.mark.parametrize(
    ("verb", "asked", "told"),
    [("pause", "POST /schedules/nightly/pause", "nightly paused\n"),
     ("resume", "POST /schedules/nightly/resume", "nightly  next at 2026-11-22T03:00:00.000Z\n"),
     ("unschedule", "DELETE /schedules/nightly", "nightly removed\n")],
)  # fmt: skip
def test_schedules_are_paused_resumed_and_removed(
    tacit: Tacit, node: FakeNode, verb: str, asked: str, told: str
) -> None:
    assert tacit("job", verb, "nightly").out == told
    assert f"{node.asked[-1].method} {node.asked[-1].path}" == asked
    assert tacit("job", verb, "nightly", "--json").data["name"] == "nightly"
