"""Levels of what jobs made at this node, from the levels that its columns have now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tacit.errors import NotFoundError, TacitError
from tacit.governance.levels import HIGHEST, level_of
from tacit.governance.lineage import Derived, trace
from tacit.node.blueprint import Planner
from tacit.node.database import JobRow
from tacit.node.labels import Labels
from tacit.node.stores.jobs import JobStore

MODEL_SAVE = "model.save"
JOBS = 10_000  # so many of the newest that save models are looked through


@dataclass(frozen=True, slots=True)
class Derivation:
    """Reads, writes nothing."""

    me: str
    labels: Labels
    planner: Planner
    jobs: JobStore

    def of(self, job_id: str) -> tuple[Derived, ...]:
        """What every step leaves at this node. Raises NotFoundError("job.unknown")."""
        return tuple(each for each in self._trace(self.jobs.get(job_id), frozenset()) if each.party == self.me)

    def _trace(self, job: JobRow, opened: frozenset[str]) -> tuple[Derived, ...]:
        return trace(self.planner.of_job(job).plan, _Levels(self, opened | {job.id}))

    def saved(self, name: str, opened: frozenset[str] = frozenset()) -> int:
        """The highest level of what earlier jobs saved under this name, of what they read as it is labelled now; the
        default where none is known."""
        levels = [self.labels.default_level]
        for job in self.jobs.with_operator(MODEL_SAVE, limit=JOBS):
            if job.id not in opened and _saves(job, name):
                levels += self._saved_by(job, _saves(job, name), opened)
        return max(levels)

    def _saved_by(self, job: JobRow, steps: list[str], opened: frozenset[str]) -> list[int]:
        try:
            return [each.inflow for each in self._trace(job, opened) if each.step in steps and each.port == "report"]
        except TacitError:  # its operators are not installed any more: nobody can tell what is in it
            return [HIGHEST]


@dataclass(frozen=True, slots=True)
class _Levels:
    """Own columns by their labels; what others bring counts as the default. `opened`: jobs that are looked at."""

    derivation: Derivation
    opened: frozenset[str] = field(default=frozenset())

    def dataset(self, party: str, dataset: str, columns: Iterable[str] | None) -> int:
        labels = self.derivation.labels
        if party != self.derivation.me:
            return labels.default_level
        try:
            known = labels.of(dataset)
        except NotFoundError:
            return labels.default_level
        return level_of(known, columns, labels.default_level)

    def model(self, name: str) -> int:
        return self.derivation.saved(name, self.opened)


def _saves(job: JobRow, name: str) -> list[str]:
    """Steps that save a model under this name."""
    steps = [step for step in job.flow["steps"] if step["operator"] == MODEL_SAVE]
    return [step["id"] for step in steps if step.get("params", {}).get("name") == name]
