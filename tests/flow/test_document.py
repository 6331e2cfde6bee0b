"""Flow documents as text: nothing is lost, nothing odd comes in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from flow.any_flows import flows, same
from flow.flows import SPECS, by_id, document, whole
from tacit.errors import NotFoundError
from tacit.flow import FlowCheckError, dump, load, problems, read
from tacit.flow.document import MAX_BYTES
from tacit.flow.python import source
from tacit.schema.flow import Flow


@given(flows)
@settings(max_examples=80, deadline=None)
def test_yaml_json_and_python_keep_everything(flow: Flow) -> None:
    assert same(load(dump(flow, "yaml")), flow)
    assert same(load(dump(flow, "json")), flow)
    made: dict[str, Any] = {}
    exec(source(flow), made)
    assert same(made["flow"], flow)


def test_yaml_is_readable() -> None:
    text = dump(whole())
    assert "    at: {receiver: hospital, sender: lab}\n" in text
    assert "      keys: [id]\n" in text
    assert "parties: {hospital: data, lab: data, notary: dealer}\n" in text
    assert "inputs: {}" not in text


def test_layout_and_comments_do_not_touch_the_hash(tmp_path: Path) -> None:
    plain = whole()
    path = tmp_path / "flow.yaml"
    path.write_text("\ufeff# a remark\n" + dump(plain), encoding="utf-8")
    assert load(path).hash() == plain.hash()
    path = tmp_path / "flow.json"
    path.write_text(json.dumps(plain.document(), indent=7, sort_keys=True))
    assert load(path).hash() == plain.hash()


def test_numbers_and_words_are_those_of_yaml_1_2() -> None:
    text = dump(whole()).replace(
        "params:\n      name: whole", "params: {a: no, b: 1e-3, c: 0123, d: 12:30, e: null, 1: x, f: .5, g: 2026-01-01}"
    )
    params = load(text).steps[-1].params
    assert (params["a"], params["d"], params["g"], params["1"]) == ("no", "12:30", "2026-01-01", "x")
    assert (params["b"], params["c"], params["e"], params["f"]) == (0.001, 123, None, 0.5)


NESTED = "[" * 200_000
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\n"

BAD_TEXTS: list[tuple[str, str, int | None]] = [
    ("", "flow.bad_document", None),
    ("- a", "flow.bad_document", None),
    ("a: 1\nb: 2\na: 3", "flow.duplicate_key", 3),
    ('{"a": 1, "a": 2}', "flow.duplicate_key", None),
    (BOMB, "flow.alias", 1),
    ("a: 1\nb: *c", "flow.alias", 2),
    ("a: !!python/object/apply:os.system [ls]", "flow.tag", 1),
    ("a: !!binary aGk=", "flow.tag", 1),
    (NESTED, "flow.too_deep", 1),
    ('{"a":' * 100_000, "flow.too_deep", None),
    ('{"a":' * 40 + "1" + "}" * 40, "flow.too_deep", None),
    ("a: 1\nb: [2", "flow.bad_text", 3),
    ('{"a": 1,\n}', "flow.bad_text", 2),
    ("a: 1\n--- \nb: 2", "flow.bad_text", 2),
    ("a: \x00", "flow.bad_text", None),
    ("? [x]\n: 1", "flow.bad_value", 1),
    ("a: 1\nb: .nan", "flow.bad_value", 2),
    ("a: -.inf", "flow.bad_value", 1),
    ("a: 1e999", "flow.bad_value", 1),
    ('{"a": NaN}', "flow.bad_value", None),
    ('{"a": 1e999}', "flow.bad_value", None),
    ('{"a": "\\ud800"}', "flow.bad_value", None),
    ('{"a": 9007199254740993}', "flow.bad_value", None),
    ("a: " + "9" * 5000, "flow.bad_value", 1),
    ('{"a": ' + "9" * 5000 + "}", "flow.bad_value", None),
    (" " * (MAX_BYTES + 1), "flow.too_large", None),
    ("名" * (MAX_BYTES // 2), "flow.too_large", None),
]


@pytest.mark.parametrize(("text", "code", "line"), BAD_TEXTS)
def test_odd_texts_are_refused_with_code_and_line(text: str, code: str, line: int | None) -> None:
    with pytest.raises(FlowCheckError) as caught:
        load(text)
    assert (caught.value.code, caught.value.problems[0].line) == (code, line)
    assert len(str(caught.value)) < 300


def test_the_largest_document_is_read() -> None:
    text = dump(whole())
    assert load(text + "#" * (MAX_BYTES - len(text))) == whole()


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as missing:
        load(tmp_path / "none.yaml")
    assert missing.value.code == "flow.not_found"
    for content, code in ((b"name: \xff\xfe", "flow.bad_text"), (b"\xe5" * (MAX_BYTES + 1), "flow.too_large")):
        path = tmp_path / "flow.yaml"
        path.write_bytes(content)
        with pytest.raises(FlowCheckError) as caught:
            load(path)
        assert caught.value.code == code


def test_the_suffix_decides_about_the_format(tmp_path: Path) -> None:
    path = tmp_path / "flow.yaml"
    path.write_text(dump(whole(), "json"))
    assert load(path) == whole()
    path = tmp_path / "flow.json"
    path.write_text(dump(whole()))
    with pytest.raises(FlowCheckError):
        load(path)


def test_shape_faults_are_all_found_with_their_lines() -> None:
    text = (
        dump(whole()).replace("name: whole\nprofile", "nam: whole\nprofile").replace("operator: psi", "operator: PSI")
    )
    with pytest.raises(FlowCheckError) as caught:
        read(text)
    lines = text.splitlines()
    found = {problem.code: problem for problem in caught.value.problems}
    assert set(found) == {"flow.missing_field", "flow.unknown_field", "flow.bad_field"}
    assert found["flow.unknown_field"].line == lines.index("nam: whole") + 1
    assert found["flow.bad_field"].line == lines.index("    operator: PSI") + 1
    assert found["flow.bad_field"].step == "match"


def test_problems_of_the_check_can_be_located() -> None:
    made = document()
    by_id(made, "split")["params"] = {"test_fraction": 0.5, "seed": -1}
    text = dump(Flow.model_validate(made))
    held = read(text)
    (problem,) = [held.located(one) for one in problems(held.flow, SPECS)]
    assert problem.line == text.splitlines().index("      seed: -1") + 1
    assert read(dump(whole(), "json")).located(problem).line is None
