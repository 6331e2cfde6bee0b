"""The commands of `tacit job` that deal with schedules: flows that the node submits again and again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table

_Name = Annotated[str, typer.Argument(help="The schedule's name, as `tacit job schedules` shows it.")]
_COLUMNS = ("name", "cron", "timezone", "state", "next_at", "last_at", "last_run", "job")


def add_schedule(
    flow: Annotated[Path, typer.Argument(help="The flow, YAML or JSON. A copy is kept.")],
    cron: Annotated[str, typer.Option(help='Minute, hour, day, month, day of week: "0 3 * * *" is daily at three.')],
    name: Annotated[str | None, typer.Option(help="Name of the schedule (default: the flow's).")] = None,
    timezone: Annotated[str, typer.Option(help="Time zone of the times, for example Asia/Shanghai.")] = "UTC",
    agreement: Annotated[str | None, typer.Option(help="The agreement it falls under.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Submit a flow at set times. Each run is an ordinary job, with all approvals.

    Times that pass while the node is down are made up for by one run. A run is left out while the job before it has
    not ended.
    """
    with reported(as_json=as_json), open_client(home) as client:
        schedule = client.schedule(flow, cron=cron, name=name, timezone=timezone, agreement=agreement)
        print_data(schedule, as_json=as_json, text=f"{schedule['name']}  next at {schedule['next_at']}")


def list_schedules(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the schedules of this node, when each is due, and how its last run came out."""
    with reported(as_json=as_json), open_client(home) as client:
        schedules = client.schedules()
        lines = [table(map(_line, schedules), _COLUMNS)]
        for schedule in schedules:
            last = schedule["last"] or {}
            if last.get("code"):
                lines.append(f"{schedule['name']}: {last['code']}: {last['message']} {last.get('hint') or ''}".rstrip())
        print_data(schedules, as_json=as_json, text="\n".join(lines))


def remove_schedule(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Remove a schedule. Jobs that it submitted go on."""
    with reported(as_json=as_json), open_client(home) as client:
        client.unschedule(name)
        print_data({"name": name}, as_json=as_json, text=f"{name} removed")


def pause_schedule(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Pause a schedule: it submits nothing until it is resumed."""
    with reported(as_json=as_json), open_client(home) as client:
        schedule = client.pause_schedule(name)
        print_data(schedule, as_json=as_json, text=f"{name} paused")


def resume_schedule(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Let a paused schedule go on. Times that passed meanwhile are not made up for."""
    with reported(as_json=as_json), open_client(home) as client:
        schedule = client.resume_schedule(name)
        print_data(schedule, as_json=as_json, text=f"{name}  next at {schedule['next_at']}")


def _line(schedule: dict[str, Any]) -> dict[str, Any]:
    """One line of the table. What became of the job that was submitted says more than that it was."""
    last = schedule["last"] or {}
    shown = last.get("job_state") if last.get("outcome") == "submitted" else last.get("outcome")
    return {**schedule, "last_at": last.get("at"), "last_run": shown, "job": last.get("job_id")}
