"""`tacit model`: this organisation's pieces of trained models."""

from __future__ import annotations

from typing import Annotated

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table

_Name = Annotated[str, typer.Argument(help="Name of the model.")]
_Version = Annotated[str, typer.Argument(help="Version, as `tacit model list` shows it.")]
app = typer.Typer(help="This organisation's pieces of trained models.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_models(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List saved models and their versions."""
    with reported(as_json=as_json), open_client(home) as client:
        models = client.models()
        rows = [{"name": model["name"], **version} for model in models for version in model["versions"]]
        print_data(
            models,
            as_json=as_json,
            text=table(rows, ("name", "version", "kind", "state", "integrity", "created_at", "bytes")),
        )


@app.command("release")
def release_model(name: _Name, version: _Version, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Put a version up for release; on sensitive data a second person must agree."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.release_model(name, version)
        waits = f", waits for {found['item']}" if found["item"] else ""
        print_data(found, as_json=as_json, text=f"{name} {version}: {found['state']}{waits}")


@app.command("retire")
def retire_model(name: _Name, version: _Version, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Retire a version: no step loads it any more. This is not taken back."""
    with reported(as_json=as_json), open_client(home) as client:
        found = client.retire_model(name, version)
        print_data(found, as_json=as_json, text=f"{name} {version}: {found['state']}")
