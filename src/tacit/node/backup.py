"""Backup of a node into one file, and its restoration, on either kind of database.

The file is a gzipped tar: every table as lines of JSON, the node's settings, keys, models and history (the artifacts of
jobs on request), and at the end a manifest with the digest of each. It is sealed with a passphrase
(`tacit.node.sealed_file`), because it holds the node's private key.

The database is read in one snapshot while the node runs. A restored node is the node of that moment: jobs that ran
then are taken up again or fail, and peers repeat what it has not confirmed.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import JSON, Connection, Integer, MetaData, Table, inspect, text
from sqlalchemy.types import TypeEngine

from tacit import __version__
from tacit.errors import InputError, RefusedError, ResourceError
from tacit.ledger.audit import START
from tacit.node import last_backup, outside_acts
from tacit.node import settings as node_settings
from tacit.node.clock import iso, now
from tacit.node.database import Database, known_revisions, migrate, reach_database
from tacit.node.home import Home
from tacit.node.outside_acts import OutsideAct
from tacit.node.sealed_file import open_sealed, seal_file

FORMAT = 1
MANIFEST = "manifest.json"
MIN_PASSPHRASE = 12
_FILES = (node_settings.FILE, "api.token")
_FOLDERS = ("keys", "models", "history")
_VERSIONS = "alembic_version"
_PASSING = ("sessions", "sign_in_codes")  # may have been ended or used since: nobody is signed in by a restoration
_ROWS = 1000  # at a time


@dataclass(slots=True)
class Manifest:
    """What a backup holds. `files`: SHA-256 by name; `tables`: rows; `audit_head`: hash of the last entry."""

    format: int = FORMAT
    software: str = __version__
    node: str = ""
    revision: str = ""
    created: str = ""
    audit_head: str = START
    tables: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


# -- making one ------------------------------------------------------------------------------------------------------


def make_backup(home: Home, out: Path, passphrase: str, *, artifacts: bool = False) -> Manifest:
    """Write the backup of the node in `home` to `out`, whole or not at all; the node notes it in its audit trail.

    Raises InputError("backup.exists"), ResourceError("node.database_unreachable", "backup.not_noted").
    """
    settings = home.settings()
    if out.exists():
        raise InputError("backup.exists", "There is a file of this name already.", found=str(out))
    check_passphrase(passphrase)
    manifest = Manifest(node=settings.name, created=iso(now()) or "")
    database = reach_database(home.path, settings.database_url)
    try:
        with tempfile.TemporaryDirectory(dir=home.path, prefix=".tacit-backup-") as name:
            plain = Path(name) / "backup.tar.gz"
            with tarfile.open(plain, "w:gz", compresslevel=3) as archive:
                _put_tables(archive, database, manifest, Path(name))
                _put_files(archive, home, manifest, artifacts)
                _put(archive, MANIFEST, json.dumps(manifest.as_dict(), indent=1).encode())
            seal_file(plain, out, passphrase)
    finally:
        database.close()
    with _noting():
        last_backup.note(home.path, manifest.created, manifest.audit_head, artifacts=artifacts)
        _note(home.path, "backup.made", out, manifest, artifacts=artifacts)
    return manifest


def _note(
    home: Path, act: Literal["backup.made", "backup.restored"], file: Path, manifest: Manifest, **more: bool
) -> None:
    """The digest names the file for ever: no two backups have the same. Raises OSError."""
    digest = _digest_of(file)
    facts = {"sha256": digest, "created": manifest.created, "audit_head": manifest.audit_head}
    named = {"file": _writable(file.name), "by": _writable(last_backup.user())}
    outside_acts.note(home, OutsideAct(act=act, subject=f"backup:{digest[:16]}", details={**named, **facts, **more}))


def _writable(name: str) -> str:
    """A name as the trail can hold it."""
    text = name.encode("utf-8", "replace").decode()[:200]
    return "".join(each if each.isprintable() else "?" for each in text)


@contextlib.contextmanager
def _noting() -> Iterator[None]:
    """What is done stays done when the node's folder cannot be told of it."""
    try:
        yield
    except OSError as fault:
        raise ResourceError(
            "backup.not_noted",
            "It is done, and the file is good, but the node's folder could not be told of it.",
            found=type(fault).__name__,
            hint="Let the user of the node own its folder and all in it.",
        ) from fault


