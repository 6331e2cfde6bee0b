"""Constants and small formulas of the cost forecasts: wall seconds with all parties on two cores, bytes, megabytes.

They are for a preview ("about 40 seconds, 90 MB"), not for a bill: expect the bytes within a few percent and the
seconds within a factor of three.
"""

from __future__ import annotations

from tacit.schema.operator import Cost, Size

STEP_SECONDS = 0.6  # starting a worker, opening its sessions, putting results away
BASE_MB = 110  # a worker with its libraries, before any data

WORD_BYTES = 8  # one ring element, one float64
KEY_BYTES = 48  # one key column cell with its offset, on average

READ_CELLS_PER_SECOND = 8e6  # parsing text into typed columns
LOCAL_CELLS_PER_SECOND = 4e7  # plain arithmetic on columns
RING_WORDS_PER_SECOND = 5e6  # dealing, masking, sending and combining one shared element

MB = 1_000_000


def cells(size: Size) -> int:
    """Number of cells over all holders."""
    return size.rows * max(size.column_count(), 1)


def local_cost(size: Size, passes: float = 1.0, rate: float = LOCAL_CELLS_PER_SECOND) -> Cost:
    """A step that only works on its own table: `passes` over all cells, nothing sent."""
    work = cells(size)
    return Cost(STEP_SECONDS + passes * work / rate, 0, BASE_MB + 3 * WORD_BYTES * work // MB)


def file_cost() -> Cost:
    """A step that only moves a small document."""
    return Cost(STEP_SECONDS, 0, BASE_MB)
