"""What a party holds of an output, as far as columns of the asking party are in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tacit.governance.uses.use import Origin

KEY, LABEL, FEATURE = "key", "label", "feature"
Origins = frozenset[Origin]
NONE: Origins = frozenset()


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a table: what it was read as, and the columns that it was made of."""

    role: str
    origins: Origins


@dataclass(frozen=True, slots=True)
class Piece:
    """`cells`: columns by name, known only where the asking party holds the table. `loose`: columns of the asking
    party that are in it somewhere: under any name, as far as anybody can tell. `features`: of a model piece, the
    names of the asking party's own features; None: unknown."""

    cells: Mapping[str, Cell] = field(default_factory=dict)
    loose: Origins = NONE
    features: tuple[str, ...] | None = None

    def everything(self) -> Origins:
        """All columns of the asking party that are in it."""
        return self.loose.union(*(cell.origins for cell in self.cells.values()))

    def named(self, names: Iterable[str]) -> Origins:
        """What is behind these names. A name that nobody knows may be any loose column."""
        wanted = list(names)
        found = [self.cells[name].origins for name in wanted if name in self.cells]
        return NONE.union(*found, self.loose if wanted else NONE)

    def in_role(self, role: str, without: Iterable[str] = ()) -> Origins:
        """What is behind the columns of a role, and the loose ones."""
        left_out = set(without)
        found = (cell.origins for name, cell in self.cells.items() if cell.role == role and name not in left_out)
        return self.loose.union(*found)

    def names_in_role(self, role: str, without: Iterable[str] = ()) -> tuple[str, ...]:
        left_out = set(without)
        return tuple(name for name, cell in self.cells.items() if cell.role == role and name not in left_out)

    def with_loose(self, origins: Origins) -> Piece:
        return replace(self, loose=self.loose | origins)


def joined(pieces: Iterable[Piece]) -> Origins:
    """All columns of the asking party in any of them."""
    return NONE.union(*(piece.everything() for piece in pieces))
