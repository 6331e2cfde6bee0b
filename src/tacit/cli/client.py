"""`tacit client`: programs that use this node with an API key."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, note, print_data, reported, table

app = typer.Typer(help="Programs that use this node with an API key.", no_args_is_help=True, rich_markup_mode=None)
_Name = Annotated[str, typer.Argument(help="The API client's name, as `tacit client list` shows it.")]
_PerMinute = Annotated[int | None, typer.Option(min=1, help="Calls a minute (600).")]
_PerDay = Annotated[int | None, typer.Option(min=1, help="Calls a day (100000).")]
_Expires = Annotated[str | None, typer.Option(help="Last moment, 2027-12-31T00:00:00Z; without it, none.")]
_COLUMNS = ("name", "state", "scopes", "expires_at", "calls_today", "per_day", "used_at")


@app.command("add")
def add_client(
    name: Annotated[str, typer.Argument(help="Short name: lower-case letters, digits, '.', '-', '_'.")],
    scope: Annotated[list[str], typer.Option(help="An action it may do (repeatable); `tacit client scopes`.")],
    home: HomeOption = None,
    expires: _Expires = None,
    per_minute: _PerMinute = None,
    per_day: _PerDay = None,
    note_text: Annotated[str, typer.Option("--note", help="What it is for.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Add an API client and print its key, which is shown this once."""
    with reported(as_json=as_json), open_client(home) as client:
        made = client.api_clients.add(
            name, scope, note=note_text, expires_at=expires, per_minute=per_minute, per_day=per_day
        )
        _print_key(made, as_json)


@app.command("list")
def list_clients(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the API clients."""
    with reported(as_json=as_json), open_client(home) as client:
        clients = client.api_clients.all()
        print_data(clients, as_json=as_json, text=table(clients, _COLUMNS))


@app.command("change")
def change_client(
    name: _Name,
    scope: Annotated[list[str] | None, typer.Option(help="The actions from now on (repeatable).")] = None,
    home: HomeOption = None,
    expires: _Expires = None,
    per_minute: _PerMinute = None,
    per_day: _PerDay = None,
    as_json: JsonOption = False,
) -> None:
    """Change scopes, expiry or quota."""
    given = {"scopes": scope or None, "expires_at": expires, "per_minute": per_minute, "per_day": per_day}
    with reported(as_json=as_json), open_client(home) as client:
        changed = client.api_clients.change(name, **{key: val for key, val in given.items() if val is not None})
        print_data(changed, as_json=as_json)


@app.command("renew")
def renew_client(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Print a new key; the old one ends at once."""
    with reported(as_json=as_json), open_client(home) as client:
        _print_key(client.api_clients.renew(name), as_json)


@app.command("revoke")
def revoke_client(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """End the key; the API client stays in the list."""
    with reported(as_json=as_json), open_client(home) as client:
        print_data(client.api_clients.revoke(name), as_json=as_json, text=f"The key of {name} opens nothing any more.")


@app.command("remove")
def remove_client(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """End the key and remove the API client."""
    with reported(as_json=as_json), open_client(home) as client:
        client.api_clients.remove(name)
        print_data({"name": name, "removed": True}, as_json=as_json, text=f"{name} is removed.")


@app.command("scopes")
def list_scopes(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the actions that an API key can have."""
    with reported(as_json=as_json), open_client(home) as client:
        found = [action for action in client.people.access()["actions"] if action["scope"]]
        rows = [{"scope": each["name"], "title": each["title"]["en"], "标题": each["title"]["zh"]} for each in found]
        print_data(rows, as_json=as_json, text=table(rows, ("scope", "title", "标题")))


def _print_key(made: dict[str, Any], as_json: bool) -> None:
    print_data(made, as_json=as_json, text=made["key"])
    if not as_json:
        note("This key is shown only now. Programs take it from TACIT_API_KEY.")
