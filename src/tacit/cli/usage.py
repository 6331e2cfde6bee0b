"""`tacit usage`: what finished jobs used of whose data, and what that costs under an agreement."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table, write_file

app = typer.Typer(help="What jobs used, and what it costs.", no_args_is_help=True, rich_markup_mode=None)
Since = Annotated[str | None, typer.Option(help="From this time on: 2027-01-01.")]
Until = Annotated[str | None, typer.Option(help="Before this time.")]
Agreement = Annotated[str | None, typer.Option(help="Only under this agreement.")]


class Grouping(StrEnum):
    AGREEMENT = "agreement"
    DATASET = "dataset"
    OWNER = "owner"
    INITIATOR = "initiator"
    MONTH = "month"


@app.command("list")
def list_usage(
    since: Since = None,
    until: Until = None,
    agreement: Agreement = None,
    dataset: Annotated[str | None, typer.Option(help="Only of this dataset.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only of this party's datasets.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every dataset of every finished job, newest first."""
    with reported(as_json=as_json), open_client(home) as client:
        uses = client.usage.each(since=since, until=until, agreement=agreement, dataset=dataset, owner=owner)
        columns = ("time", "job", "owner", "dataset", "users", "rows", "columns", "queries", "operators")
        print_data(uses, as_json=as_json, text=table(uses, columns))


@app.command("summary")
def sum_usage(
    by: Annotated[Grouping, typer.Option(help="What to sum by.")] = Grouping.DATASET,
    since: Since = None,
    until: Until = None,
    agreement: Agreement = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sum jobs, queries, rows and traffic."""
    with reported(as_json=as_json), open_client(home) as client:
        groups = client.usage.summary(by.value, since=since, until=until, agreement=agreement)
        columns = ("group", "jobs", "queries", "rows", "bytes_sent", "bytes_received", "cpu_s")
        print_data(groups, as_json=as_json, text=table(groups, columns))


@app.command("export")
def export_usage(
    out: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    since: Since = None,
    until: Until = None,
    agreement: Agreement = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all uses as CSV, for billing elsewhere."""
    with reported(as_json=as_json), open_client(home) as client:
        content = client.usage.export(since=since, until=until, agreement=agreement)
        write_file(out, content)
        told = {"file": str(out), "lines": content.count(b"\n") - 1}
        print_data(told, as_json=as_json, text=f"{out}: {told['lines']} uses")


@app.command("bill")
def bill_usage(
    agreement: Annotated[str, typer.Argument(help="The agreement, agr-…")],
    since: Since = None,
    until: Until = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Work out what the jobs of an agreement cost, and who owes whom how much."""
    with reported(as_json=as_json), open_client(home) as client:
        bill = client.usage.bill(agreement, since=since, until=until)
        charges = table(bill["charges"], ("job", "payer", "unit", "quantity", "price", "currency", "amount"))
        payments = table(bill["payments"], ("payer", "receiver", "currency", "amount"))
        print_data(bill, as_json=as_json, text=f"{charges}\n\n{payments}")
