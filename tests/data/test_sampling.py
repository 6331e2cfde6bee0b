"""Samples: every row equally likely, the same for the same seed, types as of the whole, no more read than needed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from tacit.data.reading import Reading
from tacit.data.sampling import sample
from tacit.data.sources import read_table
from tacit.errors import TacitError

ROWS = 300_000


@dataclass(frozen=True)
class File:
    path: Path
    format: str
    options: dict[str, Any] = field(default_factory=dict)
    name: str = "people"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same rows in every form; column `row` tells which row it is."""
    place = tmp_path_factory.mktemp("sampling")
    row = np.arange(ROWS)
    table = pa.table(
        {"row": row, "x": row * 0.5, "t": pa.array(np.char.mod("name %d", row % 977)), "pad": ["é" * 20] * ROWS}
    )
    pq.write_table(table, place / "a.parquet", row_group_size=1000)
    pacsv.write_csv(table, place / "a.csv")
    with pa.ipc.new_file(str(place / "a.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=4096)
    for year in (2023, 2024):
        (place / "set" / f"year={year}").mkdir(parents=True)
        pq.write_table(
            table.slice((year - 2023) * ROWS // 2, ROWS // 2),
            place / "set" / f"year={year}" / "0.parquet",
            row_group_size=1000,
        )
    return place


@pytest.mark.parametrize("format", ["parquet", "csv", "arrow"])
def test_rows_are_drawn_from_the_whole_file(folder: Path, format: str) -> None:
    source = File(folder / f"a.{format}", format)
    found = sample(source, 4000, 11)
    rows = found.table.column("row").to_numpy()
    assert len(rows) == 4000 == len(np.unique(rows)) and (np.diff(rows) > 0).all()
    assert found.table.schema.names == ["row", "x", "t", "pad"]
    assert [str(each) for each in found.table.schema.types] == ["int64", "double", "string", "string"]
    assert sample(source, 4000, 11).table.equals(found.table)
    assert not sample(source, 4000, 12).table.equals(found.table)
    total = found.total_rows or found.how["rows_estimated"]
    assert abs(total - ROWS) < 0.01 * ROWS
    tenths = np.bincount(rows * 10 // ROWS, minlength=10)
    assert tenths.min() > 100  # expected: 400; blocks of about a thousand rows come together


def test_every_row_is_as_likely(tmp_path: Path) -> None:
    """A CSV whose lines differ in length: how often each line is drawn does not depend on its length."""
    lines = [f"{i},{'y' * (i % 7) * 60}" for i in range(60_000)]
    (tmp_path / "a.csv").write_text("row,y\n" + "\n".join(lines))  # no line end at the end
    drawn: list[np.ndarray[Any, Any]] = []
    for seed in range(60):
        found = sample(File(tmp_path / "a.csv", "csv"), 1000, seed)
        assert found.how["method"] == "byte_ranges"
        drawn.append(found.table.column("row").to_numpy())
    counts = np.bincount(np.concatenate(drawn), minlength=60_000)
    by_length = [counts[np.arange(60_000) % 7 == rest].mean() for rest in range(7)]
    assert np.allclose(by_length, 1.0, atol=0.06)
    assert counts[:100].mean() > 0 and counts[-100:].mean() > 0


def test_a_folder_keeps_its_columns(folder: Path) -> None:
    found = sample(File(folder / "set", "parquet"), 3000, 5)
    assert found.total_rows == ROWS and found.table.schema.names[-1] == "year"
    years = found.table.column("year").to_numpy()
    rows = found.table.column("row").to_numpy()
    assert set(years) == {2023, 2024} and ((rows >= ROWS // 2) == (years == 2024)).all()


def test_small_datasets_come_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,\n2,x\n")
    found = sample(File(tmp_path / "a.csv", "csv"), 10, 1)
    assert found.table.equals(read_table(File(tmp_path / "a.csv", "csv"))) and found.how == {"method": "all"}
    assert found.total_rows == 2


def test_cells_with_line_ends_are_kept_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n" + '1,"x\ny"\n' * 40_000)
    found = sample(File(tmp_path / "a.csv", "csv"), 100, 1)
    assert found.how == {"method": "stream"} and found.total_rows == 40_000
    assert set(found.table.column("b").to_pylist()) == {"x\ny"}


def test_wishes_hold(folder: Path) -> None:
    for format in ("csv", "parquet"):
        table = sample(
            File(folder / f"a.{format}", format), 100, 1, Reading(columns=("x",), types={"row": "text"}, keys=("row",))
        ).table
        assert table.schema.names == ["row", "x"] and str(table.schema.types[0]) == "string"


def test_what_is_refused(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n")
    for source, rows, code in (
        (File(tmp_path / "a.csv", "csv"), 1, "dataset.empty"),
        (File(tmp_path / "gone.csv", "csv"), 1, "dataset.not_found"),
        (File(folder / "a.csv", "csv"), 0, "parameter.invalid"),
    ):
        with pytest.raises(TacitError) as caught:
            sample(source, rows, 1)
        assert caught.value.code == code


def test_little_is_read(folder: Path) -> None:
    start = time.perf_counter()
    sample(File(folder / "a.csv", "csv"), 5000, 3)
    assert time.perf_counter() - start < 2
