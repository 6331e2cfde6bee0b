"""Results of jobs at this node."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Column


class Result(Answer):
    """`readable` false: a secret share, which says nothing by itself. `columns`: of a table."""

    step: str
    port: str
    kind: str
    form: str
    rows: int | None
    bytes: int
    digest: str
    readable: bool
    columns: list[Column] | None
