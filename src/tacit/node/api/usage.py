"""/usage: what finished jobs used of whose data, in pages, sums, CSV and bills."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from tacit.errors import ParameterError
from tacit.governance.metering import Bill, Use
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Many, Moment
from tacit.node.api.paging import Cursor, Page, next_of, read_mark
from tacit.node.api.shapes.usage import DatasetUse, UsageBill, UsageSummary
from tacit.node.clock import iso, now, seconds_of
from tacit.node.metering import Grouping, Metering
from tacit.node.stores.metering import Period
from tacit.schema.agreement import DatasetName
from tacit.schema.flow import Name
from tacit.schema.wire import AgreementId

Since = Annotated[Moment | None, Query(description="From this time on.")]
Until = Annotated[Moment | None, Query(description="Before this time.")]
Agreement = Annotated[AgreementId | None, Query(description="Only under this agreement.")]
Dataset = Annotated[DatasetName | None, Query(description="Only of this dataset.")]
Owner = Annotated[Name | None, Query(description="Only of this party's datasets.")]


def router(services: Services) -> APIRouter:
    """Every member of an agreement can work out the same figures."""
    routes, metering = APIRouter(prefix="/usage"), services.parts.metering
    _add_lists(routes, metering)
    _add_bills(routes, metering)
    return routes


def _add_lists(routes: APIRouter, metering: Metering) -> None:
    @routes.get("", name="list", dependencies=needs("metering.read"), response_model=Page[DatasetUse])
    def uses(
        since: Since = None,
        until: Until = None,
        agreement: Agreement = None,
        dataset: Dataset = None,
        owner: Owner = None,
        limit: Many = 100,
        cursor: Cursor = None,
    ) -> dict[str, Any]:
        period = _period(since, until, agreement, dataset, owner)
        found = metering.page(period, limit + 1, read_mark(cursor, float, str, str, str))
        return {
            "items": [_shown(use) for use in found[:limit]],
            "next": next_of(found, limit, lambda use: [use.at, use.job_id, use.owner, use.dataset]),
        }

    @routes.get("/summary", name="summary", dependencies=needs("metering.read"), response_model=UsageSummary)
    def summary(
        by: Grouping = "dataset", since: Since = None, until: Until = None, agreement: Agreement = None
    ) -> dict[str, Any]:
        return {"items": metering.summary(_period(since, until, agreement), by)}

    @routes.get(
        "/export",
        name="export",
        dependencies=needs("metering.export"),
        response_class=StreamingResponse,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    def export(since: Since = None, until: Until = None, agreement: Agreement = None) -> StreamingResponse:
        return StreamingResponse(
            metering.export(_period(since, until, agreement)),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="usage.csv"'},
        )


def _add_bills(routes: APIRouter, metering: Metering) -> None:
    @routes.get("/bills/{agreement}", name="bill", dependencies=needs("metering.export"), response_model=UsageBill)
    def bill(agreement: AgreementId, since: Since = None, until: Until = None) -> dict[str, Any]:
        start, stop = _time(since), _time(until)
        made = metering.bill(agreement, start, stop)
        return {"agreement": agreement, "since": iso(start), "until": iso(stop), **_billed(made)}


def _period(
    since: str | None, until: str | None, agreement: str | None, dataset: str | None = None, owner: str | None = None
) -> Period:
    return Period(_time(since), _time(until), agreement, dataset, owner)


def _time(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return seconds_of(text)
    except ValueError as fault:
        raise ParameterError(
            "time.invalid", "This is not a time.", found=text, expected=f"for example {iso(now())}"
        ) from fault


def _shown(use: Use) -> dict[str, Any]:
    return {
        "time": iso(use.at),
        "job": use.job_id,
        "agreement": use.agreement_id,
        "owner": use.owner,
        "dataset": use.dataset,
        "initiator": use.initiator,
        "users": list(use.users),
        "operators": list(use.operators),
        "rows": use.rows,
        "columns": use.columns,
        "queries": use.queries,
    }


def _billed(made: Bill) -> dict[str, Any]:
    return {
        "charges": [
            {
                "job": charge.job_id,
                "payer": charge.payer,
                "unit": charge.unit,
                "quantity": charge.quantity,
                "price": _text(charge.price),
                "currency": charge.currency,
                "amount": _text(charge.amount),
            }
            for charge in made.charges
        ],
        "payments": [
            {
                "payer": payment.payer,
                "receiver": payment.receiver,
                "currency": payment.currency,
                "amount": _text(payment.amount),
            }
            for payment in made.payments
        ],
    }


def _text(amount: Decimal) -> str:
    """Without an exponent."""
    return f"{amount:f}"
