"""logistic_regression.train: vertical logistic regression on secret shares; nobody sees the weights."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Literal

from pydantic import model_validator

from tacit.operators.effort import (
    BASE_MB,
    MB,
    RING_WORDS_PER_SECOND,
    STEP_SECONDS,
    WORD_BYTES,
)
from tacit.operators.learned import shape, sizes
from tacit.operators.logistic_regression import (
    ALIGNED,
    DATA_ROLES,
    LOSS_BYTES,
    LOSS_ROUNDS,
    LOSS_ROWS,
    PRODUCT_CELLS_PER_SECOND,
    ROLES,
    ROUND_SECONDS,
    ROUNDS,
    UPDATE_BYTES,
    UPDATE_SECONDS,
    VISIT_BYTES,
)
from tacit.operators.pair import model
from tacit.operators.setting import Column, Columns, Seed, setting
from tacit.schema.operator import Cost, Disclosure, Kind, Params, Placement, Port, Size, Spec
from tacit.schema.text import Text


class EarlyStop(Params):
    """Stop when the loss no longer falls."""

    patience: int = setting(
        title=Text("容忍轮数", "Patience"),
        help=Text(
            "损失连续多少轮没有明显下降就停止。",
            "Stop after this many epochs in a row without a clear fall of the loss.",
        ),
        ge=1,
        le=1000,
        examples=[3],
    )
    tolerance: float = setting(
        title=Text("下降阈值", "Tolerance"),
        help=Text("下降幅度小于该值视为没有下降。", "A fall smaller than this does not count."),
        ge=0,
        le=1,
        examples=[0.0001],
    )


class LogisticRegressionTrain(Params):
    """Columns, length and pace of training. Minimises mean log loss + l2/2 · |w|²."""

    label: Column | None = setting(
        None,
        title=Text("标签列", "Label column"),
        help=Text(
            "标签方的 0/1 列；留空则使用读取数据时声明的标签列。",
            "A column of 0 and 1 at the label party; empty for the label declared when reading.",
        ),
        widget="column",
        role="label",
    )
    features: dict[Literal["label", "feature"], Columns] | None = setting(
        None,
        title=Text("特征列", "Feature columns"),
        help=Text(
            "各方参与训练的特征列；留空则为全部数值特征列。",
            "Feature columns of each side; empty for all numeric feature columns.",
        ),
        widget="role_columns",
    )
    epochs: int = setting(
        10,
        title=Text("训练轮数", "Epochs"),
        help=Text("遍历训练集的次数。", "How often training passes over all rows."),
        ge=1,
        le=1000,
    )
    batch_size: int = setting(
        1024,
        title=Text("批大小", "Batch size"),
        help=Text("每次更新权重所用的行数。", "Rows behind one update of the weights."),
        ge=1,
        le=1_000_000,
    )
    learning_rate: float = setting(
        0.1,
        title=Text("学习率", "Learning rate"),
        help=Text("每次更新的步长。", "Length of one update."),
        gt=0,
        le=10,
    )
    l2: float = setting(
        0.001,
        title=Text("L2 正则系数", "L2 penalty"),
        help=Text(
            "惩罚过大的权重，抑制过拟合；0 表示不惩罚。",
            "Penalty on large weights, against overfitting; 0 for none.",
        ),
        ge=0,
        le=10,
    )
    early_stop: EarlyStop | None = setting(
        None,
        title=Text("提前停止", "Early stopping"),
        help=Text(
            "损失不再下降时提前结束训练；随机数协助方会获知训练在第几轮停止。",
            "End training when the loss no longer falls. The dealer then learns after which epoch it stopped.",
        ),
    )
    seed: Seed = setting(
        0,
        title=Text("随机种子", "Seed"),
        help=Text("决定样本的打乱顺序。", "Decides the order in which rows are visited."),
        widget="seed",
    )
    sigmoid: Literal["series", "piecewise"] = setting(
        "series",
        title=Text("Sigmoid 近似", "Sigmoid approximation"),
        help=Text(
            "在秘密分享上如何近似 Sigmoid。两种方法在取值很大或很小时都饱和为 1 或 0；"
            "级数更精确（误差不超过 0.0006，分段线性为 0.06），也更快。",
            "How the sigmoid is approximated on shares. Both methods saturate at 0 and 1 for extreme values; the "
            "series is more accurate (error at most 0.0006, piecewise linear 0.06) and faster.",
        ),
        options={"series": Text("级数", "Series"), "piecewise": Text("分段线性", "Piecewise linear")},
    )

    @model_validator(mode="after")
    def _columns_fit(self) -> LogisticRegressionTrain:
        if self.learning_rate * self.l2 >= 1:
            raise ValueError("learning_rate times l2 must be below 1, or no step converges")
        if self.features is None:
            return self
        if not any(self.features.values()):
            raise ValueError("features names no column at all; leave it out to use every numeric feature")
        if self.label is not None and self.label in self.features.get("label", ()):
            raise ValueError("the label column cannot be a feature too")
        return self


def _features(params: LogisticRegressionTrain, rows: Size) -> dict[str, int]:
    """Feature columns of each side; without a list every column counts."""
    named = params.features or {}
    return {
        "label": len(named["label"]) if "label" in named else rows.columns.get("label", 0),
        "feature": len(named["feature"]) if "feature" in named else rows.columns.get("feature", 0),
    }


def _sizes(params: LogisticRegressionTrain, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    return {
        "model": Size(1, _features(params, inputs["aligned"])),
        "report": Size(1, dict.fromkeys(DATA_ROLES, 1)),
    }


def _cost(params: LogisticRegressionTrain, inputs: Mapping[str, Size]) -> Cost:
    rows = inputs["aligned"]
    width = 1 + max(sum(_features(params, rows).values()), 1)  # with the intercept
    batch = min(params.batch_size, max(rows.rows, 1))
    updates = params.epochs * ceil(rows.rows / batch)
    sent = WORD_BYTES * rows.rows * width  # the features once, under a mask
    sent += params.epochs * rows.rows * VISIT_BYTES[params.sigmoid]
    sent += params.epochs * min(rows.rows, LOSS_ROWS) * LOSS_BYTES
    sent += updates * width * UPDATE_BYTES
    waiting = (updates * ROUNDS[params.sigmoid] + params.epochs * LOSS_ROUNDS) * ROUND_SECONDS
    work = updates * UPDATE_SECONDS + params.epochs * rows.rows * width / PRODUCT_CELLS_PER_SECOND
    seconds = STEP_SECONDS + waiting + work + sent / WORD_BYTES / RING_WORDS_PER_SECOND
    memory = 5 * WORD_BYTES * rows.rows * width + 2 * VISIT_BYTES[params.sigmoid] * batch
    return Cost(seconds, sent, BASE_MB + memory // MB)


def _disclosure(params: LogisticRegressionTrain) -> tuple[Disclosure, ...]:
    loss = Text(
        f"每轮训练后的平均损失（至多取 {LOSS_ROWS} 行计算）",
        f"the mean training loss after every epoch, over at most {LOSS_ROWS:,} rows",
    )
    few = Text(
        "；若行数很少，或特征列只在少数行非零，各轮损失合在一起可能暴露个别标签",
        "; with few rows, or columns that are zero on most rows, these can together tell single labels",
    )
    losses = {"label": loss, "feature": Text(loss.zh + few.zh, loss.en + few.en)}
    data_parties = (
        item
        for learner, other in (DATA_ROLES, DATA_ROLES[::-1])
        for item in (Disclosure(learner, "loss", losses[learner]), shape(learner, other))
    )
    if params.early_stop is None:
        return (*data_parties, sizes("dealer"))
    stop = Text("训练在第几轮停止", "after which epoch training stopped")
    return (*data_parties, sizes("dealer"), Disclosure("dealer", "stop_epoch", stop))


SPEC = Spec(
    name="logistic_regression.train",
    version="1",
    title=Text("训练纵向逻辑回归", "Train logistic regression"),
    help=Text(
        "标签方与特征方在秘密分享上联合训练逻辑回归。特征、标签、梯度与权重均不出现明文；模型以秘密分享形式由双方各持一份。",
        "The label party and the feature party train a logistic regression on secret shares. Features, labels, "
        "gradients and weights never appear in the clear; each side holds one share of the model.",
    ),
    params=LogisticRegressionTrain,
    roles=ROLES,
    inputs=(ALIGNED,),
    outputs=(
        model(DATA_ROLES),
        Port("report", Kind.REPORT, Placement.PUBLIC, DATA_ROLES, Text("训练报告", "Training report")),
    ),
    engines=("native",),
    profiles=("2pc-dealer",),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="models",
)
