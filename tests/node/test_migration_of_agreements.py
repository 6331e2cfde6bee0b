"""Agreements that were there before negotiations: what they become, and that nothing of their documents changes."""

from __future__ import annotations

import json
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

import tacit.node
from tacit.node.database import Database
from tacit.node.stores.agreements import AgreementStore
from tacit.schema.agreement import ProjectAgreement
from tacit.schema.wire import public_key_text
from trust_world import KEYS, NOW, PARTIES

OLD = {"a": "ACTIVE", "b": "PROPOSED", "c": "REJECTED", "d": "TERMINATED", "e": "PROPOSED"}
INSERT = text(
    "INSERT INTO agreements (id, document, hash, proposer, state, decision, signatures, created_at)"
    " VALUES (:id, :document, :hash, :proposer, :state, :decision, '{}', 5.0)"
)


def document(letter: str) -> ProjectAgreement:
    return ProjectAgreement(
        id="agr-" + letter * 32,
        name="Old",
        purpose="As before.",
        members={party: public_key_text(KEYS[party]) for party in PARTIES},
        created=NOW,
        valid_until=NOW + 1000,
    )


def bring(database: Database, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(tacit.node.__file__).parent / "migrations"))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        (command.upgrade if version >= "0007" else command.downgrade)(config, version)


def test_old_agreements_get_their_place(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'node.db'}")
    try:
        bring(database, "0007")
        bring(database, "0006")
        with database.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO peers (name, institution, address, certificate, fingerprint, contract_id, state,"
                    " version, added_at) VALUES ('lab', 'l', 'a', 'c', 'f', 'k', 'APPROVED', '0', 1.0)"
                )
            )
            for letter, state in OLD.items():
                made = document(letter)
                values = {"id": made.id, "document": json.dumps(made.document()), "hash": made.hash(), "state": state}
                decision = "waiting" if letter == "b" else "APPROVED"
                connection.execute(INSERT, {**values, "proposer": "lab", "decision": decision})
        bring(database, "0007")
        store = AgreementStore(database)
        rows = {letter: _row(database, letter) for letter in OLD}
        assert {letter: row["stage"] for letter, row in rows.items()} == {
            "a": "FINALIZED",
            "b": "OFFERED",
            "c": "TERMINATED",
            "d": "TERMINATED",
            "e": "ACCEPTED",
        }
        assert [rows[letter]["reason"] for letter in "cd"] == ["project.rejected", "project.terminated"]
        for letter, row in rows.items():
            kept = ProjectAgreement.model_validate(json.loads(row["document"]))
            assert kept.hash() == row["hash"] == document(letter).hash()
            assert [offer.hash for offer in store.offers(row["id"])] == [row["hash"]]
        bring(database, "0006")
    finally:
        database.close()


def _row(database: Database, letter: str) -> dict[str, str]:
    with database.engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM agreements WHERE id = :id"), {"id": document(letter).id})
        return dict(found.mappings().one())
