"""Node identities: files, leaves, and who accepts whom."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from tacit.channel.contexts import https_client_context, https_server_context, session_context
from tacit.channel.identity import NodeIdentity, fingerprint, names_session, verify_signature
from tacit.errors import DataError, NotFoundError, RefusedError

NAME = "ab" * 32
Nodes = tuple[NodeIdentity, NodeIdentity]


def shake(client: ssl.SSLContext, server: ssl.SSLContext) -> None:
    """A handshake in memory. Raises what either side raises."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(back, there, server_hostname="whatever.example"),
        server.wrap_bio(there, back, server_side=True),
    ]
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert [end.version() for end in ends] == ["TLSv1.3"] * 2


def test_create_and_load(tmp_path: Path) -> None:
    made = NodeIdentity.load_or_create(tmp_path / "node", "hospital")
    loaded = NodeIdentity.load_or_create(tmp_path / "node")
    assert loaded.certificate_pem == made.certificate_pem
    assert loaded.fingerprint == made.fingerprint == fingerprint(made.certificate_pem)
    assert len(made.fingerprint) == 64
    assert (tmp_path / "node" / "node.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        NodeIdentity.create(tmp_path / "node")


def test_a_missing_identity(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        NodeIdentity.load(tmp_path)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    NodeIdentity.create(tmp_path)
    os.chmod(tmp_path / "node.key", 0o640)
    with pytest.raises(RefusedError) as caught:
        NodeIdentity.load(tmp_path)
    assert caught.value.code == "identity.key_exposed"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda path: (path / "node.key").write_text("nonsense"), "identity.unreadable"),
        (lambda path: (path / "node.crt").write_text(NodeIdentity.generate().certificate_pem), "identity.mismatch"),
    ],
)
def test_spoiled_files(tmp_path: Path, spoil: Callable[[Path], Any], code: str) -> None:
    NodeIdentity.create(tmp_path)
    spoil(tmp_path)
    with pytest.raises(DataError) as caught:
        NodeIdentity.load(tmp_path)
    assert caught.value.code == code


def test_keys_do_not_show(nodes: Nodes) -> None:
    leaf = nodes[0].issue_session(NAME, "dial")
    assert "PRIVATE" not in repr(leaf)
    assert nodes[0].key_pem() not in repr(nodes[0])


def test_signatures(nodes: Nodes) -> None:
    signature = nodes[0].sign(b"message")
    verify_signature(nodes[0].certificate_pem, b"message", signature)
    for pem, message in ((nodes[1].certificate_pem, b"message"), (nodes[0].certificate_pem, b"other")):
        with pytest.raises(RefusedError):
            verify_signature(pem, message, signature)


def test_a_leaf_names_its_session(nodes: Nodes) -> None:
    alice, bob = nodes
    der = ssl.PEM_cert_to_DER_cert(alice.issue_session(NAME, "listen").certificate_pem)
    assert names_session(der, alice.certificate_pem, NAME, "listen")
    assert not names_session(der, alice.certificate_pem, NAME, "dial")
    assert not names_session(der, alice.certificate_pem, "cd" * 32, "listen")
    assert not names_session(der, bob.certificate_pem, NAME, "listen")
    assert not names_session(ssl.PEM_cert_to_DER_cert(alice.certificate_pem), alice.certificate_pem, NAME, "listen")
    assert not names_session(b"nonsense", alice.certificate_pem, NAME, "listen")


def test_a_leaf_bears_ten_minutes_of_clock_skew(nodes: Nodes) -> None:
    leaf = x509.load_pem_x509_certificate(nodes[0].issue_session(NAME, "dial", lifetime_s=60).certificate_pem.encode())
    now = datetime.now(UTC)
    assert leaf.not_valid_before_utc < now - timedelta(minutes=9)
    assert now + timedelta(minutes=10) < leaf.not_valid_after_utc < now + timedelta(minutes=12)


def session(side: Any, me: NodeIdentity, pinned: NodeIdentity, **leaf: Any) -> ssl.SSLContext:
    """One side's context."""
    made = me.issue_session(NAME, side, **leaf)
    return session_context(
        side, key_pem=made.key_pem, certificate_pem=made.certificate_pem, peer_certificate_pem=pinned.certificate_pem
    )


def test_pinned_nodes_meet(nodes: Nodes) -> None:
    alice, bob = nodes
    shake(session("dial", bob, alice), session("listen", alice, bob))


def test_strangers_are_refused_by_both_sides(nodes: Nodes) -> None:
    alice, bob = nodes
    stranger = NodeIdentity.generate("alice")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(session("dial", bob, alice), session("listen", stranger, bob))
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(session("dial", stranger, alice), session("listen", alice, bob))


def test_an_expired_leaf_is_refused(nodes: Nodes) -> None:
    alice, bob = nodes
    with pytest.raises(ssl.SSLCertVerificationError) as caught:
        shake(session("dial", bob, alice), session("listen", alice, bob, lifetime_s=-601))
    assert caught.value.verify_code == 10


def test_https_trusts_exactly_the_pinned_certificate(nodes: Nodes) -> None:
    alice, bob = nodes
    shake(https_client_context(alice.certificate_pem), https_server_context(alice))
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(https_client_context(alice.certificate_pem), https_server_context(bob))


def test_a_worker_cannot_pass_for_its_node(nodes: Nodes) -> None:
    alice, bob = nodes
    worker = session("listen", alice, bob)
    worker.verify_mode = ssl.CERT_NONE
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(https_client_context(alice.certificate_pem), worker)


def test_older_tls_is_refused(nodes: Nodes) -> None:
    alice, bob = nodes
    old = session("dial", bob, alice)
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        shake(old, session("listen", alice, bob))
