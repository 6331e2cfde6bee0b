"""Certificates that peers send: which are taken, the key inside, and its fingerprint."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tacit.channel.identity import fingerprint
from tacit.errors import RefusedError


def read_certificate(pem: str) -> x509.Certificate:
    """One Ed25519 certificate. Raises RefusedError "certificate.malformed", "certificate.wrong_algorithm"."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        key = certificate.public_key()
    except (ValueError, x509.InvalidVersion) as fault:
        raise RefusedError("certificate.malformed", "This is not a certificate in PEM form.") from fault
    if not isinstance(key, Ed25519PublicKey):
        raise RefusedError(
            "certificate.wrong_algorithm", "The certificate does not hold an Ed25519 key.", expected="Ed25519"
        )
    return certificate


def one_certificate(pem: str) -> str:
    """The first certificate in `pem` and nothing else: TLS would trust every further one in the text, too."""
    return read_certificate(pem).public_bytes(serialization.Encoding.PEM).decode()


def check_validity(certificate: x509.Certificate, now: datetime | None = None) -> None:
    """Raises RefusedError "certificate.expired" outside the certificate's own time."""
    now = now or datetime.now(UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise RefusedError(
            "certificate.expired",
            "The certificate is outside its time of validity.",
            found=f"valid {certificate.not_valid_before_utc:%Y-%m-%d} to {certificate.not_valid_after_utc:%Y-%m-%d}",
            hint="Its owner must renew it and exchange a new invitation.",
        )


def certificate_key(pem: str) -> Ed25519PublicKey:
    """The Ed25519 key in a certificate. Raises as `read_certificate`."""
    key = read_certificate(pem).public_key()
    if not isinstance(key, Ed25519PublicKey):  # read_certificate made sure; this is for the type checker
        raise RefusedError("certificate.wrong_algorithm", "The certificate does not hold an Ed25519 key.")
    return key


def certificate_fingerprint(pem: str) -> str:
    """Hex SHA-256 of the key (SubjectPublicKeyInfo) in a certificate. Raises as `read_certificate`."""
    read_certificate(pem)
    return fingerprint(pem)
