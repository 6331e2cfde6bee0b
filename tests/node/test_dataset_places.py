"""The catalogue with datasets that are no single file of this machine: folders, stores, queries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import object_store
import postgresql_server
from tacit.errors import DataError, ParameterError
from tacit.node.catalogue import Catalogue
from tacit.node.database import open_database
from tacit.node.stores.datasets import DatasetStore


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    database = open_database(tmp_path, None)
    yield Catalogue(DatasetStore(database))
    database.close()


def test_a_folder_is_noticed_when_a_file_comes(catalogue: Catalogue, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "1.csv").write_text("x\n1\n")
    row = catalogue.register("people", str(folder))
    assert (row.format, row.rows, catalogue.state_of(row)) == ("csv", 1, "ok")
    (folder / "2.csv").write_text("x\n2\n")
    assert catalogue.state_of(catalogue.get("people")) == "changed"
    fresh = catalogue.fresh("people")
    assert fresh.rows == 2 and fresh.digest != row.digest
    (folder / "1.csv").unlink(), (folder / "2.csv").unlink(), folder.rmdir()
    assert catalogue.state_of(fresh) == "missing"
    with pytest.raises(DataError):
        catalogue.check_present("people")


def test_an_object_of_a_store(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORE_KEY", object_store.ACCESS_KEY)
    monkeypatch.setenv("STORE_SECRET", object_store.SECRET_KEY)
    with object_store.serve() as store:
        options = {"endpoint": store.endpoint, "access_key_env": "STORE_KEY", "secret_key_env": "STORE_SECRET"}
        store.put("data/a.csv", b"x\n1\n")
        row = catalogue.register("people", "s3://data/a.csv", options=options)
        assert (row.format, row.rows, row.path) == ("csv", 1, "s3://data/a.csv")
        asked = len(store.requests)
        assert catalogue.state_of(row) == "remote" and len(store.requests) == asked
        store.put("data/a.csv", b"x\n1\n2\n", at=1_700_000_009)
        assert catalogue.fresh("people").rows == 2
    assert object_store.SECRET_KEY not in str(vars(row))


@pytest.mark.skipif(postgresql_server.programs() is None, reason="no PostgreSQL server programs on this machine")
def test_a_query_is_read_again_whenever_it_matters(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEOPLE_PASSWORD", postgresql_server.PASSWORD)
    options = {"query": "SELECT x FROM people ORDER BY x", "password_env": "PEOPLE_PASSWORD"}
    with postgresql_server.serve() as server:
        server.run("CREATE TABLE people AS SELECT 1 AS x")
        row = catalogue.register("people", server.url, options=options)
        assert (row.format, row.rows, catalogue.state_of(row)) == ("postgresql", 1, "remote")
        assert catalogue.fresh("people").digest == row.digest
        server.run("INSERT INTO people VALUES (2)")
        fresh = catalogue.fresh("people")
        assert fresh.rows == 2 and fresh.digest != row.digest


@pytest.mark.parametrize(
    ("place", "code"),
    [("s3://k:hush@b/a.csv", "dataset.secret_in_path"), ("ftp://b/a.csv", "dataset.url_unknown")],
)
def test_addresses_that_are_not_kept(catalogue: Catalogue, place: str, code: str) -> None:
    with pytest.raises(ParameterError) as caught:
        catalogue.register("people", place)
    assert caught.value.code == code and not catalogue.all()
