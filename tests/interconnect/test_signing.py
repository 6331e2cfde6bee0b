"""Signed requests: any bit flip, replay, skew, wrong target or missing header is refused."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.errors import RefusedError
from tacit.interconnect import signing
from tacit.interconnect.signing import MemoryReplayCache, Request
from trust_world import KEYS, NOW, PRIVATE, STRANGER

REQUEST = Request(
    method="POST",
    path="/v1/interconn/schedule/job/start",
    query="a=1&b=%20",
    source="hospital",
    target="lab",
    nonce="123e4567-e89b-42d3-a456-426614174000",
    timestamp=str(NOW),
    trace="trace-1",
    body=b'{"job_id":"x"}',
)
SIGNED = signing.signed_headers(REQUEST, PRIVATE["hospital"])


class Ring:
    """Knows everybody of the test world."""

    def public_key(self, node_id):
        return KEYS.get(node_id)


def _verify(request=REQUEST, headers=SIGNED, *, now_ms=NOW, replay=None, me="lab"):
    read = signing.read_request(request.method, request.path, request.query, headers, request.body)
    return signing.verify_request(
        read, headers[signing.SIGN], me=me, keys=Ring(), replay=replay or MemoryReplayCache(), now_ms=now_ms
    )


def _code(call, *args, **more):
    with pytest.raises(RefusedError) as caught:
        call(*args, **more)
    return caught.value.code


def test_honest_request_passes():
    caller = _verify()
    assert (caller.node_id, caller.trace, caller.verified) == ("hospital", "trace-1", True)


def test_signed_bytes_are_as_documented():
    lines = REQUEST.signed_bytes().decode().split("\n")
    assert lines[:5] == ["tacit-request-v1", "POST", REQUEST.path, REQUEST.query, "hospital"]
    assert lines[5:9] == ["lab", REQUEST.nonce, str(NOW), "trace-1"]
    assert len(lines) == 10
    assert len(lines[9]) == 64


def test_known_answer():
    """The format between nodes must not change without a new protocol version."""
    expected = "Mzw16awt+h656Uts1smBQ8jEJXbsV6tWEcEYTHsXAUh0Mwxmnmwp+aDpKaAiYRbgJQsjSVmO2m17/wVciMxbDQ=="
    assert SIGNED[signing.SIGN] == expected


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["path", "query", "body"]), st.integers(0, 10_000), st.integers(0, 7))
def test_any_bit_flip_outside_the_headers_is_refused(part, place, bit):
    value = getattr(REQUEST, part)
    raw = bytearray(value if isinstance(value, bytes) else value.encode())
    raw[place % len(raw)] ^= 1 << bit
    flipped = bytes(raw) if isinstance(value, bytes) else raw.decode("latin-1")
    changed = dataclasses.replace(REQUEST, **{part: flipped})
    assert _code(_verify, changed) == "request.signature_wrong"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(set(SIGNED) - {signing.CSRF})), st.integers(0, 10_000), st.integers(0, 7))
def test_any_bit_flip_in_the_headers_is_refused(name, place, bit):
    raw = bytearray(SIGNED[name].encode())
    raw[place % len(raw)] ^= 1 << bit
    assert _code(_verify, headers={**SIGNED, name: raw.decode("latin-1")}).startswith("request.")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 85), st.sampled_from("ABCXYZabcxyz0189+/"))
def test_another_text_of_a_signature_is_refused(place, letter):
    text = SIGNED[signing.SIGN]
    other = text[:place] + letter + text[place + 1 :]
    if other != text:
        assert _code(_verify, headers={**SIGNED, signing.SIGN: other}) == "request.signature_wrong"


def test_method_is_signed():
    got = dataclasses.replace(REQUEST, method="GET")
    assert _code(_verify, got) == "request.signature_wrong"


def test_replay_is_refused_even_with_another_trace_of_time():
    replay = MemoryReplayCache()
    _verify(replay=replay)
    assert _code(_verify, replay=replay) == "request.replayed"
    assert _code(_verify, replay=replay, now_ms=NOW + signing.WINDOW_MS) == "request.replayed"
    replay.forget(NOW + signing.WINDOW_MS)
    assert _code(_verify, replay=replay, now_ms=NOW + signing.WINDOW_MS) == "request.replayed"
    replay.forget(NOW + signing.WINDOW_MS + 1)  # forgotten only when the clock window has closed
    assert _code(_verify, replay=replay, now_ms=NOW + signing.WINDOW_MS + 1) == "request.clock_skew"


def test_refused_request_does_not_spend_a_nonce():
    replay = MemoryReplayCache()
    forged = {**SIGNED, signing.SIGN: signing.signed_headers(REQUEST, STRANGER)[signing.SIGN]}
    assert _code(_verify, headers=forged, replay=replay) == "request.signature_wrong"
    _verify(replay=replay)


@pytest.mark.parametrize("offset", [-signing.WINDOW_MS - 1, signing.WINDOW_MS + 1, 10**9])
def test_clock_skew(offset):
    assert _code(_verify, now_ms=NOW + offset) == "request.clock_skew"


@pytest.mark.parametrize("offset", [-signing.WINDOW_MS, 0, signing.WINDOW_MS])
def test_inside_the_window(offset):
    _verify(now_ms=NOW + offset)


def test_wrong_target_and_unknown_peer():
    assert _code(_verify, me="notary") == "request.wrong_target"
    strange = dataclasses.replace(REQUEST, source="stranger")
    headers = signing.signed_headers(strange, STRANGER)
    assert _code(_verify, strange, headers) == "request.unknown_peer"


def test_another_peer_cannot_speak_for_the_first():
    headers = {**SIGNED, signing.SOURCE: "notary"}
    assert _code(_verify, headers=headers) == "request.signature_wrong"


@pytest.mark.parametrize("name", sorted(SIGNED))
def test_each_header_is_needed(name):
    headers = {key: value for key, value in SIGNED.items() if key != name}
    read = ("POST", REQUEST.path, REQUEST.query, headers, REQUEST.body)
    assert _code(signing.read_request, *read) == "request.header_missing"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (signing.TIMESTAMP, "now"),
        (signing.TIMESTAMP, "-5"),
        (signing.TIMESTAMP, "٣"),
        (signing.TIMESTAMP, "9" * 16),
        (signing.NONCE, "short"),
        (signing.NONCE, "a" * 65),
        (signing.SOURCE, "a\nb"),
        (signing.SOURCE, ""),
        (signing.TRACE, "x" * 129),
        (signing.SIGN, "AAAA"),
    ],
)
def test_malformed_headers(name, value):
    read = ("POST", REQUEST.path, REQUEST.query, {**SIGNED, name: value}, REQUEST.body)
    assert _code(signing.read_request, *read) == "request.header_invalid"


def test_repeated_header_is_refused():
    pairs = [*SIGNED.items(), ("X-Source-Node-Id", "lab"), ("accept", "a"), ("accept", "b")]
    assert _code(signing.collect_headers, pairs) == "request.header_repeated"
    assert signing.collect_headers(SIGNED.items()) == SIGNED


def test_get_needs_no_csrf_header():
    get = dataclasses.replace(REQUEST, method="GET", body=b"")
    headers = signing.signed_headers(get, PRIVATE["hospital"])
    assert signing.CSRF not in headers
    _verify(get, headers)
