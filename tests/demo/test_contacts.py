"""People who do not exist: the same every time, made by rule, and what the scan finds in them."""

from __future__ import annotations

import re

import pytest

from tacit.data.findings.scan import scan_table
from tacit.demo.contacts import COUNT, make_contacts
from tacit.demo.everyday import CONFIRMED
from tacit.demo.tables import SCENARIOS, Scenario, make_tables
from tacit.governance.levels import suggest

KEYS = [f"P{number}" for number in range(500)]
PERSONAL = {"name", "sex", "birth_date", "resident_id", "mobile", "email"}


def test_the_same_every_time_and_one_line_a_person() -> None:
    table = make_contacts("patient_id", KEYS)
    assert table.equals(make_contacts("patient_id", KEYS))
    assert table.num_rows == COUNT and table.column("patient_id").to_pylist() == KEYS[:COUNT]
    for column in ("resident_id", "mobile", "email"):
        assert len(set(table.column(column).to_pylist())) == COUNT


def test_it_shows_that_they_are_made() -> None:
    for row in make_contacts("patient_id", KEYS).to_pylist():
        assert re.fullmatch(r"\d{4}00\d{11}[\dX]", row["resident_id"])  # no card is of a whole city
        assert re.fullmatch(r"1\d{2}-0000-\d{4}", row["mobile"])
        assert row["email"].endswith("@example.org")
        assert row["resident_id"][6:14] == row["birth_date"].replace("-", "")


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_the_scan_finds_them_and_leaves_something_to_confirm(scenario: Scenario) -> None:
    keys = make_tables(scenario)[scenario.label_party].column(scenario.key).to_pylist()
    suggested = suggest(scan_table(make_contacts(scenario.key, keys)))
    assert suggested.keys() >= PERSONAL
    assert {suggested[column].level for column in PERSONAL} == {4}
    assert set(CONFIRMED) < PERSONAL
