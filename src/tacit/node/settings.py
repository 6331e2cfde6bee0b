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
    """All settings of a node. Sizes in MB (10^6 bytes), times in seconds; what each is for: `setting_words`."""

    model_config = SettingsConfigDict(env_prefix="TACIT_", extra="forbid", frozen=True)

    name: Name
    institution: str = ""
    peer_address: str = "127.0.0.1:7304"
    peer_host: str = "0.0.0.0"  # noqa: S104
    peer_port: int = Field(default=7304, ge=0, le=65535)
    api_host: str = "127.0.0.1"
    api_port: int = Field(default=7300, ge=0, le=65535)
    api_url: str | None = None
    api_hosts: tuple[str, ...] = ()
    api_proxies: tuple[str, ...] = ()
    local_token: bool = True
    session_idle_s: float = Field(default=1800.0, ge=60)
    session_s: float = Field(default=43_200.0, ge=60)
    oidc: tuple[ProviderSettings, ...] = ()
    database_url: str | None = None
    max_workers: int = Field(default_factory=lambda: max(2, os.cpu_count() or 1), ge=1)
    worker_memory_mb: int = Field(default=4096, ge=128)
    worker_cpu_s: int = Field(default=86_400, ge=1)
    worker_wall_s: int = Field(default=86_400, ge=1)
    max_attempts: int = Field(default=3, ge=1, le=20)
    give_up_s: float = Field(default=600.0, gt=0)
    retry_hours: float = Field(default=72.0, ge=0)
    poll_s: float = Field(default=2.0, gt=0, le=3)
    peer_requests_per_s: float = Field(default=200.0, ge=1)
    psi_min_result: int = Field(default=0, ge=0)
    psi_similar_runs: int | None = Field(default=None, ge=0)
    psi_similar_days: int = Field(default=30, ge=1)
    default_level: int = Field(default=3, ge=1, le=5)
    scan_datasets: bool = True
    dual_approval_level: int = Field(default=4, ge=2, le=5)
    local_may_sign_alone: bool = True
    require_grant: bool = False
    approval_due_s: float = Field(default=1_209_600, gt=0)
    reminder_s: float = Field(default=86_400, gt=0)
    policy: Literal["enforce", "observe", "off"] = "enforce"
    accept_applications: bool = False
    application_days: int = Field(default=14, ge=1, le=365)
    vault: str = "file"
    vault_before: str | None = None
    http_private: bool = False
    console: Path | None = None
    demo: bool = False
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
