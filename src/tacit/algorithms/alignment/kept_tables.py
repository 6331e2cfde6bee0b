"""A sender's sealed tables for one other party, kept from run to run: reused, extended, or sealed anew.

A table is a folder with its segments, its key, what was asked of it, the keys that are in it (`sealed.keys`, as good as
the dataset itself: it stays in the node's private folder) and, written last, `kept.json`. A folder without that is what
a build that broke off left, and goes.

A table serves one content. Where the content has changed it is extended, if that is less work than sealing anew and its
limits allow it; else another is sealed under a key of its own. A table older than its days goes with its key; so does
the one that was not used for longest when there are too many.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tacit.algorithms.alignment.kept_content import MARK_BYTES, Content
from tacit.algorithms.alignment.series import is_in
from tacit.errors import TacitError
from tacit.kernel.arrays import Bytes
from tacit.protocols.psi import sealing
from tacit.protocols.psi.budget import QueryBudget
from tacit.protocols.psi.rows import ByteRows, Indices
from tacit.protocols.psi.sealed import MAX_SEGMENTS, SealedTable
from tacit.protocols.psi.sealing import TableKey
from tacit.protocols.psi.wire import ITEM_BYTES

KEPT = 4  # tables for one other party
LEAST_CAPACITY = 1024
MOST_CHANGED = 4  # a quarter of the keys: above that sealing anew costs little more, and says less
DAY_S = 86_400.0
_NOTE, _KEYS, _SECRET, _USED = "kept.json", "sealed.keys", "table.key", "used.json"

Progress = Callable[[int, int], None]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of a table. `settings`, `content`: their names; `digest`: of its newest header, so that one
    that was extended and not noted down is not taken for another content. `created`: seconds; `days`: of its life."""

    settings: str
    content: str
    digest: str
    created: float
    days: int


@dataclass(frozen=True, slots=True)
class Served:
    """A table that is ready, its key, and the count of what is asked. `how`: sealed, extended or kept."""

    table: SealedTable
    key: TableKey
    budget: QueryBudget
    how: str


@dataclass(frozen=True, slots=True)
class _Change:
    """From a table's keys to others: which numbers of the content come in or change, which old digests go."""

    added: Indices
    removed: Bytes


class KeptTables:
    """The tables in `folder`. `queries`: that one table answers in its life; `days`: how long that may be."""

    def __init__(self, folder: Path, *, queries: int, days: int) -> None:
        self._folder, self._queries, self._days = folder, queries, days

    def ready(self, content: Content, progress: Progress | None = None) -> Served:
        """The table for this content. One step at a time; nothing is sent meanwhile.

        Raises ParameterError psi.payload_width, psi.table_too_large; OSError.
        """
        width = content.width()
        settings = content.settings() + self._queries.to_bytes(8, "little") + self._days.to_bytes(4, "little")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _locked(self._folder):
            mine = [kept for kept in self._sound() if kept.note.settings == settings.hex()]
            fitting = [kept for kept in mine if kept.table.header.payload_bytes >= width]
            served = self._kept(fitting, content) or self._extended(fitting, content, progress)
            if served is not None:
                return served
            self._make_room()
            return self._sealed(settings, content, width, progress)

    def _sound(self) -> list[_Kept]:
        """Those that may still be used, the one used last first; others go."""
        found: list[_Kept] = []
        for folder in self._folder.iterdir():
            if not folder.is_dir():
                continue
            kept = _open(folder)
            if kept is not None and time.time() < kept.note.created + kept.note.days * DAY_S:
                found.append(kept)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        return sorted(found, key=lambda kept: (kept.folder / _NOTE).stat().st_mtime, reverse=True)

    def _kept(self, tables: list[_Kept], content: Content) -> Served | None:
        for kept in tables:
            width = kept.table.header.payload_bytes
            if kept.table.size == content.keys.distinct and kept.note.content == content.name(width):
                os.utime(kept.folder / _NOTE)
                return self._served(kept.folder, kept.table, kept.key, "kept")
        return None

    def _extended(self, tables: list[_Kept], content: Content, progress: Progress | None) -> Served | None:
        """The table that needs the least change, brought up to date."""
        changes = [(kept, _change(kept, content)) for kept in tables]
        worth = [(kept, change) for kept, change in changes if change is not None and _allows(kept, change)]
        if not worth:
            return None
        kept, change = min(worth, key=lambda pair: len(pair[1].added) + len(pair[1].removed))
        width = kept.table.header.payload_bytes
        table = sealing.extend_table(
            kept.folder, kept.key, _told(content, width, change.added, progress), [change.removed]
        )
        self._write(kept.folder, replace(kept.note, digest=table.header.digest.hex()), content, width)
        return self._served(kept.folder, table, kept.key, "extended")

    def _sealed(self, settings: bytes, content: Content, width: int, progress: Progress | None) -> Served:
        """A new table under a new key."""
        folder = self._folder / secrets.token_hex(8)
        folder.mkdir(mode=0o700)
        try:
            key = TableKey.create(folder / _SECRET)
            table = sealing.build_table(
                folder,
                key,
                _told(content, width, content.everything(), progress),
                capacity=max(2 * content.keys.distinct, LEAST_CAPACITY),
                queries=self._queries,
                key_types=content.types,
                payload_bytes=width,
            )
            note = Note(settings.hex(), "", table.header.digest.hex(), time.time(), self._days)
            self._write(folder, note, content, width)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return self._served(folder, table, key, "sealed")

    def _make_room(self) -> None:
        """For one more."""
        for kept in self._sound()[KEPT - 1 :]:
            shutil.rmtree(kept.folder, ignore_errors=True)

    def _served(self, folder: Path, table: SealedTable, key: TableKey, how: str) -> Served:
        return Served(table, key, QueryBudget(folder / _USED, self._queries, self._queries), how)

    def _write(self, folder: Path, note: Note, content: Content, width: int) -> None:
        _put(folder / _KEYS, np.hstack([content.keys.digests, content.marks(width)]).tobytes())
        noted = replace(note, content=content.name(width))
        _put(folder / _NOTE, json.dumps({"version": 1, **asdict(noted)}).encode())


