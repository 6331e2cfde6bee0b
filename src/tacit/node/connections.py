"""Named connections: how this node reaches places of data. Credentials are in the vault and go to readers only."""

from __future__ import annotations

import re
import secrets as random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tacit.data import discovery, probing
from tacit.data.encodings import encoding_of
from tacit.data.glance import glance
from tacit.data.places import locate, scheme_of
from tacit.data.sampling import sample
from tacit.data.sources import FORMATS, Access, given_options, guessed_format
from tacit.data.website import PRIVATE
from tacit.engines.engine import DatasetSource
from tacit.errors import InputError, ParameterError, TacitError
from tacit.node.clock import now
from tacit.node.connection_kinds import ITEMS, OWN, check_secrets, checked
from tacit.node.stores.connections import ConnectionStore
from tacit.node.tables.vault import ConnectionRow
from tacit.node.vault import Vault

LEAST = 10  # rows that a value must have to be told in a profile
SAMPLE = 20_000
_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test came out. `server`: what answered; `error`: None if all went well."""

    took_ms: int
    server: str | None = None
    error: TacitError | None = None


@dataclass(slots=True)
class Connections:
    """`datasets_of`: names of the datasets behind a connection. `private`: whether web servers may be private."""

    store: ConnectionStore
    vault: Vault
    private: bool = False
    datasets_of: Callable[[str], Sequence[str]] = field(default=lambda _: ())

    def all(self) -> list[ConnectionRow]:
        return self.store.all()

    def get(self, name: str) -> ConnectionRow:
        """Raises NotFoundError("connection.unknown")."""
        return self.store.get(name)

    def add(
        self, name: str, kind: str, options: Mapping[str, Any], secrets: Mapping[str, str], description: str = ""
    ) -> ConnectionRow:
        """Keep a connection; nothing is reached. Raises ParameterError connection.*, InputError connection.exists."""
        if not _NAME.match(name):
            raise ParameterError(
                "connection.name_invalid",
                "This cannot be the name of a connection.",
                found=name[:80],
                expected="a lower-case letter, then letters, digits, - or _, at most 63 in all",
            )
        public = checked(kind, options).model_dump(exclude_none=True)
        check_secrets(kind, secrets)
        at = now()
        row = ConnectionRow(
            name=name,
            kind=kind,
            options=public,
            secrets={"names": sorted(secrets)},
            description=description,
            created_at=at,
            changed_at=at,
        )
        self.store.add(row)
        if secrets:
            self.vault.put(_secret(name), secrets)
        return row

    def change(
        self,
        name: str,
        *,
        options: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        description: str | None = None,
    ) -> ConnectionRow:
        """Replace what is given, the rest stays. New options need the secrets again: else whoever may change a
        connection could send its credential to a server of their own. Raises as `add`."""
        row = self.store.get(name)
        if options is not None:
            public = checked(row.kind, options).model_dump(exclude_none=True)
            if public != row.options and row.secrets["names"] and not secrets:
                raise InputError(
                    "connection.secret_needed",
                    "New options need the credential again.",
                    hint="Give it with them: the one that is kept goes to no other place than it was meant for.",
                )
            row.options = public
        if secrets is not None:
            check_secrets(row.kind, secrets)
            row.secrets = {"names": sorted(secrets)}
        row.description = row.description if description is None else description
        row.changed_at, row.tested_at, row.test = now(), None, None
        if secrets:
            self.vault.put(_secret(name), secrets)
        elif secrets is not None:
            self.vault.remove(_secret(name))
        self.store.replace(row)
        return row

    def remove(self, name: str) -> ConnectionRow:
        """Forget it and its secrets. Raises InputError("connection.in_use")."""
        row, used = self.store.get(name), self.datasets_of(name)
        if used:
            raise InputError(
                "connection.in_use",
                "Datasets lie behind this connection.",
                found=", ".join(used[:5]),
                hint="Remove them first.",
            )
        self.store.remove(name)
        self.vault.remove(_secret(name))
        return row

    def test(self, name: str, timeout_s: float = _TIMEOUT_S) -> Outcome:
        """Reach the place as a reader would, and note how it came out. Raises NotFoundError, InputError vault.*."""
        source = self.source(self.store.get(name), {})
        started, server, error = time.monotonic(), None, None
        try:
            server = probing.probe(scheme_of(source.path), str(source.path), given_options(source), timeout_s)
        except TacitError as fault:
            error = fault
        took = round(1000 * (time.monotonic() - started))
        self.store.note_test(name, now(), {"ok": error is None, "code": None if error is None else error.code})
        return Outcome(took, server, error)

    def items(self, name: str, *, inner: str = "", limit: int = 1000) -> list[dict[str, Any]]:
        """Tables of a database, files of a store or folder. Errors as of `data.discovery`."""
        row = self.store.get(name)
        with probing.translated():
            if row.kind in ("postgresql", "mysql"):
                source = self.source(row, {})
                return discovery.tables(row.kind, str(source.path), given_options(source), limit)
            source = self.source(row, {"object": inner})
            if row.kind == "folder":
                return discovery.files(str(source.path), limit)
            if row.kind == "s3":
                return discovery.objects(f"{str(source.path).rstrip('/')}/", given_options(source), limit)
            return [discovery.web_object(str(source.path), given_options(source))]

    def columns(self, name: str, table: str) -> list[dict[str, Any]]:
        """Columns of a table. Raises ParameterError connection.item_invalid, dataset.option_invalid."""
        row = self.store.get(name)
        source = self.source(row, {})
        if row.kind not in ("postgresql", "mysql"):
            raise ParameterError(
                "connection.item_invalid", "Only databases have tables.", hint="Look at a file with a profile."
            )
        return discovery.columns(row.kind, str(source.path), given_options(source), table)

    def profile(
        self,
        name: str,
        item: Mapping[str, Any],
        *,
        format: str | None = None,
        rows: int = SAMPLE,
        seed: int | None = None,
    ) -> dict[str, Any]:
        """`glance.glance` of a sample of a table, a query or a file behind the connection, and in which `encoding` its
        text was read: of a CSV the option of the item, else what its bytes tell. `item`: options of a dataset."""
        source = self.found(name, item, format)
        encoding = encoding_of(source) if source.format == "csv" else None
        if encoding is not None:
            source = replace(source, options={**source.options, "encoding": encoding})
        drawn = sample(source, rows, random.randbits(32) if seed is None else seed)
        return {**glance(drawn, LEAST), "encoding": encoding}

    def complete(self, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a dataset behind a connection: a table gets its order, so that its digest is always the same.

        Raises ParameterError connection.item_invalid.
        """
        row, given = self.store.get(name), dict(options)
        _check_item(row.kind, given)
        if "table" in given and "order" not in given:
            given["order"] = discovery.order_of(self.columns(name, str(given["table"])))
        return given

    def source(self, row: ConnectionRow, options: Mapping[str, Any], format: str | None = None) -> DatasetSource:
        """What a reader opens, with the credentials. `options`: of a dataset, with its item.

        Without a format, that of the kind, or csv. Raises ParameterError connection.item_invalid, InputError vault.*.
        """
        given = dict(options)
        kind = checked(row.kind, row.options)
        _check_item(row.kind, given)
        path = kind.place(str(given.pop("object", "")))
        access = self.vault.get(_secret(row.name)) if row.secrets["names"] else {}
        if row.kind == "http" and self.private:
            access[PRIVATE] = "yes"
        given |= kind.reading
        named = kind.format or format or "csv"
        return DatasetSource(name=row.name, path=locate(path), format=named, options=given, access=Access(access))

    def found(self, name: str, options: Mapping[str, Any], format: str | None) -> DatasetSource:
        """The same by the connection's name, with the format that the item's name tells if none is given.

        Raises ParameterError dataset.format_unknown and what reading a list of files raises.
        """
        row = self.store.get(name)
        source = self.source(row, options, format)
        if format is not None or row.kind in ("postgresql", "mysql"):
            return source
        told = guessed_format(source.path, source.options, source.access)
        if told is None:
            raise ParameterError(
                "dataset.format_unknown",
                "The format of the file cannot be told from its name.",
                expected=", ".join(FORMATS),
                hint="Name the format.",
            )
        return replace(source, format=told)


def _secret(name: str) -> str:
    return f"connection/{name}"


def _check_item(kind: str, options: Mapping[str, Any]) -> None:
    """At most one item, of the right sort; and nothing that is the connection's."""
    named = [each for each in ITEMS if each in options]
    allowed = ("table", "query") if kind in ("postgresql", "mysql") else ("object",)
    if len(named) > 1 or any(each not in allowed for each in named):
        raise ParameterError(
            "connection.item_invalid",
            "This does not lie behind the connection.",
            expected="one of " + ", ".join(allowed),
        )
    if any(not isinstance(options[each], str) or len(options[each]) > 100_000 for each in named):
        raise ParameterError("connection.item_invalid", "This does not lie behind the connection.", expected="a text")
    own = sorted(OWN & options.keys())
    if own:
        raise ParameterError(
            "connection.item_invalid", f"The option `{own[0]}` is set by the connection, not by a dataset behind it."
        )