def _put_tables(archive: tarfile.TarFile, database: Database, manifest: Manifest, scratch: Path) -> None:
    level = "REPEATABLE READ" if database.engine.dialect.name == "postgresql" else "SERIALIZABLE"
    with database.engine.connect().execution_options(isolation_level=level) as connection, connection.begin():
        manifest.revision = str(connection.scalar(text(f"SELECT version_num FROM {_VERSIONS}")))  # noqa: S608
        for table in _tables(connection):
            draft = scratch / "table"
            manifest.tables[table.name] = _write_rows(connection, table, draft)
            _put_file(archive, f"tables/{table.name}.jsonl", draft, manifest)
        last = connection.execute(text("SELECT entry FROM audit ORDER BY number DESC LIMIT 1")).scalar()
    entry = json.loads(last) if isinstance(last, str) else last
    manifest.audit_head = entry["hash"] if entry else START


def _write_rows(connection: Connection, table: Table, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in connection.execution_options(yield_per=_ROWS).execute(table.select()).mappings():
            file.write(json.dumps({str(name): _plain(value) for name, value in row.items()}) + "\n")
            count += 1
    return count


def _plain(value: Any) -> Any:
    """JSON has no bytes: they are written as {"hex": …}."""
    return {"hex": bytes(value).hex()} if isinstance(value, bytes | memoryview) else value


def _put_files(archive: tarfile.TarFile, home: Home, manifest: Manifest, artifacts: bool) -> None:
    folders = (*_FOLDERS, "artifacts") if artifacts else _FOLDERS
    found = [home.path / name for name in _FILES]
    found += [path for folder in folders for path in sorted((home.path / folder).rglob("*"))]
    for path in found:
        if path.is_file() and not path.is_symlink():
            _put_file(archive, f"home/{path.relative_to(home.path)}", path, manifest)


def _put_file(archive: tarfile.TarFile, name: str, path: Path, manifest: Manifest) -> None:
    manifest.files[name] = _digest_of(path)
    archive.add(path, name, recursive=False)


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


# -- bringing one back -----------------------------------------------------------------------------------------------


def restore_backup(file: Path, home: Path, passphrase: str, *, database_url: str | None = None) -> Manifest:
    """Make the node of a backup in the empty folder `home`; `database_url`: into that database instead of its old one.
    At its first start the node notes this in its audit trail.

    Raises InputError("backup.…"), RefusedError("backup.home_not_empty", "backup.database_not_empty", "backup.newer"),
    ResourceError("backup.not_noted").
    """
    if home.exists() and any(home.iterdir()):
        raise RefusedError("backup.home_not_empty", "A backup is only restored into an empty folder.", found=str(home))
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=home.absolute().parent, prefix=".tacit-restore-") as name:
        unpacked = Path(name)
        manifest = _unpack(file, unpacked, passphrase)
        files = unpacked / "home"
        if database_url is not None:
            _name_database(files / node_settings.FILE, database_url)
        values = node_settings.check(node_settings.read_toml(files / node_settings.FILE), str(file))
        _load_tables(files, values.database_url, unpacked / "tables", manifest)
        for path in sorted(files.iterdir()):
            shutil.move(path, home / path.name)
    for folder in (home, *(home / name for name in ("keys", "artifacts", "models", "history", "logs"))):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
    with _noting():
        _note(home, "backup.restored", file, manifest)
    return manifest


