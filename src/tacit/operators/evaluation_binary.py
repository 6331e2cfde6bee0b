"""evaluation.binary: how well scores separate 0 from 1, computed by the owner of the scores."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import model_validator

from tacit.operators.effort import local_cost
from tacit.operators.learned import nothing
from tacit.operators.setting import Column, setting
from tacit.schema.operator import Cost, Disclosure, Kind, Params, Placement, Port, Role, Size, Spec
from tacit.schema.text import Text

_PASSES = 8  # sorting dominates


class EvaluationBinary(Params):
    """Which columns hold truth and score, and how fine the curves are."""

    label: Column | None = setting(
        None,
        title=Text("标签列", "Label column"),
        help=Text(
            "真实的 0/1 标签；留空则使用读取数据时声明的标签列。",
            "The true 0 or 1; empty for the label declared when reading.",
        ),
        widget="column",
        role="owner",
    )
    score: Column = setting(
        "score",
        title=Text("得分列", "Score column"),
        help=Text("取值 0～1 的预测得分。", "Scores between 0 and 1."),
        widget="column",
        role="owner",
    )
    threshold: float = setting(
        0.5,
        title=Text("判定阈值", "Threshold"),
        help=Text("得分不低于该值即判为 1。", "A score of at least this counts as 1."),
        ge=0,
        le=1,
    )
    points: int = setting(
        100,
        title=Text("曲线点数", "Points of the curves"),
        help=Text("ROC、KS 等曲线上的点数。", "How many points the ROC, KS and other curves have."),
        ge=2,
        le=10_000,
    )

    @model_validator(mode="after")
    def _two_columns(self) -> EvaluationBinary:
        if self.label == self.score:
            raise ValueError("label and score must be different columns")
        return self


def _sizes(params: EvaluationBinary, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    return {"report": Size(1, {"owner": 1})}


def _cost(params: EvaluationBinary, inputs: Mapping[str, Size]) -> Cost:
    return local_cost(inputs["scores"], passes=_PASSES)


def _disclosure(params: EvaluationBinary) -> tuple[Disclosure, ...]:
    return nothing("owner")


SPEC = Spec(
    name="evaluation.binary",
    version="1",
    title=Text("二分类评估", "Evaluate binary scores"),
    help=Text(
        "由得分持有方在本地计算 AUC、KS、准确率、精确率、召回率与曲线，结果不外传。",
        "AUC, KS, accuracy, precision, recall and curves, computed where the scores are. Nothing leaves the owner.",
    ),
    params=EvaluationBinary,
    roles=(Role("owner", Text("持有方", "Owner")),),
    inputs=(Port("scores", Kind.TABLE, Placement.ONE, ("owner",), Text("预测得分", "Scores")),),
    outputs=(Port("report", Kind.REPORT, Placement.ONE, ("owner",), Text("评估报告", "Evaluation")),),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="evaluation",
    talks=False,
)
