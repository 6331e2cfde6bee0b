"""The glossary has the nouns of the house in both languages."""

from __future__ import annotations

import re
from pathlib import Path

ROWS = re.findall(
    r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$",
    (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
TERMS = {english: (chinese, meaning) for english, chinese, meaning in ROWS if english not in ("English", "---")}


def test_the_nouns_are_there() -> None:
    assert {"node", "dataset", "agreement", "operator", "flow", "job", "receipt"} <= set(TERMS)
    assert {"party", "role", "step", "port", "placement", "disclosure", "security profile", "dealer"} <= set(TERMS)
    assert {"share", "channel", "session", "approval", "transcript", "worker", "artifact"} <= set(TERMS)


def test_every_term_is_in_both_languages_once() -> None:
    assert len(TERMS) == len(ROWS) - sum(english == "English" for english, _, _ in ROWS)
    for english, (chinese, meaning) in TERMS.items():
        assert not re.search(r"[\u4e00-\u9fff]", english), english
        assert re.search(r"[\u4e00-\u9fff]", chinese), english
        assert re.search(r"[\u4e00-\u9fff]", meaning) and re.search(r"[a-z]{3}", meaning), english
