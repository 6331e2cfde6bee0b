"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tacit.client.client import Client

HomeOption = Annotated[
    Path | None, typer.Option("--home", envvar="TACIT_HOME", help="Folder of the node (default ~/.tacit).")
]


def open_client(home: Path | None) -> Client:
    """The SDK client of the node in `home`; loaded late, because HTTP is slow to import."""
    from tacit.client.client import Client

    return Client(home)
