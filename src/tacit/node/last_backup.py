"""When the last backup of a node was made: a note in its folder, written by the command that made it."""

from __future__ import annotations

import getpass
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from tacit.node.home import write_private

FILE = "last_backup.json"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """`by`: the user of the machine. `artifacts`: with the results of jobs. `audit_head`: hash of the last entry of the
    audit trail in it."""

    at: str
    by: str
    artifacts: bool
    audit_head: str


def note(folder: Path, at: str, audit_head: str, *, artifacts: bool) -> None:
    """A later one takes the place of an earlier one."""
    made = LastBackup(at, user(), artifacts, audit_head)
    write_private(folder / FILE, json.dumps(asdict(made)) + "\n")


def read(folder: Path) -> LastBackup | None:
    """None: none was made, or nothing can be read of it."""
    try:
        return TypeAdapter(LastBackup).validate_json((folder / FILE).read_text(encoding="utf-8"), strict=True)
    except (OSError, ValueError):
        return None


def user() -> str:
    """Whoever runs this program."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # in a container there may be no name for the number
        return str(os.getuid())
