"""Secrets at rest: each sealed with a data key of its own, which a master key wraps (envelope encryption).

AES-256-GCM throughout. What is authenticated with both holds the secret's name and version, so that nobody who can
write the database can put one secret in the place of another, or an old version in the place of the new one's row.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tacit.errors import InputError
from tacit.node.clock import now
from tacit.node.master_keys import NONCE, Keyring
from tacit.node.stores.vault import VaultStore
from tacit.node.tables.vault import SecretRow

_DATA_KEY = 32


class Vault:
    """Named secrets, each a few texts ("password", "token"). Nothing of them is in an error or a representation."""

    def __init__(self, store: VaultStore, keyring: Keyring) -> None:
        self._store, self._keyring = store, keyring
        self._lock = threading.Lock()

    def put(self, name: str, content: Mapping[str, str]) -> int:
        """Keep or replace a secret; returns its version, which counts from 1.

        Raises InputError, ParameterError, ResourceError vault.* where the master key cannot be used.
        """
        with self._lock:
            known = self._store.find(name)
            version = 1 if known is None else known.version + 1
            self._store.put(self._sealed(name, version, content))
        return version

    def get(self, name: str) -> dict[str, str]:
        """Raises InputError("vault.unknown", "vault.altered", "vault.key_missing")."""
        row = self._store.find(name)
        if row is None:
            raise InputError(
                "vault.unknown", "The vault has no such secret.", hint="Give the connection its credential again."
            )
        return self._opened(row)

    def remove(self, name: str) -> None:
        with self._lock:
            self._store.remove(name)

    def rewrap(self) -> int:
        """Wrap all data keys with the present master key, which a file gets new; how many were. Contents stay sealed.

        If it breaks off, every row still has a key that opens it. Raises as `get`.
        """
        with self._lock:
            if self._keyring.in_file:
                self._keyring.renew()
            rows = self._store.all()
            key = self._keyring.present()
            for row in rows:
                data_key = self._data_key(row)
                row.wrapped = _text(key.wrap(bytes(data_key), _context(row.name, row.version)))
                row.key_id = key.id
                _wipe(data_key)
            self._store.replace_wrapping(rows)
            if self._keyring.in_file:
                self._keyring.forget()
        return len(rows)

    def _sealed(self, name: str, version: int, content: Mapping[str, str]) -> SecretRow:
        key, context = self._keyring.present(), _context(name, version)
        data_key = bytearray(secrets.token_bytes(_DATA_KEY))
        nonce = secrets.token_bytes(NONCE)
        plain = bytearray(json.dumps(dict(content), sort_keys=True).encode())
        sealed = nonce + AESGCM(data_key).encrypt(nonce, plain, context)
        wrapped = key.wrap(bytes(data_key), context)
        _wipe(data_key)
        _wipe(plain)
        return SecretRow(
            name=name, version=version, key_id=key.id, wrapped=_text(wrapped), sealed=_text(sealed), changed_at=now()
        )

    def _opened(self, row: SecretRow) -> dict[str, str]:
        data_key = self._data_key(row)
        try:
            sealed = base64.b64decode(row.sealed)
            plain = AESGCM(data_key).decrypt(sealed[:NONCE], sealed[NONCE:], _context(row.name, row.version))
            return {str(name): str(value) for name, value in json.loads(plain).items()}
        except (InvalidTag, ValueError):
            raise _altered() from None
        finally:
            _wipe(data_key)

    def _data_key(self, row: SecretRow) -> bytearray:
        try:
            wrapped = base64.b64decode(row.wrapped)
            return bytearray(self._keyring.find(row.key_id).unwrap(wrapped, _context(row.name, row.version)))
        except (InvalidTag, ValueError):
            raise _altered() from None


def _context(name: str, version: int) -> bytes:
    return json.dumps(["tacit/vault/1", name, version]).encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _wipe(content: bytearray) -> None:
    """Best effort: the interpreter and the libraries may hold copies."""
    content[:] = bytes(len(content))


def _altered() -> InputError:
    return InputError(
        "vault.altered",
        "A secret of the vault was altered, or its key is not the one it was wrapped with.",
        hint="Give the connection its credential again, and find out who can write the database.",
    )
