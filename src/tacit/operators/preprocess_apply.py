"""preprocess.apply: use fitted preprocessing on further aligned rows."""

from __future__ import annotations

from collections.abc import Mapping

from tacit.operators.effort import local_cost
from tacit.operators.learned import nothing
from tacit.operators.pair import PAIR, ROLES, aligned, transform
from tacit.schema.operator import Cost, Disclosure, Params, Size, Spec
from tacit.schema.text import Text

_PASSES = 2  # fill, scale


class PreprocessApply(Params):
    """Nothing to set: the rules come with the transform."""


def _sizes(params: PreprocessApply, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    return {"aligned": inputs["aligned"]}


def _cost(params: PreprocessApply, inputs: Mapping[str, Size]) -> Cost:
    return local_cost(inputs["aligned"], passes=_PASSES)


def _disclosure(params: PreprocessApply) -> tuple[Disclosure, ...]:
    return nothing(*PAIR)


SPEC = Spec(
    name="preprocess.apply",
    version="1",
    title=Text("应用预处理", "Apply preprocessing"),
    help=Text(
        "把已拟合的预处理规则应用到测试集或新样本，各方只处理自身的列。",
        "Applies fitted preprocessing to test rows or new rows; each side works on its own columns.",
    ),
    params=PreprocessApply,
    roles=ROLES,
    inputs=(aligned("aligned", Text("对齐样本", "Aligned rows")), transform()),
    outputs=(aligned("aligned", Text("处理后的样本", "Prepared rows")),),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="prepare",
    talks=False,
)
