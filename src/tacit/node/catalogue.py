"""The node's catalogue of datasets: registers them, notices when they change, and shows peers what is published."""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tacit.data import sources
from tacit.data.encodings import encoding_of
from tacit.data.glance import glance
from tacit.data.places import locate, scheme_of, suffix_of
from tacit.data.sampling import sample
from tacit.data.website import PRIVATE
from tacit.engines.engine import DatasetSource
from tacit.errors import DataError, InternalError, ParameterError, TacitError
from tacit.node.clock import now
from tacit.node.connections import LEAST, Connections
from tacit.node.database import DatasetRow
from tacit.node.stores.datasets import DatasetStore

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_SAMPLED_CELLS = 20_000_000  # of a profile: about 200 MB
_UNSTAMPED = "read:"


class Catalogue:
    """Datasets of this node. The files stay where they are and are never copied.

    connections: for datasets that lie behind one; private: whether web servers may be of private networks.
    """

    def __init__(self, store: DatasetStore, connections: Connections | None = None, *, private: bool = False) -> None:
        self._store, self._connections, self._private = store, connections, private
        self.tell: Callable[[str, str], None] = lambda act, name: None  # "registered", "refreshed", "removed"

    def all(self) -> list[DatasetRow]:
        return self._store.all()

    def get(self, name: str) -> DatasetRow:
        """Raises NotFoundError("dataset.unknown")."""
        return self._store.get(name)

    def register(
        self,
        name: str,
        path: str | None = None,
        *,
        connection: str | None = None,
        format: str | None = None,
        options: Mapping[str, Any] | None = None,
        description: str = "",
        published: bool = True,
    ) -> DatasetRow:
        """Read the file once and keep what was found. Either a path or a connection with an item among the options.

        Raises DataError, ParameterError, InputError("dataset.exists"), NotFoundError("connection.unknown").
        """
        if not _NAME.match(name):
            raise ParameterError(
                "dataset.name_invalid",
                "This cannot be the name of a dataset.",
                found=name,
                expected="a lower-case letter, then letters, digits, - or _, at most 63 in all",
            )
        row = DatasetRow(
            name=name,
            options=_options(path or "", options),
            description=description,
            published=published,
            registered_at=now(),
        )
        self._place(row, path, connection, format)
        if row.format == "csv":  # kept with the dataset: what is registered is what is read ever after
            row.options = {**row.options, "encoding": encoding_of(self.source(row))}
        self._store.add(self._examined(row))
        self.tell("registered", name)
        return row

    def _place(self, row: DatasetRow, path: str | None, connection: str | None, format: str | None) -> None:
        """Settles where the dataset lies."""
        if (path is None) == (connection is None):
            raise ParameterError(
                "dataset.place_missing", "A dataset lies at a path or behind a connection.", expected="one of the two"
            )
        if path is not None:
            place = _readable(path)
            row.path, row.connection = str(place), None
            row.format = format or _format_of(place, row.options, self._access(place))
            return
        connections = self._needed_connections()
        row.options = connections.complete(str(connection), row.options)
        source = connections.found(str(connection), row.options, format)
        row.path, row.connection, row.format = str(source.path), connection, source.format

    def refresh(self, name: str) -> DatasetRow:
        """Read the file again and keep the new findings."""
        row = self._examined(self._store.get(name))
        row.registered_at = now()
        self._store.replace(row)
        self.tell("refreshed", name)
        return row

    def fresh(self, name: str) -> DatasetRow:
        """The dataset with findings that fit its file as it is now."""
        row = self._store.get(name)
        _readable(row.path)
        if row.stamp == _stamp(self.source(row)):
            return row
        return self.refresh(name)

    def check_present(self, name: str) -> None:
        """Raises NotFoundError("dataset.unknown"), DataError("dataset.not_found")."""
        _readable(self._store.get(name).path)

    def profile(self, name: str, rows: int) -> dict[str, Any]:
        """`glance.glance` of a sample of so many rows, fewer of a wide table; the same sample as long as the dataset is
        the same.

        Raises NotFoundError("dataset.unknown") and what reading raises.
        """
        row = self._store.get(name)
        _readable(row.path)
        fitting = max(LEAST, min(rows, _SAMPLED_CELLS // max(1, len(row.columns))))
        return glance(sample(self.source(row), fitting, zlib.crc32(row.digest.encode())), LEAST)

    def remove(self, name: str) -> DatasetRow:
        """Forget a dataset; its file stays."""
        row = self._store.get(name)
        self._store.remove(name)
        self.tell("removed", name)
        return row

    def published(self) -> list[DatasetRow]:
        return [row for row in self._store.all() if row.published]

    def behind(self, connection: str) -> list[str]:
        """Names of the datasets behind a connection."""
        return [row.name for row in self._store.all() if row.connection == connection]

    def source(self, row: DatasetRow) -> DatasetSource:
        """What a reader opens, with what the node adds and nobody is shown."""
        if row.connection is None:
            plain = _plain_source(row)
            return replace(plain, access=self._access(plain.path))
        connections = self._needed_connections()
        return replace(connections.source(connections.get(row.connection), row.options, row.format), name=row.name)

    def _examined(self, row: DatasetRow) -> DatasetRow:
        """Sets what is known from the file. The stamp is taken first: a change while reading shows as one later."""
        source = self.source(row)
        row.path, row.stamp = str(source.path), _stamp(source)
        found = sources.describe(source)
        row.rows = found.rows
        row.size_bytes = found.size_bytes
        row.columns = [{"name": column.name, "type": column.type} for column in found.columns]
        row.digest = sources.digest(source)
        return row

    def _access(self, place: Path | str) -> sources.Access:
        return sources.Access({PRIVATE: "yes"} if self._private and scheme_of(place) == "http" else {})

    def _needed_connections(self) -> Connections:
        if self._connections is None:
            raise InternalError("internal.no_connections", "This catalogue knows no connections.")
        return self._connections

    @staticmethod
    def state_of(row: DatasetRow) -> str:
        """ "ok", "changed" since it was last read, "missing", or "remote": another machine is not asked each time."""
        if scheme_of(row.path) != "file":
            return "remote"
        try:
            return "ok" if _stamp(_plain_source(row)) == row.stamp else "changed"
        except TacitError:
            return "missing"


def _plain_source(row: DatasetRow) -> DatasetSource:
    options = {name: value for name, value in row.options.items() if name != "object"}
    return DatasetSource(name=row.name, path=locate(row.path), format=row.format, options=options)


def _stamp(source: DatasetSource) -> str:
    """Never twice the same where only reading tells whether something changed."""
    return sources.stamp(source) or f"{_UNSTAMPED}{secrets.token_hex(8)}"


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


def _format_of(place: Path | str, options: Mapping[str, Any], access: Mapping[str, str]) -> str:
    found = sources.guessed_format(place, options, access)
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