def _unpack(file: Path, folder: Path, passphrase: str) -> Manifest:
    plain = folder / "backup.tar.gz"
    open_sealed(file, plain, passphrase)
    try:
        with tarfile.open(plain, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (tarfile.TarError, OSError, ValueError, TypeError) as fault:
        raise _damaged(type(fault).__name__) from fault
    plain.unlink()
    if manifest.format != FORMAT or manifest.revision not in known_revisions():
        raise RefusedError(
            "backup.newer",
            "The backup was made by a newer version of the software.",
            found=manifest.software,
            expected=f"at most {__version__}",
            hint="Restore it with that version.",
        )
    for name, expected in manifest.files.items():
        _check_digest(folder / name, name, expected)
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_symlink() or not (path.is_dir() or name in manifest.files or name == MANIFEST):
            raise _damaged(f"{name} is not in its manifest")
    return manifest


def _check_digest(path: Path, name: str, expected: str) -> None:
    try:
        found = _digest_of(path)
    except OSError:
        raise _damaged(f"{name} is missing") from None
    if found != expected:
        raise _damaged(f"{name} differs from its digest")


def _damaged(found: str) -> InputError:
    return InputError("backup.damaged", "The backup is damaged.", found=found, hint="Take another copy of it.")


def _name_database(path: Path, url: str) -> None:
    lines = [line for line in path.read_text().splitlines() if not line.startswith("database_url")]
    path.write_text("\n".join([f"database_url = {json.dumps(url)}", *lines]) + "\n")  # before any table


def _load_tables(home: Path, url: str | None, folder: Path, manifest: Manifest) -> None:
    database = reach_database(home, url)
    try:
        database.claim()
        if inspect(database.engine).get_table_names():
            raise RefusedError(
                "backup.database_not_empty",
                "A backup is only restored into an empty database.",
                hint="Make a new one, and name it with --database-url.",
            )
        migrate(database, manifest.revision)
        with database.engine.begin() as connection:
            for table in _tables(connection):
                count = _read_rows(connection, table, folder / f"{table.name}.jsonl")
                if count != manifest.tables.get(table.name, 0):
                    raise _damaged(f"{count} rows in {table.name}")
                if table.name in _PASSING:
                    connection.execute(table.delete())
        migrate(database)
    finally:
        database.close()


def _read_rows(connection: Connection, table: Table, path: Path) -> int:
    count = 0
    for rows in _batches(path):
        connection.execute(table.insert(), rows)
        count += len(rows)
    _set_sequence(connection, table)
    return count


def _batches(path: Path) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for line in file:
                batch.append({name: _value(value) for name, value in json.loads(line).items()})
                if len(batch) == _ROWS:
                    yield batch
                    batch = []
    if batch:
        yield batch


def _value(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) and set(value) == {"hex"} else value


def _set_sequence(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers new rows by a counter that knows nothing of rows that were inserted with their numbers."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1 or not isinstance(keys[0].type, Integer):
        return
    name, key = table.name, keys[0].name
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:name, :key)"), {"name": name, "key": key})
    if sequence is not None:
        last = f"(SELECT max({key}) FROM {name})"  # noqa: S608
        connection.execute(text(f"SELECT setval('{sequence}', coalesce({last}, 1), {last} IS NOT NULL)"))


def _tables(connection: Connection) -> list[Table]:
    """As they are in this database, whatever version it has; JSON null stays what it was: no value."""
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        for column in table.columns:
            kind: TypeEngine[Any] = column.type
            if isinstance(kind, JSON):
                column.type = JSON(none_as_null=True)
    return [table for table in metadata.sorted_tables if table.name != _VERSIONS]


def check_passphrase(passphrase: str) -> str:
    """Raises InputError("backup.passphrase_short")."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise InputError(
            "backup.passphrase_short",
            "The passphrase is too short.",
            found=f"{len(passphrase)} characters",
            expected=f"at least {MIN_PASSPHRASE}",
        )
    return passphrase
