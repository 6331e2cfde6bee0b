"""psi.align: private set intersection; both sides keep their matching rows in one common order."""

from __future__ import annotations

from collections.abc import Mapping

from tacit.operators.matching import INPUTS, ROLES, Matching, key_types, matched_rows, matching_cost
from tacit.schema.operator import Cost, Disclosure, Kind, Placement, Port, Size, Spec
from tacit.schema.text import Text


class PsiAlign(Matching):
    """Both sides learn the match."""


def _sizes(params: PsiAlign, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    columns = {role: inputs[role].column_count() for role in ("receiver", "sender")}
    return {
        "aligned": Size(matched_rows(inputs), columns),
        "report": Size(1, {"receiver": 1, "sender": 1}),
    }


def _cost(params: PsiAlign, inputs: Mapping[str, Size]) -> Cost:
    return matching_cost(params, inputs, sender_learns=True)


def _disclosure(params: PsiAlign) -> tuple[Disclosure, ...]:
    return tuple(
        item for learner, other in (("receiver", "sender"), ("sender", "receiver")) for item in _learns(learner, other)
    )


def _learns(learner: str, other: str) -> tuple[Disclosure, ...]:
    matched = Text(
        f"自身哪些行也存在于 {{{other}}} 的数据中，以及共有多少行",
        f"which of its own rows {{{other}}} has too, and how many",
    )
    size = Text(
        f"{{{other}}} 参与求交的不同标识个数", f"the number of different keys that {{{other}}} brings into the match"
    )
    return (
        Disclosure(learner, "matched_rows", matched),
        Disclosure(learner, "set_size", size),
        key_types(learner, other),
    )


SPEC = Spec(
    name="psi.align",
    version="1",
    title=Text("隐私求交（样本对齐）", "Private set intersection (align)"),
    help=Text(
        "在不暴露各自独有标识的前提下求出双方共有的样本，双方各自保留共有的行并按同一顺序排列，供后续联合计算使用。",
        "Finds the rows that both sides have without showing the others. Each side keeps its own matching rows, both "
        "in the same order, ready for joint computation.",
    ),
    params=PsiAlign,
    roles=ROLES,
    inputs=INPUTS,
    outputs=(
        Port("aligned", Kind.ALIGNED, Placement.EACH, ("receiver", "sender"), Text("对齐样本", "Aligned rows")),
        Port("report", Kind.REPORT, Placement.EACH, ("receiver", "sender"), Text("求交报告", "Match report")),
    ),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="align",
)
