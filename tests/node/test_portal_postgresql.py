"""Applications and data products on a PostgreSQL server."""

from __future__ import annotations

import threading

import pytest

import postgresql_server
from tacit.governance.applications import WAITING, ApplicationState
from tacit.node.database import Database, PeerRow, migrate
from tacit.node.stores.portal import ApplicationStore, ProductStore
from tacit.node.tables.portal import ApplicationRow, ProductRow

pytestmark = pytest.mark.skipif(postgresql_server.programs() is None, reason="no PostgreSQL server programs")


def _application(number: int) -> ApplicationRow:
    key = f"{number:064x}"
    words = dict.fromkeys(("institution", "address", "certificate", "version", "message", "host"), "x")
    return ApplicationRow(
        **words,
        id=f"app-{number:032x}",
        side="received",
        open_key=f"received {key}",
        node_id="alpha",
        fingerprint=key,
        state="APPLIED",
        reason=None,
        compared=False,
        told=False,
        times={"APPLIED": 1.0},
        decided_by=None,
        error=None,
        tries=0,
        next_at=0.0,
        created_at=1.0,
        expires_at=2.0,
        ended_at=None,
    )


def _peer() -> PeerRow:
    words = dict.fromkeys(("institution", "address", "certificate", "contract_id", "version"), "x")
    return PeerRow(**words, name="alpha", fingerprint=f"{1:064x}", state="APPROVED", added_at=1.0, last_seen_at=None)


def test_decisions_do_not_race(monkeypatch: pytest.MonkeyPatch) -> None:
    with postgresql_server.serve() as server:
        monkeypatch.setenv("PGPASSWORD", postgresql_server.PASSWORD)
        doors = [Database(server.url) for _ in range(4)]  # each with a lock of its own, as if of other processes
        migrate(doors[0])
        stores, done = [ApplicationStore(each) for each in doors], list[bool]()
        row = stores[0].receive(_application(1), 0.0)
        assert stores[1].receive(_application(1), 0.0).id == row.id

        def decide(store: ApplicationStore, state: ApplicationState) -> None:
            peer = _peer() if state is ApplicationState.APPROVED else None
            done.append(store.move(row.id, WAITING, state, peer=peer))

        wanted = [ApplicationState.APPROVED, ApplicationState.REJECTED, ApplicationState.WITHDRAWN]
        threads = [threading.Thread(target=decide, args=pair) for pair in zip(stores, wanted, strict=False)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == [False, False, True]
        ended = stores[0].get(row.id)
        assert ended.open_key is None and set(ended.times) == {"APPLIED", ended.state}
        products = ProductStore(doors[0])
        products.keep(
            ProductRow(
                name="p",
                state="published",
                version=1,
                offer={},
                document={"identifier": "p"},
                audience=None,
                created_at=1.0,
                changed_at=1.0,
                changed_by="local",
            )
        )
        assert [products.move("p", 1, "withdrawn", changed_at=2.0) for _ in range(2)] == [True, False]
        products.replace_copies("beta", [{"identifier": "p"}])
        products.note_failure("beta", "peer.unreachable")
        assert products.copy("beta", "p").document == {"identifier": "p"} and products.fetches()["beta"].fetched_at
        stores[0].drop_ended(1e12)
        for each in doors:
            each.close()
