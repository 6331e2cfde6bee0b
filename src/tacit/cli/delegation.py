"""`tacit delegation`: who may decide in whose name, and until when."""

from __future__ import annotations

from typing import Annotated

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table

app = typer.Typer(help="Let somebody decide in your name.", no_args_is_help=True, rich_markup_mode=None)


@app.command("give")
def give_delegation(
    delegate: Annotated[str, typer.Argument(help="The user who may decide.")],
    role: Annotated[list[str], typer.Option(help="data_owner, compliance_officer or administrator (repeatable).")],
    until: Annotated[str, typer.Option(help="Last moment, 2027-12-31.")],
    kind: Annotated[list[str] | None, typer.Option(help="Only items of this kind (repeatable).")] = None,
    from_at: Annotated[str | None, typer.Option("--from", help="First moment; now without it.")] = None,
    delegator: Annotated[str | None, typer.Option(help="Whose place it is; only for the node's owner.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delegate roles of yours for some time."""
    given = {"kinds": kind or None, "from_at": from_at, "delegator": delegator}
    with reported(as_json=as_json), open_client(home) as client:
        options = {name: value for name, value in given.items() if value is not None}
        made = client.delegations.give(delegate, role, until=until, **options)
        print_data(made, as_json=as_json, text=made["id"])


@app.command("list")
def list_delegations(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List delegations, newest first."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.delegations.all()
        columns = ("id", "delegator", "delegate", "roles", "kinds", "from_at", "until", "active")
        print_data(found, as_json=as_json, text=table(found, columns))


@app.command("revoke")
def revoke_delegation(
    delegation: Annotated[str, typer.Argument(help="The delegation's id.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a delegation back. What was decided stays decided."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.delegations.revoke(delegation)
        print_data(found, as_json=as_json, text=f"{found['id']} revoked")
