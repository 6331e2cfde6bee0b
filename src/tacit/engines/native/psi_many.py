"""psi.many of the native engine: from a step's parameters to a match of many and back to its ports."""

from __future__ import annotations

from functools import partial

import pyarrow as pa

from tacit.algorithms.alignment.guard import Guard, basis_of
from tacit.algorithms.alignment.keys import KeyRules
from tacit.algorithms.alignment.many import Circle, align_many
from tacit.data.columns import KEY, columns_with_role
from tacit.engines.engine import StepCall
from tacit.errors import ParameterError
from tacit.protocols.psi.wire import Reveal

LEADER = "leader"


def run_many(call: StepCall) -> None:
    """Every party gets its common rows in one order, or the leader alone gets them; all get a report."""
    if not call.io.has_input(call.role):
        raise ParameterError(
            "psi.seat_without_table",
            "A party sits at the match without a table.",
            found=call.role,
            hint=f"Connect a table to the input {call.role}, or take the seat away.",
        )
    table = call.io.table(call.role)
    rules = _rules(call, table)
    aligned, report = align_many(_circle(call, table, rules), table, rules)
    if aligned is not None:
        call.io.put_table("aligned" if call.params["learner"] == "all" else "matched", aligned)
    call.io.put_document("report", report)


def _circle(call: StepCall, table: pa.Table, rules: KeyRules) -> Circle:
    members = sorted((role for role in call.parties if role != LEADER), key=lambda role: int(role.rpartition("_")[2]))
    topic = "psi-many"
    types = [str(table.schema.field(name).type) for name in rules.columns if name in table.column_names]
    basis = basis_of(rules.columns, rules.normalise, types)
    return Circle(
        session=call.session,
        order=(LEADER, *members),
        leader=LEADER,
        learner=Reveal.BOTH if call.params["learner"] == "all" else Reveal.RECEIVER,
        progress=call.io.progress,
        guard=Guard(call.io.caution(), call.io.recall(topic), partial(call.io.remember, topic), basis=basis),
    )


def _rules(call: StepCall, table: pa.Table) -> KeyRules:
    named = call.params["keys"].get(call.role)
    return KeyRules(
        columns=tuple(columns_with_role(table, KEY) if named is None else named),
        nulls=call.params["nulls"],
        duplicates=call.params["duplicates"],
        normalise=tuple(tuple(rules) for rules in call.params["normalise"]),
        rejected=call.params["nulls"],
    )
