"""Levels of what a job makes: each output has the highest level of the columns that flow into it. Pure.

A node knows the levels of its own columns; for what others bring it takes a level that it was given (the agreement's,
or the default). A step in which parties talk may carry anything from any of its inputs to any of its holders; a step
at which they do not talk, only what the holder itself put in. Only an operator in DECLASSIFIERS lowers a level, under
the condition that is written there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tacit.flow.parameters import dataset_fields
from tacit.flow.plan import Plan, PlannedStep
from tacit.governance.policies.defaults import LEAST_GROUP
from tacit.schema.text import Text

AGGREGATED = 2  # level of approved aggregates
AGGREGATED_STRICT = 3  # of what came from level 5, with differential privacy
NO_DATA = 1
LOADED = "model.load"


class Known(Protocol):
    """What a node knows of levels."""

    def dataset(self, party: str, dataset: str, columns: Iterable[str] | None) -> int:
        """Level of these columns of a party's dataset; of all if None."""
        ...

    def model(self, name: str) -> int:
        """Level of a model that earlier jobs saved."""
        ...


@dataclass(frozen=True, slots=True)
class Declassifier:
    """An approved way to lower a level. `to(params, level)` gives the new level, or the old one if not enough."""

    id: str
    operator: str
    ports: frozenset[str]
    text: Text
    to: Callable[[Any, int], int]


@dataclass(frozen=True, slots=True)
class Derived:
    """One output at one party. `inflow`: the highest level of what flows in; `level`: what counts.

    `sources`: (party, dataset) whose columns are in it. `lowered_by`: id of the declassifier, if one lowered it.
    """

    step: str
    port: str
    party: str
    inflow: int
    level: int
    sources: frozenset[tuple[str, str]]
    lowered_by: str | None = None


def _threshold(least: int, level: int) -> int:
    """An aggregate over groups of at least `least` rows."""
    needed = LEAST_GROUP.get(level)
    return min(level, AGGREGATED) if needed is not None and least >= needed else level


def _private(level: int) -> int:
    """An aggregate with noise that differential privacy asks for."""
    return min(level, AGGREGATED_STRICT if level == max(LEAST_GROUP) + 1 else AGGREGATED)


def _psi(params: Any, level: int) -> int:
    if params.reveal == "count" and params.epsilon is not None:
        return _private(level)
    if params.reveal in ("threshold", "sum") and params.threshold is not None:
        return _threshold(params.threshold, level)
    return level


DECLASSIFIERS = (
    Declassifier(
        "aggregate.threshold",
        "stats.joint",
        frozenset({"report"}),
        Text(
            "分组统计：每组行数不少于该级别的下限（2 级 5 行、3 级 10 行、4 级 50 行），5 级不适用",
            "Grouped statistics over at least as many rows as the level asks for (level 2: 5, 3: 10, 4: 50); not for 5",
        ),
        lambda params, level: _threshold(params.min_group_size, level),
    ),
    Declassifier(
        "intersection.aggregate",
        "psi",
        frozenset({"report"}),
        Text(
            "求交仅揭示加噪数量（差分隐私），或达到该级别下限的阈值判断与求和",
            "An intersection that reveals its noisy size (differential privacy), or a threshold or sum over at least "
            "as many rows as the level asks for",
        ),
        _psi,
    ),
    Declassifier(
        "receipt.no_data",
        "model.save",
        frozenset({"report"}),
        Text("保存报告只含模型名称与版本", "The save report holds a name and a version only"),
        lambda params, level: NO_DATA,
    ),
)


def trace(plan: Plan, known: Known) -> tuple[Derived, ...]:
    """Every output of every step at every party that holds a piece of it, in plan order."""
    found: dict[tuple[str, str, str], Derived] = {}
    for step in plan.steps:
        for party in step.parties:
            inflow, sources = _inflow(step, party, found, known)
            for port in step.outputs_at(party):
                found[step.id, port, party] = _derive(step, port, party, inflow, sources)
    return tuple(found.values())


def _derive(step: PlannedStep, port: str, party: str, inflow: int, sources: frozenset[tuple[str, str]]) -> Derived:
    for way in DECLASSIFIERS:
        if way.operator == step.spec.name and port in way.ports:
            level = way.to(step.params, inflow)
            return Derived(step.id, port, party, inflow, level, sources, way.id if level < inflow else None)
    return Derived(step.id, port, party, inflow, inflow, sources)


def _inflow(
    step: PlannedStep, party: str, found: Mapping[tuple[str, str, str], Derived], known: Known
) -> tuple[int, frozenset[tuple[str, str]]]:
    """The highest level of all that may reach `party` in a step, and where it comes from."""
    from_whom = step.parties if step.spec.talks else (party,)
    pieces = [
        found[source.step, source.port, other]
        for other in from_whom
        for source in step.inputs_at(other).values()
        if (source.step, source.port, other) in found
    ]
    read = [(other, name, columns) for other in from_whom for name, columns in _read(step, other)]
    levels = [piece.level for piece in pieces] + [known.dataset(*each) for each in read]
    if step.spec.name == LOADED:
        levels.append(known.model(str(step.params_document()["name"])))
    sources = frozenset((owner, name) for owner, name, _ in read).union(*(piece.sources for piece in pieces))
    return max(levels, default=NO_DATA), sources


def _read(step: PlannedStep, party: str) -> list[tuple[str, tuple[str, ...] | None]]:
    """(dataset, columns) that a step reads at a party; None: all columns."""
    role = step.role_of(party)
    columns = getattr(step.params, "columns", None)
    wanted = tuple(columns) if isinstance(columns, list) else None
    return [(str(getattr(step.params, name)), wanted) for name, owner in dataset_fields(step.spec) if owner == role]
