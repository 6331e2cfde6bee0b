"""What can be set on a node: `node.toml` in the node's folder, overridden by environment variables `TACIT_…`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from tacit.errors import InputError, NotFoundError
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
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; default: node.db in the node's folder")
    max_workers: int = Field(default_factory=lambda: max(2, os.cpu_count() or 1), ge=1, description="steps at a time")
    worker_memory_mb: int = Field(default=4096, ge=128, description="memory limit of one step")
    worker_cpu_s: int = Field(default=86_400, ge=1, description="CPU time limit of one step")
    worker_wall_s: int = Field(default=86_400, ge=1, description="elapsed time limit of one step")
    max_attempts: int = Field(default=3, ge=1, le=20, description="tries of a step whose failure may pass")
    give_up_s: float = Field(default=600.0, gt=0, description="how long an absent peer is waited for")
    poll_s: float = Field(default=2.0, gt=0, le=3, description="how often a running job asks after its peers")
    psi_min_result: int = Field(default=0, ge=0, description="fewest common keys of a match whose result is given")
    psi_similar_runs: int | None = Field(
        default=None, ge=0, description="matches that a peer may make with almost the same set; none: no limit"
    )
    psi_similar_days: int = Field(default=30, ge=1, description="over how many days those are counted")
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
