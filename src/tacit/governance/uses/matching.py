"""Uses of columns in private set intersection."""

from __future__ import annotations

from typing import Any

from tacit.governance.uses.piece import KEY, NONE, Origins, Piece
from tacit.governance.uses.use import After
from tacit.governance.uses.visit import Visit

_OTHER = {"receiver": "sender", "sender": "receiver"}
_AFTER: dict[str, After] = {"rows": "join", "count": "aggregate", "threshold": "compare", "sum": "aggregate"}


def psi(visit: Visit) -> None:
    """Keys are compared; what a side is told of the match, it reads of the other's keys."""
    given: dict[str, Origins] = {role: _side(visit, role) for role in _OTHER}
    values = visit.input("sender", visit.at["sender"]).named(visit.params.values)
    visit.use(
        "aggregate",
        values,
        holder=visit.at["sender"],
        to=(visit.at["receiver"],),
        function="sum",
        after="aggregate",
        minimum=visit.params.threshold,
    )
    for role, other in _OTHER.items():
        party = visit.at[role]
        visit.put("aligned", party, visit.input(role, party).with_loose(given[other]))
    receiver = visit.at["receiver"]
    visit.put("matched", receiver, visit.input("receiver", receiver).with_loose(given["sender"]))


def _side(visit: Visit, role: str) -> Origins:
    """Notes the uses of one side's columns; returns those that the other side holds afterwards."""
    params, party, peer = visit.params, visit.at[role], visit.at[_OTHER[role]]
    piece = visit.input(role, party)
    keys = _keys(piece, getattr(params, f"{role}_keys"))
    visit.use(
        "join_key",
        keys,
        holder=party,
        to=(peer,) if _is_told(params, _OTHER[role]) else (),
        function=params.reveal,
        after=_AFTER[params.reveal],
        minimum=params.threshold,
        epsilon=params.epsilon,
    )
    if role == "sender" and (params.allow_kept_table or params.protocol == "unbalanced"):
        visit.use("join_key", keys, holder=party, to=(peer,), function="kept_table", after="join")
    all_keys = keys if params.join == "union" else NONE
    visit.use("plaintext", all_keys, holder=party, to=(peer,), function="keys", after="nothing")
    columns = piece.named(getattr(params, f"{role}_columns"))
    visit.use("plaintext", columns, holder=party, to=(peer,), function="columns", after="join")
    return all_keys | columns


def _is_told(params: Any, role: str) -> bool:
    """Whether a side learns anything of the match."""
    return role == "receiver" or params.learner == "both" or (params.reveal == "sum" and params.threshold is not None)


def psi_many(visit: Visit) -> None:
    """Every seat that learns reads of the others' keys which of its own are common to all."""
    params = visit.params
    learners = tuple(visit.at) if params.learner == "all" else ("leader",)
    told = tuple(visit.at[role] for role in learners if role in visit.at)
    for role, party in visit.at.items():
        piece = visit.input(role, party)
        keys = _keys(piece, params.keys.get(role))
        visit.use("join_key", keys, holder=party, to=told, function="rows", after="join")
        visit.put("aligned", party, piece)
        if role == "leader":
            visit.put("matched", party, piece)


def _keys(piece: Piece, named: list[str] | None) -> Origins:
    return piece.in_role(KEY) if named is None else piece.named(named)
