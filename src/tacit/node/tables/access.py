"""Tables of people and access: users, their sessions, one-time codes and links, and API clients."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Table


class UserRow(Table):
    """A person. `password`: argon2id hash, or None: cannot sign in by password. `origin`: "local", or the issuer that
    says which roles they have."""

    __tablename__ = "users"
    name: Mapped[str] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    roles: Mapped[list[Any]]
    password: Mapped[str | None]
    disabled: Mapped[bool]
    must_change: Mapped[bool]
    origin: Mapped[str]
    created_at: Mapped[float]
    signed_in_at: Mapped[float | None]


class UserLinkRow(Table):
    """An account at an identity provider that stands for a user here."""

    __tablename__ = "user_links"
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str]
    created_at: Mapped[float]


class SessionRow(Table):
    """Somebody signed in. Only the hash of the session's secret is kept."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    user: Mapped[str]
    how: Mapped[str]  # password, code, oidc
    address: Mapped[str]
    agent: Mapped[str]
    created_at: Mapped[float]
    seen_at: Mapped[float]
    expires_at: Mapped[float]
    __table_args__ = (Index("sessions_by_user", "user"),)


class SignInCodeRow(Table):
    """A code that signs a user in once."""

    __tablename__ = "sign_in_codes"
    hash: Mapped[str] = mapped_column(primary_key=True)
    user: Mapped[str]
    expires_at: Mapped[float]


class ClientRow(Table):
    """An API client. Only the hash of its key's secret is kept. `day`: days since 1970 that `day_count` counts."""

    __tablename__ = "clients"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str]
    scopes: Mapped[list[Any]]
    note: Mapped[str]
    per_minute: Mapped[int]
    per_day: Mapped[int]
    expires_at: Mapped[float | None]
    revoked_at: Mapped[float | None]
    created_by: Mapped[str]
    created_at: Mapped[float]
    used_at: Mapped[float | None]
    day: Mapped[int]
    day_count: Mapped[int]
