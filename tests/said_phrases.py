"""The English phrases with which errors say what was found and what was expected, read from the syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import tacit

SOURCES = Path(tacit.__file__).parent
ASKED = {"found", "expected"}
SAYS = re.compile(r"[A-Za-z]{2,}")


def phrases() -> dict[str, str]:
    """Phrase, with `{}` for what differs -> a place that says it. Words without a space may be names: not these."""
    found: dict[str, str] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        if path.is_relative_to(SOURCES / "cli"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in ASKED:
                for phrase in _texts(node.value):
                    if " " in phrase and SAYS.search(phrase.replace("{}", "")):
                        found.setdefault(phrase, f"{path.relative_to(SOURCES)}:{node.value.lineno}")
    return found


def _texts(node: ast.expr) -> Iterator[str]:
    """Of an expression: what it can say."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield re.sub(r"(\{\})+", "{}", "".join(_part(part) for part in parts))
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one)
            yield from _texts(other)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _texts(value)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            for start in list(_texts(left)) or ["{}"]:
                for end in list(_texts(right)) or ["{}"]:
                    yield start + end


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"
