"""Flows: read, check, plan, sum up what is disclosed and what it costs. Pure functions over declarations."""

from __future__ import annotations

from tacit.flow.check import check, problems
from tacit.flow.cost import DatasetSize, Forecast, forecast
from tacit.flow.disclosure import DisclosedItem, disclosures, summary
from tacit.flow.document import Document, dump, load, read
from tacit.flow.plan import Plan, PlannedStep, Source
from tacit.flow.problem import FlowCheckError, Problem

__all__ = [
    "DatasetSize",
    "DisclosedItem",
    "Document",
    "FlowCheckError",
    "Forecast",
    "Plan",
    "PlannedStep",
    "Problem",
    "Source",
    "check",
    "disclosures",
    "dump",
    "forecast",
    "load",
    "problems",
    "read",
    "summary",
]
