"""What every document between nodes is made of: the field types and the parent class."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PROTOCOL_VERSION = 1  # of what nodes say to each other; nodes of different numbers do not work together

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
PublicKey = Annotated[str, StringConstraints(pattern=r"^ed25519:[0-9a-f]{64}$")]
Signature = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{86}==$")]
JobId = Annotated[str, StringConstraints(pattern=r"^job-[0-9a-f]{32}$")]
AgreementId = Annotated[str, StringConstraints(pattern=r"^agr-[0-9a-f]{32}$")]
ApplicationId = Annotated[str, StringConstraints(pattern=r"^app-[0-9a-f]{32}$")]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Millis = Annotated[int, Field(ge=0, le=2**53 - 1)]  # since 1970, UTC
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$", max_length=120)]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$")]


class Shape(BaseModel):
    """Parent of every document of ours: unknown fields are refused, nothing changes after the check."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def document(self) -> dict[str, Any]:
        """Plain JSON value, as it is signed and sent."""
        return self.model_dump(mode="json", exclude_none=True)


class RawPublicKey(Protocol):
    """Ed25519PublicKey of `cryptography` fits."""

    def public_bytes_raw(self) -> bytes: ...


def public_key_text(key: RawPublicKey) -> str:
    """`ed25519:` and the 32 raw bytes in hex: how documents name a key."""
    return "ed25519:" + key.public_bytes_raw().hex()
