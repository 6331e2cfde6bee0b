"""What training and prediction of the vertical logistic regression have in common: roles, ports, cost constants."""

from __future__ import annotations

from tacit.operators.pair import aligned
from tacit.schema.operator import Role
from tacit.schema.text import Text

DATA_ROLES = ("label", "feature")

ROLES = (
    Role("label", Text("标签方", "Label party")),
    Role("feature", Text("特征方", "Feature party")),
    Role("dealer", Text("随机数协助方", "Dealer"), dealer=True),
)

ALIGNED = aligned("aligned", Text("对齐样本", "Aligned rows"), DATA_ROLES)

LOSS_ROWS = 4096  # the loss of an epoch is that of at most this many rows

# Bytes that all parties together send for one row in one update, and for one row of the loss.
VISIT_BYTES = {"series": 252, "piecewise": 212}
LOSS_BYTES = 373
UPDATE_BYTES = 80  # for one weight in one update
ROUNDS = {"series": 6, "piecewise": 7}  # of one update
LOSS_ROUNDS = 8  # of the loss of one epoch
ROUND_SECONDS = 0.001
UPDATE_SECONDS = 0.002  # of one update at each data party, besides its rows
PRODUCT_CELLS_PER_SECOND = 2e8  # matrix cells in the products of one update, at all parties
CHUNK_ROWS = 8192  # rows that are scored at once
CHUNK_ROUNDS = 6  # of one such chunk: masked weights, exact truncation, scores
