"""Sealed secrets, and the named connections that use them."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from tacit.node.database import Document, Table


class SecretRow(Table):
    """`wrapped` and `sealed` are base64: nonce, content, tag. See `tacit.node.vault`."""

    __tablename__ = "vault"
    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    key_id: Mapped[str]  # of the master key
    wrapped: Mapped[str]
    sealed: Mapped[str]
    changed_at: Mapped[float]


class ConnectionRow(Table):
    """A place of data that has a name. `options` are public; `secrets`: names of what is in the vault, not values."""

    __tablename__ = "connections"
    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    options: Mapped[Document]
    secrets: Mapped[Document]  # {"names": [...]}
    description: Mapped[str]
    created_at: Mapped[float]
    changed_at: Mapped[float]
    tested_at: Mapped[float | None]
    test: Mapped[Document | None]  # {"ok", "code"} of the last test
