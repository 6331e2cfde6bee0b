"""What jobs used and what it costs: exact decimals, shares that sum, nothing charged for one's own data."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.governance.metering import Payment, Use, bill, split
from tacit.schema.agreement import Conditions

CENT = Decimal("0.01")


def use(job: str = "job-1", owner: str = "lab", rows: int = 100, queries: int = 1, initiator: str = "bank") -> Use:
    return Use(job, "agr-1", owner, "tests", initiator, ("bank",), ("psi",), rows, 3, queries, 1.0)


def terms(*prices: dict[str, str | None], revenue: dict[str, str] | None = None) -> Conditions:
    return Conditions.model_validate({"prices": prices, "revenue": revenue})


def test_each_unit_counts_what_is_not_the_payers_own() -> None:
    uses = [use(), use(owner="bank", rows=1_000_000, queries=9), use(owner="clinic", rows=7, queries=2)]
    for unit, quantity in (("job", 1), ("row", 107), ("query", 3)):
        made = bill(uses, terms({"amount": "0.05", "currency": "CNY", "unit": unit}))
        (charge,) = made.charges
        assert (charge.payer, charge.quantity, charge.amount) == ("bank", quantity, Decimal("0.05") * quantity)


def test_without_shares_the_owners_get_equal_parts_and_the_payer_none() -> None:
    made = bill(
        [use(), use(owner="bank"), use(owner="clinic")], terms({"amount": "10.01", "currency": "CNY", "unit": "job"})
    )
    assert made.payments == (
        Payment("bank", "clinic", "CNY", Decimal("5.01")),
        Payment("bank", "lab", "CNY", Decimal("5.00")),
    )


def test_shares_are_paid_to_all_but_the_payer_itself() -> None:
    price = {"amount": "100", "currency": "CNY", "unit": "job"}
    made = bill([use()], terms(price, revenue={"bank": "0.2", "lab": "0.5", "notary": "0.3"}))
    assert made.payments == (
        Payment("bank", "lab", "CNY", Decimal("50.00")),
        Payment("bank", "notary", "CNY", Decimal("30.00")),
    )


def test_a_named_payer_pays_whoever_started_the_job() -> None:
    price = {"amount": "1", "currency": "CNY", "unit": "job", "payer": "clinic"}
    assert [charge.payer for charge in bill([use(), use("job-2", initiator="lab")], terms(price)).charges] == [
        "clinic",
        "clinic",
    ]


def test_rounding_comes_once_at_the_end() -> None:
    uses = [use(f"job-{number}") for number in range(1000)]
    made = bill(uses, terms({"amount": "0.001", "currency": "CNY", "unit": "job"}))
    assert made.payments == (Payment("bank", "lab", "CNY", Decimal("1.00")),)


def test_nothing_is_owed_for_ones_own_data_alone() -> None:
    made = bill([use(owner="bank")], terms({"amount": "3", "currency": "CNY", "unit": "row"}))
    assert made.charges == made.payments == ()


@pytest.mark.parametrize(("currency", "unit"), [("CNY", CENT), ("JPY", Decimal(1))])
@given(
    amount=st.decimals(min_value=0, max_value=10**9, places=6),
    weights=st.lists(st.integers(1, 10**6), min_size=1, max_size=12),
)
def test_parts_sum_to_the_rounded_amount_and_stay_near_their_share(
    currency: str, unit: Decimal, amount: Decimal, weights: list[int]
) -> None:
    shares = {f"m{number}": Decimal(weight) / sum(weights) for number, weight in enumerate(weights)}
    parts = split(amount, shares, currency)
    whole = amount.quantize(unit)
    assert sum(parts.values()) == whole
    assert all(abs(parts[name] - whole * share) <= unit * 2 for name, share in shares.items())
    assert parts == split(amount, dict(reversed(shares.items())), currency)
