"""`tacit model`: this organisation's pieces of trained models."""

from __future__ import annotations

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table

app = typer.Typer(help="This organisation's pieces of trained models.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_models(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List saved models and their versions."""
    with reported(as_json=as_json), open_client(home) as client:
        models = client.models()
        rows = [{"name": model["name"], **version} for model in models for version in model["versions"]]
        print_data(models, as_json=as_json, text=table(rows, ("name", "version", "kind", "created_at", "bytes")))
