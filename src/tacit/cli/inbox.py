"""`tacit inbox`: everything that waits for a person at this node."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, confirm, note, print_data, reported, table
from tacit.client.language import language
from tacit.errors import RefusedError

app = typer.Typer(help="Decide what waits for a person.", no_args_is_help=True, rich_markup_mode=None)
_ItemId = Annotated[str, typer.Argument(help="The item's id, item-…")]
_Note = Annotated[str, typer.Option("--note", help="Why. Stays at this node.")]
_COLUMNS = ("id", "kind", "level", "title", "missing", "due_at", "obstacle")


@app.command("list")
def list_items(
    mine: Annotated[bool, typer.Option("--mine", help="Only what you can approve.")] = False,
    kind: Annotated[str | None, typer.Option(help="peer, agreement, grant, flow, job, model, result …")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what has been decided, the newest first.")] = False,
    reminders: Annotated[bool, typer.Option("--reminders", help="Only what has waited long or expires soon.")] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on and print what is new.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what waits, the most urgent first."""
    with reported(as_json=as_json), open_client(home) as client:
        if watch:
            _follow(client)
            return
        inbox = client.inbox
        if reminders:
            items = inbox.reminders()
        elif everything:
            items = inbox.all(kind=kind)
        else:
            items = inbox.open(kind=kind, mine=mine)
        columns = ("id", "kind", "level", "state", "title", "created_at") if everything else _COLUMNS
        print_data(items, as_json=as_json, text=table([_row(item) for item in items], columns))


@app.command("show")
def show_item(item: _ItemId, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show an item: what it is about, who has approved, what is missing."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.inbox.get(item)
        print_data(found, as_json=as_json, text=_describe(found))


@app.command("approve")
def approve_item(
    item: _ItemId,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    why: _Note = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve it. Asks first; a program that has looked at `tacit inbox show --json` says --yes."""
    with reported(as_json=as_json), open_client(home) as client:
        if not yes:
            note(_describe(client.inbox.get(item)))
            if not confirm("批准以上内容？" if language() == "zh" else "Approve this?"):
                raise RefusedError("inbox.not_approved", "Nothing was approved.")
        found = client.inbox.approve(item, why)
        print_data(found, as_json=as_json, text=_outcome(found))


@app.command("reject")
def reject_item(item: _ItemId, why: _Note = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Refuse it; one refusal is enough."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.inbox.reject(item, why)
        print_data(found, as_json=as_json, text=_outcome(found))


@app.command("withdraw")
def withdraw_approval(item: _ItemId, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Take back your approval while it is not the last one."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.inbox.withdraw(item)
        print_data(found, as_json=as_json, text=_outcome(found))


@app.command("release")
def request_release(
    job_id: Annotated[str, typer.Argument(help="The job's id, job-…")],
    why: _Note = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask that the results of a job on sensitive data may be read."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.inbox.release(job_id, why)
        print_data(found, as_json=as_json, text=_outcome(found))


@app.command("standing")
def propose_standing(
    flow: Annotated[Path | None, typer.Argument(help="The flow, YAML or JSON; without it, the list.")] = None,
    initiator: Annotated[str | None, typer.Option(help="Whose jobs; this node's own without it.")] = None,
    agreement: Annotated[str | None, typer.Option(help="Only under this agreement.")] = None,
    max_runs: Annotated[int | None, typer.Option(min=1, help="So many jobs.")] = None,
    until: Annotated[str | None, typer.Option(help="Last moment, 2027-12-31.")] = None,
    revoke: Annotated[str | None, typer.Option(help="End the standing approval of this id.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put exactly this flow up for approval of many runs; list or revoke what there is."""
    with reported(as_json=as_json), open_client(home) as client:
        if revoke is not None:
            found = client.standing.revoke(revoke)
            print_data(found, as_json=as_json, text=f"{found['id']} {found['state']}")
        elif flow is None:
            items = client.standing.all()
            columns = ("id", "name", "initiator", "state", "used", "max_runs", "until")
            print_data(items, as_json=as_json, text=table(items, columns))
        else:
            limits = {"initiator": initiator, "agreement": agreement, "max_runs": max_runs, "until": until}
            found = client.standing.propose(
                flow, **{name: value for name, value in limits.items() if value is not None}
            )
            print_data(found, as_json=as_json, text=f"{found['id']} {found['state']}")


def _follow(client: Any) -> None:
    """Print items as they change; ends with the node or Ctrl-C."""
    for name, data in client.inbox.watch():
        if name == "item":
            row = _row(data)
            note(f"{row['state']:<10} {row['kind']:<10} {row['id']}  {row['title']}  {row['missing']}")


def _row(item: dict[str, Any]) -> dict[str, Any]:
    """As a line of a table."""
    return {**item, "title": item["title"][language()], "missing": _missing(item)}


def _missing(item: dict[str, Any]) -> str:
    lacks = item["missing"]
    if not lacks["people"]:
        return ""
    if language() == "zh":
        return f"还需 {lacks['people']} 人" + ("，含合规人员" if lacks["compliance_officer"] else "")
    return f"{lacks['people']} more" + (", one of compliance" if lacks["compliance_officer"] else "")


def _outcome(item: dict[str, Any]) -> str:
    return f"{item['id']} {item['state']}" + (f": {missing}" if (missing := _missing(item)) else "")


def _describe(item: dict[str, Any]) -> str:
    lines = [
        f"{item['id']}  {item['kind_title'][language()]}  {item['state']}  level {item['level']}",
        item["title"][language()],
        f"requested by {item['requested_by']}",
        "",
        item["summary"][language()],
        "",
    ]
    for vote in item["decisions"]:
        name = vote["by"] + (f" for {vote['on_behalf']}" if vote["on_behalf"] else "")
        lines.append(f"  {vote['verdict']:<8} {name}  {vote['at']}" + ("  (withdrawn)" if vote["withdrawn"] else ""))
    return "\n".join([*lines, *([_missing(item)] if _missing(item) else [])])
