"""Texts in two languages."""

from __future__ import annotations

import pytest

from tacit.schema.text import Text, check_readable, literal


def test_neither_language_may_be_empty() -> None:
    with pytest.raises(ValueError):
        Text("", "something")
    with pytest.raises(ValueError):
        Text("什么", "")


def test_places_are_filled_in_both() -> None:
    assert Text("{who} 知道", "{who} knows").format(who="lab") == Text("lab 知道", "lab knows")


@pytest.mark.parametrize("name", ["plain", "{odd}", "}{", "{0}", "{a.__class__}"])
def test_braces_in_a_name_stay_braces(name: str) -> None:
    text = Text(f"列 {literal(name)} 属于 {{who}}", f"column {literal(name)} of {{who}}")
    assert text.format(who="lab").en == f"column {name} of lab"


@pytest.mark.parametrize("text", ["plain", "全角　空格", "two\nlines", "فارسی می\u200cخواهم", "👩\u200d⚕️"])
def test_what_can_be_seen_is_readable(text: str) -> None:
    assert check_readable(text) == text


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x1b", "\r", "\x00", "\u2028"])
def test_what_turns_or_hides_other_words_is_not(sign: str) -> None:
    with pytest.raises(ValueError, match="cannot be seen"):
        check_readable(f"for research{sign} only")
