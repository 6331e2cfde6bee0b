"""`tacit user`: the people who may use this node."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, note, print_data, reported, table
from tacit.errors import ParameterError, RefusedError

app = typer.Typer(help="The people who may use this node.", no_args_is_help=True, rich_markup_mode=None)
_Name = Annotated[str, typer.Argument(help="The user's name, as `tacit user list` shows it.")]
_Role = Annotated[list[str], typer.Option("--role", help="A role (repeatable); `tacit user roles` lists them.")]
_Issuer = Annotated[str, typer.Option(help="The provider's issuer, as in node.toml.")]
_Subject = Annotated[str, typer.Option(help="The account's subject (sub) at the provider.")]
_COLUMNS = ("name", "display_name", "roles", "disabled", "has_password", "origin", "signed_in_at")


@app.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="Short name: lower-case letters, digits, '.', '-', '_'.")],
    role: _Role,
    home: HomeOption = None,
    display_name: Annotated[str, typer.Option(help="Full name, for people.")] = "",
    password: Annotated[bool, typer.Option("--password", help="Ask for a password instead of giving a code.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Add a user, and print a one-time code with which they sign in first."""
    with reported(as_json=as_json):
        typed = _ask_password() if password else None
        with open_client(home) as client:
            user = client.people.add(name, role, display_name=display_name, password=typed, must_change=typed is None)
            if typed is not None:
                print_data(user, as_json=as_json, text=f"{name} can sign in now.")
            else:
                _print_code({**user, **client.people.give_code(name)}, as_json)


@app.command("list")
def list_users(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the users."""
    with reported(as_json=as_json), open_client(home) as client:
        users = client.people.all()
        print_data(users, as_json=as_json, text=table(users, _COLUMNS))


@app.command("show")
def show_user(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show a user with their sessions and links."""
    with reported(as_json=as_json), open_client(home) as client:
        print_data(client.people.show(name), as_json=as_json)


@app.command("change")
def change_user(
    name: _Name,
    role: Annotated[list[str] | None, typer.Option("--role", help="The roles from now on (repeatable).")] = None,
    home: HomeOption = None,
    display_name: Annotated[str | None, typer.Option(help="Full name, for people.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Change roles or the full name."""
    with reported(as_json=as_json), open_client(home) as client:
        user = client.people.change(name, roles=role or None, display_name=display_name)
        print_data(user, as_json=as_json, text=f"{name}: {', '.join(user['roles'])}")


@app.command("disable")
def disable_user(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Let a user in no more; they are signed out at once."""
    _switch(name, True, home, as_json)


@app.command("enable")
def enable_user(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Let a disabled user in again."""
    _switch(name, False, home, as_json)


@app.command("remove")
def remove_user(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Remove a user; what they did stays in the audit trail."""
    with reported(as_json=as_json), open_client(home) as client:
        client.people.remove(name)
        print_data({"name": name, "removed": True}, as_json=as_json, text=f"{name} is removed.")


@app.command("code")
def give_code(
    name: _Name,
    home: HomeOption = None,
    reset: Annotated[bool, typer.Option("--reset", help="End the old password; a new one must be set.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print a one-time code that signs a user in, within an hour."""
    with reported(as_json=as_json), open_client(home) as client:
        _print_code(client.people.give_code(name, reset=reset), as_json)


@app.command("sign-out")
def sign_out_user(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """End all sessions of a user."""
    with reported(as_json=as_json), open_client(home) as client:
        ended = client.people.end_sessions(name)
        print_data({"name": name, "ended": ended}, as_json=as_json, text=f"{name}: {ended} sessions ended.")


@app.command("link")
def link_user(
    name: _Name,
    issuer: _Issuer,
    subject: _Subject,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let whoever signs in at an identity provider with this account be this user."""
    with reported(as_json=as_json), open_client(home) as client:
        client.people.link(name, issuer, subject)
        print_data({"name": name, "issuer": issuer}, as_json=as_json, text=f"{name} is linked.")


@app.command("unlink")
def unlink_user(
    name: _Name,
    issuer: _Issuer,
    subject: _Subject,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a link back; the user is signed out."""
    with reported(as_json=as_json), open_client(home) as client:
        client.people.unlink(name, issuer, subject)
        print_data({"name": name, "issuer": issuer}, as_json=as_json, text=f"{name} is no longer linked.")


@app.command("roles")
def list_roles(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the roles and what each may do."""
    with reported(as_json=as_json), open_client(home) as client:
        told = client.people.access()
        rows = [
            {
                "role": role["name"],
                "title": f"{role['title']['en']} {role['title']['zh']}",
                "actions": [action["name"] for action in told["actions"] if role["name"] in action["roles"]],
            }
            for role in told["roles"]
        ]
        print_data(rows, as_json=as_json, text=table(rows, ("role", "title", "actions")))


@app.command("me")
def show_me(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show who this command is for the node, and what it may do."""
    with reported(as_json=as_json), open_client(home) as client:
        print_data(client.people.me(), as_json=as_json)


def _switch(name: str, disabled: bool, home: Any, as_json: bool) -> None:
    with reported(as_json=as_json), open_client(home) as client:
        user = client.people.change(name, disabled=disabled)
        print_data(user, as_json=as_json, text=f"{name} is {'disabled' if disabled else 'enabled'}.")


def _print_code(told: dict[str, Any], as_json: bool) -> None:
    print_data(told, as_json=as_json, text=told["code"])
    if not as_json:
        note(f"This code signs the user in once, until {told['expires_at']}; in a browser:")
        note(told["link"])


def _ask_password() -> str:
    """Twice, without showing it. Raises RefusedError("command.no_terminal") where nobody can type."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise RefusedError(
            "command.no_terminal",
            "A password is asked for on a terminal, and there is none.",
            hint="Leave out --password and hand over the one-time code.",
        )
    typed = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != typed:
        raise ParameterError("command.passwords_differ", "The two passwords differ.", hint="Type the same twice.")
    return typed
