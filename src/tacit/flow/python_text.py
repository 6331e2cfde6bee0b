"""Python text of a flow, as `tacit.flow.python.source` writes it and people edit it: parsed, never run.

What may stand in it: the import of Draft; `<name> = Draft(…)`; `[<step> =] <name>.step(…)`; at the end
`[flow =] <name>.build()`. The arguments are literals; `<step>["port"]` stands for an output of a step above.
"""

from __future__ import annotations

import ast
import inspect
import threading
from collections.abc import Callable
from typing import Any, NoReturn

from tacit.flow.problem import FlowCheckError, Path
from tacit.flow.python import Draft
from tacit.flow.values import MAX_DEPTH, refuse_odd_values

MAX_BYTES = 1 << 18  # the tree of a text takes a thousand times its room
MAX_STATEMENTS = 1 << 14  # lines and semicolons
_ONE_AT_A_TIME = threading.Lock()  # for the same reason
_HEAD = tuple(name for name in inspect.signature(Draft).parameters)
_STEP = tuple(name for name in inspect.signature(Draft.step).parameters if name != "self")
_EXPECTED = "Draft(…), .step(…) with literals, .build(), and nothing else"


def parse(text: str) -> tuple[dict[str, Any], dict[Path, int]]:
    """The document that the text builds, and the line of every part of it. Raises FlowCheckError."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise _too_large(f"at most {MAX_BYTES} bytes")
    if text.count("\n") + text.count("\r") + text.count(";") > MAX_STATEMENTS:
        raise _too_large(f"at most {MAX_STATEMENTS} lines")
    with _ONE_AT_A_TIME:
        reader = _Reader()
        document = reader.document(_tree(text))
    refuse_odd_values(document)
    return document, reader.lines


def _too_large(expected: str) -> FlowCheckError:
    return FlowCheckError.one("flow.too_large", "The Python text of the flow is too large.", expected=expected)


def _tree(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        reason = (error.msg or "it cannot be parsed")[:120]
        raise FlowCheckError.one(
            "flow.bad_python", f"The text is not Python: {reason}.", line=error.lineno or None
        ) from error
    except (MemoryError, RecursionError) as error:
        raise FlowCheckError.one("flow.too_deep", "The document is nested too deeply.") from error
    except ValueError as error:
        raise FlowCheckError.one("flow.bad_text", "The text has characters that Python does not allow.") from error


class _Reader:
    """Collects the fields of the document, statement by statement."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {(): 1}
        self._draft: str | None = None
        self._placed: dict[str, str] = {}  # variable -> step id
        self._head: dict[str, Any] = {}
        self._steps: list[dict[str, Any]] = []
        self._built = False

    def document(self, tree: ast.Module) -> dict[str, Any]:
        for statement in tree.body:
            self._statement(statement)
        if self._draft is None or not self._built:
            raise FlowCheckError.one(
                "flow.bad_python",
                "The text builds no flow.",
                expected="draft = Draft(…), its steps, and draft.build() at the end",
            )
        return {**self._head, "steps": self._steps}

    def _statement(self, statement: ast.stmt) -> None:
        if self._built:
            _refuse(statement, "Nothing may follow .build().")
        if isinstance(statement, ast.ImportFrom) and _is_import(statement):
            return
        name, call = _called(statement)
        if isinstance(call.func, ast.Name) and call.func.id == "Draft":
            self._begin(name, call)
        elif isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            self._method(name, call, call.func.value.id, call.func.attr)
        else:
            _refuse(call, "This call is not part of a flow.")

    def _begin(self, name: str | None, call: ast.Call) -> None:
        if self._draft is not None or name is None:
            _refuse(call, "A flow has one Draft, which is given a name.")
        self._draft = name
        self._head = self._arguments(call, _HEAD, 1, ())

    def _method(self, name: str | None, call: ast.Call, owner: str, method: str) -> None:
        if self._draft is None or owner != self._draft:
            _refuse(call, f"{owner} is not the draft.")
        if method == "step":
            self._step(name, call)
        elif method == "build" and not call.args and not call.keywords:
            self._built = True
        else:
            _refuse(call, f"A draft has no such call: {method}.")

    def _step(self, name: str | None, call: ast.Call) -> None:
        path: Path = ("steps", len(self._steps))
        self.lines[path] = call.lineno
        step = self._arguments(call, _STEP, 2, path)
        self._steps.append({key: value for key, value in step.items() if value is not None})
        if name == self._draft:
            _refuse(call, "A step cannot have the name of the draft.")
        if name is not None:
            self._placed[name] = str(step.get("id"))

    def _arguments(self, call: ast.Call, names: tuple[str, ...], positional: int, path: Path) -> dict[str, Any]:
        """Name -> value of a call's arguments, of which so many may stand without their name."""
        if len(call.args) > positional:
            _refuse(call, f"Only {positional} of the arguments may stand without a name.")
        given = list(zip(names, call.args, strict=False))
        given += [(keyword.arg or "**", keyword.value) for keyword in call.keywords]
        found: dict[str, Any] = {}
        for name, node in given:
            if name not in names or name in found:
                _refuse(node, f"The argument {name} is not known here, or stands twice.")
            self.lines[(*path, name)] = node.lineno
            found[name] = self._value(node, (*path, name))
        return {name: found[name] for name in names if name in found}

    def _value(self, node: ast.expr, path: Path) -> Any:
        if len(path) > MAX_DEPTH:
            raise FlowCheckError.one("flow.too_deep", "The document is nested too deeply.", path=path, line=node.lineno)
        self.lines.setdefault(path, node.lineno)
        reader = _READERS.get(type(node))
        if reader is None:
            _refuse(node, "A value must be a literal.", path)
        return reader(self, node, path)

    def _constant(self, node: ast.Constant, path: Path) -> Any:
        if node.value is None or isinstance(node.value, (str, bool, int, float)):
            return node.value
        _refuse(node, "A value must be a text, a number, True, False, None, a list or a dict.", path)

    def _signed(self, node: ast.UnaryOp, path: Path) -> int | float:
        value = node.operand.value if isinstance(node.operand, ast.Constant) else None
        if isinstance(node.op, ast.USub) and isinstance(value, (int, float)) and not isinstance(value, bool):
            return -value
        _refuse(node, "Only a number may have a sign before it.", path)

    def _list(self, node: ast.List | ast.Tuple, path: Path) -> list[Any]:
        return [self._value(inner, (*path, index)) for index, inner in enumerate(node.elts)]

    def _dict(self, node: ast.Dict, path: Path) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                _refuse(key or value, "A key must be a text.", path)
            if key.value in made:
                raise FlowCheckError.one(
                    "flow.duplicate_key",
                    f"The key {key.value!r} stands twice in the same dict.",
                    path=(*path, key.value),
                    line=key.lineno,
                    found=key.value,
                )
            self.lines[(*path, key.value)] = key.lineno
            made[key.value] = self._value(value, (*path, key.value))
        return made

    def _output(self, node: ast.Subscript, path: Path) -> str:
        """`rows["table"]` of `rows = draft.step(…)`."""
        port = node.slice.value if isinstance(node.slice, ast.Constant) else None
        step = self._placed.get(node.value.id) if isinstance(node.value, ast.Name) else None
        if step is None or not isinstance(port, str):
            _refuse(node, "An output is written as the name of a step above and its port.", path, 'rows["table"]')
        return f"{step}.{port}"


_READERS: dict[type[ast.expr], Callable[[Any, Any, Path], Any]] = {
    ast.Constant: _Reader._constant,
    ast.UnaryOp: _Reader._signed,
    ast.List: _Reader._list,
    ast.Tuple: _Reader._list,
    ast.Dict: _Reader._dict,
    ast.Subscript: _Reader._output,
}


def _is_import(statement: ast.ImportFrom) -> bool:
    names = [(each.name, each.asname) for each in statement.names]
    return statement.module == "tacit.flow.python" and not statement.level and names == [("Draft", None)]


def _called(statement: ast.stmt) -> tuple[str | None, ast.Call]:
    """The variable, if any, and the call of `name = call` or `call`."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return None, statement.value
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id, statement.value
    _refuse(statement, "This statement is not part of a flow.")


def _refuse(node: ast.stmt | ast.expr, message: str, path: Path = (), expected: str = _EXPECTED) -> NoReturn:
    raise FlowCheckError.one("flow.bad_python", message, path=path, line=node.lineno, expected=expected)
