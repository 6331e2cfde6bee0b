"""logistic_regression.predict: scores of a secret-shared model, opened to the label party only."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from tacit.operators.effort import BASE_MB, MB, RING_WORDS_PER_SECOND, STEP_SECONDS, WORD_BYTES, cells
from tacit.operators.learned import shape, sizes
from tacit.operators.logistic_regression import (
    ALIGNED,
    CHUNK_ROUNDS,
    CHUNK_ROWS,
    DATA_ROLES,
    ROLES,
    ROUND_SECONDS,
)
from tacit.operators.pair import model
from tacit.schema.operator import Cost, Disclosure, Kind, Params, Placement, Port, Size, Spec
from tacit.schema.text import Text

_SCORE_COLUMNS = 3  # key, label, score
_SCORE_WORDS = 6  # one score: three dealt, two opened, one handed to the label party
_EXACT_BYTES = 68  # per score: rounding it down exactly


class LogisticRegressionPredict(Params):
    """Nothing to set: columns and approximation come with the model."""


def _sizes(params: LogisticRegressionPredict, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    return {"scores": Size(inputs["aligned"].rows, {"label": _SCORE_COLUMNS})}


def _cost(params: LogisticRegressionPredict, inputs: Mapping[str, Size]) -> Cost:
    rows = inputs["aligned"]
    words = rows.rows * (rows.column_count() + _SCORE_WORDS)
    chunk = min(rows.rows, CHUNK_ROWS) * (rows.column_count() + _SCORE_WORDS)
    memory = 2 * WORD_BYTES * cells(rows) + 6 * WORD_BYTES * chunk
    waiting = ceil(rows.rows / CHUNK_ROWS) * CHUNK_ROUNDS * ROUND_SECONDS
    seconds = STEP_SECONDS + waiting + words / RING_WORDS_PER_SECOND
    return Cost(seconds, WORD_BYTES * words + _EXACT_BYTES * rows.rows, BASE_MB + memory // MB)


def _disclosure(params: LogisticRegressionPredict) -> tuple[Disclosure, ...]:
    scores = Text(
        "每个对齐样本的预测得分，并可由此推知自身各列的权重，以及 {feature} 各列对该样本的综合影响"
        "（若 {feature} 只有一列，则相当于该列的取值，仅差比例与常数）",
        "the score of every aligned row, and through the scores the weights of its own columns and the combined "
        "effect of {feature}'s columns on every row (if {feature} has one column, its values up to scale and offset)",
    )
    return (
        Disclosure("label", "scores", scores),
        shape("label", "feature"),
        shape("feature", "label"),
        sizes("dealer"),
    )


SPEC = Spec(
    name="logistic_regression.predict",
    version="1",
    title=Text("逻辑回归预测", "Predict with logistic regression"),
    help=Text(
        "用秘密分享的模型为对齐样本打分，仅标签方得到得分；模型与特征始终不出现明文。",
        "Scores aligned rows with a secret-shared model. Only the label party gets the scores; model and features "
        "never appear in the clear.",
    ),
    params=LogisticRegressionPredict,
    roles=ROLES,
    inputs=(ALIGNED, model(DATA_ROLES)),
    outputs=(Port("scores", Kind.TABLE, Placement.ONE, ("label",), Text("预测得分", "Scores")),),
    engines=("native",),
    profiles=("2pc-dealer",),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="models",
)
