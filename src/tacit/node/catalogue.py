"""The node's catalogue of datasets: registers them, notices when they change, and shows peers what is published."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tacit.data import sources
from tacit.data.places import locate, scheme_of, suffix_of
from tacit.engines.engine import DatasetSource
from tacit.errors import DataError, ParameterError, TacitError
from tacit.node.clock import now
from tacit.node.database import DatasetRow
from tacit.node.stores.datasets import DatasetStore

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_UNSTAMPED = "read:"


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
        place, given = _readable(path), _options(path, options)
        row = DatasetRow(
            name=name,
            path=str(place),
            format=format or _format_of(place, given),
            options=given,
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
        _readable(row.path)
        if row.stamp == _stamp(row):
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
        """ "ok", "changed" since it was last read, "missing", or "remote": another machine is not asked each time."""
        if scheme_of(row.path) != "file":
            return "remote"
        try:
            return "ok" if _stamp(row) == row.stamp else "changed"
        except TacitError:
            return "missing"


def _examined(row: DatasetRow) -> DatasetRow:
    """Sets what is known from the file. The stamp is taken first: a change while reading shows as a change later."""
    row.stamp = _stamp(row)
    source = _source(row)
    found = sources.describe(source)
    row.rows = found.rows
    row.size_bytes = found.size_bytes
    row.columns = [{"name": column.name, "type": column.type} for column in found.columns]
    row.digest = sources.digest(source)
    return row


def _source(row: DatasetRow) -> DatasetSource:
    return DatasetSource(name=row.name, path=locate(row.path), format=row.format, options=row.options)


def _stamp(row: DatasetRow) -> str:
    """Never twice the same where only reading tells whether something changed."""
    return sources.stamp(_source(row)) or f"{_UNSTAMPED}{secrets.token_hex(8)}"


def _readable(path: str) -> Path | str:
    """The file, folder or address. Only what lies on this machine is looked for."""
    place = locate(path)
    if isinstance(place, str):
        return place
    file = place.expanduser()
    if not file.is_absolute():
        raise ParameterError(
            "dataset.path_relative",
            "The path of a dataset must be absolute.",
            found=path,
            hint="The node may run in another folder than you.",
        )
    if not file.is_file() and not file.is_dir():
        raise DataError(
            "dataset.not_found",
            "There is no such file.",
            found=str(file),
            hint="Was it moved or renamed? Register it again under its new path.",
        )
    return file


def _format_of(place: Path | str, options: Mapping[str, Any]) -> str:
    found = sources.guessed_format(place, options)
    if found is None:
        raise ParameterError(
            "dataset.format_unknown",
            "The format of the file cannot be told from its name.",
            found=str(place).rsplit("/", 1)[-1],
            expected=", ".join(sources.FORMATS),
            hint="Name the format.",
        )
    return found


def _options(path: str, options: Mapping[str, Any] | None) -> dict[str, Any]:
    given = dict(options or {})
    if suffix_of(path) == ".tsv":
        given.setdefault("delimiter", "\t")
    return given
