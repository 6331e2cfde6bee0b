"""`tacit job`: propose, approve, follow, stop and prove jobs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tacit.cli import schedule
from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, QuietOption, confirm, note, print_data, reported, table, write_file
from tacit.client.disclosures import describe_disclosures
from tacit.client.language import language
from tacit.errors import NotFoundError, ParameterError, RefusedError

if TYPE_CHECKING:
    from tacit.client.client import Client

app = typer.Typer(help="Propose, approve, follow, stop and prove jobs.", no_args_is_help=True, rich_markup_mode=None)
_JobId = Annotated[str, typer.Argument(help="The job's id, job-…")]
_Reason = Annotated[str, typer.Option(help="Why. Stays at this node.")]
_TABLE_FORMATS = {".csv": "csv", ".parquet": "parquet", ".arrow": "arrow"}


@app.command("run")
def run_job(
    flow: Annotated[Path, typer.Argument(help="The flow, YAML or JSON.")],
    agreement: Annotated[str | None, typer.Option(help="The agreement it falls under.")] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Follow it to its end.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say who would learn what, and the forecast.")
    ] = False,
    quiet: QuietOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose a job to all parties of a flow. It starts when every owner has approved."""
    with reported(as_json=as_json), open_client(home) as client:
        if dry_run:
            explained = client.explain(flow)
            print_data(explained, as_json=as_json, text=describe_disclosures(explained["disclosures"], language()))
            return
        job = client.run(flow, agreement=agreement)
        if watch:
            _follow(job, quiet)
        print_data(job.record, as_json=as_json, text=job.id)


