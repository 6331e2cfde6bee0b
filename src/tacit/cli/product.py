"""`tacit product`: what this organisation offers to its peers, and what they offer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli.options import HomeOption, open_client
from tacit.cli.output import JsonOption, print_data, reported, table
from tacit.errors import InputError, NotFoundError

app = typer.Typer(
    help="Offer datasets to peers, and find what they offer.", no_args_is_help=True, rich_markup_mode=None
)
_Name = Annotated[str, typer.Argument(help="The product's name.")]
_Peer = Annotated[str, typer.Argument(help="The peer's name.")]


@app.command("publish")
def publish_product(
    product: Annotated[str, typer.Argument(help="A YAML file that describes it, or the name of a draft.")],
    draft: Annotated[bool, typer.Option("--draft", help="Only keep it; peers go on seeing what is published.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Publish a data product, or its next version."""
    with reported(as_json=as_json), open_client(home) as client:
        if product.endswith((".yaml", ".yml", ".json")):
            offer = _read(Path(product))
            row = client.products.draft(**{**offer, "publish": not draft})
        else:
            row = client.products.publish(product)
        print_data(row, as_json=as_json, text=f"{row['name']} version {row['version']}: {row['state']}")


@app.command("list")
def list_products(
    state: Annotated[str | None, typer.Option(help="draft, published or withdrawn.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List this node's own data products."""
    with reported(as_json=as_json), open_client(home) as client:
        rows = client.products.all(state=state)
        shown = [row | {"seen_by": row["audience"] or "all peers"} for row in rows]
        print_data(rows, as_json=as_json, text=table(shown, ("name", "version", "state", "seen_by", "changed_at")))


@app.command("show")
def show_product(
    name: _Name,
    peer: Annotated[str | None, typer.Option(help="Whose; without it, this node's own.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a data product with its columns, terms and uses."""
    with reported(as_json=as_json), open_client(home) as client:
        print_data(client.products.of(peer, name) if peer else client.products.get(name), as_json=as_json)


@app.command("withdraw")
def withdraw_product(name: _Name, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Take a data product back: peers do not see it any more, what was agreed stays."""
    with reported(as_json=as_json), open_client(home) as client:
        row = client.products.withdraw(name)
        print_data(row, as_json=as_json, text=f"{name} is withdrawn.")


@app.command("search")
def search_products(
    text: Annotated[str, typer.Argument(help="Words that must all occur; Chinese needs no blanks.")] = "",
    operator: Annotated[str | None, typer.Option(help="That this operator may be used on.")] = None,
    level: Annotated[int | None, typer.Option(min=1, max=5, help="At most this level.")] = None,
    unit: Annotated[str | None, typer.Option(help="With a price per job, row or query.")] = None,
    theme: Annotated[str | None, typer.Option(help="Of this theme.")] = None,
    peer: Annotated[str | None, typer.Option(help="Of this peer.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask all peers now.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find what peers offer, the best first."""
    with reported(as_json=as_json), open_client(home) as client:
        filters = {"operator": operator, "level": level, "unit": unit, "theme": theme, "peer": peer}
        found = client.products.search(text, fresh=fresh, **filters)
        columns = ("peer", "product", "version", "title", "level", "price", "as_of")
        print_data(found, as_json=as_json, text=table([_line(each) for each in found], columns))


@app.command("request")
def request_product(
    peer: _Peer,
    name: _Name,
    purpose: Annotated[str, typer.Option(help="What the data is for, as the agreement will say.")],
    valid_until: Annotated[str, typer.Option(help="Last moment of the agreement, 2027-12-31.")],
    version: Annotated[int | None, typer.Option(min=1, help="Only if it is still this version.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for a peer's product: propose the agreement that it offers."""
    with reported(as_json=as_json), open_client(home) as client:
        agreement = client.products.request(peer, name, purpose, valid_until=valid_until, version=version)
        print_data(agreement, as_json=as_json, text=f"{agreement['id']} {agreement['name']}: {agreement['stage']}")


def _read(path: Path) -> dict[str, Any]:
    """Raises NotFoundError("product.no_file"), InputError("product.not_yaml")."""
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise NotFoundError("product.no_file", "The description of the data product cannot be read.") from None
    except yaml.YAMLError:
        document = None
    if not isinstance(document, dict):
        raise InputError(
            "product.not_yaml",
            "The description of the data product is not a YAML mapping.",
            hint="See docs/guides/portal.md for one.",
        )
    times = {"valid_until": str(document["valid_until"])} if document.get("valid_until") is not None else {}
    return document | times  # YAML reads a date as one


def _line(found: dict[str, Any]) -> dict[str, Any]:
    product = found["product"]
    prices = product.get("terms", {}).get("prices") or []
    return {
        "peer": product["publisher"],
        "product": product["identifier"],
        "version": product["version"],
        "title": f"{product['title']['zh']} · {product['title']['en']}",
        "level": product["level"],
        "price": ", ".join(f"{price['amount']} {price['currency']}/{price['unit']}" for price in prices),
        "as_of": (found["fetched_at"] or "") + (f" ({found['error']})" if found["error"] else ""),
    }
