"""table.profile: what is in a table, for its owner's eyes."""

from __future__ import annotations

from collections.abc import Mapping

from tacit.operators.effort import local_cost
from tacit.operators.learned import nothing
from tacit.schema.operator import Cost, Disclosure, Kind, Params, Placement, Port, Role, Size, Spec
from tacit.schema.text import Text

_PASSES = 6  # type, nulls, distinct values, quantiles, moments, patterns


class TableProfile(Params):
    """Nothing to set."""


def _sizes(params: TableProfile, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    return {"report": Size(1, {"owner": 1})}


def _cost(params: TableProfile, inputs: Mapping[str, Size]) -> Cost:
    return local_cost(inputs["table"], passes=_PASSES)


def _disclosure(params: TableProfile) -> tuple[Disclosure, ...]:
    return nothing("owner")


SPEC = Spec(
    name="table.profile",
    version="1",
    title=Text("数据概况", "Profile table"),
    help=Text(
        "统计每一列的类型、缺失率、取值个数与分布，报告仅本方可见。",
        "Type, missing values, distinct values and distribution of every column. Only the owner sees the report.",
    ),
    params=TableProfile,
    roles=(Role("owner", Text("持有方", "Owner")),),
    inputs=(Port("table", Kind.TABLE, Placement.ONE, ("owner",), Text("数据表", "Table")),),
    outputs=(Port("report", Kind.REPORT, Placement.ONE, ("owner",), Text("概况报告", "Profile")),),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="data",
    talks=False,
)
