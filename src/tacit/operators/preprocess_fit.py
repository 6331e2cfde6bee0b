"""preprocess.fit: learn how to fill and scale each side's own feature columns, and do so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tacit.operators.effort import local_cost
from tacit.operators.learned import nothing
from tacit.operators.pair import PAIR, ROLES, aligned, transform
from tacit.operators.setting import setting
from tacit.schema.operator import Cost, Disclosure, Params, Size, Spec
from tacit.schema.text import Text

_PASSES = 4  # moments or quantiles, fill, shift, scale


class PreprocessFit(Params):
    """How missing values, scale and constant columns are treated."""

    missing: Literal["mean", "median", "zero", "refuse"] = setting(
        "mean",
        title=Text("缺失值填充", "Missing values"),
        help=Text("特征列中的缺失值如何填充。", "What takes the place of missing values in feature columns."),
        options={
            "mean": Text("均值", "Mean"),
            "median": Text("中位数", "Median"),
            "zero": Text("零", "Zero"),
            "refuse": Text("报错并停止", "Stop with an error"),
        },
    )
    scale: Literal["standard", "minmax", "none"] = setting(
        "standard",
        title=Text("缩放方式", "Scaling"),
        help=Text(
            "特征列如何缩放；训练逻辑回归前建议标准化。",
            "How feature columns are scaled. Standardise before training a logistic regression.",
        ),
        options={
            "standard": Text("标准化（均值 0、标准差 1）", "Standard (mean 0, standard deviation 1)"),
            "minmax": Text("归一化到 0～1", "To the range 0 to 1"),
            "none": Text("不缩放", "None"),
        },
    )
    constant: Literal["refuse", "drop"] = setting(
        "drop",
        title=Text("常数列", "Constant columns"),
        help=Text(
            "所有取值都相同的特征列如何处理。", "What to do with feature columns that have the same value in every row."
        ),
        options={"refuse": Text("报错并停止", "Stop with an error"), "drop": Text("删除该列", "Drop the column")},
    )


def _sizes(params: PreprocessFit, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    return {"aligned": inputs["aligned"], "transform": Size(1, inputs["aligned"].columns)}


def _cost(params: PreprocessFit, inputs: Mapping[str, Size]) -> Cost:
    return local_cost(inputs["aligned"], passes=_PASSES)


def _disclosure(params: PreprocessFit) -> tuple[Disclosure, ...]:
    return nothing(*PAIR)


SPEC = Spec(
    name="preprocess.fit",
    version="1",
    title=Text("拟合预处理", "Fit preprocessing"),
    help=Text(
        "各方在本地为自身特征列学习缺失值填充与缩放规则，并应用到训练数据；规则可用于测试集和新数据。",
        "Each side learns from its own columns how to fill missing values and to scale, and applies it. The rules can "
        "be used again on test rows and new rows.",
    ),
    params=PreprocessFit,
    roles=ROLES,
    inputs=(aligned("aligned", Text("对齐样本", "Aligned rows")),),
    outputs=(aligned("aligned", Text("处理后的样本", "Prepared rows")), transform()),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="prepare",
    talks=False,
)
