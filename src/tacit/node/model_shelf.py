"""The models of which this node holds a piece: `models/<name>/<version>.json`, as the workers write them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tacit.errors import NotFoundError

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,62}$")
_VERSION = re.compile(r"^[0-9a-f]{12}$")
_LATEST = "latest.json"


@dataclass(frozen=True, slots=True)
class ModelPiece:
    """One version of a model at this node. `saved_at` is in seconds since 1970. The ids tell which pieces belong
    together at all parties; none where the file does not say."""

    name: str
    version: str
    kind: str
    saved_at: float
    size_bytes: int
    model_id: str | None = None
    transform_id: str | None = None


class ModelShelf:
    """Lists and removes pieces; workers read and write them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.check_usable: Callable[[str, str, Path], None] = lambda _name, _version, _path: None

    def names(self) -> list[str]:
        """Of all models of which there is a version here, in order."""
        found = {path.parent.name for path in self._folder.glob("*/*.json") if _VERSION.match(path.stem)}
        return sorted(name for name in found if _NAME.match(name))

    def of(self, name: str) -> list[ModelPiece]:
        """The versions of a model, the newest first."""
        files = (self._folder / name).glob("*.json") if _NAME.match(name) else ()
        pieces = [_piece(path) for path in files if _VERSION.match(path.stem)]
        return sorted(pieces, key=lambda piece: (-piece.saved_at, piece.version))

    def all(self) -> list[ModelPiece]:
        """By name, newest version first."""
        return [piece for name in self.names() for piece in self.of(name)]

    def piece(self, name: str, version: str) -> ModelPiece:
        """Raises NotFoundError("model.unknown")."""
        return _piece(self.path(name, version))

    def usable(self, name: str, version: str | None) -> Path:
        """As `path`, for a step that is to load it. Raises also RefusedError("model.retired"),
        DataError("model.altered")."""
        path = self.path(name, version)
        self.check_usable(name, path.stem, path)
        return path

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
        left = self.of(name)
        latest = path.parent / _LATEST
        if left:
            latest.write_text(json.dumps({"version": left[0].version}))
        else:
            latest.unlink(missing_ok=True)


def _piece(path: Path) -> ModelPiece:
    """A file that cannot be read is of the kind "damaged"."""
    status = path.stat()
    place = (path.parent.name, path.stem)
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return ModelPiece(*place, "damaged", status.st_mtime, status.st_size)
    model, transform = _part(document, "model"), _part(document, "transform")
    kind = model.get("kind") or document.get("kind") or "model"
    ids = (_text(model.get("model_id")), _text(transform.get("transform_id")))
    return ModelPiece(*place, str(kind)[:64], status.st_mtime, status.st_size, *ids)


def _part(document: dict[str, Any], name: str) -> dict[str, Any]:
    part = document.get(name)
    return part if isinstance(part, dict) else {}


def _text(value: Any) -> str | None:
    return value[:128] if isinstance(value, str) else None
