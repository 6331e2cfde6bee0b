"""psi.many: private set intersection of three to ten parties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tacit.operators.effort import BASE_MB, KEY_BYTES, MB, WORD_BYTES, cells
from tacit.operators.psi_effort import START_SECONDS
from tacit.operators.psi_settings import NORMALISE, NULLS, NormaliseRules
from tacit.operators.setting import KeyColumns, setting
from tacit.schema.operator import Cost, Disclosure, Kind, Params, Placement, Port, Role, Size, Spec
from tacit.schema.text import Text

LEADER = "leader"
MEMBERS = tuple(f"member_{number}" for number in range(2, 11))
SEATS = (LEADER, *MEMBERS)
_NEEDED = SEATS[:3]

_KEYS_PER_SECOND = 2_600_000.0  # of the leader, per member, all parties on two cores
_MEMBER_SECONDS = 0.1  # for each, whatever the tables
_LEADER_BYTES = 23  # per key of the leader and member
_HINT_BYTES = 11  # per key of a member
_TELL_BYTES = 12  # per key of the leader and member, when all learn

Seat = Literal[
    "leader",
    "member_2",
    "member_3",
    "member_4",
    "member_5",
    "member_6",
    "member_7",
    "member_8",
    "member_9",
    "member_10",
]


class PsiMany(Params):
    """Which keys are compared, and who may know what is common."""

    keys: dict[Seat, KeyColumns] = setting(
        {},
        title=Text("标识列", "Key columns"),
        help=Text(
            "各方参与求交的标识列；未列出的一方使用读取数据时声明的标识列。",
            "Columns that are compared, by seat; a seat that is not named uses the key columns declared when reading.",
        ),
        widget="role_columns",
    )
    normalise: NormaliseRules = NORMALISE
    nulls: Literal["refuse", "drop"] = NULLS
    duplicates: Literal["refuse", "first"] = setting(
        "refuse",
        title=Text("标识重复的行", "Rows with the same key"),
        help=Text("同一方多行标识相同时如何处理。", "What to do when several rows of one side have the same key."),
        options={"refuse": Text("报错并停止", "Stop with an error"), "first": Text("保留第一行", "Keep the first")},
    )
    learner: Literal["all", "leader"] = setting(
        "all",
        title=Text("获知结果的一方", "Who learns the result"),
        help=Text("结果由各方获知，或仅由主导方获知。", "Whether all parties learn the result, or the leader alone."),
        options={"all": Text("各方", "All"), "leader": Text("仅主导方", "The leader alone")},
    )


def _produced(params: PsiMany) -> frozenset[str]:
    return frozenset({"report", "aligned" if params.learner == "all" else "matched"})


def _sizes(params: PsiMany, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    common = min(size.rows for size in inputs.values())
    columns = {role: size.column_count() for role, size in inputs.items() if role in SEATS}
    sizes = {
        "aligned": Size(common, columns),
        "matched": Size(common, {LEADER: columns.get(LEADER, 1)}),
        "report": Size(1, dict.fromkeys(columns, 1)),
    }
    return {port: sizes[port] for port in _produced(params)}


def _cost(params: PsiMany, inputs: Mapping[str, Size]) -> Cost:
    leader = inputs[LEADER].rows if LEADER in inputs else max(size.rows for size in inputs.values())
    members = [size.rows for role, size in inputs.items() if role in MEMBERS]
    told = _TELL_BYTES if params.learner == "all" else 0
    sent = sum((_LEADER_BYTES + told) * leader + _HINT_BYTES * rows for rows in members)
    seconds = sum((leader + rows) / 2 / _KEYS_PER_SECOND for rows in members)
    largest = max(inputs.values(), key=cells)
    memory = (200 * MB + 2 * KEY_BYTES * largest.rows + 2 * WORD_BYTES * cells(largest)) // MB
    return Cost(START_SECONDS + _MEMBER_SECONDS * len(members) + seconds, sent, BASE_MB + memory)


def _disclosure(params: PsiMany) -> tuple[Disclosure, ...]:
    return tuple(item for seat in SEATS for item in _learns(params, seat))


def _learns(params: PsiMany, seat: str) -> tuple[Disclosure, ...]:
    result = Disclosure(
        seat,
        "matched_rows",
        Text(
            "自身哪些行在所有各方的数据中都存在，以及共有多少行；不知道部分一方之间的交集",
            "which of its own rows all the parties have, and how many; not what only some of them have",
        ),
    )
    if seat == LEADER:
        sizes = Text("各方参与求交的不同标识个数", "the number of different keys of every party")
    else:
        sizes = Text(
            "{leader} 的不同标识个数；若有成员的更多，则为其中最多者的大致规模",
            "the number of different keys of {leader} and, if a member has more, roughly the largest number",
        )
    types = Text(
        "各方标识列的个数与类型（整数、文本或日期）",
        "the number and the types (integer, text or date) of the parties' key columns",
    )
    similar = Text(
        "各方近期已有多少次多方求交使用了与本次几乎相同的标识",
        "how often each party has recently matched with many others with almost the same keys as this time",
    )
    known = (
        Disclosure(seat, "set_size", sizes),
        Disclosure(seat, "key_types", types),
        Disclosure(seat, "similar_runs", similar),
    )
    return (result, *known) if seat == LEADER or params.learner == "all" else known


def _role(seat: str) -> Role:
    if seat == LEADER:
        return Role(seat, Text("主导方", "Leader"))
    number = seat.removeprefix("member_")
    return Role(seat, Text(f"成员 {number}", f"Member {number}"), optional=seat not in _NEEDED)


def _input(seat: str) -> Port:
    name = _role(seat).title
    title = Text(f"{name.zh}数据表", f"Table of {name.en[0].lower()}{name.en[1:]}")
    return Port(seat, Kind.TABLE, Placement.ONE, (seat,), title, optional=seat not in _NEEDED)


SPEC = Spec(
    name="psi.many",
    version="1",
    title=Text("多方隐私求交", "Private set intersection of many"),
    help=Text(
        "求出三至十方共有的样本，不暴露任何两方之间的交集。各方结果行序一致。主导方与其他各方合谋时，"
        "可得知自身哪些标识为所有未合谋方共有。",
        "Finds the rows that three to ten parties all have, without showing what only some of them share. All results "
        "stand in the same order. A leader that colludes with others learns which of its keys all the rest have.",
    ),
    params=PsiMany,
    roles=tuple(_role(seat) for seat in SEATS),
    inputs=tuple(_input(seat) for seat in SEATS),
    outputs=(
        Port("aligned", Kind.ALIGNED, Placement.EACH, SEATS, Text("对齐样本", "Aligned rows"), optional=True),
        Port("matched", Kind.TABLE, Placement.ONE, (LEADER,), Text("主导方的行", "Rows of the leader"), optional=True),
        Port("report", Kind.REPORT, Placement.EACH, SEATS, Text("求交报告", "Match report")),
    ),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=_disclosure,
    sizes=_sizes,
    cost=_cost,
    group="align",
    produces=_produced,
)
