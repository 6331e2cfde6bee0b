"""table.split: aligned rows into training and test rows, the same at both sides."""

from __future__ import annotations

from collections.abc import Mapping

from tacit.operators.effort import local_cost
from tacit.operators.learned import nothing
from tacit.operators.pair import PAIR, ROLES, aligned
from tacit.operators.setting import Seed, setting
from tacit.schema.operator import Cost, Disclosure, Params, Size, Spec
from tacit.schema.text import Text


class TableSplit(Params):
    """How many rows to hold back, and which."""

    test_fraction: float = setting(
        0.25,
        title=Text("测试集比例", "Test fraction"),
        help=Text("留作测试的样本比例，大于 0 且小于 1。", "Share of the rows held back for testing, between 0 and 1."),
        gt=0,
        lt=1,
    )
    seed: Seed = setting(
        0,
        title=Text("随机种子", "Seed"),
        help=Text(
            "决定哪些行进入测试集；双方使用同一种子，因此无需通信。",
            "Decides which rows go to the test part. Both sides use the same one and need not talk.",
        ),
        widget="seed",
    )


def _sizes(params: TableSplit, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    whole = inputs["aligned"]
    test = round(whole.rows * params.test_fraction)
    return {"train": Size(whole.rows - test, whole.columns), "test": Size(test, whole.columns)}


def _cost(params: TableSplit, inputs: Mapping[str, Size]) -> Cost:
    return local_cost(inputs["aligned"])


def _disclosure(params: TableSplit) -> tuple[Disclosure, ...]:
    return nothing(*PAIR)


SPEC = Spec(
    name="table.split",
    version="1",
    title=Text("划分训练集与测试集", "Split into train and test"),
    help=Text(
        "把对齐样本随机划分为训练集与测试集，双方得到相同的划分，无需通信。",
        "Splits aligned rows at random into training and test rows, the same way at both sides, without talking.",
    ),
    params=TableSplit,
    roles=ROLES,
    inputs=(aligned("aligned", Text("对齐样本", "Aligned rows")),),
    outputs=(aligned("train", Text("训练集", "Training rows")), aligned("test", Text("测试集", "Test rows"))),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="prepare",
    talks=False,
)
