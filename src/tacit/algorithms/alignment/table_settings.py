"""How the rows of a file become entries of a sealed table: kept beside the table, at the server only."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from tacit.errors import NotFoundError
from tacit.protocols.psi.sealed import SealedTable
from tacit.protocols.psi.segments import damaged

_NAME = "table.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """`keys`: key columns; `normalise`: one list of rules for each, or none; `columns`: of the payload, in order."""

    keys: tuple[str, ...]
    normalise: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]

    def save(self, folder: Path) -> None:
        """Beside the table."""
        part = folder / f".{_NAME}.part"
        with part.open("w", encoding="utf-8") as file:
            json.dump({"version": _VERSION, **asdict(self)}, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / _NAME)

    @staticmethod
    def discard(folder: Path) -> None:
        """Where no table came about."""
        (folder / _NAME).unlink(missing_ok=True)

    @staticmethod
    def load(folder: Path) -> Settings | None:
        """None: there are none, as in a client's copy. Raises DataError psi.table_damaged."""
        try:
            fields = json.loads((folder / _NAME).read_text(encoding="utf-8"))
            if fields["version"] != _VERSION:
                raise ValueError
            rules = tuple(tuple(map(str, names)) for names in fields["normalise"])
            return Settings(tuple(map(str, fields["keys"])), rules, tuple(map(str, fields["columns"])))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise damaged("settings that cannot be read") from None


def load_server(folder: Path) -> tuple[SealedTable, Settings]:
    """A table that was built here. Raises NotFoundError psi.no_table, DataError psi.table_damaged."""
    table, settings = load_table(folder), Settings.load(folder)
    if settings is None:
        raise damaged("a client's copy, or a table without its settings")
    return table, settings


def load_table(folder: Path) -> SealedTable:
    """Raises NotFoundError psi.no_table, DataError psi.table_damaged."""
    if not any(folder.glob("*.seg")):
        raise NotFoundError(
            "psi.no_table",
            "There is no sealed table in this folder.",
            found=str(folder),
            hint="Check the spelling of its path.",
        )
    return SealedTable(folder)
