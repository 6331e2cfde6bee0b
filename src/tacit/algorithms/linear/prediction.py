"""Scores of a secret-shared logistic regression, opened to the label party alone.

Inputs: each data party its matrix (rows, k) and its share of the weights.
Learns: label: every row's linear score to 2^-16, and by it the score 1/(1+exp(-z)). feature: the number of rows and of
label's columns. dealer: sizes, scale and bound. Scores of many rows, or of one row with other columns
of label's own, tell label its own weights, too. Rounded down exactly: repeated runs give the same scores.
Assumes: profile 2pc-dealer, semi-honest. Messages: per 8192 rows both matrices under masks, the masked weights, one
openings of an exact truncation, one share to label. Cost: rows * (k_1 + k_2 + 6) words and 68 bytes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tacit.algorithms.linear.columns import FEATURE_BOUND
from tacit.algorithms.linear.model import Piece
from tacit.algorithms.linear.plan import CHUNK_ROWS, FEATURE_SCALE
from tacit.algorithms.linear.settings import DEALER, FEATURE, LABEL
from tacit.channel.channel import Session
from tacit.errors import DataError
from tacit.protocols.mpc import Mpc, Shared

SCORE_SCALE = 16


def predict(session: Session, piece: Piece | None, matrix: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    """Probabilities (rows,) at label, None elsewhere. The dealer passes neither piece nor matrix.

    Raises DataError("model.pieces_differ"), DataError("data.rows_differ") at all parties alike.
    """
    mpc = Mpc(session, LABEL, FEATURE, DEALER)
    rows, columns, scale, bound = _agree(mpc, piece, matrix)
    value = None if piece is None else piece.share
    weights = Shared(value, (sum(columns),), scale, bound, mpc.seat.lead)
    parts = []
    for start in range(0, rows, CHUNK_ROWS):
        stop = min(rows, start + CHUNK_ROWS)
        block = None if matrix is None else matrix[start:stop]
        part = _chunk(mpc, weights, block, stop - start, columns)
        parts += [] if part is None else [part]
    if mpc.me != LABEL:
        return None
    return logistic(np.concatenate(parts) if parts else np.empty(0))


def logistic(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(-z)) without overflow."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def _chunk(
    mpc: Mpc, weights: Shared, block: NDArray[np.float64] | None, rows: int, columns: tuple[int, int]
) -> NDArray[np.float64] | None:
    own = [
        mpc.private(role, block if role == mpc.me else None, (rows, width), scale=FEATURE_SCALE, bound=FEATURE_BOUND)
        for role, width in zip((LABEL, FEATURE), columns, strict=True)
    ]
    z = mpc.fix(own[0], own[1]).batch(slice(0, rows)).times(mpc.seat, weights)
    return mpc.reveal(mpc.truncate(z, z.scale - SCORE_SCALE, exact=True), to=LABEL)


def _agree(mpc: Mpc, piece: Piece | None, matrix: NDArray[np.float64] | None) -> tuple[int, tuple[int, int], int, int]:
    """Rows, widths, weight scale and bound, after checking that both pieces are of one model and fit the columns."""
    mine, model_id = [0] * 6, None
    if piece is not None and matrix is not None:
        mine = [*matrix.shape, *piece.columns, piece.scale, piece.bound]
        model_id = np.frombuffer(bytes.fromhex(piece.model_id), np.uint64)
    told = mpc.publish(mine)
    left, right = told[LABEL], told[FEATURE]
    if not mpc.same(model_id) or left[2:] != right[2:]:
        raise DataError(
            "model.pieces_differ",
            "The two parties brought pieces of different models.",
            hint="Load the same version of the model at both parties.",
        )
    columns = (left[2], left[3])
    if left[0] != right[0] or (left[1], right[1]) != columns:
        raise DataError(
            "data.rows_differ",
            "The tables do not fit together or do not fit the model.",
            found=f"{left[0]} and {right[0]} rows, {left[1]} and {right[1]} columns",
            expected=f"as many rows on both sides, {columns[0]} and {columns[1]} columns",
            hint="Use tables that come from one alignment (psi).",
        )
    return left[0], columns, left[4], left[5]
