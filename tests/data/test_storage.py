"""Datasets of an S3 store, from a real server on this machine: files, folders, credentials, and what may be said."""

from __future__ import annotations

import hashlib
import io
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import object_store
from object_store import ACCESS_KEY, SECRET_KEY, Store
from tacit.data.reading import Reading
from tacit.data.sources import batches, describe, digest, guessed_format, read_table, stamp
from tacit.errors import TacitError


@dataclass(frozen=True)
class Stored:
    path: str
    format: str = "csv"
    options: dict[str, Any] = field(default_factory=dict)
    name: str = "people"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("STORE_KEY", ACCESS_KEY)
    monkeypatch.setenv("STORE_SECRET", SECRET_KEY)
    monkeypatch.setenv("WRONG_SECRET", "hush")
    with object_store.serve() as found:
        yield found


def _source(store: Store, place: str, format: str = "csv", **more: Any) -> Stored:
    options = {"endpoint": store.endpoint, "access_key_env": "STORE_KEY", "secret_key_env": "STORE_SECRET", **more}
    return Stored(f"s3://{place}", format, options)


def _refusal(source: Stored) -> TacitError:
    with pytest.raises(TacitError) as caught:
        read_table(source)
    shown = str(caught.value.as_dict())
    assert ACCESS_KEY not in shown and "hush" not in shown and caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


@pytest.fixture
def table() -> pa.Table:
    return pa.table({"id": [f"{i:05}" for i in range(5000)], "x": list(range(5000))})


def test_csv_objects(store: Store) -> None:
    content = b'id,x\n007,1\n"a\nb",\n'
    store.put("data/people 甲.csv", content)
    source = _source(store, "data/people 甲.csv")
    assert read_table(source, Reading(keys=("id",))).to_pylist() == [{"id": "007", "x": 1}, {"id": "a\nb", "x": None}]
    assert pa.Table.from_batches(list(batches(source))).num_rows == 2
    assert digest(source) == hashlib.sha256(content).hexdigest()
    assert (describe(source).rows, describe(source).size_bytes) == (2, len(content))


def test_csv_objects_in_other_encodings(store: Store) -> None:
    store.put("data/a.csv", "名,x\n甲,?\n".encode("gb18030"))
    source = _source(store, "data/a.csv", encoding="gb18030")
    assert read_table(source).to_pylist() == [{"名": "甲", "x": "?"}]
    with pytest.raises(TacitError) as caught:
        read_table(source, Reading(types={"x": "integer"}))
    assert caught.value.code == "data.not_numeric" and "line 2" in str(caught.value.found)


def test_columnar_objects(store: Store, table: pa.Table) -> None:
    parquet, arrow, stream = io.BytesIO(), io.BytesIO(), io.BytesIO()
    pq.write_table(table, parquet, row_group_size=1000)
    for target, opened in ((arrow, pa.ipc.new_file), (stream, pa.ipc.new_stream)):
        with opened(target, table.schema) as writer:
            writer.write_table(table, max_chunksize=700)
    for name, content in (("a.parquet", parquet), ("b.arrow", arrow), ("c.arrow", stream)):
        store.put(f"data/{name}", content.getvalue())
        source = _source(store, f"data/{name}", "parquet" if name[0] == "a" else "arrow")
        assert read_table(source).equals(table)
        found = pa.Table.from_batches(list(batches(source, Reading(columns=("x",)), rows=300)))
        assert found.column("x").equals(table.column("x")) and describe(source).rows == 5000


def test_folders_are_listed_to_their_end(store: Store) -> None:
    for index in range(7):
        store.put(f"data/set/p={index % 2}/{index}.csv", f"x\n{index}\n".encode())
    store.put("data/set/_SUCCESS", b"")
    store.put("data/settle.csv", b"y\n1\n")
    for place in ("data/set", "data/set/"):
        source = _source(store, place)
        assert read_table(source).to_pydict() == {"x": [0, 2, 4, 6, 1, 3, 5], "p": [0, 0, 0, 0, 1, 1, 1]}
        assert guessed_format(source.path, source.options) == "csv"
    seen = {(stamp(source), digest(source))}
    store.put("data/set/p=1/5.csv", b"x\n9\n", at=1_700_000_007)
    assert len({one for one, _ in [*seen, (stamp(source), digest(source))]}) == 2
    store.put("data/set/p=1/7.csv", b"x\n9\n")
    assert (stamp(source), digest(source)) not in seen


def test_what_is_not_there(store: Store) -> None:
    store.put("data/a.csv", b"x\n1\n")
    for place in ("data/b.csv", "other/a.csv", "data/a.csv/", "data/nothing/"):
        assert _refusal(_source(store, place)).code == "dataset.not_found"


def test_wrong_credentials(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put("data/a.csv", b"x\n1\n")
    assert _refusal(_source(store, "data/a.csv", secret_key_env="WRONG_SECRET")).code == "dataset.access_denied"
    assert _refusal(_source(store, "data/a.csv", access_key_env="WRONG_SECRET")).code == "dataset.access_denied"
    anonymous = Stored("s3://data/a.csv", "csv", {"endpoint": store.endpoint, "anonymous": True})
    assert _refusal(anonymous).code == "dataset.access_denied"
    assert not store.requests
    monkeypatch.delenv("STORE_KEY")
    assert _refusal(_source(store, "data/a.csv")).code == "dataset.credentials_missing"


def test_credentials_of_the_process_are_used_without_options(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    store.put("data/a.csv", b"x\n1\n")
    assert read_table(Stored("s3://data/a.csv", "csv", {"endpoint": store.endpoint})).num_rows == 1


@pytest.mark.parametrize(
    "more", [{"endpoint": "ftp://x"}, {"endpoint": "http://a:b@c"}, {"secret_key_env": None}, {"secret_key": "hush"}]
)
def test_options_that_cannot_be_used(store: Store, more: dict[str, Any]) -> None:
    assert _refusal(_source(store, "data/a.csv", **more)).code == "dataset.option_invalid"


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tacit.data.storage._ATTEMPTS", 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    options = {"endpoint": f"http://127.0.0.1:{port}", "anonymous": True}
    assert _refusal(Stored("s3://data/a.csv", "csv", options)).code == "dataset.unreachable"
