"""Meeting by a one-time secret: who holds it gets a line, everybody else gets nothing and keeps nobody out."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tacit.channel.identity import NodeIdentity
from tacit.channel.line import Line, connect
from tacit.channel.pairing import MARK, Meeting, Ticket, meet_dialling, meet_listening, read_ticket
from tacit.errors import InputError, PeerError, PeerLost, ProtocolError, RefusedError, TacitError

SECRET = bytes(range(16))


@pytest.fixture(scope="module")
def identities() -> tuple[NodeIdentity, NodeIdentity]:
    return NodeIdentity.generate("inviter"), NodeIdentity.generate("guest")


class Waiting:
    """`meet_listening` on a thread of its own."""

    def __init__(self, identity: NodeIdentity, *, timeout_s: float = 20.0) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.strangers = threading.Semaphore(0)
        self.result: tuple[Line, socket.socket] | None = None
        self.error: TacitError | None = None
        self._meeting = Meeting("inviter", "guest", identity, SECRET)
        self._timeout_s = timeout_s
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.result = meet_listening(
                self.listener, self._meeting, timeout_s=self._timeout_s, on_stranger=self.strangers.release
            )
        except TacitError as error:
            self.error = error

    def dial(self) -> socket.socket:
        return socket.create_connection(self.listener.getsockname())

    def end(self) -> tuple[Line, socket.socket]:
        self._thread.join()
        self.listener.close()
        assert self.result is not None, self.error
        return self.result


def test_both_ends_get_one_session_and_a_channel(identities: tuple[NodeIdentity, NodeIdentity]) -> None:
    inviter, guest = identities
    waiting = Waiting(inviter)
    sock = waiting.dial()
    dialled = meet_dialling(sock, Meeting("guest", "inviter", guest, SECRET, inviter.fingerprint))
    line, accepted = waiting.end()
    assert line.sid == dialled.sid and line.session == dialled.session
    assert dialled.peer_certificate_pem == inviter.certificate_pem
    assert line.peer_certificate_pem == guest.certificate_pem
    heard: list[bytes] = []

    def listen() -> None:
        with connect(line, accepted) as channel:
            heard.append(bytes(channel.recv(1, 5)))

    thread = threading.Thread(target=listen)
    thread.start()
    with connect(dialled, sock) as channel:
        channel.send(1, b"hello")
        channel.flush()
        thread.join()
    assert heard == [b"hello"]


def test_two_meetings_have_different_sessions(identities: tuple[NodeIdentity, NodeIdentity]) -> None:
    sids = set()
    for _ in range(2):
        waiting = Waiting(identities[0])
        with waiting.dial() as sock:
            sids.add(meet_dialling(sock, Meeting("guest", "inviter", identities[1], SECRET)).sid)
            waiting.end()[1].close()
    assert len(sids) == 2


def garbage(sock: socket.socket) -> None:
    sock.sendall(b"GET / HTTP/1.1\r\nHost: somebody\r\n\r\n" * 8)


def long_certificate(sock: socket.socket) -> None:
    sock.sendall(b"TPAIR\x01\0\xff\xff" + bytes(16))


def hang_up(sock: socket.socket) -> None:
    sock.close()


@pytest.mark.parametrize("disturb", [garbage, long_certificate, hang_up])
def test_a_stranger_is_sent_away_and_the_guest_still_gets_in(
    disturb: Callable[[socket.socket], None], identities: tuple[NodeIdentity, NodeIdentity]
) -> None:
    waiting = Waiting(identities[0])
    with waiting.dial() as stranger:
        disturb(stranger)
        assert waiting.strangers.acquire(timeout=10)
    with waiting.dial() as sock:
        meet_dialling(sock, Meeting("guest", "inviter", identities[1], SECRET))
        waiting.end()[1].close()


def test_a_silent_stranger_keeps_nobody_out(identities: tuple[NodeIdentity, NodeIdentity]) -> None:
    waiting = Waiting(identities[0])
    with waiting.dial(), waiting.dial(), waiting.dial() as sock:
        meet_dialling(sock, Meeting("guest", "inviter", identities[1], SECRET))
        waiting.end()[1].close()


def test_a_wrong_secret_is_refused_at_both_ends(identities: tuple[NodeIdentity, NodeIdentity]) -> None:
    waiting = Waiting(identities[0])
    with waiting.dial() as sock, pytest.raises(RefusedError) as refused:
        meet_dialling(sock, Meeting("guest", "inviter", identities[1], bytes(16)))
    assert refused.value.code == "invitation.wrong_code"
    assert waiting.strangers.acquire(timeout=10)
    with waiting.dial() as sock:
        meet_dialling(sock, Meeting("guest", "inviter", identities[1], SECRET))
        waiting.end()[1].close()


def test_somebody_else_at_the_address_is_refused(identities: tuple[NodeIdentity, NodeIdentity]) -> None:
    """It may even hold the secret: the key is not the one in the code."""
    waiting = Waiting(identities[1])
    with waiting.dial() as sock, pytest.raises(PeerLost) as lost:
        meet_dialling(sock, Meeting("guest", "inviter", identities[1], SECRET, identities[0].fingerprint))
    assert lost.value.code == "peer.wrong_key"
    waiting.end()[1].close()


def test_somebody_else_without_the_secret_cannot_answer(identities: tuple[NodeIdentity, NodeIdentity]) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def pretend() -> None:
        sock, _ = listener.accept()
        with sock:  # plays the guest's own message back
            sock.sendall(sock.recv(8192))
            sock.recv(1)

    thread = threading.Thread(target=pretend)
    thread.start()
    with socket.create_connection(listener.getsockname()) as sock, pytest.raises(RefusedError) as refused:
        meet_dialling(sock, Meeting("guest", "inviter", identities[1], SECRET))
    thread.join()
    listener.close()
    assert refused.value.code == "invitation.wrong_code"


def test_a_message_played_back_gets_no_channel(identities: tuple[NodeIdentity, NodeIdentity]) -> None:
    """An eavesdropper repeats the guest's message at another run with the same secret: TLS needs the guest's key."""
    waiting = Waiting(identities[0])
    taken = Recorder(waiting.dial())
    meet_dialling(taken, Meeting("guest", "inviter", identities[1], SECRET))  # type: ignore[arg-type]
    waiting.end()[1].close()
    taken.sock.close()
    again = Waiting(identities[0])
    with again.dial() as eavesdropper:
        eavesdropper.sendall(taken.sent)
        line, accepted = again.end()
        eavesdropper.recv(8192)
        own = NodeIdentity.generate("eavesdropper")
        leaf = own.issue_session(line.session, "dial")
        forged = Line(
            *(line.session, "guest", "inviter", "dial", line.sid, leaf.key_pem, leaf.certificate_pem),
            identities[0].certificate_pem,
        )
        thread = threading.Thread(target=lambda: _suppressed(lambda: connect(forged, eavesdropper)))
        thread.start()
        with pytest.raises(PeerError):
            connect(line, accepted)
        thread.join()


class Recorder:
    """A socket that remembers what was sent."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock, self.sent = sock, b""

    def sendall(self, data: bytes) -> None:
        self.sent += data
        self.sock.sendall(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sock, name)


