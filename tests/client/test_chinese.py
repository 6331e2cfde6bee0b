"""Errors in Chinese: made from their page, complete, and nothing said half in English."""

from __future__ import annotations

import ast
import re

import chinese_errors
import said_phrases
from tacit.client import chinese
from tacit.client.chinese import in_chinese
from tacit.errors import NotFoundError, ParameterError, ResourceError

CLI = said_phrases.SOURCES / "cli"


def hints() -> set[str]:
    """Of all sources, with `{}` for what differs."""
    found: set[str] = set()
    for path in said_phrases.SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "hint":
                found |= set(said_phrases._texts(node.value))
    return found


def test_the_words_are_those_of_the_page_and_of_the_console() -> None:
    written = chinese_errors.WORDS.read_text(encoding="utf-8")
    assert written == chinese_errors.words(), "python tests/chinese_errors.py > src/tacit/client/errors.zh.json"
    assert len(chinese._words()["errors"]) > 500


def test_what_is_known_is_the_meaning_what_was_found_and_what_to_do() -> None:
    error = ParameterError(
        "command.bad_option",
        "An option of the command has a value that it may not have.",
        hint="Choose another value; `found` and `expected` say which.",
    )
    said = in_chinese(error)
    assert (said.meaning, said.original, said.found) == ("命令的选项取值不对", None, None)
    assert said.hint == "请换一个取值；“实际”与“应为”写明了问题所在。"
    error = ResourceError("data.column_missing", "There is no column 'x'.", found="exit code 3", expected="at most 7")
    said = in_chinese(error)
    assert (said.found, said.expected) == ("退出码 3", "不超过 7")
    assert said.original == "There is no column 'x'."
    assert str(said) == "表中没有该列。（There is no column 'x'.）实际：退出码 3。应为：不超过 7。"


def test_the_advice_of_the_page_stands_only_for_itself() -> None:
    """A code is raised in several places, and what to do differs."""
    own = in_chinese(NotFoundError("operator.unknown", "There is no such operator.", hint="Try it."))
    assert own.hint == "Try it."
    assert in_chinese(NotFoundError("operator.unknown", "There is no such operator.")).hint is None


def test_a_hint_that_names_something_is_said() -> None:
    near = NotFoundError("operator.unknown", "There is no such operator.", hint="Did you mean psi?")
    assert in_chinese(near).hint == "您要的是否为 psi？"


def test_what_is_not_known_stays_as_it_was_said() -> None:
    said = in_chinese(ParameterError("plugin.own", "A plugin says so.", found="a thing", hint="Ask its maker."))
    assert (said.meaning, said.original) == ("A plugin says so", None)
    assert (said.found, said.hint) == ("a thing", "Ask its maker.")


def test_a_long_text_is_no_phrase() -> None:
    for found in ("at most " * 1500, "Step 1: 2 of 3: " * 300, "a at b:" * 700, ".."):
        assert in_chinese(ParameterError("plugin.own", "It says so.", found=found)).found == found
    deep = "at most " * 30
    assert in_chinese(ParameterError("plugin.own", "It says so.", found=deep)).found


def test_every_hint_is_known() -> None:
    told = {hint for hint in hints() if said_phrases.SAYS.search(hint.replace("{}", ""))}
    assert sorted(told - set(chinese._words()["hints"])) == [], "add these to web/src/core/hinted.zh.json"


def test_no_hint_is_turned_by_a_phrase_that_was_made_for_others() -> None:
    known = chinese._words()["hints"]
    assert [hint for hint in known if "{}" not in hint and chinese._said(hint, chinese._hints()) != known[hint]] == []


def test_what_the_command_line_found_and_expected_is_known() -> None:
    found: set[str] = set()
    for path in CLI.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in said_phrases.ASKED:
                found |= set(said_phrases._texts(node.value))
    sentences = {phrase for phrase in found if " " in phrase and said_phrases.SAYS.search(phrase.replace("{}", ""))}
    assert sorted(sentences - set(chinese._read("phrases.zh.json")) - set(chinese._words()["said"])) == []


def test_no_phrase_puts_more_into_its_chinese_than_it_has() -> None:
    for phrases in (chinese._read("phrases.zh.json"), chinese._words()["hints"]):
        for phrase, said in phrases.items():
            assert max((int(at) for at in re.findall(r"\{(\d)\}", said)), default=0) <= phrase.count("{}"), phrase
