"""Bounds of what comes in. Control characters and numbers beyond 64 bits are refused before, for every endpoint:
see `bodies.py` and `framing.py`."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field, StringConstraints

from tacit.schema.agreement import DatasetName
from tacit.schema.flow import Name, OperatorName
from tacit.schema.wire import AgreementId

LARGEST = 2**53 - 1  # what JSON keeps exactly; fits every database

Segment = Annotated[str, Path(min_length=1, max_length=200)]
After = Annotated[int, Query(ge=0, le=LARGEST, description="Only what has a greater number.")]
Many = Annotated[int, Query(ge=1, le=10_000, description="Items per page.")]
Line = Annotated[str, StringConstraints(max_length=200)]
Note = Annotated[str, StringConstraints(max_length=500)]
Prose = Annotated[str, StringConstraints(max_length=4000)]
FlowText = Annotated[str, StringConstraints(max_length=2_000_000)]
Moment = Annotated[str, StringConstraints(min_length=4, max_length=64)]  # ISO 8601
Address = Annotated[str, StringConstraints(min_length=3, max_length=300)]  # host:port
Place = Annotated[str, StringConstraints(min_length=1, max_length=4096)]  # a path or an address of data
Statement = Annotated[str, StringConstraints(min_length=1, max_length=100_000)]  # SQL
Names = Annotated[list[Name], Field(max_length=256)]
OperatorNames = Annotated[list[OperatorName], Field(max_length=512)]
DatasetNames = Annotated[list[DatasetName], Field(max_length=1024)]
AgreementIds = Annotated[list[AgreementId], Field(max_length=256)]
