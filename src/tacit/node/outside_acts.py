"""Acts of commands that run beside the node, such as `tacit node backup`, on their way into the audit trail.

The trail has one writer, the node's process: an entry holds the hash of the one before, so a second writer could only
lose that race. A command therefore leaves its act as a file in the node's folder, whole or not at all. The node writes
it into the trail and then deletes the file: at its start before anything else, and while it runs every few seconds.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import structlog
from pydantic import Field, StringConstraints

from tacit.ledger.audit import AuditTrail
from tacit.node.clock import now
from tacit.node.home import write_private
from tacit.node.stores.audit import AuditTable, TrailFilter
from tacit.node.ticker import Ticker
from tacit.schema.wire import Shape

FOLDER = "acts"
TICK_S = 5.0
ACTOR = "local"  # whoever can write into the node's folder
LARGEST = 1 << 16  # bytes of a file
_log = structlog.get_logger("outside_acts")


Word = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class OutsideAct(Shape):
    """One act as it waits. `subject` is of this act alone, so that it is written down once however often it is read."""

    act: Literal["backup.made", "backup.restored"]
    subject: Annotated[Word, Field(min_length=1)]
    details: dict[Word, Word | bool] = Field(max_length=16)


def note(home: Path, left: OutsideAct) -> None:
    """Leave an act for the node of this folder. Raises OSError."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"{now():017.6f}-{secrets.token_hex(4)}.json"
    write_private(file, left.model_dump_json() + "\n")
    if os.geteuid() == 0:  # the node, which is to read and delete it, runs as whoever the folder belongs to
        for path in (file, folder):
            os.chown(path, home.stat().st_uid, home.stat().st_gid)


@dataclass(slots=True)
class OutsideActs:
    """Wired by `tacit.node.wiring`: takes up what commands left in the folder of this node."""

    home: Path
    trail: AuditTrail
    written: AuditTable
    _ticker: Ticker = field(default_factory=lambda: Ticker("outside_acts"))
    _unread: set[str] = field(default_factory=set)  # told of once

    def look(self) -> None:
        """Write down what waits, the oldest first. One that cannot be taken up holds up no other and no start."""
        for path in sorted((self.home / FOLDER).glob("*.json")):
            if path.name in self._unread:
                continue
            try:
                self._take_up(path)
            except Exception as fault:
                self._unread.add(path.name)
                _log.warning("outside_acts.unread", file=path.name, fault=type(fault).__name__)

    def _take_up(self, path: Path) -> None:
        if not path.is_file() or path.stat().st_size > LARGEST:
            raise ValueError("not a small file")
        left = OutsideAct.model_validate_json(path.read_text(encoding="utf-8"))
        same = TrailFilter(subject=left.subject, act=left.act)
        if not self.written.search(same, 1):  # it may have been written by a node that died before the next line
            self.trail.record(left.act, left.subject, dict(left.details), actor=ACTOR)
        path.unlink(missing_ok=True)

    def start(self) -> None:
        self._ticker.start(self.look, TICK_S)

    def close(self) -> None:
        self._ticker.close()
