"""Labels of two values become 1 and 0, whatever they are stored as."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv, parquet

from tacit.data.columns import LABEL, columns_with_role, with_roles
from tacit.data.labels import with_binary_label
from tacit.data.reading import Reading
from tacit.data.sources import read_table
from tacit.engines.engine import DatasetSource
from tacit.errors import DataError


def table(values: list[str | None]) -> pa.Table:
    columns = {"x": list(range(len(values))), "y": pa.array(values, pa.string())}
    return with_roles(pa.table(columns), label="y")


@settings(deadline=None)
@given(st.text(min_size=1), st.text(min_size=1), st.lists(st.sampled_from([0, 1, None])))
def test_one_value_is_1_and_the_other_0(one: str, other: str, rows: list[int | None]) -> None:
    wanted = [1, *rows]
    words = {1: one, 0: other if other != one else other + "!", None: None}
    found = with_binary_label(table([words[each] for each in wanted]), "y", one)
    assert found.column("y").to_pylist() == wanted
    assert found.column("y").type == pa.int64()
    assert columns_with_role(found, LABEL) == ["y"]
    assert found.column("x").to_pylist() == list(range(len(wanted)))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["qqyes", "qqno", "qqperhaps"], "data.label_not_binary"),
        (["qqYes", "qqno"], "data.label_value_absent"),
        ([None, None], "data.label_value_absent"),
    ],
)
def test_what_it_refuses_without_a_value_in_the_words(values: list[str | None], code: str) -> None:
    with pytest.raises(DataError) as caught:
        with_binary_label(table(values), "y", "qqyes")
    assert caught.value.code == code
    assert not any(value in str(caught.value.as_dict()) for value in ("qqyes", "qqno", "qqperhaps", "qqYes"))


@pytest.mark.parametrize(
    ("column", "positive"), [([2, 1, 2], "2"), ([True, False, True], "true"), (["a", "b", "a"], "a")]
)
@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_of_any_file(tmp_path: Path, format: str, column: list[object], positive: str) -> None:
    path = tmp_path / f"rows.{format}"
    (csv.write_csv if format == "csv" else parquet.write_table)(pa.table({"y": column}), path)
    read = read_table(DatasetSource("rows", path, format, {}), Reading(label="y", types={"y": "text"}))
    assert with_binary_label(read, "y", positive).column("y").to_pylist() == [1, 0, 1]
