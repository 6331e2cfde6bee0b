"""Where the vault's master key is: a file of the node, an environment variable, or a token (PKCS#11).

A master key never leaves its place but as the wrapping of data keys: AES-256 in Galois/Counter mode with 96-bit random
nonces (NIST SP 800-38D). In a token it is used there; it may be marked as not extractable.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tacit.errors import InputError, ParameterError, TacitError
from tacit.node.home import write_private
from tacit.node.pkcs11_key import TokenKey

FILE = "vault.json"
VARIABLE = "TACIT_VAULT_KEY"
VARIABLE_BEFORE = "TACIT_VAULT_KEY_BEFORE"
NONCE = 12
_KEY = 32


class MasterKey(Protocol):
    """Wraps data keys. `id` names it in the rows that it wrapped, and says nothing about it."""

    @property
    def id(self) -> str: ...
    def wrap(self, data_key: bytes, context: bytes) -> bytes: ...
    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Raises InvalidTag."""
        ...


class LocalKey:
    """A master key in this process's memory."""

    def __init__(self, key: bytes) -> None:
        self.id = hashlib.sha256(b"tacit/vault/key-id/1" + key).hexdigest()[:16]
        self._cipher = AESGCM(key)

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """Nonce, wrapped key, tag."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._cipher.encrypt(nonce, data_key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        if len(wrapped) <= NONCE:
            raise InvalidTag
        return self._cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], context)


class Keyring:
    """The present master key, made or found at first use, and former ones that can still unwrap.

    setting: "file", "env" or "pkcs11:…"; before: the same for what rows may still be wrapped with. A key in the
    environment is taken out of it at once, so that no child process gets it.
    """

    def __init__(self, folder: Path, setting: str, before: str | None = None) -> None:
        """Raises ParameterError("vault.setting_invalid", "vault.key_invalid")."""
        self._file = folder / FILE
        self._present = self._place(setting, VARIABLE)
        self._former = None if before is None else self._place(before, VARIABLE_BEFORE)
        self.in_file = setting == "file"

    def present(self) -> MasterKey:
        """What new secrets are wrapped with. Raises InputError, ParameterError, ResourceError vault.*."""
        return self._present()[0]

    def find(self, key_id: str) -> MasterKey:
        """Raises InputError("vault.key_missing")."""
        places = [self._present, *([] if self._former is None else [self._former])]
        for place in places:
            for key in place():
                if key.id == key_id:
                    return key
        raise InputError(
            "vault.key_missing",
            "A secret is wrapped with a key that this node does not have.",
            found=f"key {key_id}",
            hint="Name where the former key is in the setting `vault_before`, or bring the file of keys back.",
        )

    def renew(self) -> None:
        """A new key in the file; the former ones stay until `forget`."""
        keys = _read(self._file) if self._file.exists() else {}
        fresh = secrets.token_bytes(_KEY)
        _write(self._file, {LocalKey(fresh).id: fresh, **keys})

    def forget(self) -> None:
        """Drop all keys of the file but the present one."""
        keys = _read(self._file)
        _write(self._file, dict(list(keys.items())[:1]))

    def _place(self, setting: str, variable: str) -> Callable[[], list[MasterKey]]:
        if setting == "file":
            return self._of_file
        if setting == "env":
            key = LocalKey(_from_environment(variable))
            return lambda: [key]
        if setting.startswith("pkcs11:"):
            token = TokenKey(setting)
            return lambda: [token]
        raise ParameterError(
            "vault.setting_invalid",
            "The setting does not name a place of the vault's key.",
            found=setting.partition(":")[0][:40],
            expected="file, env, or pkcs11:token=…;object=…?module-path=…",
        )

    def _of_file(self) -> list[MasterKey]:
        if not self._file.exists():
            self.renew()
        return [LocalKey(key) for key in _read(self._file).values()]


def _from_environment(variable: str) -> bytes:
    text = os.environ.pop(variable, None)
    try:
        key = base64.b64decode(text or "", validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != _KEY:
        raise ParameterError(
            "vault.key_invalid",
            f"The environment variable {variable} does not hold a key.",
            found="nothing" if text is None else "something else",
            expected="32 random bytes in base64, such as `openssl rand -base64 32` gives",
        )
    return key


def _read(path: Path) -> dict[str, bytes]:
    """The first is the present key."""
    try:
        keys = {str(name): base64.b64decode(each, validate=True) for name, each in json.loads(path.read_text()).items()}
    except (OSError, ValueError, AttributeError, TypeError):
        keys = {}
    if not keys or any(len(key) != _KEY for key in keys.values()):
        raise _damaged(path)
    return keys


def _write(path: Path, keys: Mapping[str, bytes]) -> None:
    write_private(path, json.dumps({name: base64.b64encode(key).decode() for name, key in keys.items()}) + "\n")


def _damaged(path: Path) -> TacitError:
    return InputError(
        "vault.key_invalid",
        "The file of the vault's keys is damaged.",
        found=path.name,
        hint="Bring it back from a backup of the node's folder; without it the secrets cannot be read.",
    )
