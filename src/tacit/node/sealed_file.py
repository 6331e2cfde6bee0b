"""A file under a passphrase: scrypt (RFC 7914), then AES-256-GCM over chunks in the STREAM construction.

Layout: magic ‖ salt (16 bytes) ‖ chunks of at most 1 MiB, each with its tag. The nonce of a chunk is its number and
whether it is the last (Hoang, Reyhanitabar, Rogaway, Vizár: Online authenticated-encryption and its nonce-reuse
misuse-resistance, 2015), so that none can be dropped, swapped or cut off. Every file has its own salt and so its own
key.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from tacit.errors import InputError

MAGIC = b"tacit-sealed-1\n"
_CHUNK, _TAG, _SALT = 1 << 20, 16, 16
_N, _R, _P = 1 << 17, 8, 1  # 128 MiB; OWASP password storage cheat sheet


def seal_file(source: Path, out: Path, passphrase: str) -> None:
    """Write `source` sealed to `out`, for its owner's eyes only, whole or not at all."""
    salt = os.urandom(_SALT)
    cipher = AESGCM(_key(passphrase, salt))
    draft = out.with_name(out.name + ".part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(MAGIC + salt)
            for number, last, chunk in _chunks(source, 0, _CHUNK):
                file.write(cipher.encrypt(_nonce(number, last), chunk, MAGIC))
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)


def open_sealed(source: Path, out: Path, passphrase: str) -> None:
    """Write the content of a sealed file to `out`.

    Raises InputError("backup.not_one", "backup.not_opened"); what was written until then is deleted.
    """
    try:
        with source.open("rb") as file:
            head = file.read(len(MAGIC) + _SALT)
    except OSError as fault:
        raise InputError("backup.not_one", "The file cannot be read.", found=fault.strerror) from fault
    if len(head) != len(MAGIC) + _SALT or not head.startswith(MAGIC):
        raise InputError("backup.not_one", "This is not a backup of a node.", found=source.name)
    cipher = AESGCM(_key(passphrase, head[len(MAGIC) :]))
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as plain:
            for number, last, chunk in _chunks(source, len(head), _CHUNK + _TAG):
                plain.write(cipher.decrypt(_nonce(number, last), chunk, MAGIC))
    except InvalidTag:
        out.unlink()
        raise InputError(
            "backup.not_opened",
            "The file does not open.",
            hint="The passphrase is another one, or the file was changed or cut.",
        ) from None


def _chunks(path: Path, start: int, size: int) -> Iterator[tuple[int, bool, bytes]]:
    """(number, whether it is the last, content); an empty file has one empty chunk."""
    left, number = path.stat().st_size - start, 0
    with path.open("rb") as file:
        file.seek(start)
        while True:
            chunk = file.read(size)
            left -= len(chunk)
            yield number, left <= 0, chunk
            if left <= 0:
                return
            number += 1


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_N, r=_R, p=_P).derive(passphrase.encode())
