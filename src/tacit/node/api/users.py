"""/users: the people of this organisation who may use the node."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.session import Secret, base_url, shown
from tacit.node.api.shapes.people import Ended, OneTimeCode, User, UserDetail
from tacit.node.clock import iso
from tacit.node.tables.access import UserRow

Word = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Roles = Annotated[list[Word], Field(max_length=20)]


class UserBody(BaseModel):
    """Without `password` the user signs in with a one-time code first. `must_change`: and then sets a password."""

    model_config = ConfigDict(extra="forbid")

    name: Word
    roles: Roles
    display_name: Line = ""
    password: Secret | None = None
    must_change: bool = True


class UserChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    roles: Roles | None = None
    display_name: Line | None = None
    disabled: bool | None = None


class CodeBody(BaseModel):
    """`reset`: the old password ends, and a new one must be set."""

    model_config = ConfigDict(extra="forbid")

    reset: bool = False


class LinkBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    issuer: str = Field(min_length=1, max_length=500)
    subject: str = Field(min_length=1, max_length=255)


def router(services: Services) -> APIRouter:
    """Managing users. Passwords and codes never come out again."""
    routes = APIRouter(prefix="/users")
    _add_users(routes, services)
    _add_ways_in(routes, services)
    return routes


def _add_users(routes: APIRouter, services: Services) -> None:
    node = services.parts

    @routes.get("", name="list", dependencies=needs("user.read"), response_model=Page[User])
    def users(limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        rows, after = page(node.access.people.store.all(), lambda row: row.name, limit=limit, cursor=cursor)
        return {"items": [view(row) for row in rows], "next": after}

    @routes.post("", status_code=201, dependencies=needs("user.add"), response_model=User)
    def add(body: UserBody) -> dict[str, Any]:
        row = node.access.people.add(
            body.name,
            body.roles,
            display_name=body.display_name,
            password=body.password,
            must_change=body.must_change,
        )
        return view(row)

    @routes.get("/{name}", name="show", dependencies=needs("user.read"), response_model=UserDetail)
    def user(name: Segment) -> dict[str, Any]:
        people = node.access.people
        row = people.store.get(name)
        links = [
            {"issuer": link.issuer, "subject": link.subject, "created_at": iso(link.created_at)}
            for link in people.store.links(name)
        ]
        return {**view(row), "links": links, "sessions": [shown(each) for each in node.access.sessions.of(name)]}

    @routes.patch("/{name}", dependencies=needs("user.change"), response_model=User)
    def change(name: Segment, body: UserChange) -> dict[str, Any]:
        return view(node.access.people.change(name, **body.model_dump(exclude_none=True)))

    @routes.delete("/{name}", status_code=204, dependencies=needs("user.remove"))
    def remove(name: Segment) -> Response:
        node.access.people.remove(name)
        return Response(status_code=204)


def _add_ways_in(routes: APIRouter, services: Services) -> None:
    node = services.parts

    @routes.post("/{name}/codes", status_code=201, dependencies=needs("user.change"), response_model=OneTimeCode)
    def give_code(name: Segment, body: CodeBody) -> dict[str, Any]:
        made = node.access.people.give_code(name, reset=body.reset)
        link = f"{base_url(services)}/#/sign-in?code={made.code}"
        return {"user": name, "code": made.code, "link": link, "expires_at": iso(made.expires_at)}

    @routes.delete("/{name}/sessions", dependencies=needs("user.change"))
    def end_sessions(name: Segment) -> Ended:
        return Ended(ended=node.access.people.end_sessions(name))

    @routes.post("/{name}/links", status_code=204, dependencies=needs("user.change"))
    def link(name: Segment, body: LinkBody) -> Response:
        node.access.people.link(name, body.issuer, body.subject)
        return Response(status_code=204)

    @routes.post("/{name}/links/remove", status_code=204, dependencies=needs("user.change"))
    def unlink(name: Segment, body: LinkBody) -> Response:
        node.access.people.unlink(name, body.issuer, body.subject)
        return Response(status_code=204)


def view(row: UserRow) -> dict[str, Any]:
    """A user as administrators see them."""
    return {
        "name": row.name,
        "display_name": row.display_name,
        "roles": row.roles,
        "disabled": row.disabled,
        "must_change": row.must_change,
        "has_password": row.password is not None,
        "origin": row.origin,
        "created_at": iso(row.created_at),
        "signed_in_at": iso(row.signed_in_at),
    }
