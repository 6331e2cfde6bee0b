"""Progress of a matching on stderr: one line with rate and time left on a terminal, one line per phase elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any

from tacit.cli.output import note
from tacit.client.language import language

_WORDS = {
    "start": ("启动工作进程", "starting workers"),
    "read": ("读取", "reading"),
    "match": ("求交", "matching"),
    "write": ("写出", "writing"),
    "seal": ("密封", "sealing"),
    "fetch": ("取表", "fetching"),
    "send": ("发送表", "sending"),
    "ask": ("查询", "asking"),
    "answer": ("应答", "answering"),
    "bytes": ("字节", "bytes"),
    "keys": ("个标识", "keys"),
    "left": ("剩余", "left"),
    "rows": ("行", "rows"),
}
_UNITS = {"fetch": "bytes", "send": "bytes", "ask": "keys", "answer": "keys"}
_EVERY_S = 0.1


class PsiProgress:
    """Takes {"event": "progress", "phase", "done", "total", "party"}; of several parties the slowest is shown."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._live = enabled and sys.stderr is not None and sys.stderr.isatty()
        self._phase = ""
        self._begun = self._drawn = 0.0
        self._parts: dict[str, tuple[int, int]] = {}

    def show(self, event: Mapping[str, Any]) -> None:
        if not self._enabled or event["event"] != "progress":
            return
        if event["phase"] != self._phase:
            if self._phase and event["phase"] != "match" and self._phase == "write":
                return  # the other party is still at an earlier phase
            self._close()
            self._phase, self._begun, self._parts = str(event["phase"]), time.monotonic(), {}
        self._parts[str(event.get("party"))] = (int(event["done"]), int(event["total"]))
        now = time.monotonic()
        if self._live and now - self._drawn >= _EVERY_S:
            self._drawn = now
            self._draw(now - self._begun)

    def close(self) -> None:
        """The last phase is over."""
        self._close()
        self._phase = ""

    def _draw(self, elapsed: float) -> None:
        done, total = min(self._parts.values(), key=lambda part: part[0] / max(part[1], 1))
        sys.stderr.write("\r\x1b[K" + describe(self._phase, done, max(total, done), elapsed))
        sys.stderr.flush()

    def _close(self) -> None:
        if not self._phase:
            return
        elapsed = time.monotonic() - self._begun
        if self._live:
            sys.stderr.write("\r\x1b[K")
        note(f"{_word(self._phase)}: {elapsed:.2f} s")


def describe(phase: str, done: int, total: int, elapsed: float) -> str:
    """One line: how far, how fast, and how long it will still take."""
    share = done / total if total else 1.0
    text = f"{_word(phase)} {100 * share:3.0f} %"
    if elapsed > 0 and done:
        if phase != "match":
            text += f"  {done / elapsed:,.0f} {_word(_UNITS.get(phase, 'rows'))}/s"
        text += f"  {_word('left')} {elapsed * (total - done) / done:.1f} s"
    return text


def _word(name: str) -> str:
    return _WORDS.get(name, (name, name))[language() == "en"]
