"""One way to sign a document and to check its signature.

A signature is Ed25519 over

    "tacit" LF <purpose> LF "v1" LF <RFC 8785 canonical JSON of the document>

The purpose keeps a signature given for one kind of document from being used for another.
"""

from __future__ import annotations

import base64
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tacit.schema.canonical import canonical_json
from tacit.schema.wire import Shape
from tacit.schema.wire import public_key_text as public_key_text


class Signer(Protocol):
    """Whatever signs with the node's Ed25519 key: `tacit.channel.identity.NodeIdentity`, or the bare key."""

    def sign(self, message: bytes, /) -> bytes: ...


def signing_bytes(purpose: str, document: Shape) -> bytes:
    """The bytes that a signature covers. Raises ValueError when the document has no canonical form."""
    return f"tacit\n{purpose}\nv1\n".encode() + canonical_json(document.document())


def sign_document(purpose: str, document: Shape, signer: Signer) -> str:
    """Base64 of the Ed25519 signature of `document` under `purpose`."""
    return base64.b64encode(signer.sign(signing_bytes(purpose, document))).decode()


def signature_fits(purpose: str, document: Shape, signature: str, key: Ed25519PublicKey) -> bool:
    """Whether `signature` is `key`'s over `document`. For code that raises its own, more telling error."""
    try:
        key.verify(signature_bytes(signature), signing_bytes(purpose, document))
    except (InvalidSignature, ValueError):
        return False
    return True


def signature_bytes(text: str) -> bytes:
    """Strict base64: exactly one text per signature. Raises ValueError."""
    raw = base64.b64decode(text, validate=True)
    if len(raw) != 64 or base64.b64encode(raw).decode() != text:
        raise ValueError("not the base64 form of an Ed25519 signature")
    return raw
