"""The real command, and rehearsals of small flows: two at a time, each once per session."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from cli_process import Said, call, environment
from tacit.cli.main import main


class Case(Protocol):
    """A flow with its data. `files`: "party.dataset" -> CSV text."""

    flow: str
    files: dict[str, str]
    options: tuple[str, ...]
    language: str


@dataclass(frozen=True)
class Rehearsed:
    """One rehearsal: what the command said, the folder of its outputs, and the cells that nobody may read in it."""

    said: Said
    out: Path
    cells: frozenset[str]

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.out / "report.json").read_text(encoding="utf-8"))
        return report

    def assert_no_cell(self) -> None:
        """No value of any table in any output but the tables themselves."""
        text = self.said.out + self.said.err + (self.out / "report.json").read_text(encoding="utf-8")
        assert not {cell for cell in self.cells if cell in text}


@pytest.fixture(scope="session")
def tacit() -> Callable[..., Said]:
    return call


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """The command in this process, for the many small runs that would spend their time starting Python."""
    for name, value in environment().items():
        if name.startswith(("TACIT_", "COLUMNS")):
            monkeypatch.setenv(name, value)

    def call(*arguments: object, cwd: Path | None = None, stdin: str = "", **changes: str) -> Said:
        with monkeypatch.context() as patch:
            for name, value in changes.items():
                patch.setenv(name, value)
            if cwd is not None:
                patch.chdir(cwd)
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            capsys.readouterr()
            code = main(list(map(str, arguments)))
        return Said(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[dict[str, Case], str], Rehearsed]]:
    """The rehearsal of one case of a collection; the first question starts them all."""
    running: dict[int, dict[str, Future[Rehearsed]]] = {}
    with ThreadPoolExecutor(2) as pool:

        def result(cases: dict[str, Case], name: str) -> Rehearsed:
            if id(cases) not in running:
                folder = tmp_path_factory.mktemp("rehearsals")
                running[id(cases)] = {each: pool.submit(_rehearse, case, folder / each) for each, case in cases.items()}
            return running[id(cases)][name].result()

        yield result
        pool.shutdown(cancel_futures=True)


def _rehearse(case: Case, folder: Path) -> Rehearsed:
    folder.mkdir()
    (folder / "flow.yaml").write_text(case.flow, encoding="utf-8")
    arguments = ["rehearse", "flow.yaml", "--out", "out", *case.options]
    cells: set[str] = set()
    for name, text in case.files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        arguments += ["--data", f"{name}={name}.csv"]
        cells.update(cell for line in text.splitlines()[1:] for cell in line.split(","))
    said = call(*arguments, cwd=folder, TACIT_LANG=case.language)
    return Rehearsed(said, folder / "out", frozenset(cell for cell in cells if len(cell) >= 5))
