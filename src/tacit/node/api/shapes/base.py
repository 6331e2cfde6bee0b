"""What the shapes of all nouns stand on. Times are ISO 8601 in UTC with milliseconds."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Document = dict[str, Any]  # signed or hashed as it is; its fields are those of its own schema
Time = Annotated[str, Field(examples=["2026-11-20T23:10:00.123Z"])]


class Answer(BaseModel):
    """Parent of all answers: a field that is not promised is a fault of the node."""

    model_config = ConfigDict(extra="forbid")


class Wording(Answer):
    """A text for people."""

    zh: str
    en: str


class Column(Answer):
    """Name, and type as tables know them."""

    name: str
    type: str


class Fault(BaseModel):
    """An error as its owner reads it; some kinds have more fields."""

    model_config = ConfigDict(extra="allow")

    type: str
    code: str
    message: str
    found: str | None = None
    expected: str | None = None
    hint: str | None = None


class Problem(BaseModel):
    """An error of the API after RFC 9457; `code` is stable, see docs/reference/errors.md."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:tacit:error:job.unknown"])
    title: str
    status: int = Field(ge=400, le=599)
    code: str = Field(examples=["job.unknown"])
    class_: str = Field(alias="class", description="Class of the error: InputError, RefusedError …")
    message: str
    found: str | None
    expected: str | None
    hint: str | None
