"""What two tables have in common without saying which rows: how many, whether enough, sums over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa

from tacit.algorithms.alignment.align import Seat
from tacit.algorithms.alignment.keys import KeyRules
from tacit.algorithms.alignment.members import Members
from tacit.algorithms.alignment.report import Report, own_counts
from tacit.data.columns import require_columns
from tacit.errors import DataError, RefusedError
from tacit.privacy.dominance import worst_share
from tacit.privacy.noise import BoundedLaplace, Drawn, ahead
from tacit.protocols.psi import cardinality, circuit, total
from tacit.protocols.psi.opening import telling_peer
from tacit.protocols.psi.run import Ready, prepare
from tacit.protocols.psi.total import Payload
from tacit.protocols.psi.wire import Protocol, Reveal, Side


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What is asked, the same at both sides, and who is told. `columns`: numbers of the sender, |value| <= `bound`,
    counted in steps of 2^-scale. `threshold`: least number of common keys; with columns, sums are opened only if it is
    reached. `epsilon`: noise on a count."""

    learner: Reveal = Reveal.BOTH
    columns: tuple[str, ...] = ()
    bound: int = 1 << 31
    scale: int = 0
    threshold: int | None = None
    epsilon: float | None = None

    @property
    def protocol(self) -> Protocol:
        if self.threshold is not None:
            return Protocol.CIRCUIT
        return Protocol.SUM if self.columns else Protocol.COUNT

    def payload(self) -> tuple[total.Column, ...]:
        return tuple(total.Column(self.bound, self.scale) for _ in self.columns)

    def mark(self) -> bytes:
        return repr((self.columns, self.bound, self.scale, self.threshold, self.epsilon)).encode()


def aggregate(seat: Seat, table: pa.Table, rules: KeyRules, asked: Aggregate) -> Report:
    """The report of an aggregate; what this side is not told stands there as None.

    Learns: see `cardinality.receive_count`, `total.receive_total`, `circuit.receive`; and both numbers of keys.
    Raises as those do, as `Members` does, and DataError psi.value_column for a column that is not a number.
    """
    me = seat.side
    with telling_peer(seat.channel):
        noise = _noise(asked)
        members = Members(table, rules)
        payload = _numbers(table, asked.columns) if me is Side.SENDER else None
    terms = replace(
        seat.terms(members.types, asked.learner, members.rules_mark() + asked.mark()), protocol=asked.protocol
    )
    ready = prepare(seat.channel, terms, me, members.fill, store=members.store(), check=seat.check(members))
    with telling_peer(seat.channel):
        if asked.threshold is not None:
            seat.guard.allow_threshold(asked.threshold)
    answer = _ANSWERS[asked.protocol](seat, ready, asked, payload, noise)
    return {
        "kind": "psi",
        "reveal": _KINDS[asked.protocol] if not asked.columns else "sum",
        "role": me.name.lower(),
        **own_counts(members),
        "peer_keys_used": ready.peer_count,
        "protocol": asked.protocol.name.lower(),
        **answer,
    }


def _noise(asked: Aggregate) -> Drawn | None:
    """Drawn before the first message: later the other side could tell from the time how large it is."""
    if asked.epsilon is None:
        return None
    return ahead(BoundedLaplace(Fraction(asked.epsilon).limit_denominator(1 << 20)))


def _count(seat: Seat, ready: Ready, asked: Aggregate, payload: Payload | None, noise: Drawn | None) -> Report:
    run = cardinality.receive_count if seat.side is Side.RECEIVER else cardinality.send_count
    found = run(seat.channel, ready.keys, ready.terms, noise=noise, progress=seat.progress)
    seat.guard.allow(found.count)
    return {"matched": found.count, "epsilon": asked.epsilon}


def _sum(seat: Seat, ready: Ready, asked: Aggregate, payload: Payload | None, noise: Drawn | None) -> Report:
    run = total.receive_total if seat.side is Side.RECEIVER else total.send_total
    found = run(seat.channel, ready.keys, ready.terms, asked.payload(), payload, progress=seat.progress)
    seat.guard.allow(found.count)
    return {"matched": found.count, "sums": _named(asked, found.sums)}


def _circuit(seat: Seat, ready: Ready, asked: Aggregate, payload: Payload | None, noise: Drawn | None) -> Report:
    question = circuit.Question(threshold=asked.threshold, columns=asked.payload())
    if seat.side is Side.RECEIVER:
        found = circuit.receive(seat.channel, ready.keys, ready.terms, question)
    else:
        found = circuit.send(seat.channel, ready.keys, ready.terms, question, payload)
    report: Report = {"matched": None, "threshold": asked.threshold, "reached": found.reached}
    return report | ({"sums": _named(asked, found.sums)} if asked.columns else {})


_ANSWERS: dict[Protocol, Callable[[Seat, Ready, Aggregate, Payload | None, Drawn | None], Report]] = {
    Protocol.COUNT: _count,
    Protocol.SUM: _sum,
    Protocol.CIRCUIT: _circuit,
}
_KINDS = {Protocol.COUNT: "count", Protocol.SUM: "sum", Protocol.CIRCUIT: "threshold"}


def _named(asked: Aggregate, sums: tuple[int | float, ...] | None) -> dict[str, int | float] | None:
    return None if sums is None else dict(zip(asked.columns, sums, strict=True))


def check_sums(table: pa.Table, names: tuple[str, ...], least: int, limit: float) -> None:
    """No row can be a larger part than `limit` of a sum over at least `least` rows. Raises RefusedError
    policy.dominance, and as `aggregate` for a column that is not a number."""
    worst = max((worst_share(values.astype(np.float64), least) for values in _numbers(table, names)), default=0.0)
    if worst > limit:
        raise RefusedError(
            "policy.dominance",
            "One row can be too large a part of a sum.",
            expected=f"at most {limit:g} of it",
            hint="Leave the column out, ask for a higher threshold, or clip extreme values.",
        )


def _numbers(table: pa.Table, names: tuple[str, ...]) -> Payload:
    """One array per column, by row. A missing value counts as nothing."""
    require_columns(table.column_names, names)
    arrays: list[Any] = []
    for name in names:
        column = table.column(name)
        if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
            raise DataError(
                "psi.value_column",
                f"Column '{name}' cannot be summed.",
                found=str(column.type),
                expected="whole or decimal numbers",
            )
        arrays.append(column.combine_chunks().fill_null(0).to_numpy())
    return arrays
