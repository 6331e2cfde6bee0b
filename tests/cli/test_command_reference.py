"""The page of commands is what the program says about itself."""

from __future__ import annotations

from pathlib import Path

from tacit.cli.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "run: python -m tacit.cli.reference > docs/reference/commands.md"
    )


def test_page_does_not_depend_on_the_machine() -> None:
    assert str(Path.home()) not in reference()
