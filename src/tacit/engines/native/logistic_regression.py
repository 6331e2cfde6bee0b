"""logistic_regression.train and .predict of the native engine: columns in, a shared model and scores out."""

from __future__ import annotations

import pyarrow as pa

from tacit.algorithms.linear.columns import feature_matrix, feature_names, label_name, label_values
from tacit.algorithms.linear.model import Piece, read_piece
from tacit.algorithms.linear.prediction import predict
from tacit.algorithms.linear.settings import DEALER, LABEL, Settings
from tacit.algorithms.linear.training import Side, report, train
from tacit.data.columns import KEY, columns_with_role
from tacit.data.columns import LABEL as LABEL_COLUMN
from tacit.engines.engine import StepCall
from tacit.errors import DataError, RefusedError


def run_train(call: StepCall) -> None:
    """Each data party keeps its piece of the model and a copy of the report; the dealer keeps nothing."""
    settings = Settings.of(call.params)
    names, side = _own_columns(call)
    trained = train(call.session, settings, side, progress=lambda done, total: call.io.progress(done, total))
    if side is None:
        return
    weights = trained.weights
    piece = Piece(trained.model_id, call.role, names, trained.columns, weights.scale, weights.bound, weights.words)
    call.io.put_document("model", piece.document())
    call.io.put_document("report", report(trained, settings))


def _check_rows(call: StepCall, rows: int) -> None:
    """Both sides read the loss: the owner's least group holds for it, too. Raises RefusedError policy.few_rows."""
    least = call.io.caution().difference
    if 0 < rows < least:
        raise RefusedError(
            "policy.few_rows",
            "The loss of a training over so few rows would tell their labels.",
            expected=f"at least {least} rows",
            hint="Train on more rows.",
        )


def run_predict(call: StepCall) -> None:
    """Scores at the label party, with the key columns and the label if the table has them."""
    if call.role == DEALER:
        predict(call.session, None, None)
        return
    piece = read_piece(call.io.document("model"), call.role)
    table = call.io.table("aligned")
    kept = _kept(table) if call.role == LABEL else None
    matrix = feature_matrix(table, piece.names, intercept=call.role == LABEL)
    scores = predict(call.session, piece, matrix)
    if kept is not None:
        column = pa.array(scores, pa.float64())
        call.io.put_table("scores", kept.append_column(pa.field("score", pa.float64()), column))


def _own_columns(call: StepCall) -> tuple[tuple[str, ...], Side | None]:
    """Names of the own features, and the checked columns; nothing at the dealer."""
    if call.role == DEALER:
        return (), None
    table = call.io.table("aligned")
    _check_rows(call, table.num_rows)  # before the labels are looked at: that there is one class only tells them, too
    label = label_name(table, call.params.get("label")) if call.role == LABEL else None
    named = (call.params.get("features") or {}).get(call.role)
    names = feature_names(table, named, label)
    if table.num_rows == 0:
        raise DataError("data.no_rows", "There are no rows to train on.", hint="Check the join and the split.")
    labels = None if label is None else label_values(table, label)
    return names, Side(feature_matrix(table, names, intercept=call.role == LABEL), labels)


def _kept(table: pa.Table) -> pa.Table:
    """Key and label columns, which accompany the scores."""
    kept = table.select([*columns_with_role(table, KEY), *columns_with_role(table, LABEL_COLUMN)])
    if "score" in kept.column_names:
        raise DataError(
            "data.column_duplicate",
            "The table already has a column 'score'.",
            hint="Rename it before prediction.",
        )
    return kept
