"""Opening datasets: what survives, what is refused and how, and that no cell's value is ever said."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacit.data.columns import columns_with_role
from tacit.data.pieces import bad_cells
from tacit.data.reading import Reading
from tacit.data.sources import batches, describe, digest, read_table
from tacit.errors import DataError, ParameterError, TacitError


@dataclass(frozen=True)
class FileSource:
    path: Path
    format: str = "csv"
    options: dict[str, Any] = field(default_factory=dict)
    name: str = "people"


def csv_source(folder: Path, text: str | bytes, **options: Any) -> FileSource:
    path = folder / "people.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return FileSource(path, options=options)


def parquet_source(folder: Path, table: pa.Table) -> FileSource:
    pq.write_table(table, folder / "people.parquet")
    return FileSource(folder / "people.parquet", "parquet")


def arrow_source(folder: Path, table: pa.Table) -> FileSource:
    with pa.OSFile(str(folder / "people.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return FileSource(folder / "people.arrow", "arrow")


def streamed(source: FileSource, reading: Reading | None = None) -> pa.Table:
    return pa.Table.from_batches(list(batches(source, reading)))


def refusal(source: FileSource, reading: Reading | None = None) -> TacitError:
    """The error of reading; the streamed way must give the same one."""
    with pytest.raises(TacitError) as caught:
        read_table(source, reading)
    with pytest.raises(TacitError) as again:
        streamed(source, reading)
    assert again.value.as_dict() == caught.value.as_dict()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def test_csv_types_are_found_from_all_cells(tmp_path: Path) -> None:
    text = "a,b,c,d,e,f\n1,1,x,true,,2024-01-02\n2,2.5,,false,,NA\n"
    source = csv_source(tmp_path, text)
    table = read_table(source)
    assert [str(each.type) for each in table.schema] == ["int64", "double", "string", "bool", "double", "string"]
    assert table.to_pylist()[1] == {"a": 2, "b": 2.5, "c": None, "d": False, "e": None, "f": None}
    assert streamed(source).equals(table)


def test_a_type_that_fails_late_is_widened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tacit.data.delimited.BLOCK", 1 << 12)
    rows = [f"{i},{i},," for i in range(3000)] + ["7,0.5,x,1"]
    source = csv_source(tmp_path, "a,b,c,d\n" + "\n".join(rows) + "\n")
    table = read_table(source)
    assert [str(each.type) for each in table.schema] == ["int64", "double", "string", "int64"]
    assert table.num_rows == 3001
    assert streamed(source).equals(table)
    assert describe(source).rows == 3001


def test_mixed_truth_values_and_numbers_are_text(tmp_path: Path) -> None:
    assert str(read_table(csv_source(tmp_path, "a,b\n5,0\ntrue,1\n")).schema.field("a").type) == "string"


@pytest.mark.parametrize("value", ["00123", "123456789012345678", "12345678901234567890", "1e5", "0x1F", "NaNa"])
def test_keys_stay_as_written(tmp_path: Path, value: str) -> None:
    source = csv_source(tmp_path, f"id,x\n{value},1\n")
    table = read_table(source, Reading(keys=("id",)))
    assert table.column("id").to_pylist() == [value]
    assert columns_with_role(table, "key") == ["id"]


def test_a_key_may_be_declared_integer_but_never_number(tmp_path: Path) -> None:
    source = csv_source(tmp_path, "id,x\n00123,1\n")
    table = read_table(source, Reading(keys=("id",), types={"id": "integer"}))
    assert table.column("id").to_pylist() == [123]
    with pytest.raises(DataError) as caught:
        read_table(source, Reading(keys=("id",), types={"id": "number"}))
    assert caught.value.code == "data.key_not_exact"


def test_bom_crlf_quotes_and_newlines_in_cells(tmp_path: Path) -> None:
    text = b'\xef\xbb\xbfid,"na,me"\r\n1,"two\r\nlines"\r\n2,"a ""b"""\r\n'
    table = read_table(csv_source(tmp_path, text))
    assert table.column_names == ["id", "na,me"]
    assert table.column("na,me").to_pylist() == ["two\r\nlines", 'a "b"']


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "GB2312", "utf-8", "utf-8-sig", "utf-16", "big5"])
def test_chinese_encodings(tmp_path: Path, encoding: str) -> None:
    source = csv_source(tmp_path, '姓名,x\n"王,小明",1\n'.replace("明", "文").encode(encoding), encoding=encoding)
    assert read_table(source).to_pylist() == [{"姓名": "王,小文", "x": 1}]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;|\t"),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    ends=st.sampled_from(["\n", "\r\n"]),
)
def test_what_others_write_comes_back(
    tmp_path: Path, rows: list[tuple[str, str, int]], delimiter: str, encoding: str, ends: str
) -> None:
    """Text cells of any content, written by Python's csv, are read as they were."""
    path = tmp_path / "any.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=ends, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerows([("a", "b", "n"), *rows])
    source = FileSource(path, options={"delimiter": delimiter, "encoding": encoding})
    reading = Reading(types={"a": "text", "b": "text"}, null_values=("\0",))
    table = read_table(source, reading)
    assert list(zip(*table.to_pydict().values(), strict=True)) == rows
    assert streamed(source, reading).equals(table)


