"""Folders of files: the order, joint types, columns told by folder names, and files that do not go together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
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
from tacit.data.sources import batches, describe, digest, guessed_format, read_table, stamp
from tacit.errors import ParameterError, TacitError


@dataclass(frozen=True)
class Folder:
    path: Path
    format: str = "csv"
    options: dict[str, Any] = field(default_factory=dict)
    name: str = "people"


def _folder(root: Path, files: dict[str, str], **options: Any) -> Folder:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Folder(root, options=options)


def _code(source: Folder, reading: Reading | None = None) -> str:
    with pytest.raises(TacitError) as caught:
        read_table(source, reading)
    with pytest.raises(TacitError) as again:
        list(batches(source, reading))
    assert again.value.code == caught.value.code
    return caught.value.code


def test_files_follow_each_other_by_the_bytes_of_their_paths(tmp_path: Path) -> None:
    files = {
        "b.csv": "x\n3\n",
        "a/z.csv": "x\n2\n",
        "B.csv": "x\n1\n",
        "a-.csv": "x\n9\n",
        "_SUCCESS": "",
        ".x.csv": "y\n1\n",
    }
    source = _folder(tmp_path, files)
    assert read_table(source).to_pydict() == {"x": [1, 9, 2, 3]}
    assert pa.Table.from_batches(list(batches(source))).equals(read_table(source))
    assert describe(source).rows == 4 and describe(source).size_bytes == 16


def test_folder_names_tell_columns(tmp_path: Path) -> None:
    files = {
        "year=2023/region=n%20e/1.csv": "id,x\na,1\nb,2\n",
        "year=2024/region=s/1.csv": "x,id\n3,c\n",
        "year=2024/region=__HIVE_DEFAULT_PARTITION__/1.csv": "id,x\nd,4\n",
    }
    source = _folder(tmp_path, files)
    table = read_table(source, Reading(keys=("id",), label="year"))
    assert table.to_pydict() == {
        "id": ["a", "b", "d", "c"],
        "x": [1, 2, 4, 3],
        "year": [2023, 2023, 2024, 2024],
        "region": ["n e", "n e", None, "s"],
    }
    assert columns_with_role(table, "key") == ["id"] and columns_with_role(table, "label") == ["year"]
    assert read_table(source, Reading(columns=("region",), keys=("year",))).to_pydict() == {
        "year": ["2023", "2023", "2024", "2024"],
        "region": ["n e", "n e", None, "s"],
    }
    assert [each.name for each in describe(source).columns] == ["id", "x", "year", "region"]
    plain = Folder(tmp_path, options={"partitioning": "none"})
    assert read_table(plain).column_names == ["id", "x"]


def test_types_hold_for_all_files(tmp_path: Path) -> None:
    files = {"1.csv": "a,b,c,d,e\n1,1,,true,1\n", "2.csv": "a,b,c,d,e\n2.5,x,,,true\n", "3.csv": "a,b,c,d,e\n,,7,,\n"}
    source = _folder(tmp_path, files)
    table = read_table(source)
    assert [str(each.type) for each in table.schema] == ["double", "string", "int64", "bool", "string"]
    assert table.to_pylist()[0] == {"a": 1.0, "b": "1", "c": None, "d": True, "e": "1"}


def test_keys_keep_their_zeros_and_bad_cells_add_up(tmp_path: Path) -> None:
    source = _folder(tmp_path, {"1.csv": "id,x\n007,1\n08,?\n", "2.csv": "id,x\n9,?\n"})
    table = read_table(source, Reading(keys=("id",), types={"x": "integer"}, bad_cells="null"))
    assert table.column("id").to_pylist() == ["007", "08", "9"]
    assert bad_cells(table.schema.field("x")) == 2


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_columnar_files_are_joined(tmp_path: Path, kind: str) -> None:
    tables = [pa.table({"k": ["a"], "x": pa.array([1], pa.int32())}), pa.table({"x": pa.array([2.5]), "k": ["b"]})]
    for index, table in enumerate(tables):
        path = tmp_path / f"p={index}" / f"part.{kind}"
        path.parent.mkdir()
        if kind == "parquet":
            pq.write_table(table, path)
        else:
            with pa.ipc.new_stream(str(path), table.schema) as writer:
                writer.write_table(table)
    source = Folder(tmp_path, kind)
    assert guessed_format(tmp_path, {}) == kind
    assert read_table(source).to_pydict() == {"k": ["a", "b"], "x": [1.0, 2.5], "p": [0, 1]}
    assert describe(source).rows == 2


@given(st.lists(st.lists(st.integers(-9, 9), min_size=1, max_size=5), min_size=1, max_size=5), st.integers(1, 4))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_folder_is_its_files_one_after_another(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[int]], rows: int
) -> None:
    root = tmp_path_factory.mktemp("parts")
    for index, part in enumerate(parts):
        pq.write_table(pa.table({"x": part}), root / f"{index}.parquet")
    source = Folder(root, "parquet")
    expected = [x for part in parts for x in part]
    assert read_table(source).column("x").to_pylist() == expected
    assert [x for batch in batches(source, rows=rows) for x in batch.column(0).to_pylist()] == expected


def test_digest_and_stamp_tell_every_change(tmp_path: Path) -> None:
    source = _folder(tmp_path, {"a.csv": "x\n1\n", "b.csv": "x\n2\n"})
    seen = {(digest(source), stamp(source))}
    (tmp_path / "b.csv").rename(tmp_path / "c.csv")
    seen.add((digest(source), stamp(source)))
    (tmp_path / "c.csv").write_text("x\n33\n")
    seen.add((digest(source), stamp(source)))
    (tmp_path / "d.csv").write_text("x\n33\n")
    seen.add((digest(source), stamp(source)))
    assert len({one for one, _ in seen}) == len({other for _, other in seen}) == 4
    single = Folder(tmp_path / "a.csv")
    assert digest(single) == hashlib.sha256(b"x\n1\n").hexdigest()


def test_files_that_do_not_go_together(tmp_path: Path) -> None:
    assert _code(_folder(tmp_path / "1", {"a.csv": "x\n1\n", "b.csv": "y\n1\n"})) == "dataset.parts_differ"
    assert _code(_folder(tmp_path / "2", {"a.csv": "x\n1\n", "notes.txt": ""})) == "dataset.parts_differ"
    assert _code(_folder(tmp_path / "3", {"p=1/a.csv": "x\n1\n", "a.csv": "x\n1\n"})) == "dataset.parts_differ"
    assert _code(_folder(tmp_path / "4", {"x=1/a.csv": "x\n1\n", "x=2/a.csv": "x\n1\n"})) == "data.column_duplicate"
    assert _code(_folder(tmp_path / "5", {"p=1/p=2/a.csv": "x\n1\n"})) == "dataset.parts_differ"
    assert (
        _code(_folder(tmp_path / "6", {"p=a/a.csv": "x\n1\n"}), Reading(types={"p": "integer"}))
        == "dataset.parts_differ"
    )
    assert _code(_folder(tmp_path / "7", {"a.csv": "x\n1\n"}, partitioning="date")) == "dataset.option_invalid"
    assert _code(_folder(tmp_path / "8", {"a.csv": "x\n", "b.csv": "x\n"})) == "dataset.empty"
    (tmp_path / "9").mkdir()
    assert _code(Folder(tmp_path / "9")) == "dataset.empty"
    pq.write_table(pa.table({"x": ["a"]}), tmp_path / "9" / "a.parquet")
    pq.write_table(pa.table({"x": [True]}), tmp_path / "9" / "b.parquet")
    assert _code(Folder(tmp_path / "9", "parquet")) == "dataset.parts_differ"


def test_a_folder_of_several_formats_tells_none(tmp_path: Path) -> None:
    _folder(tmp_path, {"a.csv": "x\n1\n", "b.parquet": ""})
    assert guessed_format(tmp_path, {}) is None
    assert guessed_format(tmp_path / "a.csv", {}) == "csv"
    assert guessed_format(tmp_path / "gone", {}) is None


def test_formats_go_with_places(tmp_path: Path) -> None:
    for path, kind in ((tmp_path, "postgresql"), ("postgresql://u@h/d", "csv")):
        with pytest.raises(ParameterError) as caught:
            read_table(Folder(path, kind))  # type: ignore[arg-type]
        assert caught.value.code == "dataset.format_unknown"
