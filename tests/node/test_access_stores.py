"""Users, codes, sessions and API clients on both databases, also when several act at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import postgresql_server
from databases import KINDS, new_database
from tacit.errors import InputError, NotFoundError, RefusedError
from tacit.node.access.people import new_user
from tacit.node.database import Database, open_database
from tacit.node.stores.access import ClientStore, SessionStore, UserStore
from tacit.node.tables.access import ClientRow, SessionRow, SignInCodeRow, UserLinkRow

THREADS = 5
MOMENT = 1_800_000_000.125


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql_server.Server]:
    if postgresql_server.programs() is None:
        pytest.skip("no PostgreSQL server programs on this machine")
    with postgresql_server.serve() as made:
        yield made


@pytest.fixture(params=KINDS)
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Database]]:
    """The same database, brought to its newest version, and opened once per thread."""
    if request.param == "sqlite":
        yield from opened(tmp_path, f"sqlite:///{tmp_path / 'node.db'}")
        return
    with new_database(request.getfixturevalue("server")) as url:
        yield from opened(tmp_path, url)


def opened(folder: Path, url: str) -> Iterator[list[Database]]:
    made = [open_database(folder, url), *(Database(url) for _ in range(THREADS - 1))]
    yield made
    for database in made:
        database.close()


def at_once(databases: list[Database], act: Callable[[int, Database], Any]) -> list[Any]:
    """What each of them returned or raised."""
    gate, told = threading.Barrier(len(databases)), []

    def run(number: int, database: Database) -> None:
        gate.wait()
        try:
            told.append(act(number, database))
        except InputError as fault:
            told.append(fault.code)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(databases)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(databases)
    return told


def client(name: str = "nightly", **values: Any) -> ClientRow:
    made: dict[str, Any] = {
        "id": "0f" * 8, "name": name, "hash": "0" * 64, "scopes": ["job.read"], "note": "", "per_minute": 1,
        "per_day": 1, "expires_at": None, "revoked_at": None, "created_by": "local", "created_at": MOMENT,
        "used_at": None, "day": 0, "day_count": 0,
    }  # fmt: skip
    return ClientRow(**{**made, **values})


def session(number: int, user: str = "li.wei") -> SessionRow:
    return SessionRow(
        id=f"ses-{number}", hash=str(number), user=user, how="password", address="::1", agent="",
        created_at=MOMENT + number, seen_at=MOMENT + number, expires_at=MOMENT + 100,
    )  # fmt: skip


def test_one_of_many_takes_a_code_and_a_name(databases: list[Database]) -> None:
    users = UserStore(databases[0])
    users.add(new_user("li.wei", ["operator"], moment=MOMENT))
    users.add_code(SignInCodeRow(hash="h", user="li.wei", expires_at=MOMENT + 10), MOMENT)
    told = at_once(databases, lambda _, database: UserStore(database).take_code("h", MOMENT))
    assert sorted(told, key=str) == [None] * (THREADS - 1) + ["li.wei"]
    told = at_once(databases, lambda _, each: UserStore(each).add(new_user("wang", ["auditor"], moment=MOMENT)))
    assert sorted(told, key=str) == [None] + ["user.name_taken"] * (THREADS - 1)
    link = ("https://login", "4711")
    told = at_once(
        databases,
        lambda _, each: UserStore(each).link(
            UserLinkRow(issuer=link[0], subject=link[1], user="wang", created_at=MOMENT)
        ),
    )
    assert sorted(told, key=str) == [None] + ["user.link_exists"] * (THREADS - 1)
    linked = users.linked(*link)
    assert linked is not None and linked.name == "wang"


def test_calls_of_many_are_all_counted(databases: list[Database]) -> None:
    told = at_once(databases, lambda n, each: ClientStore(each).add(client(id=f"{n:016x}")))
    assert sorted(told, key=str) == [None] + ["client.name_taken"] * (THREADS - 1)
    store = ClientStore(databases[0])
    id = store.named("nightly").id
    at_once(databases, lambda n, each: ClientStore(each).count(id, used_at=MOMENT, day=20, calls=10 + n))
    assert store.named("nightly").day_count == sum(10 + n for n in range(THREADS))
    store.count(id, used_at=MOMENT + 1, day=21, calls=3)
    assert (store.named("nightly").day, store.named("nightly").day_count) == (21, 3)
    assert store.named("nightly").used_at == MOMENT + 1


def test_users_go_with_all_that_signs_them_in(databases: list[Database]) -> None:
    users, sessions = UserStore(databases[0]), SessionStore(databases[0])
    users.add(new_user("li.wei", ["administrator"], "李伟", moment=MOMENT))
    users.add_code(SignInCodeRow(hash="h", user="li.wei", expires_at=MOMENT + 10), MOMENT)
    users.link(UserLinkRow(issuer="i", subject="s", user="li.wei", created_at=MOMENT))
    sessions.add(session(1), at_most=5)
    assert users.get("li.wei").signed_in_at == MOMENT + 1 and users.get("li.wei").display_name == "李伟"
    with pytest.raises(RefusedError):
        users.remove("li.wei", keep_administrator=True)
    with pytest.raises(RefusedError):
        users.change("li.wei", keep_administrator=True, disabled=True)
    assert not users.get("li.wei").disabled and sessions.find("1") is not None
    users.remove("li.wei")
    assert users.take_code("h", MOMENT) is None and users.linked("i", "s") is None and sessions.find("1") is None
    with pytest.raises(NotFoundError):
        users.get("li.wei")


def test_sessions_are_bounded_ended_and_swept(databases: list[Database]) -> None:
    users, sessions = UserStore(databases[0]), SessionStore(databases[0])
    users.add(new_user("li.wei", ["operator"], moment=MOMENT))
    users.add(new_user("wang", ["operator"], moment=MOMENT))
    gone = [sessions.add(session(number), at_most=3) for number in range(5)]
    assert gone == [[], [], [], ["ses-0"], ["ses-1"]]
    sessions.add(session(9, "wang"), at_most=3)
    assert not sessions.remove("wang", "ses-3") and sessions.remove("li.wei", "ses-3")
    assert sessions.remove_all("li.wei", but="ses-4") == 1
    sessions.touch("ses-4", MOMENT + 50)
    sessions.sweep(MOMENT + 60, 20)
    assert [row.id for row in sessions.of("li.wei")] == ["ses-4"] and sessions.of("wang") == []
    sessions.sweep(MOMENT + 100, 1000)
    assert sessions.of("li.wei") == []
