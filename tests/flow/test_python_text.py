"""Python text of flows: read without being run, whatever stands in it."""

from __future__ import annotations

import ast
import inspect
import threading
from pathlib import Path

import pytest

from flow.flows import whole
from tacit.flow import FlowCheckError, dump, python_text, read
from tacit.flow.python_text import MAX_BYTES, MAX_STATEMENTS

HEAD = 'd = Draft("joint", parties={"hospital": "data"})\n'
STEP = 'rows = d.step("rows", "dataset.read", at={"owner": "hospital"}, params={"dataset": "patients"})\n'
END = "d.build()\n"


def test_people_may_write_it_their_way() -> None:
    text = f"""# a remark
from tacit.flow.python import Draft
{HEAD}
{STEP}
d.step(id="profile", operator="table" ".profile", at=dict_free, inputs={{"table": rows["table"]}})
flow = {END}""".replace("dict_free", '{"owner": "hospital",}')
    flow = read(text, "python").flow
    assert [step.id for step in flow.steps] == ["rows", "profile"]
    assert flow.steps[1].inputs == {"table": "rows.table"} and flow.steps[1].operator == "table.profile"


def test_tuples_signs_and_none_are_values() -> None:
    params = 'params={"a": (1, -2, -0.5), "b": None, "c": [True, {"d": ()}]}'
    flow = read(HEAD + f'd.step("s", "o", at={{"r": "p"}}, {params}, layout=None)\n' + END, "python").flow
    assert flow.steps[0].params == {"a": [1, -2, -0.5], "b": None, "c": [True, {"d": []}]}
    assert flow.steps[0].layout is None


BAD = [
    ("", None),
    (HEAD + STEP, None),
    ("import os\n", 1),
    ("from os import system as Draft\n", 1),
    ("from tacit.flow.python import Draft as D\n", 1),
    (HEAD + HEAD, 2),
    (HEAD + "\nopen('x')\n" + END, 3),
    (HEAD + "__import__('os').system('ls')\n", 2),
    (HEAD + "d.__class__()\n", 2),
    (HEAD + "d.build(1)\n", 2),
    (HEAD + "d.step.build()\n", 2),
    (HEAD + "e.build()\n", 2),
    (HEAD + STEP + END + STEP, 4),
    (HEAD + "for i in range(3): d.build()\n", 2),
    (HEAD + "d = d.step('a', 'b', at={'r': 'p'})\n", 2),
    (HEAD + "x = y = d.build()\n", 2),
    (HEAD + "d.step('a', 'b', 'c')\n", 2),
    (HEAD + "d.step('a', 'b', at={'r': 'p'}, more=1)\n", 2),
    (HEAD + "d.step('a', id='a', operator='b', at={'r': 'p'})\n", 2),
    (HEAD + "d.step(*['a', 'b'])\n", 2),
    (HEAD + "d.step('a', 'b', **{'at': {}})\n", 2),
    (HEAD + "d.step('a', 'b', at={**{}})\n", 2),
    (HEAD + "d.step('a', 'b', at={1: 'p'})\n", 2),
    (HEAD + "d.step('a', 'b', at={'r': f'{open}'})\n", 2),
    (HEAD + "d.step('a', 'b', at={'r': 'p' + 'q'})\n", 2),
    (HEAD + "d.step('a', 'b', at={'r': b'p'})\n", 2),
    (HEAD + "d.step('a', 'b',\n at={'r': name})\n", 3),
    (HEAD + "d.step('a', 'b', at={'r': ...})\n", 2),
    (HEAD + "d.step('a', 'b', at={'r': 1j})\n", 2),
    (HEAD + "d.step('a', 'b', at={'r': -True})\n", 2),
    (HEAD + "d.step('a', 'b', at={'r': not 1})\n", 2),
    (HEAD + "d.step('a', 'b', at={'r': rows['x']})\n" + STEP, 2),
    (HEAD + STEP + "d.step('a', 'b', at={'r': 'p'}, inputs={'t': rows[0]})\n", 3),
    (HEAD + STEP + "d.step('a', 'b', at={'r': 'p'}, inputs={'t': rows['x']['y']})\n", 3),
    ("d = Draft(\n", 1),
    (HEAD + '  d.step("x"\n', 2),
]


