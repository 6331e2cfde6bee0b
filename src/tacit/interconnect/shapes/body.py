"""What every body of the standard has in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PREFIX = "/v1/interconn"
AUTH_TYPE = "ED25519_CERT"  # the standard's auth_type is open-ended: SHA256_RSA, SHA256_ECDSA, CERT…
SYSTEM = "tacit"

Label = Annotated[str, StringConstraints(max_length=256)]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]
Prose = Annotated[str, StringConstraints(max_length=4000)]
Address = Annotated[str, StringConstraints(pattern=r"^https://[^\s/?#@]{1,255}$")]


class Body(BaseModel):
    """Parent of the standard's bodies."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)

    def document(self) -> dict[str, Any]:
        """Plain JSON value to send."""
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)


class Envelope(BaseModel):
    """Every answer. `code` 0: well. Else a number of the standard, and `msg` holds our dotted code."""

    code: int = 0
    msg: str = Field(default="", max_length=1000)
    data: dict[str, Any] = Field(default_factory=dict)


class Empty(Body):
    """An answer without content."""
