"""The settings that this node runs with, as its people may see them: nothing that opens anything is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tacit.node.setting_words import WORDS
from tacit.node.settings import FILE, Settings, read_toml
from tacit.schema.text import Text

SET = "set"
Source = Literal["file", "environment", "default"]
PLAIN = frozenset(  # texts that open nothing; numbers, yes and no are shown without being listed
    (
        "name",
        "institution",
        "peer_address",
        "peer_host",
        "api_host",
        "api_hosts",
        "api_proxies",
        "policy",
        "log_level",
    )
)
_PARTS: Mapping[str, Callable[[Any], Any]] = {  # what of a value may be told
    "database_url": lambda value: str(value).split(":", 1)[0].split("+", 1)[0],
    "vault": lambda value: str(value).split(":", 1)[0],
    "vault_before": lambda value: str(value).split(":", 1)[0],
    "api_url": lambda value: SET if "@" in str(value) else str(value),
    "oidc": lambda value: [provider.name for provider in value],
}


@dataclass(frozen=True, slots=True)
class Setting:
    """`value`: "set", or a part of it, where the whole would open something."""

    name: str
    value: Any
    default: Any
    source: Source
    help: Text


def shown(settings: Settings, folder: Path, environment: Mapping[str, str] | None = None) -> list[Setting]:
    """All settings, in the order in which they are declared. The values are those of the start of the node."""
    found = os.environ if environment is None else environment
    given = {name.lower() for name in found}
    written = read_toml(folder / FILE)
    return [
        Setting(
            name,
            _plain(name, getattr(settings, name)),
            _plain(name, _default(field)),
            _source(name, given, written),
            WORDS[name],
        )
        for name, field in Settings.model_fields.items()
    ]


def _source(name: str, given: set[str], written: Mapping[str, Any]) -> Source:
    if f"tacit_{name}" in given:
        return "environment"
    return "file" if name in written else "default"


def _default(field: FieldInfo) -> Any:
    value = field.get_default(call_default_factory=True, validated_data={})
    return None if value is PydanticUndefined else value


def _plain(name: str, value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if name in _PARTS:
        return _PARTS[name](value)
    if name not in PLAIN:
        return SET
    return list(value) if isinstance(value, tuple) else str(value)