def test_a_stray_quote_in_a_cell_is_only_a_quote(tmp_path: Path) -> None:
    source = csv_source(tmp_path, 'a,b\n1,5" pipe\n2,x\n')
    assert read_table(source).column("b").to_pylist() == ['5" pipe', "x"]


def test_delimiter_and_null_values_of_the_dataset(tmp_path: Path) -> None:
    source = csv_source(tmp_path, "id;x\na;1\nb;?\n", delimiter=";", null_values=["?"])
    assert read_table(source).to_pylist() == [{"id": "a", "x": 1}, {"id": "b", "x": None}]


def test_columns_are_chosen_and_keys_and_label_added(tmp_path: Path) -> None:
    source = csv_source(tmp_path, "id,x,y,z\n1,2,3,4\n")
    table = read_table(source, Reading(columns=("z", "x"), keys=("id",), label="y"))
    assert table.column_names == ["id", "y", "z", "x"]
    assert columns_with_role(table, "label") == ["y"]


def test_text_in_a_number_column_is_counted_and_located(tmp_path: Path) -> None:
    text = 'id,age\n"a\nb",1\n\n"c",secret-1\nd, 5 \ne,secret-2\n'
    error = refusal(csv_source(tmp_path, text), Reading(types={"age": "number"}))
    assert error.code == "data.not_numeric"
    assert error.found == "2 such cells, the first in line 5"
    assert "secret" not in str(error)
    assert "age" in error.message


def test_bad_cells_can_become_null_and_are_counted(tmp_path: Path) -> None:
    source = csv_source(
        tmp_path, "id,age,n,b\n1,x,9223372036854775808,yes\n2, 5 ,-9223372036854775807,TRUE\n3,NA,7,0\n"
    )
    reading = Reading(types={"age": "number", "n": "integer", "b": "boolean"}, bad_cells="null")
    table = read_table(source, reading)
    assert table.column("age").to_pylist() == [None, 5.0, None]
    assert table.column("n").to_pylist() == [None, -(2**63 - 1), 7]
    assert table.column("b").to_pylist() == [None, True, False]
    assert [bad_cells(each) for each in table.schema] == [0, 1, 1, 1]


@pytest.mark.parametrize("kind", ["integer", "number", "boolean"])
def test_every_declared_type_is_checked(tmp_path: Path, kind: str) -> None:
    error = refusal(csv_source(tmp_path, "a,b\n1,0\n1,1\n1,secret\n"), Reading(types={"b": kind}))
    assert error.code == "data.not_numeric"
    assert "the first in line 4" in str(error.found)


def test_infinity_is_refused_and_nan_is_missing(tmp_path: Path) -> None:
    error = refusal(csv_source(tmp_path, "a,b\n1,0\n-inf,1\n"))
    assert (error.code, error.found) == ("data.not_finite", "1 such cell, the first in line 3")
    table = read_table(csv_source(tmp_path, "a,b\n1.5,0\nnan,1\nNaN,1\n"))
    assert table.column("a").to_pylist() == [1.5, None, None]
    error = refusal(csv_source(tmp_path, "a,b\n1.5,0\nnan,1\n"), Reading(null_values=("",)))
    assert error.code == "data.not_finite"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"PK\x03\x04zip", "spreadsheet"),
        (b"a,b\n1,\x00\n", "zero bytes"),
        (b"a,b\n1,2\n1,2,secret\n", "3 cells in line 3"),
        (b"a,b\n1,2\nsecret\n", "1 cells in line 3"),
        (b'a,b\n1,"secret\n1,2\n', "line 2"),
        (b'a,b\n1,"secret', "line 2"),
        (b'a,b\n1,2\n1,"secret\n' + b"1,2\n" * 70000, "line 3"),
        (b'a,b\n1,2\n1,"secret\n1,2\n1,"x\n1,2\n', "line 3"),
    ],
)
def test_files_that_are_no_csv(tmp_path: Path, content: bytes, found: str) -> None:
    error = refusal(csv_source(tmp_path, content))
    assert error.code == "dataset.unreadable"
    assert found in f"{error.message} {error.found}"
    assert "secret" not in str(error)


