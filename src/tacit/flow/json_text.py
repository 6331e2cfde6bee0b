"""JSON text of a flow, read strictly: no repeated keys, no NaN, no bottomless nesting."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from tacit.flow.problem import FlowCheckError
from tacit.flow.values import refuse_odd_values


def parse(text: str) -> Any:
    """The value of a JSON text. Raises FlowCheckError."""
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise FlowCheckError.one(
            "flow.bad_text", f"The text is not JSON: {error.msg}, column {error.colno}.", line=error.lineno
        ) from error
    except RecursionError as error:
        raise FlowCheckError.one("flow.too_deep", "The document is nested too deeply.") from error
    except ValueError as error:  # a number with thousands of digits
        raise FlowCheckError.one("flow.bad_value", "The document has a number that is far too long.") from error
    refuse_odd_values(value)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise FlowCheckError.one(
                "flow.duplicate_key", f"The key {key!r} stands twice in the same object.", found=key
            )
        made[key] = value
    return made


def _no_constant(name: str) -> NoReturn:
    raise FlowCheckError.one("flow.bad_value", f"{name} is not a JSON value.", found=name)
