"""`tacit agreement counter`, `amend`, `history`, `diff`: bargaining over the terms of an agreement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.errors import ParameterError

AgreementId = Annotated[str, typer.Argument(help="The agreement's id, as `tacit agreement list` shows it.")]
TermsOption = Annotated[
    Path | None,
    typer.Option(help="JSON file with terms: limits, initiators, profiles, prices, revenue, valid_from …"),
]
PurposeOption = Annotated[str | None, typer.Option(help="What for, in one sentence.")]
UntilOption = Annotated[str | None, typer.Option(help="Last day, 2027-12-31.")]


def add_to(app: typer.Typer) -> None:
    """Put these commands beside the others of `tacit agreement`."""
    for name, command in (
        ("counter", counter_offer),
        ("amend", amend_agreement),
        ("history", show_history),
        ("diff", show_differences),
    ):
        app.command(name)(command)


def counter_offer(
    agreement_id: AgreementId,
    purpose: PurposeOption = None,
    valid_until: UntilOption = None,
    terms: TermsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer an offer with other terms. All members are asked again."""
    with reported(as_json=as_json), open_client(home) as client:
        agreement = client.negotiations.counter(agreement_id, _terms(terms, purpose=purpose, valid_until=valid_until))
        print_data(agreement, as_json=as_json, text=f"{agreement['id']} {agreement['stage']} {agreement['version']}")


def amend_agreement(
    agreement_id: AgreementId,
    purpose: PurposeOption = None,
    valid_until: UntilOption = None,
    terms: TermsOption = None,
    member: Annotated[list[str] | None, typer.Option(help="A peer that joins (repeatable).")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose other terms for an agreement in force. The old ones hold until all have signed."""
    with reported(as_json=as_json), open_client(home) as client:
        given = _terms(terms, purpose=purpose, valid_until=valid_until)
        agreement = client.negotiations.amend(agreement_id, given, members=member)
        print_data(agreement, as_json=as_json, text=f"{agreement['id']} {agreement['stage']}")


def show_history(agreement_id: AgreementId, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show how an agreement came about: every move of every member."""
    with reported(as_json=as_json), open_client(home) as client:
        told = client.negotiations.show(agreement_id)
        moves = table(told["moves"], ("at", "member", "move", "version", "stage", "code"))
        print_data(told, as_json=as_json, text=f"{told['stage']} ({told['status']}), offer {told['version']}\n{moves}")


def show_differences(
    agreement_id: AgreementId,
    before: Annotated[int | None, typer.Option(min=1, help="Number of the older offer.")] = None,
    after: Annotated[int | None, typer.Option(min=1, help="Number of the newer offer.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what changed between two offers."""
    with reported(as_json=as_json), open_client(home) as client:
        told = client.negotiations.diff(agreement_id, before=before, after=after)
        shown = table(told["changes"], ("field", "before", "after"))
        print_data(told, as_json=as_json, text=f"offer {told['before']} -> {told['after']}\n{shown}")


def read_terms(file: Path | None) -> dict[str, Any]:
    """The terms of a JSON file. Raises ParameterError("command.bad_option")."""
    if file is None:
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise ParameterError("command.bad_option", "The file of --terms cannot be read.", found=str(file)) from fault
    if not isinstance(found, dict):
        raise ParameterError("command.bad_option", "The file of --terms holds no object.", expected="{…}")
    return found


def _terms(file: Path | None, **given: str | None) -> dict[str, Any]:
    terms = read_terms(file) | {name: value for name, value in given.items() if value is not None}
    if not terms:
        raise ParameterError(
            "command.bad_option", "No term changes.", expected="--purpose, --valid-until or --terms FILE"
        )
    return terms
