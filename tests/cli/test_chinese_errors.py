"""In Chinese an error says meaning, what was found and expected and what to do in Chinese; the envelope stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from cli_process import Said, environment
from tacit.cli import output
from tacit.errors import ParameterError, TacitError
from tacit.flow.problem import FlowCheckError, Problem

Tacit = Callable[..., Said]


def told(error: TacitError, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    monkeypatch.setenv("TACIT_LANG", "zh")
    output.print_error(error, as_json=False)
    out, err = capsys.readouterr()
    assert out == ""
    return [line.strip() for line in err.splitlines()]


def test_an_error_of_the_command(tacit: Tacit) -> None:
    said = tacit("operator", "show", TACIT_LANG="", LC_ALL="zh_CN.UTF-8")
    assert (said.code, said.out) == (2, "")
    assert "error[command.usage]: 命令的写法不对" in said.err
    assert "写法请用 `tacit operator show --help` 查看。" in said.err
    said = tacit("rehearse", "x.yaml", "--data", "nowhere", TACIT_LANG="zh")
    assert said.code == 10
    assert said.err.splitlines()[0] == "error[command.bad_option]: 命令的选项取值不对"
    assert "实际: nowhere" in said.err and "应为: PARTY.DATASET=PATH" in said.err


def test_the_envelope_is_the_same_in_both_languages(tacit: Tacit) -> None:
    words = ("operator", "show", "stats.jiont", "--json")
    assert tacit(*words, TACIT_LANG="zh").out == tacit(*words).out


def test_no_command_at_all_shows_help_in_chinese_too(tacit: Tacit) -> None:
    said = tacit(TACIT_LANG="zh")
    assert (said.code, said.out) == (2, "")
    assert "Usage: tacit" in said.err and "error[" not in said.err


def test_what_the_english_sentence_names_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hint = "Check the spelling, or the header line of the file."
    error = ParameterError("data.column_missing", "There is no column 'age'.", expected="at least 3", hint=hint)
    lines = told(error, monkeypatch, capsys)
    assert lines[:3] == ["error[data.column_missing]: 表中没有该列", "原文: There is no column 'age'.", "应为: 至少 3"]
    assert lines[3:] == ["建议: 请检查拼写，或文件的表头行。"]


def test_further_problems_of_a_flow(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    problems = [
        Problem("flow.unknown_operator", "There is no operator psy.", hint="Did you mean psi?", line=number)
        for number in (3, 7)
    ]
    lines = told(FlowCheckError(problems), monkeypatch, capsys)
    assert lines[1] == "原文: Line 3: There is no operator psy. (and 1 more)"
    further = "第 7 行：算子未安装。（There is no operator psy.）您要的是否为 psi？"
    assert lines[-1] == f"另有 [flow.unknown_operator] {further}"


def test_the_words_are_read_only_for_an_error_in_chinese() -> None:
    code = "import sys, tacit.cli.main; print('tacit.client.chinese' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert done.stdout == "False\n"
