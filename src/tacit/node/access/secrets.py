"""Random secrets that people and programs carry, and the hashes of them that the node keeps."""

from __future__ import annotations

import hashlib
import hmac
import secrets

SECRET_BYTES = 32


def new_secret() -> str:
    """256 random bits as 43 characters."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_id(prefix: str) -> str:
    """A short random name for something that is not secret: "ses-1f…"."""
    return f"{prefix}-{secrets.token_hex(8)}"


def hash_of(secret: str) -> str:
    """SHA-256, hex. Enough for a secret of 256 random bits; passwords are another matter."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_of(secret: str) -> str:
    """The CSRF token of a session, worked out from its secret: a page that cannot read the cookie cannot make it.

    Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet, signed double-submit cookie.
    """
    return hmac.new(secret.encode(), b"tacit csrf", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compares without telling by its time where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
