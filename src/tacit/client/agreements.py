"""Bargaining over agreements: counter-offers, amendments, and how an agreement came about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tacit.client.connection import Connection, segment


class Negotiations:
    """Agreements of this node while their members bargain. `terms`: the fields that change, as the API names them.

    Terms: name, purpose, datasets, operators, valid_from, valid_until, limits, initiators, profiles, prices, revenue.
    A term of None is taken away.
    """

    def __init__(self, node: Connection) -> None:
        self._node = node

    def show(self, agreement: str) -> dict[str, Any]:
        """Stage, every offer with what it changed, and who did what."""
        return dict(self._node.get(f"{_path(agreement)}/negotiation"))

    def counter(self, agreement: str, terms: Mapping[str, Any], *, offer: str | None = None) -> dict[str, Any]:
        """Answer the present offer with another; `offer`: its hash, to be sure that it is the one that was read."""
        body = dict(terms) | ({"hash": offer} if offer is not None else {})
        return dict(self._node.post(f"{_path(agreement)}/counter", body))

    def amend(self, agreement: str, terms: Mapping[str, Any], *, members: list[str] | None = None) -> dict[str, Any]:
        """Propose other terms for an agreement in force; `members`: who joins."""
        body = dict(terms) | ({"members": members} if members else {})
        return dict(self._node.post(f"{_path(agreement)}/amend", body))

    def diff(self, agreement: str, *, before: int | None = None, after: int | None = None) -> dict[str, Any]:
        """What changed between two offers; without numbers, between the last two."""
        return dict(self._node.get(f"{_path(agreement)}/diff", before=before, after=after))


def _path(agreement: str) -> str:
    return f"/agreements/{segment(agreement)}"
