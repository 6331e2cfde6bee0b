"""Whether the terms of a project agreement make sense, how two offers differ, and whether a job falls under one. Pure.

Signatures are `tacit.ledger.project`'s matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tacit.errors import InputError, RefusedError
from tacit.schema.agreement import ProjectAgreement

_BOOKKEEPING = frozenset({"format", "id", "version", "base", "created", "amends"})  # not what people bargain over


@dataclass(frozen=True, slots=True)
class Change:
    """One term that differs. `field` is a path like "datasets.alpha"; None: it is not there."""

    field: str
    before: Any
    after: Any


def check_terms(agreement: ProjectAgreement) -> None:
    """Raises InputError: agreement.term_not_a_member, agreement.shares_wrong, agreement.dates_wrong."""
    members = set(agreement.members)
    payers = {price.payer for price in agreement.prices or () if price.payer is not None}
    named = {*agreement.datasets, *(agreement.initiators or ()), *(agreement.revenue or {}), *payers}
    if named - members:
        raise InputError(
            "agreement.term_not_a_member",
            "The terms name somebody who is not a member of the agreement.",
            found=min(named - members),
            expected=", ".join(sorted(members)),
        )
    if agreement.revenue is not None and sum(map(Decimal, agreement.revenue.values())) != 1:
        raise InputError(
            "agreement.shares_wrong",
            "The shares of the revenue do not sum to 1.",
            found=str(sum(map(Decimal, agreement.revenue.values()))),
            expected="1",
        )
    if agreement.valid_from is not None and agreement.valid_from >= agreement.valid_until:
        raise InputError("agreement.dates_wrong", "The agreement ends before it begins.")


def check_counters(offer: ProjectAgreement, present: ProjectAgreement) -> None:
    """`offer` is the next one after `present` in the same negotiation. Raises RefusedError "project.superseded", …"""
    if offer.number != present.number + 1 or offer.base != present.hash():
        raise RefusedError(
            "project.superseded",
            "Another offer came first.",
            found=f"an answer to offer {offer.number - 1}",
            expected=f"an answer to offer {present.number}",
            hint="Look at the present offer, and counter that one if it does not suit.",
        )
    if offer.members != present.members or offer.amends != present.amends:
        raise RefusedError(
            "project.members_changed", "A counter-offer keeps the members and what it amends; propose a new agreement."
        )


def changes(old: ProjectAgreement, new: ProjectAgreement) -> list[Change]:
    """The terms that differ, sorted by field."""
    before, after = _flat(old.document()), _flat(new.document())
    fields = sorted(set(before) | set(after))
    return [
        Change(field, before.get(field), after.get(field)) for field in fields if before.get(field) != after.get(field)
    ]


def check_covers(
    agreement: ProjectAgreement,
    *,
    parties: Collection[str],
    datasets: Mapping[str, Iterable[str]],
    operators: Iterable[str],
    now_ms: int,
    initiator: str | None = None,
    profile: str | None = None,
    rows: int = 0,
    jobs: int = 0,
) -> None:
    """The agreement allows a job of these `parties` that reads these `datasets` (party -> names).

    `rows`: of the largest dataset that is asked about; `jobs`: how many others there were in this period.

    Raises RefusedError: project.expired, project.not_yet_valid, project.not_a_member, project.dataset_not_listed,
    project.operator_not_listed, project.initiator_not_listed, project.profile_not_listed, project.limit_reached.
    """
    _check_time(agreement, now_ms)
    strangers = sorted(set(parties) - set(agreement.members))
    if strangers:
        raise RefusedError(
            "project.not_a_member",
            f"{strangers[0]} is not a member of the agreement '{agreement.name}'.",
            expected=", ".join(sorted(agreement.members)),
        )
    _check_datasets(agreement, datasets)
    _check_listed(
        agreement,
        operators,
        agreement.operators or None,
        "project.operator_not_listed",
        "does not allow this operator",
    )
    _check_listed(
        agreement,
        [initiator] if initiator else [],
        agreement.initiators,
        "project.initiator_not_listed",
        "does not let this member initiate jobs",
    )
    _check_listed(
        agreement,
        [profile] if profile else [],
        agreement.profiles,
        "project.profile_not_listed",
        "does not allow this security profile",
    )
    _check_limits(agreement, rows, jobs)


def period_begin_ms(agreement: ProjectAgreement, now_ms: int) -> int:
    """When the period of the limits began in which `now_ms` lies."""
    begin = agreement.valid_from if agreement.valid_from is not None else agreement.created
    length = agreement.limits.period_ms if agreement.limits is not None else None
    return begin if length is None or now_ms < begin else now_ms - (now_ms - begin) % length


def _check_time(agreement: ProjectAgreement, now_ms: int) -> None:
    if now_ms > agreement.valid_until:
        raise RefusedError(
            "project.expired", f"The agreement '{agreement.name}' has expired.", hint="Its members can sign a new one."
        )
    if agreement.valid_from is not None and now_ms < agreement.valid_from:
        raise RefusedError(
            "project.not_yet_valid",
            f"The agreement '{agreement.name}' is not in force yet.",
            hint="Wait for its begin.",
        )


def _check_datasets(agreement: ProjectAgreement, datasets: Mapping[str, Iterable[str]]) -> None:
    for party, names in sorted(datasets.items()):
        unlisted = sorted(set(names) - set(agreement.datasets.get(party, ())))
        if unlisted:
            raise RefusedError(
                "project.dataset_not_listed",
                f"The agreement '{agreement.name}' does not list this dataset of {party}.",
                found=unlisted[0],
                hint="Take a dataset that it lists, or sign a new agreement.",
            )


def _check_listed(
    agreement: ProjectAgreement, found: Iterable[str], allowed: Collection[str] | None, code: str, says: str
) -> None:
    foreign = sorted(set(found) - set(allowed)) if allowed is not None else []
    if foreign and allowed is not None:
        raise RefusedError(
            code, f"The agreement '{agreement.name}' {says}.", found=foreign[0], expected=", ".join(allowed)
        )


def _check_limits(agreement: ProjectAgreement, rows: int, jobs: int) -> None:
    limits = agreement.limits
    if limits is None:
        return
    for what, found, most in (("rows", rows, limits.rows), ("jobs", jobs + 1, limits.jobs)):
        if most is not None and found > most:
            raise RefusedError(
                "project.limit_reached",
                f"The agreement '{agreement.name}' allows no more {what}.",
                found=f"{found} {what}",
                expected=f"at most {most}",
                hint="Its members can sign an amendment.",
            )


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """Terms by path: one level of objects is taken apart."""
    flat: dict[str, Any] = {}
    for name, value in document.items():
        if name in _BOOKKEEPING:
            continue
        if isinstance(value, dict):
            flat.update({f"{name}.{key}": each for key, each in value.items()})
        else:
            flat[name] = value
    return flat
