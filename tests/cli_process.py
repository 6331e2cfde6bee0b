"""The real command as a subprocess, in a plain environment."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import quick_start

COMMAND = [sys.executable, "-c", "from tacit.cli.main import run; run()"]


@dataclass(frozen=True)
class Said:
    """What one run of the command said."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> dict[str, Any]:
        """Stdout as the one JSON object that it must be."""
        assert self.out.count("\n") == 1, self.out
        envelope: dict[str, Any] = json.loads(self.out)
        assert set(envelope) in ({"ok", "data"}, {"ok", "error"})
        return envelope

    @property
    def data(self) -> Any:
        assert self.envelope["ok"], self.out
        return self.envelope["data"]

    @property
    def error(self) -> dict[str, Any]:
        assert not self.envelope["ok"], self.out
        error: dict[str, Any] = self.envelope["error"]
        assert {"code", "message", "found", "expected", "hint"} <= set(error)
        assert "type" not in error
        return error


def environment(**changes: str) -> dict[str, str]:
    """English, no node, no settings of whoever runs the tests."""
    dropped = ("TACIT_HOME", "TACIT_LANG", "TACIT_DEBUG", "LANG", "LC_ALL", "LC_MESSAGES", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    plain = {"TACIT_LANG": "en", "TACIT_HOME": "/nonexistent/tacit", "COLUMNS": "100", "PYTHONUTF8": "1"}
    return {**kept, **plain, **changes}


def call(*arguments: object, cwd: Path | None = None, stdin: str = "", **changes: str) -> Said:
    """Run `tacit ARGUMENTS`; keywords in capitals are environment variables."""
    done = quick_start.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=environment(**changes),
        input=stdin,
        timeout=120,
        encoding="utf-8",
    )
    return Said(done.returncode, done.stdout, done.stderr)
