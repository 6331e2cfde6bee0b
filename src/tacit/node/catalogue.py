"""The node's catalogue of datasets: registers files, notices when they change, and shows peers what is published."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tacit.data import sources
from tacit.engines.engine import DatasetSource
from tacit.errors import DataError, ParameterError
from tacit.node.clock import now
from tacit.node.database import DatasetRow
from tacit.node.stores.datasets import DatasetStore

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_FORMATS = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow"}


class Catalogue:
    """Datasets of this node. The files stay where they are and are never copied."""

    def __init__(self, store: DatasetStore) -> None:
        self._store = store

    def all(self) -> list[DatasetRow]:
        return self._store.all()

    def get(self, name: str) -> DatasetRow:
        """Raises NotFoundError("dataset.unknown")."""
        return self._store.get(name)

    def register(
        self,
        name: str,
        path: str,
        *,
        format: str | None = None,
        options: Mapping[str, Any] | None = None,
        description: str = "",
        published: bool = True,
    ) -> DatasetRow:
        """Read the file once and keep what was found.

        Raises DataError, ParameterError, InputError("dataset.exists").
        """
        if not _NAME.match(name):
            raise ParameterError(
                "dataset.name_invalid",
                "This cannot be the name of a dataset.",
                found=name,
                expected="a lower-case letter, then letters, digits, - or _, at most 63 in all",
            )
        file = _readable(path)
        row = DatasetRow(
            name=name,
            path=str(file),
            format=format or _format_of(file),
            options=_options(file, options),
            description=description,
            published=published,
            registered_at=now(),
        )
        self._store.add(_examined(row))
        return row

    def refresh(self, name: str) -> DatasetRow:
        """Read the file again and keep the new findings."""
        row = _examined(self._store.get(name))
        row.registered_at = now()
        self._store.replace(row)
        return row

    def fresh(self, name: str) -> DatasetRow:
        """The dataset with findings that fit its file as it is now."""
        row = self._store.get(name)
        if row.stamp == _stamp(_readable(row.path)):
            return row
        return self.refresh(name)

    def check_present(self, name: str) -> None:
        """Raises NotFoundError("dataset.unknown"), DataError("dataset.not_found")."""
        _readable(self._store.get(name).path)

    def remove(self, name: str) -> DatasetRow:
        """Forget a dataset; its file stays."""
        row = self._store.get(name)
        self._store.remove(name)
        return row

    def published(self) -> list[DatasetRow]:
        return [row for row in self._store.all() if row.published]

    @staticmethod
    def state_of(row: DatasetRow) -> str:
        """ "ok", "changed" since it was last read, or "missing"."""
        try:
            return "ok" if _stamp(Path(row.path)) == row.stamp else "changed"
        except OSError:
            return "missing"


def _examined(row: DatasetRow) -> DatasetRow:
    """Sets what is known from the file. The stamp is taken first: a change while reading shows as a change later."""
    row.stamp = _stamp(Path(row.path))
    source = DatasetSource(name=row.name, path=Path(row.path), format=row.format, options=row.options)
    found = sources.describe(source)
    row.rows = found.rows
    row.size_bytes = found.size_bytes
    row.columns = [{"name": column.name, "type": column.type} for column in found.columns]
    row.digest = sources.digest(source)
    return row


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{status.st_size}.{status.st_mtime_ns}.{status.st_ino}"


def _readable(path: str) -> Path:
    file = Path(path).expanduser()
    if not file.is_absolute():
        raise ParameterError(
            "dataset.path_relative",
            "The path of a dataset must be absolute.",
            found=path,
            hint="The node may run in another folder than you.",
        )
    if not file.is_file():
        raise DataError(
            "dataset.not_found",
            "There is no such file.",
            found=str(file),
            hint="Was it moved or renamed? Register it again under its new path.",
        )
    return file


def _format_of(file: Path) -> str:
    found = _FORMATS.get(file.suffix.lower())
    if found is None:
        raise ParameterError(
            "dataset.format_unknown",
            "The format of the file cannot be told from its name.",
            found=file.name,
            expected=", ".join(sorted(set(_FORMATS.values()))),
            hint="Name the format.",
        )
    return found


def _options(file: Path, options: Mapping[str, Any] | None) -> dict[str, Any]:
    given = dict(options or {})
    if file.suffix.lower() == ".tsv":
        given.setdefault("delimiter", "\t")
    return given
