"""What each side of a private set intersection learns, for every choice of parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tacit.schema.operator import Disclosure
from tacit.schema.text import Text

if TYPE_CHECKING:
    from tacit.operators.psi import Psi

_OTHER = {"receiver": "sender", "sender": "receiver"}


def disclose(params: Psi) -> tuple[Disclosure, ...]:
    """One entry for every thing that a role learns beyond its own table."""
    return tuple(item for learner in _OTHER for item in _learns(params, learner, _OTHER[learner]))


def _learns(params: Psi, learner: str, other: str) -> Iterator[Disclosure]:
    if learner == "receiver" or params.learner == "both":
        yield Disclosure(learner, *(_new_rows(params, other) if params.since is not None else _result(params, other)))
        yield from _beyond(params, learner, other)
    elif params.reveal == "sum" and params.threshold is not None:
        yield Disclosure(
            learner,
            "threshold_reached",
            Text(
                f"与 {{{other}}} 相同的标识是否至少有 {params.threshold} 个",
                f"whether at least {params.threshold} keys are common with {{{other}}}",
            ),
        )
    yield Disclosure(learner, "set_size", _set_size(params, learner, other))
    if params.since is not None:
        yield from _news(params, learner, other)
    if params.protocol == "unbalanced" or params.allow_kept_table:
        yield _table(params, learner, other)
    yield Disclosure(
        learner,
        "key_types",
        Text(
            f"{{{other}}} 标识列的个数与类型（整数、文本或日期）",
            f"the number and the types (integer, text or date) of {{{other}}}'s key columns",
        ),
    )
    yield Disclosure(
        learner,
        "similar_runs",
        Text(
            f"{{{other}}} 近期已有多少次求交使用了与本次几乎相同的标识",
            f"how often {{{other}}} has recently matched with almost the same keys as this time",
        ),
    )


def _news(params: Psi, learner: str, other: str) -> Iterator[Disclosure]:
    yield Disclosure(
        learner,
        "new_keys",
        Text(
            f"{{{other}}} 的标识中有多少是系列 {params.since} 上次运行之后新增的，以及该系列已运行的次数",
            f"how many keys of {{{other}}} are new since the last run of the series {params.since}, and how many runs "
            "the series has had",
        ),
    )
    if learner == "receiver" or params.learner == "both":
        yield Disclosure(
            learner,
            "new_matches",
            Text(
                "每个新增匹配的标识是否为接收方新增",
                "of each new match, whether its key is new at the receiver",
            ),
        )


def _table(params: Psi, learner: str, other: str) -> Disclosure:
    sure = params.protocol == "unbalanced"
    if learner == "sender":
        text = Text(
            f"{{{other}}} 何时查询、每次查询多少个标识，以及它已保存密封表的哪个版本；不知道查询了哪些标识",
            f"when {{{other}}} asks, about how many keys, and which version of the sealed table it has; not about "
            "which keys",
        )
        return Disclosure(learner, "queries", _if_chosen(text, sure))
    text = Text(
        f"保存 {{{other}}} 的密封表（不经 {{{other}}} 应答无法读取），以后每次运行可见其标识增加、更改、移除了多少个；"
        f"得知剩余的查询额度（每张表 {params.table_queries} 个）；已查询过的标识，其以后的变化不再需要查询即可得知",
        f"keeps a sealed table of {{{other}}}, unreadable without its answers; sees in later runs how many keys came, "
        f"changed or went, and how many of {params.table_queries} queries per table are left; of keys once asked "
        "about, also what becomes of them later",
    )
    if params.sender_columns:
        text = Text(
            f"{text.zh}；以及最长一行所提供列的长度", f"{text.en}; and how long the longest row of the columns is"
        )
    return Disclosure(learner, "kept_table", _if_chosen(text, sure))


def _if_chosen(text: Text, sure: bool) -> Text:
    if sure:
        return text
    return Text(f"若自动选用密封表：{text.zh}", f"if a kept table is chosen: {text.en}")


def _new_rows(params: Psi, other: str) -> tuple[str, Text]:
    return "matched_rows", Text(
        f"自身哪些行也存在于 {{{other}}} 的数据中（仅系列 {params.since} 上次运行以来的新增匹配），以及有多少行",
        f"which of its own rows {{{other}}} has too, as far as that is new since the last run of the series "
        f"{params.since}, and how many",
    )


def _result(params: Psi, other: str) -> tuple[str, Text]:
    if params.reveal == "rows":
        return "matched_rows", Text(
            f"自身哪些行也存在于 {{{other}}} 的数据中，以及共有多少行",
            f"which of its own rows {{{other}}} has too, and how many",
        )
    if params.reveal == "threshold":
        return "threshold_reached", Text(
            f"与 {{{other}}} 相同的标识是否至少有 {params.threshold} 个，而不知道具体数量",
            f"whether at least {params.threshold} keys are common with {{{other}}}, but not how many",
        )
    if params.reveal == "sum" and params.threshold is not None:
        return "sum_of_matched", Text(
            f"与 {{{other}}} 相同的标识是否至少有 {params.threshold} 个；若是，则这些行上的总和，而不知道具体数量",
            f"whether at least {params.threshold} keys are common with {{{other}}} and, if so, the sums over those "
            "rows, but not how many they are",
        )
    if params.reveal == "sum":
        return "sum_of_matched", Text(
            f"与 {{{other}}} 相同的标识的数量，以及求和列在这些行上的总和，而不知道是哪些行",
            f"how many keys are common with {{{other}}} and the sums over those rows, but not which rows they are",
        )
    if params.epsilon is not None:
        return "noisy_count", Text(
            f"与 {{{other}}} 相同的标识的数量（加入 ε = {params.epsilon:g} 的噪声），而不知道是哪些",
            f"how many keys are common with {{{other}}}, with noise of ε = {params.epsilon:g}, but not which",
        )
    return "count", Text(
        f"与 {{{other}}} 相同的标识的数量，而不知道是哪些", f"how many keys are common with {{{other}}}, but not which"
    )


def _beyond(params: Psi, learner: str, other: str) -> Iterator[Disclosure]:
    given = params.sender_columns if learner == "receiver" else params.receiver_columns
    if given:
        yield Disclosure(
            learner,
            "columns_of_matched",
            Text(
                f"匹配行中 {{{other}}} 的 {len(given)} 个列的明文值",
                f"the values of {len(given)} columns of {{{other}}} in the matching rows",
            ),
        )
    if params.duplicates == "all" and params.learner == "both":
        yield Disclosure(
            learner,
            "multiplicities",
            Text(
                f"每个相同标识在 {{{other}}} 的数据中出现的行数",
                f"in how many rows of {{{other}}} each common key stands",
            ),
        )
    if params.join in ("right" if learner == "receiver" else "left", "full", "union"):
        yield Disclosure(
            learner,
            "unmatched_rows",
            Text(f"{{{other}}} 有多少行没有匹配", f"how many rows of {{{other}}} have no partner"),
        )
    if params.join == "union":
        yield Disclosure(
            learner,
            "all_keys",
            Text(f"{{{other}}} 的全部标识（明文）", f"all keys of {{{other}}}, in the clear"),
        )


def _set_size(params: Psi, learner: str, other: str) -> Text:
    if learner == "sender" and params.learner == "receiver":
        return Text(
            f"{{{other}}} 参与求交的不同标识个数，但不知道匹配了多少、匹配了哪些",
            f"the number of different keys that {{{other}}} brings into the match, but neither how many nor which of "
            "them matched",
        )
    return Text(
        f"{{{other}}} 参与求交的不同标识个数", f"the number of different keys that {{{other}}} brings into the match"
    )
