"""/session: signing in and out, who one is, one's password and sessions; /access: all roles and actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tacit.errors import NotFoundError, RefusedError, TacitError
from tacit.governance.access import ACTIONS, ROLES, SCOPES
from tacit.node.access.secrets import csrf_of
from tacit.node.access.sessions import Opened
from tacit.node.access.sign_in import Caller
from tacit.node.acting import Principal, current
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Segment
from tacit.node.api.cookies import journey_cookie, read_cookie, session_cookie
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.people import Access, Ended, Me, Providers, SignedIn, SignInSession
from tacit.node.clock import iso, now
from tacit.node.tables.access import SessionRow

if TYPE_CHECKING:
    from tacit.node.wiring import Parts

Secret = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Token = Annotated[str, Query(min_length=1, max_length=4096)]


class PasswordSignIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    password: Secret


class CodeSignIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Secret


class PasswordBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    old: Secret | None = None
    new: Secret


def router(services: Services) -> APIRouter:
    """What concerns whoever asks, and nobody else."""
    routes = APIRouter()
    _add_ways_in(routes, services)
    _add_own(routes, services)
    _add_oidc(routes, services)
    return routes


def _add_ways_in(routes: APIRouter, services: Services) -> None:
    node = services.parts

    @routes.post("/session", name="open", status_code=201, response_model=SignedIn)
    def sign_in(body: PasswordSignIn, request: Request, response: Response) -> dict[str, Any]:
        return _enter(node.access.sign_in.by_password(body.name, body.password, _caller(request)), request, response)

    @routes.post("/session/code", name="open_by_code", status_code=201, response_model=SignedIn)
    def sign_in_by_code(body: CodeSignIn, request: Request, response: Response) -> dict[str, Any]:
        return _enter(node.access.sign_in.by_code(body.code, _caller(request)), request, response)

    @routes.post("/session/password", dependencies=needs("session.change"), response_model=SignedIn, name="password")
    def change_password(body: PasswordBody, request: Request, response: Response) -> dict[str, Any]:
        caller = _caller(request)
        return _enter(node.access.sign_in.change_password(current(), body.old, body.new, caller), request, response)

    @routes.delete("/session", name="close", status_code=204, dependencies=needs("session.change"))
    def sign_out(request: Request) -> Response:
        node.access.sign_in.out(current())
        response = Response(status_code=204, headers={"Clear-Site-Data": '"cache", "storage"'})
        session_cookie(node.settings.api_url, _host(request)).drop(response)
        return response

    def _enter(opened: Opened, request: Request, response: Response) -> dict[str, Any]:
        _set_session(services, opened, request, response)
        return {
            "user": opened.user,
            "csrf": opened.csrf,
            "expires_at": iso(opened.expires_at),
            "must_change": opened.must_change,
        }


def _add_own(routes: APIRouter, services: Services) -> None:
    node = services.parts

    @routes.get("/session", name="show", dependencies=needs("session.read"), response_model=Me)
    def me() -> dict[str, Any]:
        who = current()
        user = node.access.people.store.find(who.name) if who.kind == "user" else None
        return {
            "kind": who.kind,
            "name": who.name,
            "display_name": who.name if user is None else user.display_name,
            "roles": sorted(role for role in who.roles if role in ROLES),
            "actions": node.access.authority.actions_of(who),
            "must_change": user is not None and user.must_change,
            "session": who.session,
            **_ends(node, who),
        }

    @routes.get("/session/csrf", name="csrf", dependencies=needs("session.read"), response_model=SignedIn)
    def csrf(request: Request) -> dict[str, Any]:
        """For a page that was loaded anew: the cookie it has is proof enough."""
        secret = read_cookie(request.headers.get("cookie", ""), _cookie(services, request).name)
        rows = [row for row in node.access.sessions.of(current().name) if row.id == current().session]
        if secret is None or not rows or current().kind != "user":
            raise _no_session()
        user = node.access.people.store.get(current().name)
        return {
            "user": user.name,
            "csrf": csrf_of(secret),
            "expires_at": iso(rows[0].expires_at),
            "must_change": user.must_change,
        }

    @routes.get("/session/all", name="list", dependencies=needs("session.read"))
    def sessions(limit: Limit = 100, cursor: Cursor = None) -> Page[SignInSession]:
        rows = node.access.sessions.of(current().name) if current().kind == "user" else []
        taken, after = page(rows, lambda row: row.id, limit=limit, cursor=cursor)
        return Page(items=[shown(row) for row in taken], next=after)

    @routes.delete("/session/all", name="close_others", dependencies=needs("session.change"))
    def end_others() -> Ended:
        if current().kind != "user":
            raise _no_session()
        gone = node.access.sessions.end_all(current().name, but=current().session)
        node.trail.record("session.ended_all", f"user:{current().name}", {"sessions": gone}, actor="person")
        return Ended(ended=gone)

    @routes.delete("/session/all/{id}", name="close_one", dependencies=needs("session.change"))
    def end_one(id: Segment) -> Ended:
        if current().kind != "user" or not node.access.sessions.end(current().name, id):
            raise _no_session()
        node.trail.record("session.ended_all", f"user:{current().name}", {"sessions": 1}, actor="person")
        return Ended(ended=1)

    @routes.get("/access", name="list", dependencies=needs("session.read"), response_model=Access)
    def access() -> dict[str, Any]:
        return {
            "roles": [{"name": name, "title": title} for name, title in ROLES.items()],
            "actions": [
                {
                    "name": action.name,
                    "title": action.title,
                    "roles": sorted(action.roles),
                    "changes": action.changes,
                    "scope": action.name in SCOPES,
                }
                for action in ACTIONS.values()
            ],
        }


def _add_oidc(routes: APIRouter, services: Services) -> None:
    node = services.parts

    @routes.get("/session/providers", name="providers", response_model=Providers)
    def providers() -> dict[str, Any]:
        prefix = _prefix(services)
        return {
            "items": [
                {
                    "name": name,
                    "title": provider.settings.title or name,
                    "start": f"{prefix}/api/v1/session/oidc/{name}",
                }
                for name, provider in node.access.oidc.providers.items()
            ]
        }

    @routes.get("/session/oidc/{name}", name="oidc", status_code=303, response_class=RedirectResponse)
    def start(name: Segment, request: Request) -> Response:
        journey = node.access.oidc.start(name, f"{base_url(services)}/api/v1/session/oidc/{name}/callback")
        response = RedirectResponse(journey.url, 303)
        journey_cookie(node.settings.api_url, _host(request)).set(response, journey.browser, 600)
        return response

    @routes.get("/session/oidc/{name}/callback", name="oidc_back", status_code=303, response_class=RedirectResponse)
    def callback(
        name: Segment,
        request: Request,
        state: Token,
        code: Token | None = None,
        iss: Token | None = None,
        error: Token | None = None,
    ) -> Response:
        cookie = journey_cookie(node.settings.api_url, _host(request))
        browser = read_cookie(request.headers.get("cookie", ""), cookie.name) or ""
        try:
            if code is None or error is not None:
                raise RefusedError(
                    "auth.oidc_refused", "The identity provider did not sign anybody in.", hint="Begin again."
                )
            identity = node.access.oidc.finish(name, state=state, code=code, browser=browser, issuer=iss)
            opened = node.access.sign_in.by_identity(identity, _caller(request))
        except TacitError as fault:
            if "text/html" not in request.headers.get("accept", ""):
                raise
            return RedirectResponse(f"{_prefix(services)}/#/sign-in?error={fault.code}", 303)
        response = RedirectResponse(f"{_prefix(services)}/", 303)
        cookie.drop(response)
        _set_session(services, opened, request, response)
        return response


def shown(row: SessionRow) -> SignInSession:
    """A session as people see it; the one that asks is `current`."""
    return SignInSession(
        id=row.id,
        user=row.user,
        how=row.how,
        address=row.address,
        agent=row.agent,
        created_at=iso(row.created_at) or "",
        seen_at=iso(row.seen_at) or "",
        expires_at=iso(row.expires_at) or "",
        current=row.id == current().session,
    )


def base_url(services: Services) -> str:
    """Where browsers find this node, without a slash at its end."""
    return (services.parts.settings.api_url or str(services.node.run_info["api"])).rstrip("/")


def _prefix(services: Services) -> str:
    """The path under which a proxy has put the node, without a slash at its end."""
    return urlsplit(services.parts.settings.api_url or "").path.rstrip("/")


def _set_session(services: Services, opened: Opened, request: Request, response: Response) -> None:
    """In place of the session that the browser had, which ends."""
    cookie, sessions = _cookie(services, request), services.parts.access.sessions
    before = read_cookie(request.headers.get("cookie", ""), cookie.name)
    was = None if before is None else sessions.find(before)
    if was is not None and was.session is not None:
        sessions.end(was.name, was.session)
    cookie.set(response, opened.secret, max(1, int(opened.expires_at - now())))


def _cookie(services: Services, request: Request) -> Any:
    return session_cookie(services.parts.settings.api_url, _host(request))


def _host(request: Request) -> str:
    return request.headers.get("host", "")


def _caller(request: Request) -> Caller:
    return Caller(str(getattr(request.state, "address", "unknown")), request.headers.get("user-agent", ""))


def _no_session() -> NotFoundError:
    return NotFoundError("session.unknown", "There is no such session.", hint="`GET /session/all` lists your own.")


def _ends(node: Parts, who: Principal) -> dict[str, Any]:
    """When the session that asks ends."""
    rows = node.access.sessions.of(who.name) if who.session is not None and who.kind == "user" else []
    row = next((row for row in rows if row.id == who.session), None)
    if row is None:
        return {"idle_s": None, "expires_at": None}
    return {"idle_s": node.settings.session_idle_s, "expires_at": iso(row.expires_at)}