@dataclass(frozen=True, slots=True)
class _Kept:
    folder: Path
    note: Note
    table: SealedTable
    key: TableKey

    def keys(self) -> tuple[Bytes, Bytes] | None:
        """The digests that are in the table, and the marks of their payloads; None if the file is not whole."""
        width = ITEM_BYTES + (MARK_BYTES if self.table.header.payload_bytes else 0)
        rows = np.fromfile(self.folder / _KEYS, dtype=np.uint8)
        if len(rows) != width * self.table.size:
            return None
        rows = rows.reshape(-1, width)
        return np.ascontiguousarray(rows[:, :ITEM_BYTES]), np.ascontiguousarray(rows[:, ITEM_BYTES:])


def _open(folder: Path) -> _Kept | None:
    """None for what cannot be used."""
    try:
        fields = json.loads((folder / _NOTE).read_text("utf-8"))
        if fields.pop("version") != 1:
            return None
        note, table, key = Note(**fields), SealedTable(folder), TableKey.load(folder / _SECRET)
    except (OSError, ValueError, TypeError, KeyError, TacitError):
        return None
    sound = note.digest == table.header.digest.hex() and key.public == table.header.public
    return _Kept(folder, note, table, key) if sound else None


def _change(kept: _Kept, content: Content) -> _Change | None:
    """None where it cannot be told."""
    old = kept.keys()
    if old is None:
        return None
    digests, marks = old
    new, new_marks = content.keys.digests, content.marks(kept.table.header.payload_bytes)
    known, stays = is_in(new, digests), is_in(digests, new)
    numbers = content.everything()
    other = (new_marks[known] != marks[stays]).any(axis=1)  # both are sorted by the digests
    return _Change(np.sort(np.concatenate([numbers[~known], numbers[known][other]])), digests[~stays])


def _allows(kept: _Kept, change: _Change) -> bool:
    """Whether the table may be extended by this, and it is worth it."""
    header, segments = kept.table.header, kept.table.segments
    moved, ever = len(change.added) + len(change.removed), sum(each.header.removed for each in segments)
    entries = sum(each.header.added + each.header.removed for each in segments) + moved
    return (
        len(segments) < MAX_SEGMENTS
        and MOST_CHANGED * moved <= header.size
        and header.size + len(change.added) + ever + len(change.removed) <= header.capacity
        and entries <= 2 * header.size
    )


def _told(
    content: Content, width: int, chosen: Indices, progress: Progress | None
) -> Iterator[tuple[ByteRows, ByteRows | None]]:
    done = 0
    for batch in content.batches(width, chosen):
        yield batch
        done += len(batch[0])
        if progress is not None:
            progress(done, len(chosen))


def _put(path: Path, data: bytes) -> None:
    """Whole or not at all, for this user only."""
    part = path.with_name(path.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with os.fdopen(os.open(folder / ".lock", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
