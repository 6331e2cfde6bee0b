"""`tacit node`: make and run this organisation's node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.errors import InternalError, NotFoundError, from_dict

app = typer.Typer(help="Make and run this organisation's node.", no_args_is_help=True, rich_markup_mode=None)


@app.command("init")
def init_node(
    name: Annotated[str, typer.Argument(help="Short name of the organisation: lower-case letters, digits, '-'.")],
    home: HomeOption = None,
    institution: Annotated[str, typer.Option(help="Full name, for people.")] = "",
    peer_address: Annotated[
        str, typer.Option(help="host:port under which other nodes reach this one.")
    ] = "127.0.0.1:7304",
    api_port: Annotated[int, typer.Option(help="Local port of the API, on 127.0.0.1.")] = 7300,
    as_json: JsonOption = False,
) -> None:
    """Make the folder, the key and the database of a new node."""
    folder = _folder(home)
    options = ["--home", str(folder), "--institution", institution]
    options += ["--peer-address", peer_address, "--api-port", str(api_port), "--json"]
    with reported(as_json=as_json):
        data = _call(["init", *options, "--", name])
        text = f"{name}: node made in {folder}; start it with `tacit node run --home {folder}`"
        print_data(data, as_json=as_json, text=text)


@app.command("run")
def run_node(home: HomeOption = None) -> None:
    """Run the node until Ctrl-C. Prints one JSON line with its addresses when it is ready."""
    sys.stdout.flush()
    # The node is a program of its own: this process becomes it.
    os.execv(sys.executable, [*_PROGRAM, "run", "--home", str(_folder(home))])  # noqa: S606


@app.command("show")
def show_node(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show the running node."""
    with reported(as_json=as_json), open_client(home) as client:
        print_data(client.node(), as_json=as_json)


@app.command("audit")
def list_audit(
    subject: Annotated[str | None, typer.Option(help="Only acts on this, as `job:job-…` or `peer:lab`.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only acts of this one, as `user:li.wei` or `peer:lab`.")] = None,
    act: Annotated[str | None, typer.Option(help="Only this act, as `job.approved`; `job`: all acts on jobs.")] = None,
    newest: Annotated[int, typer.Option(min=1, help="How many, from the newest back.")] = 50,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the newest entries of the audit trail."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.audit(subject=subject, actor=actor, act=act, newest=newest)
        columns = ("number", "time", "act", "actor", "subject")
        print_data(found, as_json=as_json, text=table(found, columns) if found else "No entry fits.")


_PassphraseFile = Annotated[
    Path | None, typer.Option(help="File whose first line is the passphrase; without it you are asked.")
]


@app.command("backup")
def back_up_node(
    file: Annotated[Path, typer.Argument(help="The file to make.")],
    passphrase_file: _PassphraseFile = None,
    artifacts: Annotated[bool, typer.Option("--artifacts", help="Also the results of jobs.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep the node's database, settings, keys and models in one sealed file. The node may run meanwhile."""
    options = ["backup", str(file.absolute()), "--home", str(_folder(home)), "--json"]
    with reported(as_json=as_json):
        data = _call([*options, *(["--artifacts"] if artifacts else [])], _read_passphrase(passphrase_file, twice=True))
        print_data(data, as_json=as_json, text=f"{data['file']}: {data['rows']} rows, {data['bytes']} bytes")


@app.command("restore")
def restore_node(
    file: Annotated[Path, typer.Argument(help="A file that `tacit node backup` made.")],
    passphrase_file: _PassphraseFile = None,
    database_url: Annotated[str | None, typer.Option(help="Into this empty database instead of its old one.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the node of a backup again, in an empty folder. The old one must never run again beside it."""
    options = ["restore", str(file.absolute()), "--home", str(_folder(home)), "--json"]
    with reported(as_json=as_json):
        where = ["--database-url", database_url] if database_url is not None else []
        data = _call([*options, *where], _read_passphrase(passphrase_file, twice=False))
        print_data(data, as_json=as_json, text=f"{data['node']}: restored in {data['home']} as of {data['created']}")


def _read_passphrase(path: Path | None, *, twice: bool) -> str:
    if path is None:
        return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True))
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise NotFoundError("command.cannot_read", f"{path} cannot be read.") from None
    return lines[0] if lines else ""


_PROGRAM = [sys.executable, "-P", "-m", "tacit.node"]


def _folder(home: Path | None) -> Path:
    return (home or Path("~/.tacit")).expanduser().absolute()


def _call(arguments: list[str], stdin: str = "") -> Any:
    """What the node's program says in its envelope, as data or as the error it means."""
    done = subprocess.run([*_PROGRAM, *arguments], capture_output=True, text=True, input=stdin + "\n")  # noqa: S603
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise InternalError("node.broke", "The node's program broke.", found=f"exit code {done.returncode}") from None
    if not answer["ok"]:
        raise from_dict(answer["error"])
    return answer["data"]
