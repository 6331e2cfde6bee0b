"""Identity providers that a node trusts to say who somebody is: what is set of them, and what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from tacit.errors import ResourceError
from tacit.governance.access import PERSON_ROLES, check_roles

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ProviderSettings(BaseModel):
    """One table `[[oidc]]` in node.toml. `roles`: value of the claim `roles_claim` -> role here. `join`: whoever has
    a role by it becomes a user by signing in; without it an administrator links each account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    title: str = ""
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret_file: Path | None = None
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    name_claim: str = "preferred_username"
    roles_claim: str = "groups"
    roles: dict[str, str] = Field(default_factory=dict)
    join: bool = False

    @field_validator("issuer")
    @classmethod
    def _is_safe(cls, issuer: str) -> str:
        place = urlsplit(issuer)
        if place.scheme == "https" or (place.scheme == "http" and place.hostname in _LOOPBACK):
            return issuer
        raise ValueError("an issuer is an https:// address")

    @field_validator("roles")
    @classmethod
    def _are_roles(cls, roles: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(set(roles.values()) - PERSON_ROLES):
            raise ValueError(f"there is no role {unknown[0]}")
        return roles

    def secret(self) -> str | None:
        """None for a client without one, which PKCE alone protects. Raises ResourceError("oidc.secret_unreadable")."""
        if self.client_secret_file is None:
            return None
        try:
            return self.client_secret_file.read_text().strip()
        except OSError as fault:
            raise ResourceError(
                "oidc.secret_unreadable",
                "The file with the client secret of the identity provider cannot be read.",
                found=fault.strerror,
                hint="See client_secret_file in node.toml.",
            ) from fault


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a provider vouches for. `name`: proposed for a new user. `roles`: after the provider's groups."""

    issuer: str
    subject: str
    name: str
    display_name: str
    roles: frozenset[str]
    may_join: bool


def identity_of(provider: ProviderSettings, claims: Mapping[str, Any]) -> Identity:
    """What checked claims say. Raises ParameterError("access.roles_conflict")."""
    groups = claims.get(provider.roles_claim) or ()
    named = (groups,) if isinstance(groups, str) else groups if isinstance(groups, list | tuple) else ()
    roles = frozenset(provider.roles[group] for group in named if isinstance(group, str) and group in provider.roles)
    told = str(claims.get(provider.name_claim) or claims.get("email") or claims["sub"])
    return Identity(
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        name=_user_name(told),
        display_name=str(claims.get("name") or told)[:200],
        roles=check_roles(roles) if roles else roles,
        may_join=provider.join,
    )


def _user_name(told: str) -> str:
    """The nearest text that can be the name of a user; anything else is refused where users are made."""
    plain = re.sub(r"[^a-z0-9._-]+", "-", told.casefold().split("@")[0]).strip("-._")
    return (plain if plain[:1].isalpha() else f"u-{plain}")[:62]
