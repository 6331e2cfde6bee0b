"""A flow goes through each of its texts and comes back as it was: the same document, the same hash."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from flow.any_flows import flows, same
from flow.flows import whole
from tacit.flow import dump, load, read
from tacit.flow.document import Format
from tacit.schema.flow import Flow

FORMS: tuple[Format, ...] = ("yaml", "json", "python")
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


def there_and_back(flow: Flow) -> None:
    for one in FORMS:
        held = read(dump(flow, one), one).flow
        assert same(held, flow), one
        for other in FORMS:
            assert dump(held, other) == dump(flow, other)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_keeps_everything(path: Path) -> None:
    there_and_back(load(path))


@given(flows)
@settings(max_examples=200, deadline=None)
def test_every_flow_keeps_everything(flow: Flow) -> None:
    there_and_back(flow)


def test_a_large_flow_fits() -> None:
    """Three hundred boxes with titles and places."""
    made = whole().document()
    first = made["steps"]
    made["steps"] = [
        {**step, "id": f"{step['id']}-{number}", "layout": {"x": float(number), "y": 17.25}}
        for number in range(30)
        for step in first
    ]
    flow = Flow.model_validate(made)
    assert len(flow.steps) == 300
    there_and_back(flow)
