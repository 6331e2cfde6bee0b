"""The flow document: a DAG of operators, the same on the canvas, in YAML and in Python.

    tacit: "1"
    name: joint-risk
    profile: 2pc-dealer
    parties: {hospital: data, lab: data, notary: dealer}
    steps:
      - id: hospital_rows
        operator: dataset.read
        at: {owner: hospital}
        params: {dataset: patients}
      - id: match
        operator: psi
        at: {receiver: hospital, sender: lab}
        inputs: {receiver: hospital_rows.table, sender: lab_rows.table}
        params: {receiver_keys: [id], sender_keys: [id]}

Names are small letters, digits, _ and -; a source is written "<step id>.<output port>".
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tacit.schema.canonical import digest

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
OperatorName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]
PortRef = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}\.[a-z][a-z0-9_]{0,62}$")]


class PartyKind(StrEnum):
    """What a party brings: data, or (dealer) only randomness."""

    DATA = "data"
    DEALER = "dealer"


class Profile(StrEnum):
    """Named security profile: who must be trusted with what."""

    TWO_PARTY = "2pc"
    TWO_PARTY_DEALER = "2pc-dealer"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Step(_Shape):
    """One box: an operator with its parameters, who sits on which role, and what flows in.

    `inputs` maps an input port to "<step id>.<output port>".
    """

    id: Name
    operator: OperatorName
    version: str | None = None
    at: dict[Name, Name] = Field(min_length=1)
    inputs: dict[str, PortRef] = Field(default_factory=dict)
    params: dict[str, Any] = Field(default_factory=dict)
    layout: dict[str, float] | None = None


class Flow(_Shape):
    """A whole flow. `layout` fields are for the canvas and outside the hash."""

    tacit: Literal["1"] = "1"
    name: Name
    title: dict[Literal["zh", "en"], str] | None = None
    profile: Profile = Profile.TWO_PARTY
    parties: dict[Name, PartyKind] = Field(min_length=1)
    steps: tuple[Step, ...] = Field(min_length=1)

    def document(self) -> dict[str, Any]:
        """Plain JSON value, without empty optional fields."""
        return self.model_dump(mode="json", exclude_none=True)

    def hash(self) -> str:
        """Canonical SHA-256, hex: binds approvals. Layout and titles do not count; the order of steps does."""
        meaning = self.document()
        meaning.pop("title", None)
        for step in meaning["steps"]:
            step.pop("layout", None)
        return digest(meaning)
