"""What a private set intersection gives and costs: ports that it fills, sizes, seconds, bytes, memory.

The constants are measured: both parties on two cores, tables in memory. `tests/operators/test_psi_effort.py` holds the
points that a forecast has to meet within a factor of two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from tacit.operators.effort import BASE_MB, KEY_BYTES, MB, WORD_BYTES, cells
from tacit.schema.operator import Cost, Size

if TYPE_CHECKING:
    from tacit.operators.psi import Psi

START_SECONDS = 0.15  # of a small match, worker and sessions included
_FEW = 1 << 14  # keys of both sides together below which ECDH is chosen
_KEPT = 1000  # times as many at the sender from which a kept table is chosen where it is allowed
_VOLE_KEYS_PER_SECOND = 3_200_000.0  # of both sides together; hashing and putting rows in order included
_VOLE_START_BYTES = 500_000
_VOLE_BYTES, _MALICIOUS_BYTES = 34, 40  # per key of the larger side, both ways
_SERIES_KEYS_PER_SECOND = 3_000_000.0  # what a run of a series does besides: sorting, comparing, writing digests
_POINT_BYTES = {"ristretto255": 32, "x25519": 32, "p256": 33, "sm2": 33}  # one encoded group element
_POINTS_PER_SECOND = {"ristretto255": 120_000.0, "x25519": 120_000.0, "p256": 5_600.0, "sm2": 5_600.0}
_TAG_BYTES = 16  # one hash of a doubly masked element
_CIRCUIT_KEYS_PER_SECOND = 52_000.0
_CIRCUIT_BYTES = 2_650  # per key of the larger side
_SEALED_KEYS_PER_SECOND = 110_000.0
_SEALED_BYTES = 11  # per key of the table
_SEAL_BYTES, _CELL_BYTES = 16, 14  # per row with columns, and per cell as text
_QUERIES_PER_SECOND = 25_000.0
_QUERY_BYTES = 64


class _Work(NamedTuple):
    """Seconds, bytes of both sides, bytes of memory at one."""

    seconds: float
    sent: int
    memory: int


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
        "matched": Size(rows, {"receiver": columns["receiver"]}),
        "report": Size(1, {"receiver": 1, "sender": 1}),
    }
    return {port: sizes[port] for port in produced(params)}


def effort(params: Psi, inputs: Mapping[str, Size]) -> Cost:
    """The chosen protocol's work, hashing and ordering at both sides, and the columns that are given."""
    receiver, sender = inputs["receiver"], inputs["sender"]
    work = _protocol(params, receiver.rows, sender.rows)
    given = min(receiver.rows, sender.rows) * (len(params.receiver_columns) + len(params.sender_columns))
    most = max(receiver.rows, sender.rows)
    tables = 2 * WORD_BYTES * max(cells(receiver), cells(sender)) + 2 * KEY_BYTES * most
    return Cost(START_SECONDS + work.seconds, work.sent + WORD_BYTES * given, BASE_MB + (work.memory + tables) // MB)


def _protocol(params: Psi, receiver: int, sender: int) -> _Work:
    """What is computed and sent for so many keys of each side."""
    keys = receiver + sender
    if params.threshold is not None:
        sent = _CIRCUIT_BYTES * max(receiver, sender)
        return _Work(keys / _CIRCUIT_KEYS_PER_SECOND, sent, sent)
    few = params.protocol == "auto" and keys < _FEW and not params.malicious
    if params.reveal != "rows" or params.protocol == "ecdh" or few:
        return _ecdh(params, receiver, sender)
    kept = params.allow_kept_table and sender >= _KEPT * receiver
    return _table(params, receiver, sender) if kept or params.protocol == "unbalanced" else _vole(params, keys, sender)


def _ecdh(params: Psi, receiver: int, sender: int) -> _Work:
    """Every key is multiplied by either side; who learns gets tags, and with sums a masked value for each."""
    keys = receiver + sender
    tags = keys if params.learner == "both" and params.reveal == "rows" else receiver
    sums = (_TAG_BYTES + WORD_BYTES * len(params.values)) * sender if params.values else 0
    points = _POINT_BYTES[params.group] * keys
    seconds = 2 * keys / _POINTS_PER_SECOND[params.group]
    if params.since is not None:
        seconds += keys / _SERIES_KEYS_PER_SECOND
    return _Work(seconds, points + _TAG_BYTES * tags + sums, 2 * points)


def _vole(params: Psi, keys: int, sender: int) -> _Work:
    """In a series every key takes part in one of two matches, or in both: together they cost one whole match."""
    most = max(sender, keys - sender)
    seconds, start = keys / _VOLE_KEYS_PER_SECOND * (1.2 if params.malicious else 1.0), _VOLE_START_BYTES
    if params.since is not None:
        seconds, start = seconds + START_SECONDS + keys / _SERIES_KEYS_PER_SECOND, 2 * start
    sent = start + (_MALICIOUS_BYTES if params.malicious else _VOLE_BYTES) * most
    return _Work(seconds, sent, 200 * MB + 24 * most)


def _table(params: Psi, receiver: int, sender: int) -> _Work:
    """The first run, which seals the table and delivers it. Later ones are the queries alone."""
    columns = len(params.sender_columns)
    entry = _SEALED_BYTES + (_SEAL_BYTES + _CELL_BYTES * columns if columns else 0)
    seconds = sender / _SEALED_KEYS_PER_SECOND + receiver / _QUERIES_PER_SECOND
    return _Work(seconds, entry * sender + _QUERY_BYTES * receiver, 300 * MB + KEY_BYTES * sender)
