"""Two uvicorn servers on the node's one event loop: the local API, and the peer application behind the peer port."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI

from tacit.errors import ResourceError
from tacit.node.courier import LoopThread
from tacit.node.http_protocol import BoundedHttp

KEEP_ALIVE_S = 60
HANDSHAKE_S = 10.0
UNPROVEN_S = 15.0  # for the first request that a peer has signed
MAX_ADOPTED = 256  # connections, also those of strangers
STOP_S = 0.5
_log = structlog.get_logger("server")


class _Visitor:
    """An adopted connection. Whoever answers a request calls `vouch` (in the request's state) when a peer signed it."""

    def __init__(self) -> None:
        self.proven = False
        self.task: asyncio.Task[None] | None = None  # while the handshake is under way
        self.transport: asyncio.BaseTransport | None = None

    def vouch(self) -> None:
        self.proven = True

    def leave(self) -> None:
        """End the connection, whatever it is doing."""
        if self.task is not None:
            self.task.cancel()
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


class Server:
    """uvicorn on the loop thread. `sockets` are listeners; without any, connections come through `adopt`.

    Of those that are adopted at most MAX_ADOPTED are open. One that is not proven to be a peer's ends after
    UNPROVEN_S seconds, and earlier, the oldest first, when there is no room for another.
    """

    def __init__(self, app: FastAPI, loop: LoopThread, context: ssl.SSLContext | None = None) -> None:
        self._config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            http=BoundedHttp,
            server_header=False,
            proxy_headers=False,  # the guard alone decides whose X-Forwarded-For is believed
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(self._config)
        self._loop = loop
        self._context = context
        self._task: asyncio.Task[None] | None = None
        self._visitors: dict[_Visitor, None] = {}  # oldest first; only touched on the loop

    def start(self, sockets: list[socket.socket]) -> None:
        """Returns when connections are served."""
        self._loop.run(self._start(sockets))

    def stop(self) -> None:
        """Let running requests end for a moment, then close."""
        with contextlib.suppress(Exception):
            self._loop.run(self._stop(), STOP_S + 1.5)

    def adopt(self, sock: socket.socket) -> None:
        """Serve a connection that somebody else accepted. From any thread."""
        self._loop.start(self._admit(sock))

    async def _start(self, sockets: list[socket.socket]) -> None:
        self._task = asyncio.create_task(self._server.serve(sockets))
        while not self._server.started and not self._task.done():
            await asyncio.sleep(0.005)

    async def _stop(self) -> None:
        """Idle connections are not waited for: their peers may never say goodbye."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_S)
            self._server.force_exit = True
            await asyncio.wait([self._task], timeout=0.5)

    async def _admit(self, sock: socket.socket) -> None:
        if len(self._visitors) >= MAX_ADOPTED and not self._make_room():
            sock.close()
            return
        visitor = _Visitor()
        self._visitors[visitor] = None
        visitor.task = asyncio.current_task()
        try:
            await self._adopt(sock, visitor)
        except (OSError, ssl.SSLError) as fault:
            _log.info("server.handshake_failed", reason=type(fault).__name__)
        finally:
            visitor.task = None
            if visitor.transport is None:
                self._visitors.pop(visitor, None)
                sock.close()

    def _make_room(self) -> bool:
        """End the oldest connection of which nobody knows whose it is; False if there is none."""
        stranger = next((visitor for visitor in self._visitors if not visitor.proven), None)
        if stranger is None:
            return False
        self._visitors.pop(stranger)
        stranger.leave()
        return True

    async def _adopt(self, sock: socket.socket, visitor: _Visitor) -> None:
        """Handshake, then hand the connection to uvicorn."""
        loop = asyncio.get_running_loop()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def protocol() -> asyncio.Protocol:
            made = self._config.http_protocol_class(  # type: ignore[call-arg]
                config=self._config,
                server_state=self._server.server_state,
                app_state={"vouch": visitor.vouch},
                _loop=loop,
            )
            return _farewell(made, lambda: self._visitors.pop(visitor, None))

        visitor.transport, _ = await loop.connect_accepted_socket(
            protocol, sock, ssl=self._context, ssl_handshake_timeout=HANDSHAKE_S if self._context else None
        )
        loop.call_later(UNPROVEN_S, lambda: None if visitor.proven else visitor.leave())


def _farewell(protocol: Any, tell: Callable[[], object]) -> asyncio.Protocol:
    """The same protocol, which tells when its connection has ended."""
    lost = protocol.connection_lost

    def connection_lost(error: Exception | None) -> None:
        tell()
        lost(error)

    protocol.connection_lost = connection_lost
    return protocol  # type: ignore[no-any-return]


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ResourceError("port.taken")."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
    except OSError as fault:
        raise ResourceError(
            "port.taken",
            "The local API cannot listen on its port.",
            found=f"{host}:{port}",
            hint="Another program uses it; change api_port in node.toml.",
        ) from fault
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # inherited: head and body are two writes
    return listener
