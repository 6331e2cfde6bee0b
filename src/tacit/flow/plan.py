"""A checked flow, ready to run: every name resolved, every parameter validated, every piece placed at its parties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tacit.schema.flow import Flow, PartyKind, Profile
from tacit.schema.operator import Params, Port, Spec


@dataclass(frozen=True, slots=True)
class Source:
    """An output of an earlier step."""

    step: str
    port: str


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step. `inputs` has the connected ports only, so an unused optional input is absent.

    `after`: the steps whose outputs it reads, in plan order.
    """

    id: str
    spec: Spec[Any]
    params: Params
    at: Mapping[str, str]  # role -> party, for every role that is taken
    inputs: Mapping[str, Source]  # input port -> where it comes from
    after: tuple[str, ...]

    @property
    def parties(self) -> tuple[str, ...]:
        """In the order of the operator's roles."""
        return tuple(self.at[role.name] for role in self.spec.roles if role.name in self.at)

    def role_of(self, party: str) -> str | None:
        return next((role for role, sitting in self.at.items() if sitting == party), None)

    def params_document(self) -> dict[str, Any]:
        """Plain values with the defaults filled in: what an engine gets."""
        return self.params.model_dump(mode="json")

    def holders(self, port: Port) -> tuple[str, ...]:
        """The parties that hold a piece of one of this step's ports."""
        return tuple(self.at[role] for role in port.holders if role in self.at)

    def inputs_at(self, party: str) -> dict[str, Source]:
        """Input ports of which this party has to bring a piece."""
        return {port: source for port, source in self.inputs.items() if party in self.holders(self.spec.input(port))}

    def outputs_at(self, party: str) -> tuple[str, ...]:
        """Output ports of which this party gets a piece."""
        filled = self.spec.produces(self.params) if self.spec.produces is not None else None
        ports = (port for port in self.spec.outputs if filled is None or port.name in filled)
        return tuple(port.name for port in ports if party in self.holders(port))


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order in which they can run; equal documents give equal orders."""

    flow: Flow
    hash: str
    steps: tuple[PlannedStep, ...]

    @property
    def parties(self) -> Mapping[str, PartyKind]:
        return self.flow.parties

    @property
    def profile(self) -> Profile:
        return self.flow.profile

    def step(self, id: str) -> PlannedStep:
        return next(step for step in self.steps if step.id == id)

    def steps_of(self, party: str) -> tuple[PlannedStep, ...]:
        """The steps in which a party takes part."""
        return tuple(step for step in self.steps if party in step.parties)
