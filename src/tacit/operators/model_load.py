"""model.load: each side takes its piece of a saved model out again."""

from __future__ import annotations

from collections.abc import Mapping

from tacit.operators.effort import file_cost
from tacit.operators.learned import nothing
from tacit.operators.pair import PAIR, ROLES, model, transform
from tacit.operators.setting import StoredName, Version, setting
from tacit.schema.operator import Cost, Disclosure, Params, Size, Spec
from tacit.schema.text import Text


class ModelLoad(Params):
    """Which model, and which version of it."""

    name: StoredName = setting(
        title=Text("模型名称", "Model name"),
        help=Text("保存时使用的名称。", "The name under which it was saved."),
        widget="model",
        examples=["joint-risk"],
    )
    version: Version | None = setting(
        None,
        title=Text("版本", "Version"),
        help=Text("留空则使用最新版本。", "Empty for the newest."),
        widget="model_version",
    )


def _sizes(params: ModelLoad, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    # What lies in the model library is not known to a forecast; the pieces are small.
    piece = Size(1, dict.fromkeys(PAIR, 1))
    return {"model": piece, "transform": piece}


def _cost(params: ModelLoad, inputs: Mapping[str, Size]) -> Cost:
    return file_cost()


def _disclosure(params: ModelLoad) -> tuple[Disclosure, ...]:
    return nothing(*PAIR)


SPEC = Spec(
    name="model.load",
    version="1",
    title=Text("载入模型", "Load model"),
    help=Text(
        "双方各自载入已保存的模型分片与预处理规则；两份分片须属于同一模型。",
        "Each side loads its saved piece of a model and of the preprocessing. Both pieces must be of the same model.",
    ),
    params=ModelLoad,
    roles=ROLES,
    inputs=(),
    outputs=(model(), transform()),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="models",
    talks=False,
)
