"""The stores: moves of jobs, ends of attempts, logs, outbox, nonces, migration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from tacit.errors import NotFoundError, RefusedError
from tacit.node.clock import iso, now, seconds_of
from tacit.node.database import Database, InvitationRow, PartRow, PeerRow, Table, open_database
from tacit.node.diary import event_row
from tacit.node.outbox import message
from tacit.node.participant import new_job
from tacit.node.stores.events import EventStore
from tacit.node.stores.jobs import JobStore, TaskStore
from tacit.node.stores.nonces import NonceStore
from tacit.node.stores.outbox import OutboxStore
from tacit.node.stores.peers import InvitationStore, PeerStore
from tacit.node.workbench import new_task
from tacit.schema.flow import Flow
from tacit.schema.states import JobState, TaskState

JOB = "job-" + "0" * 32
FLOW = Flow.model_validate(
    {
        "name": "f",
        "parties": {"a": "data", "b": "data"},
        "steps": [{"id": "s", "operator": "dataset.read", "at": {"owner": "a"}}],
    }
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_database(tmp_path, None)
    yield made
    made.close()


@pytest.fixture
def jobs(database: Database) -> JobStore:
    store = JobStore(database)
    store.add(new_job(JOB, "audit-1", "f", "a", "", FLOW), [PartRow(job_id=JOB, party="b", decision="waiting")])
    return store


def test_the_migration_makes_the_tables_of_the_model(database: Database) -> None:
    found = inspect(database.engine)
    assert set(found.get_table_names()) - {"alembic_version"} == set(Table.metadata.tables)
    for name, table in Table.metadata.tables.items():
        assert {column["name"] for column in found.get_columns(name)} == {column.name for column in table.columns}


def test_the_migration_runs_again_without_harm(tmp_path: Path) -> None:
    for _ in range(2):
        open_database(tmp_path, None).close()


def test_jobs_move_only_as_they_may(jobs: JobStore) -> None:
    assert not jobs.move(JOB, JobState.RUNNING)
    assert jobs.move(JOB, JobState.READY)
    assert jobs.move(JOB, JobState.RUNNING)
    assert jobs.get(JOB).started_at is not None
    assert jobs.move(JOB, JobState.CANCELLED, cause={"party": "a", "step": None, "code": "job.cancelled"})
    assert not jobs.move(JOB, JobState.FINISHED)
    row = jobs.get(JOB)
    assert row.state == "CANCELLED" and row.ended_at is not None and row.cause is not None
    assert jobs.open() == []


def test_a_move_that_may_not_be_announces_nothing(jobs: JobStore, database: Database) -> None:
    mail = message("b", "/x", {}, key="k")
    assert not jobs.move(JOB, JobState.FINISHED, [mail])
    assert OutboxStore(database).peers() == []


def test_a_party_decides_once(jobs: JobStore) -> None:
    assert jobs.decide(PartRow(job_id=JOB, party="b", decision="APPROVED"))
    assert not jobs.decide(PartRow(job_id=JOB, party="b", decision="REJECTED"))
    assert jobs.parts(JOB)["b"].decision == "APPROVED"


def test_who_takes_part_is_remembered(jobs: JobStore) -> None:
    assert jobs.circle(JOB).parties == ("a", "b")
    assert jobs.state(JOB) == "PENDING" and jobs.waiting(JOB) is None
    for act in (jobs.get, jobs.state, jobs.circle):
        with pytest.raises(NotFoundError):
            act("job-unknown")


def test_an_attempt_ends_once(jobs: JobStore, database: Database) -> None:
    tasks = TaskStore(database)
    tasks.run(new_task(JOB, "s", 1, "a", "owner", "t", "0", 0))
    assert [row.state for row in tasks.unfinished("a")] == ["RUNNING"]
    assert tasks.end((JOB, "s", 1, "a"), TaskState.FAILED, code="x.y")
    assert not tasks.end((JOB, "s", 1, "a"), TaskState.SUCCESS)
    assert tasks.last_attempt(JOB, "s") == 1 and tasks.last_attempt(JOB, "t") == 0
    assert tasks.by_id("t", "a") is not None and tasks.unfinished("a") == []


def test_events_are_numbered_and_copies_known(jobs: JobStore, database: Database) -> None:
    events = EventStore(database)
    for code in ("job.submitted", "job.ready"):
        events.append(event_row(JOB, "a", code, step=None, level="info", data={"attempt": 1, "secret": "x"}))
    theirs = [event_row(JOB, "b", "job.approved", now(), 1, step=None, level="info", data={})]
    assert events.merge(theirs) == 1
    again = [event_row(JOB, "b", "job.approved", now(), 1, step=None, level="info", data={})]
    assert events.merge(again) == 0
    assert [(row.party, row.serial) for row in events.after(JOB, 0)] == [("a", 1), ("a", 2), ("b", 1)]
    assert events.after(JOB, 0)[0].data == {"attempt": 1}
    assert events.after(JOB, events.last_number()) == []


def test_equal_intents_are_one_message(database: Database) -> None:
    outbox = OutboxStore(database)
    outbox.add([message("b", "/x", {}, key="k"), message("b", "/x", {}, key="l")])
    outbox.add([message("b", "/x", {}, key="k")])
    keys = []
    while (row := outbox.first("b")) is not None:
        keys.append(row.key)
        outbox.remove(row.number)
    assert keys == ["k", "l"]
    outbox.add([message("b", "/x", {}, key="k", lifetime_s=-1)])
    outbox.drop_expired()
    assert outbox.peers() == []


def test_nonces_are_known_after_a_restart(tmp_path: Path) -> None:
    later = int(now() * 1000) + 60_000
    store = NonceStore(tmp_path / "nonces.db")
    assert store.remember("a", "n", later) and store.remember("b", "n", later)
    assert not store.remember("a", "n", later)
    store.close()
    store = NonceStore(tmp_path / "nonces.db")
    assert not store.remember("a", "n", later)
    store.close()


def peer(fingerprint: str, state: str = "APPROVED", name: str = "b") -> PeerRow:
    return PeerRow(
        name=name,
        institution="b",
        address="h:1",
        certificate="",
        fingerprint=fingerprint,
        contract_id="c",
        state=state,
        version="1",
        added_at=now(),
        last_seen_at=None,
    )


def test_a_name_keeps_its_key_until_the_contract_ends(database: Database) -> None:
    peers = PeerStore(database)
    peers.pin(peer("one"))
    peers.pin(peer("one"))
    with pytest.raises(RefusedError) as caught:
        peers.pin(peer("two"))
    assert caught.value.code == "peer.name_taken"
    peers.set_state("b", "TERMINATED")
    with pytest.raises(RefusedError):
        peers.active("b")
    peers.pin(peer("two"))
    assert peers.active("b").fingerprint == "two"


def test_an_invitation_is_used_once(database: Database) -> None:
    peers, invitations = PeerStore(database), InvitationStore(database)
    invitations.add(InvitationRow(id="i", secret="s", state="open", expires_at=now() + 60))
    peers.pin(peer("one"), invitation="i")
    peers.pin(peer("one"), invitation="i")
    peers.set_state("b", "TERMINATED")
    with pytest.raises(RefusedError) as caught:
        peers.pin(peer("two"), invitation="i")
    assert caught.value.code == "invitation.used"
    assert invitations.all()[0].state == "used"


def test_an_invitation_does_not_bring_back_who_was_sent_away(database: Database) -> None:
    peers, invitations = PeerStore(database), InvitationStore(database)
    invitations.add(InvitationRow(id="i", secret="s", state="open", expires_at=now() + 60))
    peers.pin(peer("one"), invitation="i")
    peers.set_state("b", "TERMINATED")
    with pytest.raises(RefusedError) as caught:
        peers.pin(peer("one"), invitation="i")
    assert caught.value.code == "invitation.used"
    assert peers.get("b").state == "TERMINATED"


def test_an_application_that_comes_again_changes_nothing(database: Database) -> None:
    peers, invitations = PeerStore(database), InvitationStore(database)
    invitations.add(InvitationRow(id="i", secret="s", state="open", expires_at=now() + 60))
    peers.pin(peer("one"), invitation="i")
    again = peer("one")
    again.address = "elsewhere:1"
    peers.pin(again, invitation="i")
    assert peers.get("b").address == "h:1"


def test_one_key_has_one_name(database: Database) -> None:
    """Or one organisation would sit at two seats, data and dealer, of the same job."""
    peers, invitations = PeerStore(database), InvitationStore(database)
    invitations.add(InvitationRow(id="i", secret="s", state="open", expires_at=now() + 60))
    peers.pin(peer("one"), invitation="i")
    for invitation in ("i", None):
        with pytest.raises(RefusedError) as caught:
            peers.pin(peer("one", name="notary"), invitation=invitation)
        assert caught.value.code == "peer.key_taken"
    peers.set_state("b", "TERMINATED")
    peers.pin(peer("one", name="renamed"))
    assert peers.active("renamed").fingerprint == "one"


def test_times_go_there_and_back() -> None:
    assert iso(None) is None
    moment = now()
    assert abs(seconds_of(str(iso(moment))) - moment) < 0.002
    assert seconds_of("1970-01-01T00:00:01") == 1.0
