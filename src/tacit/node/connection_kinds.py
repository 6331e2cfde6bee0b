"""The kinds of connections: what is public of each, what is secret, and the address that readers understand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode, urljoin, urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tacit.data import website
from tacit.data.places import locate, scheme_of
from tacit.data.storage import OPTIONS as STORE_OPTIONS
from tacit.errors import ParameterError

Word = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]
Host = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^(/[^\x00-\x1f?#]*|[A-Za-z0-9._:-]+)$")]
Port = Annotated[int, Field(ge=1, le=65535)]
ITEMS = ("table", "query", "object")
OWN = STORE_OPTIONS | website.OPTIONS | {"password_env"}  # of a place: set by the connection, not by a dataset
_KEY = re.compile(r"^[^\x00-\x1f\x7f\ud800-\udfff]{0,1024}$")


class _Kind(BaseModel):
    """Public options of a kind. `format`: of its datasets, where it has only one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def format(self) -> str | None:
        return None

    @property
    def reading(self) -> dict[str, Any]:
        """Options that every dataset behind the connection gets."""
        return {}


class _Database(_Kind):
    """host: a name, an address, or the folder (PostgreSQL) or file (MySQL) of a socket."""

    host: Host
    port: Port | None = None
    database: Word
    user: Word
    tls: Literal["off", "required", "verified"] = "verified"
    ca: Word | None = None

    def _address(self, scheme: str, settings: Mapping[str, str], *, local: str) -> str:
        who, name = quote(self.user, safe=""), quote(self.database, safe="")
        if self.host.startswith("/"):
            return f"{scheme}://{who}@/{name}?" + urlencode({local: self.host})
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        return f"{scheme}://{who}@{host}{port}/{name}?" + urlencode(settings)


class PostgresqlKind(_Database):
    @property
    def format(self) -> str:
        return "postgresql"

    def place(self, item: str) -> str:
        mode = {"off": "disable", "required": "require", "verified": "verify-full"}[self.tls]
        settings = {"sslmode": mode}
        if self.tls == "verified":
            settings["sslrootcert"] = self.ca or "system"
        return self._address("postgresql", settings, local="host")


class MysqlKind(_Database):
    @property
    def format(self) -> str:
        return "mysql"

    def place(self, item: str) -> str:
        return self._address("mysql", {"tls": self.tls, **({"ca": self.ca} if self.ca else {})}, local="socket")


class S3Kind(_Kind):
    """prefix: below which everything lies; endpoint: https://host:port of a store other than AWS."""

    bucket: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{1,62}$")]
    prefix: Annotated[str, StringConstraints(max_length=1024)] = ""
    endpoint: Annotated[str, StringConstraints(max_length=255, pattern=r"^https?://[A-Za-z0-9._:\[\]-]+$")] | None = (
        None
    )
    region: Word | None = None
    anonymous: bool = False

    @property
    def reading(self) -> dict[str, Any]:
        found = self.model_dump(include={"endpoint", "region"}, exclude_none=True)
        return {**found, **({"anonymous": True} if self.anonymous else {})}

    def place(self, item: str) -> str:
        return f"s3://{self.bucket}/{_joined(self.prefix, item)}"


class HttpKind(_Kind):
    """url: of a file, or of what lies above several (ending in /)."""

    url: Annotated[str, StringConstraints(max_length=2048, pattern=r"^https?://[^\x00-\x20\x7f]+$")]
    user: Word | None = None
    max_bytes: Annotated[int, Field(ge=1, le=2**50)] | None = None
    timeout_s: Annotated[float, Field(gt=0, le=86_400)] | None = None
    ca: Word | None = None

    @property
    def reading(self) -> dict[str, Any]:
        return self.model_dump(exclude={"url"}, exclude_none=True)

    def place(self, item: str) -> str:
        if not item:
            return self.url
        _check_inner(item)
        found = urljoin(self.url, quote(item))
        above = self.url.rpartition("/")[0] + "/"
        if not found.startswith(above) or urlsplit(found).netloc != urlsplit(self.url).netloc:
            raise _outside()
        return found


class FolderKind(_Kind):
    """path: absolute, of this machine."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^/[^\x00]*$")]

    def place(self, item: str) -> str:
        folder = Path(self.path).resolve()
        _check_inner(item)
        found = (folder / item).resolve()
        if not found.is_relative_to(folder):
            raise _outside()
        return str(found)


KINDS: dict[str, type[_Kind]] = {
    "postgresql": PostgresqlKind,
    "mysql": MysqlKind,
    "s3": S3Kind,
    "http": HttpKind,
    "folder": FolderKind,
}
SECRETS: dict[str, frozenset[str]] = {
    "postgresql": frozenset({"password"}),
    "mysql": frozenset({"password"}),
    "s3": frozenset({"access_key", "secret_key", "session_token"}),
    "http": frozenset({"password", "token"}),
    "folder": frozenset(),
}


def checked(kind: str, options: Mapping[str, Any]) -> Any:
    """The options of a connection of this kind. Raises ParameterError connection.kind_unknown,
    connection.option_invalid, dataset.url_unknown, dataset.secret_in_path."""
    if kind not in KINDS:
        raise ParameterError(
            "connection.kind_unknown",
            "There is no such kind of connection.",
            found=kind[:40],
            expected=", ".join(KINDS),
        )
    try:
        found = KINDS[kind].model_validate(dict(options))
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False, include_context=False)[0]
        raise ParameterError(
            "connection.option_invalid",
            f"The option '{'.'.join(str(part) for part in first['loc'])[:80]}' of the connection cannot be used.",
            expected=str(first["msg"])[:200],
        ) from None
    place = found.place("")  # type: ignore[attr-defined]
    scheme_of(place), locate(place)
    return found


def check_secrets(kind: str, secrets: Mapping[str, str]) -> None:
    """Only what this kind knows, and not empty. Raises ParameterError connection.secret_invalid."""
    allowed = SECRETS[kind]
    if not set(secrets) <= allowed or any(not value or "\0" in value for value in secrets.values()):
        raise ParameterError(
            "connection.secret_invalid",
            "These are not the secrets of such a connection.",
            expected=", ".join(sorted(allowed)) + ", not empty" if allowed else "none",
        )
    if kind == "s3" and ("access_key" in secrets) != ("secret_key" in secrets):
        raise ParameterError(
            "connection.secret_invalid",
            "These are not the secrets of such a connection.",
            expected="access_key together with secret_key",
        )


def _joined(prefix: str, item: str) -> str:
    _check_inner(item)
    return f"{prefix.strip('/')}/{item}".lstrip("/") if prefix else item


def _check_inner(item: str) -> None:
    if not _KEY.match(item) or item.startswith("/") or any(part in ("..", ".") for part in item.split("/")):
        raise _outside()


def _outside() -> ParameterError:
    return ParameterError(
        "connection.item_invalid", "This does not lie behind the connection.", expected="a path below it, without .."
    )
