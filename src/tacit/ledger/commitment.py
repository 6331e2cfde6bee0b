"""Salted commitments: bind a party to its data in signed documents without letting anybody guess the data.

A bare hash of a small table (a column of yes and no) can be found by trying. With a random salt, kept by the owner,
it cannot; with the salt, the owner can later prove to an auditor which data it was.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

SALT_BYTES = 32


def new_salt() -> bytes:
    """One per job and party. The same salt for all of a job's artifacts keeps equal artifacts recognisable."""
    return secrets.token_bytes(SALT_BYTES)


def commit(salt: bytes, digest: str) -> str:
    """Hex HMAC-SHA256 of a hex digest. Raises ValueError on a short salt or a text that is not hex."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hmac.new(salt, bytes.fromhex(digest), hashlib.sha256).hexdigest()
