"""`tacit rule`: what this node approves by itself. Without a rule a person decides."""

from __future__ import annotations

from typing import Annotated

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.client.language import language

app = typer.Typer(help="What this node approves by itself.", no_args_is_help=True, rich_markup_mode=None)


@app.command("add")
def add_rule(
    initiator: Annotated[list[str] | None, typer.Option(help="Jobs proposed by this peer (repeatable).")] = None,
    operator: Annotated[list[str] | None, typer.Option(help="Only with these operators (repeatable).")] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="Only on these datasets of ours (repeatable).")] = None,
    agreement: Annotated[str | None, typer.Option(help="Only under this agreement.")] = None,
    purpose: Annotated[list[str] | None, typer.Option(help="Only for these purposes (repeatable).")] = None,
    max_rows: Annotated[int | None, typer.Option(min=1, help="Only up to this many rows of a dataset.")] = None,
    max_level: Annotated[int | None, typer.Option(min=1, max=5, help="Only up to this level (default 3).")] = None,
    max_uses: Annotated[int | None, typer.Option(min=1, help="So many jobs in all.")] = None,
    per_day: Annotated[int | None, typer.Option(min=1, help="So many jobs in any 24 hours.")] = None,
    valid_until: Annotated[str | None, typer.Option(help="Last moment, 2027-12-31.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve jobs that match all given conditions."""
    conditions = {
        "initiators": initiator or None,
        "operators": operator or None,
        "datasets": dataset or None,
        "agreement": agreement,
        "purposes": purpose or None,
        "max_rows": max_rows,
        "max_level": max_level,
        "max_uses": max_uses,
        "rate": {"jobs": per_day, "period_s": 86_400} if per_day else None,
        "valid_until": valid_until,
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


@app.command("explain")
def explain_rules(
    job_id: Annotated[str, typer.Argument(help="The job's id, job-…")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which rule would approve a job, or what each one does not cover."""
    with reported(as_json=as_json), open_client(home) as client:
        told = client.explain_rules(job=job_id)
        lines = [f"level {told['level']}: {told['approved_by'] or 'a person decides'}"]
        for rule in told["rules"]:
            gaps = "; ".join(gap["text"][language()] for gap in rule["gaps"])
            lines.append(f"  {rule['rule']}  {gaps or 'covers it'}")
        print_data(told, as_json=as_json, text="\n".join(lines))


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
