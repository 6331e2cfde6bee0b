"""TLS settings: who is trusted, and nothing else. TLS 1.3 only, no resumption."""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tacit.channel.identity import NodeIdentity, Side


def session_context(side: Side, *, key_pem: str, certificate_pem: str, peer_certificate_pem: str) -> ssl.SSLContext:
    """For one side of a session: shows the leaf, and accepts only leaves that the peer's pinned node key signed.

    The listening side is the TLS server and the dialling side the client. The name in the leaf is checked after the
    handshake (`identity.names_session`), because it is a session and not a host.
    """
    context = _context(ssl.PROTOCOL_TLS_SERVER if side == "listen" else ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=peer_certificate_pem)
    _load_key(context, key_pem, certificate_pem)
    return context


def https_server_context(identity: NodeIdentity) -> ssl.SSLContext:
    """For the control plane: the node shows its own certificate; callers prove themselves by signed requests."""
    context = _context(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    _load_key(context, identity.key_pem(), identity.certificate_pem)
    return context


def https_client_context(pinned_certificate_pem: str) -> ssl.SSLContext:
    """For calls to one node: trusts exactly this certificate, whatever the host is called."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=pinned_certificate_pem)
    pinned = ssl.PEM_cert_to_DER_cert(pinned_certificate_pem)
    context.sslsocket_class = type("PinnedSocket", (_PinnedSocket,), {"pinned": pinned})
    context.sslobject_class = type("PinnedObject", (_PinnedObject,), {"pinned": pinned})
    return context


def _context(protocol: int) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.check_hostname = False
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.options |= ssl.OP_NO_TICKET
    if protocol == ssl.PROTOCOL_TLS_SERVER:
        context.num_tickets = 0  # no resumption: every connection proves its keys afresh
    return context


class _PinnedSocket(ssl.SSLSocket):
    """A node's certificate is also the authority over its session leaves, and a worker's leaf must not pass for
    the node itself: so the certificate shown must be the pinned one."""

    pinned = b""

    def do_handshake(self, block: bool = False) -> None:
        super().do_handshake(block)
        _check_pin(self.getpeercert(binary_form=True), self.pinned)


class _PinnedObject(ssl.SSLObject):
    """As above, for asyncio."""

    pinned = b""

    def do_handshake(self) -> None:
        super().do_handshake()
        _check_pin(self.getpeercert(binary_form=True), self.pinned)


def _check_pin(shown: bytes | None, pinned: bytes) -> None:
    if shown != pinned:
        raise ssl.SSLCertVerificationError("the peer did not show its pinned certificate")


def _load_key(context: ssl.SSLContext, key_pem: str, certificate_pem: str) -> None:
    """OpenSSL takes keys only from files: this one lies in memory where the system allows, and never stays."""
    with _short_lived_file(key_pem + certificate_pem) as path:
        context.load_cert_chain(path)


@contextmanager
def _short_lived_file(text: str) -> Iterator[Any]:
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("session"), "w") as file:
            file.write(text)
            file.flush()
            yield f"/proc/self/fd/{file.fileno()}"
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "key")
        path.touch(mode=0o600)
        path.write_text(text)
        yield path
