"""Oblivious linear evaluation in steps, each asked for before the one before it is used up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from tacit.channel.channel import Channel
from tacit.errors import ProtocolError
from tacit.kernel.arrays import Bytes
from tacit.kernel.vole import VoleReceiver, VoleSender, VoleSet, vole_set
from tacit.protocols.psi.layout import Layout
from tacit.protocols.psi.wire import ITEM_BYTES, Message, malformed, recv_exact

FIRST_BLOCKS = 4  # of step 0 at most: more would make the START message longer than they save
_OFFER_BYTES = 32
_ANSWER_BYTES = 8192
_CHALLENGE_BYTES = _PROOF_BYTES = 32
_BUFFERS = 3  # steps whose rows are in use: of the last group, of this one, and of the one that is made

_T = TypeVar("_T")


class Plan:
    """Blocks of every step and rows of every group, from public numbers. Step 0 opens; step g + 1 is for group g."""

    def __init__(self, numbers: VoleSet, layout: Layout, malicious: bool) -> None:
        self.numbers = numbers
        self.malicious = malicious
        self.rows = [(stop - first) * layout.entries for first, stop in layout.groups()]
        self.first = next((n for n in range(1, FIRST_BLOCKS) if self._length(n, n) >= sum(self.rows)), FIRST_BLOCKS)
        self.blocks = [self.first]
        stock = self.most_left = self.length(0)
        for rows in self.rows:
            self.blocks.append(self._enough(rows - stock))
            stock += self.length(len(self.blocks) - 1) - rows
            self.most_left = max(self.most_left, stock)

    def has(self, step: int) -> bool:
        """Whether there is a step of that number that gives anything."""
        return step < len(self.blocks) and self.blocks[step] > 0

    def length(self, step: int) -> int:
        """Rows that a step gives."""
        return self._length(self.blocks[step], self.first if step == 0 else 0) if self.blocks[step] else 0

    def _length(self, blocks: int, first: int) -> int:
        return self.numbers.length(blocks, first, self.malicious)

    def _enough(self, rows: int) -> int:
        blocks = max(0, -(-rows // self._length(1, 0)))
        return blocks - 1 if blocks and self._length(blocks - 1, 0) >= rows else blocks


class _Stock:
    """Rows that no group has used yet, in buffers that are used again: fresh pages cost more than what is in them.

    What a step left over is copied to the front of the next step's rows, so that a group's rows lie in one piece. With
    `sent` every step has a buffer of its own: rows that are sent in place may wait in a queue for as long as the peer
    likes, and must never become others.
    """

    def __init__(self, plan: Plan, *, sent: bool = False) -> None:
        self._room = plan.most_left
        self._size = self._room + max(plan.length(step) for step in range(len(plan.blocks)))
        self._buffers: deque[Bytes] = deque()  # oldest first; the last ones were given to steps that still write
        self._writing = 0
        self._sent = sent
        self._left = np.empty((0, ITEM_BYTES), dtype=np.uint8)

    def space(self, rows: int) -> Bytes:
        """Where the next step writes its rows."""
        if self._sent or len(self._buffers) < _BUFFERS:
            self._buffers.append(np.empty((self._size, ITEM_BYTES), dtype=np.uint8))
        else:
            self._buffers.append(self._buffers.popleft())
        self._writing += 1
        return self._buffers[-1][self._room : self._room + rows]

    def put(self, rows: int) -> None:
        """The oldest step that was given space has written its rows."""
        buffer = self._buffers[-self._writing]
        self._writing -= 1
        first = self._room - len(self._left)
        buffer[first : self._room] = self._left
        self._left = buffer[first : self._room + rows]
        if self._sent:
            self._buffers.popleft()

    def take(self, rows: int) -> Bytes:
        """The oldest rows. They stay as they are while two more steps write."""
        taken, self._left = self._left[:rows], self._left[rows:]
        return taken


class ReceiverSupply:
    """The receiver's A and C, group after group."""

    def __init__(
        self, channel: Channel, session: bytes, layout: Layout, parameters: str, *, malicious: bool = False
    ) -> None:
        self._channel = channel
        self._plan = Plan(vole_set(parameters), layout, malicious)
        self._vole = VoleReceiver(session, parameters, first=self._plan.first, malicious=malicious)
        self._a, self._c = _Stock(self._plan, sent=True), _Stock(self._plan)
        self._group = 0

    def connect(self) -> None:
        """Base transfers, and the request for step 0. Nothing else is waited for."""
        self._channel.send(Message.BASE, self._vole.base_message())
        answer = recv_exact(self._channel, Message.BASE, _ANSWER_BYTES)
        self._channel.send(Message.START, checked(lambda: self._vole.connect(answer)))
        self._ask(0)

    def take(self) -> tuple[Bytes, Bytes]:
        """A and C of the next group; what later ones need is asked for."""
        group, plan = self._group, self._plan
        self._group += 1
        if not plan.malicious:
            if group == 0:
                self._collect(0)
                self._ask(1)
            self._collect(group + 1)
            self._ask(group + 2)
        else:
            if group == 0:
                self._challenge(0)
                self._verify(0)
                self._ask(1)
                self._challenge(1)
                self._ask(2)
            self._verify(group + 1)
            self._challenge(group + 2)
            self._ask(group + 3)
        return self._a.take(plan.rows[group]), self._c.take(plan.rows[group])

    def _ask(self, step: int) -> None:
        if self._plan.has(step):
            self._channel.send(Message.REQUEST, self._vole.request(self._plan.blocks[step]))

    def _collect(self, step: int) -> None:
        if self._plan.has(step):
            reply, out = self._reply(step)
            checked(lambda: self._vole.finish(reply, out))
            self._put(step)

    def _challenge(self, step: int) -> None:
        if self._plan.has(step):
            reply, out = self._reply(step)
            self._channel.send(Message.CHALLENGE, checked(lambda: self._vole.challenge(reply, out)))

    def _verify(self, step: int) -> None:
        if self._plan.has(step):
            proof = recv_exact(self._channel, Message.PROOF, _PROOF_BYTES)
            checked(lambda: self._vole.verify(proof))
            self._put(step)

    def _reply(self, step: int) -> tuple[memoryview, tuple[Bytes, Bytes]]:
        rows = self._plan.length(step)
        reply = recv_exact(self._channel, Message.REPLY, self._plan.numbers.reply_bytes(self._plan.blocks[step]))
        return reply, (self._a.space(rows), self._c.space(rows))

    def _put(self, step: int) -> None:
        self._a.put(self._plan.length(step))
        self._c.put(self._plan.length(step))