@app.command("list")
def list_jobs(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that wait for this organisation.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List jobs, newest first."""
    with reported(as_json=as_json), open_client(home) as client:
        jobs = client.jobs(waiting_for_me=True if waiting else None)
        print_data(
            jobs, as_json=as_json, text=table(jobs, ("id", "name", "state", "initiator", "decision", "created_at"))
        )


@app.command("show")
def show_job(job_id: _JobId, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show a job: who learns what, the state of each step, what it cost."""
    with reported(as_json=as_json), open_client(home) as client:
        record = client.job(job_id).record
        print_data(record, as_json=as_json, text=_describe(record))


@app.command("approve")
def approve_job(
    job_id: Annotated[
        str | None, typer.Argument(help="The job's id, job-…; without it, the one job that waits for you.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve exactly what is shown: the approval is bound to the flow's hash.

    Asks before it approves; a program that has looked at `tacit job show --json` says --yes.
    """
    with reported(as_json=as_json), open_client(home) as client:
        job = client.job(job_id or _only_waiting(client))
        if not yes:
            note(_describe(job.record))
            if not confirm("批准以上内容？" if language() == "zh" else "Approve this?"):
                raise RefusedError("job.not_approved", "Nothing was approved.")
        job.approve(flow_hash=job.record["flow_hash"])
        waits = job.record.get("decision") == "waiting"
        text = f"{job.id}: your approval counts; another person's is needed" if waits else f"{job.id} approved"
        print_data(job.record, as_json=as_json, text=text)


def _only_waiting(client: Client) -> str:
    """Id of the one job that waits for this organisation. Raises NotFoundError, ParameterError."""
    waiting = [job["id"] for job in client.jobs(waiting_for_me=True)]
    if not waiting:
        raise NotFoundError(
            "job.none_waiting",
            "No job waits for your approval.",
            hint="See `tacit job list`, or wait for the proposal.",
        )
    if len(waiting) > 1:
        raise ParameterError(
            "command.bad_option",
            "Several jobs wait for your approval.",
            found=", ".join(waiting),
            expected="the id of one of them",
            hint="See `tacit job show JOB`.",
        )
    return str(waiting[0])


@app.command("reject")
def reject_job(job_id: _JobId, reason: _Reason = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Refuse a job. The reason stays at this node."""
    with reported(as_json=as_json), open_client(home) as client:
        job = client.job(job_id).reject(reason)
        print_data(job.record, as_json=as_json, text=f"{job.id} rejected")


@app.command("cancel")
def cancel_job(job_id: _JobId, reason: _Reason = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Stop a job at every party."""
    with reported(as_json=as_json), open_client(home) as client:
        job = client.job(job_id).cancel(reason)
        print_data(job.record, as_json=as_json, text=f"{job.id} {job.state.lower()}")


@app.command("retry")
def retry_job(job_id: _JobId, reason: _Reason = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Go on with a job that failed. Steps that are done stay done; nobody approves again what was agreed."""
    with reported(as_json=as_json), open_client(home) as client:
        job = client.job(job_id).retry(reason)
        print_data(job.record, as_json=as_json, text=f"{job.id} {job.state.lower()}")


@app.command("watch")
def watch_job(job_id: _JobId, quiet: QuietOption = False, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Follow a job to its end. Exit code 0 only if it finished well."""
    with reported(as_json=as_json), open_client(home) as client:
        job = client.job(job_id)
        _follow(job, quiet)
        print_data(job.record, as_json=as_json, text=_describe(job.record))


@app.command("log")
def show_log(job_id: _JobId, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """The events of a job at this node. They hold no data."""
    with reported(as_json=as_json), open_client(home) as client:
        events = client.job(job_id).log()
        print_data(events, as_json=as_json, text="\n".join(map(_event_line, events)))


@app.command("result")
def show_result(
    job_id: _JobId,
    step: Annotated[str | None, typer.Argument(help="Step; without it, the list of results.")] = None,
    port: Annotated[str, typer.Argument(help="Output port.")] = "report",
    out: Annotated[Path | None, typer.Option(help="Write a table to this file: .csv, .parquet or .arrow.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List this organisation's results of a job, show a report, or save a table."""
    with reported(as_json=as_json), open_client(home) as client:
        job = client.job(job_id)
        if step is None:
            results = job.results()
            print_data(
                results, as_json=as_json, text=table(results, ("step", "port", "kind", "rows", "bytes", "readable"))
            )
        elif out is not None:
            write_file(out, job.content(step, port, _table_format(out)))
            print_data({"path": str(out)}, as_json=as_json, text=str(out))
        else:
            print_data(job.document(step, port), as_json=as_json)


@app.command("receipt")
def show_receipt(
    job_id: _JobId,
    verify: Annotated[bool, typer.Option("--verify", help="Check every signature and digest.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the receipt to this file.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The receipt that all parties signed."""
    with reported(as_json=as_json), open_client(home) as client:
        job = client.job(job_id)
        if out is not None:
            write_file(out, json.dumps(job.receipt(), ensure_ascii=False, indent=2).encode())
        if not verify:
            print_data(job.receipt(), as_json=as_json)
            return
        answer = job.verify()
        lines = [f"{'ok  ' if check['ok'] else 'FAIL'}  {check['text'][language()]}" for check in answer["checks"]]
        print_data(answer, as_json=as_json, text="\n".join([*lines, "verified" if answer["ok"] else "NOT verified"]))
        if not answer["ok"]:
            raise typer.Exit(RefusedError.exit_code)


app.command("schedule")(schedule.add_schedule)
app.command("schedules")(schedule.list_schedules)
app.command("pause")(schedule.pause_schedule)
app.command("resume")(schedule.resume_schedule)
app.command("unschedule")(schedule.remove_schedule)


def _table_format(out: Path) -> str:
    if out.suffix not in _TABLE_FORMATS:
        raise ParameterError(
            "command.bad_option",
            "--out does not say in which form the table is wanted.",
            found=out.name,
            expected="a name that ends in " + ", ".join(_TABLE_FORMATS),
        )
    return _TABLE_FORMATS[out.suffix]


def _follow(job: Any, quiet: bool) -> None:
    """Print events on stderr until the end; a job that ended badly is an error."""
    seen = ""
    for name, data in job.watch():
        line = _event_line(data) if name == "log" else _waiting_line(data) if name == "state" else ""
        if line and line != seen and not quiet:
            note(line)
            seen = line
    if job.state != "FINISHED":
        cause = job.record.get("cause") or {}
        raise RefusedError(
            str(cause.get("code") or f"job.{job.state.lower()}"),
            f"The job ended as {job.state}.",
            found=f"at {cause.get('party')}, step {cause.get('step')}" if cause.get("party") else None,
            hint=f"`tacit job log {job.id}` tells what happened here.",
        )


def _event_line(event: dict[str, Any]) -> str:
    place = "/".join(str(part) for part in (event.get("party"), event.get("step")) if part)
    return (
        f"{event['time']}  {event['level']:<7} {place:<28} {(event.get('text') or {}).get(language()) or event['code']}"
    )


def _waiting_line(record: dict[str, Any]) -> str:
    waiting = record.get("waiting")
    return f"{record['state']}: waiting for {waiting['party']} ({waiting['code']})" if waiting else ""


def _describe(record: dict[str, Any]) -> str:
    lines = [f"{record['id']}  {record['name']}  {record['state']}  proposed by {record['initiator']}"]
    if cause := record.get("cause"):
        lines.append(f"cause: {cause.get('code')} at {cause.get('party')}, step {cause.get('step')}")
    lines += ["", describe_disclosures(record["disclosures"], language()), ""]
    for step in record["steps"]:
        lines.append(f"  {step['state']:<8} {step['id']:<24} {step['operator']:<30}{_cost(step)}".rstrip())
        if error := step.get("error"):
            lines.append(f"           {error['code']}: {error['message']} {error.get('hint') or ''}")
    return "\n".join(lines)


def _cost(step: dict[str, Any]) -> str:
    """Seconds and bytes of a step that has reports; empty before."""
    reports = [party["report"] for party in step.get("parties", {}).values() if party.get("report")]
    if not reports:
        return ""
    seconds, sent = max(report["wall_s"] for report in reports), sum(report["bytes_sent"] for report in reports)
    return f"{seconds:8.2f} s {sent / 1e6:10.3f} MB"
