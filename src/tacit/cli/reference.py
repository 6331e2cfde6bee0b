"""The reference page of all commands: `python -m tacit.cli.reference > docs/reference/commands.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

_HEAD = """# Commands · 命令

Generated from the program's own help by `python -m tacit.cli.reference`; do not edit by hand.

Every command that answers takes `--json` and then prints one object on stdout: `{"ok": true, "data": …}` or
`{"ok": false, "error": {"code", "message", "found", "expected", "hint"}}`; `tacit node run` prints one line of JSON
when it is ready. Data goes to stdout, everything else to stderr. All [error codes and exit codes](errors.md).

每个命令都可加 `--json`，在标准输出上给出一个对象；数据写到标准输出，其余写到标准错误。

`TACIT_HOME`: folder of the node (`--home` overrides it; default `~/.tacit`) · `TACIT_LANG`: `zh` or `en` (else the
locale's) · `NO_COLOR`: no colour · `TACIT_DEBUG`: the whole trace of a fault; it may hold data.
"""


def reference() -> str:
    """Markdown of the whole page."""
    from tacit.cli.main import app

    root: Any = typer.main.get_command(app)
    context = root.make_context("tacit", [], resilient_parsing=True)
    return _HEAD + "".join(_section(root, context)) + f"\n{root.epilog}\n"


def _section(command: Any, context: Any) -> Iterator[str]:
    """A group's commands, or one command."""
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        below = type(context)(inner, info_name=name, parent=context)
        if hasattr(inner, "list_commands"):
            yield f"\n## `{below.command_path}`\n\n{inner.help}\n"
            yield from _section(inner, below)
        else:
            yield from _page(inner, below)


def _page(command: Any, context: Any) -> Iterator[str]:
    level = "##" if context.command_path.count(" ") == 1 else "###"
    yield f"\n{level} `{context.command_path}`\n\n{_paragraphs(command.help)}\n\n"
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"```text\n{context.command_path} {usage}\n```\n\n| option | meaning |\n|---|---|\n"
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and "--help" not in parameter.opts:
            yield f"| `{_cell(record[0])}` | {_cell(record[1])} |\n"


def _paragraphs(text: str | None) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (text or "").split("\n\n"))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(reference())
