"""`tacit grant`: datasets that a peer may use, and those of peers that this organisation asked for."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table

app = typer.Typer(help="Grant datasets to peers, or ask peers for theirs.", no_args_is_help=True, rich_markup_mode=None)
_Peer = Annotated[str, typer.Argument(help="The peer's name.")]
_Dataset = Annotated[str, typer.Argument(help="A dataset, or a pattern in quotes: 'sales_*'.")]
_GrantId = Annotated[str, typer.Argument(help="The grant's id, grant-…")]
_Agreement = Annotated[str | None, typer.Option(help="Only under this agreement.")]
_Purpose = Annotated[str | None, typer.Option(help="Only for this purpose, as the agreement words it.")]
_Operator = Annotated[list[str] | None, typer.Option(help="Only with these operators (repeatable).")]
_Until = Annotated[str | None, typer.Option(help="Last moment, 2027-12-31.")]
_MaxJobs = Annotated[int | None, typer.Option(min=1, help="For so many jobs.")]
_Note = Annotated[str, typer.Option("--note", help="Why. Stays at this node.")]


@app.command("list")
def list_grants(
    side: Annotated[str | None, typer.Option(help="given or asked.")] = None,
    state: Annotated[str | None, typer.Option(help="APPLIED, APPROVED, REJECTED or TERMINATED.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List grants, newest first."""
    with reported(as_json=as_json), open_client(home) as client:
        grants = client.grants.all(side=side, state=state)
        columns = ("id", "side", "peer", "selector", "state", "used", "max_jobs", "until")
        print_data(grants, as_json=as_json, text=table(grants, columns))


@app.command("request")
def request_grant(
    peer: _Peer,
    dataset: _Dataset,
    agreement: _Agreement = None,
    purpose: _Purpose = None,
    operator: _Operator = None,
    until: _Until = None,
    max_jobs: _MaxJobs = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a peer for a dataset."""
    with reported(as_json=as_json), open_client(home) as client:
        limits = _limits(agreement, purpose, operator, until, max_jobs)
        _print(client.grants.request(peer, dataset, **limits), as_json)


@app.command("give")
def give_grant(
    peer: _Peer,
    dataset: _Dataset,
    agreement: _Agreement = None,
    purpose: _Purpose = None,
    operator: _Operator = None,
    until: _Until = None,
    max_jobs: _MaxJobs = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Grant datasets of this node to a peer. A pattern takes what there is now, nothing that is added later."""
    with reported(as_json=as_json), open_client(home) as client:
        limits = _limits(agreement, purpose, operator, until, max_jobs)
        _print(client.grants.give(peer, dataset, **limits), as_json)


@app.command("approve")
def approve_grant(grant: _GrantId, why: _Note = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Approve a request."""
    with reported(as_json=as_json), open_client(home) as client:
        _print(client.grants.approve(grant, why), as_json)


@app.command("deny")
def deny_grant(grant: _GrantId, why: _Note = "", home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Refuse a request."""
    with reported(as_json=as_json), open_client(home) as client:
        _print(client.grants.deny(grant, why), as_json)


@app.command("decide")
def decide_grants(
    verdict: Annotated[str, typer.Argument(help="approve or reject.")],
    pattern: Annotated[str, typer.Argument(help="Pattern that all datasets of a request fit, in quotes.")],
    peer: Annotated[str | None, typer.Option(help="Only requests of this peer.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide all open requests that fit a pattern."""
    with reported(as_json=as_json), open_client(home) as client:
        told = client.grants.decide(verdict, pattern, peer=peer)
        lines = [*told["done"], *(f"{grant}: {code}" for grant, code in told["failed"].items())]
        print_data(told, as_json=as_json, text="\n".join(lines))


@app.command("revoke")
def revoke_grant(grant: _GrantId, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """End a grant at both nodes; jobs that need it stop."""
    with reported(as_json=as_json), open_client(home) as client:
        _print(client.grants.revoke(grant), as_json)


def _limits(
    agreement: str | None, purpose: str | None, operators: list[str] | None, until: str | None, max_jobs: int | None
) -> dict[str, Any]:
    given = {
        "agreement": agreement,
        "purpose": purpose,
        "operators": operators or None,
        "until": until,
        "max_jobs": max_jobs,
    }
    return {name: value for name, value in given.items() if value is not None}


def _print(grant: dict[str, Any], as_json: bool) -> None:
    print_data(grant, as_json=as_json, text=f"{grant['id']} {grant['state']}")
