"""Every act that a node records in its audit trail has words in the console, in both languages."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import tacit

SOURCES = Path(tacit.__file__).parent
CONSOLE = Path(__file__).parents[2] / "web" / "src" / "pages" / "audit"
ACT = re.compile(r"[a-z]+\.[a-z_]+")
RECORDING = {"record", "audit", "note"}
# Acts that are put together, and what they can be.
TOGETHER = {
    "application.{}": {"application.approved", "application.rejected", "application.expired", "application.withdrawn"},
    "job.{}": {"job.failed", "job.cancelled", "job.rejected", "job.revoked"},
    "schedule.{}": {"schedule.submitted", "schedule.skipped", "schedule.failed"},
}


def recorded() -> dict[str, str]:
    """Act -> a place that records it."""
    found: dict[str, str] = {}
    for path in sorted((SOURCES / "node").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = _constants(tree)
        taking = RECORDING | set(_taking_acts(tree))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node) in taking):
            for act in (each for value in call.args for each in _texts(value, named)):
                for one in TOGETHER[act] if "{}" in act else {act}:
                    if ACT.fullmatch(one):
                        found.setdefault(one, f"{path.relative_to(SOURCES)}:{call.lineno}")
    return found


def _taking_acts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(each.arg == "act" for each in node.args.args):
            yield node.name


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _constants(tree: ast.Module) -> dict[str, str]:
    """Names of a module that stand for a text."""
    named: dict[str, str] = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                named[name] = text
    return named


def _texts(node: ast.expr, named: Mapping[str, str]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name in named:
            yield named[name]
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue()]) if start.endswith("."):
            yield start + "{}"
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, named)
            yield from _texts(other, named)


def test_the_acts_are_found() -> None:
    assert {"model.saved", "job.retried", "user.added", "grant.revoked", "flow.drafted"} <= set(recorded())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_recorded_act_has_words(language: str) -> None:
    words = json.loads((CONSOLE / "texts" / f"{language}.json").read_text(encoding="utf-8"))
    listed = set(re.findall(r'^  "([a-z._]+)",$', (CONSOLE / "acts.ts").read_text(encoding="utf-8"), re.MULTILINE))
    silent = {act: place for act, place in recorded().items() if act not in listed or f"act.{act}" not in words}
    assert not silent, "add these to web/src/pages/audit/acts.ts and its texts"
