"""The chairs of the demo: one person signs in to the console of every organisation, each time with a one-time code.

A link opens the console of one node and tells it of the others, so that it can offer to change chairs; the console
takes that only from links whose nodes are all on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from tacit.client.client import Client
from tacit.client.language import language
from tacit.demo.baseline import Baseline

USER = "you"
ROLES = ("administrator", "data_owner", "data_scientist", "compliance_officer")


@dataclass(frozen=True, slots=True)
class Chair:
    """A node's console, and what signs `USER` in there once."""

    name: str
    url: str
    code: str

    @property
    def short_link(self) -> str:
        """Signs in at this node alone, for another browser."""
        return f"{self.url}/#/sign-in?code={self.code}"


def seat(clients: Mapping[str, Client]) -> None:
    """Make `USER` at every node."""
    shown = "访客" if language() == "zh" else "Guest"
    for client in clients.values():
        client.people.add(USER, ROLES, display_name=shown, must_change=False)


def take_chairs(clients: Mapping[str, Client], urls: Mapping[str, str]) -> list[Chair]:
    """A chair at every node with a fresh code; codes given before end."""
    return [Chair(name, urls[name], client.people.give_code(USER)["code"]) for name, client in clients.items()]


def link_of(at: Chair, chairs: Sequence[Chair], label: str, baseline: Baseline) -> str:
    """Opens the console of `at`, its tour, and the way to the other chairs."""
    others = "~".join(f"{chair.name}.{urlsplit(chair.url).port}.{chair.code}" for chair in chairs)
    facts = f"{label}~{baseline.alone:.4f}~{baseline.pooled:.4f}"
    return f"{at.url}/#/sign-in?lang={language()}&facts={facts}&chairs={others}"


def has_console(url: str) -> bool:
    """Whether the node serves a console that was built."""
    try:
        return httpx.get(f"{url}/favicon.svg", timeout=5.0).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
