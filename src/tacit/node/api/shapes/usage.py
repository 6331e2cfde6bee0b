"""What jobs used, and what that costs. Amounts are decimal texts: no float ever holds money."""

from __future__ import annotations

from tacit.node.api.shapes.base import Answer, Time


class DatasetUse(Answer):
    """One dataset in one finished job. `queries`: steps that read it."""

    time: Time
    job: str
    agreement: str | None
    owner: str
    dataset: str
    initiator: str
    users: list[str]
    operators: list[str]
    rows: int
    columns: int
    queries: int


class UsageGroup(Answer):
    """Sums of a group. Bytes and CPU seconds are of this node's workers, in the jobs of the group."""

    group: str
    jobs: int
    queries: int
    rows: int
    bytes_sent: int
    bytes_received: int
    cpu_s: float


class UsageSummary(Answer):
    items: list[UsageGroup]


class BillCharge(Answer):
    """`amount` = `quantity` * `price`, exact."""

    job: str
    payer: str
    unit: str
    quantity: int
    price: str
    currency: str
    amount: str


class BillPayment(Answer):
    """What one member owes another, rounded to the currency's minor unit."""

    payer: str
    receiver: str
    currency: str
    amount: str


class UsageBill(Answer):
    agreement: str
    since: Time | None
    until: Time | None
    charges: list[BillCharge]
    payments: list[BillPayment]
