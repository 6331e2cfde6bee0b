"""Who a node is on the network: its long-lived key and certificate, and short-lived ones for each worker session.

A node's identity is one Ed25519 key. Its self-signed certificate is what peers pin; there is no shared authority. For
every session the node signs a fresh leaf certificate that names the session and the side, and gives only that to the
worker: the node key never enters a worker. A peer accepts a leaf only under the pinned certificate of its signer.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tacit.channel.sni import is_session_name, to_server_name
from tacit.errors import DataError, NotFoundError, RefusedError

Side: TypeAlias = Literal["listen", "dial"]

KEY_FILE = "node.key"
CERTIFICATE_FILE = "node.crt"
CLOCK_SKEW = timedelta(minutes=10)
NODE_LIFETIME = timedelta(days=3650)
SESSION_LIFETIME_S = 24 * 3600
_URI = "tacit://{node}/session/{name}/{side}"


@dataclass(frozen=True, slots=True)
class SessionCredentials:
    """What a worker gets for one line: a leaf key and its certificate, both PEM."""

    key_pem: str = field(repr=False)
    certificate_pem: str


class NodeIdentity:
    """A node's key and certificate. `fingerprint` is its node id."""

    def __init__(self, key: Ed25519PrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        self.certificate = certificate
        self.certificate_pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        self.fingerprint = fingerprint(self.certificate_pem)

    @classmethod
    def generate(cls, name: str = "tacit node") -> NodeIdentity:
        """A new identity in memory. `name` (at most 64 characters) only serves people who look at the certificate."""
        key = Ed25519PrivateKey.generate()
        return cls(key, _self_signed(key, name))

    @classmethod
    def create(cls, folder: Path, name: str = "tacit node") -> NodeIdentity:
        """Make a new identity in `folder`; an existing one is never overwritten (FileExistsError)."""
        identity = cls.generate(name)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_new(folder / KEY_FILE, identity.key_pem(), 0o600)
        _write_new(folder / CERTIFICATE_FILE, identity.certificate_pem, 0o644)
        return identity

    @classmethod
    def load(cls, folder: Path) -> NodeIdentity:
        """Read the identity in `folder`. Raises NotFoundError, RefusedError (others may read the key), DataError."""
        key_file, certificate_file = folder / KEY_FILE, folder / CERTIFICATE_FILE
        if not key_file.exists() or not certificate_file.exists():
            raise NotFoundError(
                "identity.missing",
                "This node has no identity yet.",
                expected=f"{KEY_FILE} and {CERTIFICATE_FILE} in the node's folder",
            )
        _check_mode(key_file)
        return _read(key_file.read_bytes(), certificate_file.read_bytes())

    @classmethod
    def load_or_create(cls, folder: Path, name: str = "tacit node") -> NodeIdentity:
        """The identity in `folder`, made on first use."""
        return cls.load(folder) if (folder / KEY_FILE).exists() else cls.create(folder, name)

    def __repr__(self) -> str:
        return f"NodeIdentity({self.fingerprint})"

    def key_pem(self) -> str:
        """The private key, PKCS #8."""
        return _key_pem(self._key)

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature (64 bytes) of the node key; see `verify_signature`."""
        return self._key.sign(message)

    def issue_session(self, name: str, side: Side, *, lifetime_s: float = SESSION_LIFETIME_S) -> SessionCredentials:
        """A fresh key and a certificate for one side of the session `name` (64 hex digits)."""
        if not is_session_name(name):
            raise ValueError("a session name has 64 hex digits")
        key = Ed25519PrivateKey.generate()
        now = datetime.now(UTC)
        certificate = (
            _builder(key, "tacit session", now, now + timedelta(seconds=lifetime_s) + CLOCK_SKEW)
            .issuer_name(self.certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(sign_certificates=False), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                critical=False,
            )
            .add_extension(_alternative_names(self.fingerprint, name, side), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, None)
        )
        return SessionCredentials(_key_pem(key), certificate.public_bytes(serialization.Encoding.PEM).decode())


def fingerprint(certificate_pem: str) -> str:
    """SHA-256 of the certificate's public key (SubjectPublicKeyInfo), 64 hex digits: the node id."""
    public = _parse(certificate_pem).public_key()
    encoded = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(encoded).hexdigest()


def verify_signature(certificate_pem: str, message: bytes, signature: bytes) -> None:
    """Raises RefusedError("identity.bad_signature") unless the node of this certificate signed `message`."""
    public = _parse(certificate_pem).public_key()
    try:
        if not isinstance(public, Ed25519PublicKey):
            raise InvalidSignature
        public.verify(signature, message)
    except InvalidSignature:
        raise RefusedError("identity.bad_signature", "The signature is not of this node's key.") from None


def names_session(leaf_der: bytes, node_certificate_pem: str, name: str, side: Side) -> bool:
    """Whether a leaf (whose chain TLS has verified) was issued for this node, session and side."""
    try:
        names = x509.load_der_x509_certificate(leaf_der).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (ValueError, x509.ExtensionNotFound):
        return False
    return names.value == _alternative_names(fingerprint(node_certificate_pem), name, side)


def _alternative_names(node: str, name: str, side: Side) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName(
        [
            x509.DNSName(to_server_name(name)),
            x509.UniformResourceIdentifier(_URI.format(node=node, name=name, side=side)),
        ]
    )


def _self_signed(key: Ed25519PrivateKey, name: str) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        _builder(key, name, now, now + NODE_LIFETIME)
        .issuer_name(_subject(name))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .sign(key, None)
    )


def _builder(key: Ed25519PrivateKey, name: str, begin: datetime, end: datetime) -> x509.CertificateBuilder:
    """Valid from a little before `begin`, because the peer's clock may be behind."""
    return (
        x509.CertificateBuilder()
        .subject_name(_subject(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin - CLOCK_SKEW)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=sign_certificates,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _key_pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _parse(certificate_pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(certificate_pem.encode())
    except ValueError:
        raise DataError("identity.bad_certificate", "This is not a certificate in PEM form.") from None


def _read(key_pem: bytes, certificate_pem: bytes) -> NodeIdentity:
    try:
        key = serialization.load_pem_private_key(key_pem, password=None)
        certificate = x509.load_pem_x509_certificate(certificate_pem)
    except (ValueError, TypeError):
        raise DataError("identity.unreadable", "The node's key or certificate cannot be read.") from None
    if not isinstance(key, Ed25519PrivateKey) or certificate.public_key() != key.public_key():
        raise DataError("identity.mismatch", "The node's certificate does not belong to its key.")
    return NodeIdentity(key, certificate)


def _check_mode(key_file: Path) -> None:
    mode = key_file.stat().st_mode & 0o777
    if mode & 0o077:
        raise RefusedError(
            "identity.key_exposed",
            "Other users of this machine can read the node's key.",
            found=f"mode {mode:04o}",
            expected="mode 0600",
            hint=f"Run: chmod 600 {KEY_FILE} in the node's folder.",
        )


def _write_new(path: Path, text: str, mode: int) -> None:
    """The mode is set when the file is made, so that there is no moment in which others may read it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
