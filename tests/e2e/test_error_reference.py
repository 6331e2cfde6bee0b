"""The page of all error codes holds exactly the codes that the sources can raise, and the exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import error_codes
from tacit import errors

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"
ROW = re.compile(r"^\| `([a-z0-9_.]+)` \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
EXIT_ROW = re.compile(r"^\| (\d+) \|", re.MULTILINE)


def rows() -> list[tuple[str, ...]]:
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_every_code_in_the_sources_is_explained() -> None:
    missing = {
        code: sorted(files) for code, files in error_codes.codes().items() if code not in {row[0] for row in rows()}
    }
    assert not missing, "add these codes to docs/reference/errors.md"


def test_no_code_is_listed_that_nothing_raises() -> None:
    assert {row[0] for row in rows()} <= set(error_codes.codes()), "remove these from docs/reference/errors.md"


def test_codes_are_listed_once_in_order_and_in_both_languages() -> None:
    codes = [row[0] for row in rows()]
    assert len(codes) == len(set(codes))
    by_family = [code.split(".")[0] for code in codes]
    assert by_family == sorted(by_family)
    for code, english, chinese, advice in rows():
        assert english[0].isupper() and english.endswith("."), code
        assert re.search("[\u4e00-\u9fff]", chinese), code
        assert advice.strip(), code


def test_every_exit_code_is_listed() -> None:
    classes = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.TacitError)]
    listed = {int(number) for number in EXIT_ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert listed == {each.exit_code for each in classes} | {0, 1, 2, 130}
