"""/datasets/{name}/labels, its scans and findings; /levels: the rule table; /jobs/{id}/lineage: levels of results."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from tacit.governance.level_rules import CLASSES, DETECTOR_RULES, HARM, RULES, STRICTEST_CLASSES, title_of
from tacit.governance.levels import HIGHEST, LOWEST, SECOND_FROM, UNLABELLED
from tacit.governance.lineage import DECLASSIFIERS, Derived
from tacit.node.api.app import Services
from tacit.node.api.authority import needs
from tacit.node.api.bounds import Line, Note, Segment
from tacit.node.api.paging import Cursor, Limit, Page, page
from tacit.node.api.shapes import labels as shapes
from tacit.node.clock import iso
from tacit.node.labels import ColumnLabel, Labels, Wish
from tacit.node.tables.labels import ColumnLabelRow, LabelHistoryRow, LabelScanRow

ColumnName = Annotated[str, Field(min_length=1, max_length=500)]
_NO_CLASS = {"zh": "未分级", "en": "not labelled"}


class LabelBody(BaseModel):
    """What a column is to be. A lower level than now needs a reason."""

    model_config = ConfigDict(extra="forbid")

    level: int = Field(ge=LOWEST, le=HIGHEST)
    klass: Line
    reason: Note = ""


class LabelsBody(BaseModel):
    """Column -> label."""

    model_config = ConfigDict(extra="forbid")

    columns: dict[ColumnName, LabelBody] = Field(min_length=1, max_length=2000)


class ConfirmBody(BaseModel):
    """`columns`: absent for all that have a suggestion."""

    model_config = ConfigDict(extra="forbid")

    columns: list[ColumnName] | None = Field(default=None, max_length=2000)
    reason: Note = ""


class ColumnBody(BaseModel):
    """A column of the dataset."""

    model_config = ConfigDict(extra="forbid")

    column: ColumnName


def router(services: Services) -> APIRouter:
    """Three nouns, one topic."""
    routes = APIRouter(tags=["labels"])
    routes.include_router(_labels(services), prefix="/datasets/{name}")
    routes.include_router(_second(services), prefix="/datasets/{name}")
    routes.include_router(_scans(services), prefix="/datasets/{name}")
    routes.include_router(_levels(services))
    return routes


def _labels(services: Services) -> APIRouter:
    routes, labels = APIRouter(), services.parts.labels

    @routes.get("/labels", name="list", dependencies=needs("label.read"), response_model=shapes.DatasetLabels)
    def of_dataset(name: Segment, limit: Limit = 1000, cursor: Cursor = None) -> dict[str, Any]:
        return _shown(labels, name, limit, cursor)

    @routes.put("/labels", name="set", dependencies=needs("label.confirm"), response_model=shapes.DatasetLabels)
    def set_labels(name: Segment, body: LabelsBody) -> dict[str, Any]:
        labels.set(name, {column: Wish(**wish.model_dump()) for column, wish in body.columns.items()})
        return _shown(labels, name, 1000, None)

    @routes.post("/labels/confirm", dependencies=needs("label.confirm"), response_model=shapes.DatasetLabels)
    def confirm(name: Segment, body: ConfirmBody) -> dict[str, Any]:
        labels.confirm(name, body.columns, body.reason)
        return _shown(labels, name, 1000, None)

    @routes.get("/labels/history", name="history", dependencies=needs("label.read"), response_model=Page[shapes.Change])
    def label_history(name: Segment, limit: Limit = 100, cursor: Cursor = None) -> dict[str, Any]:
        """Newest first; also of a dataset that is gone."""
        rows, after = page(labels.store.history(name)[::-1], lambda row: row.number, limit=limit, cursor=cursor)
        return {"items": [_change(row) for row in rows], "next": after}

    return routes


def _second(services: Services) -> APIRouter:
    routes, labels = APIRouter(), services.parts.labels

    @routes.post("/labels/agree", dependencies=needs("label.declassify"), response_model=shapes.DatasetLabels)
    def agree(name: Segment, body: ColumnBody) -> dict[str, Any]:
        """The second person agrees to a lower level."""
        labels.agree(name, body.column)
        return _shown(labels, name, 1000, None)

    @routes.post("/labels/reject", dependencies=needs("label.declassify"), response_model=shapes.DatasetLabels)
    def reject(name: Segment, body: ColumnBody) -> dict[str, Any]:
        """A lower level that waits for a second person is not wanted."""
        labels.reject(name, body.column)
        return _shown(labels, name, 1000, None)

    return routes


def _scans(services: Services) -> APIRouter:
    routes, labelling = APIRouter(), services.parts.labelling

    def scan_of(name: str) -> dict[str, Any]:
        return _scan(name, labelling.state(name), labelling.progress(name))

    @routes.post("/scan", status_code=202, dependencies=needs("label.suggest"), response_model=shapes.Scan)
    def scan(name: Segment) -> dict[str, Any]:
        """Goes on in the background; see /findings for how far it is."""
        labelling.ask(name)
        services.parts.trail.record("label.scan_asked", f"dataset:{name}", {}, actor="person")
        return scan_of(name)

    @routes.get("/findings", dependencies=needs("label.read"), response_model=shapes.Findings)
    def findings(name: Segment, limit: Limit = 1000, cursor: Cursor = None) -> dict[str, Any]:
        row = labelling.state(name)
        found = [] if row is None else row.findings
        some, after = page(found, lambda each: [each["column"], each["detector"]], limit=limit, cursor=cursor)
        items = [{**each, "title": title_of(each["detector"]).as_dict()} for each in some]
        return {"scan": scan_of(name), "items": items, "next": after}

    return routes


def _levels(services: Services) -> APIRouter:
    routes, parts = APIRouter(), services.parts

    @routes.get("/levels", name="levels", dependencies=needs("label.read"), response_model=shapes.Levels)
    def table() -> dict[str, Any]:
        """The rule table: whose harm gives which level, classes, rules, and what may lower the level of a result."""
        return _table(parts.settings.default_level)

    @routes.get("/jobs/{job_id}/lineage", dependencies=needs("label.read"), response_model=Page[shapes.Derived])
    def lineage(job_id: Segment, limit: Limit = 1000, cursor: Cursor = None) -> dict[str, Any]:
        """Levels of what the job leaves here, by the levels that this node's columns have now."""
        found = parts.derivation.of(job_id)
        some, after = page(found, lambda each: [each.step, each.port], limit=limit, cursor=cursor)
        return {"items": [_derived(each) for each in some], "next": after}

    return routes


