"""A master key in a token: a hardware security module or a smart card, by PKCS#11 (OASIS, version 2.40 and later)."""

from __future__ import annotations

import importlib
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from cryptography.exceptions import InvalidTag

from tacit.errors import InputError, ParameterError, ResourceError

PIN_VARIABLE = "TACIT_VAULT_PIN"
_NONCE, _TAG_BITS = 12, 128


class TokenKey:
    """An AES key of a token, named by a PKCS#11 URI (RFC 7512): pkcs11:token=…;object=…?module-path=…&pin-source=…

    The PIN is in the file of `pin-source`, or in the environment variable TACIT_VAULT_PIN, never in the URI. The
    mechanism is CKM_AES_GCM. A session lasts for one use, so that nobody else finds the token logged in.
    """

    def __init__(self, uri: str) -> None:
        """Raises ParameterError("vault.setting_invalid")."""
        self._token, self._object, self._module, pin_source = _parsed(uri)
        self._pin = None if pin_source is not None else os.environ.pop(PIN_VARIABLE, None)
        self._pin_source = pin_source
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        return f"pkcs11:{self._token}/{self._object}"

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """Nonce, wrapped key, tag. Raises ResourceError vault.*, InputError vault.*."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._used(lambda key, how: key.encrypt(data_key, **how(nonce, context)))

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """As of `MasterKey`."""
        nonce, sealed = wrapped[:_NONCE], wrapped[_NONCE:]
        return self._used(lambda key, how: key.decrypt(sealed, **how(nonce, context)))

    def _used(self, act: Callable[[Any, Any], bytes]) -> bytes:
        driver, errors = _driver()

        def how(nonce: bytes, context: bytes) -> dict[str, Any]:
            parameters = driver.GCMParams(nonce, context, _TAG_BITS)
            return {"mechanism": driver.Mechanism.AES_GCM, "mechanism_param": parameters}

        try:
            with self._lock, self._session(driver) as session:
                return act(self._key(session, driver, errors), how)
        except (errors.EncryptedDataInvalid, errors.EncryptedDataLenRange):
            raise InvalidTag from None
        except (errors.PinIncorrect, errors.PinInvalid, errors.PinLenRange, errors.PinLocked):
            raise _unavailable("the PIN is wrong or locked") from None
        except (errors.PKCS11Error, RuntimeError) as error:
            raise _unavailable(type(error).__name__) from None

    def _session(self, driver: Any) -> Any:
        return driver.lib(self._module).get_token(token_label=self._token).open(user_pin=self._secret())

    def _key(self, session: Any, driver: Any, errors: Any) -> Any:
        try:
            return session.get_key(
                object_class=driver.ObjectClass.SECRET_KEY, key_type=driver.KeyType.AES, label=self._object
            )
        except (errors.NoSuchKey, errors.MultipleObjectsReturned):
            raise InputError(
                "vault.key_missing",
                "The token has no such key, or several of that name.",
                found=f"object {self._object}",
                expected="one AES key of 256 bits that may encrypt and decrypt",
                hint="Make it: pkcs11-tool --login --keygen --key-type AES:32 --label NAME",
            ) from None

    def _secret(self) -> str:
        if self._pin_source is not None:
            try:
                return Path(self._pin_source).read_text().strip()
            except (OSError, UnicodeError):
                raise _unavailable("the file of the PIN cannot be read") from None
        if self._pin is None:
            raise _unavailable(f"no PIN: neither pin-source nor {PIN_VARIABLE}")
        return self._pin


def _parsed(uri: str) -> tuple[str, str, str, str | None]:
    path, _, query = uri.removeprefix("pkcs11:").partition("?")
    found = {}
    for piece in [*path.split(";"), *query.split("&")]:
        name, _, value = piece.partition("=")
        found[name] = unquote(value)
    if "pin-value" in found or not all(found.get(name) for name in ("token", "object", "module-path")):
        raise ParameterError(
            "vault.setting_invalid",
            "The setting does not name a key of a token.",
            expected="pkcs11:token=…;object=…?module-path=…&pin-source=file:…, without pin-value",
        )
    source = found.get("pin-source")
    return (
        found["token"],
        found["object"],
        found["module-path"],
        None if source is None else source.removeprefix("file:"),
    )


def _driver() -> tuple[Any, Any]:
    try:
        return importlib.import_module("pkcs11"), importlib.import_module("pkcs11.exceptions")
    except ImportError:
        raise ResourceError(
            "vault.driver_missing",
            "Tokens cannot be used here: their driver is not installed.",
            hint="Install it: pip install 'tacit[pkcs11]'.",
        ) from None


def _unavailable(found: str) -> ResourceError:
    return ResourceError(
        "vault.token_unavailable",
        "The token that holds the vault's key cannot be used.",
        found=found,
        hint="Check that it is there, its module's path, and its PIN.",
    )
