"""`tacit peer`: meet other organisations' nodes."""

from __future__ import annotations

from typing import Annotated

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, QuietOption, note, print_data, reported, table

app = typer.Typer(help="Meet other organisations' nodes.", no_args_is_help=True, rich_markup_mode=None)
_Peer = Annotated[str, typer.Argument(help="The peer's name, as `tacit peer list` shows it.")]
_COLUMNS = ("name", "state", "address", "version", "fingerprint")


@app.command("invite")
def invite_peer(
    home: HomeOption = None,
    hours: Annotated[float, typer.Option(min=0.01, max=720, help="How long the code is valid.")] = 24,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print an invitation code. Whoever accepts it and this node then know each other's key."""
    with reported(as_json=as_json), open_client(home) as client:
        code = client.invite(int(hours * 3600))
        print_data({"code": code}, as_json=as_json, text=code)
        if not (as_json or quiet):
            note("Give this code to one partner, over a channel you trust. They type: tacit peer accept CODE")


@app.command("accept")
def accept_peer(
    code: Annotated[str, typer.Argument(help="The code that the other organisation gave you.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Accept an invitation: both nodes pin each other's key."""
    with reported(as_json=as_json), open_client(home) as client:
        peer = client.accept(code)
        print_data(peer, as_json=as_json, text=f"{peer['name']} and this node now know each other.")


@app.command("list")
def list_peers(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the nodes that this one knows."""
    with reported(as_json=as_json), open_client(home) as client:
        peers = client.peers()
        print_data(peers, as_json=as_json, text=table(peers, _COLUMNS))


@app.command("ping")
def ping_peer(name: _Peer, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Ask a peer for a sign of life."""
    with reported(as_json=as_json), open_client(home) as client:
        print_data(client.ping(name), as_json=as_json)


@app.command("data")
def list_peer_data(name: _Peer, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the datasets that a peer publishes: names and columns, no rows."""
    with reported(as_json=as_json), open_client(home) as client:
        datasets = client.peer_datasets(name)
        print_data(datasets, as_json=as_json, text=table(datasets, ("name", "rows", "description")))


@app.command("remove")
def remove_peer(name: _Peer, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """End the contract with a peer, at both sides."""
    with reported(as_json=as_json), open_client(home) as client:
        peer = client.remove_peer(name)
        print_data(peer, as_json=as_json, text=f"The contract with {name} has ended.")
