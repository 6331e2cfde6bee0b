"""What a table's server and a client tell each other before anything depends on a key: the table, then the wish."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any

from tacit.channel.channel import Channel
from tacit.errors import ProtocolError, RefusedError
from tacit.runtime.psi_meeting import declining

MAX_WORDS = 1 << 16
MAX_NUMBER = 1 << 48
_VERSION = 1


class Message(IntEnum):
    """Message numbers on the channel, before those of the protocol."""

    TABLE = 0x5311
    WISH = 0x5312


@dataclass(frozen=True, slots=True)
class Announcement:
    """The server's table. `bytes`: of all its files; `left`: queries that are still answered under this code."""

    size: int
    epoch: int
    key_id: str
    digest: str
    bytes: int
    left: int
    verifiable: bool
    key_types: str
    key_columns: int
    normalise: tuple[tuple[str, ...], ...]
    payload_columns: tuple[str, ...]
    payload_bytes: int


@dataclass(frozen=True, slots=True)
class Wish:
    """How many keys the client asks about, and the digest of the copy of the table that it has, if any."""

    count: int
    digest: str | None


def announce(channel: Channel, table: Announcement) -> Wish:
    """The server's side. Raises ProtocolError psi.malformed; RefusedError psi.query_budget, psi.declined."""
    channel.send(Message.TABLE, _pack(asdict(table)))
    with declining():
        fields = _unpack(bytes(channel.recv(Message.WISH, MAX_WORDS)))
    try:
        wish = Wish(_number(fields["count"]), None if fields["digest"] is None else _hex(fields["digest"], 64))
    except (KeyError, TypeError, ValueError):
        raise _malformed("a wish that cannot be read") from None
    check_budget(wish.count, table.left)
    return wish


def hear(channel: Channel) -> Announcement:
    """The client's side, to be followed by `wish_for`. Raises ProtocolError psi.malformed."""
    fields = _unpack(bytes(channel.recv(Message.TABLE, MAX_WORDS)))
    try:
        return _announcement(fields)
    except (KeyError, TypeError, ValueError):
        raise _malformed("a table that cannot be read") from None


def wish_for(channel: Channel, wish: Wish, left: int) -> None:
    """Say how much is asked; where it is more than is left, both sides stop. Raises RefusedError psi.query_budget."""
    channel.send(Message.WISH, _pack(asdict(wish)))
    channel.flush()
    check_budget(wish.count, left)


def check_budget(count: int, left: int) -> None:
    """Raises RefusedError psi.query_budget."""
    if count > left:
        raise RefusedError(
            "psi.query_budget",
            "The budget of queries to this sealed table is used up.",
            found=str(count),
            expected=f"at most {left}",
            hint="Ask about fewer keys, or let the server raise its budget.",
        )


def _announcement(fields: dict[str, Any]) -> Announcement:
    numbers = {
        name: _number(fields[name]) for name in ("size", "epoch", "bytes", "left", "key_columns", "payload_bytes")
    }
    normalise = tuple(tuple(_text(rule) for rule in _list(rules)) for rules in _list(fields["normalise"]))
    key_types = _text(fields["key_types"])
    if not isinstance(fields["verifiable"], bool) or not 1 <= len(key_types) == numbers["key_columns"] <= 16:
        raise ValueError("out of range")
    return Announcement(
        **numbers,
        key_id=_hex(fields["key_id"], 32),
        digest=_hex(fields["digest"], 64),
        verifiable=fields["verifiable"],
        key_types=key_types,
        normalise=normalise,
        payload_columns=tuple(_text(name) for name in _list(fields["payload_columns"])),
    )


def _pack(fields: dict[str, Any]) -> bytes:
    return json.dumps({"v": _VERSION, **fields}).encode()


def _unpack(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise _malformed("words that cannot be read") from None
    if not isinstance(fields, dict) or fields.get("v") != _VERSION:
        raise _malformed("words of another version")
    return fields


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_NUMBER:
        raise ValueError("no number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _hex(value: Any, length: int) -> str:
    if len(bytes.fromhex(_text(value))) * 2 != length or len(value) != length:
        raise ValueError("no digest")
    return str(value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > 256:
        raise ValueError("no list")
    return value


def _malformed(found: str) -> ProtocolError:
    return ProtocolError(
        "psi.malformed",
        "The peer sent a message that this protocol does not know.",
        found=found,
        hint="Both sides must run the same release of Tacit.",
    )
