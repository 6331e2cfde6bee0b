"""Addresses of datasets: what is a path, what is refused, and that no password is kept or said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tacit.data.places import locate, scheme_of, suffix_of
from tacit.errors import ParameterError


@pytest.mark.parametrize("place", ["/data/a.csv", "relative/a=b.csv", "/odd:name//x", Path("/data")])
def test_paths(place: str | Path) -> None:
    assert locate(place) == Path(place) and scheme_of(place) == "file"


@pytest.mark.parametrize("place", ["s3://bucket/a//b.csv", "postgresql://u@h:5432/d?sslmode=require", "postgres://h/d"])
def test_addresses_stay_as_they_are(place: str) -> None:
    assert locate(place) == place and scheme_of(place) in ("s3", "postgresql")


@pytest.mark.parametrize(
    "place",
    ["postgresql://u:hush@h/d", "postgresql://u@h/d?password=hush", "s3://key:hush@bucket/a", "postgresql://u:@h/d"],
)
def test_passwords_are_refused_and_not_repeated(place: str) -> None:
    with pytest.raises(ParameterError) as caught:
        locate(place)
    assert caught.value.code == "dataset.secret_in_path" and "hush" not in str(caught.value.as_dict())


@pytest.mark.parametrize("place", ["http://x/a.csv", "gs://b/a.csv", "postgresql://[::1/d"])
def test_other_addresses_are_refused(place: str) -> None:
    with pytest.raises(ParameterError) as caught:
        locate(place)
    assert caught.value.code == "dataset.url_unknown"


def test_suffixes() -> None:
    assert [suffix_of(each) for each in ("s3://b.c/x.CSV", "/a.b/c", Path("x.tar.parquet"))] == [".csv", "", ".parquet"]
