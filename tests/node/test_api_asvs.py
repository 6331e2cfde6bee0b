"""docs/reference/asvs.csv: every requirement of levels 1 and 2 has a row, and every test that a row names exists."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import asvs_page

TESTS = Path(__file__).parents[1]
# of the sorted lines "id level" of levels 1 and 2 in 5.0/docs_en/…_5.0.0_en.csv of github.com/OWASP/ASVS
OFFICIAL = "db6d694ac41f400122cce7c6311f0df8b978435381bc18470590ed243f4ea08d"
NAME = re.compile(r"\btest_[a-z0-9_]+\b")


def test_every_requirement_has_one_row() -> None:
    lines = sorted(f"{row['id']} {row['level']}" for row in asvs_page.rows())
    assert len(lines) == 253
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == OFFICIAL


def test_every_row_says_how_it_stands_and_why() -> None:
    for row in asvs_page.rows():
        assert row["state"] in asvs_page.STATES, row
        assert len(row["evidence"]) >= 6, row


def test_every_named_test_exists() -> None:
    known = {
        name
        for file in TESTS.rglob("test_*.py")
        for name in re.findall(r"^ *(?:async )?def (test_[a-z0-9_]+)\(", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = {name: row["id"] for row in asvs_page.rows() for name in NAME.findall(row["evidence"])}
    assert len(named) > 50
    assert {name: number for name, number in named.items() if name not in known} == {}


def test_the_page_is_current() -> None:
    assert asvs_page.PAGE.read_text(encoding="utf-8") == asvs_page.page(), "python tests/asvs_page.py > the page"
