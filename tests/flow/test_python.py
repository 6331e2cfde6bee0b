"""Flows written in Python equal those written in YAML."""

from __future__ import annotations

import pytest

from tacit.flow import FlowCheckError, load
from tacit.flow.python import Draft

YAML = """
tacit: "1"
name: joint
title: {zh: 联合, en: Joint}
profile: 2pc
parties: {hospital: data, lab: data}
steps:
  - id: rows
    operator: dataset.read
    at: {owner: hospital}
    params: {dataset: patients, keys: [id]}
  - id: tests
    operator: dataset.read
    version: "1"
    at: {owner: lab}
    params: {dataset: tests}
    layout: {x: 10, y: 20}
  - id: match
    operator: psi
    at: {receiver: hospital, sender: lab}
    inputs: {receiver: rows.table, sender: tests.table}
"""


def test_a_draft_equals_the_yaml() -> None:
    draft = Draft("joint", parties={"hospital": "data", "lab": "data"}, title={"zh": "联合", "en": "Joint"})
    rows = draft.step("rows", "dataset.read", at={"owner": "hospital"}, params={"dataset": "patients", "keys": ("id",)})
    tests = draft.step(
        "tests",
        "dataset.read",
        version="1",
        at={"owner": "lab"},
        params={"dataset": "tests"},
        layout={"x": 10, "y": 20},
    )
    draft.step(
        "match",
        "psi",
        at={"receiver": "hospital", "sender": "lab"},
        inputs={"receiver": rows["table"], "sender": tests["table"]},
    )
    assert draft.build() == load(YAML)
    assert draft.build().hash() == load(YAML).hash()


def test_a_wrong_field_is_named() -> None:
    draft = Draft("joint", parties={"hospital": "data"})
    draft.step("Rows", "dataset.read", at={"owner": "hospital"})
    with pytest.raises(FlowCheckError, match=r"steps\.0\.id"):
        draft.build()


def test_an_empty_draft_is_no_flow() -> None:
    with pytest.raises(FlowCheckError):
        Draft("joint", parties={"hospital": "data"}).build()
