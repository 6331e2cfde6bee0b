"""The demo's tables: sizes, order, who lacks whom, the label, and that they are the same every time."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.csv
import pytest

from tacit.demo.tables import BANK, HOSPITAL, SCENARIOS, Scenario, make_tables, write_tables

SIZES = {
    HOSPITAL.name: {"hospital": (551, 12), "lab": (546, 21)},
    BANK.name: {"bank": (18_000, 5), "telecom": (17_000, 5)},
}
scenarios = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)


@scenarios
def test_rows_and_columns(scenario: Scenario) -> None:
    tables = make_tables(scenario)
    assert {party: table.shape for party, table in tables.items()} == SIZES[scenario.name]
    assert scenario.parties[:2] == tuple(tables)
    assert scenario.dealer not in tables


@scenarios
def test_each_side_lacks_rows_of_the_other_and_has_its_own_order(scenario: Scenario) -> None:
    first, second = (table.column(scenario.key).to_pylist() for table in make_tables(scenario).values())
    assert len(set(first)) == len(first) and len(set(second)) == len(second)
    shared = set(first) & set(second)
    assert set(first) - shared and set(second) - shared
    assert len(shared) > len(first) / 2
    assert [key for key in first if key in shared] != [key for key in second if key in shared]


@scenarios
def test_only_the_first_has_the_label_and_it_has_two_values(scenario: Scenario) -> None:
    tables = make_tables(scenario)
    assert scenario.label not in tables[scenario.feature_party].column_names
    label = tables[scenario.label_party].column(scenario.label)
    assert sorted(pc.unique(label).to_pylist()) == [0, 1]
    columns = [set(table.column_names) - {scenario.key} for table in tables.values()]
    assert not columns[0] & columns[1]
    assert all(table.column(name).null_count == 0 for table in tables.values() for name in table.column_names)


@scenarios
def test_the_same_every_time_also_as_files(scenario: Scenario, tmp_path: Path) -> None:
    first, second = make_tables(scenario), make_tables(scenario)
    assert all(first[party].equals(second[party]) for party in first)
    for party, path in write_tables(scenario, tmp_path / "data").items():
        read = pyarrow.csv.read_csv(path)
        assert read.column_names == first[party].column_names
        assert read.num_rows == first[party].num_rows
