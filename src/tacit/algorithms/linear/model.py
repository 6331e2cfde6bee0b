"""One party's piece of a logistic regression: a share of the weights, and what is needed to use it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tacit.algorithms.linear.plan import LEAST_WEIGHT_SCALE, WEIGHT_SCALE
from tacit.algorithms.linear.settings import FEATURE, LABEL
from tacit.data.arrays import decode_array, encode_array
from tacit.errors import DataError
from tacit.protocols.mpc.shares import Words

KIND = "logistic_regression"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """`share` (sum(columns),) of the ring weights, order: intercept, label's features, feature's features.

    `columns` counts the intercept at label. `names` are this party's own features. `bound` is in ring numbers.
    """

    model_id: str
    role: str
    names: tuple[str, ...]
    columns: tuple[int, int]
    scale: int
    bound: int
    share: Words

    def document(self) -> dict[str, Any]:
        """JSON form. The share alone is uniformly random and tells nothing about the weights."""
        return {
            "kind": KIND,
            "format": FORMAT,
            "model_id": self.model_id,
            "role": self.role,
            "features": list(self.names),
            "columns": {LABEL: self.columns[0], FEATURE: self.columns[1]},
            "scale": self.scale,
            "bound": str(self.bound),  # too long for the numbers of some JSON readers
            "share": encode_array(self.share),
        }


def read_piece(document: Mapping[str, Any], role: str) -> Piece:
    """The piece of this role. Raises DataError model.wrong_kind, model.wrong_role, model.damaged."""
    if document.get("kind") != KIND or document.get("format") != FORMAT:
        raise DataError(
            "model.wrong_kind",
            "The model is not a logistic regression of this release.",
            found=f"{document.get('kind')}, format {document.get('format')}",
            expected=f"{KIND}, format {FORMAT}",
            hint="Connect the model of logistic_regression.train, or train it again.",
        )
    if document.get("role") != role:
        raise DataError(
            "model.wrong_role",
            "This piece belongs to the other side of the model.",
            found=str(document.get("role")),
            expected=role,
            hint="Give the parties the same roles as in training.",
        )
    try:
        piece = _read(document, role)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged() from error
    own = piece.columns[0] - 1 if role == LABEL else piece.columns[1]
    sized = min(piece.columns) >= 0 and piece.share.shape == (sum(piece.columns),) and own == len(piece.names)
    scaled = LEAST_WEIGHT_SCALE <= piece.scale <= WEIGHT_SCALE and 0 < piece.bound < 1 << 62
    if not sized or not scaled or piece.share.dtype.name != "uint64" or len(piece.model_id) != 32:
        raise _damaged()
    return piece


def _read(document: Mapping[str, Any], role: str) -> Piece:
    columns = document["columns"]
    bytes.fromhex(document["model_id"])
    return Piece(
        model_id=document["model_id"],
        role=role,
        names=tuple(str(name) for name in document["features"]),
        columns=(int(columns[LABEL]), int(columns[FEATURE])),
        scale=int(document["scale"]),
        bound=int(document["bound"]),
        share=decode_array(document["share"]),
    )


def _damaged() -> DataError:
    return DataError("model.damaged", "The model's document is damaged.", hint="Load another version or train again.")
