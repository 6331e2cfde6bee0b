"""Errors that crossed a process border, with the list of problems of a flow if they carry one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tacit.errors import FlowError, TacitError, from_dict


class FlowFaultsError(FlowError):
    """A flow that does not hold together; `problems` are all its faults, as plain dicts."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(
            str(fields.get("code", "flow.invalid")),
            str(fields.get("message", "")),
            found=fields.get("found"),
            expected=fields.get("expected"),
            hint=fields.get("hint"),
        )
        self.problems: list[dict[str, Any]] = [dict(problem) for problem in fields["problems"]]

    def as_dict(self) -> dict[str, Any]:
        """As of any error, with the problems; the type is the public one."""
        return {**super().as_dict(), "type": FlowError.__name__, "problems": self.problems}


def rebuild(fields: Mapping[str, Any]) -> TacitError:
    """The error of `as_dict`, a flow's problems kept."""
    problems = fields.get("problems")
    if fields.get("type") == "FlowError" and isinstance(problems, list) and problems:
        return FlowFaultsError(fields)
    return from_dict(dict(fields))
