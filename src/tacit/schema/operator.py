"""The shape of an operator's declaration: what the console, planner, policy and approval read.

An operator is a `Spec`. It says who takes part (`roles`), what goes in and out (`Port`s held by roles), what it
can be told (`params`, a pydantic model), what each party learns (`disclosure`) and what it costs (`cost`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from tacit.schema.text import Text


class Kind(StrEnum):
    """What travels along an edge."""

    TABLE = "table"  # rows of one owner, in its own order
    ALIGNED = "aligned"  # the same rows in the same order at several owners, each with its own columns
    TRANSFORM = "transform"  # fitted preprocessing, one piece per owner
    MODEL = "model"  # a trained model, one piece per owner
    REPORT = "report"  # figures made for people: JSON


class Placement(StrEnum):
    """Where the data of a port is."""

    ONE = "one"  # at one party
    EACH = "each"  # a piece at each holder
    SHARED = "shared"  # secret-shared: no holder can read its piece
    PUBLIC = "public"  # the same content at every holder


@dataclass(frozen=True, slots=True)
class Port:
    """A named input or output. `holders` are the roles that hold a piece of it.

    `accepts` (inputs only) lists further kinds that may be connected. `optional`: an input that need not be connected,
    an output that only some parameters fill (`Spec.produces`).
    """

    name: str
    kind: Kind
    placement: Placement
    holders: tuple[str, ...]
    title: Text
    optional: bool = False
    accepts: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """A seat at the table of one operator; the flow says which party sits on it (`at`)."""

    name: str
    title: Text
    dealer: bool = False  # the seat of the helper that sees no data
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One thing that one role learns beyond its own inputs. `code` is stable, `what` is for people."""

    learner: str
    code: str
    what: Text


@dataclass(frozen=True, slots=True)
class Size:
    """Public or estimated size of what a port holds, per holder."""

    rows: int
    columns: Mapping[str, int] = field(default_factory=dict)  # role -> number of columns

    def column_count(self) -> int:
        return sum(self.columns.values())


@dataclass(frozen=True, slots=True)
class Cost:
    """Forecast for one step: wall seconds, bytes sent by all parties together, peak MB at the hungriest party."""

    seconds: float
    bytes_sent: int
    memory_mb: int


class Params(BaseModel):
    """Parent of every operator's parameters: unknown names are refused, values never change after the check.

    Strict: "0.5", true or 1.0 are not taken for numbers of another type, so that a document has one reading only.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


P = TypeVar("P", bound=Params)


@dataclass(frozen=True, slots=True)
class Spec(Generic[P]):
    """The declaration of one operator. The callables are pure and cheap.

    `disclosure(params)` names roles, also in its texts as "{role}"; the flow turns them into parties. It has at least
    one entry for every role. `sizes(params, inputs)` forecasts the size of each output from the sizes of the inputs;
    `cost(params, inputs)` the effort. For a parameter that names a dataset, the size of that dataset stands among the
    inputs under the parameter's name.
    """

    name: str
    version: str
    title: Text
    help: Text
    params: type[P]
    roles: tuple[Role, ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    engines: tuple[str, ...]
    profiles: tuple[str, ...]  # security profiles under which it can run
    disclosure: Callable[[P], tuple[Disclosure, ...]]
    sizes: Callable[[P, Mapping[str, Size]], Mapping[str, Size]]
    cost: Callable[[P, Mapping[str, Size]], Cost]
    group: str = "general"  # shelf of the palette
    talks: bool = True  # False: the parties of a step exchange nothing, no channel is opened
    produces: Callable[[P], frozenset[str]] | None = None  # outputs that are filled under these parameters; None: all

    def role(self, name: str) -> Role:
        return next(role for role in self.roles if role.name == name)

    def input(self, name: str) -> Port:
        return next(port for port in self.inputs if port.name == name)

    def output(self, name: str) -> Port:
        return next(port for port in self.outputs if port.name == name)
