"""`tacit operator`: the boxes that a flow can be made of."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.client.language import language
from tacit.errors import NotFoundError

app = typer.Typer(help="The operators that a flow can be made of.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_operators(as_json: JsonOption = False) -> None:
    """List all operators."""
    with reported(as_json=as_json):
        described = _described()
        rows = [
            {"name": each["name"], "version": each["version"], "title": each["title"][language()]} for each in described
        ]
        print_data(described, as_json=as_json, text=table(rows, ("name", "version", "title")))


@app.command("show")
def show_operator(name: Annotated[str, typer.Argument(help="For example psi")], as_json: JsonOption = False) -> None:
    """Show one operator: roles, ports, parameters, and who learns what."""
    with reported(as_json=as_json):
        described = {each["name"]: each for each in _described()}
        if name not in described:
            from difflib import get_close_matches

            close = get_close_matches(name, described, n=1)
            raise NotFoundError(
                "operator.unknown",
                f"There is no operator {name!r}.",
                hint=f"Did you mean {close[0]}?" if close else "`tacit operator list` shows them all.",
            )
        print_data(described[name], as_json=as_json, text=_page(described[name]))


def _described() -> list[dict[str, Any]]:
    from tacit.operators import all_specs
    from tacit.operators.description import describe

    return [describe(spec) for _, spec in sorted(all_specs().items())]


def _page(operator: dict[str, Any]) -> str:
    lang = language()
    lines = [
        f"{operator['name']}  {operator['title'][lang]}  (version {operator['version']})",
        "",
        operator["help"][lang],
    ]
    lines += ["", "roles:"] + [f"  {role['name']:<12} {role['title'][lang]}" for role in operator["roles"]]
    for side in ("inputs", "outputs"):
        lines += ["", f"{side}:"] + [
            f"  {port['name']:<12} {port['kind']:<10} at {', '.join(port['holders'])}" for port in operator[side]
        ]
    lines += ["", "parameters:"]
    for name, field in operator["params"].get("properties", {}).items():
        default = f" (default {field['default']!r})" if "default" in field else " (required)"
        lines.append(f"  {name}{default}")
    lines += ["", "who learns what:"]
    lines += [f"  {item['learner']:<12} {item['what'][lang]}" for item in operator["disclosure"]]
    return "\n".join(lines)
