"""psi.align and psi.match of the native engine: from a step's parameters to an alignment and back to its ports."""

from __future__ import annotations

import pyarrow as pa

from tacit.algorithms.alignment.align import Seat, align, match
from tacit.algorithms.alignment.keys import KeyRules
from tacit.data.columns import KEY, columns_with_role
from tacit.engines.engine import StepCall
from tacit.protocols.psi.wire import Group, Side

_PEER = {"receiver": "sender", "sender": "receiver"}


def run_align(call: StepCall) -> None:
    """Both parties get their common rows in one order, and a report."""
    table = call.io.table(call.role)
    aligned, report = align(_seat(call), table, _rules(call, table))
    call.io.put_table("aligned", aligned)
    call.io.put_document("report", report)


def run_match(call: StepCall) -> None:
    """The receiver gets its rows that the sender has too; both get a report."""
    table = call.io.table(call.role)
    matched, report = match(_seat(call), table, _rules(call, table))
    if matched is not None:
        call.io.put_table("matched", matched)
    call.io.put_document("report", report)


def _seat(call: StepCall) -> Seat:
    return Seat(
        channel=call.session.channels[_PEER[call.role]],
        sid=call.session.sid,
        side=Side[call.role.upper()],
        group=Group[str(call.params.get("group", "ristretto255")).upper()],
        progress=call.io.progress,
    )


def _rules(call: StepCall, table: pa.Table) -> KeyRules:
    named = call.params.get(f"{call.role}_keys")
    return KeyRules(
        columns=tuple(columns_with_role(table, KEY) if named is None else named),
        nulls=call.params.get("nulls", "refuse"),
        duplicates=call.params.get("duplicates", "refuse"),
    )
