"""dataset.read: a registered dataset of one party becomes a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import model_validator

from tacit.operators.effort import READ_CELLS_PER_SECOND, local_cost
from tacit.operators.learned import nothing
from tacit.operators.setting import Column, Columns, SomeColumns, setting
from tacit.schema.operator import Cost, Disclosure, Kind, Params, Placement, Port, Role, Size, Spec
from tacit.schema.text import Text

CellType = Literal["integer", "number", "text", "boolean"]


class DatasetRead(Params):
    """Which dataset, which of its columns, and how to read them."""

    dataset: str = setting(
        title=Text("数据集", "Dataset"),
        help=Text("本方数据目录中登记的数据集名称。", "Name of the dataset in the owner's catalogue."),
        widget="dataset",
        role="owner",
        min_length=1,
        max_length=128,
        examples=["patients"],
    )
    columns: SomeColumns | None = setting(
        None,
        title=Text("列", "Columns"),
        help=Text("要读取的列，按此顺序；留空则读取全部列。", "Columns to read, in this order; empty for all."),
        widget="columns",
        role="owner",
    )
    keys: Columns = setting(
        [],
        title=Text("标识列", "Key columns"),
        help=Text(
            "用于对齐样本的标识列（如证件号、手机号）。标识列不会作为特征参与计算。",
            "Columns that identify a row (an id, a phone number). They are used to match rows, never as features.",
        ),
        widget="columns",
        role="owner",
        max_length=8,
    )
    label: Column | None = setting(
        None,
        title=Text("标签列", "Label column"),
        help=Text(
            "待预测的列；没有则留空。标签列不会作为特征。",
            "The column to be predicted, if there is one. It is never used as a feature.",
        ),
        widget="column",
        role="owner",
    )
    positive: str | None = setting(
        None,
        title=Text("正类取值", "Value that counts as 1"),
        help=Text(
            "标签列只有两种取值（如“是”与“否”）时，此取值读作 1，另一取值读作 0；"
            "标签已是 0 与 1 则留空。流程的各参与方都能看到它。",
            "For a label of two values, such as yes and no: this one is read as 1, the other as 0. Empty for a label "
            "that is 0 and 1 already. All parties of the flow read it.",
        ),
        min_length=1,
        max_length=256,
        examples=["yes"],
    )
    null_values: list[str] = setting(
        ["", "NA", "NaN", "null", "NULL"],
        title=Text("缺失值写法", "Spellings of a missing value"),
        help=Text("文本文件中视为缺失的写法。", "Cells of a text file with one of these contents count as missing."),
        max_length=64,
    )
    bad_cells: Literal["refuse", "null"] = setting(
        "refuse",
        title=Text("无法解析的单元格", "Cells that do not parse"),
        help=Text(
            "当“列类型”声明的类型与单元格内容不符时如何处理。",
            "What to do with a cell that is not of the type declared for its column.",
        ),
        options={"refuse": Text("报错并停止", "Stop with an error"), "null": Text("按缺失处理", "Treat as missing")},
    )
    types: dict[Column, CellType] = setting(
        {},
        title=Text("列类型", "Column types"),
        help=Text(
            "为列指定类型；未指定的列按内容或文件结构推断。",
            "Types of columns; a column that is not named keeps the type of its file or is inferred.",
        ),
        widget="column_types",
        role="owner",
        options={
            "integer": Text("整数", "Integer"),
            "number": Text("数值", "Number"),
            "text": Text("文本", "Text"),
            "boolean": Text("布尔", "Boolean"),
        },
    )

    @model_validator(mode="after")
    def _roles_fit(self) -> DatasetRead:
        if self.label is not None and self.label in self.keys:
            raise ValueError("the label column cannot be a key column too")
        self._check_positive()
        if self.columns is not None:
            named = {*self.keys, *self.types} | ({self.label} if self.label is not None else set())
            missing = sorted(named - set(self.columns))
            if missing:
                raise ValueError(f"keys, label and types may only name columns that are read; not read: {missing}")
        return self

    def _check_positive(self) -> None:
        if self.positive is None:
            return
        if self.label is None:
            raise ValueError("`positive` is a value of the label column, and no label is named")
        if self.types.get(self.label, "text") != "text":
            raise ValueError("a label with `positive` is read as text; leave it out of `types`")
        if self.positive in self.null_values:
            raise ValueError("`positive` is named as a spelling of a missing value too")


def _sizes(params: DatasetRead, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    dataset = inputs["dataset"]
    columns = dataset.column_count() if params.columns is None else len(params.columns)
    return {"table": Size(dataset.rows, {"owner": columns})}


def _cost(params: DatasetRead, inputs: Mapping[str, Size]) -> Cost:
    return local_cost(inputs["dataset"], rate=READ_CELLS_PER_SECOND)


def _disclosure(params: DatasetRead) -> tuple[Disclosure, ...]:
    return nothing("owner")


SPEC = Spec(
    name="dataset.read",
    version="1",
    title=Text("读取数据集", "Read dataset"),
    help=Text(
        "读取本方登记的数据集，并标明标识列与标签列。数据不离开本方。",
        "Reads a registered dataset of its owner and marks its key and label columns. Nothing leaves the owner.",
    ),
    params=DatasetRead,
    roles=(Role("owner", Text("持有方", "Owner")),),
    inputs=(),
    outputs=(Port("table", Kind.TABLE, Placement.ONE, ("owner",), Text("数据表", "Table")),),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="data",
    talks=False,
)
