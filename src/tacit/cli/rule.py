"""`tacit rule`: what this node approves by itself. Without a rule a person decides."""

from __future__ import annotations

from typing import Annotated

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table

app = typer.Typer(help="What this node approves by itself.", no_args_is_help=True, rich_markup_mode=None)


@app.command("add")
def add_rule(
    initiator: Annotated[list[str] | None, typer.Option(help="Jobs proposed by this peer (repeatable).")] = None,
    operator: Annotated[list[str] | None, typer.Option(help="Only with these operators (repeatable).")] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="Only on these datasets of ours (repeatable).")] = None,
    agreement: Annotated[str | None, typer.Option(help="Only under this agreement.")] = None,
    max_rows: Annotated[int | None, typer.Option(min=1, help="Only up to this many rows of a dataset.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve jobs that match all given conditions."""
    conditions = {
        "initiators": initiator or None,
        "operators": operator or None,
        "datasets": dataset or None,
        "agreement": agreement,
        "max_rows": max_rows,
    }
    with reported(as_json=as_json), open_client(home) as client:
        rule = client.add_rule(**conditions)
        print_data(rule, as_json=as_json, text=f"rule {rule['id']}")


@app.command("list")
def list_rules(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the rules."""
    with reported(as_json=as_json), open_client(home) as client:
        rules = client.rules()
        columns = ("id", "initiators", "operators", "datasets", "agreement", "max_rows")
        print_data(rules, as_json=as_json, text=table(rules, columns))


@app.command("remove")
def remove_rule(
    rule_id: Annotated[str, typer.Argument(help="The rule's id, as `tacit rule list` shows it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove a rule. Running jobs go on."""
    with reported(as_json=as_json), open_client(home) as client:
        client.remove_rule(rule_id)
        print_data({"id": rule_id}, as_json=as_json, text=f"rule {rule_id} removed")
