"""What the operators for private set intersection have in common: parameters, roles, ports, size and cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import model_validator

from tacit.operators.effort import (
    BASE_MB,
    KEY_BYTES,
    MB,
    POINT_BYTES,
    POINTS_PER_SECOND,
    STEP_SECONDS,
    TAG_BYTES,
    WORD_BYTES,
    cells,
)
from tacit.operators.setting import KeyColumns, setting
from tacit.schema.operator import Cost, Disclosure, Kind, Params, Placement, Port, Role, Size
from tacit.schema.text import Text

_KEYS_HELP = Text(
    "参与求交的标识列；留空则使用读取数据时声明的标识列。双方的列数与含义须按顺序一致。",
    "Columns that are compared; empty for the key columns declared when reading. Both sides need the same number of "
    "columns with the same meaning, in the same order.",
)


class Matching(Params):
    """How rows of two tables are matched."""

    receiver_keys: KeyColumns | None = setting(
        None,
        title=Text("接收方标识列", "Key columns of the receiver"),
        help=_KEYS_HELP,
        widget="columns",
        role="receiver",
    )
    sender_keys: KeyColumns | None = setting(
        None, title=Text("发送方标识列", "Key columns of the sender"), help=_KEYS_HELP, widget="columns", role="sender"
    )
    group: Literal["ristretto255", "x25519"] = setting(
        "ristretto255",
        title=Text("椭圆曲线群", "Elliptic-curve group"),
        help=Text(
            "协议所用的群。ristretto255（RFC 9496）为素数阶群，推荐使用；x25519（RFC 7748）仅在双方另有约定时选用。",
            "Group in which the protocol computes. ristretto255 (RFC 9496) has prime order and is recommended; take "
            "x25519 (RFC 7748) only where both sides have agreed on it.",
        ),
        options={
            "ristretto255": Text("ristretto255（推荐）", "ristretto255 (recommended)"),
            "x25519": Text("x25519", "x25519"),
        },
    )
    nulls: Literal["refuse", "drop"] = setting(
        "refuse",
        title=Text("标识缺失的行", "Rows without a key"),
        help=Text("标识列含缺失值的行如何处理。", "What to do with rows that miss a value in a key column."),
        options={"refuse": Text("报错并停止", "Stop with an error"), "drop": Text("不参与求交", "Leave them out")},
    )
    duplicates: Literal["refuse", "first"] = setting(
        "refuse",
        title=Text("标识重复的行", "Rows with the same key"),
        help=Text("同一方多行标识相同时如何处理。", "What to do when several rows of one side have the same key."),
        options={"refuse": Text("报错并停止", "Stop with an error"), "first": Text("保留第一行", "Keep the first")},
    )

    @model_validator(mode="after")
    def _as_many_keys(self) -> Matching:
        both = self.receiver_keys is not None and self.sender_keys is not None
        if both and len(self.receiver_keys or ()) != len(self.sender_keys or ()):
            raise ValueError("receiver_keys and sender_keys must name the same number of columns")
        return self


ROLES = (
    Role("receiver", Text("接收方", "Receiver")),
    Role("sender", Text("发送方", "Sender")),
)

INPUTS = (
    Port("receiver", Kind.TABLE, Placement.ONE, ("receiver",), Text("接收方数据表", "Table of the receiver")),
    Port("sender", Kind.TABLE, Placement.ONE, ("sender",), Text("发送方数据表", "Table of the sender")),
)


def key_types(learner: str, other: str) -> Disclosure:
    """The greeting names the types, so that keys that could never match are an error and not an empty result."""
    text = Text(
        f"{{{other}}} 标识列的个数与类型（整数、文本或日期）",
        f"the number and the types (integer, text or date) of {{{other}}}'s key columns",
    )
    return Disclosure(learner, "key_types", text)


def matched_rows(inputs: Mapping[str, Size]) -> int:
    """At most this many rows match; the forecast assumes that all of the smaller table do."""
    return min(inputs["receiver"].rows, inputs["sender"].rows)


def matching_cost(params: Matching, inputs: Mapping[str, Size], *, sender_learns: bool) -> Cost:
    """Diffie-Hellman matching: every key is multiplied once at each side, and its tag sent to who learns."""
    receiver, sender = inputs["receiver"], inputs["sender"]
    keys = receiver.rows + sender.rows
    tags = keys if sender_learns else receiver.rows
    sent = POINT_BYTES * keys + TAG_BYTES * tags
    larger = max(receiver, sender, key=cells)
    memory = (2 * POINT_BYTES + KEY_BYTES) * keys + 2 * WORD_BYTES * cells(larger)
    return Cost(STEP_SECONDS + 2 * keys / POINTS_PER_SECOND[params.group], sent, BASE_MB + memory // MB)
