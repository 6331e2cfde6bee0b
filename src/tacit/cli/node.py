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
from tacit.cli.output import JsonOption, print_data, reported
from tacit.errors import InternalError, from_dict

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
        data = _make([*options, "--", name])
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


_PROGRAM = [sys.executable, "-m", "tacit.node"]


def _folder(home: Path | None) -> Path:
    return (home or Path("~/.tacit")).expanduser().absolute()


def _make(arguments: list[str]) -> Any:
    """What the node's program says in its envelope, as data or as the error it means."""
    done = subprocess.run([*_PROGRAM, "init", *arguments], capture_output=True, text=True)  # noqa: S603
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise InternalError("node.broke", "The node could not be made.", found=f"exit code {done.returncode}") from None
    if not answer["ok"]:
        raise from_dict(answer["error"])
    return answer["data"]
