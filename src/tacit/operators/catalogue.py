"""The operators that come with Tacit, and the shelves of the palette. Read through the entry point group."""

from __future__ import annotations

from typing import Any

from tacit.operators import (
    dataset_read,
    evaluation_binary,
    logistic_regression_predict,
    logistic_regression_train,
    model_load,
    model_save,
    preprocess_apply,
    preprocess_fit,
    psi,
    psi_many,
    stats_joint,
    table_profile,
    table_split,
)
from tacit.schema.operator import Spec
from tacit.schema.text import Text

GROUPS: dict[str, Text] = {
    "data": Text("数据", "Data"),
    "align": Text("样本对齐", "Alignment"),
    "prepare": Text("数据准备", "Preparation"),
    "statistics": Text("统计分析", "Statistics"),
    "models": Text("模型", "Models"),
    "evaluation": Text("评估", "Evaluation"),
    "general": Text("其他", "Other"),
}


def specs() -> tuple[Spec[Any], ...]:
    """Built-in operators in the order of the palette."""
    return (
        dataset_read.SPEC,
        table_profile.SPEC,
        psi.SPEC,
        psi_many.SPEC,
        table_split.SPEC,
        preprocess_fit.SPEC,
        preprocess_apply.SPEC,
        stats_joint.SPEC,
        logistic_regression_train.SPEC,
        logistic_regression_predict.SPEC,
        evaluation_binary.SPEC,
        model_save.SPEC,
        model_load.SPEC,
    )
