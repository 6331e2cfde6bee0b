"""Datasets of this node."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Column, Document, Time


class Dataset(Answer):
    """`digest`, `rows` and `columns` are those of the last reading; `state` tells whether the file still is as then."""

    name: str
    path: str
    connection: str | None
    format: str
    options: Document
    description: str
    published: bool
    rows: int
    columns: list[Column]
    digest: str
    size_bytes: int
    registered_at: Time
    state: str
