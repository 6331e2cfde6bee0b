"""Texts in two languages."""

from __future__ import annotations

import pytest

from tacit.schema.text import Text, literal


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
