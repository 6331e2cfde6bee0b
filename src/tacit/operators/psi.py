"""psi: private set intersection, with everything that two parties can want of it as parameters."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from tacit.operators.psi_disclosure import disclose
from tacit.operators.psi_effort import effort, produced, result_sizes
from tacit.operators.psi_settings import (
    ALLOW_KEPT_TABLE,
    DUPLICATES,
    EPSILON,
    GROUP,
    JOIN,
    LEARNER,
    MALICIOUS,
    NORMALISE,
    NULLS,
    PROTOCOL,
    REVEAL,
    SINCE,
    TABLE_DAYS,
    TABLE_QUERIES,
    THRESHOLD,
    VALUE_BOUND,
    VALUE_SCALE,
    NormaliseRules,
    given_columns,
    key_columns,
    value_columns,
)
from tacit.operators.setting import Columns, KeyColumns, StoredName
from tacit.schema.operator import Kind, Params, Placement, Port, Role, Spec
from tacit.schema.text import Text

BOTH = ("receiver", "sender")


class Psi(Params):
    """Which keys are compared, how, and what may be known afterwards."""

    receiver_keys: KeyColumns | None = key_columns("receiver")
    sender_keys: KeyColumns | None = key_columns("sender")
    normalise: NormaliseRules = NORMALISE
    nulls: Literal["refuse", "drop"] = NULLS
    duplicates: Literal["refuse", "first", "all"] = DUPLICATES
    reveal: Literal["rows", "count", "threshold", "sum"] = REVEAL
    learner: Literal["both", "receiver"] = LEARNER
    join: Literal["inner", "left", "right", "full", "difference", "union"] = JOIN
    receiver_columns: Columns = given_columns("receiver", "sender")
    sender_columns: Columns = given_columns("sender", "receiver")
    values: Columns = value_columns()
    value_bound: int = VALUE_BOUND
    value_scale: int = VALUE_SCALE
    threshold: int | None = THRESHOLD
    epsilon: float | None = EPSILON
    protocol: Literal["auto", "vole", "ecdh", "unbalanced"] = PROTOCOL
    group: Literal["ristretto255", "x25519", "p256", "sm2"] = GROUP
    malicious: bool = MALICIOUS
    since: StoredName | None = SINCE
    allow_kept_table: bool = ALLOW_KEPT_TABLE
    table_queries: int = TABLE_QUERIES
    table_days: int = TABLE_DAYS

    @model_validator(mode="after")
    def _as_many_keys(self) -> Psi:
        both = self.receiver_keys is not None and self.sender_keys is not None
        if both and len(self.receiver_keys or ()) != len(self.sender_keys or ()):
            raise ValueError("receiver_keys and sender_keys must name the same number of columns")
        return self

    @model_validator(mode="after")
    def _what_goes_together(self) -> Psi:
        refused = next((why for wrong, why in _refusals(self) if wrong), None)
        if refused is not None:
            raise ValueError(refused)
        return self


def _refusals(params: Psi) -> tuple[tuple[bool, str], ...]:
    """What has no meaning, or no protocol that keeps its promise."""
    rows, given = params.reveal == "rows", bool(params.receiver_columns or params.sender_columns)
    return (
        (not rows and params.join != "inner", "a join needs reveal: rows"),
        (not rows and given, "columns can be given only with reveal: rows"),
        (not rows and params.malicious, "malicious: true is there for reveal: rows only"),
        (not rows and params.duplicates == "all", "duplicates: all needs reveal: rows"),
        (not rows and params.protocol != "auto", "protocol can be chosen with reveal: rows only"),
        (params.join == "difference" and params.learner != "receiver", "join: difference needs learner: receiver"),
        (
            params.learner == "receiver" and params.join not in ("inner", "difference"),
            "with learner: receiver the join is inner or difference",
        ),
        (
            params.learner == "receiver" and given and not _sealed(params),
            "columns are given to each other only with learner: both, and by the sender with protocol: unbalanced",
        ),
        (params.join == "difference" and given, "a difference has no rows of the other side"),
        (
            params.malicious and params.protocol in ("ecdh", "unbalanced"),
            "malicious: true needs protocol: vole or auto",
        ),
        (params.reveal == "threshold" and params.threshold is None, "reveal: threshold needs a threshold"),
        (
            params.threshold is not None and params.reveal not in ("threshold", "sum"),
            "threshold belongs to reveal: threshold or sum",
        ),
        ((params.reveal == "sum") != bool(params.values), "values belong to reveal: sum"),
        (params.epsilon is not None and params.reveal != "count", "epsilon belongs to reveal: count"),
        (
            params.since is not None and not (rows and params.join == "inner"),
            "since needs reveal: rows and join: inner",
        ),
        (params.since is not None and params.duplicates == "all", "since needs duplicates: refuse or first"),
        *_refusals_of_tables(params),
    )


def _sealed(params: Psi) -> bool:
    """Whether the sender's columns come out of a sealed table."""
    return params.protocol == "unbalanced" and not params.receiver_columns


