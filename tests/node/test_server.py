"""Connections that the server adopts: strangers cannot fill it, nor stay."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI, Request

from tacit.node import server as server_module
from tacit.node.courier import LoopThread
from tacit.node.server import Server

ASK = b"GET /peer HTTP/1.1\r\nHost: h\r\n\r\n"


@pytest.fixture
def server() -> Iterator[Server]:
    app, loop = FastAPI(), LoopThread()

    @app.get("/peer")
    async def peer(request: Request) -> dict[str, Any]:
        request.scope["state"]["vouch"]()
        return {}

    made = Server(app, loop)
    made.start([])
    yield made
    made.stop()
    loop.close()
    loop.loop.close()


def visit(server: Server) -> socket.socket:
    """The visitor's end of a connection that the server adopts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here = socket.create_connection(listener.getsockname(), timeout=5)
        server.adopt(listener.accept()[0])
    return here


def ask(sock: socket.socket) -> bytes:
    sock.sendall(ASK)
    answer = b""
    while not answer.endswith(b"{}"):
        answer += sock.recv(1000)
    return answer


def ended(sock: socket.socket) -> bool:
    with sock:
        try:
            return sock.recv(1) == b""
        except ConnectionResetError:
            return True


def test_the_oldest_stranger_makes_room(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MAX_ADOPTED", 3)
    with visit(server) as peer:
        assert ask(peer).startswith(b"HTTP/1.1 200")
        strangers = [visit(server) for _ in range(6)]
        assert all(ended(sock) for sock in strangers[:4])
        assert ask(peer).startswith(b"HTTP/1.1 200")
        for sock in strangers[4:]:
            assert ask(sock).startswith(b"HTTP/1.1 200")
        assert ended(visit(server))  # all three are peers now
        for sock in strangers[4:]:
            sock.close()


def test_a_stranger_does_not_stay(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "UNPROVEN_S", 0.2)
    with visit(server) as peer:
        assert ask(peer).startswith(b"HTTP/1.1 200")
        silent, slow = visit(server), visit(server)
        slow.sendall(ASK[:20])
        assert ended(silent)
        assert ended(slow)
        assert ask(peer).startswith(b"HTTP/1.1 200")


def test_who_has_left_takes_no_room(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MAX_ADOPTED", 1)
    for _ in range(3):
        with visit(server) as peer:
            peer.sendall(ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            assert peer.recv(1000).startswith(b"HTTP/1.1 200")
            while peer.recv(1000):
                pass
