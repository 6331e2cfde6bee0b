"""What a private set intersection gives and costs: ports that it fills, sizes, seconds, bytes, memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

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
from tacit.schema.operator import Cost, Size

if TYPE_CHECKING:
    from tacit.operators.psi import Psi

_FEW = 8_000  # keys at both sides up to which ECDH is chosen
_VOLE_START_SECONDS = 0.1
_VOLE_KEYS_PER_SECOND = 2_500_000.0  # of the larger side, both parties on two cores
_VOLE_START_BYTES = 3_000_000
_VOLE_BYTES = 34  # per key of the larger side
_CIRCUIT_KEYS_PER_SECOND = 40_000.0
_CIRCUIT_BYTES = 3_000  # per key
_PREPARED_KEYS_PER_SECOND = 4_000_000.0  # hashing, sorting, putting rows in order


def produced(params: Psi) -> frozenset[str]:
    """The output ports that are filled."""
    if params.reveal != "rows":
        return frozenset({"report"})
    return frozenset({"report", "aligned" if params.learner == "both" else "matched"})


def result_sizes(params: Psi, inputs: Mapping[str, Size]) -> Mapping[str, Size]:
    """Rows as if every row of the smaller table had exactly one partner."""
    receiver, sender = inputs["receiver"], inputs["sender"]
    common = min(receiver.rows, sender.rows)
    rows = {
        "inner": common,
        "left": receiver.rows,
        "right": sender.rows,
        "full": max(receiver.rows, sender.rows),
        "union": max(receiver.rows, sender.rows),
        "difference": receiver.rows,
    }[params.join]
    columns = {
        "receiver": receiver.column_count() + len(params.sender_columns),
        "sender": sender.column_count() + len(params.receiver_columns),
    }
    sizes = {
        "aligned": Size(rows, columns),
        "matched": Size(rows, {"receiver": receiver.column_count()}),
        "report": Size(1, {"receiver": 1, "sender": 1}),
    }
    return {port: sizes[port] for port in produced(params)}


def effort(params: Psi, inputs: Mapping[str, Size]) -> Cost:
    """The chosen protocol's work, hashing and ordering at both sides, and the columns that are given."""
    receiver, sender = inputs["receiver"], inputs["sender"]
    keys, most = receiver.rows + sender.rows, max(receiver.rows, sender.rows)
    seconds, sent, memory = _protocol(params, keys, most, receiver.rows)
    given = min(receiver.rows, sender.rows) * (len(params.receiver_columns) + len(params.sender_columns))
    tables = 2 * WORD_BYTES * max(cells(receiver), cells(sender)) + 2 * KEY_BYTES * most
    return Cost(
        STEP_SECONDS + seconds + keys / _PREPARED_KEYS_PER_SECOND,
        sent + WORD_BYTES * given,
        BASE_MB + (memory + tables) // MB,
    )


def _protocol(params: Psi, keys: int, most: int, receiver_keys: int) -> tuple[float, int, int]:
    """Seconds, bytes of both sides, memory of one."""
    if params.threshold is not None:
        return keys / _CIRCUIT_KEYS_PER_SECOND, _CIRCUIT_BYTES * most, _CIRCUIT_BYTES * most
    few = params.protocol == "auto" and most <= _FEW and not params.malicious
    if params.reveal != "rows" or params.protocol == "ecdh" or few:
        tags = keys if params.learner == "both" else receiver_keys
        points = POINT_BYTES[params.group] * keys
        return 2 * keys / POINTS_PER_SECOND[params.group], points + TAG_BYTES * tags, 2 * points
    slower = 1.3 if params.malicious else 1.0
    seconds = _VOLE_START_SECONDS + slower * most / _VOLE_KEYS_PER_SECOND
    return seconds, _VOLE_START_BYTES + int(slower * _VOLE_BYTES) * most, 200 * MB + 24 * most
