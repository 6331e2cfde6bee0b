"""What every channel promises, whatever carries it."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacit.channel import Channel, recv_array, send_array
from tacit.errors import InternalError, PeerFailed, PeerLost, ProtocolError

Pair = tuple[Channel, Channel]


def test_messages_arrive_in_order(pair: Pair) -> None:
    alice, bob = pair
    for number in range(50):
        alice.send(number, bytes([number]) * number)
    assert [bytes(bob.recv(number, 50)) for number in range(50)] == [bytes([n]) * n for n in range(50)]


def test_names_of_the_peers(pair: Pair) -> None:
    assert (pair[0].peer, pair[1].peer) == ("bob", "alice")


@pytest.mark.parametrize("size", [0, 1, 16371, 16372, 16373, 65536, 262143, 262144, 262145, 3_000_001])
def test_sizes_around_the_borders_of_records_and_frames(pair: Pair, size: int) -> None:
    alice, bob = pair
    payload = np.random.default_rng(size).bytes(size)
    alice.send(65535, payload)
    alice.send(0, b"after")
    assert bytes(bob.recv(65535, size)) == payload
    assert bytes(bob.recv(0, 5)) == b"after"


@pytest.mark.parametrize("size", [32 << 20])
def test_both_send_first(pair: Pair, tools: Any, size: int) -> None:
    payload = bytes(size)

    def side(channel: Channel) -> int:
        channel.send(1, payload)
        return len(channel.recv(1, size))

    assert tools.together(lambda: side(pair[0]), lambda: side(pair[1])) == [size, size]


def test_one_message_above_the_queue_limit_leaves(pair: Pair, tools: Any) -> None:
    size = 65 << 20
    _, received = tools.together(lambda: pair[0].send(1, bytes(size)), lambda: len(pair[1].recv(1, size)))
    assert received == size


def test_any_buffer_is_taken(pair: Pair) -> None:
    alice, bob = pair
    for payload in (bytearray(b"abc"), memoryview(b"abc"), np.frombuffer(b"abc", np.uint8).data):
        alice.send(1, payload)
        assert bob.recv(1, 3) == b"abc"


def test_received_bytes_cannot_be_changed(pair: Pair) -> None:
    pair[0].send(1, bytearray(b"abc"))
    assert pair[1].recv(1, 3).readonly


@pytest.mark.parametrize("size", [3, 1_000_000])
def test_another_kind_is_refused_and_stays(pair: Pair, size: int) -> None:
    alice, bob = pair
    alice.send(7, bytes(size))
    with pytest.raises(ProtocolError) as caught:
        bob.recv(8, size)
    assert caught.value.code == "protocol.unexpected_message"
    assert len(bob.recv(7, size)) == size


@pytest.mark.parametrize("size", [3, 1_000_000])
def test_a_message_above_the_limit_is_refused(pair: Pair, size: int) -> None:
    alice, bob = pair
    alice.send(7, bytes(size))
    with pytest.raises(ProtocolError) as caught:
        bob.recv(7, size - 1)
    assert caught.value.code == "protocol.message_too_large"


@pytest.mark.parametrize("kind", [-1, 65536])
def test_kinds_are_16_bits(pair: Pair, kind: int) -> None:
    with pytest.raises(InternalError):
        pair[0].send(kind, b"")


def test_what_was_sent_before_a_close_arrives(pair: Pair, tools: Any) -> None:
    alice, bob = pair
    payload = bytes(8 << 20)

    def leave() -> None:
        alice.send(1, payload)
        alice.close()

    def take() -> None:
        assert len(bob.recv(1, len(payload))) == len(payload)
        with pytest.raises(PeerLost) as caught:
            bob.recv(1, 1)
        assert caught.value.code == "peer.closed"
        with pytest.raises(PeerLost):
            bob.send(1, b"")

    tools.together(leave, take)


def test_a_failure_carries_its_code_in_order(pair: Pair) -> None:
    alice, bob = pair
    alice.send(1, b"before")
    alice.flush()
    alice.fail("data.column_missing")
    assert bob.recv(1, 6) == b"before"
    for _ in range(2):
        with pytest.raises(PeerFailed) as caught:
            bob.recv(1, 6)
        assert (caught.value.peer, caught.value.peer_code) == ("alice", "data.column_missing")
    with pytest.raises(PeerFailed):
        bob.send(1, b"late")


def test_a_failure_wakes_a_waiting_peer(pair: Pair, tools: Any) -> None:
    waiting, _ = tools.together(lambda: tools.outcome(lambda: pair[1].recv(1, 1)), lambda: pair[0].fail("a.b"))
    assert isinstance(waiting, PeerFailed)


def test_free_text_does_not_travel_as_a_code(pair: Pair) -> None:
    pair[0].fail("Row 17 of patients.csv is broken")
    with pytest.raises(PeerFailed) as caught:
        pair[1].recv(1, 1)
    assert caught.value.peer_code == "internal.unknown"


def test_both_fail(pair: Pair, tools: Any) -> None:
    tools.together(lambda: pair[0].fail("a.b"), lambda: pair[1].fail("c.d"))


def test_late_messages_to_a_failed_side_do_no_harm(pair: Pair, tools: Any) -> None:
    alice, bob = pair
    bob.send(1, bytes(5 << 20))
    alice.fail("a.b")
    bob_saw = tools.outcome(lambda: bob.recv(1, 1))
    assert isinstance(bob_saw, PeerFailed)
    tools.together(alice.close, bob.close)


def test_an_ended_side_is_not_used_again(pair: Pair) -> None:
    alice, _ = pair
    alice.close()
    alice.close()
    alice.fail("a.b")
    for call in (lambda: alice.send(1, b""), lambda: alice.recv(1, 1), alice.flush):
        with pytest.raises(InternalError):
            call()


def test_flush(pair: Pair, tools: Any) -> None:
    def push() -> None:
        pair[0].send(1, bytes(4 << 20))
        pair[0].flush()

    tools.together(push, lambda: pair[1].recv(1, 4 << 20))


def test_counters(pair: Pair) -> None:
    alice, bob = pair
    alice.send(1, b"123")
    alice.send(1, b"45")
    for _ in range(2):
        bob.recv(1, 3)
    bob.send(2, b"6")
    alice.recv(2, 1)
    alice.send(1, b"")
    bob.recv(1, 0)
    there, back = alice.traffic(), bob.traffic()
    assert (there.bytes_sent, there.messages_sent, there.bytes_received, there.messages_received) == (5, 3, 1, 1)
    assert (back.bytes_received, back.messages_received, back.bytes_sent, back.messages_sent) == (5, 3, 1, 1)
    assert (there.rounds, back.rounds) == (1, 1)


def test_transcripts_agree_and_tell_runs_apart(pair: Pair) -> None:
    alice, bob = pair
    seen = {alice.transcript()}
    for payload in (b"", b"x", bytes(300_000)):
        alice.send(1, payload)
        bob.recv(1, len(payload))
        bob.send(2, payload)
        alice.recv(2, len(payload))
        assert alice.transcript() == bob.transcript()
        seen.add(alice.transcript())
    assert len(seen) == 4
    assert all(len(value) == 32 for value in seen)


def test_transcripts_differ_when_a_message_is_under_way(pair: Pair) -> None:
    pair[0].send(1, b"x")
    assert pair[0].transcript() != pair[1].transcript()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 400_000)), max_size=8))
def test_any_sequence_arrives(pair: Pair, script: list[tuple[bool, int]]) -> None:
    for forward, size in script:
        sender, receiver = pair if forward else pair[::-1]
        sender.send(size % 65536, bytes(size))
        assert len(receiver.recv(size % 65536, size)) == size
    assert pair[0].transcript() == pair[1].transcript()


def test_arrays(pair: Pair) -> None:
    alice, bob = pair
    for array in (
        np.arange(12, dtype=np.uint64).reshape(3, 4),
        np.arange(12, dtype=">i4").reshape(3, 4).T,
        np.zeros((0, 5)),
        np.array([True, False]),
        np.float32(1.5) * np.ones((2, 2, 2), np.float32),
    ):
        send_array(alice, 3, array)
        received = recv_array(bob, 3, array.dtype, array.shape)
        assert received.dtype == array.dtype
        np.testing.assert_array_equal(received, array)


@pytest.mark.parametrize(("sent", "code"), [(9, "protocol.message_too_large"), (7, "protocol.wrong_size")])
def test_arrays_of_another_size_are_refused(pair: Pair, sent: int, code: str) -> None:
    send_array(pair[0], 3, np.zeros(sent))
    with pytest.raises(ProtocolError) as caught:
        recv_array(pair[1], 3, np.float64, (2, 4))
    assert caught.value.code == code


def test_arrays_of_objects_are_refused(pair: Pair) -> None:
    with pytest.raises(TypeError):
        send_array(pair[0], 3, np.array([object()]))


def test_a_full_queue_makes_the_sender_wait(pair: Pair, tools: Any) -> None:
    alice, bob = pair
    block, blocks, sent = bytes(8 << 20), 12, []
    enough = threading.Event()

    def push() -> None:
        for number in range(blocks):
            alice.send(1, block)
            sent.append(number)
            if number == 6:
                enough.set()
        enough.set()

    def pull() -> int:
        enough.wait(30)
        before = len(sent)
        for _ in range(blocks):
            bob.recv(1, len(block))
        return before

    _, before = tools.together(push, pull)
    assert before < blocks