class SenderSupply:
    """The sender's B, group after group."""

    def __init__(
        self, channel: Channel, session: bytes, layout: Layout, parameters: str, *, malicious: bool = False
    ) -> None:
        self._channel = channel
        self._plan = Plan(vole_set(parameters), layout, malicious)
        self.vole = VoleSender(session, parameters, first=self._plan.first, malicious=malicious)
        self._b = _Stock(self._plan)
        self._group = 0

    def connect(self) -> None:
        """Base transfers, and what the receiver asks for before the first group."""
        plan = self._plan
        self._channel.send(Message.BASE, self.vole.base_message())
        offer = recv_exact(self._channel, Message.BASE, _OFFER_BYTES)
        start = recv_exact(self._channel, Message.START, plan.numbers.start_length(plan.first, plan.malicious))
        checked(lambda: self.vole.connect(offer, start))
        for step in range(2):
            self._serve(step)
            self._prove(step)
        if plan.malicious:
            self._serve(2)

    def take(self) -> Bytes:
        """B of the next group, after what the receiver asks for meanwhile has been served."""
        group, plan = self._group, self._plan
        self._group += 1
        taken = self._b.take(plan.rows[group])
        if plan.malicious:
            self._prove(group + 2)
            self._serve(group + 3)
        else:
            self._serve(group + 2)
        return taken

    def _serve(self, step: int) -> None:
        if not self._plan.has(step):
            return
        blocks, malicious = self._plan.blocks[step], self._plan.malicious
        request = recv_exact(self._channel, Message.REQUEST, self._plan.numbers.request_bytes(blocks, malicious))
        out = self._b.space(self._plan.length(step))
        if malicious:
            reply = checked(lambda: self.vole.answer(blocks, request, out))
        else:
            reply = checked(lambda: self.vole.extend(blocks, request, out))[0]
            self._b.put(self._plan.length(step))
        self._channel.send(Message.REPLY, reply)

    def _prove(self, step: int) -> None:
        if self._plan.malicious and self._plan.has(step):
            challenge = recv_exact(self._channel, Message.CHALLENGE, _CHALLENGE_BYTES)
            self._channel.send(Message.PROOF, checked(lambda: self.vole.prove(challenge))[0])
            self._b.put(self._plan.length(step))


def checked(work: Callable[[], _T]) -> _T:
    """What `work` gives. What the kernel refuses of the peer's bytes is the peer's fault."""
    try:
        return work()
    except ValueError:
        raise malformed("a step of the evaluation") from None
    except ArithmeticError:
        raise cheated("a step of the evaluation") from None


def cheated(found: str) -> ProtocolError:
    """The error for messages that no party sends that follows the protocol."""
    return ProtocolError(
        "psi.cheated",
        "The peer's messages fail a check that every honest party passes.",
        found=found,
        hint="The peer does not follow the protocol, or its software is broken: find out which before you run again.",
    )
