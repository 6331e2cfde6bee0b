"""Every error code that the sources can raise, read from their syntax trees.

A code is the first argument of an error's constructor, or of a function of the same module that has a parameter
`code` and passes it on; and the word with which a step is stopped.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import tacit
from tacit import errors

SOURCES = Path(tacit.__file__).parent
_CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_CLASSES = {name for name, each in vars(errors).items() if isinstance(each, type)} | {"Problem", "one"}
_STOPPING = {"cancel", "fail"}


@functools.cache
def codes() -> dict[str, set[str]]:
    """Code -> the files that raise it."""
    found: dict[str, set[str]] = {}
    for path in sorted(SOURCES.rglob("*.py")):
        for code in _codes_of(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(code, set()).add(str(path.relative_to(SOURCES)))
    return found


def _codes_of(tree: ast.Module) -> Iterator[str]:
    passing = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _position(node) >= 0}
    for node in passing.values():
        yield from _defaults(node)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = _name(call)
        if name in _CLASSES or name in _STOPPING or _is_base_constructor(call):
            yield from _texts(_argument(call, 0))
        elif name in passing:
            prefix = _prefix(passing[name])
            yield from (prefix + text for text in _texts(_argument(call, _position(passing[name])), bool(prefix)))
        elif name == "Timer":
            words = next((each.value for each in call.keywords if each.arg == "args"), None)
            yield from _texts(words.elts[0] if isinstance(words, ast.Tuple) and words.elts else None)
    yield from _chosen(tree)


def _argument(call: ast.Call, position: int) -> ast.expr | None:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    if named:
        return named[0]
    return call.args[position] if position < len(call.args) else None


def _texts(value: ast.expr | None, bare: bool = False) -> Iterator[str]:
    """The codes that an expression can be: a text, or one of two. `bare`: the part after a prefix."""
    if isinstance(value, ast.IfExp):
        yield from _texts(value.body, bare)
        yield from _texts(value.orelse, bare)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str) and (bare or _CODE.fullmatch(value.value)):
        yield value.value


def _chosen(tree: ast.Module) -> Iterator[str]:
    """What is assigned to a variable `code`, out of a table of the module if need be."""
    tables = {
        target.id: node.value
        for node in tree.body
        for target in ([node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", []))
        if isinstance(target, ast.Name) and isinstance(getattr(node, "value", None), ast.Dict)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(
            isinstance(each, ast.Name) and each.id == "code" for each in node.targets
        ):
            for part in ast.walk(node.value):
                yield from _texts(part if isinstance(part, ast.Constant) else None)
                table = tables.get(part.id) if isinstance(part, ast.Name) else None
                yield from (text for value in getattr(table, "values", ()) for text in _texts(value))


def _position(function: ast.FunctionDef) -> int:
    """Where callers write the parameter `code`; -1 if there is none."""
    names = [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")]
    return names.index("code") if "code" in names else -1


def _defaults(function: ast.FunctionDef) -> Iterator[str]:
    arguments = function.args.args[len(function.args.args) - len(function.args.defaults) :]
    for argument, default in zip(arguments, function.args.defaults, strict=True):
        if argument.arg == "code":
            yield from _texts(default)


def _prefix(function: ast.FunctionDef) -> str:
    """ "audit." of a function that makes its code as f"audit.{code}"; "" where the code comes whole."""
    for node in ast.walk(function):
        if isinstance(node, ast.JoinedStr) and len(node.values) == 2 and isinstance(node.values[0], ast.Constant):
            after = node.values[1]
            if isinstance(after, ast.FormattedValue) and ast.unparse(after.value) == "code":
                return str(node.values[0].value)
    return ""


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_base_constructor(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "super().__init__"
