"""Scheduled runs: at their times, once each, as ordinary jobs. The clock is the test's."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from real_nodes import matching_flow, reading_flow
from small_world import SmallWorld
from tacit.errors import TacitError
from tacit.node import schedules as schedules_module
from tacit.node.clock import seconds_of
from tacit.node.database import ScheduleRow
from tacit.node.schedules import Schedules
from tacit.schema.flow import Flow

EVENING, NIGHT, DAY = "2026-11-21T20:00:00Z", "2026-11-22T03:00:00Z", 86400.0


class World:
    """alpha, whose clock stands where the test puts it."""

    def __init__(self, small: SmallWorld) -> None:
        self.small, self.time = small, seconds_of(EVENING)
        self.wire()

    def wire(self) -> None:
        """After alpha has started again."""
        self.schedules.clock = lambda: self.time

    @property
    def schedules(self) -> Schedules:
        return self.small.parts["alpha"].schedules

    def add(self, flow: dict[str, Any] | None = None, **options: Any) -> ScheduleRow:
        flow = flow or reading_flow(parties=("alpha",))
        return self.schedules.add(Flow.model_validate(flow), **{"cron": "0 3 * * *", "name": "nightly", **options})

    def at(self, moment: float | str) -> dict[str, Any] | None:
        """The outcome of the last run, after the node looked at this time."""
        self.time = seconds_of(moment) if isinstance(moment, str) else moment
        self.schedules.look()
        return self.schedules.store.get("nightly").last

    def jobs(self) -> list[str]:
        return [row.id for row in self.small.parts["alpha"].jobs.all()]

    def end(self, job: str) -> None:
        assert self.small.wait(job, "alpha") == "FINISHED"

    def acts(self) -> list[str]:
        entries = self.small.parts["alpha"].audit.entries()
        return [entry.act for entry in entries if entry.act.startswith("schedule.")]


@pytest.fixture
def mine(world: SmallWorld) -> Iterator[World]:
    yield World(world)


def code_of(act: Any) -> str:
    with pytest.raises(TacitError) as caught:
        act()
    return caught.value.code


def test_a_run_is_due_at_its_time_and_once(mine: World) -> None:
    assert mine.add().due_at == seconds_of(NIGHT)
    assert mine.at("2026-11-22T02:59:59Z") is None and mine.jobs() == []
    last = mine.at("2026-11-22T03:00:01Z")
    assert last is not None and last["outcome"] == "submitted" and last["due_at"] == seconds_of(NIGHT)
    assert mine.jobs() == [last["job_id"]]
    mine.end(last["job_id"])
    mine.at("2026-11-22T03:00:02Z")
    assert len(mine.jobs()) == 1
    row = mine.small.parts["alpha"].jobs.get(last["job_id"])
    assert (row.name, row.decided_by) == ("nightly", "initiator")
    assert mine.at("2026-11-23T03:00:00Z") != last and len(mine.jobs()) == 2
    assert mine.acts() == ["schedule.added", "schedule.submitted", "schedule.submitted"]


def test_a_run_needs_the_approval_of_the_others(mine: World) -> None:
    mine.add(matching_flow())
    last = mine.at(NIGHT)
    assert last is not None
    job, beta = last["job_id"], mine.small.parts["beta"]
    for parts in mine.small.parts.values():
        parts.outbox.start()
    mine.small.until(lambda: beta.jobs.find(job) is not None)
    assert beta.jobs.get(job).decision == "waiting"
    beta.participant.approve(job)
    mine.end(job)


def test_a_rule_of_the_others_covers_a_run(mine: World) -> None:
    mine.small.approve_all()
    mine.add(matching_flow())
    last = mine.at(NIGHT)
    for parts in mine.small.parts.values():
        parts.outbox.start()
    assert last is not None
    mine.end(last["job_id"])
    assert mine.small.parts["beta"].jobs.get(last["job_id"]).decided_by == "rule:rule-1"


def test_times_that_passed_are_made_up_for_once(mine: World) -> None:
    mine.add()
    mine.small.crash("alpha")
    mine.small.restart("alpha")
    mine.time += 10 * DAY
    mine.wire()
    last = mine.at(mine.time)
    assert last is not None and last["due_at"] == seconds_of(NIGHT) and last["at"] == mine.time
    mine.end(last["job_id"])
    mine.at(mine.time + 1)
    assert len(mine.jobs()) == 1
    assert mine.schedules.store.get("nightly").due_at == seconds_of("2026-12-02T03:00:00Z")


@pytest.mark.parametrize("submitted", [False, True])
def test_a_crash_on_the_way_neither_doubles_nor_loses_a_run(
    mine: World, monkeypatch: pytest.MonkeyPatch, submitted: bool
) -> None:
    """Right after the claim, and between the job and the note of it."""

    class Crashed(BaseException):
        pass

    def crash(*_: Any, **__: Any) -> None:
        raise Crashed

    mine.add()
    monkeypatch.setattr(*((mine.schedules.store, "settle") if submitted else (Schedules, "_attempt")), crash)
    with pytest.raises(Crashed):
        mine.at(NIGHT)
    monkeypatch.undo()
    assert len(mine.jobs()) == submitted
    mine.small.crash("alpha")
    mine.small.restart("alpha")
    mine.wire()
    last = mine.at(mine.time + 60)
    assert last is not None and last["outcome"] == "submitted" and last["due_at"] == seconds_of(NIGHT)
    assert mine.jobs() == [last["job_id"]]
    mine.end(last["job_id"])
    mine.at(mine.time + 60)
    assert len(mine.jobs()) == 1


def test_runs_do_not_overlap(mine: World) -> None:
    mine.add(matching_flow())
    first = mine.at(NIGHT)
    assert first is not None
    for day in (1, 2):
        skipped = mine.at(seconds_of(NIGHT) + day * DAY)
        assert skipped is not None and skipped["outcome"] == "skipped" and skipped["code"] == "schedule.overlap"
        assert (skipped["job_id"], skipped["found"]) == (first["job_id"], "PENDING")
    assert mine.jobs() == [first["job_id"]]
    mine.small.parts["alpha"].scheduler.cancel(first["job_id"])
    last = mine.at(seconds_of(NIGHT) + 3 * DAY)
    assert last is not None and last["outcome"] == "submitted" and len(mine.jobs()) == 2


def test_an_error_of_submitting_is_shown_and_the_schedule_goes_on(mine: World) -> None:
    mine.add()
    file = mine.small.folder / "alpha.csv"
    content = file.read_bytes()
    file.unlink()
    failed = mine.at(NIGHT)
    assert failed is not None and (failed["outcome"], failed["code"]) == ("failed", "dataset.not_found")
    assert failed["job_id"] is None and failed["message"] and mine.jobs() == []
    file.write_bytes(content)
    mine.at(mine.time + 60)
    assert mine.jobs() == []
    last = mine.at(mine.time + DAY)
    assert last is not None and last["outcome"] == "submitted"
    assert mine.acts()[1:] == ["schedule.failed", "schedule.submitted"]


def test_a_fault_of_ours_does_not_stop_the_schedule(mine: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mine.add()

    def break_down(*_: Any, **__: Any) -> None:
        raise ValueError("SECRET-CELL")

    monkeypatch.setattr(Schedules, "_submit", break_down)
    failed = mine.at(NIGHT)
    assert failed is not None and failed["code"] == "internal.fault" and "SECRET" not in str(failed)
    monkeypatch.undo()
    mine.wire()
    assert (mine.at(mine.time + DAY) or {})["outcome"] == "submitted"


def test_changed_data_is_read_as_it_is_at_the_time(mine: World) -> None:
    mine.add()
    (mine.small.folder / "alpha.csv").write_text("id,x\n1,2\n2,3\n3,4\n")
    last = mine.at(NIGHT)
    assert last is not None
    part = mine.small.parts["alpha"].jobs.parts(last["job_id"])["alpha"].part
    assert part is not None and part["part"]["datasets"]["rows"]["rows"] == 3
    mine.end(last["job_id"])


def test_paused_means_no_runs_and_no_making_up(mine: World) -> None:
    mine.add()
    assert mine.schedules.pause("nightly").paused
    assert mine.at(mine.time + 3 * DAY) is None
    assert not mine.schedules.resume("nightly").paused
    assert mine.at(mine.time + 60) is None
    mine.schedules.resume("nightly")  # does no harm
    assert mine.at("2026-11-25T03:00:00Z") is not None


def test_a_time_zone_that_is_lost_pauses_the_schedule(mine: World) -> None:
    mine.add()
    mine.schedules.store.change("nightly", timezone="Mars/Base")
    last = mine.at(NIGHT)
    assert last is not None and last["code"] == "schedule.timezone_unknown"
    assert mine.schedules.store.get("nightly").paused and mine.jobs() == []


def test_the_thread_looks_by_itself(mine: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules_module, "TICK_S", 0.01)
    mine.add()
    mine.time = seconds_of(NIGHT)
    mine.schedules.start()
    try:
        mine.small.until(lambda: mine.schedules.store.get("nightly").last is not None)
    finally:
        mine.schedules.close()
    mine.end(mine.jobs()[0])


def test_what_cannot_run_is_refused_when_it_is_added(mine: World) -> None:
    wrong = reading_flow(parties=("alpha",))
    wrong["steps"][0]["params"]["dataset"] = "nothing"
    assert code_of(lambda: mine.add(wrong)) == "flow.unknown_dataset"
    assert code_of(lambda: mine.add(reading_flow(parties=("beta",)))) == "job.initiator_not_party"
    assert code_of(lambda: mine.add(reading_flow(parties=("alpha", "gamma")))) == "job.party_unknown"
    assert code_of(lambda: mine.add(cron="0 25 * * *")) == "schedule.cron_invalid"
    assert code_of(lambda: mine.add(timezone="Mars/Base")) == "schedule.timezone_unknown"
    assert code_of(lambda: mine.add(name="No name")) == "schedule.name_invalid"
    assert code_of(lambda: mine.add(agreement="agr-" + "0" * 32)).startswith(("project.", "agreement."))
    assert mine.schedules.store.all() == []
    mine.add()
    assert code_of(mine.add) == "schedule.exists"


def test_a_schedule_is_named_after_its_flow(mine: World) -> None:
    flow = copy.deepcopy(reading_flow(parties=("alpha",)))
    assert mine.add(flow, name=None).name == "reading"


def test_what_is_removed_does_not_run(mine: World) -> None:
    mine.add()
    mine.schedules.remove("nightly")
    mine.time = seconds_of(NIGHT)
    mine.schedules.look()
    assert mine.jobs() == []
    for act in (mine.schedules.remove, mine.schedules.pause, mine.schedules.resume):
        assert code_of(lambda act=act: act("nightly")) == "schedule.unknown"


def test_a_claim_fails_when_the_schedule_has_changed(mine: World) -> None:
    row = mine.add()
    store = mine.schedules.store
    store.change("nightly", paused=True)
    assert not store.claim(row, row.due_at + DAY, "0" * 32)
    store.change("nightly", paused=False)
    assert store.claim(row, row.due_at + DAY, "0" * 32)
    assert not store.claim(row, row.due_at + DAY, "1" * 32)
    store.settle("nightly", "1" * 32, {"outcome": "submitted", "job_id": "x"})
    assert store.get("nightly").claim == "0" * 32
    store.settle("gone", "0" * 32, {"outcome": "submitted", "job_id": "x"})
