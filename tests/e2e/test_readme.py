"""What README and the guides tell people to type works: commands exist with their options, and the main ones run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer

from cli_process import COMMAND, environment
from tacit.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "examples" / "README.md"])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def commands(page: Path) -> list[list[str]]:
    """The words of every `$ tacit …` line, comments and a final & left out."""
    lines = [line[2:] for text in blocks(page, "console") for line in text.splitlines() if line.startswith("$ tacit ")]
    return [[word for word in shlex.split(line, comments=True) if word not in ("&", "…")] for line in lines]


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """As typed in the root of the checkout, with the outputs in `folder`."""
    (folder / "examples").exists() or (folder / "examples").symlink_to(ROOT / "examples")
    return subprocess.run(
        [*COMMAND, *words], cwd=folder, env=environment(), capture_output=True, encoding="utf-8", timeout=120
    )


def find(page: Path, *beginning: str) -> list[str]:
    """The words after `tacit` of the one command that begins like this."""
    return next(words[1:] for words in commands(page) if tuple(words[1 : 1 + len(beginning)]) == beginning)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_commands_on_every_page_exist_with_their_options(page: Path) -> None:
    for words in commands(page):
        command: Any = typer.main.get_command(app)
        rest = words[1:]
        while hasattr(command, "commands"):
            assert rest[0] in command.commands, " ".join(words)
            command = command.commands[rest.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        options = {word.split("=")[0] for word in rest if word.startswith("-")}
        assert options <= known, " ".join(words)


def test_rehearsal_of_the_readme(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("patient_id,age\nP1,60\nP2,50\nP3,40\n")
    (tmp_path / "b.csv").write_text("patient_id,marker\nP3,0.5\nP1,0.25\nP4,0.125\n")
    done = run(find(ROOT / "README.md", "rehearse"), tmp_path)
    assert done.returncode == 0, done.stderr
    aligned = {
        party: pq.read_table(tmp_path / "out" / party / "match" / "aligned.parquet") for party in ("hospital", "lab")
    }
    assert sorted(aligned["hospital"].column("patient_id").to_pylist()) == ["P1", "P3"]
    assert aligned["hospital"].column("patient_id").equals(aligned["lab"].column("patient_id"))
    assert (tmp_path / "out" / "report.json").exists()


def test_first_steps(tmp_path: Path) -> None:
    guide = ROOT / "docs" / "guides" / "first-steps.md"
    for name, text in zip(("a.csv", "b.csv"), blocks(guide, "csv"), strict=True):
        (tmp_path / name).write_text(text)
    explained = run(find(guide, "flow", "explain"), tmp_path)
    promised = blocks(guide, "text")[0].split(";")[0].strip()
    assert explained.returncode == 0 and promised in explained.stdout
    done = run(find(guide, "rehearse"), tmp_path)
    assert done.returncode == 0, done.stderr
    aligned = pq.read_table(tmp_path / "out" / "hospital" / "match" / "aligned.parquet")
    assert sorted(aligned.column("patient_id").to_pylist()) == ["P1", "P3", "P5"]
    (tmp_path / "b.csv").write_text(blocks(guide, "csv")[1].replace("patient_id", "id"))
    failed = run(find(guide, "rehearse"), tmp_path)
    assert failed.returncode == 10 and blocks(guide, "text")[1].rstrip() in failed.stderr


def test_python_of_the_first_steps(tmp_path: Path) -> None:
    guide = ROOT / "docs" / "guides" / "first-steps.md"
    for name, text in zip(("a.csv", "b.csv"), blocks(guide, "csv"), strict=True):
        (tmp_path / name).write_text(text)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    assert snippet(blocks(guide, "python")[0], tmp_path).split()[0] == "True"


def test_python_of_the_readme(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    label = np.arange(200) % 2
    values = draw.normal(size=(200, 2)) + 2 * label[:, None]
    tables = {
        "a": {"id": np.arange(200), "ill": label, "x": values[:, 0]},
        "b": {"id": np.arange(200), "y": values[:, 1]},
    }
    for table, columns in tables.items():
        pq.write_table(pa.table(columns), tmp_path / f"{table}.parquet")
    opening = "import pyarrow.parquet as pq\na, b = pq.read_table('a.parquet'), pq.read_table('b.parquet')\n"
    modes = [line.split() for line in snippet(opening + blocks(ROOT / "README.md", "python")[0], tmp_path).splitlines()]
    assert [mode for mode, _ in modes] == ["secure", "plain"]
    assert all(0.9 < float(score) <= 1 for _, score in modes)


def test_both_readmes_show_the_same_python() -> None:
    texts = [blocks(ROOT / name, "python")[0] for name in ("README.md", "README.zh.md")]
    assert len({re.sub(r"\s*#.*", "", text) for text in texts}) == 1


def snippet(text: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", text],
        cwd=folder, env=environment(), capture_output=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