def _refusals_of_tables(params: Psi) -> tuple[tuple[bool, str], ...]:
    """What a sealed table cannot do, whether it is asked for or allowed."""
    named, allowed = params.protocol == "unbalanced", params.allow_kept_table
    what = "protocol: unbalanced" if named else "allow_kept_table: true"
    return (
        (allowed and params.protocol != "auto", "allow_kept_table: true belongs to protocol: auto"),
        ((named or allowed) and params.learner != "receiver", f"{what} needs learner: receiver"),
        ((named or allowed) and params.reveal != "rows", f"{what} needs reveal: rows"),
        ((named or allowed) and params.malicious, f"{what} does not go with malicious: true"),
        ((named or allowed) and params.since is not None, f"{what} does not go with since"),
        ((named or allowed) and params.group != "ristretto255", f"{what} needs group: ristretto255"),
        (
            named and bool(params.sender_columns) and params.duplicates == "all",
            "protocol: unbalanced gives columns with duplicates: refuse or first only",
        ),
    )


SPEC = Spec(
    name="psi",
    version="1",
    title=Text("隐私求交", "Private set intersection"),
    help=Text(
        "在不暴露各自独有标识的前提下比较双方的标识。可选择揭示哪些行相同、仅揭示数量、是否达到阈值或匹配行的求和；"
        "可按内连接、左连接、右连接、全连接、差集或并集输出，双方结果行序一致。",
        "Compares the keys of two parties without showing those that only one side has. Reveals which rows are common, "
        "or only how many, whether they reach a threshold, or a sum over them. The result can be an inner, left, right "
        "or full join, a difference or a union; both sides' rows stand in the same order.",
    ),
    params=Psi,
    roles=(
        Role("receiver", Text("接收方", "Receiver")),
        Role("sender", Text("发送方", "Sender")),
    ),
    inputs=(
        Port("receiver", Kind.TABLE, Placement.ONE, ("receiver",), Text("接收方数据表", "Table of the receiver")),
        Port("sender", Kind.TABLE, Placement.ONE, ("sender",), Text("发送方数据表", "Table of the sender")),
    ),
    outputs=(
        Port("aligned", Kind.ALIGNED, Placement.EACH, BOTH, Text("对齐样本", "Aligned rows"), optional=True),
        Port(
            "matched",
            Kind.TABLE,
            Placement.ONE,
            ("receiver",),
            Text("接收方的行", "Rows of the receiver"),
            optional=True,
        ),
        Port("report", Kind.REPORT, Placement.EACH, BOTH, Text("求交报告", "Match report")),
    ),
    engines=("native",),
    profiles=("2pc", "2pc-dealer"),
    disclosure=disclose,
    sizes=result_sizes,
    cost=effort,
    group="align",
    produces=produced,
)
