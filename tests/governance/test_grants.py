"""Which grants cover which uses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.errors import InputError, RefusedError
from tacit.governance.grants import Grant, GrantState, Use, cover, covering, expand, gap

USE = Use("lab", frozenset({"psi"}), "agr-1", "research")
FULL = Grant(
    "g",
    "lab",
    frozenset({"a", "b"}),
    agreement="agr-1",
    purpose="research",
    operators=frozenset({"psi", "stats"}),
    until=100.0,
    max_jobs=2,
)


def test_a_pattern_selects_what_is_there_now():
    assert expand("sales_*", ["sales_1", "costs", "sales_2"]) == ["sales_1", "sales_2"]
    assert expand("costs", ["sales_1", "costs"]) == ["costs"]
    with pytest.raises(InputError) as caught:
        expand("x*", ["sales_1"])
    assert caught.value.code == "grant.nothing_selected"


def test_a_grant_that_fits_covers():
    assert gap(FULL, USE, 50.0) is None
    assert gap(Grant("g", "lab", frozenset({"a"})), USE, 1e12) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"state": GrantState.APPLIED}, "not in force"),
        ({"state": GrantState.TERMINATED}, "not in force"),
        ({"peer": "bank"}, "another peer"),
        ({"until": 50.0}, "expired"),
        ({"agreement": "agr-2"}, "another agreement"),
        ({"purpose": "marketing"}, "another purpose"),
        ({"operators": frozenset({"stats"})}, "another operator"),
        ({"used": 2}, "used up"),
    ],
)
def test_one_gap_is_enough(change, why):
    assert gap(replace(FULL, **change), USE, 50.0) == why
    with pytest.raises(RefusedError) as caught:
        cover([replace(FULL, **change)], ["a"], [], USE, 50.0)
    assert caught.value.code == "grant.missing"


def test_every_dataset_needs_a_grant_or_an_agreement_that_lists_it():
    assert set(cover([FULL], ["a", "b"], [], USE, 50.0)) == {"a", "b"}
    assert cover([], ["a"], ["a"], USE, 50.0) == {}
    assert set(cover([FULL], ["a", "c"], ["c"], USE, 50.0)) == {"a"}
    with pytest.raises(RefusedError):
        cover([FULL], ["a", "c"], [], USE, 50.0)


def test_a_grant_without_a_count_is_used_first():
    free = Grant("free", "lab", frozenset({"a"}), until=100.0)
    assert covering([FULL, free], "a", USE, 50.0) == free


limits = {
    "agreement": st.sampled_from(["agr-1", "agr-2"]),
    "purpose": st.sampled_from(["research", "marketing"]),
    "operators": st.sampled_from([frozenset({"psi"}), frozenset({"stats"})]),
    "until": st.sampled_from([10.0, 100.0]),
    "max_jobs": st.sampled_from([1, 2]),
}


@given(st.data())
def test_adding_a_limit_never_covers_more(data):
    wide = Grant("g", "lab", frozenset({"a"}), used=data.draw(st.integers(0, 2)))
    for name in data.draw(st.sets(st.sampled_from(sorted(limits)))):
        wide = replace(wide, **{name: data.draw(limits[name])})
    name = data.draw(st.sampled_from(sorted(limits)))
    if getattr(wide, name) is None:
        narrow = replace(wide, **{name: data.draw(limits[name])})
        assert gap(wide, USE, 50.0) is None or gap(narrow, USE, 50.0) is not None
