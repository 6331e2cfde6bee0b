"""Throughput and round trip of a TLS channel over loopback between two processes. Prints one JSON object."""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import ssl
import statistics
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

from tacit.channel.channel import Channel
from tacit.channel.identity import NodeIdentity, Side
from tacit.channel.line import Line, connect
from tacit.channel.sni import session_name

BULK, PING, DONE = 1, 2, 3
CHUNK = 4 << 20
SIZES = (64, 4096, 65536)


def lines(address: str) -> tuple[Line, Line]:
    """Both ends of one session."""
    nodes = {"left": NodeIdentity.generate("left"), "right": NodeIdentity.generate("right")}
    sid = os.urandom(32)
    name = session_name(sid, "left", "right")

    def end(me: str, peer: str, side: Side) -> Line:
        leaf = nodes[me].issue_session(name, side)
        pinned = nodes[peer].certificate_pem
        return Line(name, me, peer, side, sid.hex(), leaf.key_pem, leaf.certificate_pem, pinned, address)

    return end("left", "right", "listen"), end("right", "left", "dial")


def answer(line: Line, chunks: int, round_trips: int) -> None:
    """The other process: takes bulk, sends bulk, echoes, takes a stream of small messages."""
    channel = connect(line)
    for _ in range(chunks):
        channel.recv(BULK, CHUNK)
    channel.send(DONE, b"")
    for _ in SIZES:
        for _ in range(round_trips):
            channel.send(PING, channel.recv(PING, 1 << 20))
    for _ in range(round_trips * 10):
        channel.recv(PING, 64)
    channel.send(DONE, b"")
    channel.recv(DONE, 0)
    both_ways(channel, chunks)
    channel.close()


def both_ways(channel: Channel, chunks: int) -> None:
    """Both sides send and receive in turn."""
    block = bytes(CHUNK)
    for _ in range(chunks):
        channel.send(BULK, block)
        channel.recv(BULK, CHUNK)


def timed(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def push(channel: Channel, chunks: int) -> None:
    block = bytes(CHUNK)
    for _ in range(chunks):
        channel.send(BULK, block)
    channel.recv(DONE, 0)


def stream(channel: Channel, count: int) -> None:
    for _ in range(count):
        channel.send(PING, b"x" * 64)
    channel.recv(DONE, 0)


def echo(channel: Channel, size: int, count: int) -> dict[str, float]:
    """Microseconds of a round trip."""
    block = bytes(size)

    def once() -> None:
        channel.send(PING, block)
        channel.recv(PING, size)

    times = sorted(timed(once) * 1e6 for _ in range(count))
    return {"median_us": round(statistics.median(times), 1), "p99_us": round(times[int(count * 0.99)], 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=512)
    parser.add_argument("--round-trips", type=int, default=5000)
    chosen = parser.parse_args()
    chunks = max(1, (chosen.megabytes << 20) // CHUNK)
    listener = socket.create_server(("127.0.0.1", 0))
    here, there = lines(f"127.0.0.1:{listener.getsockname()[1]}")
    other = get_context("spawn").Process(target=answer, args=(there, chunks, chosen.round_trips))
    other.start()
    channel = connect(here, listener.accept()[0])
    gigabytes = chunks * CHUNK / 1e9
    one_way = timed(lambda: push(channel, chunks))
    echoes = {str(size): echo(channel, size, chosen.round_trips) for size in SIZES}
    small = timed(lambda: stream(channel, chosen.round_trips * 10))
    channel.send(DONE, b"")
    duplex = timed(lambda: both_ways(channel, chunks))
    channel.close()
    other.join()
    result = {
        "one_way_gb_s": round(gigabytes / one_way, 3),
        "both_ways_gb_s_each": round(gigabytes / duplex, 3),
        "round_trip": echoes,
        "messages_per_s_64b": round(chosen.round_trips * 10 / small),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
    }
    json.dump(result, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
