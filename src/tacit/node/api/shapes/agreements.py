"""Agreements of several nodes."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Document, Time
from tacit.schema.agreement import AgreementLimits, Price


class Agreement(Answer):
    """`document` is what the members signed, `hash` its digest; `signatures` by member.

    `stage`: where the negotiation stands; `version`, `author`: of the present offer; `amends`: the agreement that it
    changes; `reason`: code of the end.
    """

    id: str
    name: str
    purpose: str
    members: list[str]
    datasets: dict[str, list[str]]
    operators: list[str]
    valid_until: Time
    state: str
    proposer: str
    document: Document
    hash: str
    signatures: dict[str, str]
    decision: str
    created_at: Time
    stage: str
    version: int
    author: str
    amends: str | None
    reason: str | None
    final_at: Time | None
    valid_from: Time | None
    limits: AgreementLimits | None
    initiators: list[str] | None
    profiles: list[str] | None
    prices: list[Price] | None
    revenue: dict[str, str] | None
