"""A use: what one step does with columns of one party, and who can read something of them afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

Kind = Literal["read", "join_key", "group_key", "filter", "aggregate", "feature", "label", "score", "plaintext"]
After = Literal["nothing", "join", "group_by", "aggregate", "compare", "score"]
KINDS: tuple[Kind, ...] = get_args(Kind)
AFTERS: tuple[After, ...] = get_args(After)
EVERY = "*"  # a column that is not known by name: any column of the dataset


class Origin(NamedTuple):
    """A column of a dataset of the party that asks."""

    dataset: str
    column: str


@dataclass(frozen=True, slots=True)
class Use:
    """`read`: the owner itself works on the column; nothing leaves it.

    `receivers`: the other parties that can read something of it after this step, empty when it stays encrypted;
    `after`: after which operation they do. `function`: of an aggregate ("sum"), or what a match tells ("rows",
    "count"). `minimum`: the fewest rows that a figure is made of, as far as the step itself guarantees it. `epsilon`:
    the noise on it. `width`: how many columns of this party are mixed in one readable value; None: unknown.
    """

    step: str
    operator: str
    kind: Kind
    columns: frozenset[Origin]
    function: str | None = None
    receivers: tuple[str, ...] = ()
    after: After | None = None
    minimum: int | None = None
    epsilon: float | None = None
    width: int | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a party knows of its piece of a stored model: its own features, in order."""

    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the asking party knows of its own things. `columns`: of each of its datasets; one that is missing counts
    as having any column. `models`: (name, version) of stored models; a version of None is the newest."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    models: Mapping[tuple[str, str | None], ModelFacts] = field(default_factory=dict)
