"""The reference page of the built-in operators: `python -m tacit.operators.reference > docs/reference/operators.md`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from tacit.operators.catalogue import GROUPS, specs
from tacit.operators.description import describe

_HEAD = """# Operators · 算子

Generated from the declarations by `python -m tacit.operators.reference`; do not edit by hand.

An operator is one step of a [flow](../concepts/flows.md). What each party learns is what owners are asked to approve;
a name in braces stands for the party that sits on that role. *Profiles* are the security profiles under which an
operator runs: `2pc` needs no helper, `2pc-dealer` has a third party that deals randomness and sees no data.

算子是[流程](../concepts/flows.md)中的一个步骤。“获知内容”即数据持有方审批的文本，花括号中的名称代表坐在该角色上的参与方。
"""


def reference() -> str:
    """Markdown of the whole page."""
    described = [describe(spec) for spec in specs()]
    parts = [_HEAD]
    for group, title in GROUPS.items():
        members = [one for one in described if one["group"] == group]
        if members:
            parts.append(f"## {title.en} · {title.zh}\n")
            parts += ["\n".join(_operator(one)) for one in members]
    return "\n".join(parts)


def _operator(one: Mapping[str, Any]) -> Iterator[str]:
    yield f"### `{one['name']}` — {_both(one['title'])}\n"
    yield f"{one['help']['en']}\n"
    yield f"{one['help']['zh']}\n"
    talk = "" if one["talks"] else " · runs locally, exchanges no messages"
    yield f"Version {one['version']} · profiles: {', '.join(f'`{name}`' for name in one['profiles'])}{talk}\n"
    roles = (f"`{role['name']}` {_both(role['title'])}" for role in one["roles"])
    yield f"Roles · 角色: {'; '.join(roles)}\n"
    yield from _ports(one)
    yield from _settings(one["params"])
    yield from _learned(one)


def _both(text: Mapping[str, str]) -> str:
    return f"{text['en']} · {text['zh']}"


def _ports(one: Mapping[str, Any]) -> Iterator[str]:
    yield "| port | kind | placement | held by | meaning |"
    yield "|---|---|---|---|---|"
    for direction, ports in (("in", one["inputs"]), ("out", one["outputs"])):
        for port in ports:
            optional = " (optional)" if port["optional"] else ""
            yield (
                f"| {direction} `{port['name']}`{optional} | {port['kind']} | {port['placement']} "
                f"| {', '.join(port['holders'])} | {_both(port['title'])} |"
            )
    yield ""


def _settings(schema: Mapping[str, Any]) -> Iterator[str]:
    rows = list(_rows(schema, schema.get("$defs", {}), ""))
    if not rows:
        yield "No parameters · 无参数\n"
        return
    yield "| parameter | type | default | meaning |"
    yield "|---|---|---|---|"
    yield from rows
    yield ""


def _rows(schema: Mapping[str, Any], defs: Mapping[str, Any], prefix: str) -> Iterator[str]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        default = "required" if name in required else f"`{json.dumps(field.get('default'), ensure_ascii=False)}`"
        meaning = f"**{_both(field['x-title'])}.** {field['x-help']['en']} {field['x-help']['zh']}"
        yield f"| `{prefix}{name}` | {_type(field, defs)} | {default} | {meaning}{_choices(field)} |"
        for nested in _nested(field, defs):
            yield from _rows(nested, defs, f"{prefix}{name}.")


def _choices(field: Mapping[str, Any]) -> str:
    options = field.get("x-options", {})
    return "".join(f"<br>`{value}`: {_both(text)}" for value, text in options.items())


def _nested(field: Mapping[str, Any], defs: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for branch in (field, *field.get("anyOf", ())):
        if "$ref" in branch:
            yield defs[branch["$ref"].rpartition("/")[2]]


def _type(field: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """A JSON Schema type in words."""
    if "anyOf" in field:
        return " or ".join(_type(branch, defs) for branch in field["anyOf"])
    if "$ref" in field:
        return "object"
    if "enum" in field:
        return "one of " + ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field['items'], defs)}"
    if field.get("type") == "object":
        return f"map of name to {_type(field['additionalProperties'], defs)}"
    return f"{_KINDS[field['type']]}{_range(field)}"


_KINDS = {"string": "text", "integer": "integer", "number": "number", "boolean": "true or false", "null": "null"}
_LIMITS = (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))


def _range(field: Mapping[str, Any]) -> str:
    limits = [f"{sign} {field[name]}" for name, sign in _LIMITS if name in field]
    return f" {', '.join(limits)}" if limits else ""


def _learned(one: Mapping[str, Any]) -> Iterator[str]:
    yield "Who learns what · 获知内容:\n"
    for item in one["disclosure"]:
        yield f"- `{item['learner']}` (`{item['code']}`): {item['what']['en']} · {item['what']['zh']}"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(reference())
