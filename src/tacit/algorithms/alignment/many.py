"""Match the tables of three to ten parties by their keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from tacit.algorithms.alignment import joins
from tacit.algorithms.alignment.guard import Guard
from tacit.algorithms.alignment.keys import KeyRules
from tacit.algorithms.alignment.members import Members
from tacit.algorithms.alignment.report import Report, own_counts
from tacit.channel.channel import Session
from tacit.errors import DataError
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi.multiparty import MultiMatch, intersect_many
from tacit.protocols.psi.roundtable import telling_all
from tacit.protocols.psi.wire import Protocol, Reveal, Terms


@dataclass(frozen=True, slots=True)
class Circle:
    """One party's place among many. `order`: the names of all, alike at all; `session.me` is one of them."""

    session: Session
    order: Sequence[str]
    leader: str
    learner: Reveal = Reveal.BOTH
    progress: Callable[[int, int], None] | None = None
    guard: Guard = field(default_factory=Guard)

    def check(self, members: Members) -> Callable[[KeyBins], None]:
        """What has to hold of my keys, and of the past of all, before any size is told."""

        def hold(bins: KeyBins) -> None:
            members.check(bins)
            self.guard.meet(
                [self.session.channels[peer] for peer in self.order if peer != self.session.me], members.heads()
            )

        return hold


def align_many(circle: Circle, table: pa.Table, rules: KeyRules) -> tuple[pa.Table | None, Report]:
    """My rows whose key all parties have; row k at every party has the same key. None where I do not learn.

    The order is by the hash of the key where all learn, the leader's own where it learns alone. `duplicates` REFUSE or
    FIRST. Learns: see `intersect_many`. Raises DataError psi.no_overlap at all where all learn, RefusedError
    psi.result_too_small and psi.probing, and what `Members` and `intersect_many` raise.
    """
    with telling_all(circle.session.channels):
        members = Members(table, rules)
    terms = Terms(
        sid=circle.session.sid,
        reveal=circle.learner,
        key_types=members.types,
        protocol=Protocol.MULTIPARTY,
        detail=members.rules_mark(),
    )
    found = intersect_many(
        circle.session,
        terms,
        circle.order,
        circle.leader,
        members.fill,
        store=members.store(),
        check=circle.check(members),
        progress=circle.progress,
    )
    if found.rows is None:
        return None, _report(circle, members, found)
    with telling_all(circle.session.channels):
        circle.guard.allow(found.count)
    rows = found.rows.astype(np.int64)
    if circle.learner is Reveal.BOTH and not len(rows):
        raise _no_overlap(members)
    ordered = members.in_key_order(rows) if circle.learner is Reveal.BOTH else np.sort(rows)
    return joins.take_rows(table, ordered), _report(circle, members, found)


def _report(circle: Circle, members: Members, found: MultiMatch) -> Report:
    """`peer_keys_used`: the sizes that this party was told, by role."""
    return {
        "kind": "psi",
        "reveal": "rows",
        "join": "inner",
        "role": circle.session.me,
        "parties": len(circle.order),
        "protocol": Protocol.MULTIPARTY.name.lower(),
        **own_counts(members),
        "peer_keys_used": {role: count for role, count in found.peer_counts.items() if role != circle.session.me},
        "matched": found.count,
        "rows_out": None if found.rows is None else len(found.rows),
    }


def _no_overlap(members: Members) -> DataError:
    return DataError(
        "psi.no_overlap",
        "The tables have no key in common.",
        found=f"0 of {members.used} keys here",
        hint="Compare how all sides write the key: leading zeros, upper and lower case, blanks, country codes. "
        "`normalise` can make them alike.",
    )
