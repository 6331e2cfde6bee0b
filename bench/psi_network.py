"""A slow network between two processes, without rights: a relay in user space with a token bucket and a delay.

    with Relay("127.0.0.1", target_port, latency_ms=20, mbit=100) as relay: ...   # dial relay.port instead

Each direction has the full bandwidth; a byte leaves `latency_ms` / 2 after it was let through, so that `latency_ms` is
the round trip. A bounded queue stands for the router's buffer and pushes back. It runs as a process of its own: its CPU
is not the parties'. (`tc netem` would need a kernel module that many machines, containers above all, do not have.)
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import threading
import time
from collections import deque

_PIECE = 16 << 10
_BUFFER_S = 0.1  # of bandwidth, beside what is under way


class _Pipe:
    """One direction."""

    def __init__(self, source: socket.socket, target: socket.socket, delay_s: float, rate: float) -> None:
        self._source, self._target, self._delay_s, self._rate = source, target, delay_s, rate
        self._limit = int(rate * (delay_s + _BUFFER_S)) + _PIECE if rate else 64 << 20
        self._queue: deque[tuple[float, bytes]] = deque()
        self._held = 0
        self._changed = threading.Condition()
        for run in (self._take, self._give):
            threading.Thread(target=run, daemon=True).start()

    def _take(self) -> None:
        free_at = 0.0
        while True:
            try:
                piece = self._source.recv(_PIECE)
            except OSError:
                piece = b""
            free_at = max(time.monotonic(), free_at) + (len(piece) / self._rate if self._rate else 0.0)
            with self._changed:
                self._changed.wait_for(lambda: self._held < self._limit)
                self._queue.append((free_at + self._delay_s, piece))
                self._held += len(piece)
                self._changed.notify_all()
            if not piece:
                return

    def _give(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._queue))
                due, piece = self._queue.popleft()
            pause = due - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            try:
                if not piece:
                    self._target.shutdown(socket.SHUT_WR)
                    return
                self._target.sendall(piece)
            except OSError:
                return
            with self._changed:
                self._held -= len(piece)
                self._changed.notify_all()


def relay(host: str, port: int, latency_ms: float, mbit: float) -> None:
    """Until killed. Prints its own port first."""
    delay_s, rate = latency_ms / 2000, mbit * 1e6 / 8
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            near, _ = listener.accept()
            far = socket.create_connection((host, port))
            for sock in (near, far):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Pipe(near, far, delay_s, rate)
            _Pipe(far, near, delay_s, rate)


class Relay:
    """The process of a relay; `port` is where to dial."""

    def __init__(self, host: str, port: int, *, latency_ms: float = 0.0, mbit: float = 0.0) -> None:
        command = [sys.executable, __file__, host, str(port), "--latency", str(latency_ms), "--bandwidth", str(mbit)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--latency", type=float, default=0.0, help="round trip, ms")
    parser.add_argument("--bandwidth", type=float, default=0.0, help="Mbit/s in each direction; 0: as it comes")
    options = parser.parse_args()
    relay(options.host, options.port, options.latency, options.bandwidth)


if __name__ == "__main__":
    main()
