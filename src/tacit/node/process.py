"""The node in one process: opens what belongs to the operating system, starts everything in order, stops it again."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import structlog

from tacit import __version__
from tacit.channel.contexts import https_server_context
from tacit.channel.identity import NodeIdentity
from tacit.channel.port import PeerPort
from tacit.interconnect.caller import PeerCaller
from tacit.node.api.app import Services, make_api
from tacit.node.clock import now
from tacit.node.courier import Contacts, LoopThread, NetworkCourier
from tacit.node.database import migrate, reach_database
from tacit.node.home import Home, HomeLock, write_private
from tacit.node.peer_app import make_peer_app
from tacit.node.server import Server, listen
from tacit.node.stores.nonces import NonceStore
from tacit.node.stores.peers import PeerStore
from tacit.node.wiring import Ground, Parts
from tacit.runtime.pool import WorkerPool
from tacit.schema.wire import PROTOCOL_VERSION

PEER_THREADS = 16
_log = structlog.get_logger("node")


class Node:
    """`start`, then `stop`. Raises RefusedError("node.already_running"), ResourceError("port.taken")."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder.absolute())
        self.settings = self.home.settings()
        self.run_info: dict[str, Any] = {}
        self.stopping = False
        self._cleanups = contextlib.ExitStack()  # closed in reverse order
        self._peer_server: Server | None = None  # None until peers are answered

    def start(self) -> dict[str, Any]:
        """Returns what is written to run.json. On an error everything that was opened is closed again."""
        try:
            self._open()
            self._serve_peers()
            self._start_jobs()
            self._serve_owner()
        except BaseException:
            self.stop()
            raise
        return self.run_info

    def stop(self) -> None:
        """Stop workers and servers; jobs go on after the next start."""
        self.stopping = True
        self._cleanups.close()

    def _open(self) -> None:
        settings, home, later = self.settings, self.home, self._cleanups.callback
        later(HomeLock(home).release)
        identity = NodeIdentity.load(home.keys)
        pool = WorkerPool()  # before any thread: it forks
        database = reach_database(home.path, settings.database_url)
        later(database.close)
        database.claim()  # before anything in it changes: it may be another node's, which runs
        migrate(database)
        self._nonces = NonceStore(home.path / "nonces.db")
        later(self._nonces.close)
        self._api_socket = listen(settings.api_host, settings.api_port)
        later(self._api_socket.close)
        loop = LoopThread()
        later(loop.close)
        port = PeerPort(settings.peer_host, settings.peer_port, self._adopt)
        later(port.close)
        caller = PeerCaller(settings.name, identity)
        later(_close_caller, loop, caller)
        address = _public_address(settings.peer_address, port.address[1])
        ground = Ground(home, settings, identity, database, pool, port, caller, loop, address)
        peers, contacts = PeerStore(database), Contacts()
        courier = NetworkCourier(settings.name, caller, peers, loop, contacts)
        self.parts = Parts(ground, peers, contacts, courier)
        courier.local = self.parts.handlers
        later(self.parts.access.clients.close)
        self.parts.outside_acts.look()  # a restoration comes before whatever the restored node does

    def _serve_peers(self) -> None:
        parts, ground, later = self.parts, self.parts.ground, self._cleanups.callback
        parts.recovery.close_attempts()
        threads = ThreadPoolExecutor(PEER_THREADS, "peer")
        later(threads.shutdown, wait=False, cancel_futures=True)
        app = make_peer_app(
            parts.handlers,
            threads,
            me=parts.me,
            keys=parts.keys,
            replay=self._nonces,
            candidates=parts.applying,
        )
        server = Server(app, ground.loop, https_server_context(ground.identity))
        server.start([])
        later(server.stop)
        self._peer_server = server

    def _start_jobs(self) -> None:
        parts, later = self.parts, self._cleanups.callback
        parts.outside_acts.start()
        later(parts.outside_acts.close)
        parts.outbox.start()
        later(parts.outbox.close)
        later(parts.ground.pool.close)
        parts.scheduler.resume()
        later(parts.scheduler.close)
        parts.recovery.spread_news()
        parts.watch.start()
        later(parts.watch.close)
        parts.revocation.start()
        later(parts.revocation.close)
        parts.signoff.recover()
        parts.signoff.start()
        later(parts.signoff.close)
        parts.applying.start()
        later(parts.applying.close)
        parts.schedules.start()
        later(parts.schedules.close)
        parts.labelling.start()
        later(parts.labelling.close)
        parts.pulse.start()
        later(parts.pulse.close)
        parts.retention.start()
        later(parts.retention.close)
        later(parts.workbench.close)

    def _serve_owner(self) -> None:
        host, port = self._api_socket.getsockname()[:2]
        self.run_info = {
            "ready": True,
            "name": self.settings.name,
            "pid": os.getpid(),
            "api": f"http://{host}:{port}",
            "peer": self.parts.ground.address,
            "version": __version__,
        }
        services = Services(self, self.parts, started_at=now(), protocol=PROTOCOL_VERSION)
        server = Server(make_api(services, self.home.token()), self.parts.ground.loop)
        server.start([self._api_socket])
        self._cleanups.callback(server.stop)
        self._cleanups.callback(self.parts.bell.close)
        self._cleanups.callback(self.home.run_file.unlink, missing_ok=True)
        write_private(self.home.run_file, json.dumps(self.run_info) + "\n")
        _log.info("node.started", api=self.run_info["api"], peer=self.run_info["peer"])

    def _adopt(self, sock: socket.socket) -> None:
        """A connection of the control plane. Before the node is ready, callers are sent away and try again."""
        if self._peer_server is None or self.stopping:
            sock.close()
        else:
            self._peer_server.adopt(sock)


def _close_caller(loop: LoopThread, caller: PeerCaller) -> None:
    with contextlib.suppress(Exception):
        loop.run(caller.aclose(), 1.0)


def _public_address(address: str, port: int) -> str:
    """`peer_address`; with port 0 in it, the port that was really opened."""
    host, _, written = address.rpartition(":")
    return f"{host}:{port}" if written == "0" else address
