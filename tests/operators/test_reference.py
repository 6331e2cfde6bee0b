"""The generated reference page is in step with the declarations."""

from __future__ import annotations

from pathlib import Path

from tacit.operators.catalogue import specs
from tacit.operators.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "operators.md"


def test_the_page_is_what_the_generator_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "run: python -m tacit.operators.reference > docs/reference/operators.md"
    )


def test_every_operator_and_parameter_is_on_it() -> None:
    page = reference()
    for spec in specs():
        assert f"### `{spec.name}`" in page
        assert all(f"| `{name}` |" in page for name in spec.params.model_fields)
