"""What every operator that comes with Tacit does with columns: one entry per operator."""

from __future__ import annotations

from collections.abc import Callable

from tacit.governance.uses import learning, matching
from tacit.governance.uses.piece import FEATURE, KEY, LABEL, NONE, Cell, Piece
from tacit.governance.uses.use import EVERY, Origin
from tacit.governance.uses.visit import Visit

Entry = Callable[[Visit], None]
PAIR = ("first", "second")


def dataset_read(visit: Visit) -> None:
    """The selected columns become a table; keys and label are marked. A name that the catalogue does not have may be
    any column: some sources do not look at capital letters."""
    owner, params = visit.at["owner"], visit.params
    if owner != visit.me:
        return
    names = params.columns if params.columns is not None else visit.known.columns.get(params.dataset)
    loose = frozenset({Origin(params.dataset, EVERY)}) if names is None else NONE
    wanted = list(names) if names is not None else [*params.keys, *filter(None, [params.label])]
    known = visit.known.columns.get(params.dataset)
    cells = {
        name: Cell(
            KEY if name in params.keys else LABEL if name == params.label else FEATURE,
            frozenset({Origin(params.dataset, name if known is None or name in known else EVERY)}),
        )
        for name in wanted
    }
    piece = Piece(cells, loose)
    visit.use("read", piece.everything(), holder=owner)
    visit.put("table", owner, piece)


def local(visit: Visit) -> None:
    """The owner looks at its own table: `Visit.read` has noted that."""


def table_split(visit: Visit) -> None:
    """The same columns in two parts."""
    for role in PAIR:
        party = visit.at[role]
        for port in ("train", "test"):
            visit.put(port, party, visit.input("aligned", party))


def preprocess_fit(visit: Visit) -> None:
    """Columns keep their names; figures about the features go into the transform."""
    for role in PAIR:
        party = visit.at[role]
        piece = visit.input("aligned", party)
        features = {name: cell for name, cell in piece.cells.items() if cell.role == FEATURE}
        visit.put("aligned", party, piece)
        visit.put("transform", party, Piece(features, piece.loose))


def preprocess_apply(visit: Visit) -> None:
    """A prepared feature is made of the column and of the figures that the transform holds about its namesake."""
    for role in PAIR:
        party = visit.at[role]
        piece, transform = visit.input("aligned", party), visit.input("transform", party)
        cells = {
            name: Cell(cell.role, cell.origins | transform.named([name])) if cell.role == FEATURE else cell
            for name, cell in piece.cells.items()
        }
        visit.put("aligned", party, Piece(cells, piece.loose | _foreign(transform, piece)))


def _foreign(transform: Piece, piece: Piece) -> frozenset[Origin]:
    """What the transform brings to a table whose columns nobody here can name."""
    return transform.everything() if not piece.cells else transform.loose


def stats_joint(visit: Visit) -> None:
    """Both sides read the measures of both sides' columns, and the labels and sizes of the groups."""
    params, group = visit.params, visit.params.group
    for role, other in (PAIR, PAIR[::-1]):
        party, peer = visit.at[role], visit.at[other]
        piece = visit.input("aligned", party)
        grouped = group is not None and group.role == role
        named = (params.columns or {}).get(role)
        own = (group.column,) if grouped else ()
        measured = piece.named(named) if named is not None else piece.in_role(FEATURE, without=own)
        for measure in params.measures:
            visit.use(
                "aggregate",
                measured,
                holder=party,
                to=(peer,),
                function=measure,
                after="aggregate" if group is None else "group_by",
                minimum=params.min_group_size,
            )
        if grouped:
            visit.use(
                "group_key",
                piece.named(own),
                holder=party,
                to=(peer,),
                function="count",
                after="group_by",
                minimum=params.min_group_size,
            )


ENTRIES: dict[str, Entry] = {
    "dataset.read": dataset_read,
    "table.profile": local,
    "psi": matching.psi,
    "psi.many": matching.psi_many,
    "table.split": table_split,
    "preprocess.fit": preprocess_fit,
    "preprocess.apply": preprocess_apply,
    "stats.joint": stats_joint,
    "logistic_regression.train": learning.train,
    "logistic_regression.predict": learning.predict,
    "evaluation.binary": local,
    "model.save": local,
    "model.load": learning.load,
}
