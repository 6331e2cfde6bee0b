"""For all tests: where they write, and how the client starts its programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

import quick_start

MEMORY, NEEDED = "/dev/shm", 4 << 30
LONGEST = (  # the first to begin, so that no process is left alone with one of them in the end
    "e2e/test_onboarding.py",
    "node/test_faults.py",
    "cli/test_rehearse_command.py",
    "client/test_psi_workers.py",
    "client/test_estimators.py",
    "node/test_jobs.py",
    "node/test_convergence_of_agreements.py",
    "node/test_convergence_of_jobs.py",
    "node/test_policing_nodes.py",
    "node/test_revocation_of_processes.py",
    "demo/test_measure.py",
    "demo/test_chairs.py",
)

# Nothing of it outlives the tests, and a disk makes every commit of a database wait.
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= NEEDED:
    os.environ["TMPDIR"] = MEMORY
    tempfile.tempdir = None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the order is otherwise as it was."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get("/".join(item.path.parts[-2:]), len(place)))


@pytest.fixture(scope="session", autouse=True)
def _programs_begin_quickly() -> Iterator[None]:
    """Rehearsals and matches are processes of their own; starting Python is not what is tested of them."""
    from tacit.client import psi_processes, rehearsal

    quick = SimpleNamespace(**{**vars(subprocess), "Popen": quick_start.Popen})
    with pytest.MonkeyPatch.context() as patch:
        for module in (psi_processes, rehearsal):
            patch.setattr(module, "subprocess", quick)
        yield
