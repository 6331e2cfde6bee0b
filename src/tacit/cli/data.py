"""`tacit data`: register this organisation's datasets. The rows stay where they are."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.errors import ParameterError

app = typer.Typer(help="Register this organisation's datasets.", no_args_is_help=True, rich_markup_mode=None)
_Dataset = Annotated[str, typer.Argument(help="The dataset's name, as `tacit data list` shows it.")]
_COLUMNS = ("name", "rows", "format", "state", "path")


@app.command("add")
def add_data(
    name: Annotated[str, typer.Argument(help="Name under which flows use it.")],
    path: Annotated[
        str | None,
        typer.Argument(
            help="A CSV, Parquet or Arrow file, a folder of such, https://…, s3://…, postgresql://…, mysql://…"
        ),
    ] = None,
    connection: Annotated[str | None, typer.Option(help="Instead of a path: a connection.")] = None,
    table_name: Annotated[str | None, typer.Option("--table", help="Of a connection: schema.table.")] = None,
    query: Annotated[str | None, typer.Option(help="Of a connection: one SELECT.")] = None,
    object_name: Annotated[str | None, typer.Option("--object", help="Of a connection: a file or folder.")] = None,
    home: HomeOption = None,
    options: Annotated[
        str, typer.Option(help='How to read it, as JSON: {"delimiter": ";", "encoding": "gb18030"}.')
    ] = "{}",
    format: Annotated[str | None, typer.Option(help="csv, parquet or arrow; by default what the name tells.")] = None,
    description: Annotated[str, typer.Option(help="One line, for partners.")] = "",
    private: Annotated[bool, typer.Option("--private", help="Do not show it to peers.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Register a file, a folder or a query. It is read once for its size and digest; nothing is copied."""
    with reported(as_json=as_json), open_client(home) as client:
        dataset = client.add_dataset(
            name,
            path,
            format=format,
            options=_parse(options),
            description=description,
            published=not private,
            connection=connection,
            table=table_name,
            query=query,
            object=object_name,
        )
        text = f"{name}: {dataset['rows']} rows, {len(dataset['columns'])} columns"
        print_data(dataset, as_json=as_json, text=text)


@app.command("list")
def list_data(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the registered datasets."""
    with reported(as_json=as_json), open_client(home) as client:
        datasets = client.datasets()
        print_data(datasets, as_json=as_json, text=table(datasets, _COLUMNS))


@app.command("refresh")
def refresh_data(name: _Dataset, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Read a changed file again."""
    with reported(as_json=as_json), open_client(home) as client:
        dataset = client.refresh_dataset(name)
        print_data(dataset, as_json=as_json, text=f"{name}: {dataset['rows']} rows")


@app.command("remove")
def remove_data(name: _Dataset, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Forget a dataset. The file stays."""
    with reported(as_json=as_json), open_client(home) as client:
        print_data(client.remove_dataset(name), as_json=as_json, text=f"{name} is no longer registered.")


def _parse(options: str) -> dict[str, object]:
    try:
        value = json.loads(options)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ParameterError(
            "command.bad_option", "--options must be a JSON object.", expected='for example {"delimiter": ";"}'
        )
    return value
