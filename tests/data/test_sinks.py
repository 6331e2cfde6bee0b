"""Files appear whole or not at all, read back as they were, and aligned rows stand in their places."""

from __future__ import annotations

import csv
import datetime
import decimal
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacit.data import sinks
from tacit.data.gather import gather
from tacit.data.sinks import ABSENT, AlignedSink, open_sink
from tacit.errors import DataError, ParameterError, ResourceError

_SHARED = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_CELL = (
    st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6) | st.sampled_from('",\n\r;')
)


def _written(path: Path, table: pa.Table, rows: int = 1000, **how: Any) -> bytes:
    with open_sink(path, table.schema, **how) as sink:
        for batch in table.to_batches(max_chunksize=rows):
            sink.write(batch)
    assert sink.rows == table.num_rows
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    return path.read_bytes()


def _read(path: Path) -> pa.Table:
    if path.suffix == ".parquet":
        return pq.read_table(path)
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


@given(st.lists(st.tuples(_CELL, _CELL, st.none() | st.integers(-9, 9)), max_size=12), st.integers(1, 5))
@_SHARED
def test_csv_cells_read_back(tmp_path: Path, rows: list[tuple[Any, ...]], size: int) -> None:
    table = pa.table(
        {"a,b": [r[0] for r in rows], "c": [r[1] for r in rows], "n": pa.array([r[2] for r in rows], "i8")}
    )
    table = table.cast(pa.schema([("a,b", pa.string()), ("c", pa.large_string()), ("n", pa.int8())]))
    content = _written(tmp_path / "out.csv", table, size)
    assert content == _written(tmp_path / "out.csv", table)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.reader(file))
    assert found == [["a,b", "c", "n"], *([("" if cell is None else str(cell)) for cell in row] for row in rows)]


@given(st.lists(_CELL, max_size=12))
@_SHARED
def test_one_column_keeps_its_rows(tmp_path: Path, cells: list[str | None]) -> None:
    _written(tmp_path / "out.csv", pa.table({"k": pa.array(cells, pa.string())}))
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [["k"], *([cell or ""] for cell in cells)]


def test_quotes_only_where_they_are_needed(tmp_path: Path) -> None:
    table = pa.table({"k": ["a", "b;c", 'd"', "", None], "x": [1.5, None, 0.1, 1e300, -0.0]})
    content = _written(tmp_path / "out.csv", table, delimiter=";")
    assert content.decode() == 'k;x\na;1.5\n"b;c";\n"d""";0.1\n"";1e+300\n;-0\n'
    (tmp_path / "tabs").mkdir()
    assert _written(tmp_path / "tabs" / "out.tsv", pa.table({"k": ["a,b"], "n": [1]}), 1) == b"k\tn\na,b\t1\n"


def test_a_slice_is_judged_by_its_own_bytes(tmp_path: Path) -> None:
    table = pa.table({"k": ['"', "plain", "x,y"]}).slice(1, 1)
    assert _written(tmp_path / "out.csv", table) == b"k\nplain\n"


def test_every_type_that_tables_have(tmp_path: Path) -> None:
    day, moment = datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 1, 2, 3)
    table = pa.table(
        {
            "d": pa.array([day, None]),
            "t": pa.array([moment, None], pa.timestamp("s")),
            "b": pa.array([True, None]),
            "m": pa.array([decimal.Decimal("1.50"), None]),
            "c": pa.array(["x", None]).dictionary_encode(),
            "v": pa.array(["y", None], pa.string_view()),
        }
    )
    assert (
        _written(tmp_path / "out.csv", table) == b"d,t,b,m,c,v\n2024-02-29,2024-02-29 01:02:03,true,1.50,x,y\n,,,,,\n"
    )


@pytest.mark.parametrize("kind", [pa.binary(), pa.list_(pa.int8())])
def test_columns_without_a_text_form(tmp_path: Path, kind: pa.DataType) -> None:
    with pytest.raises(DataError) as caught:
        open_sink(tmp_path / "out.csv", pa.schema([("k", kind)]))
    assert caught.value.code == "data.type_unsupported" and not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["out.parquet", "out.arrow"])
def test_columnar_files_read_back(tmp_path: Path, name: str) -> None:
    table = pa.table({"k": ["a", None, "c"], "c": pa.array(["x", "y", "x"]).dictionary_encode(), "n": [1, 2, 3]})
    _written(tmp_path / name, table, 2)
    assert _read(tmp_path / name).to_pydict() == table.to_pydict()


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.arrow"])
def test_no_rows_make_a_whole_file(tmp_path: Path, name: str) -> None:
    _written(tmp_path / name, pa.table({"k": pa.array([], pa.string())}))
    found = pacsv.read_csv(tmp_path / name) if name == "out.csv" else _read(tmp_path / name)
    assert (found.num_rows, found.column_names) == (0, ["k"])


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.arrow"])
def test_an_error_leaves_the_old_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"old")
    with pytest.raises(KeyError), open_sink(tmp_path / name, pa.schema([("k", pa.string())])) as sink:
        sink.write(pa.table({"k": ["new"]}))
        raise KeyError
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"old"]


