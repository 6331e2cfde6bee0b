"""One organisation in a process of its own, with a Ray of its own: runs what its parent asks, for test_cluster.

A request is a JSON line on stdin, an answer one on stdout.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from typing import Any

import numpy as np
import psutil

from tacit.channel.identity import NodeIdentity
from tacit.channel.line import connect as bring_up
from tacit.errors import DataError, TacitError
from tacit.kernel.keys import KeyBins
from tacit.protocols.psi.run import Store
from tacit.protocols.psi.wire import Protocol, Reveal, Side, Terms
from tacit.runtime import cluster_crew
from tacit.runtime.cluster import Cluster, Connect, intersect_on_cluster, pinned_lines
from tacit.runtime.cluster_crew import connected


def digests(numbers: range) -> np.ndarray:
    """Row i has the key of the i-th number; equal numbers have equal keys at both sides."""
    found = np.zeros((len(numbers), 16), dtype=np.uint8)
    found[:, :8] = np.array(numbers, dtype=np.uint64).view(np.uint8).reshape(-1, 8)
    return found


class Organisation:
    def __init__(self, me: Side) -> None:
        self.me = me
        self.patience_s = cluster_crew.START_S
        self.names = ("receiver", "sender") if me is Side.RECEIVER else ("sender", "receiver")
        self.identity = NodeIdentity.generate(self.names[0])
        self.listener = socket.create_server(("127.0.0.1", 0))

    def hello(self) -> dict[str, Any]:
        return {"certificate": self.identity.certificate_pem, "port": self.listener.getsockname()[1]}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        cluster_crew.START_S = request.get("start_s", self.patience_s)
        sid, certificate = bytes.fromhex(request["sid"]), request["certificate"]
        side = "listen" if self.me is Side.RECEIVER else "dial"
        line = pinned_lines(self.identity, *self.names, certificate, side)(0, sid)
        lines = pinned_lines(self.identity, *self.names, certificate, request.get("side", side))
        with bring_up(line, self._socket(request["port"])) as channel:
            self.killed_at: float | None = None
            try:
                return self._match(channel, request, lines)
            except TacitError as error:
                told = {"error": error.as_dict()}
            return {**told, "killed_at": self.killed_at, "ended_at": time.monotonic()}

    def _socket(self, port: int) -> socket.socket:
        if self.me is Side.SENDER:
            return socket.create_connection(("127.0.0.1", port))
        return self.listener.accept()[0]

    def _match(self, channel: Any, request: dict[str, Any], lines: Connect) -> dict[str, Any]:
        terms = Terms(
            sid=bytes.fromhex(request["sid"]),
            protocol=Protocol[request["protocol"]],
            reveal=Reveal[request.get("reveal", "BOTH")],
            malicious=request.get("malicious", False),
        )
        found = intersect_on_cluster(
            channel,
            terms,
            self.me,
            lambda keys: keys.add(digests(range(*request["numbers"]))),
            lines,
            shards=request["shards"],
            cluster=self._cluster(request),
            store=Store(**request.get("store", {})),
            check=_refuse if request.get("refuse") else None,
            progress=self._kill if request.get("kill") else None,
        )
        rows = found.match.rows
        return {
            "rows": None if rows is None else rows.tolist(),
            "count": found.match.count,
            "peer_count": found.match.peer_count,
            "protocol": found.match.choice and found.match.choice.protocol.name,
            "workers": len(found.traffic),
            "received": [each.bytes_received for each in found.traffic],
        }

    def _cluster(self, request: dict[str, Any]) -> Cluster:
        ports = request.get("ports")
        if ports == "taken":
            ports = [self.listener.getsockname()[1]] * 2
        return Cluster(workers=request["workers"], host="127.0.0.1", ports=ports and tuple(ports))

    def _kill(self, done: int, total: int) -> None:
        """A worker of this organisation, after the first shard: every one has another shard to do."""
        if self.killed_at is None:
            mine = [
                process
                for process in psutil.Process().children(recursive=True)
                if process.cmdline() and process.cmdline()[0].startswith("ray::Worker")
            ]
            self.killed_at = time.monotonic()
            mine[0].kill()


def _refuse(keys: KeyBins) -> None:
    raise DataError("data.key_duplicate", "Keys are not unique.")


def main() -> None:
    organisation, cpus = Organisation(Side[sys.argv[1]]), int(sys.argv[2])
    out, sys.stdout = sys.stdout, sys.stderr  # Ray says what it thinks of dead workers on stdout
    with connected(Cluster(workers=cpus)):
        print(json.dumps(organisation.hello()), file=out, flush=True)
        for line in sys.stdin:
            print(json.dumps(organisation.answer(json.loads(line))), file=out, flush=True)


if __name__ == "__main__":
    main()
