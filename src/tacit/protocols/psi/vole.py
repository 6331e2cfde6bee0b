"""VOLE-PSI: the balanced two-party intersection, streamed bin by bin."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tacit import kernel
from tacit.channel.channel import Channel
from tacit.kernel import Blake3
from tacit.kernel.arrays import Bytes
from tacit.kernel.keys import KeyBins
from tacit.kernel.okvs import Numbers
from tacit.protocols.psi.layout import Layout, layout
from tacit.protocols.psi.opening import telling_peer
from tacit.protocols.psi.oprf import Group, OprfReceiver, OprfSender
from tacit.protocols.psi.wire import (
    TAG_BYTES,
    Match,
    Message,
    Reveal,
    Side,
    Terms,
    recv_exact,
    recv_rows,
    result_differs,
    swap,
)

Progress = Callable[[int, int], None]

_NOBODY = np.uint32(0xFFFFFFFF)


def receive(
    channel: Channel, keys: KeyBins, peer_count: int, terms: Terms, *, progress: Progress | None = None
) -> Match:
    """VOLE-PSI, the receiver's side; `send` is the other one. Both have opened the run and know sizes.

    Inputs: finished keys of each side under one joint seed, n at the receiver, m at the sender; terms bound to it.
    Learns: which own items are common: the receiver, and with terms.reveal BOTH the sender, in a common order. With
        RECEIVER the sender learns nothing, not even how many are common.
    Assumes: both follow the protocol; dual LPN for the parameter set, fixed-key AES as a random permutation, hashes as
        random oracles. With terms.malicious either side may do what it likes: it can stop the run, and choose its
        items freely, a receiver up to about 1.3 n of them, a sender up to the number of places, 1.03 m. A malicious
        receiver can leave common items out of what it tells the sender, but claim none that it does not hold.
    Messages, per group of bins, besides those of `oprf`:
        S -> R TAGS      tags of F(y), filled up to the bins' capacity with random ones and shuffled in every bin
        R -> S PLACES    with BOTH: one bit for every place, whether its tag is common
        R, S   DONE      with BOTH: seal of the common tags (malicious: of the other half of F, which was not sent)
    Cost: about 0.3 µs per item and core for both sides together; 32 to 34 bytes per item for n = m, with `malicious`
        38 to 40; six to eight flights before the first tags, then none that is waited for.
    Source: Raghuraman, Rindal, 2022/320; Rindal, Schoppmann, 2021/266.
    Raises: ProtocolError psi.*, ResourceError psi.unlucky (once in 2^40), PeerLost, PeerFailed.
    """
    with telling_peer(channel):
        plan = layout(keys.distinct, peer_count)
        function = OprfReceiver(channel, terms.key, plan, keys, **_options(terms, plan))
        return _Receiver(channel, terms, plan, progress).run(function.groups(), peer_count)


def send(channel: Channel, keys: KeyBins, peer_count: int, terms: Terms, *, progress: Progress | None = None) -> Match:
    """VOLE-PSI, the sender's side. Everything is said at `receive`."""
    with telling_peer(channel):
        plan = layout(peer_count, keys.distinct)
        function = OprfSender(channel, terms.key, plan, keys, **_options(terms, plan))
        return _Sender(channel, terms, plan, progress).run(function.groups(), peer_count)


