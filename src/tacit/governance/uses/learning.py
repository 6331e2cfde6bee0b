"""Uses of columns in training and scoring."""

from __future__ import annotations

from tacit.governance.uses.piece import FEATURE, LABEL, NONE, Cell, Origins, Piece, joined
from tacit.governance.uses.visit import Visit

DATA_ROLES = ("label", "feature")


def train(visit: Visit) -> None:
    """Features and label go into the computation encrypted; both sides read the mean loss after every epoch."""
    inside: Origins = NONE
    own: tuple[str, ...] | None = None
    for role in DATA_ROLES:
        party, peer = visit.at[role], visit.at[DATA_ROLES[role == "label"]]
        piece = visit.input("aligned", party)
        label = visit.params.label if role == "label" else None
        features, names = _features(visit, piece, role, label)
        labels = NONE if role != "label" else piece.in_role(LABEL) if label is None else piece.named([label])
        for function, to in (("train", ()), ("loss", (peer,))):
            after = "aggregate" if to else None
            visit.use("feature", features, holder=party, to=to, function=function, after=after)  # type: ignore[arg-type]
            visit.use("label", labels, holder=party, to=to, function=function, after=after)  # type: ignore[arg-type]
        inside |= features | labels
        own = names if party == visit.me else own
    for role in DATA_ROLES:
        visit.put("model", visit.at[role], Piece(loose=inside, features=own))


def _features(visit: Visit, piece: Piece, role: str, label: str | None) -> tuple[Origins, tuple[str, ...] | None]:
    """The features of one side, and their names where they can be known."""
    named = (visit.params.features or {}).get(role)
    if named is not None:
        return piece.named(named), tuple(named)
    left_out = () if label is None else (label,)
    names = None if piece.loose else piece.names_in_role(FEATURE, left_out)
    return piece.in_role(FEATURE, left_out), names


def predict(visit: Visit) -> None:
    """The label party reads a score per row: a mixture of all features, and of what the model was trained on."""
    reader = visit.at["label"]
    for role in DATA_ROLES:
        party = visit.at[role]
        piece, model = visit.input("aligned", party), visit.input("model", party)
        names = model.features if party == visit.me else None
        columns = piece.in_role(FEATURE) if names is None else piece.named(names)
        width = len(names) if names is not None and not piece.loose else None
        mixed = columns | model.loose
        visit.use("score", mixed, holder=party, to=(reader,), function="predict", after="score", width=width)
    _put_scores(visit, reader)


def _put_scores(visit: Visit, reader: str) -> None:
    inside = joined(piece for _, piece in visit.inputs())
    if reader != visit.me:
        visit.put("scores", reader, Piece(loose=inside))
        return
    piece = visit.input("aligned", reader)
    kept = {name: cell for name, cell in piece.cells.items() if cell.role != FEATURE}
    visit.put("scores", reader, Piece({**kept, "score": Cell(FEATURE, inside)}, piece.loose))


def load(visit: Visit) -> None:
    """A stored piece. Its owner knows its own features of it; what it was trained on was asked for at that time."""
    params = visit.params
    facts = visit.known.models.get((params.name, params.version))
    for role in ("first", "second"):
        party = visit.at[role]
        features = facts.features if facts is not None and party == visit.me else None
        visit.put("model", party, Piece(features=features))
        visit.put("transform", party, Piece())
