"""stats.joint: grouped statistics where the groups are one party's and the figures the other's, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from tacit.operators.effort import (
    BASE_MB,
    LOCAL_CELLS_PER_SECOND,
    MB,
    RING_WORDS_PER_SECOND,
    STEP_SECONDS,
    WORD_BYTES,
    cells,
)
from tacit.operators.learned import SIZES, sizes
from tacit.operators.pair import PAIR, ROLES, aligned
from tacit.operators.setting import Column, Columns, setting
from tacit.schema.operator import Cost, Disclosure, Kind, Params, Placement, Port, Role, Size, Spec
from tacit.schema.text import Text, literal

Side = Literal["first", "second"]
Measure = Literal["count", "sum", "mean", "variance"]

_GROUPS = 4  # groups assumed by the forecast: their number is not known before the run
_LOCAL_PASSES = 6  # sums, squares and ranges of a party's own columns
_SHOWN_COLUMNS = 12  # a disclosure names so many columns; all of them stand in the flow
_FIGURE_BYTES = 60  # one figure of the report, sent both ways

MEASURES: dict[str, Text] = {
    "count": Text("计数", "Count"),
    "sum": Text("总和", "Sum"),
    "mean": Text("均值", "Mean"),
    "variance": Text("方差", "Variance"),
}
_NAMES = {
    "count": Text("非缺失值个数", "count of present values"),
    "sum": Text("总和", "sum"),
    "mean": Text("均值", "mean"),
    "variance": Text("方差", "variance"),
}


class Group(Params):
    """The column whose values are the groups, and whose column it is."""

    role: Side = setting(
        title=Text("所属方", "Owner"),
        help=Text("分组列属于哪一方。", "Which side owns the grouping column."),
        options={"first": Text("第一方", "First party"), "second": Text("第二方", "Second party")},
        examples=["first"],
    )
    column: Column = setting(
        title=Text("分组列", "Grouping column"),
        help=Text("按该列的取值分组。", "Rows with the same value in this column form a group."),
        widget="column",
        examples=["stage"],
    )


def _distinct_measures(values: list[Measure]) -> list[Measure]:
    if len(set(values)) != len(values):
        raise ValueError("the same measure stands in the list twice")
    return values


class StatsJoint(Params):
    """What is measured, over which groups, and how small a group may be."""

    columns: dict[Side, Columns] | None = setting(
        None,
        title=Text("统计列", "Measured columns"),
        help=Text(
            "各方参与统计的数值列；留空则为全部数值特征列。",
            "Numeric columns of each side to measure; empty for all numeric feature columns.",
        ),
        widget="role_columns",
    )
    group: Group | None = setting(
        None,
        title=Text("分组", "Grouping"),
        help=Text("按某一方的某列分组；留空则不分组。", "Group by a column of one side; empty for no groups."),
        widget="role_column",
    )
    measures: Annotated[list[Measure], Field(min_length=1), AfterValidator(_distinct_measures)] = setting(
        ["count", "sum", "mean", "variance"],
        title=Text("统计量", "Measures"),
        help=Text("对每一列计算的统计量。", "What is computed for every column."),
        widget="measures",
        options=MEASURES,
    )
    min_group_size: int = setting(
        10,
        title=Text("最小分组人数", "Minimum group size"),
        help=Text(
            "行数少于该值的分组不予公布，并同时隐去可由差额推算的分组。该规则只在单个步骤内有效，"
            "不防止多次统计之间的相减。",
            "Groups with fewer rows are withheld, and with them any group that could be worked out as the difference. "
            "The rule holds within one step: it does not prevent subtracting the results of several steps or jobs.",
        ),
        ge=2,
        le=1_000_000,
    )

    @model_validator(mode="after")
    def _something_to_measure(self) -> StatsJoint:
        if self.columns is not None and not any(self.columns.values()):
            raise ValueError("columns names no column at all; leave it out to measure every numeric feature")
        return self


def _measured(params: StatsJoint, joint: Size, role: str) -> int:
    """How many columns of `role` are measured."""
    named = None if params.columns is None else params.columns.get("first" if role == "first" else "second")
    return joint.columns.get(role, 0) if named is None else len(named)


def _parts(params: StatsJoint) -> int:
    """Summed numbers per value: whether it is there, itself, and its square as three products."""
    wanted = set(params.measures)
    return 1 + bool(wanted & {"sum", "mean", "variance"}) + 3 * ("variance" in wanted)


def _sizes(params: StatsJoint, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    return {"report": Size(1, {"first": 1, "second": 1})}


def _cost(params: StatsJoint, inputs: Mapping[str, Size]) -> Cost:
    joint = inputs["aligned"]
    columns = {role: _measured(params, joint, role) for role in PAIR}
    figures = _FIGURE_BYTES * (_GROUPS + 1) * sum(columns.values())
    local = _LOCAL_PASSES * joint.rows * sum(columns.values()) / LOCAL_CELLS_PER_SECOND
    if params.group is None:
        return Cost(STEP_SECONDS + local, figures, BASE_MB + 4 * WORD_BYTES * cells(joint) // MB)
    # Only the columns of the side that does not know the groups need the joint computation.
    other = columns["second" if params.group.role == "first" else "first"]
    words = joint.rows * (_GROUPS + _parts(params) * other)
    seconds = STEP_SECONDS + local + words / RING_WORDS_PER_SECOND
    return Cost(seconds, WORD_BYTES * words + figures, BASE_MB + 2 * WORD_BYTES * words // MB)


def _disclosure(params: StatsJoint) -> tuple[Disclosure, ...]:
    data_parties = (item for learner, other in (PAIR, PAIR[::-1]) for item in _learns(params, learner, other))
    return (*data_parties, _dealer() if params.group else sizes("dealer"))


def _dealer() -> Disclosure:
    """The dealer sees the shape of the membership matrix too."""
    text = Text(
        "计算规模（行数、列数、已公布与未公布的分组个数、轮数）",
        "the sizes of the computation (numbers of rows, columns, published and withheld groups, and rounds)",
    )
    return Disclosure("dealer", SIZES, text)


def _learns(params: StatsJoint, learner: str, other: str) -> list[Disclosure]:
    learned = [_names(learner, other), _overall(params, learner, other)]
    if params.group is None:
        return learned
    if params.group.role == other:
        learned += [_groups(params.group, learner, other, params.min_group_size), _own_cells(params, learner)]
    return [*learned, _withheld(params, learner), _grouped(params, learner, other)]


def _listed(params: StatsJoint) -> Text:
    names = [_NAMES[measure] for measure in params.measures]
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def _columns_of(params: StatsJoint, role: str) -> Text:
    """The columns of `role` that are measured, as the flow names them."""
    columns = None if params.columns is None else params.columns.get("first" if role == "first" else "second")
    if columns is None:
        return Text(f"{{{role}}} 的每个数值特征列", f"every numeric feature column of {{{role}}}")
    if not columns:
        return Text(f"{{{role}}} 的任何列（未选择）", f"no column of {{{role}}}")
    listed, more = literal(", ".join(columns[:_SHOWN_COLUMNS])), len(columns) - _SHOWN_COLUMNS
    zh, en = (f" 等 {len(columns)} 列", f" and {more} more columns") if more > 0 else ("", "")
    return Text(f"{{{role}}} 的列 {listed}{zh}", f"the columns {listed}{en} of {{{role}}}")


def _names(learner: str, other: str) -> Disclosure:
    text = Text(f"{{{other}}} 统计列的列名与列数", f"the names and the number of {{{other}}}'s measured columns")
    return Disclosure(learner, "column_names", text)


def _overall(params: StatsJoint, learner: str, other: str) -> Disclosure:
    measures, columns = _listed(params), _columns_of(params, other)
    text = Text(f"{columns.zh}在全部共有行上的{measures.zh}", f"over all common rows, {measures.en} of {columns.en}")
    return Disclosure(learner, "overall_measures", text)


def _groups(group: Group, learner: str, other: str, least: int) -> Disclosure:
    name = literal(group.column)
    text = Text(
        f"{{{other}}} 的列“{name}”中至少有 {least} 行的取值，以及每个取值的行数",
        f"the values of {{{other}}}'s column “{name}” that at least {least} rows have, and how many rows have each",
    )
    return Disclosure(learner, "group_counts", text)


def _own_cells(params: StatsJoint, learner: str) -> Disclosure:
    """The owner of the values makes the measures of its own columns from the sums that are opened to it."""
    wanted = set(params.measures)
    sums = [_NAMES["count"]]
    if wanted & {"sum", "mean", "variance"}:
        sums.append(_NAMES["sum"])
    if "variance" in wanted:
        sums.append(Text("平方和", "sum of squares"))
    text = Text(
        f"自身统计列在每个已公布分组上的{'、'.join(one.zh for one in sums)}；行数少、缺失值少或取值为此刻意构造时，"
        "由此可推知自身的某些行属于哪个分组",
        f"for every published group, {', '.join(one.en for one in sums)} of its own measured columns; with few rows, "
        "few missing values or values made for it, these tell which group some of its own rows belong to",
    )
    return Disclosure(learner, "own_group_sums", text)


def _withheld(params: StatsJoint, learner: str) -> Disclosure:
    text = Text(
        f"因不足 {params.min_group_size} 行而未公布的分组个数，已公布分组中哪些列因非缺失值过少而未公布，"
        "以及哪些列还须多隐去一个分组以防相减",
        f"how many groups are withheld because they have fewer than {params.min_group_size} rows, which columns "
        "are withheld in which published groups because too few values are present, and in which columns one more "
        "group is withheld so that they cannot be subtracted",
    )
    return Disclosure(learner, "withheld", text)


def _grouped(params: StatsJoint, learner: str, other: str) -> Disclosure:
    measures, columns = _listed(params), _columns_of(params, other)
    text = Text(
        f"{columns.zh}在每个已公布分组（至少 {params.min_group_size} 行）上的{measures.zh}",
        f"for every published group (at least {params.min_group_size} rows), {measures.en} of {columns.en}",
    )
    return Disclosure(learner, "group_measures", text)


SPEC = Spec(
    name="stats.joint",
    version="1",
    title=Text("联合统计", "Joint statistics"),
    help=Text(
        "在双方共有的样本上，按一方的列分组，统计双方各列的计数、总和、均值与方差；双方得到同一份报告，过小的分组不公布。",
        "Count, sum, mean and variance of the columns of both sides over their common rows, by groups that one side "
        "defines. Both sides get the same report; groups that are too small are withheld.",
    ),
    params=StatsJoint,
    roles=(*ROLES, Role("dealer", Text("随机数协助方", "Dealer"), dealer=True)),
    inputs=(aligned("aligned", Text("对齐样本", "Aligned rows")),),
    outputs=(Port("report", Kind.REPORT, Placement.PUBLIC, PAIR, Text("统计报告", "Statistics")),),
    engines=("native",),
    profiles=("2pc-dealer",),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="statistics",
)