def test_wrong_chinese_encoding(tmp_path: Path) -> None:
    error = refusal(csv_source(tmp_path, "姓名,x\n王,1\n".encode("gb18030")))
    assert error.code == "dataset.encoding_wrong"
    assert "gb18030" in str(error.hint)
    content = "姓名,x\n王,1\n".encode() + b"\xff,1\n"
    assert refusal(csv_source(tmp_path, content, encoding="gb18030")).code == "dataset.encoding_wrong"


@pytest.mark.parametrize("text", ["a,b\n1,é\n", "é,b\n1,2\n"])
def test_an_encoding_that_does_not_fit(tmp_path: Path, text: str) -> None:
    error = refusal(csv_source(tmp_path, text.encode("latin-1")))
    assert error.code == "dataset.encoding_wrong"
    assert "encoding" in str(error.found)


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"a,b", b"\n\n"])
def test_nothing_to_read(tmp_path: Path, content: bytes) -> None:
    assert refusal(csv_source(tmp_path, content)).code == "dataset.empty"


def test_missing_and_duplicate_columns(tmp_path: Path) -> None:
    source = csv_source(tmp_path, "cust_id,age,age\n1,2,3\n")
    error = refusal(source, Reading(columns=("cust_id",), keys=("cust_ids",)))
    assert error.code == "data.column_missing"
    assert "'cust_id'" in str(error.hint)
    assert refusal(source).code == "data.column_duplicate"
    assert refusal(source, Reading(columns=("cust_id", "cust_id"))).code == "data.column_duplicate"
    assert read_table(source, Reading(columns=("cust_id",))).num_rows == 1


def test_a_wrong_delimiter_is_suggested(tmp_path: Path) -> None:
    error = refusal(csv_source(tmp_path, "id;x\n1;2\n"), Reading(keys=("id",)))
    assert "delimiter" in str(error.hint)


