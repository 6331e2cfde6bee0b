"""How commands speak: one JSON envelope or text for people on stdout, errors and progress on stderr."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.client.language import language
from tacit.errors import InputError, RefusedError, ResourceError, TacitError

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object: {ok, data} or {ok, error}.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes; errors are still told.")]

_LABELS = {
    "en": {"found": "found", "expected": "expected", "next": "next", "also": "also"},
    "zh": {"found": "实际", "expected": "应为", "next": "建议", "also": "另有", "original": "原文"},
}
_LABEL_WIDTH = 8
_BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}  # they reorder what is read


def print_data(data: Any, *, as_json: bool, text: str | None = None) -> None:
    """The result of a command: `data` in the envelope, or `text` for people."""
    if as_json:
        _write(_dumps({"ok": True, "data": data}))
    elif text is not None:
        _write(printable(text.rstrip("\n")))
    else:
        _write(printable(_dumps(data, indent=2)))


def print_error(error: TacitError, *, as_json: bool) -> None:
    """The envelope on stdout for programs; what, found, expected and the next step on stderr for people."""
    fields = {key: value for key, value in error.as_dict().items() if key != "type"}
    if as_json:
        with contextlib.suppress(ResourceError):  # stdout is the trouble; the exit code still speaks
            _write(_dumps({"ok": False, "error": fields}))
        return
    for line in _lines(error, fields.get("problems", [])[1:]):
        note(line)


def _lines(error: TacitError, others: list[dict[str, Any]]) -> Iterator[str]:
    """What, found, expected and the next step, in the reader's language."""
    labels = _LABELS[language()]
    if language() == "zh":
        from tacit.client.chinese import in_chinese

        said = in_chinese(error)
        yield f"error[{error.code}]: {said.meaning}"
        told = {"original": said.original, "found": said.found, "expected": said.expected, "next": said.hint}
    else:
        yield f"error[{error.code}]: {error.message}"
        told = {"found": error.found, "expected": error.expected, "next": error.hint}
    for name, value in told.items():
        if value is not None:
            yield f"  {labels[name]:>{_LABEL_WIDTH}}: {value}"
    for problem in others:
        yield f"{labels['also']} [{problem['code']}] {_short(problem)}"


def _short(problem: Mapping[str, Any]) -> str:
    """A further problem on one line."""
    line, message, hint = problem.get("line"), problem["message"], problem.get("hint")
    if language() == "zh":
        from tacit.client.chinese import told

        return f"{f'第 {line} 行：' if line else ''}{told(problem['code'], message, hint=hint)}"
    return f"{f'line {line}: ' if line else ''}{message}{f' {hint}' if hint else ''}"


def note(text: str) -> None:
    """A line for people, on stderr."""
    if sys.stderr is None:
        return
    with contextlib.suppress(OSError):  # nobody listens; what was to be done is done all the same
        sys.stderr.write(printable(text) + "\n")
        sys.stderr.flush()


def printable(text: str) -> str:
    """Text of others may hold control characters that rewrite what a terminal shows: they are shown as codes."""
    return "".join(char if _is_harmless(ord(char)) else f"\\u{ord(char):04x}" for char in text)


def _is_harmless(code: int) -> bool:
    if code in (0x09, 0x0A):
        return True
    return code >= 0x20 and not 0x7F <= code <= 0x9F and code not in _BIDI


@contextmanager
def reported(*, as_json: bool) -> Iterator[None]:
    """Turn a TacitError into its message and exit code; Ctrl-C into 130."""
    try:
        yield
    except TacitError as error:
        print_error(error, as_json=as_json)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        note("interrupted")
        raise typer.Exit(130) from None


def confirm(question: str) -> bool:
    """Ask on stderr, read one line. Without anybody to ask, RefusedError("command.needs_yes")."""
    note(f"{question} [y/N]")
    answer = sys.stdin.readline() if sys.stdin is not None else ""
    if not answer:
        raise RefusedError(
            "command.needs_yes", "Nobody is there to confirm.", hint="Look at it first, then repeat with --yes."
        )
    return answer.strip().lower() in ("y", "yes", "是")


def write_file(path: Path, content: bytes) -> None:
    """Write a result. Raises InputError("command.cannot_write")."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InputError(
            "command.cannot_write",
            f"{path} cannot be written.",
            found=error.strerror,
            hint="Name a file in a folder that exists and where you may write.",
        ) from None


def table(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """Plain aligned columns, readable without colour and by a screen reader; wide characters count twice."""
    lines = [[column.upper() for column in columns]]
    lines += [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(_width(line[i]) for line in lines) for i in range(len(columns))]
    padded = (
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
    return "\n".join(padded)


def _cell(value: object) -> str:
    """One line; lists with commas."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return printable(" ".join(str(value).splitlines()))


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _dumps(value: Any, indent: int | None = None) -> str:
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    return json.dumps(value, ensure_ascii=not encoding.startswith("utf"), indent=indent)


def _write(text: str) -> None:
    """To stdout. A reader that went away does not change what the command has done, nor its exit code."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        drop_stdout()
    except OSError as error:
        drop_stdout()
        raise ResourceError("command.output_lost", "The output cannot be written.", found=error.strerror) from None


def drop_stdout() -> None:
    """What is still buffered goes nowhere, so that the interpreter does not stumble over it at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
