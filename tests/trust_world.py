"""Three parties with keys, a flow, and everything they sign, for tests of ledger, governance and interconnect."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tacit.ledger.agreement import Proposal, assemble, disclosures_hash, sign_agreement, sign_part
from tacit.ledger.commitment import commit
from tacit.ledger.receipt import assemble_receipt, sign_receipt, sign_statement
from tacit.schema.flow import Flow
from tacit.schema.job import (
    DatasetFacts,
    DisclosureLine,
    JobAgreement,
    Part,
    PartLimits,
    Receipt,
    SignedPart,
    SignedReceipt,
    SignedStatement,
    Statement,
    StepStatement,
)
from tacit.schema.wire import public_key_text

NOW = 1_800_000_000_000
JOB = "job-" + "1" * 32
PARTIES = ("hospital", "lab", "notary")
PRIVATE = {name: Ed25519PrivateKey.from_private_bytes(bytes([index + 1]) * 32) for index, name in enumerate(PARTIES)}
KEYS = {name: key.public_key() for name, key in PRIVATE.items()}
SALTS = {name: bytes([index + 101]) * 32 for index, name in enumerate(PARTIES)}
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\x77" * 32)

FLOW = Flow.model_validate(
    {
        "name": "joint-risk",
        "title": {"zh": "联合风控", "en": "Joint risk"},
        "profile": "2pc-dealer",
        "parties": {"hospital": "data", "lab": "data", "notary": "dealer"},
        "steps": [
            {
                "id": "rows_h",
                "operator": "dataset.read",
                "at": {"owner": "hospital"},
                "params": {"dataset": "patients"},
            },
            {"id": "rows_l", "operator": "dataset.read", "at": {"owner": "lab"}, "params": {"dataset": "values"}},
            {
                "id": "match",
                "operator": "psi",
                "version": "1",
                "at": {"receiver": "hospital", "sender": "lab"},
                "inputs": {"receiver": "rows_h.table", "sender": "rows_l.table"},
                "params": {"receiver_keys": ["id"], "sender_keys": ["id"], "group": "ristretto255"},
                "layout": {"x": 1.5, "y": 2.0},
            },
            {
                "id": "figures",
                "operator": "stats.joint",
                "at": {"first": "hospital", "second": "lab", "dealer": "notary"},
                "inputs": {"aligned": "match.aligned"},
                "params": {"min_group_size": 10, "columns": None},
            },
        ],
    }
)
OPERATORS = {"dataset.read": "1", "psi": "1", "stats.joint": "1"}
DISCLOSURES = {
    "hospital": (
        DisclosureLine(step="match", code="psi.rows", zh="哪些行两方都有", en="which rows both have"),
        DisclosureLine(step="figures", code="stats.figures", zh="统计结果", en="the figures"),
    ),
    "lab": (DisclosureLine(step="figures", code="stats.figures", zh="统计结果", en="the figures"),),
    "notary": (),
}
PROPOSAL = Proposal(job_id=JOB, initiator="hospital", flow=FLOW, disclosures=DISCLOSURES, operators=OPERATORS)
DATASETS = {"hospital": "patients", "lab": "values"}


def hex_of(text: str) -> str:
    """Some 64 hex digits that follow from a text."""
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def part_of(party: str, /, **changes: Any) -> SignedPart:
    """A party's honest approval, or with changes, always well signed."""
    dataset = DATASETS.get(party)
    facts = {}
    if dataset is not None:
        salt = SALTS[party]
        facts[dataset] = DatasetFacts(
            digest=commit(salt, hex_of(dataset)), schema_digest=commit(salt, hex_of("schema")), rows=100, columns=5
        )
    fields: dict[str, Any] = {
        "job_id": JOB,
        "party": party,
        "key": public_key_text(KEYS[party]),
        "flow_hash": FLOW.hash(),
        "disclosures_hash": disclosures_hash(DISCLOSURES),
        "datasets": facts,
        "operators": OPERATORS,
        "software": "0.1.0",
        "protocol": 1,
        "limits": PartLimits(memory_mb=1024, wall_s=600, cpu_s=600),
        "approved": NOW,
        "nonce": hex_of(f"nonce {party}"),
        **changes,
    }
    return sign_part(Part(**fields), PRIVATE[party])


PARTS = {party: part_of(party) for party in PARTIES}
AGREEMENT: JobAgreement = assemble(PROPOSAL, PARTS, keys=KEYS, created=NOW)
AGREEMENT_SIGNATURES = {party: sign_agreement(AGREEMENT, PRIVATE[party]) for party in PARTIES}


def account_of(step_id: str, party: str) -> StepStatement:
    """What an honest party says of a step."""
    step = next(step for step in FLOW.steps if step.id == step_id)
    role = next(role for role, name in step.at.items() if name == party)
    salt = SALTS[party]
    outputs = {"rows_h": ["table"], "rows_l": ["table"], "match": ["aligned", "report"], "figures": ["report"]}[step_id]
    outputs = [] if party == "notary" else outputs
    inputs = {
        port: commit(salt, hex_of(ref + party))
        for port, ref in step.inputs.items()
        if party != "notary" and (port not in step.at or port == role)
    }
    if step.operator == "dataset.read":
        inputs = {"dataset": commit(salt, hex_of(DATASETS[party]))}
    return StepStatement(
        step=step_id,
        attempt=1,
        operator=step.operator,
        version="1",
        role=role,
        inputs=inputs,
        outputs={port: commit(salt, hex_of(f"{step_id}.{port}{party}")) for port in outputs},
        public_outputs={"report": hex_of("figures")} if step_id == "figures" and party != "notary" else {},
        transcripts={other: hex_of("".join(sorted((step_id, role, other)))) for other in step.at if other != role},
        started=NOW + 1000,
        ended=NOW + 2000,
    )


def statement_of(party: str, /, **changes: Any) -> SignedStatement:
    """A party's honest statement, or with changes, always well signed."""
    fields: dict[str, Any] = {
        "job_id": JOB,
        "party": party,
        "agreement_hash": AGREEMENT.hash(),
        "software": "0.1.0",
        "steps": tuple(account_of(step.id, party) for step in FLOW.steps if party in step.at.values()),
        **changes,
    }
    return sign_statement(Statement(**fields), PRIVATE[party])


STATEMENTS = {party: statement_of(party) for party in PARTIES}


def receipt() -> Receipt:
    """The honest receipt."""
    return assemble_receipt(AGREEMENT, AGREEMENT_SIGNATURES, STATEMENTS, keys=KEYS, issued=NOW + 3000)


def signed_receipt() -> SignedReceipt:
    """The honest receipt with all countersignatures."""
    plain = receipt()
    return SignedReceipt(receipt=plain, signatures={party: sign_receipt(plain, PRIVATE[party]) for party in PARTIES})


@dataclass(frozen=True)
class Mutation:
    """A document with one leaf changed."""

    path: str
    document: Any


def mutations(document: Any) -> Iterator[Mutation]:
    """One changed copy per leaf, and one per missing list item or mapping entry."""
    for path, _ in _places(document, ()):
        changed = copy.deepcopy(document)
        *parents, last = path
        holder = changed
        for place in parents:
            holder = holder[place]
        before = holder[last]
        if isinstance(before, (dict, list)):
            del holder[last]
        else:
            holder[last] = _other(before)
        yield Mutation(".".join(str(place) for place in path), changed)


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if path:
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for place, inner in items:
        yield from _places(inner, (*path, place))


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    if isinstance(value, str) and value:
        middle = len(value) // 2
        return value[:middle] + ("a" if value[middle] != "a" else "b") + value[middle + 1 :]
    return "x"
