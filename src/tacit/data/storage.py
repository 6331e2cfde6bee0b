"""Files of an S3 store, opened like files of this machine. Nothing of a credential is stored, logged or shown."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Protocol

import pyarrow as pa

from tacit.errors import DataError, ParameterError, TacitError

if TYPE_CHECKING:
    from pyarrow import fs  # brings the libraries of all stores: loaded when one is used

OPTIONS = {"endpoint", "region", "access_key_env", "secret_key_env", "session_token_env", "anonymous"}
ACCESS = "access"  # among the options inside this package only: what the node adds and nobody may write or see
UNKNOWN = "read:"  # beginning of a version that is new each time: only reading tells whether the object changed
_ERROR = re.compile(r"AWS Error ([A-Z_]+)")
_DENIED = {"ACCESS_DENIED", "INVALID_ACCESS_KEY_ID", "SIGNATURE_DOES_NOT_MATCH", "MISSING_AUTHENTICATION_TOKEN"}
_CONNECT_S, _REQUEST_S, _ATTEMPTS = 10, 60, 3


class Opener(Protocol):
    """What a store must be able to do; Arrow's filesystems are such."""

    def open_input_stream(self, path: str) -> pa.NativeFile: ...
    def open_input_file(self, path: str) -> pa.NativeFile: ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One object. `key` is bucket/name; `version` changes when the object does."""

    system: Opener
    key: str
    size: int
    version: str

    @property
    def suffix(self) -> str:
        """What its name ends in."""
        name = self.key.rsplit("/", 1)[-1]
        return "." + name.rsplit(".", 1)[1] if "." in name else ""

    def open(
        self, mode: str = "r", *, encoding: str | None = None, newline: str | None = None, errors: str | None = None
    ) -> IO[Any]:
        """As Path.open for reading: bytes with "rb", text otherwise."""
        stream = self.sequential()
        if mode == "rb":
            return stream  # type: ignore[no-any-return]
        return io.TextIOWrapper(stream, encoding=encoding, newline=newline, errors=errors)

    def sequential(self) -> pa.NativeFile:
        """From the beginning to the end."""
        return self.system.open_input_stream(self.key)

    def random(self) -> pa.NativeFile:
        """Any part of it."""
        return self.system.open_input_file(self.key)


def stored_files(url: str, options: Mapping[str, Any]) -> tuple[list[StoredFile], str]:
    """The object of an s3:// address, or all objects below it, and what they have in common at their beginning.

    A single object has "" in common with itself. Raises DataError dataset.not_found; ParameterError
    dataset.option_invalid, dataset.credentials_missing; OSError as of Arrow (see `refusal`).
    """
    from pyarrow import fs

    place = url.removeprefix("s3://").rstrip("/")
    system = _system(options)
    try:
        found = system.get_file_info(place)
    except pa.ArrowInvalid:  # a name that no object can have
        raise FileNotFoundError(place) from None
    if found.type == fs.FileType.File and not url.endswith("/"):
        return [_stored(system, found)], ""
    if found.type == fs.FileType.NotFound or "/" not in f"{place}/" or not place:
        raise FileNotFoundError(place)
    below = system.get_file_info(fs.FileSelector(place, recursive=True))
    return [_stored(system, each) for each in below if each.type == fs.FileType.File], place + "/"


def refusal(name: str, error: OSError) -> TacitError | None:
    """What a store's error means, in our words; None if it is no store's. Its own may hold parts of a credential."""
    found = _ERROR.search(str(error))
    if found is None:
        return None
    if found[1] in _DENIED:
        return DataError(
            "dataset.access_denied",
            f"The store of dataset '{name}' does not let this process in.",
            found=found[1].lower().replace("_", " "),
            hint="Check the environment variables that hold the credentials, and what they are allowed to read.",
        )
    if found[1] == "NETWORK_CONNECTION":
        return unreachable()
    return DataError(
        "dataset.unreadable", f"The store of dataset '{name}' refuses.", found=found[1].lower().replace("_", " ")
    )


def unreachable() -> DataError:
    """Nobody answers where the dataset should be."""
    return DataError(
        "dataset.unreachable",
        "The server of the dataset does not answer.",
        hint="Check its address, and that this machine may connect to it.",
    )


def tls_failed() -> DataError:
    """The server cannot be trusted, or not be spoken to in secret."""
    return DataError(
        "dataset.tls_failed",
        "The server of the dataset cannot prove who it is, or speaks no TLS that this node speaks.",
        hint="If its certificate comes from an authority of your own, name that authority's file in `ca`.",
    )


def secret_from(options: Mapping[str, Any], option: str) -> str | None:
    """A credential: what the node gave (see `sources.Access`), or what the environment variable that an option names
    holds; None if neither is there. Raises ParameterError dataset.credentials_missing."""
    given = options.get(ACCESS, {}).get(option.removesuffix("_env"))
    if given is not None:
        return str(given)
    name = options.get(option)
    if name is None:
        return None
    value = os.environ.get(name) if isinstance(name, str) and name else None
    if value is None:
        raise ParameterError(
            "dataset.credentials_missing",
            f"The dataset's option `{option}` names an environment variable that is not set.",
            hint="Set it where the node is started; the option holds its name, never the credential.",
        )
    return value


def _system(options: Mapping[str, Any]) -> fs.S3FileSystem:
    """Without options: credentials as the AWS tools find them."""
    from pyarrow import fs

    access, secret = secret_from(options, "access_key_env"), secret_from(options, "secret_key_env")
    if (access is None) != (secret is None):
        raise _invalid("access_key_env", "given together with secret_key_env")
    endpoint, region = options.get("endpoint"), options.get("region")
    given = {"access_key": access, "secret_key": secret, "session_token": secret_from(options, "session_token_env")}
    settings = {name: value for name, value in given.items() if value is not None}
    if options.get("anonymous") is True and not settings:
        settings["anonymous"] = True  # type: ignore[assignment]
    if endpoint is not None:
        scheme, found, host = str(endpoint).rpartition("://")
        if not host or (found and scheme not in ("http", "https")) or "@" in host:
            raise _invalid("endpoint", "http://host:port or https://host:port")
        settings |= {"endpoint_override": host.rstrip("/"), "scheme": scheme or "https"}
    if region is not None or endpoint is not None:
        settings["region"] = str(region or "us-east-1")
    return fs.S3FileSystem(
        **settings,
        connect_timeout=_CONNECT_S,
        request_timeout=_REQUEST_S,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=_ATTEMPTS),
    )


def _stored(system: fs.FileSystem, found: fs.FileInfo) -> StoredFile:
    return StoredFile(system, found.path, found.size, f"{found.size}.{found.mtime_ns}")


def _invalid(name: str, expected: str) -> ParameterError:
    return ParameterError("dataset.option_invalid", f"The dataset's option `{name}` cannot be used.", expected=expected)