@pytest.mark.parametrize(("text", "line"), BAD)
def test_everything_else_is_refused_with_its_line(text: str, line: int | None) -> None:
    with pytest.raises(FlowCheckError) as caught:
        read(text, "python")
    assert (caught.value.code, caught.value.problems[0].line) == ("flow.bad_python", line)
    assert len(str(caught.value)) < 300


ODD = [
    (HEAD + "d.step('a', 'b', at={'r': 'p', 'r': 'q'})\n", "flow.duplicate_key"),
    (HEAD + "d.step('a', 'b', at={'r': 'p'}, params={'x': 1e999})\n" + END, "flow.bad_value"),
    (HEAD + "d.step('a', 'b', at={'r': 'p'}, params={'x': 9007199254740993})\n" + END, "flow.bad_value"),
    (HEAD + "d.step('a', 'b', at={'r': '\\ud800'})\n" + END, "flow.bad_value"),
    (HEAD + "d.step('a', 'b', at={'r': " + "[" * 40 + "]" * 40 + "})\n", "flow.too_deep"),
    (HEAD + "d.step('A', 'b', at={'r': 'p'})\n" + END, "flow.bad_field"),
    (HEAD + END, "flow.bad_field"),
    ("d = Draft()\n" + END, "flow.missing_field"),
    ("\ud800", "flow.bad_text"),
    ("a\0b", "flow.bad_python"),
    ("#" * (MAX_BYTES + 1), "flow.too_large"),
    ("名" * (MAX_BYTES // 2), "flow.too_large"),
    ("a\n" * (MAX_STATEMENTS + 1), "flow.too_large"),
    ("a;" * (MAX_STATEMENTS + 1), "flow.too_large"),
]


@pytest.mark.parametrize(("text", "code"), ODD)
def test_what_no_document_may_hold_is_refused(text: str, code: str) -> None:
    with pytest.raises(FlowCheckError) as caught:
        read(text, "python")
    assert caught.value.code == code


BOMBS = ["-", "(", "[", "not ", "lambda:", "a.", "1+", "a=", "f'{", "a if b else ", "2**", "{0:", "a()", "if 1:\n", "9"]


@pytest.mark.parametrize("piece", BOMBS)
def test_bottomless_texts_are_refused_in_a_thread_as_well(piece: str) -> None:
    found: list[str] = []

    def go() -> None:
        try:
            read(piece * (MAX_BYTES // len(piece) // 4), "python")
        except FlowCheckError as refused:
            found.append(refused.code)

    thread = threading.Thread(target=go)
    thread.start()
    thread.join()
    assert found and found[0] in ("flow.bad_python", "flow.too_deep")


def test_nothing_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    for text in (
        f"open({str(mark)!r}, 'w')",
        f"d = Draft(open({str(mark)!r}, 'w'))",
        f"d = Draft(f'{{open({str(mark)!r})}}')",
    ):
        with pytest.raises(FlowCheckError):
            read(text, "python")
    assert not mark.exists()
    calls = [
        node.func.id
        for node in ast.walk(ast.parse(inspect.getsource(python_text)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert not {"exec", "eval", "compile", "getattr", "__import__"} & set(calls)


def test_the_line_of_a_part_is_known() -> None:
    text = dump(whole(), "python")
    held = read(text, "python")
    lines = text.splitlines()
    assert lines[held.lines[("steps", 2, "inputs")] - 1].startswith("    inputs=")
    assert '"receiver_keys"' not in text or held.lines[("steps", 2, "params", "receiver_keys")]
    with pytest.raises(FlowCheckError) as caught:
        read(text.replace('"psi"', '"PSI"'), "python")
    problem = caught.value.problems[0]
    assert problem.step == "match" and problem.line == lines.index('    "psi",') + 1
