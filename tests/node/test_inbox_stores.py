"""Votes and uses at the same time, on both databases, without a lock of the process around them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import postgresql_server
from databases import KINDS, new_database
from tacit.node.database import Database, open_database
from tacit.node.stores.inbox import InboxStore, UseStore
from tacit.node.tables.inbox import InboxRow

THREADS = 6


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql_server.Server]:
    if postgresql_server.programs() is None:
        pytest.skip("no PostgreSQL server programs on this machine")
    with postgresql_server.serve() as made:
        yield made


@pytest.fixture(params=KINDS)
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Database]]:
    """The same database, opened once per thread."""
    if request.param == "sqlite":
        yield from _opened(tmp_path, f"sqlite:///{tmp_path / 'node.db'}")
        return
    with new_database(request.getfixturevalue("server")) as url:
        yield from _opened(tmp_path, url)


def _opened(folder: Path, url: str) -> Iterator[list[Database]]:
    made = [open_database(folder, url), *(Database(url) for _ in range(THREADS - 1))]
    yield made
    for database in made:
        database.close()


def _at_once(databases: list[Database], act: Callable[[int, Database], None]) -> None:
    gate, faults = threading.Barrier(len(databases)), []

    def run(number: int, database: Database) -> None:
        gate.wait()
        try:
            act(number, database)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(databases)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def _row(id: str, subject: str = "job-1") -> InboxRow:
    return InboxRow(
        id=id,
        kind="job",
        subject=subject,
        open_key=f"job {subject}",
        title={"zh": "任务", "en": "job"},
        summary={"zh": "无", "en": "none"},
        requested_by="peer:alpha",
        level=3,
        state="open",
        decisions=[],
        applied=False,
        version=0,
        created_at=1.0,
    )


def test_every_vote_is_kept(databases: list[Database]) -> None:
    InboxStore(databases[0]).add(_row("item-1"))

    def vote(number: int, database: Database) -> None:
        def add(row: InboxRow) -> None:
            row.decisions = [*row.decisions, {"by": f"p{number}"}]

        for _ in range(3):
            InboxStore(database).change("item-1", add)

    _at_once(databases, vote)
    found = InboxStore(databases[0]).get("item-1")
    assert (len(found.decisions), found.version) == (3 * THREADS, 3 * THREADS)


def test_a_subject_has_one_open_item(databases: list[Database]) -> None:
    _at_once(databases, lambda number, database: InboxStore(database).add(_row(f"item-{number}")) and None)
    store = InboxStore(databases[0])
    (only,) = store.open()

    def close(row: InboxRow) -> None:
        row.state, row.open_key, row.applied = "approved", None, True

    store.change(only.id, close)
    store.add(_row("item-again"))
    assert [row.id for row in store.open("job")] == ["item-again"] and store.counts() == {"job": 1}
    assert store.latest_of("job", "job-1") is not None and store.unapplied() == []


def test_no_more_uses_than_allowed(databases: list[Database]) -> None:
    outcomes: list[bool] = []

    def claim(number: int, database: Database) -> None:
        for each in range(2):
            outcomes.append(UseStore(database).claim("rule:r", f"job-{number}-{each}", 5.0, limit=4))

    _at_once(databases, claim)
    uses = UseStore(databases[0])
    assert (outcomes.count(True), uses.used("rule:r"), len(uses.jobs("rule:r"))) == (4, 4, 4)
    assert uses.claim("rule:r", uses.jobs("rule:r")[0], 9.0, limit=4)  # counted before
    assert uses.sources(uses.jobs("rule:r")[0]) == ["rule:r"]


def test_a_rate_counts_what_is_not_too_long_ago(databases: list[Database]) -> None:
    uses = UseStore(databases[0])
    allowed = [uses.claim("rule:r", f"job-{at}", float(at), rate=(2, 10.0)) for at in (0, 5, 9, 10, 11, 15)]
    assert allowed == [True, True, False, True, False, True]
