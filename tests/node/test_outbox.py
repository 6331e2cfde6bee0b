"""The outbox: again and again, in order, one peer apart from the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tacit.errors import PeerError, TacitError
from tacit.node.database import Database, OutboxRow, Table
from tacit.node.outbox import Outbox, is_final, message
from tacit.node.stores.outbox import OutboxStore


class FakeCarrier:
    """Peers in `down` do not answer; paths in `refusing` are refused."""

    def __init__(self) -> None:
        self.down: set[str] = set()
        self.refusing: set[str] = set()
        self.delivered: list[tuple[str, str]] = []
        self.turned_down: list[str] = []
        self.news: list[tuple[str, str]] = []
        self.tries = 0
        self.changed = threading.Condition()

    def deliver(self, row: OutboxRow) -> None:
        with self.changed:
            self.tries += 1
            self.changed.notify_all()
        if row.peer in self.down:
            raise PeerError("peer.unreachable", "Nobody there.")
        if row.path in self.refusing:
            raise PeerError("peer.refused", "No.", found="job.conflict")
        with self.changed:
            self.delivered.append((row.peer, row.path))
            self.changed.notify_all()

    def refused(self, row: OutboxRow, error: TacitError) -> None:
        with self.changed:
            self.turned_down.append(row.path)
            self.changed.notify_all()

    def send_news(self, peer: str, job_id: str) -> None:
        if peer in self.down:
            raise PeerError("peer.unreachable", "Nobody there.")
        with self.changed:
            self.news.append((peer, job_id))
            self.changed.notify_all()

    def until(self, wanted: object) -> None:
        with self.changed:
            assert self.changed.wait_for(wanted, 10)  # type: ignore[arg-type]


@pytest.fixture
def carrier() -> FakeCarrier:
    return FakeCarrier()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OutboxStore]:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    Table.metadata.create_all(database.engine)
    yield OutboxStore(database)
    database.close()


@pytest.fixture
def outbox(store: OutboxStore, carrier: FakeCarrier) -> Iterator[Outbox]:
    made = Outbox(store, carrier)
    yield made
    made.close()


def test_messages_arrive_in_order(outbox: Outbox, store: OutboxStore, carrier: FakeCarrier) -> None:
    store.add([message("b", f"/{number}", {}, key=str(number)) for number in range(5)])
    outbox.poke("b")
    carrier.until(lambda: len(carrier.delivered) == 5)
    assert carrier.delivered == [("b", f"/{number}") for number in range(5)]


def test_an_absent_peer_gets_everything_later_and_holds_up_nobody(
    outbox: Outbox, store: OutboxStore, carrier: FakeCarrier
) -> None:
    carrier.down = {"b"}
    outbox.post(message("b", "/1", {}, key="1"))
    outbox.post(message("b", "/2", {}, key="2"))
    outbox.post(message("c", "/3", {}, key="3"))
    carrier.until(lambda: carrier.tries >= 3)
    carrier.until(lambda: ("c", "/3") in carrier.delivered)
    carrier.down = set()
    carrier.until(lambda: len(carrier.delivered) == 3)
    assert [path for peer, path in carrier.delivered if peer == "b"] == ["/1", "/2"]


def test_a_refused_message_is_not_sent_again(outbox: Outbox, store: OutboxStore, carrier: FakeCarrier) -> None:
    carrier.refusing = {"/1"}
    store.add([message("b", "/1", {}, key="1"), message("b", "/2", {}, key="2")])
    outbox.poke("b")
    carrier.until(lambda: ("b", "/2") in carrier.delivered)
    assert carrier.turned_down == ["/1"]


def test_what_was_left_over_is_sent_after_a_start(store: OutboxStore, carrier: FakeCarrier) -> None:
    store.add([message("b", "/1", {}, key="1")])
    later = Outbox(store, carrier)
    later.start()
    carrier.until(lambda: carrier.delivered == [("b", "/1")])
    later.close()


def test_news_is_gathered_and_sent_again_when_it_did_not_arrive(outbox: Outbox, carrier: FakeCarrier) -> None:
    for _ in range(20):
        outbox.spread("b", "job-1")
    carrier.until(lambda: carrier.news)
    assert len(carrier.news) <= 2
    carrier.news.clear()
    carrier.down = {"b"}
    outbox.spread("b", "job-2")
    carrier.down = set()
    carrier.until(lambda: ("b", "job-2") in carrier.news)


def test_a_closed_outbox_takes_nothing(outbox: Outbox, carrier: FakeCarrier) -> None:
    outbox.close()
    outbox.spread("b", "job-1")
    outbox.poke("b")
    assert not carrier.news


@pytest.mark.parametrize(
    ("code", "found", "final"),
    [
        ("peer.unreachable", None, False),
        ("peer.clock_skew", None, False),
        ("peer.refused", "request.replayed", False),
        ("peer.refused", "node.stopping", False),
        ("peer.refused", "internal.fault", False),
        ("peer.refused", "job.conflict", True),
    ],
)
def test_which_refusals_are_final(code: str, found: str | None, final: bool) -> None:
    assert is_final(PeerError(code, "x", found=found)) is final