class _End:
    """What both ends of a run keep: rows found so far, and a hash over what proves the common items, in common order.

    F serves twice with `malicious`: the first half is the tag, the second never travels and proves that one has F.
    """

    def __init__(self, channel: Channel, terms: Terms, plan: Layout, progress: Progress | None) -> None:
        self._channel = channel
        self._terms = terms
        self._plan = plan
        self._progress = progress
        self._width = TAG_BYTES if terms.malicious else plan.width
        self._both = terms.reveal is Reveal.BOTH
        self._rows: list[Numbers] = []
        self._proof = Blake3()
        self._lied = False

    def _tags(self, group: Group) -> Bytes:
        return np.ascontiguousarray(group.outputs[:, : self._width])

    def _found(self, group: Group, own: Numbers) -> None:
        self._rows.append(group.rows[own])
        if self._both:
            proofs = group.outputs[own]
            self._proof.update(np.ascontiguousarray(proofs[:, self._width :] if self._terms.malicious else proofs))

    def _report(self, group: Group) -> None:
        if self._progress is not None:
            self._progress(group.stop, self._plan.bins)

    def _match(self, peer_count: int) -> Match:
        rows = np.concatenate(self._rows)
        return Match(rows, peer_count, len(rows))

    def _agree(self, me: Side) -> None:
        """End together: nobody leaves before the other has everything, and both hold the same result."""
        digest = self._proof.digest() if self._both else b""
        theirs = swap(self._channel, Message.DONE, self._seal(me, digest))
        if self._lied or not hmac.compare_digest(theirs, self._seal(Side(1 - me), digest)):
            raise result_differs()

    def _seal(self, side: Side, digest: bytes) -> bytes:
        """Differs by side, so that a peer cannot answer with what it was sent."""
        keyed = Blake3(self._terms.key(f"done/{side.name}"))
        keyed.update(digest)
        return keyed.digest()


class _Receiver(_End):
    """Compares tags; with BOTH says at which places the common ones stand."""

    def run(self, groups: Iterator[Group], peer_count: int) -> Match:
        for group in groups:
            tags = self._take_tags(group)
            if not self._both and group.stop == self._plan.bins:
                self._agree(Side.RECEIVER)  # before the last comparison: the time of this message tells nothing
            own, bitmap = self._compare(group, tags)
            self._found(group, own)
            if self._both:
                self._channel.send(Message.PLACES, bitmap.data)
            self._report(group)
        if self._both:
            self._agree(Side.RECEIVER)
        return self._match(peer_count)

    def _take_tags(self, group: Group) -> Bytes:
        shape = (group.stop - group.first, self._plan.sender_capacity, self._width)
        return recv_rows(self._channel, Message.TAGS, shape[0] * shape[1], self._width).reshape(shape)

    def _compare(self, group: Group, tags: Bytes) -> tuple[Numbers, Bytes]:
        """My common keys, in the order of their places, and the bits of these places.

        A key whose tag comes twice counts once, at its first place: to stop here would tell a sender that repeats a
        tag whether I have its key. With RECEIVER no branch depends on what is common, for the same reason.
        """
        own, places, bitmap = kernel.tag_match(self._tags(group), group.offsets, tags)
        numbers, first = np.arange(len(own)), np.empty(len(group.keys), dtype=np.int64)
        first[own[::-1]] = numbers[::-1]  # of several places of a key the first is written last, and stays
        once = first[own] == numbers
        own, places = own[once], places[once]
        if self._both and len(own) != len(once):  # the sender is about to hear what is common anyway
            bits = np.zeros(tags.shape[0] * tags.shape[1], dtype=np.uint8)
            bits[places] = 1
            bitmap = np.packbits(bits, bitorder="little")
        return own, bitmap


class _Sender(_End):
    """Sends tags, padded and shuffled in every bin; with BOTH hears one group later which of them are common."""

    def run(self, groups: Iterator[Group], peer_count: int) -> Match:
        last: tuple[Group, Numbers] | None = None
        for group in groups:
            tags, origins = kernel.tag_pad(self._tags(group), group.offsets, self._plan.sender_capacity)
            self._channel.send(Message.TAGS, tags.data)
            if self._both and last is not None:
                self._hear_places(*last)
            last = group, origins
            self._report(group)
        if self._both and last is not None:
            self._hear_places(*last)
        self._agree(Side.SENDER)
        return self._match(peer_count) if self._both else Match(None, peer_count, None)

    def _hear_places(self, group: Group, origins: Numbers) -> None:
        payload = recv_exact(self._channel, Message.PLACES, -(-len(origins) // 8))
        bits = np.unpackbits(np.frombuffer(payload, dtype=np.uint8), count=len(origins), bitorder="little")
        own = origins[bits.view(bool)]
        if (own == _NOBODY).any():  # claims padding: said in the end, like any claim without proof
            self._lied, own = True, own[:0]
        self._found(group, own)


def _options(terms: Terms, plan: Layout) -> dict[str, Any]:
    return {"parameters": terms.parameters, "malicious": terms.malicious, "width": plan.width}
