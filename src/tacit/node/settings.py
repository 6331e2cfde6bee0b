"""What can be set on a node: `node.toml` in the node's folder, overridden by environment variables `TACIT_…`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from tacit.errors import InputError, NotFoundError
from tacit.node.access.providers import ProviderSettings
from tacit.schema.flow import Name

FILE = "node.toml"


class Settings(BaseSettings):
    """All settings of a node. Sizes in MB (10^6 bytes), times in seconds."""

    model_config = SettingsConfigDict(env_prefix="TACIT_", extra="forbid", frozen=True)

    name: Name
    institution: str = ""
    peer_address: str = Field(default="127.0.0.1:7304", description="host:port under which peers reach this node")
    peer_host: str = Field(default="0.0.0.0", description="interface that the peer port listens on")  # noqa: S104
    peer_port: int = Field(default=7304, ge=0, le=65535)
    api_host: str = Field(default="127.0.0.1", description="interface of the local API; keep it on this machine")
    api_port: int = Field(default=7300, ge=0, le=65535)
    api_url: str | None = Field(default=None, description="where browsers find the API, if not at its port")
    api_hosts: tuple[str, ...] = Field(default=(), description="host names of the API besides those of loopback")
    api_proxies: tuple[str, ...] = Field(default=(), description="addresses whose X-Forwarded-For is believed")
    local_token: bool = Field(default=True, description="whoever can read api.token may do everything")
    session_idle_s: float = Field(default=1800.0, ge=60, description="a sign-in session ends when unused for so long")
    session_s: float = Field(default=43_200.0, ge=60, description="how long a sign-in session lasts at most")
    oidc: tuple[ProviderSettings, ...] = Field(default=(), description="identity providers that users sign in at")
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; default: node.db in the node's folder")
    max_workers: int = Field(default_factory=lambda: max(2, os.cpu_count() or 1), ge=1, description="steps at a time")
    worker_memory_mb: int = Field(default=4096, ge=128, description="memory limit of one step")
    worker_cpu_s: int = Field(default=86_400, ge=1, description="CPU time limit of one step")
    worker_wall_s: int = Field(default=86_400, ge=1, description="elapsed time limit of one step")
    max_attempts: int = Field(default=3, ge=1, le=20, description="tries of a step whose failure may pass")
    give_up_s: float = Field(default=600.0, gt=0, description="how long an absent peer is waited for")
    retry_hours: float = Field(
        default=72.0, ge=0, description="how long after its failure a job may be retried; 0: never"
    )
    poll_s: float = Field(default=2.0, gt=0, le=3, description="how often a running job asks after its peers")
    peer_requests_per_s: float = Field(default=200.0, ge=1, description="requests per second that each peer may make")
    psi_min_result: int = Field(default=0, ge=0, description="fewest common keys of a match whose result is given")
    psi_similar_runs: int | None = Field(
        default=None, ge=0, description="matches that a peer may make with almost the same set; none: no limit"
    )
    psi_similar_days: int = Field(default=30, ge=1, description="over how many days those are counted")
    default_level: int = Field(default=3, ge=1, le=5, description="level of a column that nobody has labelled")
    scan_datasets: bool = Field(default=True, description="look for personal data in a dataset when it is registered")
    dual_approval_level: int = Field(default=4, ge=2, le=5, description="from this level on two people approve")
    local_may_sign_alone: bool = Field(default=True, description="who holds api.token needs no second person")
    require_grant: bool = Field(
        default=False, description="a peer's job needs a grant or an agreement for each dataset of ours"
    )
    approval_due_s: float = Field(default=1_209_600, gt=0, description="after this an undecided request expires")
    reminder_s: float = Field(
        default=86_400, gt=0, description="an older request, or one this near its end, is recalled"
    )
    policy: Literal["enforce", "observe", "off"] = Field(
        default="enforce",
        description="policies of datasets: keep them, only note in the audit trail what they would refuse, or ignore",
    )
    accept_applications: bool = Field(default=False, description="nodes without an invitation may apply to be peers")
    application_days: int = Field(default=14, ge=1, le=365, description="an undecided application expires after these")
    vault: str = Field(default="file", description="where the key of stored credentials is: file, env or pkcs11:…")
    vault_before: str | None = Field(default=None, description="where it was before, until `connection rewrap`")
    http_private: bool = Field(default=False, description="datasets may come from web servers of private networks")
    console: Path | None = Field(default=None, description="folder of another build of the web console")
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over what `load` read from the file."""
        return env_settings, init_settings


def load(folder: Path) -> Settings:
    """Settings of the node in `folder`.

    Raises NotFoundError("node.home_missing"), InputError("node.settings_invalid").
    """
    path = folder / FILE
    if not path.is_file():
        raise NotFoundError(
            "node.home_missing",
            "There is no node in this folder.",
            found=str(folder),
            expected=f"a folder with {FILE}",
            hint="Create one with `tacit node init`.",
        )
    return check(read_toml(path), str(path))


def read_toml(path: Path) -> dict[str, Any]:
    """The file's plain content. Raises InputError("node.settings_invalid")."""
    try:
        return dict(TomlConfigSettingsSource(Settings, toml_file=path)())
    except ValueError as fault:
        raise InputError("node.settings_invalid", f"{path} is not valid TOML.", found=str(fault)) from fault


def check(values: dict[str, Any], origin: str) -> Settings:
    """Validated settings. Raises InputError("node.settings_invalid") that names the first bad setting."""
    try:
        return Settings(**values)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        raise InputError(
            "node.settings_invalid",
            f"The setting '{'.'.join(str(part) for part in first['loc'])}' is not valid.",
            found=str(first["msg"]),
            hint=f"It comes from {origin} or from an environment variable TACIT_….",
        ) from fault
