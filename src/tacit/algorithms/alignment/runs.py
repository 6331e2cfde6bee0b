"""The keys that the last runs of a series compared, as files of this party: sorted digests of 16 bytes, nothing else.

The digests are keyed with a public key, the same everywhere: whoever gets such a file can try keys against it, as
against the table itself. It stays in the node's private folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tacit.kernel import blake3_hash
from tacit.kernel.arrays import Bytes
from tacit.protocols.psi.wire import store_failed

KEPT = 2  # runs: a side that is one behind can still be met
DIGEST_BYTES = 16
_HEAD = struct.Struct("<8sQ32s")  # magic, keys, hash of the digests
_MAGIC = b"TPSIKEY1"
_FILE = re.compile(r"([0-9]{10})-([0-9a-f]{32})\.keys")


@dataclass(frozen=True, slots=True, order=True)
class Run:
    """What both sides call a run: its number and 16 bytes that come from its session."""

    number: int
    id: bytes

    @property
    def file(self) -> str:
        return f"{self.number:010d}-{self.id.hex()}.keys"


BEGINNING = Run(0, bytes(16))  # nothing was compared yet


class Runs:
    """The files in `folder`; None: nothing is kept, so every run is the first."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def all(self) -> list[Run]:
        """From which this side can go on, the newest first. Files that are not whole do not count."""
        names = [_FILE.fullmatch(path.name) for path in self._files()]
        found = sorted((Run(int(name[1]), bytes.fromhex(name[2])) for name in names if name), reverse=True)[:KEPT]
        whole = [run for run in found if self.read(run) is not None]
        return [*whole, BEGINNING][:KEPT] if not found or found[0].number == 1 else whole

    def read(self, run: Run) -> Bytes | None:
        """The digests (n, 16) of a run; None if the file is not there or not whole."""
        if run == BEGINNING:
            return np.empty((0, DIGEST_BYTES), dtype=np.uint8)
        try:
            content = (self._folder / run.file).read_bytes() if self._folder is not None else b""
        except OSError:
            return None
        if len(content) < _HEAD.size:
            return None
        magic, count, told = _HEAD.unpack_from(content)
        body = memoryview(content)[_HEAD.size :]
        if magic != _MAGIC or body.nbytes != count * DIGEST_BYTES or blake3_hash(body) != told:
            return None
        return np.frombuffer(body, dtype=np.uint8).reshape(-1, DIGEST_BYTES)

    def keep(self, run: Run, digests: Bytes, base: Run) -> None:
        """Write a run, and forget all others but the one that it began from. ResourceError psi.store_failed."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(self._folder / run.file, digests)
            for path in self._files():
                if _FILE.fullmatch(path.name) and path.name not in (run.file, base.file):
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise store_failed(error) from None

    def _files(self) -> list[Path]:
        return list(self._folder.iterdir()) if self._folder is not None and self._folder.is_dir() else []


def _write(path: Path, digests: Bytes) -> None:
    """Whole or not at all."""
    body = np.ascontiguousarray(digests).data
    part = path.with_name(f"{secrets.token_hex(8)}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(_HEAD.pack(_MAGIC, len(digests), blake3_hash(body)))
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    entry = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
