"""The models of which this node holds a piece: `models/<name>/<version>.json`, as the workers write them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from tacit.errors import NotFoundError

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_VERSION = re.compile(r"^[0-9a-f]{12}$")
_LATEST = "latest.json"


@dataclass(frozen=True, slots=True)
class ModelPiece:
    """One version of a model at this node. `saved_at` is in seconds since 1970."""

    name: str
    version: str
    kind: str
    saved_at: float
    size_bytes: int


class ModelShelf:
    """Lists and removes pieces; workers read and write them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[ModelPiece]:
        """By name, newest version first."""
        files = [path for path in self._folder.glob("*/*.json") if _VERSION.match(path.stem)]
        pieces = [_piece(path) for path in files]
        return sorted(pieces, key=lambda piece: (piece.name, -piece.saved_at))

    def path(self, name: str, version: str | None) -> Path:
        """File of a piece; the latest without `version`. Raises NotFoundError("model.unknown")."""
        folder = self._folder / name
        if _NAME.match(name) and version is None and (folder / _LATEST).is_file():
            version = str(json.loads((folder / _LATEST).read_text())["version"])
        path = folder / f"{version}.json"
        if not _NAME.match(name) or not _VERSION.match(version or "") or not path.is_file():
            raise NotFoundError(
                "model.unknown",
                f"This node holds no piece of a model '{name}'" + (f", version {version}." if version else "."),
                hint="See `tacit model list`.",
            )
        return path

    def remove(self, name: str, version: str) -> None:
        """Raises NotFoundError("model.unknown"). The newest version that is left becomes the latest."""
        path = self.path(name, version)
        path.unlink()
        left = [piece for piece in self.all() if piece.name == name]
        latest = path.parent / _LATEST
        if left:
            latest.write_text(json.dumps({"version": left[0].version}))
        else:
            latest.unlink(missing_ok=True)


def _piece(path: Path) -> ModelPiece:
    status = path.stat()
    document = json.loads(path.read_text())
    model = document.get("model")
    kind = model.get("kind") if isinstance(model, dict) else document.get("kind")
    return ModelPiece(path.parent.name, path.stem, str(kind or "model"), status.st_mtime, status.st_size)
