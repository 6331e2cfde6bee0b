"""psi of the native engine: from a step's parameters to a match and back to its ports."""

from __future__ import annotations

from functools import partial

import pyarrow as pa

from tacit.algorithms.alignment.aggregate import Aggregate, aggregate, check_sums
from tacit.algorithms.alignment.align import Seat, Wish, align, match
from tacit.algorithms.alignment.guard import Guard, basis_of
from tacit.algorithms.alignment.kept import Kept, match_kept
from tacit.algorithms.alignment.keys import KeyRules
from tacit.algorithms.alignment.series import Series
from tacit.data.columns import KEY, columns_with_role
from tacit.engines.engine import StepCall
from tacit.protocols.psi.wire import Group, Protocol, Reveal, Side

_PEER = {"receiver": "sender", "sender": "receiver"}


def run_psi(call: StepCall) -> None:
    """Rows in one order at both sides, rows of the receiver alone, or an aggregate; a report in any case."""
    table = call.io.table(call.role)
    rules, series = _rules(call, table), _series(call)
    _check_dominance(call, table)
    if call.params["reveal"] != "rows":
        report = aggregate(_seat(call, table, rules), table, rules, _asked(call))
    elif call.params["learner"] == "receiver":
        kept = _kept(call)
        if kept is None:
            matched, report = match(_seat(call, table, rules), table, rules, _wish(call), series)
        else:
            matched, report = match_kept(_seat(call, table, rules), table, rules, _wish(call), kept)
        if matched is not None:
            call.io.put_table("matched", matched)
    else:
        aligned, report = align(_seat(call, table, rules), table, rules, _wish(call), series)
        call.io.put_table("aligned", aligned)
    if series is not None:
        report["series"] = series.report()
    call.io.put_document("report", report)
    if series is not None:
        series.advance()


def _check_dominance(call: StepCall, table: pa.Table) -> None:
    """The sender does not learn over which of its rows is summed. Raises RefusedError policy.dominance."""
    limit = call.io.caution().dominance
    if limit is not None and call.role == "sender":
        check_sums(table, tuple(call.params["values"]), int(call.params["threshold"] or 1), limit)


def _series(call: StepCall) -> Series | None:
    name = call.params.get("since")
    if name is None:
        return None
    shelf = call.io.shelf(_topic(call))
    return Series(name, None if shelf is None else shelf / name)


def _kept(call: StepCall) -> Kept | None:
    """Tables and copies are kept per peer: no two parties ask under one key."""
    if call.params["protocol"] != "unbalanced" and not call.params["allow_kept_table"]:
        return None
    peer = call.parties.get(_PEER[call.role], "peer")
    folder = call.io.shelf(f"kept-{'tables' if call.role == 'sender' else 'copies'}-{peer}")
    return Kept(folder, peer, call.params["table_queries"], call.params["table_days"])


def _seat(call: StepCall, table: pa.Table, rules: KeyRules) -> Seat:
    return Seat(
        channel=call.session.channels[_PEER[call.role]],
        sid=call.session.sid,
        side=Side[call.role.upper()],
        group=Group[str(call.params["group"]).upper()],
        protocol=Protocol[str(call.params["protocol"]).upper()],
        malicious=call.params["malicious"],
        progress=call.io.progress,
        guard=_guard(call, table, rules),
    )


def _guard(call: StepCall, table: pa.Table, rules: KeyRules) -> Guard:
    """Runs are counted per peer: which of its tables a set comes from is for the sketches to find out."""
    topic = _topic(call)
    types = [str(table.schema.field(name).type) for name in rules.columns if name in table.column_names]
    basis = basis_of(rules.columns, rules.normalise, types)
    return Guard(call.io.caution(), call.io.recall(topic), partial(call.io.remember, topic), basis=basis)


def _topic(call: StepCall) -> str:
    return f"psi-{call.parties.get(_PEER[call.role], 'peer')}"


def _wish(call: StepCall) -> Wish:
    given = {side: tuple(call.params[f"{side.name.lower()}_columns"]) for side in Side}
    return Wish(call.params["join"], given)


def _asked(call: StepCall) -> Aggregate:
    return Aggregate(
        learner=Reveal[str(call.params["learner"]).upper()],
        columns=tuple(call.params["values"]),
        bound=call.params["value_bound"],
        scale=call.params["value_scale"],
        threshold=call.params["threshold"],
        epsilon=call.params["epsilon"],
    )


def _rules(call: StepCall, table: pa.Table) -> KeyRules:
    named = call.params[f"{call.role}_keys"]
    return KeyRules(
        columns=tuple(columns_with_role(table, KEY) if named is None else named),
        nulls=call.params["nulls"],
        duplicates=call.params["duplicates"],
        normalise=tuple(tuple(rules) for rules in call.params["normalise"]),
        rejected=call.params["nulls"],
    )
