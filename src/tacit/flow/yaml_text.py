"""YAML text of a flow: parsed from the event stream (so nothing is ever expanded) and rendered for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)

from tacit.flow.problem import FlowCheckError, Path
from tacit.flow.values import MAX_DEPTH, refuse_odd_scalar

# The parser written in C where PyYAML was built with it: same events, thirty times as fast.
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MAX_DIGITS = 400


def parse(text: str) -> tuple[Any, dict[Path, int]]:
    """The value of a YAML text, and the line of every part of it. Raises FlowCheckError."""
    reader = _Reader()
    try:
        return reader.document(iter(yaml.parse(text, Loader=_PARSER))), reader.lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        reason = error.problem or error.context
        raise FlowCheckError.one("flow.bad_text", f"The text is not YAML: {reason}.", line=line) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise FlowCheckError.one("flow.bad_text", "The text has characters that YAML does not allow.") from error


class _Reader:
    """Builds the value from the events and remembers lines."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}

    def document(self, events: Iterator[Event]) -> Any:
        value: Any = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise FlowCheckError.one(
                        "flow.bad_text", "The text holds more than one YAML document.", line=_line(event)
                    )
                value = self._node(next(events), events, ())
        return value

    def _node(self, event: Event, events: Iterator[Event], path: Path) -> Any:
        self.lines.setdefault(path, _line(event))
        _refuse_references(event, path)
        if isinstance(event, ScalarEvent):
            return _scalar(event, path)
        if len(path) >= MAX_DEPTH:
            raise FlowCheckError.one("flow.too_deep", "The document is nested too deeply.", line=_line(event))
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        return self._sequence(events, path)

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, Any]:
        made: dict[str, Any] = {}
        while not isinstance(event := next(events), CollectionEndEvent):
            _refuse_references(event, path)
            if not isinstance(event, ScalarEvent):
                raise FlowCheckError.one("flow.bad_value", "A key must be a plain text.", path=path, line=_line(event))
            key = event.value
            refuse_odd_scalar(key, path, _line(event))
            if key in made:
                raise FlowCheckError.one(
                    "flow.duplicate_key",
                    f"The key {key!r} stands twice in the same mapping.",
                    path=(*path, key),
                    line=_line(event),
                    found=key,
                )
            self.lines[(*path, key)] = _line(event)
            made[key] = self._node(next(events), events, (*path, key))
        return made

    def _sequence(self, events: Iterator[Event], path: Path) -> list[Any]:
        made: list[Any] = []
        while not isinstance(event := next(events), CollectionEndEvent):
            made.append(self._node(event, events, (*path, len(made))))
        return made


def _line(event: Event) -> int:
    mark = event.start_mark
    return 1 if mark is None else int(mark.line) + 1


def _refuse_references(event: Event, path: Path) -> None:
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
        raise FlowCheckError.one(
            "flow.alias", "Anchors and aliases are not allowed in a flow document.", path=path, line=_line(event)
        )
    tag = getattr(event, "tag", None)
    if isinstance(event, (ScalarEvent, CollectionStartEvent)) and tag is not None:
        raise FlowCheckError.one(
            "flow.tag", "Tags are not allowed in a flow document.", path=path, line=_line(event), found=str(tag)
        )


def _scalar(event: ScalarEvent, path: Path) -> Any:
    text, line = event.value, _line(event)
    value = _plain(text, path, line) if event.implicit[0] else text
    refuse_odd_scalar(value, path, line)
    return value


def _plain(text: str, path: Path, line: int) -> Any:
    """An unquoted scalar by the core schema of YAML 1.2 (decimal numbers only)."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _MAX_DIGITS and _FLOAT.match(text):
        raise FlowCheckError.one("flow.bad_value", "A number is far too long.", path=path, line=line)
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text) or _NOT_FINITE.match(text):
        return float(text.replace(".", "", 1)) if _NOT_FINITE.match(text) else float(text)
    return text


class _Dumper(yaml.SafeDumper):
    """Quotes every text that either YAML 1.1 or this reader would take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


for _first in "-+.0123456789":
    _Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, [_first])


class _Inline(dict[str, Any]):
    """A mapping that is written on one line."""


_Dumper.add_representer(
    _Inline, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)
)
_Dumper.add_representer(
    list, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=_flat(data))
)
_Dumper.add_representer(
    str, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", data, style=_style(data))
)


def _style(text: str) -> str | None:
    """Double quotes, in which everything is escaped, for what another style would fold or show as nothing."""
    return None if text.isprintable() else '"'


def _flat(values: list[Any]) -> bool:
    return not any(isinstance(value, (dict, list)) for value in values)


def render(document: dict[str, Any]) -> str:
    """A flow document as YAML: a block per step, seats and wires on one line each."""
    shown = {**document, "parties": _Inline(document["parties"])}
    if "title" in document:
        shown["title"] = _Inline(document["title"])
    shown["steps"] = [_shown_step(step) for step in document["steps"]]
    text: str = yaml.dump(shown, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


def _shown_step(step: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in step.items() if value != {} or name not in ("inputs", "params")}
    for name in ("at", "inputs", "layout"):
        if name in shown:
            shown[name] = _Inline(shown[name])
    return shown
