"""The command as a whole: weight, help, usage errors, envelope, quiet, closed outputs, language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli_process import COMMAND, Said, environment
from tacit.cli import main as program
from tacit.cli.main import app

Tacit = Callable[..., Said]
HEAVY = {"numpy", "pyarrow", "httpx", "fastapi", "sqlalchemy", "pydantic", "rich", "yaml", "cryptography"}
WITHOUT_JSON = {("node", "run")}  # becomes the node, whose one line is JSON by itself


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that is not a group."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, (*path, name))
    if not hasattr(command, "commands"):
        yield path, command


COMMANDS = dict(leaves(typer.main.get_command(app)))


def test_import_of_the_program_loads_nothing_heavy() -> None:
    code = "import sys, tacit, tacit.cli.main; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert not HEAVY & set(done.stdout.split())


def test_every_command_has_json_and_a_sentence_of_help() -> None:
    for path, command in COMMANDS.items():
        options = {option for parameter in command.params for option in parameter.opts}
        assert "--json" in options or path in WITHOUT_JSON, path
        assert (command.help or "").strip().split("\n")[0].endswith("."), path
        for parameter in command.params:
            assert parameter.help or "--help" in parameter.opts, (path, parameter.name)


def test_help_is_data_and_names_the_exit_codes(tacit: Tacit) -> None:
    said = tacit("--help")
    assert (said.code, said.err) == (0, "")
    assert "机构之间联合计算" in said.out
    assert "20 peer" in said.out and "130 interrupted" in said.out


def test_no_command_at_all_shows_help_as_a_mistake(tacit: Tacit) -> None:
    said = tacit()
    assert (said.code, said.out) == (2, "")
    assert "Usage: tacit" in said.err


def test_version(tacit: Tacit) -> None:
    import tacit as package

    assert tacit("--version").out == f"tacit {package.__version__}\n"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [(["opertor", "list"], "operator"), (["flow", "chekc", "x"], "check"), (["reherse"], "rehearse")],
)
def test_unknown_command_says_what_was_meant(tacit: Tacit, words: list[str], wanted: str) -> None:
    said = tacit(*words)
    assert (said.code, said.out) == (2, "")
    assert f"Did you mean '{wanted}'" in said.err


@pytest.mark.parametrize(
    "words",
    [
        ["flwo", "--json"],
        ["operator", "show", "--json"],
        ["rehearse", "x.yaml", "--dta", "a", "--json"],
        ["bench", "psi", "--rows", "many", "--json"],
        ["bench", "psi", "--rows", "1", "--json"],
    ],
)
def test_usage_error_in_the_envelope(tacit: Tacit, words: list[str]) -> None:
    said = tacit(*words)
    assert (said.code, said.err) == (2, "")
    assert said.error["code"] == "command.usage"
    assert "--help" in said.error["hint"]


def test_benchmark_that_does_not_exist(tacit: Tacit) -> None:
    said = tacit("bench", "magic", "--json")
    assert (said.code, said.error["code"], said.err) == (10, "bench.unknown", "")
    assert said.error["expected"] == "psi, training, statistics, steps, nodes, all"


def test_programs_take_no_modules_from_the_folder_that_one_is_in(tacit: Tacit, tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('taken from the present folder')\n")
    assert tacit("bench", "magic", "--json", cwd=tmp_path).error["code"] == "bench.unknown"


def test_a_fault_tells_its_kind_and_place_but_not_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(**_: object) -> None:
        raise ValueError("SECRET-CELL")

    monkeypatch.delenv("TACIT_DEBUG", raising=False)
    monkeypatch.setattr(program, "app", break_down)
    assert program.main(["operator", "list", "--json"]) == 70
    out, err = capsys.readouterr()
    assert json.loads(out)["error"]["code"] == "internal.command_failed"
    assert "ValueError at test_main.py:" in out
    assert "SECRET" not in out + err


@pytest.mark.parametrize("words", [["operator", "list"], ["operator", "list", "--json"]])
def test_reader_that_goes_away_is_no_error(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run([*COMMAND, *words], stdout=writer, stderr=subprocess.PIPE, env=environment(), timeout=60)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_reader_that_goes_away_does_not_hide_a_failure() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = ["operator", "show", "stats.jiont", "--json"]
    try:
        done = subprocess.run([*COMMAND, *words], stdout=writer, stderr=subprocess.PIPE, env=environment(), timeout=60)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (11, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_that_cannot_be_written_is_an_error() -> None:
    with Path("/dev/full").open("w") as full:
        words = [*COMMAND, "operator", "list"]
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, env=environment(), timeout=60)
    assert done.returncode == 40
    assert b"command.output_lost" in done.stderr and b"Traceback" not in done.stderr


def test_closed_outputs() -> None:
    words = " ".join(f"'{word}'" for word in [*COMMAND, "operator", "list"])
    done = subprocess.run(["/bin/sh", "-c", f"exec {words} >&- 2>&-"], env=environment(), timeout=60)
    assert done.returncode == 0


def test_text_goes_out_where_the_terminal_knows_no_chinese(tacit: Tacit) -> None:
    changes = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "TACIT_LANG": "zh"}
    assert tacit("operator", "list", **changes).code == 0
    described = tacit("operator", "show", "psi", "--json", **changes).data
    assert described["title"]["zh"] == tacit("operator", "show", "psi", "--json").data["title"]["zh"]


def test_language_is_chosen_by_variable_then_locale(tacit: Tacit) -> None:
    chinese = tacit("operator", "list", TACIT_LANG="zh").out
    assert "隐私求交" in chinese
    assert tacit("operator", "list", TACIT_LANG="", LC_ALL="zh_CN.UTF-8").out == chinese
    assert tacit("operator", "list", TACIT_LANG="en", LC_ALL="zh_CN.UTF-8").out != chinese
    told = tacit("operator", "show", "stats.jiont", TACIT_LANG="zh")
    assert "建议: 您要的是否为 stats.joint？" in told.err


def test_no_colour_and_no_control_codes_when_not_on_a_terminal(tacit: Tacit) -> None:
    said = tacit("operator", "list", FORCE_COLOR="1", NO_COLOR="1")
    assert "\x1b" not in said.out + said.err
