"""Transform documents: exact round trips; damaged or foreign ones are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.algorithms.preprocess.transform import ColumnTransform, Transform, read_transform
from tacit.errors import DataError

NUMBER = st.floats(allow_nan=False, allow_infinity=False)
COLUMN = st.builds(ColumnTransform, st.text(max_size=5), st.one_of(st.none(), NUMBER), NUMBER, st.floats(1e-300, 1e300))
GOOD = Transform("mean", "standard", (ColumnTransform("a", 1.5, 0.25, 2.0),), ("b",)).as_document()


@settings(max_examples=60, deadline=None)
@given(st.lists(COLUMN, max_size=3), st.lists(st.text(max_size=5), max_size=2))
def test_round_trip_is_exact(columns: list[ColumnTransform], dropped: list[str]) -> None:
    transform = Transform("mean", "standard", tuple(columns), tuple(dropped))
    assert read_transform(json.loads(json.dumps(transform.as_document()))) == transform


def test_the_id_is_that_of_the_content() -> None:
    other = Transform("mean", "standard", (ColumnTransform("a", 1.5, 0.25, 2.5),), ("b",)).as_document()
    assert GOOD["transform_id"] != other["transform_id"]
    assert Transform("mean", "standard", (ColumnTransform("a", 1.5, 0.25, 2.0),), ("b",)).as_document() == GOOD


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "model"}, "document.kind"),
        ({"kind": None}, "document.kind"),
        ({"format": 2}, "document.format"),
        ({"missing": "median"}, "document.damaged"),
        ({"transform_id": "0" * 64}, "document.damaged"),
        ({"columns": [{**GOOD["columns"][0], "scale": 4.0}]}, "document.damaged"),
        ({"dropped": {1, 2}}, "document.damaged"),
    ],
)
def test_changed_documents_are_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(DataError) as caught:
        read_transform({**GOOD, **change})
    assert caught.value.code == code


@pytest.mark.parametrize(
    "columns",
    [7, [{}], [{"name": "a", "fill": None, "shift": 0, "scale": 0}], [{"name": 1, "fill": 0, "shift": 0, "scale": 1}],
     [{"name": "a", "fill": True, "shift": 0, "scale": 1}], [{"name": "a", "fill": "0", "shift": 0, "scale": 1}]],
)  # fmt: skip
def test_a_right_digest_does_not_excuse_wrong_content(columns: Any) -> None:
    from tacit.schema.canonical import digest

    content = {**{key: value for key, value in GOOD.items() if key != "transform_id"}, "columns": columns}
    with pytest.raises(DataError) as caught:
        read_transform({**content, "transform_id": digest(content)})
    assert caught.value.code == "document.damaged"
