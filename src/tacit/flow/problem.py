"""What is wrong with a flow: one Problem per fault, all of them together in one FlowError."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import islice
from typing import Any, Self

from tacit.errors import FlowError

Path = tuple[str | int, ...]

_LISTED = 24
_COMPARED = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `path` leads to it in the document; `step`, `port`, `role` and `param` name the place for a canvas.

    `param` is dotted where it lies inside another one ("group.column"). `line` counts from 1, where known.
    """

    code: str
    message: str
    path: Path = ()
    step: str | None = None
    port: str | None = None
    role: str | None = None
    param: str | None = None
    found: str | None = None
    expected: str | None = None
    hint: str | None = None
    line: int | None = None

    def at_line(self, line: int | None) -> Problem:
        return replace(self, line=line)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON value; what is unknown is null."""
        return {name: getattr(self, name) for name in self.__slots__} | {"path": list(self.path)}


class FlowCheckError(FlowError):
    """The FlowError of this room: speaks with its first problem and carries all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        where = f"Line {first.line}: " if first.line is not None else ""
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(
            first.code,
            f"{where}{first.message}{more}",
            found=first.found,
            expected=first.expected,
            hint=first.hint,
        )
        self.problems = tuple(problems)

    @classmethod
    def one(cls, code: str, message: str, **fields: Any) -> Self:
        return cls([Problem(code, message, **fields)])

    def as_dict(self) -> dict[str, Any]:
        """As of any error, with the list of problems; the type is the public one."""
        listed = [problem.as_dict() for problem in self.problems]
        return {**super().as_dict(), "type": FlowError.__name__, "problems": listed}


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint with the closest known name, if any is close. Looks at so many names only: the search is slow."""
    close = get_close_matches(name, list(islice(known, _COMPARED)), n=1, cutoff=0.6)
    return f"Did you mean {close[0]}?" if close else None


def listed(names: Iterable[str]) -> str:
    """Names for an error message: short, in a stable order."""
    ordered = sorted(names)
    shown = ", ".join(ordered[:_LISTED]) or "none"
    return shown if len(ordered) <= _LISTED else f"{shown}, … ({len(ordered)} in all)"
