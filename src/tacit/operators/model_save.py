"""model.save: each side keeps its piece of a model, and of the preprocessing before it, under a name."""

from __future__ import annotations

from collections.abc import Mapping

from tacit.operators.effort import file_cost
from tacit.operators.learned import nothing
from tacit.operators.pair import PAIR, ROLES, model, transform
from tacit.operators.setting import StoredName, setting
from tacit.schema.operator import Cost, Disclosure, Kind, Params, Placement, Port, Size, Spec
from tacit.schema.text import Text


class ModelSave(Params):
    """The name under which both sides will find it again."""

    name: StoredName = setting(
        title=Text("模型名称", "Model name"),
        help=Text(
            "小写字母开头，可含小写字母、数字、下划线与连字符；重复保存会生成新版本。",
            "Starts with a small letter; small letters, digits, _ and -. Saving again makes a new version.",
        ),
        widget="name",
        examples=["joint-risk"],
    )


def _sizes(params: ModelSave, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    return {"report": Size(1, dict.fromkeys(PAIR, 1))}


def _cost(params: ModelSave, inputs: Mapping[str, Size]) -> Cost:
    return file_cost()


def _disclosure(params: ModelSave) -> tuple[Disclosure, ...]:
    return nothing(*PAIR)


SPEC = Spec(
    name="model.save",
    version="1",
    title=Text("保存模型", "Save model"),
    help=Text(
        "双方各自保存自己持有的模型分片，可一并保存预处理规则；分片不离开本方。",
        "Each side keeps its own piece of the model and, if connected, of the preprocessing. No piece leaves its side.",
    ),
    params=ModelSave,
    roles=ROLES,
    inputs=(model(), transform(optional=True)),
    outputs=(Port("report", Kind.REPORT, Placement.EACH, PAIR, Text("保存报告", "Save report")),),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="models",
    talks=False,
)
