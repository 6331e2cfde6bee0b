"""Which values a flow document may hold, whatever text it was read from: those that canonical JSON keeps exactly."""

from __future__ import annotations

from typing import Any

from tacit.flow.problem import FlowCheckError, Path
from tacit.schema.canonical import canonical_json

MAX_DEPTH = 32


def refuse_odd_values(value: Any, path: Path = ()) -> None:
    """Raises FlowCheckError for numbers that are not exact, text that is not Unicode, and deep nesting."""
    if len(path) > MAX_DEPTH:
        raise FlowCheckError.one(
            "flow.too_deep", "The document is nested too deeply.", path=path, expected=f"at most {MAX_DEPTH} levels"
        )
    if isinstance(value, dict):
        for key, inner in value.items():
            refuse_odd_scalar(key, path)
            refuse_odd_values(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            refuse_odd_values(inner, (*path, index))
    else:
        refuse_odd_scalar(value, path)


def refuse_odd_scalar(value: Any, path: Path, line: int | None = None) -> None:
    """The part of the above for one scalar."""
    try:
        canonical_json(value)
    except ValueError as error:
        reason = "a text is not valid Unicode" if isinstance(error, UnicodeError) else str(error)
        message = f"A value cannot stand in a flow: {reason}."
        raise FlowCheckError.one("flow.bad_value", message, path=path, line=line) from error
