"""Progress: bars on a terminal, without colour if so wished; a line per finished step elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cli_process import environment
from tacit.cli.progress import StepProgress

PROGRAM = """
from tacit.cli.progress import StepProgress
with StepProgress(enabled=True) as progress:
    progress.show({"event": "step", "id": "match", "state": "RUNNING"})
    progress.show({"event": "progress", "id": "match", "done": 1, "total": 2})
    progress.show({"event": "step", "id": "match", "state": "SUCCESS", "wall_s": 0.5})
"""


def drawn(**changes: str) -> str:
    """What a terminal gets."""
    ours, theirs = os.openpty()
    env = environment(TERM="xterm-256color", **changes)
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stderr=theirs, env=env) as process:
        os.close(theirs)
        parts = []
        try:
            while part := os.read(ours, 4096):
                parts.append(part)
        except OSError:  # how a terminal ends on Linux
            pass
        os.close(ours)
        assert process.wait(60) == 0
    return b"".join(parts).decode()


def test_bars_on_a_terminal_have_colour_unless_refused() -> None:
    assert "\x1b[3" in drawn()
    plain = drawn(NO_COLOR="1")
    assert "match done" in plain and "\x1b[3" not in plain


@pytest.mark.parametrize(("language", "line"), [("en", "match: done 0.50 s\n"), ("zh", "match: 完成 0.50 s\n")])
def test_lines_elsewhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str, line: str
) -> None:
    monkeypatch.setenv("TACIT_LANG", language)
    with StepProgress(enabled=True) as progress:
        progress.show({"event": "step", "id": "match", "state": "RUNNING"})
        progress.show({"event": "progress", "id": "match", "done": 1, "total": 2})
        progress.show({"event": "step", "id": "match", "state": "SUCCESS", "wall_s": 0.5})
    assert capsys.readouterr() == ("", line)


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with StepProgress(enabled=False) as progress:
        progress.show({"event": "step", "id": "match", "state": "SUCCESS", "wall_s": 0.5})
    assert capsys.readouterr() == ("", "")
