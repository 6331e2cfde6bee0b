"""The flow document's shape and its hash."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pydantic import ValidationError

from tacit.schema.flow import Flow

DOCUMENT: dict[str, Any] = {
    "tacit": "1",
    "name": "little",
    "profile": "2pc",
    "parties": {"hospital": "data", "lab": "data"},
    "steps": [
        {
            "id": "a",
            "operator": "dataset.read",
            "at": {"owner": "hospital"},
            "params": {"dataset": "x", "keys": ["id"]},
        },
        {"id": "b", "operator": "dataset.read", "at": {"owner": "lab"}, "params": {"dataset": "y"}},
        {
            "id": "m",
            "operator": "psi",
            "at": {"receiver": "hospital", "sender": "lab"},
            "inputs": {"receiver": "a.table", "sender": "b.table"},
        },
    ],
}


def flow(**changes: Any) -> Flow:
    return Flow.model_validate({**copy.deepcopy(DOCUMENT), **changes})


def changed(change: Any) -> Flow:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return Flow.model_validate(document)


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    if isinstance(value, list):
        return [reversed_keys(item) for item in value]
    return value


def test_hash_ignores_key_order_titles_layout_and_spelled_out_defaults() -> None:
    plain = flow().hash()
    assert Flow.model_validate(reversed_keys(DOCUMENT)).hash() == plain
    assert flow(title={"zh": "小", "en": "little"}).hash() == plain
    assert changed(lambda d: d["steps"][0].update(layout={"x": 1, "y": 2.5})).hash() == plain
    assert changed(lambda d: d["steps"][2].update(params={}, version=None)).hash() == plain


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(name="other"),
        lambda d: d.update(profile="2pc-dealer"),
        lambda d: d["parties"].update(notary="dealer"),
        lambda d: d["steps"].reverse(),
        lambda d: d["steps"][0].update(id="c"),
        lambda d: d["steps"][0].update(operator="dataset.other"),
        lambda d: d["steps"][0].update(version="1"),
        lambda d: d["steps"][0].update(at={"owner": "lab"}),
        lambda d: d["steps"][0]["params"].update(dataset="z"),
        lambda d: d["steps"][0]["params"].update(keys=["id", "id2"]),
        lambda d: d["steps"][0]["params"].update(label=None),
        lambda d: d["steps"][2]["inputs"].update(receiver="b.table"),
        lambda d: d["steps"][2].update(at={"receiver": "lab", "sender": "hospital"}),
    ],
)
def test_hash_changes_with_every_meaning(change: Any) -> None:
    assert changed(change).hash() != flow().hash()


def test_hash_is_pinned() -> None:
    """Approvals are bound to it: a new value means that old approvals no longer fit."""
    assert flow().hash() == "4c940f8b0e528006b56b114c542b55d5591b87c9a2cd76a7a98eb08bc22ff62f"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(tacit="2"),
        lambda d: d.update(name="Big"),
        lambda d: d.update(name="line\n"),
        lambda d: d.update(extra=1),
        lambda d: d.update(steps=[]),
        lambda d: d.update(parties={}),
        lambda d: d.update(profile="3pc"),
        lambda d: d["steps"][0].update(id="a.b"),
        lambda d: d["steps"][0].update(operator="read."),
        lambda d: d["steps"][0].update(at={}),
        lambda d: d["steps"][0].update(layout={"x": float("nan")}),
        lambda d: d["steps"][2]["inputs"].update(receiver="table"),
    ],
)
def test_a_wrong_shape_is_refused(change: Any) -> None:
    with pytest.raises(ValidationError):
        changed(change)
