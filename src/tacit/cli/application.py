"""`tacit peer apply` and what follows: becoming a peer without an invitation."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, note, print_data, reported, table

_Id = Annotated[str, typer.Argument(help="The application's id, app-…")]
_Note = Annotated[str, typer.Option("--note", help="Why. Stays at this node.")]
_COLUMNS = ("id", "side", "node", "institution", "address", "state", "reason", "error", "created_at")


def extend(app: typer.Typer) -> None:
    """Add the commands to `tacit peer`."""
    app.command("apply")(apply_to_node)
    app.command("applications")(list_applications)
    app.command("application")(show_application)
    app.command("withdraw")(withdraw_application)
    app.command("review")(review_application)
    app.command("approve")(approve_application)
    app.command("reject")(reject_application)


def apply_to_node(
    address: Annotated[str, typer.Argument(help="The other node's host:port.")],
    fingerprint: Annotated[str, typer.Option(help="Of its key, as its organisation published it.")],
    message: Annotated[str, typer.Option(help="What its people are to read, at most 500 characters.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Apply to become a peer of a node that has not invited this one."""
    with reported(as_json=as_json), open_client(home) as client:
        application = client.applications.apply(address, fingerprint, message)
        _print(application, as_json)
        if not as_json and application["ended_at"] is None:
            own = client.node()["fingerprint"]
            note(f"They will ask you for the fingerprint of this node's key, in a way that both trust: {own}")
            note("Follow it with: tacit peer applications")


def list_applications(
    side: Annotated[str | None, typer.Option(help="received or sent.")] = None,
    state: Annotated[str | None, typer.Option(help="Such as APPLIED, IN_REVIEW, APPROVED, REJECTED.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List this node's applications at others, and those of others here."""
    with reported(as_json=as_json), open_client(home) as client:
        applications = client.applications.all(side=side, state=state)
        print_data(applications, as_json=as_json, text=table(applications, _COLUMNS))


def show_application(application: _Id, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show an application with its message, fingerprint and times."""
    with reported(as_json=as_json), open_client(home) as client:
        print_data(client.applications.get(application), as_json=as_json)


def withdraw_application(application: _Id, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Take an application of this node back."""
    with reported(as_json=as_json), open_client(home) as client:
        _print(client.applications.withdraw(application), as_json)


def review_application(application: _Id, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Take a stranger's application up; the applicant sees that it is in review."""
    with reported(as_json=as_json), open_client(home) as client:
        _print(client.applications.review(application), as_json)


def approve_application(
    application: _Id,
    fingerprint: Annotated[str, typer.Option(help="Of the applicant's key, as its organisation told it to you.")],
    why: _Note = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a stranger a peer, if its key has the fingerprint that its organisation told you."""
    with reported(as_json=as_json), open_client(home) as client:
        _print(client.applications.approve(application, fingerprint, why), as_json)


def reject_application(
    application: _Id,
    reason: Annotated[
        str,
        typer.Option(help="unverified, unknown_organisation, not_needed, duplicate or other; the applicant sees it."),
    ] = "other",
    why: _Note = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Refuse a stranger's application."""
    with reported(as_json=as_json), open_client(home) as client:
        _print(client.applications.reject(application, reason, why), as_json)


def _print(application: dict[str, Any], as_json: bool) -> None:
    more = application["reason"] or application["error"]
    text = f"{application['id']} {application['state']}" + (f" ({more})" if more else "")
    print_data(application, as_json=as_json, text=text)
