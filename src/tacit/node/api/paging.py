"""Lists in pages: `?limit=&cursor=`, answered with `items` and the cursor of the next page."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from tacit.errors import ParameterError

Limit = Annotated[int, Query(ge=1, le=1000, description="Items per page.")]
Cursor = Annotated[str | None, Query(max_length=512, description="`next` of the page before.")]
T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """`next` is null on the last page."""

    items: list[T]
    next: str | None = None


def page(rows: Sequence[T], key: Callable[[T], Any], *, limit: int, cursor: str | None) -> tuple[list[T], str | None]:
    """The rows after the cursor, in the order given, and the next cursor. `key` is unique and of a JSON type.

    Raises ParameterError("request.cursor_invalid"). A row that has gone meanwhile ends no listing: rows sorted by
    their key go on after its place.
    """
    start = 0
    if cursor is not None:
        last = read_cursor(cursor)
        keys = [key(row) for row in rows]
        start = keys.index(last) + 1 if last in keys else _place(keys, last)
    taken = list(rows[start : start + limit])
    more = start + limit < len(rows)
    return taken, write_cursor(key(taken[-1])) if more and taken else None


def next_of(found: Sequence[T], limit: int, key: Callable[[T], Any]) -> str | None:
    """The next cursor, where a store was asked for `limit` + 1 rows."""
    return write_cursor(key(found[limit - 1])) if len(found) > limit else None


def read_mark(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The key in a cursor, which must be a list of values of these kinds. Raises ParameterError as `read_cursor`."""
    if cursor is None:
        return None
    found = read_cursor(cursor)
    if isinstance(found, list) and len(found) == len(kinds):
        mark = [
            float(value) if kind is float and type(value) is int else value
            for value, kind in zip(found, kinds, strict=True)
        ]
        if all(type(value) is kind for value, kind in zip(mark, kinds, strict=True)):
            return tuple(mark)
    raise _invalid()


def after_number(cursor: str | None, after: int) -> int:
    """The number after which a page begins: of the cursor, else as asked for. Raises as `read_cursor`."""
    if cursor is None:
        return after
    found = read_cursor(cursor)
    if type(found) is int and 0 <= found < 2**53:
        return found
    raise _invalid()


def write_cursor(value: Any) -> str:
    """An opaque text that stands for a key."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Any:
    """The key in a cursor. Raises ParameterError("request.cursor_invalid")."""
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError, binascii.Error) as fault:
        raise _invalid() from fault


def _place(keys: list[Any], last: Any) -> int:
    try:
        if keys == sorted(keys):
            return sum(1 for key in keys if key <= last)
        if keys == sorted(keys, reverse=True):
            return sum(1 for key in keys if key >= last)
    except TypeError:
        pass
    raise _invalid()


def _invalid() -> ParameterError:
    return ParameterError(
        "request.cursor_invalid",
        "This is not a cursor of this list.",
        expected="`next` of the page before, as it was given",
        hint="Begin again without a cursor.",
    )
