"""HTTP/1.1 connections of uvicorn and httptools, with a bound on what comes before and after a body.

httptools, unlike h11, keeps a head of any length until it is complete: a stranger could fill the memory with one.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 << 10  # bytes of a request line and headers, or of trailers, that may come without an end


class BoundedHttp(HttpToolsProtocol):
    """Answers 400 and closes the connection once more than MAX_HEAD bytes came that completed nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unfinished = 0
        self._advanced = False

    def data_received(self, data: bytes) -> None:
        self._advanced = False
        super().data_received(data)
        self._unfinished = 0 if self._advanced else self._unfinished + len(data)
        if self._unfinished > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        self._advanced = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._advanced = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._advanced = True
        super().on_message_complete()
