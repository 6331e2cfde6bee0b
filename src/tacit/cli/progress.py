"""Progress of steps on stderr: bars on a terminal, one line per finished step elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tacit.cli.output import note
from tacit.client.language import language

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class StepProgress:
    """Shows events {"event": "step", "id", "state", "wall_s"} and {"event": "progress", "id", "done", "total"}."""

    def __init__(self, *, enabled: bool) -> None:
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._enabled = enabled

    def __enter__(self) -> StepProgress:
        if self._enabled and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
            self._bars = Progress(*columns, console=Console(stderr=True))
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def show(self, event: dict[str, Any]) -> None:
        if not self._enabled:
            return
        if self._bars is not None:
            self._draw(event, self._bars)
        elif event["event"] == "step" and event["state"] != "RUNNING":
            note(f"{event['id']}: {_word(event['state'])} {event.get('wall_s', 0):.2f} s")

    def _draw(self, event: dict[str, Any], bars: Progress) -> None:
        step = str(event["id"])
        if step not in self._tasks:
            self._tasks[step] = bars.add_task(step, total=None)
        if event["event"] == "progress":
            bars.update(self._tasks[step], completed=event["done"], total=event["total"])
        elif event["state"] != "RUNNING":
            bars.update(self._tasks[step], completed=1, total=1, description=f"{step} {_word(event['state'])}")


def _word(state: str) -> str:
    """How a step ended, for people."""
    words = {"SUCCESS": ("完成", "done"), "FAILED": ("失败", "failed")}
    return words.get(state, (state, state.lower()))[language() == "en"]
