"""Node certificates of another age or algorithm, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tacit.channel.identity import NodeIdentity


def certificate(key: Any, name: str, *, begin_days: float, end_days: float) -> x509.Certificate:
    """Self-signed, valid between two days counted from now."""
    now = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    algorithm = None if isinstance(key, Ed25519PrivateKey) else hashes.SHA256()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now + timedelta(days=begin_days))
        .not_valid_after(now + timedelta(days=end_days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(True, False, False, False, False, True, False, False, False),
            critical=True,
        )
        .sign(key, algorithm)
    )


def aged_identity(name: str, *, begin_days: float, end_days: float) -> NodeIdentity:
    """A node whose certificate is valid only then."""
    key = Ed25519PrivateKey.generate()
    return NodeIdentity(key, certificate(key, name, begin_days=begin_days, end_days=end_days))


def pem(certificate_: x509.Certificate) -> str:
    """The text form."""
    return certificate_.public_bytes(Encoding.PEM).decode()
