"""Vector oblivious linear evaluation: the code, the correlation, message sizes, a whole intersection."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit import kernel
from tacit.kernel import reference
from tacit.kernel.arrays import Bytes
from tacit.kernel.vole import CHALLENGE_BYTES, CONSERVATIVE, FAST, PROOF_BYTES, VoleReceiver, VoleSender, vole_set

SEED = b"0123456789abcdef"


def random_blocks(stream: int, count: int) -> Bytes:
    """The same blocks in every run."""
    return kernel.prg_bytes(SEED, stream, 16 * count).reshape(count, 16)


def connected(name: str = FAST, first: int = 1, malicious: bool = False) -> tuple[VoleSender, VoleReceiver]:
    """Two sides that are ready for the first blocks."""
    sender = VoleSender(b"s" * 16, name, first=first, malicious=malicious)
    receiver = VoleReceiver(b"s" * 16, name, first=first, malicious=malicious)
    start = receiver.connect(sender.base_message())
    assert len(start) == vole_set(name).start_length(first, malicious)
    sender.connect(receiver.base_message(), start)
    return sender, receiver


def step(sender: VoleSender, receiver: VoleReceiver, blocks: int) -> tuple[Bytes, Bytes, Bytes]:
    """A, B and C of one step."""
    reply, b = sender.extend(blocks, receiver.request(blocks))
    a, c = receiver.finish(reply)
    return a, b, c


@settings(max_examples=8, deadline=None)
@given(st.sampled_from([64, 68, 100, 132]), st.sampled_from([1, 7, 8, 21]), st.integers(0, 99))
def test_the_code(outputs: int, weight: int, stream: int) -> None:
    noise, seed = random_blocks(stream, 2 * outputs), random_blocks(stream + 100, 1).tobytes()
    found = kernel.vole_compress(noise, weight, seed)
    assert np.array_equal(found, reference.vole_compress(noise, weight, seed))


def test_the_code_is_linear_and_spreads() -> None:
    noise = np.zeros((1024, 16), dtype=np.uint8)
    noise[600, 0] = 1
    spread = kernel.vole_compress(noise, 7, SEED)
    assert (spread.any(axis=1)).mean() > 0.95
    more = random_blocks(1, 1024)
    both = kernel.vole_compress(noise ^ more, 7, SEED)
    assert np.array_equal(both, spread ^ kernel.vole_compress(more, 7, SEED))


@pytest.mark.parametrize("name", [FAST, CONSERVATIVE])
def test_the_correlation_holds_step_after_step(name: str) -> None:
    sender, receiver = connected(name)
    numbers = vole_set(name)
    seen: list[Bytes] = []
    for blocks in (1, 2):
        request = receiver.request(blocks)
        assert len(request) == numbers.request_bytes(blocks)
        reply, b = sender.extend(blocks, request)
        assert len(reply) == numbers.reply_bytes(blocks)
        a, c = receiver.finish(reply)
        assert len(a) == len(b) == len(c) == numbers.length(blocks, first=0 if seen else 1)
        assert np.array_equal(sender.corrected(a, b), c)
        seen.append(a)
    assert len(np.unique(np.concatenate(seen), axis=0)) == sum(map(len, seen))


def test_steps_overlap_and_write_into_given_memory() -> None:
    sender, receiver = connected(first=3)
    numbers = vole_set()
    assert numbers.start_bytes == numbers.start_length()
    assert receiver.ready == 3
    requests = [receiver.request(1), receiver.request(2)]
    assert receiver.ready == 0
    lengths = [numbers.length(1, first=3), numbers.length(2)]
    memory = [[np.full((length, 16), 7, dtype=np.uint8) for _ in range(4)] for length in lengths]
    replies = [sender.extend(1, requests[0], memory[0][0]), sender.extend(2, requests[1], memory[1][0])]
    for (reply, b), (memory_of_b, a, c, k) in zip(replies, memory, strict=True):
        found = receiver.finish(reply, (a, c))
        assert b is memory_of_b and found[0] is a and found[1] is c
        assert sender.corrected(a, b, k) is k and np.array_equal(k, c)
        assert sender.corrected(a, b, b) is b and np.array_equal(b, c)
    assert receiver.ready == 16


def test_checked_steps() -> None:
    sender, receiver = connected(first=2, malicious=True)
    numbers, before = vole_set(), []
    for _ in range(2):
        request = receiver.request(1)
        assert len(request) == numbers.request_bytes(1, malicious=True)
        before.append(receiver.challenge(sender.answer(1, request)))
    for number, challenge in enumerate(before):
        proof, b = sender.prove(challenge)
        assert (len(challenge), len(proof)) == (CHALLENGE_BYTES, PROOF_BYTES)
        a, c = receiver.verify(proof)
        assert len(a) == numbers.length(1, first=0 if number else 2, malicious=True)
        assert np.array_equal(sender.corrected(a, b), c)


def changed(message: bytes, *places: int) -> bytes:
    """A message with a bit of some bytes turned over."""
    array = np.frombuffer(message, dtype=np.uint8).copy()
    array[list(places)] ^= 1
    return array.tobytes()


# In the reply a seed, then 10 blocks for each tree: seven sums of levels, both of the last level, the correction.
@pytest.mark.parametrize("places", [(5,), (16 + 160 * 9,), (16 + 160 * 99 + 96,), (16 + 112, 16 + 128), (16 + 144,)])
def test_a_corrupt_sender_is_caught(places: tuple[int, ...]) -> None:
    sender, receiver = connected(malicious=True)
    reply = sender.answer(1, receiver.request(1))
    proof, _ = sender.prove(receiver.challenge(changed(reply, *places)))
    with pytest.raises(ArithmeticError, match="consistency"):
        receiver.verify(proof)
    with pytest.raises(RuntimeError, match="not the next"):
        receiver.request(1)


def test_a_sender_with_other_outputs_is_caught() -> None:
    sender, receiver = connected(malicious=True)
    b = np.empty((vole_set().length(1, first=1, malicious=True), 16), dtype=np.uint8)
    challenge = receiver.challenge(sender.answer(1, receiver.request(1), b))
    b[777, 3] ^= 1
    with pytest.raises(ArithmeticError, match="consistency"):
        receiver.verify(sender.prove(challenge)[0])


@pytest.mark.parametrize("place", [0, 4000, 9000, -2000, -1])
def test_a_corrupt_receiver_is_caught_before_the_reply(place: int) -> None:
    sender, receiver = connected(malicious=True)
    with pytest.raises(ArithmeticError, match="consistency"):
        sender.answer(1, changed(receiver.request(1), place, (place + 4000) // 2))
    with pytest.raises(RuntimeError, match="not the next"):
        sender.answer(1, b"")


@pytest.mark.parametrize("place", [0, 4000, 100_000, -1000])
def test_a_corrupt_start_is_caught(place: int) -> None:
    sender, receiver = VoleSender(b"s" * 16, malicious=True), VoleReceiver(b"s" * 16, malicious=True)
    start = receiver.connect(sender.base_message())
    with pytest.raises(ArithmeticError, match="consistency"):
        sender.connect(receiver.base_message(), changed(start, place, place + 16))


def test_modes_do_not_mix() -> None:
    sender, receiver = connected(malicious=True)
    with pytest.raises(RuntimeError, match="not the next"):
        sender.extend(1, receiver.request(1))
    with pytest.raises(RuntimeError, match="not the next"):
        receiver.finish(b"")
    with pytest.raises(RuntimeError, match="not the next"):
        sender.prove(bytes(32))
    sender, receiver = connected()
    with pytest.raises(RuntimeError, match="not the next"):
        sender.answer(1, receiver.request(1))
    with pytest.raises(RuntimeError, match="not the next"):
        receiver.verify(bytes(32))


def test_outputs_look_random() -> None:
    a, b, c = step(*connected(), 1)
    for blocks in (a, b, c):
        ones = np.unpackbits(blocks, axis=1).mean(axis=0)
        assert np.abs(ones - 0.5).max() < 6 * 0.5 / np.sqrt(len(blocks))


def test_an_intersection() -> None:
    """The shape of the protocol that this is for: only common keys have common tags."""
    bins, bits = 3, 42.0
    own, order, offsets = kernel.bin_partition(random_blocks(1, 2000), bins)
    theirs, _, their_offsets = kernel.bin_partition(random_blocks(1, 2500)[1000:].copy(), bins)
    capacity = kernel.bin_capacity(2000, bins)
    p = kernel.okvs_encode(own, kernel.block_hash(own, SEED), offsets, capacity, bits, SEED)
    sender, receiver = connected()
    a, b, c = (rows[: p.size // 16] for rows in step(sender, receiver, 1))
    k = sender.corrected(a ^ p.reshape(-1, 16), b).reshape(p.shape)
    shape = (offsets, capacity, bits, SEED)
    mine = kernel.tag_hash(kernel.okvs_decode(own, c.reshape(p.shape), *shape), SEED, 11)
    decoded = kernel.okvs_decode(theirs, k, their_offsets, capacity, bits, SEED)
    minus = sender.corrected(kernel.block_hash(theirs, SEED), decoded)
    padded, _ = kernel.tag_pad(kernel.tag_hash(minus, SEED, 11), their_offsets, kernel.bin_capacity(1500, bins))
    found = kernel.tag_join(mine, offsets, padded)
    assert sorted(order[found[:, 0]].tolist()) == list(range(1000, 2000))


def test_refusals() -> None:
    sender, receiver = connected()
    with pytest.raises(ValueError, match="cannot be made"):
        receiver.request(2)
    with pytest.raises(ValueError, match="cannot be made"):
        sender.extend(0, b"")
    with pytest.raises(RuntimeError, match="not the next"):
        receiver.finish(b"")
    with pytest.raises(ValueError, match="wrong length"):
        sender.extend(1, b"12345")
    receiver.request(1)
    with pytest.raises(ValueError, match="wrong length"):
        receiver.finish(b"12345")
    with pytest.raises(ValueError, match="no such parameter set"):
        VoleSender(b"s" * 16, "silver")
    with pytest.raises(ValueError, match="first must be"):
        VoleReceiver(b"s" * 16, first=17)
    with pytest.raises(ValueError, match="no such parameter set"):
        vole_set("silver")
    with pytest.raises(ValueError, match="multiple of 4"):
        kernel.vole_compress(random_blocks(1, 130), 7, SEED)