def _shown(labels: Labels, name: str, limit: int, cursor: str | None) -> dict[str, Any]:
    rows, after = page(labels.columns(name), lambda each: each.column, limit=limit, cursor=cursor)
    return {"dataset": name, "level": labels.level(name), "items": [_column(each) for each in rows], "next": after}


def _column(each: ColumnLabel) -> dict[str, Any]:
    known = CLASSES.get(each.label.klass)
    shown = {
        "column": each.column,
        "type": each.type,
        "level": each.label.level,
        "klass": each.label.klass,
        "klass_title": _NO_CLASS if known is None else known.as_dict(),
        "confirmed": each.label.confirmed,
        "warning": each.warning,
    }
    return shown | _row(each.row)


def _row(row: ColumnLabelRow | None) -> dict[str, Any]:
    if row is None:
        empty = dict.fromkeys(("confidence", "rule", "confirmed_by", "at", "suggested", "pending"))
        return {"source": "none", "reasons": [], "reason": "", **empty}
    untold = row.klass == UNLABELLED
    return {
        "source": "none" if untold else row.source,
        "confidence": row.confidence,
        "rule": row.rule,
        "reasons": row.reasons,
        "confirmed_by": row.confirmed_by,
        "reason": row.reason,
        "at": None if untold else iso(row.at),
        "suggested": row.suggested,
        "pending": None if row.pending is None else {**row.pending, "at": iso(row.pending["at"])},
    }


def _change(row: LabelHistoryRow) -> dict[str, Any]:
    names = ("number", "column", "level", "klass", "source", "confidence", "rule", "by", "reason")
    return {**{name: getattr(row, name) for name in names}, "at": iso(row.at)}


def _scan(name: str, row: LabelScanRow | None, progress: tuple[int, int] | None) -> dict[str, Any]:
    done, total = (None, None) if progress is None else progress
    shown: dict[str, Any] = {"dataset": name, "done": done, "total": total}
    if row is None:
        return {**shown, "state": "none", "code": None, "rows": 0, "sampled": 0, "started_at": None, "ended_at": None}
    times = {"started_at": iso(row.started_at), "ended_at": iso(row.ended_at)}
    return {**shown, "state": row.state, "code": row.code, "rows": row.rows, "sampled": row.sampled, **times}


def _table(default_level: int) -> dict[str, Any]:
    levels = range(LOWEST, HIGHEST + 1)
    leading = {rule: [each for each, to in DETECTOR_RULES.items() if to == rule] for rule in RULES}
    return {
        "default_level": default_level,
        "second_person_from": SECOND_FROM,
        "levels": [{"level": level, "harms": _harms(level)} for level in levels],
        "classes": [
            {"klass": klass, "title": title.as_dict(), "least": STRICTEST_CLASSES.get(klass, LOWEST)}
            for klass, title in CLASSES.items()
        ],
        "rules": [
            {
                **{name: getattr(rule, name) for name in ("id", "klass", "harmed", "degree", "level")},
                "text": rule.text.as_dict(),
                "detectors": leading[rule.id],
            }
            for rule in RULES.values()
        ],
        "declassifiers": [
            {"id": way.id, "operator": way.operator, "ports": sorted(way.ports), "text": way.text.as_dict()}
            for way in DECLASSIFIERS
        ],
    }


def _harms(level: int) -> list[str]:
    return [f"{harmed}: {degree}" for (harmed, degree), given in HARM.items() if given == level]


def _derived(each: Derived) -> dict[str, Any]:
    names = ("step", "port", "inflow", "level", "lowered_by")
    sources = [{"party": party, "dataset": dataset} for party, dataset in sorted(each.sources)]
    return {**{name: getattr(each, name) for name in names}, "sources": sources}
