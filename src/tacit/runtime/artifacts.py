"""Artifacts: the files a step leaves for later steps and for people. Written whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa

from tacit.errors import DataError, ResourceError
from tacit.kernel import Blake3

TABLE_SUFFIX = ".arrow"
DOCUMENT_SUFFIX = ".json"
_CHUNK = 4 << 20


def write_table(folder: Path, name: str, table: pa.Table) -> Path:
    """Write `table` as an Arrow IPC file `name`.arrow, atomically."""
    path = folder / f"{name}{TABLE_SUFFIX}"

    def write(partial: Path) -> None:
        with pa.OSFile(str(partial), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)

    _write_whole(path, write)
    return path


def write_document(folder: Path, name: str, document: dict[str, Any]) -> Path:
    """Write `document` as `name`.json, atomically. NaN and infinity are refused."""
    path = folder / f"{name}{DOCUMENT_SUFFIX}"
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)
    _write_whole(path, lambda partial: partial.write_text(text, encoding="utf-8"))
    return path


def read_table(path: Path) -> pa.Table:
    """The table of an artifact, memory-mapped."""
    try:
        return pa.ipc.open_file(pa.memory_map(str(path), "r")).read_all()
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(
            "artifact.unreadable", f"The artifact {path.name} cannot be read.", hint="Run the step again."
        ) from error


def read_document(path: Path) -> dict[str, Any]:
    """The JSON object of an artifact."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(
            "artifact.unreadable", f"The artifact {path.name} cannot be read.", hint="Run the step again."
        ) from error
    if not isinstance(document, dict):
        raise DataError("artifact.unreadable", f"The artifact {path.name} is not a JSON object.")
    return document


def digest_file(path: Path) -> str:
    """Hex BLAKE3 of a file's content."""
    hasher = Blake3()
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            hasher.update(block)
    return hasher.digest().hex()


def _write_whole(path: Path, write: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        write(partial)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise ResourceError(
            "disk.write_failed",
            f"{path.name} could not be written.",
            found=os.strerror(error.errno) if error.errno else "an input/output error",
            hint="Free some disk space or check the permissions of the folder, then run the step again.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
