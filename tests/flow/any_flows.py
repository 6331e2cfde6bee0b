"""Flows of every kind that the form of a document allows, sound or not."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from tacit.schema.flow import Flow

names = st.text(string.ascii_lowercase + string.digits + "_-", min_size=1, max_size=8).map(lambda text: f"n{text}")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "no",
        "null",
        "~",
        "1e-3",
        "007",
        "0o7",
        "1_000",
        "12:30",
        "2026-01-01",
        ".5",
        "=",
        "<<",
        "- a",
        "a: b",
        "#",
        " x ",
    ]
)
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
steps = st.fixed_dictionaries(
    {
        "id": names,
        "operator": names.map(lambda name: f"{name.replace('-', '_')}.x"),
        "at": st.dictionaries(names, names, min_size=1, max_size=3),
    },
    optional={
        "version": texts,
        "inputs": st.dictionaries(texts, names.map(lambda name: f"{name}.out"), max_size=3),
        "params": st.dictionaries(texts, values, max_size=4),
        "layout": st.dictionaries(texts, st.floats(allow_nan=False, allow_infinity=False), max_size=2),
    },
)
flows = st.fixed_dictionaries(
    {
        "name": names,
        "profile": st.sampled_from(["2pc", "2pc-dealer"]),
        "parties": st.dictionaries(names, st.sampled_from(["data", "dealer"]), min_size=1, max_size=3),
        "steps": st.lists(steps, min_size=1, max_size=4),
    },
    optional={"title": st.dictionaries(st.sampled_from(["zh", "en"]), texts, max_size=2)},
).map(Flow.model_validate)


def same(one: Flow, other: Flow) -> bool:
    """Equal, with the same order of keys and the same kinds of number."""
    return one == other and repr(one.document()) == repr(other.document()) and one.hash() == other.hash()