def _suppressed(attempt: Callable[[], Any]) -> None:
    with contextlib.suppress(PeerError):
        attempt()


def test_nobody_comes(identities: tuple[NodeIdentity, NodeIdentity]) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(RefusedError) as unused,
    ):
        meet_listening(listener, Meeting("inviter", "guest", identities[0], SECRET), timeout_s=0.05)
    assert unused.value.code == "invitation.unused"


def test_no_tacit_at_the_address(identities: tuple[NodeIdentity, NodeIdentity]) -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
        with pytest.raises(ProtocolError) as bad:
            meet_dialling(near, Meeting("guest", "inviter", identities[1], SECRET))
    assert bad.value.code == "channel.bad_handshake"


TICKET = Ticket("host.example:7310", "ab" * 32, 2_000_000_000, SECRET)


def test_a_code_holds_the_ticket_and_hides_its_secret_in_print() -> None:
    code = TICKET.code()
    assert code.startswith(MARK) and len(code) < 300
    assert read_ticket(f"  {code[:40]}\n{code[40:]} ", now=1_999_999_999) == TICKET
    assert SECRET.hex() not in repr(TICKET)


def test_an_expired_code() -> None:
    with pytest.raises(RefusedError) as expired:
        read_ticket(TICKET.code(), now=2_000_000_001)
    assert expired.value.code == "invitation.expired"


@pytest.mark.parametrize(
    "code", ["", "tacit1.abc", MARK, MARK + "!!!!", TICKET.code()[:-3], TICKET.code() + "A", MARK + "A" * 4000]
)
def test_a_code_that_is_none(code: str) -> None:
    with pytest.raises(InputError) as malformed:
        read_ticket(code, now=0)
    assert malformed.value.code == "invitation.malformed"


@pytest.mark.parametrize("place", range(len(MARK), len(TICKET.code()), 17))
def test_a_code_with_one_wrong_letter(place: int) -> None:
    code = TICKET.code()
    other = "A" if code[place] != "A" else "B"
    with pytest.raises(InputError):
        read_ticket(code[:place] + other + code[place + 1 :], now=0)
