"""/jobs/{id}/results: what a job left at this node."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from tacit.errors import ParameterError
from tacit.node.api.app import Services
from tacit.node.results import MEDIA


def router(services: Services) -> APIRouter:
    """Listing, reading, deleting."""
    routes, node = APIRouter(prefix="/jobs/{job_id}/results"), services.parts

    @routes.get("")
    def results(job_id: str) -> dict[str, Any]:
        return {"items": node.results.all(job_id)}

    @routes.get("/{step}/{port}")
    def result(
        job_id: str,
        step: str,
        port: str,
        format: str = "json",
        limit: int = Query(default=100, ge=0, le=100_000),
        offset: int = Query(default=0, ge=0),
    ) -> Response:
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

    @routes.delete("", status_code=204)
    def remove(job_id: str) -> Response:
        node.results.remove(job_id)
        node.trail.record("result.removed", f"job:{job_id}", {}, actor="person")
        return Response(status_code=204)

    return routes
