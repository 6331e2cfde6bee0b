"""The page of all error codes holds exactly the codes that the sources can raise, and the exit codes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import error_codes
import said_phrases
from tacit import errors
from tacit.governance.policies import reasons

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "errors.md"
SAID = ROOT / "web" / "src" / "core" / "said.zh.json"
HAN = re.compile("[\u4e00-\u9fff]")
# Code, meaning and what to do, the latter two in both languages.
ROW = re.compile(r"^\| `([a-z0-9_.]+)` \|" + r" ([^|]+) \|" * 4 + "$", re.MULTILINE)
EXIT_ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)


def rows() -> list[tuple[str, ...]]:
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_every_code_in_the_sources_is_explained() -> None:
    known = {row[0] for row in rows()}
    missing = {code: sorted(files) for code, files in error_codes.codes().items() if code not in known}
    assert not missing, "add these codes to docs/reference/errors.md"


def test_no_code_is_listed_that_nothing_raises() -> None:
    assert {row[0] for row in rows()} <= set(error_codes.codes()), "remove these from docs/reference/errors.md"


def test_codes_are_listed_once_in_order_and_in_both_languages() -> None:
    codes = [row[0] for row in rows()]
    assert len(codes) == len(set(codes))
    by_family = [code.split(".")[0] for code in codes]
    assert by_family == sorted(by_family)
    for code, english, chinese, advice, chinese_advice in rows():
        assert english[0].isupper() and english.endswith("."), code
        assert HAN.search(chinese), code
        assert advice.strip(), code
        assert HAN.search(chinese_advice), f"{code}: what to do, in Chinese"
        assert _commands(chinese_advice) == _commands(advice), f"{code}: other commands in Chinese"


def test_every_row_of_the_page_has_all_its_cells() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| `[a-z0-9_]+\.", line)]
    assert [line for line in lines if not ROW.match(line)] == []


def _commands(text: str) -> list[str]:
    """What stands between backticks: the console looks places up by it."""
    return sorted(re.findall("`([^`]+)`", text))


def test_what_was_found_and_expected_is_said_in_chinese_too() -> None:
    known = json.loads(SAID.read_text(encoding="utf-8"))
    missing = {phrase: place for phrase, place in said_phrases.phrases().items() if phrase not in known}
    assert not missing, "add these phrases to web/src/core/said.zh.json"
    policy = [text.en.replace("{rule}", "{}") for text in [*reasons._WHY.values(), *reasons._USES.values()]]
    assert [phrase for phrase in policy if phrase not in known] == []
    places = {phrase: [int(at) for at in re.findall(r"\{(\d)\}", chinese)] for phrase, chinese in known.items()}
    assert [phrase for phrase, at in places.items() if max(at, default=0) > phrase.count("{}")] == []


def test_every_exit_code_is_listed() -> None:
    classes = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.TacitError)]
    listed = {int(number) for number in EXIT_ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert listed == {each.exit_code for each in classes} | {0, 1, 2, 130}
