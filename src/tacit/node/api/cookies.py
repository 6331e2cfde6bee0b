"""The cookies of signing in. Source: RFC 6265bis (prefix __Host-, SameSite), OWASP Session Management Cheat Sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

CSRF_HEADER = "x-csrf-token"


@dataclass(frozen=True, slots=True)
class Cookie:
    """With https its name begins with __Host-: no other host and no plain connection can set it."""

    name: str
    secure: bool
    same_site: Literal["strict", "lax"] = "strict"
    path: str = "/"

    def set(self, response: Response, value: str, seconds: int) -> None:
        """For `seconds`."""
        response.set_cookie(
            self.name,
            value,
            max_age=seconds,
            path=self.path,
            secure=self.secure,
            httponly=True,
            samesite=self.same_site,
        )

    def drop(self, response: Response) -> None:
        """The browser forgets it."""
        response.delete_cookie(self.name, path=self.path, secure=self.secure, httponly=True, samesite=self.same_site)


def session_cookie(url: str | None, host: str) -> Cookie:
    """Never sent along from pages of other sites. `url`: where browsers find this node, if that is set. `host`: the
    header of the request; its port is part of the name, for browsers do not keep cookies apart by port."""
    return _cookie("tacit_session", url, host, "strict")


def journey_cookie(url: str | None, host: str) -> Cookie:
    """Of somebody who is at an identity provider; it must come along when the provider sends them back."""
    return _cookie("tacit_journey", url, host, "lax")


def read_cookie(header: str, name: str) -> str | None:
    """The value of a cookie; None if it is not there, or there twice."""
    found = [value for key, _, value in (part.strip().partition("=") for part in header.split(";")) if key == name]
    return found[0] if len(found) == 1 and found[0] else None


def _cookie(name: str, url: str | None, host: str, same_site: Literal["strict", "lax"]) -> Cookie:
    if (url or "").startswith("https://"):
        return Cookie(f"__Host-{name}", True, same_site)
    port = host.rpartition(":")[2]
    return Cookie(f"{name}_{port}" if port.isdecimal() else name, False, same_site)
