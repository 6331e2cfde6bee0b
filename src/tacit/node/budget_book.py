"""What was charged to this node's datasets, and whether more may be: before a job, before a step, never given back."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tacit.errors import RefusedError
from tacit.governance.budgets import Cost, cost_of_laplace, fits
from tacit.governance.policies import Charge, Quota
from tacit.node.clock import now
from tacit.node.database import Database
from tacit.node.tables.policies import BudgetRow, ChargeRow

HOUR_S = 3600.0


class BudgetBook:
    """Every charge is one transaction that begins by taking the dataset's row, so that two cannot both be the last."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spent(self, dataset: str) -> Cost:
        """What all noised queries have spent so far."""
        with self._database.read() as session:
            return _cost(session.get(BudgetRow, dataset))

    def charges(self, dataset: str, limit: int = 100) -> list[ChargeRow]:
        """Newest first."""
        query = select(ChargeRow).where(ChargeRow.dataset == dataset).order_by(ChargeRow.at.desc(), ChargeRow.key)
        with self._database.read() as session:
            return list(session.scalars(query.limit(limit)))

    def charge_job(self, job_id: str, rows: dict[str, int], quotas: Iterable[Quota], *, enforce: bool = True) -> None:
        """A job begins to count on its datasets (name -> rows). Once per job, however often it is called.

        Raises RefusedError("policy.rate_exceeded"); then nothing was charged.
        """
        asked = list(quotas)
        with self._database.write() as session:
            for dataset, count in sorted(rows.items()):
                self._take(session, dataset)
                row = _row(f"job {job_id} {dataset}", dataset, "job", job_id, None, count, Cost())
                if session.get(ChargeRow, row.key) is not None:
                    continue
                for quota in asked if enforce else ():
                    if quota.dataset == dataset:
                        _check_rate(session, quota, count)
                session.add(row)

    def charge_noise(self, job_id: str, step: str, attempt: int, charges: Iterable[Charge], *, enforce: bool) -> None:
        """One attempt at a step draws noise: each draw counts. Raises RefusedError("policy.budget_exceeded")."""
        asked = list(charges)
        with self._database.write() as session:
            for dataset in sorted({charge.dataset for charge in asked}):
                mine = [charge for charge in asked if charge.dataset == dataset]
                cost = cost_of_laplace(max(charge.epsilon for charge in mine))
                before = self._take(session, dataset)
                row = _row(f"noise {job_id} {step} {attempt} {dataset}", dataset, "noise", job_id, step, 0, cost)
                if session.get(ChargeRow, row.key) is not None:
                    continue
                for charge in mine if enforce else ():
                    if charge.bound is not None and not fits(before, cost, charge.bound):
                        raise _exhausted(dataset, charge)
                session.add(row)
                self._spend(session, dataset, cost)

    def _take(self, session: Session, dataset: str) -> Cost:
        """Lock the dataset's row, which is made if there is none, and read it."""
        if session.get(BudgetRow, dataset) is None:
            try:
                with session.begin_nested():
                    session.add(BudgetRow(dataset=dataset, epsilon=0, delta=0, rho=0, touched_at=now()))
            except IntegrityError:
                pass
        session.execute(update(BudgetRow).where(BudgetRow.dataset == dataset).values(touched_at=now()))
        session.expire_all()
        return _cost(session.get(BudgetRow, dataset))

    @staticmethod
    def _spend(session: Session, dataset: str, cost: Cost) -> None:
        values = {
            "epsilon": BudgetRow.epsilon + cost.epsilon,
            "delta": BudgetRow.delta + cost.delta,
            "rho": BudgetRow.rho + cost.rho,
        }
        session.execute(update(BudgetRow).where(BudgetRow.dataset == dataset).values(**values))


def _cost(row: BudgetRow | None) -> Cost:
    return Cost() if row is None else Cost(row.epsilon, row.delta, row.rho)


def _row(key: str, dataset: str, kind: str, job_id: str, step: str | None, rows: int, cost: Cost) -> ChargeRow:
    return ChargeRow(
        key=key,
        dataset=dataset,
        kind=kind,
        job_id=job_id,
        step=step,
        rows=rows,
        epsilon=cost.epsilon,
        delta=cost.delta,
        rho=cost.rho,
        at=now(),
    )


def _check_rate(session: Session, quota: Quota, rows: int) -> None:
    since = now() - quota.bound.hours * HOUR_S
    query = select(func.count(), func.coalesce(func.sum(ChargeRow.rows), 0)).where(
        ChargeRow.dataset == quota.dataset, ChargeRow.kind == "job", ChargeRow.at > since
    )
    jobs, brought = session.execute(query).one()
    for name, limit, count in (("jobs", quota.bound.jobs, jobs + 1), ("rows", quota.bound.rows, int(brought) + rows)):
        if limit is not None and count > limit:
            raise RefusedError(
                "policy.rate_exceeded",
                f"The dataset '{quota.dataset}' has been used as often as its policy allows.",
                found=f"{count} {name} in {quota.bound.hours} hours",
                expected=f"at most {limit} (rule {quota.rule})",
                hint="Wait, or ask the owner of the data.",
            )


def _exhausted(dataset: str, charge: Charge) -> RefusedError:
    return RefusedError(
        "policy.budget_exceeded",
        f"The privacy budget of the dataset '{dataset}' does not allow another query like this.",
        expected=f"at most epsilon {charge.bound.total:g} in all (rule {charge.rule})" if charge.bound else None,
        hint="The budget is never refilled. The owner of the data may decide on a larger one.",
    )
