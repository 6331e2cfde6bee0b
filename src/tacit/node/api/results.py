"""/jobs/{id}/results: what a job left at this node."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from tacit.errors import ParameterError
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import LARGEST, Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes.results import Result
from tacit.node.results import MEDIA

_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A document as it is, some rows of a table as JSON, or the whole table as a file.",
        "content": {"application/json": {"schema": {"type": "object"}}, **dict.fromkeys(MEDIA.values(), _BINARY)},
    }
}
_Format = Annotated[str, Query(max_length=20, description="json, csv, parquet or arrow")]
_Rows = Annotated[int, Query(ge=0, le=100_000, description="Rows of a table, as JSON.")]
_Offset = Annotated[int, Query(ge=0, le=LARGEST)]


def router(services: Services) -> APIRouter:
    """Listing, reading, deleting."""
    routes, node = APIRouter(prefix="/jobs/{job_id}/results", tags=["results"]), services.parts

    @routes.get("", name="list", dependencies=needs("job.read"), response_model=Page[Result])
    def results(job_id: Segment, limit: Limit = 1000, cursor: Cursor = None) -> dict[str, Any]:
        found, after = page(
            node.results.all(job_id), lambda item: [item["step"], item["port"]], limit=limit, cursor=cursor
        )
        return {"items": found, "next": after}

    @routes.get(
        "/{step}/{port}",
        name="read",
        dependencies=needs("result.read"),
        response_class=Response,
        responses=_CONTENT,
    )
    def result(
        job_id: Segment,
        step: Segment,
        port: Segment,
        format: _Format = "json",
        limit: _Rows = 100,
        offset: _Offset = 0,
    ) -> Response:
        node.releases.check(job_id)
        node.trail.record("result.read", f"job:{job_id}", {"step": step, "port": port}, actor="person")
        if format != "json":
            if format not in MEDIA:
                raise ParameterError("result.format_unknown", "There is no such format.", found=format)
            name = f'attachment; filename="{step}-{port}.{format}"'
            content = node.results.file(job_id, step, port, format)
            return StreamingResponse(content, media_type=MEDIA[format], headers={"Content-Disposition": name})
        if node.results.is_table(job_id, step, port):
            return JSONResponse(node.results.page(job_id, step, port, limit=limit, offset=offset))
        return JSONResponse(node.results.document(job_id, step, port))

    @routes.delete("", status_code=204, dependencies=needs("result.remove"))
    def remove(job_id: Segment) -> Response:
        node.results.remove(job_id)
        node.trail.record("result.removed", f"job:{job_id}", {}, actor="person")
        return Response(status_code=204)

    return routes
