"""What a party's steps note for its later steps: a file of JSON lines and a folder per topic, on its own node only."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tacit.errors import InternalError

KEPT = 1000  # entries per topic

_TOPIC = re.compile(r"^[a-z][a-z0-9_-]{0,127}$")


class History:
    """The notes in `folder`. Steps of one party may run side by side: every access holds a lock on the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, topic: str) -> list[dict[str, Any]]:
        """All entries, oldest first."""
        with self._locked(topic) as file:
            return [json.loads(line) for line in file]

    def append(self, topic: str, entry: dict[str, Any]) -> None:
        """Add an entry; it is on the disk when this returns. The oldest go when there are more than KEPT."""
        with self._locked(topic) as file:
            lines = file.readlines()
            if len(lines) >= 2 * KEPT:
                file.seek(0)
                file.truncate()
                file.writelines(lines[-KEPT:])
            file.write(json.dumps(entry, allow_nan=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def shelf(self, topic: str) -> Path:
        """A folder for files under a topic, which their writer keeps in order."""
        _check(topic)
        folder = self._folder / topic
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    @contextmanager
    def _locked(self, topic: str) -> Iterator[IO[str]]:
        _check(topic)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / f"{topic}.jsonl").open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            yield file


def _check(topic: str) -> None:
    if not _TOPIC.match(topic):
        raise InternalError("history.bad_topic", "A topic is a short name.", found=repr(topic[:80]))
