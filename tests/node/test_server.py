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
        if "x-forwarded-for" in request.headers:
            assert request.client is not None
            return {"client": request.client.host}
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


def test_nobody_says_from_which_address_they_come(server: Server) -> None:
    with visit(server) as here:
        here.sendall(ASK.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 10.9.9.9\r\n\r\n"))
        answer = b""
        while not answer.endswith(b"}"):
            answer += here.recv(1000)
    assert answer.endswith(b'{"client":"127.0.0.1"}')


@pytest.mark.parametrize("start", [b"GET /peer?", b"GET /peer HTTP/1.1\r\nHost: h\r\nX-Long: "])
def test_a_head_without_end_is_not_kept(server: Server, start: bytes) -> None:
    with visit(server) as stranger:
        stranger.sendall(start)
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            for _ in range(1000):
                stranger.sendall(b"a" * (64 << 10))


def test_trailers_without_end_are_not_kept(server: Server) -> None:
    with visit(server) as stranger:
        stranger.sendall(ASK.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"))
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            for _ in range(10000):
                stranger.sendall(b"X-More: " + b"a" * 8000 + b"\r\n")


def test_a_body_may_be_longer_than_a_head(server: Server) -> None:
    body = b"a" * (200 << 10)
    head = b"GET /peer HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % len(body)
    with visit(server) as peer:
        for part in (head, body[:1000], body[1000:]):
            peer.sendall(part)
        answer = b""
        while not answer.endswith(b"{}"):
            answer += peer.recv(1000)
        assert ask(peer).startswith(b"HTTP/1.1 200")
