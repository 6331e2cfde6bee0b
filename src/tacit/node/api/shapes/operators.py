"""Operators: what flows are made of."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Document, Wording


class OperatorRole(Answer):
    """A seat of the operator."""

    name: str
    title: Wording
    dealer: bool
    optional: bool


class Port(Answer):
    """What goes in or comes out, and which roles hold it."""

    name: str
    kind: str
    placement: str
    holders: list[str]
    title: Wording
    optional: bool
    accepts: list[str]


class Disclosure(Answer):
    """What a role learns, with the operator's default parameters."""

    learner: str
    code: str
    what: Wording


class Operator(Answer):
    """The declaration; `params` is a JSON Schema (2020-12)."""

    name: str
    version: str
    title: Wording
    help: Wording
    group: str
    group_title: Wording
    roles: list[OperatorRole]
    inputs: list[Port]
    outputs: list[Port]
    params: Document
    engines: list[str]
    profiles: list[str]
    talks: bool
    disclosure: list[Disclosure]