def test_only_the_owner_may_read(tmp_path: Path) -> None:
    _written(tmp_path / "out.csv", pa.table({"k": ["a"]}))
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("path", ["nowhere/out.csv", "here"])
def test_places_where_nothing_can_be_written(tmp_path: Path, path: str) -> None:
    (tmp_path / "here").mkdir()
    with pytest.raises(DataError) as caught:
        open_sink(tmp_path / path, pa.schema([("k", pa.string())]), format="csv").close()
    assert caught.value.code == "sink.unwritable" and [each.name for each in tmp_path.iterdir()] == ["here"]


def test_a_name_that_tells_no_format(tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as caught:
        open_sink(tmp_path / "out.xlsx", pa.schema([("k", pa.string())]))
    assert caught.value.code == "dataset.format_unknown"


@pytest.fixture
def no_room() -> Iterator[None]:
    """The system takes 64 KiB per file: what a full disk does, for this process alone."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.arrow"])
@pytest.mark.usefixtures("no_room")
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    noise = np.random.default_rng(5).integers(0, 1 << 60, 50_000)
    with pytest.raises(ResourceError) as caught, open_sink(tmp_path / name, pa.schema([("n", pa.int64())])) as sink:
        for _ in range(4):
            sink.write(pa.table({"n": noise}))
    assert caught.value.code == "sink.disk_full" and not list(tmp_path.iterdir())


@pytest.mark.usefixtures("no_room")
def test_a_full_disk_while_spilling(tmp_path: Path) -> None:
    batch = pa.record_batch({"n": np.arange(50_000)})
    with pytest.raises(ResourceError) as caught, open_sink(tmp_path / "out.csv", batch.schema) as sink:
        AlignedSink(sink, 50_000, folder=tmp_path, memory=1).add(batch, np.arange(50_000, dtype=np.uint32))
    assert caught.value.code == "sink.disk_full" and not list(tmp_path.iterdir())


@given(
    st.data(),
    st.integers(0, 300),
    st.integers(1, 90),
    st.sampled_from([1, 2000, 1 << 30]),
    st.sampled_from([64, 1 << 20]),
)
@_SHARED
def test_rows_stand_in_their_places(
    tmp_path: Path, data: st.DataObject, rows: int, size: int, memory: int, bucket: int
) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    total = rows + int(rng.integers(0, 200))
    ranks = rng.permutation(np.concatenate([np.arange(rows), np.full(total - rows, ABSENT)])).astype(np.uint32)
    table = pa.table(
        {"id": [f"{i:04}" for i in range(total)], "x": [None if i % 7 == 0 else "x" * (i % 5) for i in range(total)]}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sinks, "_BUCKET", bucket)
        aligned = AlignedSink(open_sink(tmp_path / "out.arrow", table.schema), rows, folder=tmp_path, memory=memory)
        done = 0
        for batch in table.to_batches(max_chunksize=size):
            aligned.add(batch, ranks[done : done + batch.num_rows])
            done += batch.num_rows
        aligned.finish()
    kept = np.flatnonzero(ranks != ABSENT)
    assert _read(tmp_path / "out.arrow").equals(table.take(pa.array(kept[np.argsort(ranks[kept])])))
    assert [each.name for each in tmp_path.iterdir()] == ["out.arrow"]


@pytest.mark.parametrize("ranks", [[0, 1], [0, 1, 1], [0, 1, 2, 2]])
def test_places_left_open_or_given_twice_are_noticed(tmp_path: Path, ranks: list[int]) -> None:
    batch = pa.record_batch({"n": np.arange(len(ranks))})
    with pytest.raises(ValueError, match="twice"), open_sink(tmp_path / "out.csv", batch.schema) as sink:
        aligned = AlignedSink(sink, 3, folder=tmp_path)
        aligned.add(batch, np.array(ranks, dtype=np.uint32))
        aligned.finish()
    assert not list(tmp_path.iterdir())


def test_places_beyond_the_end(tmp_path: Path) -> None:
    batch = pa.record_batch({"n": np.arange(2)})
    with open_sink(tmp_path / "out.csv", batch.schema) as sink:
        aligned = AlignedSink(sink, 2, folder=tmp_path)
        with pytest.raises(ValueError, match="beyond"):
            aligned.add(batch, np.array([0, 2], dtype=np.uint32))
        with pytest.raises(ValueError, match="as many"):
            aligned.add(batch, np.array([0], dtype=np.uint32))


@given(
    st.data(),
    st.sampled_from([pa.string(), pa.large_string(), pa.binary(), pa.string_view(), pa.int16()]),
    st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_gathering_is_taking(data: st.DataObject, kind: pa.DataType, even: bool) -> None:
    cells = st.integers(0, 99) if kind == pa.int16() else st.text("abc", min_size=2 if even else 0, max_size=2)
    values = data.draw(st.lists(cells if even else st.none() | cells, min_size=1, max_size=12))
    start = data.draw(st.integers(0, len(values) - 1))
    column = pa.array(values).cast(pa.large_string() if kind != pa.int16() else kind).cast(kind).slice(start)
    rows = np.array(data.draw(st.lists(st.integers(0, len(column) - 1), max_size=12)), dtype=np.uint32)
    found = gather(pa.record_batch({"c": column}), rows).column(0)
    found.validate(full=True)
    expected = [values[start:][row] for row in rows]
    assert found.equals(pa.array(expected, pa.int16() if kind == pa.int16() else pa.large_string()).cast(kind))
