"""A local API that answers what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

TOKEN = "s3cret-token"


@dataclass
class Asked:
    """One request."""

    method: str
    path: str  # with the query, as it came
    body: Any
    token: str


@dataclass
class FakeNode:
    """`answers`: "GET /jobs/job-1" -> JSON value, (status, JSON value) or (status, bytes, content type)."""

    home: Path
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.home.mkdir(exist_ok=True)
        self.write_run(os.getpid())
        (self.home / "api.token").write_text(TOKEN + "\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def write_run(self, pid: int) -> None:
        (self.home / "run.json").write_text(json.dumps({"ready": True, "api": self.url, "pid": pid}))


def problem(code: str, kind: str, status: int, **fields: Any) -> tuple[int, dict[str, Any]]:
    """An answer as of a refusing node."""
    return status, {
        "type": f"urn:tacit:error:{code}", "status": status, "code": code, "class": kind, "message": "No.",
        "found": None, "expected": None, "hint": "Do something else.", **fields,
    }  # fmt: skip


def _handler(node: FakeNode) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            path = self.path.removeprefix("/api/v1")
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            node.asked.append(Asked(self.command, path, body, token))
            answer = node.answers.get(
                f"{self.command} {path}", problem("request.unknown_endpoint", "NotFoundError", 404)
            )
            status, content, kind = answer if isinstance(answer, tuple) and len(answer) == 3 else (*_plain(answer), "")
            payload = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind or "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_DELETE = _answer

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler


def _plain(answer: Any) -> tuple[int, Any]:
    return answer if isinstance(answer, tuple) else (200, answer)
