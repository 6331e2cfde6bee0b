"""Models of which this node holds a piece."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Time


class Version(Answer):
    """One version; size in bytes."""

    version: str
    kind: str
    created_at: Time
    bytes: int


class Model(Answer):
    """Newest version first."""

    name: str
    versions: list[Version]
