"""What the commands of `tacit psi` share: options, the dialogue with the person at one end, words in two languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

from tacit.cli.output import confirm, note
from tacit.cli.psi_progress import PsiProgress
from tacit.client.language import language
from tacit.errors import ParameterError

Key = Annotated[list[str] | None, typer.Option("--key", help="Key column; repeat for a key of several columns.")]
Nulls = Annotated[str, typer.Option("--nulls", help="Rows without a usable key: refuse or drop.")]
Duplicates = Annotated[str, typer.Option("--duplicates", help="Rows that repeat a key: refuse, or keep the first.")]
Normalise = Annotated[
    list[str] | None, typer.Option("--normalise", help="Rules for a key column, as trim,upper; one option per column.")
]
Format = Annotated[str | None, typer.Option("--format", help="Of the results: csv, parquet or arrow.")]
Delimiter = Annotated[str | None, typer.Option("--delimiter", help="Between the cells of a CSV.")]
Encoding = Annotated[str | None, typer.Option("--encoding", help="Of a CSV, such as gb18030.")]
Memory = Annotated[str, typer.Option("--memory", help="Limit per party, such as 2GB; more goes to disk. 0: no limit.")]
Workers = Annotated[
    int, typer.Option("--workers", min=0, help="Processes of this side that match at once, in Ray; 0: one, without.")
]
ClusterAt = Annotated[str, typer.Option("--cluster", help="Where workers run: local, or the address of a Ray cluster.")]
WorkerHost = Annotated[
    str | None, typer.Option("--worker-host", help="Address where this side's workers listen, if not their machine's.")
]
WorkerPorts = Annotated[
    str | None, typer.Option("--worker-ports", help="FIRST-LAST: where this side's workers may listen.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before the run.")]

Describe = Callable[[Mapping[str, Any]], str]
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "K": 10**3, "M": 10**6, "G": 10**9}


class Dialogue:
    """What a person at one end of a run between two hosts sees and is asked."""

    def __init__(self, *, yes: bool, quiet: bool, describe: Describe, command: str = "") -> None:
        """`describe` puts an offer into words; `command`: what the other side runs with the code."""
        self._yes, self._quiet, self._describe, self._command = yes, quiet, describe, command
        self.progress = PsiProgress(enabled=not quiet)

    def show(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "invitation":
            note(str(event["code"]))  # told even when quiet: without it nobody can join
            if not self._quiet:
                note(say(f"对方将连接 {event['address']}。", f"The other side will dial {event['address']}."))
                note(say("把邀请码经私密途径发给对方，对方执行：", "Send this code privately. The other side runs:"))
                note("  " + self._command.format(code=say("邀请码", "CODE")))
        elif event["event"] == "stranger" and not self._quiet:
            note(
                say("有人以错误的邀请码连接，已拒绝。", "Somebody connected without the right code and was sent away.")
            )
        elif event["event"] == "run_failed":
            self.progress.close()
            note(say("一次运行未完成：", "A run was not finished: ") + f"{event['error']['code']}")
        else:
            self.progress.show(event)

    def confirm(self, offer: dict[str, Any]) -> bool:
        if not self._quiet or not self._yes:
            note(self._describe(offer))
        return self._yes or confirm(say("继续？", "Go on?"))


def say(chinese: str, english: str) -> str:
    return chinese if language() == "zh" else english


def rules_of(texts: list[str] | None) -> list[list[str]]:
    return [[name for name in text.split(",") if name] for text in texts or []]


def required(key: list[str] | None) -> list[str]:
    if not key:
        raise ParameterError("psi.key_columns", "No key column is named.", hint="Give --key COLUMN.")
    return key


def ports_of(text: str | None) -> tuple[int, int] | None:
    """ "7400-7431" -> (7400, 7431). Raises ParameterError command.bad_option."""
    if text is None:
        return None
    try:
        first, _, last = text.partition("-")
        return int(first), int(last)
    except ValueError:
        raise ParameterError(
            "command.bad_option", "--worker-ports are two ports.", found=text, expected="FIRST-LAST, such as 7400-7431"
        ) from None


def bytes_of(text: str) -> int:
    """ "2GB" -> 2_000_000_000. Raises ParameterError command.bad_option."""
    word = text.strip().upper().replace("IB", "B")
    digits = word.rstrip("KMGB")
    try:
        return int(float(digits) * _UNITS[word[len(digits) :]])
    except (ValueError, KeyError, OverflowError):
        raise ParameterError(
            "command.bad_option", "--memory is a size.", found=text, expected="a number with MB or GB, such as 2GB"
        ) from None
