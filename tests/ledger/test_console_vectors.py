"""What the console checks in the browser is made here, by the code that signs: both must agree to the byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tacit.ledger.audit import AuditEntry, AuditTrail, MemoryAuditStore, verify_trail
from tacit.ledger.receipt import verify_receipt
from tacit.schema.canonical import canonical_json, digest
from tacit.schema.job import SignedReceipt
from trust_world import KEYS, signed_receipt

VECTORS = Path(__file__).parents[2] / "web" / "src" / "core" / "fixtures" / "vectors.json"
_VALUES: list[Any] = [
    None,
    True,
    [],
    {},
    "",
    '“é” 数据 \u0001\b\t\n\f\r"\\/\u007f\u2028😀',
    0,
    -0.0,
    1.0,
    -1.5,
    1e-6,
    1e-7,
    1.7976931348623157e308,
    5e-324,
    1e20,
    1e21,
    123456789012345.6,
    9007199254740991,
    0.1,
    333333333.3333333,
    {"b": [1, {"z": None, "a": False}], "a": "x", "é": 1, "€": 2, "😀": 3, "\ufb33": 4, "1": 5, "10": 6, "2": 7},
]


def vectors() -> str:
    store = MemoryAuditStore()
    times = iter(range(1_800_000_000_000, 1_800_000_010_000, 1_000))
    trail = AuditTrail(store, lambda: next(times))
    trail.record("node.started", "node:hospital", {"version": "0.1.0"})
    trail.record("dataset.registered", "dataset:病人", {"rows": 20000, "series": None, "ok": True}, actor="user:li.wei")
    trail.record("job.approved", "job:job-1", {"note": "“fine” 😀\n"}, actor="person")
    document = {
        "canonical": [[value, canonical_json(value).decode(), digest(value)] for value in _VALUES],
        "trail": [entry.model_dump(mode="json") for entry in store.entries()],
        "receipt": signed_receipt().document(),
        "fingerprints": {party: _fingerprint(key) for party, key in KEYS.items()},
    }
    return json.dumps(document, indent=1) + "\n"


def _fingerprint(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def test_the_console_is_tested_with_the_vectors_of_today():
    assert VECTORS.read_text() == vectors(), "PYTHONPATH=tests:tests/ledger python -m test_console_vectors"


def test_the_vectors_hold_here():
    found = json.loads(VECTORS.read_text())
    verify_receipt(SignedReceipt.model_validate(found["receipt"]), keys=KEYS)
    assert verify_trail(AuditEntry.model_validate(entry) for entry in found["trail"]).length == 3


if __name__ == "__main__":
    VECTORS.write_text(vectors())
