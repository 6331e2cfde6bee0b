"""Addresses of datasets: what is a path, what is refused, and that no password is kept or said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tacit.data.places import locate, scheme_of, suffix_of
from tacit.errors import ParameterError


@pytest.mark.parametrize("place", ["/data/a.csv", "relative/a=b.csv", "/odd:name//x", Path("/data")])
def test_paths(place: str | Path) -> None:
    assert locate(place) == Path(place) and scheme_of(place) == "file"


@pytest.mark.parametrize(
    ("place", "scheme"),
    [
        ("s3://bucket/a//b.csv", "s3"),
        ("postgresql://u@h:5432/d?sslmode=require", "postgresql"),
        ("postgres://h/d", "postgresql"),
        ("mysql://u@h/d?tls=off", "mysql"),
        ("mariadb://h/d", "mysql"),
        ("https://h/a.csv?year=2024", "http"),
    ],
)
def test_addresses_stay_as_they_are(place: str, scheme: str) -> None:
    assert locate(place) == place and scheme_of(place) == scheme


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://u:hush@h/d",
        "postgresql://u@h/d?password=hush",
        "s3://key:hush@bucket/a",
        "postgresql://u:@h/d",
        "mysql://u:hush@h/d",
        "https://hush@h/a.csv",
        "https://h/a.csv?token=hush",
        "https://h/a.csv?X-Amz-Signature=hush",
    ],
)
def test_passwords_are_refused_and_not_repeated(place: str) -> None:
    with pytest.raises(ParameterError) as caught:
        locate(place)
    assert caught.value.code == "dataset.secret_in_path" and "hush" not in str(caught.value.as_dict())


@pytest.mark.parametrize("place", ["ftp://x/a.csv", "gs://b/a.csv", "postgresql://[::1/d"])
def test_other_addresses_are_refused(place: str) -> None:
    with pytest.raises(ParameterError) as caught:
        locate(place)
    assert caught.value.code == "dataset.url_unknown"


def test_suffixes() -> None:
    assert [suffix_of(each) for each in ("s3://b.c/x.CSV", "/a.b/c", Path("x.tar.parquet"))] == [".csv", "", ".parquet"]
    assert [suffix_of(each) for each in ("https://b.c/x.CSV?v=1.parquet", "http://b.c")] == [".csv", ""]
