"""The reader of ClientHellos: what OpenSSL really sends, and what a stranger might."""

from __future__ import annotations

import ssl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.channel.sni import (
    MAX_HELLO,
    Peek,
    from_server_name,
    is_session_name,
    read_session_name,
    session_name,
    to_server_name,
)

NAME = session_name(bytes(32), "alice", "bob")


def client_hello(server_name: str | None) -> bytes:
    """The first bytes of a real TLS client."""
    context = ssl.create_default_context()
    context.check_hostname = False
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname=server_name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


HELLO = client_hello(to_server_name(NAME))


def test_names_round_trip() -> None:
    assert from_server_name(to_server_name(NAME)) == NAME
    assert is_session_name(NAME)
    assert session_name(bytes(32), "bob", "alice") == NAME
    assert session_name(bytes(32), "bob", "alic") != NAME
    assert session_name(b"\1" * 32, "bob", "alice") != NAME


@pytest.mark.parametrize("name", ["", "ab", NAME.upper(), NAME + "0", "g" * 64])
def test_other_names_are_refused(name: str) -> None:
    assert not is_session_name(name)
    with pytest.raises(ValueError, match="64 hex"):
        to_server_name(name)


def test_a_real_hello() -> None:
    assert read_session_name(HELLO) == NAME
    assert read_session_name(HELLO + b"more") == NAME


@pytest.mark.parametrize("server_name", [None, "node.example.org", f"x{to_server_name(NAME)}"])
def test_other_hellos_are_for_the_control_plane(server_name: str | None) -> None:
    assert read_session_name(client_hello(server_name)) is Peek.OTHER


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n", b"\0", b"\x16\x02", b"\x16\x03\x01\xff\xff"])
def test_what_is_no_tls_is_for_the_control_plane(data: bytes) -> None:
    assert read_session_name(data) is Peek.OTHER


def test_every_beginning_needs_more() -> None:
    assert {read_session_name(HELLO[:count]) for count in range(len(HELLO))} == {Peek.MORE}


@pytest.mark.parametrize(("size", "expected"), [(100, NAME), (3, Peek.OTHER)])
def test_a_hello_split_over_records(size: int, expected: object) -> None:
    body, records = HELLO[5:], b""
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        records += b"\x16\x03\x01" + len(piece).to_bytes(2, "big") + piece
    assert read_session_name(records) == expected


def test_an_endless_hello_is_given_up() -> None:
    assert read_session_name(b"\x16\x03\x01\x40\x00\x01\x00\x3f\xff" + bytes(MAX_HELLO - 9)) is not Peek.MORE


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes(data: bytes) -> None:
    read_session_name(data)
    read_session_name(b"\x16\x03\x01" + data)
    assert read_session_name(b"\x16\x03\x01" + len(data).to_bytes(2, "big") + b"\x01" + data) is not None


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.integers(0, len(HELLO) - 1), st.integers(0, 255), max_size=6), st.integers(0, len(HELLO)))
def test_mutated_hellos(changes: dict[int, int], cut: int) -> None:
    data = bytearray(HELLO)
    for position, value in changes.items():
        data[position] = value
    found = read_session_name(bytes(data[:cut]))
    assert isinstance(found, Peek) or is_session_name(found)
