"""`tacit label`: how sensitive the columns of this node's datasets are."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.client.language import language

app = typer.Typer(help="Classify columns and give them levels.", no_args_is_help=True, rich_markup_mode=None)
_Dataset = Annotated[str, typer.Argument(help="A dataset of this node.")]
_Column = Annotated[str, typer.Argument(help="A column of the dataset.")]
_Reason = Annotated[str, typer.Option(help="Why; needed for a lower level.")]
_COLUMNS = ("column", "type", "level", "class", "state", "rule", "confirmed_by", "note")


@app.command("list")
def list_labels(dataset: _Dataset, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the columns of a dataset with the labels that count."""
    with reported(as_json=as_json), open_client(home) as client:
        labels = client.labels.of(dataset)
        print_data(labels, as_json=as_json, text=_shown(labels))


@app.command("scan")
def scan_dataset(
    dataset: _Dataset,
    wait_s: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for the end; 0: do not.")] = 60.0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at a sample of a dataset, and suggest labels. Nothing is ever lowered by that."""
    with reported(as_json=as_json), open_client(home) as client:
        scan = client.labels.scan(dataset, wait_s=wait_s or None)
        found = client.labels.findings(dataset) if scan["state"] == "done" else []
        lines = [f"{dataset}: {scan['state']}, {scan['sampled']} of {scan['rows']} rows {scan['code'] or ''}".rstrip()]
        if found:
            lines.append(table(map(_finding, found), ("column", "found", "by", "share", "confidence")))
        print_data({"scan": scan, "findings": found}, as_json=as_json, text="\n".join(lines))


@app.command("confirm")
def confirm_labels(
    dataset: _Dataset,
    columns: Annotated[
        list[str] | None, typer.Argument(help="Columns; all with a suggestion if none is named.")
    ] = None,
    reason: _Reason = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take over what was suggested."""
    with reported(as_json=as_json), open_client(home) as client:
        told = client.labels.confirm(dataset, columns or None, reason)
        print_data(told, as_json=as_json, text=_shown(told["items"]))


@app.command("set")
def set_label(
    dataset: _Dataset,
    column: _Column,
    level: Annotated[int, typer.Argument(min=1, max=5, help="1 to 5, 5 the most sensitive.")],
    klass: Annotated[str, typer.Option("--class", help="Class of data, as `tacit label rules` lists them.")],
    reason: _Reason = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a column its level and class. Lowering level 4 or 5 waits for a second person."""
    with reported(as_json=as_json), open_client(home) as client:
        told = client.labels.set(dataset, column, level, klass, reason)
        print_data(told, as_json=as_json, text=_shown(told["items"]))


@app.command("agree")
def agree_label(dataset: _Dataset, column: _Column, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Agree, as the second person, to a lower level."""
    with reported(as_json=as_json), open_client(home) as client:
        told = client.labels.agree(dataset, column)
        print_data(told, as_json=as_json, text=_shown(told["items"]))


@app.command("reject")
def reject_label(dataset: _Dataset, column: _Column, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Drop a lower level that waits for a second person."""
    with reported(as_json=as_json), open_client(home) as client:
        told = client.labels.reject(dataset, column)
        print_data(told, as_json=as_json, text=_shown(told["items"]))


@app.command("history")
def list_history(dataset: _Dataset, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List every change of a dataset's labels, newest first."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.labels.history(dataset)
        columns = ("at", "column", "level", "klass", "source", "by", "reason")
        print_data(found, as_json=as_json, text=table(found, columns))


@app.command("rules")
def list_rules(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Print the rule table: which kind of data has which level, and after which standard."""
    with reported(as_json=as_json), open_client(home) as client:
        told = client.labels.levels()
        rules = table([{**rule, "why": rule["text"][language()]} for rule in told["rules"]], ("level", "klass", "why"))
        classes = table([{**each, "title": each["title"][language()]} for each in told["classes"]], ("klass", "title"))
        print_data(told, as_json=as_json, text=f"{rules}\n\n{classes}")


@app.command("lineage")
def show_lineage(
    job: Annotated[str, typer.Argument(help="A job's id.")], home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Show the levels of what a job left at this node."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.labels.lineage(job)
        columns = ("step", "port", "inflow", "level", "lowered_by")
        print_data(found, as_json=as_json, text=table(found, columns))


def _shown(labels: list[dict[str, Any]]) -> str:
    return table(map(_line, labels), _COLUMNS)


def _line(label: dict[str, Any]) -> dict[str, Any]:
    state = "confirmed" if label["confirmed"] else label["source"]
    return {**label, "class": label["klass_title"][language()], "state": state, "note": _note(label)}


def _note(label: dict[str, Any]) -> str | None:
    """What a person should see to."""
    if label["pending"] is not None:
        return f"level {label['pending']['level']} waits for a second person"
    return f"a scan found level {label['suggested']['level']}" if label["warning"] else None


def _finding(finding: dict[str, Any]) -> dict[str, Any]:
    return {**finding, "found": finding["title"][language()], "share": f"{100 * finding['share']:.1f} %"}
