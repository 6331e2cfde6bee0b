"""Where a dataset lies: a path of this machine, an object or a folder of an S3 store, a database, a web address."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

from tacit.errors import ParameterError

SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
}
_URL = re.compile(r"^([a-z][a-z0-9+.-]+)://")
_SCHEMES = {
    "s3": "s3",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "http": "http",
    "https": "http",
}
_SECRET = {"password", "passfile", "sslpassword", "oauth_client_secret"}
_SECRET_OF_WEB = {"token", "access_token", "sig", "signature", "key", "api_key", "apikey", "secret", "auth", "code"}


def locate(place: str | Path) -> str | Path:
    """A URL as it is, everything else as a path. Raises ParameterError dataset.url_unknown, dataset.secret_in_path."""
    if scheme_of(place) == "file":
        return Path(place)
    _check_secrets(str(place))
    return place


def scheme_of(place: str | Path) -> str:
    """ "file", "s3", "postgresql", "mysql" or "http". Raises ParameterError dataset.url_unknown."""
    found = _URL.match(place) if isinstance(place, str) else None
    if found is None:
        return "file"
    if found[1] not in _SCHEMES:
        raise ParameterError(
            "dataset.url_unknown",
            "Datasets cannot be read from an address of this kind.",
            found=f"{found[1]}://",
            expected="a path, s3://bucket/key, postgresql://host/database, mysql://host/database or https://host/file",
        )
    return _SCHEMES[found[1]]


def suffix_of(place: str | Path) -> str:
    """What the name ends in, lower case."""
    name = str(place)
    if name.startswith(("http://", "https://")):
        name = urlsplit(name).path
    return Path(name.rsplit("/", 1)[-1]).suffix.lower()


def _check_secrets(url: str) -> None:
    """Paths are shown in lists and logs: nothing of the address is in the error."""
    try:
        parts = urlsplit(url)
        secret = parts.password is not None or any(_is_secret(parts.scheme, name.lower()) for name, _ in _query(parts))
    except ValueError:
        raise ParameterError(
            "dataset.url_unknown", "The dataset's address cannot be understood.", expected="scheme://host/name"
        ) from None
    if secret or (parts.scheme in ("s3", "http", "https") and "@" in parts.netloc):
        raise ParameterError(
            "dataset.secret_in_path",
            "A password has no place in the address of a dataset: addresses are stored and shown.",
            hint="Keep it in a connection, or in an environment variable that the dataset's options name.",
        )


def _query(parts: SplitResult) -> list[tuple[str, str]]:
    return parse_qsl(parts.query, keep_blank_values=True)


def _is_secret(scheme: str, name: str) -> bool:
    return name in _SECRET or (
        scheme in ("http", "https") and (name in _SECRET_OF_WEB or name.startswith(("x-amz-", "x-goog-")))
    )
