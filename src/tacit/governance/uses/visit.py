"""One step under the eyes of `walk`: reads what its inputs hold, notes uses, and says what its outputs hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tacit.flow.plan import PlannedStep
from tacit.governance.uses.piece import NONE, Origins, Piece
from tacit.governance.uses.use import EVERY, After, Kind, Known, Origin, Use

Held = dict[tuple[str, str], dict[str, Piece]]  # (step, port) -> party -> piece


class Visit:
    """Owned by one walk."""

    def __init__(self, step: PlannedStep, me: str, known: Known, held: Held, parties: tuple[str, ...]) -> None:
        self.step, self.me, self.known, self.parties = step, me, known, parties
        self._held = held
        self.found: list[Use] = []

    @property
    def params(self) -> Any:
        return self.step.params

    @property
    def at(self) -> Mapping[str, str]:
        return self.step.at

    def input(self, port: str, party: str) -> Piece:
        """What `party` brings; nothing where the input is not connected."""
        source = self.step.inputs.get(port)
        if source is None:
            return Piece()
        return self._held.get((source.step, source.port), {}).get(party, Piece())

    def inputs(self) -> list[tuple[str, Piece]]:
        """(party, piece) of every input."""
        sources = self.step.inputs.values()
        return [item for source in sources for item in self._held.get((source.step, source.port), {}).items()]

    def put(self, port: str, party: str, piece: Piece) -> None:
        self._held.setdefault((self.step.id, port), {})[party] = piece

    def dataset(self, name: str) -> Origins:
        """Every column of a dataset of the asking party."""
        columns = self.known.columns.get(name)
        return frozenset(Origin(name, column) for column in ((EVERY,) if columns is None else columns))

    def use(
        self,
        kind: Kind,
        origins: Origins,
        *,
        holder: str | None = None,
        to: tuple[str, ...] = (),
        function: str | None = None,
        after: After | None = None,
        minimum: int | None = None,
        epsilon: float | None = None,
        width: int | None = None,
    ) -> None:
        """Note a use. Neither the asking party nor the holder learns anything new."""
        if not origins:
            return
        receivers = tuple(sorted({party for party in to if party not in (self.me, holder)}))
        if holder not in (None, self.me) and not receivers:
            return  # it works on what it was given before
        self.found.append(
            Use(
                step=self.step.id,
                operator=self.step.spec.name,
                kind=kind,
                columns=origins,
                function=function,
                receivers=receivers,
                after=after if receivers else None,
                minimum=minimum,
                epsilon=epsilon,
                width=width,
            )
        )

    def read(self) -> None:
        """The asking party works on everything of its own that comes in."""
        mine = NONE.union(*(piece.everything() for party, piece in self.inputs() if party == self.me))
        self.use("read", mine, holder=self.me)
