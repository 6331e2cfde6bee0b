"""A channel that writes down what it carries: direction, kind, size and content of every message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tacit.channel.channel import Buffer, Channel, Traffic


@dataclass
class Recorder:
    """Stands in front of a channel end. `shape` is what an observer of lengths sees; `received` is the view."""

    inner: Channel
    shape: list[tuple[str, int, int]] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    @property
    def peer(self) -> str:
        return self.inner.peer

    def send(self, kind: int, payload: Buffer) -> None:
        self.shape.append(("sent", int(kind), memoryview(payload).nbytes))
        self.inner.send(kind, payload)

    def recv(self, kind: int, limit: int) -> memoryview:
        payload = self.inner.recv(kind, limit)
        self.shape.append(("received", int(kind), payload.nbytes))
        self.received.append(bytes(payload))
        return payload

    def flush(self) -> None:
        self.inner.flush()

    def fail(self, code: str) -> None:
        self.inner.fail(code)

    def close(self) -> None:
        self.inner.close()

    def traffic(self) -> Traffic:
        return self.inner.traffic()

    def transcript(self) -> bytes:
        return self.inner.transcript()


def shapes_of(records: dict[str, Any]) -> dict[str, list[tuple[str, int, int]]]:
    """Shape per named channel end."""
    return {name: list(record.shape) for name, record in records.items()}
