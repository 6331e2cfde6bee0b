"""`tacit demo`: three organisations on this machine, one person in every chair."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.output import JsonOption, QuietOption


def run_demo(
    check: Annotated[
        bool, typer.Option("--check", help="Stop after the report; exit 0 if all is well, else 1.")
    ] = False,
    story: Annotated[bool, typer.Option("--story", help="Run the whole story first, then open the console.")] = False,
    scenario: Annotated[
        str, typer.Option(help="hospital (569 real patients) or bank (20,000 generated customers).")
    ] = "hospital",
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Where the three nodes live (default ~/.tacit/demo).")
    ] = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
) -> None:
    """Three organisations on this machine train one model together, with real nodes and real TLS.

    On a terminal it opens the console, in which one person may sit in every chair, until Ctrl-C. With --check, --json
    or a redirected output it tells the story by itself, and stops.
    """
    arguments = ["--scenario", scenario, "--dir", str((folder or Path("~/.tacit/demo")).expanduser().absolute())]
    arguments += ["--check"] if check or as_json or not (sys.stdout and sys.stdout.isatty()) else []
    arguments += ["--story"] if story else []
    arguments += ["--quiet"] if quiet else []
    arguments += ["--json"] if as_json else []
    os.execv(sys.executable, [sys.executable, "-P", "-m", "tacit.demo", *arguments])  # noqa: S606
