"""How an agreement came about: offers, who has done what, and what changed between offers."""

from __future__ import annotations

from typing import Any

from tacit.node.api.shapes.base import Answer, Document, Time


class TermChange(Answer):
    """One term that differs; `field` is a path like "datasets.alpha", null: it is not there."""

    field: str
    before: Any
    after: Any


class Offer(Answer):
    """One version of the document. `changes`: against the offer before it, or the agreement that it amends."""

    version: int
    hash: str
    author: str
    created_at: Time
    changes: list[TermChange]
    document: Document


class NegotiationMove(Answer):
    """What a member did, as this node came to know it; `stage`: afterwards, at this node."""

    move: str
    member: str
    version: int
    hash: str
    stage: str
    code: str | None
    at: Time


class Negotiation(Answer):
    """`stage`: state of the Dataspace Protocol; `status`: its projection to the interconnection standard.

    `members`: where the proposer stands with each member; at another member only its own is known in full.
    """

    id: str
    stage: str
    status: str
    version: int
    hash: str
    author: str
    proposer: str
    reason: str | None
    amends: str | None
    chain: list[str]
    members: dict[str, str]
    verified: dict[str, str]
    offers: list[Offer]
    moves: list[NegotiationMove]


class Difference(Answer):
    """Between two versions of one negotiation."""

    before: int
    after: int
    changes: list[TermChange]
