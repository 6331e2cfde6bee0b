"""A reverse proxy that puts a web server under a path of its own, as nginx with `location /path/` does."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"}


class PathProxy:
    """Serves what is at `target` under `path`, and nothing else. It is there before `target` is known."""

    def __init__(self, path: str) -> None:
        self.path, self.target = path, ""
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, format: str, *values: object) -> None:
                """Nothing."""

            def do_GET(self) -> None:
                proxy._pass(self)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}{path}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _pass(self, asked: BaseHTTPRequestHandler) -> None:
        if not asked.path.startswith(f"{self.path}/"):
            asked.send_error(404)
            return
        near = http.client.HTTPConnection(urlsplit(self.target).netloc, timeout=60)
        try:
            body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in asked.headers.items() if name.lower() not in HOP}
            near.request(asked.command, asked.path.removeprefix(self.path), body or None, headers)
            self._answer(asked, near.getresponse())
        finally:
            near.close()

    def _answer(self, asked: BaseHTTPRequestHandler, answer: http.client.HTTPResponse) -> None:
        """Piece by piece, as it comes."""
        asked.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                asked.send_header(name, value)
        is_empty = asked.command == "HEAD" or answer.status in (204, 304)
        in_pieces = not is_empty and answer.getheader("Content-Length") is None
        if in_pieces:
            asked.send_header("Transfer-Encoding", "chunked")
        asked.end_headers()
        while not is_empty and (piece := answer.read1(65536)):
            asked.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if in_pieces else piece)
        if in_pieces:
            asked.wfile.write(b"0\r\n\r\n")
