"""A match of `tacit psi` on several processes of this side: on this machine, or on a Ray cluster.

    workers   {"count", "cluster": null or the address of a Ray cluster, "cpus", "host"?, "ports"?: [first, last]} of a
              request; null where this side was not asked to. Sides may have different numbers.

Whether a run is split, and into how many shards, is one of its terms (`shards`): both sides split, or none.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from tacit.channel.channel import Channel
from tacit.errors import ParameterError
from tacit.protocols.psi.run import Check, Fill, Progress, Store
from tacit.protocols.psi.wire import Match, Side, Terms
from tacit.runtime.cluster import intersect_on_cluster, pinned_lines
from tacit.runtime.cluster_crew import Cluster
from tacit.runtime.psi_meeting import Met


class SplitMatch:
    """Takes the place of `run.intersect`. `tell`: what came of it, for the report."""

    def __init__(self, met: Met, shards: int, workers: dict[str, Any] | None) -> None:
        """A side that was asked for no workers has one of its own: the other side's terms want it so."""
        asked = workers or {"count": 1, "cluster": None, "cpus": 1}
        ports = asked.get("ports")
        self._met, self._shards = met, shards
        self._cluster = Cluster(
            address=asked["cluster"],
            workers=asked["count"],
            cpus=asked["cpus"],
            host=asked.get("host"),
            ports=None if ports is None else (int(ports[0]), int(ports[1])),
        )
        self._facts: dict[str, int] = {}

    def __call__(
        self,
        channel: Channel,
        terms: Terms,
        me: Side,
        fill: Fill,
        *,
        store: Store,
        check: Check | None = None,
        progress: Progress | None = None,
    ) -> Match:
        line = self._met.line
        connect = pinned_lines(self._met.identity, line.me, line.peer, line.peer_certificate_pem, line.side)
        with contextlib.redirect_stdout(sys.stderr):  # Ray says what it thinks of dead workers on stdout
            found = intersect_on_cluster(
                channel,
                terms,
                me,
                fill,
                connect,
                shards=self._shards,
                cluster=self._cluster,
                store=store,
                check=check,
                progress=progress,
            )
        self._facts = {
            "workers": len(found.traffic),
            "shards": self._shards,
            "bytes_sent": sum(each.bytes_sent for each in found.traffic),
            "bytes_received": sum(each.bytes_received for each in found.traffic),
        }
        return found.match

    def tell(self, report: dict[str, Any]) -> dict[str, Any]:
        """The report with the bytes of all lines, and how the work was split."""
        lines = {name: report[name] + self._facts[name] for name in ("bytes_sent", "bytes_received")}
        return report | self._facts | lines


def way_of(met: Met, terms: dict[str, Any], workers: dict[str, Any] | None) -> SplitMatch | None:
    """None: in one process. Raises ParameterError cluster.one_sided."""
    if terms.get("shards"):
        return SplitMatch(met, terms["shards"], workers)
    if workers is not None:
        raise ParameterError(
            "cluster.one_sided",
            "The side that invites has not split the run, so that this side has no use for workers.",
            hint="Leave --workers away, or ask the other side to invite with --workers.",
        )
    return None
