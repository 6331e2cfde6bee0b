"""What jobs used of whose data, and what that costs under an agreement. Pure.

Everything is read from the job agreement that all parties signed, so that every member of an agreement works out the
same figures on its own: nobody has to believe anybody's meter. Only jobs that ended well are metered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from tacit.flow.parameters import dataset_fields
from tacit.flow.plan import Plan, PlannedStep
from tacit.schema.agreement import Conditions, Price
from tacit.schema.flow import PartyKind
from tacit.schema.job import JobAgreement

_WHOLE = frozenset({"JPY", "KRW", "VND"})  # currencies without a minor unit (ISO 4217)


@dataclass(frozen=True, slots=True)
class Use:
    """One dataset in one job. `rows`: of the dataset, as its owner signed; `columns`: that were read; `queries`: steps
    that read it; `operators`: of all steps that its content reached; `users`: the other data parties of the job."""

    job_id: str
    agreement_id: str | None
    owner: str
    dataset: str
    initiator: str
    users: tuple[str, ...]
    operators: tuple[str, ...]
    rows: int
    columns: int
    queries: int
    at: float


def uses_of(agreement: JobAgreement, plan: Plan, at: float) -> list[Use]:
    """Every dataset that the job read, at every party. `at`: when it ended, Unix seconds."""
    others = [party for party, kind in sorted(plan.parties.items()) if kind is PartyKind.DATA]
    found = []
    for owner, signed in sorted(agreement.parts.items()):
        for dataset, facts in sorted(signed.part.datasets.items()):
            reading = _reading_steps(plan, owner, dataset)
            found.append(
                Use(
                    job_id=agreement.job_id,
                    agreement_id=agreement.project,
                    owner=owner,
                    dataset=dataset,
                    initiator=agreement.initiator,
                    users=tuple(party for party in others if party != owner),
                    operators=_reached(plan, {step.id for step in reading}),
                    rows=facts.rows,
                    columns=_columns(reading, facts.columns),
                    queries=len(reading),
                    at=at,
                )
            )
    return found


def _reading_steps(plan: Plan, owner: str, dataset: str) -> list[PlannedStep]:
    return [
        step
        for step in plan.steps
        for parameter, role in dataset_fields(step.spec)
        if step.at.get(role) == owner and getattr(step.params, parameter) == dataset
    ]


def _reached(plan: Plan, reading: set[str]) -> tuple[str, ...]:
    reached = set(reading)
    for step in plan.steps:  # in an order in which they can run
        if reached & set(step.after):
            reached.add(step.id)
    return tuple(sorted({step.spec.name for step in plan.steps if step.id in reached}))


def _columns(reading: list[PlannedStep], all_columns: int) -> int:
    """How many were read: the distinct ones that the steps name, or all if one names none."""
    named: set[str] = set()
    for step in reading:
        chosen = getattr(step.params, "columns", None)
        if chosen is None:
            return all_columns
        named |= {*chosen, *getattr(step.params, "keys", ())}
    return len(named)


# -- money -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Charge:
    """One price of an agreement for one job. `amount` = `quantity` * the price, exact."""

    job_id: str
    payer: str
    unit: str
    quantity: int
    price: Decimal
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """What one member owes another, rounded to the currency's minor unit."""

    payer: str
    receiver: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """Charges of single jobs, and who owes whom how much. The payments of a payer sum to its rounded charges, but for
    its own share."""

    charges: tuple[Charge, ...]
    payments: tuple[Payment, ...]


def bill(uses: Iterable[Use], terms: Conditions) -> Bill:
    """Apply an agreement's prices to the uses that fall under it.

    A price counts what is not the payer's own: rows of others' datasets, queries on others' datasets, or the job. The
    amounts are split by the agreement's `revenue`; without shares, equally among the owners of the datasets used, but
    for the payer.
    """
    by_job: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        by_job[use.job_id].append(use)
    charges: list[Charge] = []
    owed: dict[tuple[str, str, tuple[tuple[str, Decimal], ...]], Decimal] = defaultdict(Decimal)
    for job_id in sorted(by_job):
        for price in terms.prices or ():
            charge = _charge(job_id, by_job[job_id], price)
            if charge.amount:
                charges.append(charge)
                shares = _shares(by_job[job_id], charge.payer, terms.revenue)
                owed[charge.payer, charge.currency, tuple(sorted(shares.items()))] += charge.amount
    return Bill(tuple(charges), tuple(_payments(owed)))


def _charge(job_id: str, uses: list[Use], price: Price) -> Charge:
    payer = price.payer or uses[0].initiator
    foreign = [use for use in uses if use.owner != payer]
    quantity = {"job": 1, "row": sum(use.rows for use in foreign), "query": sum(use.queries for use in foreign)}
    amount = Decimal(price.amount)
    count = quantity[price.unit]
    return Charge(job_id, payer, price.unit, count, amount, price.currency, amount * count)


def _shares(uses: list[Use], payer: str, revenue: Mapping[str, str] | None) -> dict[str, Decimal]:
    if revenue is not None:
        return {member: Decimal(share) for member, share in revenue.items() if Decimal(share)}
    owners = sorted({use.owner for use in uses} - {payer})
    return {owner: Decimal(1) / len(owners) for owner in owners}


def _payments(
    owed: Mapping[tuple[str, str, tuple[tuple[str, Decimal], ...]], Decimal],
) -> Iterable[Payment]:
    totals: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for (payer, currency, shares), amount in sorted(owed.items()):
        for receiver, part in split(amount, dict(shares), currency).items():
            if receiver != payer:
                totals[payer, receiver, currency] += part
    for (payer, receiver, currency), amount in sorted(totals.items()):
        if amount:
            yield Payment(payer, receiver, currency, amount)


def split(amount: Decimal, shares: Mapping[str, Decimal], currency: str) -> dict[str, Decimal]:
    """`amount`, rounded half to even to the minor unit, in parts by `shares` (which sum to 1) that sum to it exactly.

    The units that rounding down leaves go to the largest remainders, in the order of names where these are equal.
    """
    unit = Decimal(1) if currency in _WHOLE else Decimal("0.01")
    whole = amount.quantize(unit, ROUND_HALF_EVEN)
    parts = {name: (whole * share).quantize(unit, ROUND_DOWN) for name, share in sorted(shares.items())}
    if not parts:
        return {}
    left = int((whole - sum(parts.values(), Decimal(0))) / unit)
    by_remainder = sorted(parts, key=lambda name: (parts[name] - whole * shares[name], name))
    for name in (by_remainder * (left // len(parts) + 1))[:left]:
        parts[name] += unit
    return parts
