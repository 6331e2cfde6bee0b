"""The local API over a database of its own, with real people and access behind it and no node."""

from __future__ import annotations

import asyncio
import functools
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import delete, event

from tacit.ledger.audit import MemoryAuditStore
from tacit.node.access.access import Access
from tacit.node.access.attempts import Attempts
from tacit.node.access.passwords import hash_password
from tacit.node.access.people import new_user
from tacit.node.acting import NodeTrail
from tacit.node.api.app import Services, make_api
from tacit.node.api.authority import Needs
from tacit.node.api.cookies import CSRF_HEADER
from tacit.node.clock import now
from tacit.node.database import Database, Table
from tacit.node.settings import Settings
from tacit.node.tables.access import ClientRow, SessionRow, SignInCodeRow, UserLinkRow, UserRow

TOKEN = "the-token-of-the-file"
URL = "http://127.0.0.1:7300"
PASSWORD = "violet anchor seventy boats"


class Absent:
    """Stands for the parts of a node that a test does not use."""

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Absent:
        return self


def _hurry(connection: Any, _record: Any) -> None:
    """What a test writes need not outlive a loss of power."""
    connection.execute("PRAGMA synchronous=OFF")


@functools.cache
def _kept() -> str:
    return hash_password(PASSWORD)


class InProcess(httpx.BaseTransport):
    """Carries requests to an application, without a network."""

    def __init__(self, app: Any, address: str) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._handle(request))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        told = await self._inner.handle_async_request(request)
        sent = b"".join([part async for part in told.aiter_raw()])
        return httpx.Response(told.status_code, headers=told.headers, content=sent)


def needed(app: FastAPI) -> list[tuple[str, str, list[str]]]:
    """(method, path, actions that it needs) of every route."""
    found = []
    for route in iter_route_contexts(app.routes):
        dependant = getattr(route, "dependant", None)
        if dependant is not None:
            actions = [each.call.action for each in dependant.dependencies if isinstance(each.call, Needs)]
            found += [(method, route.path, actions) for method in sorted(route.methods)]
    return found


class AccessWorld:
    """`local`: a client with the token; `browser()`: one with cookies of its own."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.settings = Settings(name="alpha", **settings)
        self.database = Database(f"sqlite:///{folder / 'access.db'}")
        event.listen(self.database.engine, "connect", _hurry)
        Table.metadata.create_all(self.database.engine)
        self.entries = MemoryAuditStore()
        self.trail = NodeTrail(self.entries)
        self.access = Access(self.database, self.settings, self.trail)
        parts = Absent()
        vars(parts).update(
            access=self.access,
            settings=self.settings,
            trail=self.trail,
            audit=SimpleNamespace(entries=lambda *_: self.entries.entries()),
            ground=SimpleNamespace(database=self.database),
        )
        node = SimpleNamespace(run_info={"api": URL})
        self.app = make_api(Services(cast(Any, node), cast(Any, parts), started_at=0.0, protocol=1), TOKEN)
        self._open: list[httpx.Client] = []
        self.local = self.bearer(TOKEN)

    def browser(self, address: str = "10.0.0.1", url: str = URL) -> httpx.Client:
        made = httpx.Client(transport=InProcess(self.app, address), base_url=f"{url}/api/v1")
        self._open.append(made)
        return made

    def bearer(self, secret: str) -> httpx.Client:
        made = self.browser()
        made.headers["Authorization"] = f"Bearer {secret}"
        return made

    def reset(self) -> None:
        """As new."""
        for browser in self._open[1:]:
            browser.close()
        self._open[1:] = []
        with self.database.write() as session:
            for table in (UserRow, UserLinkRow, SessionRow, SignInCodeRow, ClientRow):
                session.execute(delete(table))
        self.access.sessions.forget()
        self.access.sign_in.attempts = Attempts()
        self.access.clients._known.clear()
        self.entries._entries.clear()

    def add(self, name: str = "li.wei", *roles: str) -> None:
        """A user who has PASSWORD."""
        row = new_user(name, roles or ("data_scientist",), moment=now())
        row.password = _kept()
        self.access.people.store.add(row)

    def signed_in(self, name: str = "li.wei", *roles: str) -> httpx.Client:
        """A browser of a user who is made and signed in."""
        self.add(name, *roles)
        return self.sign_in(name)

    def sign_in(self, name: str) -> httpx.Client:
        """A browser with a session, without the work of a password."""
        opened = self.access.sessions.open(self.access.people.store.get(name), "password", "10.0.0.1", "tests")
        browser = self.browser()
        browser.cookies.set("tacit_session_7300", opened.secret, domain="127.0.0.1", path="/")
        browser.headers[CSRF_HEADER] = opened.csrf
        return browser

    def key(self, *scopes: str, **values: Any) -> str:
        """Of a new API client."""
        count = len(self.access.clients.store.all())
        return self.access.clients.add(f"program{count}", scopes, **values)[1]

    def acts(self) -> list[tuple[str, str, str]]:
        return [(entry.act, entry.actor, entry.subject) for entry in self.entries.entries()]

    def close(self) -> None:
        for browser in self._open:
            browser.close()
        self.database.close()
