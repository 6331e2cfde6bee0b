"""`tacit connection`: named places of data, and what there is behind them."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.errors import ParameterError

app = typer.Typer(help="Reach databases, stores, web servers and folders.", no_args_is_help=True, rich_markup_mode=None)
_Name = Annotated[str, typer.Argument(help="The connection's name, as `tacit connection list` shows it.")]
_Options = Annotated[
    list[str] | None,
    typer.Option("--option", "-o", help="host=db.example, port=…, database=…, user=…, bucket=…, url=…"),
]
_Secrets = Annotated[
    list[str] | None,
    typer.Option(
        "--secret",
        help="password, token, access_key or secret_key: asked for, or read from stdin line by line;"
        " password=env:VARIABLE or password=file:PATH take it from there.",
    ),
]
_Description = Annotated[str, typer.Option(help="One line, for colleagues.")]
_Object = Annotated[str | None, typer.Option("--object", help="A file or folder below the connection's place.")]
_COLUMNS = ("name", "kind", "options", "secrets", "test", "datasets")
_ITEMS = ("name", "kind", "rows_estimated", "size_bytes", "format")
_GLANCE = ("name", "type", "null_share", "distinct_estimated", "low", "high", "top")


@app.command("add")
def add_connection(
    name: Annotated[str, typer.Argument(help="A name of your choice.")],
    kind: Annotated[str, typer.Argument(help="postgresql, mysql, s3, http or folder.")],
    options: _Options = None,
    secrets: _Secrets = None,
    description: _Description = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep how a place of data is reached. The credential is sealed; it is never shown again."""
    with reported(as_json=as_json):
        given, hidden = _pairs(options), _asked(secrets)
        with open_client(home) as client:
            made = client.connections.add(name, kind, given, secrets=hidden, description=description)
            print_data(made, as_json=as_json, text=f"{name} is kept. Try it: tacit connection test {name}")


@app.command("list")
def list_connections(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the connections, without their credentials."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.connections.all()
        print_data(found, as_json=as_json, text=table(map(_row, found), _COLUMNS))


@app.command("show")
def show_connection(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show one connection."""
    with reported(as_json=as_json), open_client(home) as client:
        print_data(client.connections.get(name), as_json=as_json)


@app.command("change")
def change_connection(
    name: _Name,
    options: _Options = None,
    secrets: _Secrets = None,
    description: Annotated[str | None, typer.Option(help="One line, for colleagues.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace the options, the credential or the description. New options need the credential again."""
    with reported(as_json=as_json):
        given: dict[str, Any] = {} if description is None else {"description": description}
        given |= {"options": _pairs(options)} if options else {}
        given |= {"secrets": _asked(secrets)} if secrets else {}
        with open_client(home) as client:
            print_data(client.connections.change(name, **given), as_json=as_json, text=f"{name} is changed.")


@app.command("remove")
def remove_connection(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Forget a connection and its credential. Datasets behind it must be removed first."""
    with reported(as_json=as_json), open_client(home) as client:
        client.connections.remove(name)
        print_data({"name": name}, as_json=as_json, text=f"{name} is no longer kept.")


@app.command("test")
def test_connection(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Reach the place as a reader would. Ends with 1 if that fails."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.connections.test(name)
        good = f"{name}: {found['server']}, {found['took_ms']} ms"
        bad = f"{name}: {found['code']}: {found['message']} {found['hint'] or ''}".rstrip()
        print_data(found, as_json=as_json, text=good if found["ok"] else bad)
    if not found["ok"]:
        raise typer.Exit(1)


@app.command("discover")
def discover_connection(
    name: _Name,
    table_name: Annotated[str | None, typer.Option("--table", help="Show the columns of this table.")] = None,
    inner: Annotated[str, typer.Option("--inner", help="Only files below this, in a store or folder.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the tables or files behind a connection."""
    with reported(as_json=as_json), open_client(home) as client:
        if table_name is not None:
            found = client.connections.columns(name, table_name)
            print_data(found, as_json=as_json, text=table(found, ("name", "type", "nullable", "key")))
            return
        found = client.connections.items(name, inner)
        print_data(found, as_json=as_json, text=table(found, _ITEMS))


@app.command("profile")
def profile_connection(
    name: _Name,
    table_name: Annotated[str | None, typer.Option("--table", help="A table: schema.table.")] = None,
    query: Annotated[str | None, typer.Option(help="One SELECT.")] = None,
    object_name: _Object = None,
    rows: Annotated[int | None, typer.Option(min=10, help="Rows of the sample.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at a sample: types, shares, quantiles. Values that few rows have are not told."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.connections.profile(name, table=table_name, query=query, object=object_name, rows=rows)
        head = f"{found['sample_rows']} of {found['rows_estimated']} rows, {found['method']}"
        shown = [{**each, "top": ", ".join(str(one["value"]) for one in each["top"][:3])} for each in found["columns"]]
        print_data(found, as_json=as_json, text=f"{head}\n{table(shown, _GLANCE)}")


@app.command("rewrap")
def rewrap_credentials(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Seal all credentials with the present key of the node; a key in a file is made new."""
    with reported(as_json=as_json), open_client(home) as client:
        count = client.connections.rewrap()
        print_data({"count": count}, as_json=as_json, text=f"{count} credentials are sealed with the present key.")


def _row(found: dict[str, Any]) -> dict[str, Any]:
    test = found["test"]
    return {
        **found,
        "options": " ".join(f"{key}={value}" for key, value in found["options"].items()),
        "secrets": ", ".join(found["secrets"]),
        "test": "" if test is None else test["code"] or "ok",
        "datasets": ", ".join(found["datasets"]),
    }


def _pairs(options: list[str] | None) -> dict[str, str]:
    found = {}
    for each in options or []:
        name, sign, value = each.partition("=")
        if not sign:
            raise ParameterError("command.bad_option", "--option must be NAME=VALUE.", found=name)
        found[name] = value
    return found


def _asked(secrets: list[str] | None) -> dict[str, str]:
    """The values of secrets, never from the command line itself: others on the machine can see that."""
    return {each.partition("=")[0]: _value(*each.partition("=")[::2]) for each in secrets or []}


def _value(name: str, source: str) -> str:
    where, _, rest = source.partition(":")
    if where == "env":
        found = os.environ.get(rest, "")
    elif where == "file":
        found = _content(rest)
    elif source:
        raise ParameterError(
            "command.bad_option",
            "A secret has no place on the command line.",
            expected=f"{name}, {name}=env:VARIABLE or {name}=file:PATH",
        )
    elif sys.stdin is not None and sys.stdin.isatty():
        found = getpass.getpass(f"{name}: ")
    else:
        found = "" if sys.stdin is None else sys.stdin.readline().rstrip("\r\n")
    if not found:
        raise ParameterError("command.bad_option", f"The secret {name} is empty.")
    return found


def _content(path: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError):
        raise ParameterError("command.bad_option", "The file of a secret cannot be read.", found=path) from None
