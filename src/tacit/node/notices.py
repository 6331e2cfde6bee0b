"""Events of a job on their way between nodes: an addition to the standard, which has no call for them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tacit.interconnect.endpoints import Auth, Endpoint
from tacit.interconnect.shapes import PREFIX, Body, Empty
from tacit.schema.flow import Name
from tacit.schema.wire import Code, Count, JobId, Shape, Version

Level = Literal["info", "warning", "error"]
Word = Annotated[str, Field(max_length=120)]
BATCH = 200


class Notice(Shape):
    """One event. `data` holds names, codes and numbers only; every node finds its own words for the code."""

    party: Name
    serial: Count
    time: float = Field(ge=0)
    step: Name | None = None
    level: Level
    code: Code
    data: dict[Literal["peer", "code", "attempt"], Word | int] = Field(default_factory=dict)


class Waiting(Shape):
    """For whom the job waits, and why."""

    party: Name
    code: Code


class Notices(Body):
    """Events of one job, oldest first. `waiting` is the initiator's word only."""

    job_id: JobId
    events: tuple[Notice, ...] = Field(max_length=BATCH)
    waiting: Waiting | None = None


class Echo(Body):
    """Answer to a request to call back."""

    ok: bool
    code: Code | None = None
    seconds: float = Field(ge=0)
    software: Version


JOB_NOTICES = Endpoint("POST", PREFIX + "/tacit/job/notices", Notices, Empty, "job_notices", Auth.SIGNED)
CALL_BACK = Endpoint("POST", PREFIX + "/tacit/node/call_back", Empty, Echo, "call_back", Auth.SIGNED)
ALL = (JOB_NOTICES, CALL_BACK)
