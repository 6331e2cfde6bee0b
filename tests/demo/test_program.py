"""What `tacit demo` does of its own accord: the story, the console, or both, and when it ends."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from tacit.demo import __main__ as program


class FakeNodes:
    """Nodes that are up at once."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.folder = folder
        self.addresses = {name: {"api": "http://127.0.0.1:1", "peer": "127.0.0.1:2"} for name in names}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing runs."""


@pytest.fixture
def did(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, in order."""
    done: list[str] = []

    class FakeReception:
        def __init__(self, scenario: Any, nodes: Any, baseline: Any) -> None:
            done.append(f"lets in, knowing {baseline}")

        def stay(self, *, built: bool) -> None:
            done.append("stays with the console" if built else "stays")

    def tell(*_: object) -> Any:
        done.append("tells")
        return SimpleNamespace(ok=False, baseline="the measured")

    monkeypatch.setattr(program, "DemoNodes", FakeNodes)
    monkeypatch.setattr(program, "Reception", FakeReception)
    monkeypatch.setattr(program, "tell", tell)
    monkeypatch.setattr(program, "meet", lambda *_: done.append("meets"))
    monkeypatch.setattr(program, "expect_baseline", lambda *_: "the expected")
    monkeypatch.setattr(program, "_print", lambda *_, **__: None)
    return done


@pytest.mark.parametrize(
    ("options", "built", "wanted", "code"),
    [
        (["--check"], True, ["tells"], 1),
        ([], True, ["meets", "lets in, knowing the expected", "stays with the console"], 0),
        (["--story"], True, ["tells", "lets in, knowing the measured", "stays with the console"], 1),
        ([], False, ["tells", "lets in, knowing the measured", "stays"], 1),
    ],
    ids=["unattended", "on a terminal", "story first", "without a built console"],
)
def test_what_happens(
    did: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    options: list[str],
    built: bool,
    wanted: list[str],
    code: int,
) -> None:
    monkeypatch.setattr(program, "has_console", lambda _: built)
    assert program.main([*options, "--dir", str(tmp_path), "--quiet"]) == code
    assert did == wanted
