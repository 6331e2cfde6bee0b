"""psi.match: private set intersection of which only the receiver learns the result."""

from __future__ import annotations

from collections.abc import Mapping

from tacit.operators.matching import INPUTS, ROLES, Matching, key_types, matched_rows, matching_cost
from tacit.schema.operator import Cost, Disclosure, Kind, Placement, Port, Size, Spec
from tacit.schema.text import Text


class PsiMatch(Matching):
    """Only the receiver learns the match."""


def _sizes(params: PsiMatch, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    return {
        "matched": Size(matched_rows(inputs), {"receiver": inputs["receiver"].column_count()}),
        "report": Size(1, {"receiver": 1, "sender": 1}),
    }


def _cost(params: PsiMatch, inputs: Mapping[str, Size]) -> Cost:
    return matching_cost(params, inputs, sender_learns=False)


def _disclosure(params: PsiMatch) -> tuple[Disclosure, ...]:
    return (
        Disclosure(
            "receiver",
            "matched_rows",
            Text(
                "自身哪些行也存在于 {sender} 的数据中，以及共有多少行",
                "which of its own rows {sender} has too, and how many",
            ),
        ),
        Disclosure(
            "receiver",
            "set_size",
            Text("{sender} 参与求交的不同标识个数", "the number of different keys that {sender} brings into the match"),
        ),
        Disclosure(
            "sender",
            "set_size",
            Text(
                "{receiver} 参与求交的不同标识个数，但不知道匹配了多少、匹配了哪些",
                "the number of different keys that {receiver} brings into the match, but neither how many nor which "
                "of them matched",
            ),
        ),
        key_types("receiver", "sender"),
        key_types("sender", "receiver"),
    )


SPEC = Spec(
    name="psi.match",
    version="1",
    title=Text("隐私求交（单方获知）", "Private set intersection (one side learns)"),
    help=Text(
        "求出双方共有的样本，仅接收方获知结果并得到自身匹配的行；发送方不知道匹配情况。",
        "Finds the rows that both sides have. Only the receiver learns which, and gets its own matching rows; the "
        "sender does not learn the match.",
    ),
    params=PsiMatch,
    roles=ROLES,
    inputs=INPUTS,
    outputs=(
        Port("matched", Kind.TABLE, Placement.ONE, ("receiver",), Text("匹配的行", "Matching rows")),
        Port("report", Kind.REPORT, Placement.EACH, ("receiver", "sender"), Text("求交报告", "Match report")),
    ),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="align",
)
