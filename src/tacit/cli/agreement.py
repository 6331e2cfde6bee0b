"""`tacit agreement`: what two or more organisations sign before their jobs: members, purpose, datasets, validity."""

from __future__ import annotations

from typing import Annotated

import typer

from tacit.cli import agreement_terms
from tacit.cli.agreement_terms import TermsOption, read_terms
from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.errors import ParameterError

app = typer.Typer(help="Sign agreements with other organisations.", no_args_is_help=True, rich_markup_mode=None)
agreement_terms.add_to(app)
_AgreementId = Annotated[str, typer.Argument(help="The agreement's id, as `tacit agreement list` shows it.")]


@app.command("propose")
def propose_agreement(
    name: Annotated[str, typer.Argument(help="What people call it.")],
    member: Annotated[list[str], typer.Option(help="A peer that is to sign (repeatable).")],
    dataset: Annotated[list[str], typer.Option(help="MEMBER.DATASET that may be used (repeatable).")],
    valid_until: Annotated[str, typer.Option(help="Last day, 2027-12-31.")],
    purpose: Annotated[str, typer.Option(help="What for, in one sentence.")],
    terms: TermsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose an agreement to its members. It holds when all have signed."""
    with reported(as_json=as_json), open_client(home) as client:
        agreement = client.propose_agreement(
            name,
            purpose=purpose,
            members=member,
            datasets=_by_member(dataset),
            valid_until=valid_until,
            **read_terms(terms),
        )
        print_data(agreement, as_json=as_json, text=f"{agreement['id']} {agreement['state']}")


@app.command("list")
def list_agreements(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List agreements."""
    with reported(as_json=as_json), open_client(home) as client:
        agreements = client.agreements()
        columns = ("id", "name", "state", "decision", "members", "valid_until")
        print_data(agreements, as_json=as_json, text=table(agreements, columns))


@app.command("approve")
def approve_agreement(agreement_id: _AgreementId, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Sign it."""
    _decide(agreement_id, "approve", home, as_json)


@app.command("reject")
def reject_agreement(agreement_id: _AgreementId, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Refuse it."""
    _decide(agreement_id, "reject", home, as_json)


@app.command("terminate")
def terminate_agreement(agreement_id: _AgreementId, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """End it for all members."""
    _decide(agreement_id, "terminate", home, as_json)


def _decide(agreement_id: str, decision: str, home: HomeOption, as_json: bool) -> None:
    with reported(as_json=as_json), open_client(home) as client:
        agreement = client.decide_agreement(agreement_id, decision)
        print_data(agreement, as_json=as_json, text=f"{agreement['id']} {agreement['state']}")


def _by_member(datasets: list[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for text in datasets:
        member, dot, name = text.partition(".")
        if not dot or not member or not name:
            raise ParameterError(
                "command.bad_option", "--dataset names a member and a dataset.", found=text, expected="MEMBER.DATASET"
            )
        grouped.setdefault(member, []).append(name)
    return grouped