def test_paths_that_cannot_be_opened(tmp_path: Path) -> None:
    assert refusal(FileSource(tmp_path / "gone.csv")).code == "dataset.not_found"
    assert refusal(FileSource(tmp_path)).code == "dataset.empty"
    assert refusal(FileSource(tmp_path / "gone.parquet", "parquet")).code == "dataset.not_found"
    with pytest.raises(DataError) as caught:
        digest(FileSource(tmp_path / "gone.csv"))
    assert caught.value.code == "dataset.not_found"


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = csv_source(tmp_path, "a\n1\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(source).code == "dataset.unreadable"


@pytest.mark.parametrize(
    "options",
    [{"delimiter": ";;"}, {"delimiter": '"'}, {"encoding": "klingon"}, {"encoding": "rot13"}, {"separator": ";"},
     {"null_values": "NA"}, {"types": ["a"]}, {"types": {"a": ["number"]}}],
)  # fmt: skip
def test_options_that_cannot_be(tmp_path: Path, options: dict[str, Any]) -> None:
    error = refusal(csv_source(tmp_path, "a\n1\n", **options))
    assert isinstance(error, ParameterError)
    assert error.code == "dataset.option_invalid"


def test_unknown_format_and_type(tmp_path: Path) -> None:
    assert refusal(FileSource(tmp_path / "x", "xls")).code == "dataset.format_unknown"
    with pytest.raises(ParameterError) as caught:
        Reading(types={"a": "float"})
    assert caught.value.code == "dataset.type_unknown"


STORED = pa.table(
    {
        "id": pa.array([1, 2, 3], pa.int64()),
        "small": pa.array([1, None, 3], pa.int8()),
        "cat": pa.array(["a", "b", "a"]).dictionary_encode(),
        "f": pa.array([1.0, float("nan"), 2.0], pa.float32()),
        "price": pa.array([Decimal(1), Decimal(2), Decimal(3)], pa.decimal128(10, 2)),
    }
)


@pytest.mark.parametrize("store", [parquet_source, arrow_source])
def test_stored_types_are_kept_or_made_plain(tmp_path: Path, store: Any) -> None:
    source = store(tmp_path, STORED)
    table = read_table(source, Reading(keys=("id",)))
    assert [str(each.type) for each in table.schema] == ["int64", "int8", "string", "float", "double"]
    assert table.column("f").to_pylist() == [1.0, None, 2.0]
    assert streamed(source, Reading(keys=("id",))).equals(table)
    assert columns_with_role(table, "key") == ["id"]
    assert describe(source).rows == 3
    assert [each.type for each in describe(source).columns] == ["integer", "integer", "text", "number", "number"]


@pytest.mark.parametrize("store", [parquet_source, arrow_source])
def test_stored_columns_follow_declared_types(tmp_path: Path, store: Any) -> None:
    stored = pa.table({"k": [1.0, 2.0, None], "s": ["1", "x", "NA"], "n": [1, 0, 1], "id": [7, 8, 9]})
    reading = Reading(
        keys=("k", "id"),
        types={"k": "integer", "s": "number", "n": "boolean", "id": "text"},
        bad_cells="null",
    )
    table = read_table(store(tmp_path, stored), reading)
    assert table.column("k").to_pylist() == [1, 2, None]
    assert table.column("s").to_pylist() == [1.0, None, None]
    assert table.column("n").to_pylist() == [True, False, True]
    assert table.column("id").to_pylist() == ["7", "8", "9"]
    assert bad_cells(table.schema.field("s")) == 1


def test_roles_in_a_stored_file_count_unless_named(tmp_path: Path) -> None:
    source = parquet_source(tmp_path, read_table(csv_source(tmp_path, "id,y\n1,2\n"), Reading(keys=("id",), label="y")))
    assert columns_with_role(read_table(source), "key") == ["id"]
    assert columns_with_role(read_table(source, Reading(keys=("y",))), "key") == ["y"]


@pytest.mark.parametrize(
    ("column", "reading", "code"),
    [
        (pa.array([[1], [2]]), Reading(), "data.type_unsupported"),
        (pa.array([b"a", b"b"]), Reading(), "data.type_unsupported"),
        (pa.array([1.0, 2.0]), Reading(keys=("c",)), "data.key_not_exact"),
        (pa.array([1.0, 2.0]), Reading(keys=("c",), types={"c": "text"}), "data.key_not_exact"),
        (pa.array([1.0, 2.5]), Reading(types={"c": "integer"}), "data.not_integer"),
        (pa.array([1.0, float("inf")]), Reading(), "data.not_finite"),
        (pa.array(["1", "secret"]), Reading(types={"c": "number"}), "data.not_numeric"),
        (pa.array([1, 2], pa.date32()), Reading(types={"c": "number"}), "data.type_mismatch"),
        (pa.array([1, 2]), Reading(columns=("d",)), "data.column_missing"),
    ],
)
def test_stored_columns_that_are_refused(tmp_path: Path, column: pa.Array, reading: Reading, code: str) -> None:
    error = refusal(parquet_source(tmp_path, pa.table({"c": column})), reading)
    assert error.code == code
    assert "secret" not in str(error)


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_damaged_stored_files(tmp_path: Path, kind: str) -> None:
    source = (parquet_source if kind == "parquet" else arrow_source)(tmp_path, STORED)
    whole = source.path.read_bytes()
    for content in (whole[:-20], b"", b"id,x\n1,2\n", whole[: len(whole) // 2]):
        source.path.write_bytes(content)
        assert refusal(source).code == "dataset.unreadable"


def test_empty_stored_file(tmp_path: Path) -> None:
    assert refusal(parquet_source(tmp_path, STORED.slice(0, 0))).code == "dataset.empty"


def test_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    source = csv_source(tmp_path, "a\n1\n")
    assert digest(source) == hashlib.sha256(b"a\n1\n").hexdigest()


def test_describe_a_csv(tmp_path: Path) -> None:
    shape = describe(csv_source(tmp_path, "id,x,t\n1,2.5,a\n2,,b\n"))
    assert (shape.rows, shape.size_bytes) == (2, 20)
    assert [(each.name, each.type) for each in shape.columns] == [("id", "integer"), ("x", "number"), ("t", "text")]
