"""What preprocessing has learned at one owner, as a document that can be kept, checked and used again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from tacit.errors import DataError
from tacit.schema.canonical import digest

KIND = "transform"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class ColumnTransform:
    """x -> ((x or fill) - shift) / scale. `fill` None: missing values are refused."""

    name: str
    fill: float | None
    shift: float
    scale: float


@dataclass(frozen=True, slots=True)
class Transform:
    """Feature columns in their order, and those that were dropped because they never change."""

    missing: str
    scale: str
    columns: tuple[ColumnTransform, ...]
    dropped: tuple[str, ...]

    def as_document(self) -> dict[str, Any]:
        """JSON piece of kind "transform". `transform_id` is the digest of all the rest."""
        content: dict[str, Any] = {
            "kind": KIND,
            "format": FORMAT,
            "missing": self.missing,
            "scale": self.scale,
            "columns": [
                {"name": each.name, "fill": each.fill, "shift": each.shift, "scale": each.scale}
                for each in self.columns
            ],
            "dropped": list(self.dropped),
        }
        return {**content, "transform_id": digest(content)}


def read_transform(document: dict[str, Any]) -> Transform:
    """Check a document and read it. Raises DataError document.kind, document.format, document.damaged."""
    check_kind(document, KIND)
    try:
        content = {key: value for key, value in document.items() if key != "transform_id"}
        if digest(content) != document["transform_id"]:
            raise ValueError("digest")
        columns = tuple(_read_column(each) for each in document["columns"])
        dropped = tuple(str(name) for name in document["dropped"])
        return Transform(str(document["missing"]), str(document["scale"]), columns, dropped)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DataError(
            "document.damaged",
            "A transform document cannot be used.",
            found="content that does not fit its digest or its format",
            hint="Fit the preprocessing again.",
        ) from None


def check_kind(document: dict[str, Any], kind: str) -> None:
    """The document is of this kind and in our format. Raises DataError document.kind, document.format."""
    found = document.get("kind")
    if found != kind:
        raise DataError(
            "document.kind",
            f"A document of kind '{kind}' is needed.",
            found=found if isinstance(found, str) and len(found) <= 40 else "another kind",
            expected=kind,
            hint="Connect the right output of an earlier step.",
        )
    if document.get("format") != FORMAT:
        raise DataError(
            "document.format",
            f"The {kind} document was written in a format that this version does not read.",
            expected=f"format {FORMAT}",
            hint="Use the version of Tacit that wrote it, or make it again.",
        )


def _read_column(fields: dict[str, Any]) -> ColumnTransform:
    name, fill = fields["name"], fields["fill"]
    numbers = [fields["shift"], fields["scale"], *([] if fill is None else [fill])]
    if not isinstance(name, str) or any(isinstance(each, bool) or not math.isfinite(each) for each in numbers):
        raise ValueError("column")
    if not fields["scale"] > 0:
        raise ValueError("scale")
    return ColumnTransform(name, None if fill is None else float(fill), float(fields["shift"]), float(fields["scale"]))
