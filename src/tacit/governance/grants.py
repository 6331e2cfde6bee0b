"""Grants: which datasets a peer may use, for what, how often and until when. Pure.

A grant names a fixed set of datasets: a pattern is expanded when the grant is made, so that nothing added later falls
under it unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from tacit.errors import InputError, RefusedError


class GrantState(StrEnum):
    """As the interconnection standard names them."""

    APPLIED = "APPLIED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    TERMINATED = "TERMINATED"


MOVES: dict[GrantState, frozenset[GrantState]] = {
    GrantState.APPLIED: frozenset({GrantState.APPROVED, GrantState.REJECTED, GrantState.TERMINATED}),
    GrantState.APPROVED: frozenset({GrantState.TERMINATED}),
    GrantState.REJECTED: frozenset(),
    GrantState.TERMINATED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """`datasets` of this node for `peer`. None does not limit; `until` in seconds since 1970; `used`: jobs so far."""

    id: str
    peer: str
    datasets: frozenset[str]
    agreement: str | None = None
    purpose: str | None = None
    operators: frozenset[str] | None = None
    until: float | None = None
    max_jobs: int | None = None
    used: int = 0
    state: GrantState = GrantState.APPROVED


@dataclass(frozen=True, slots=True)
class Use:
    """What a job asks of this node's data: its initiator, agreement, purpose, and the operators at this node."""

    peer: str
    operators: frozenset[str]
    agreement: str | None = None
    purpose: str | None = None


def expand(selector: str, datasets: Iterable[str]) -> list[str]:
    """Names that a glob pattern (*, ?, [a-z]) selects. Raises InputError("grant.nothing_selected")."""
    found = sorted(name for name in datasets if fnmatchcase(name, selector))
    if not found:
        raise InputError(
            "grant.nothing_selected",
            "No dataset fits this name or pattern.",
            found=selector,
            hint="`tacit data list` shows what there is.",
        )
    return found


def gap(grant: Grant, use: Use, at: float) -> str | None:
    """Code of the first thing that the grant does not cover; None: it covers the use."""
    return next((code for code, covered in _CHECKS if not covered(grant, use, at)), None)


def covering(grants: Iterable[Grant], dataset: str, use: Use, at: float) -> Grant | None:
    """The grant to be used for a dataset: of those that cover it, one without a count first, then what ends first."""
    fit = [grant for grant in grants if dataset in grant.datasets and gap(grant, use, at) is None]
    if not fit:
        return None
    return min(fit, key=lambda each: (each.max_jobs is not None, each.until or float("inf"), each.id))


def cover(
    grants: Iterable[Grant], datasets: Iterable[str], listed: Iterable[str], use: Use, at: float
) -> dict[str, Grant]:
    """Dataset -> grant, for those that the agreement does not list. Raises RefusedError("grant.missing")."""
    known, found = list(grants), {}
    for dataset in sorted(set(datasets) - set(listed)):
        grant = covering(known, dataset, use, at)
        if grant is None:
            raise RefusedError(
                "grant.missing",
                "This node gives the dataset only to who has a grant or an agreement that lists it.",
                found=_closest(known, dataset, use, at),
                expected="a grant in force",
                hint="Ask for one with `tacit grant request`, or sign an agreement that lists the dataset.",
            )
        found[dataset] = grant
    return found


def _closest(grants: list[Grant], dataset: str, use: Use, at: float) -> str:
    """Why the best of the grants for a dataset does not cover; the last check that failed is the closest."""
    codes = [code for code, _ in _CHECKS]
    gaps = [gap(grant, use, at) for grant in grants if dataset in grant.datasets and grant.peer == use.peer]
    return max((each for each in gaps if each), key=codes.index, default="no grant")


_CHECKS: tuple[tuple[str, Callable[[Grant, Use, float], bool]], ...] = (
    ("not in force", lambda g, u, at: g.state is GrantState.APPROVED),
    ("another peer", lambda g, u, at: g.peer == u.peer),
    ("expired", lambda g, u, at: g.until is None or at < g.until),
    ("another agreement", lambda g, u, at: g.agreement is None or g.agreement == u.agreement),
    ("another purpose", lambda g, u, at: g.purpose is None or g.purpose == u.purpose),
    ("another operator", lambda g, u, at: g.operators is None or u.operators <= g.operators),
    ("used up", lambda g, u, at: g.max_jobs is None or g.used < g.max_jobs),
)
