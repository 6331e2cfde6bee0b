"""Scans of datasets in the background: a sample is looked at, and what it suggests becomes labels.

A dataset is scanned when it is registered or has changed (setting `scan_datasets`), and when somebody asks. One scan
runs at a time. A scan that the node's end cut off begins again when the node starts.
"""

from __future__ import annotations

import queue
import threading
import zlib
from dataclasses import asdict
from typing import Any

import structlog

from tacit.data.findings.scan import scan_table
from tacit.data.reading import Reading
from tacit.data.sampling import sample
from tacit.errors import NotFoundError, TacitError
from tacit.governance.levels import suggest
from tacit.node.catalogue import Catalogue
from tacit.node.clock import now
from tacit.node.database import DatasetRow
from tacit.node.labels import Labels
from tacit.node.stores.labels import LabelStore
from tacit.node.tables.labels import LabelScanRow

SAMPLE_ROWS = 10_000  # a share is then known to 1.6 points, with 99.9 %
RUNNING, DONE, FAILED = "running", "done", "failed"
_log = structlog.get_logger("labelling")


class Labelling:
    """A thread that scans what it is asked to. Without `start`, nothing but `scan` itself scans."""

    def __init__(self, labels: Labels, store: LabelStore, catalogue: Catalogue, *, automatic: bool) -> None:
        self._labels, self._store, self._catalogue, self._automatic = labels, store, catalogue, automatic
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._progress: dict[str, tuple[int, int]] = {}
        self._thread = threading.Thread(target=self._run, name="labelling", daemon=True)
        self._closed = threading.Event()

    def start(self) -> None:
        """Goes on with scans that were cut off."""
        self._thread.start()
        for row in self._store.scans(RUNNING):
            self._waiting.put(row.dataset)

    def close(self) -> None:
        self._closed.set()
        self._waiting.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def dataset_changed(self, act: str, dataset: str) -> None:
        """The catalogue tells: a dataset was registered, refreshed or removed."""
        if act == "removed":
            self._labels.forget(dataset)
        elif self._automatic:
            self.ask(dataset)

    def ask(self, dataset: str) -> LabelScanRow:
        """Have a dataset scanned soon; nothing new if it is being scanned. Raises NotFoundError("dataset.unknown")."""
        self._catalogue.get(dataset)
        known = self._store.scan(dataset)
        if known is not None and known.state == RUNNING:
            return known
        row = self._store.begin_scan(dataset, now())
        self._waiting.put(dataset)
        return row

    def state(self, dataset: str) -> LabelScanRow | None:
        """The last scan. Raises NotFoundError("dataset.unknown")."""
        self._catalogue.get(dataset)
        return self._store.scan(dataset)

    def progress(self, dataset: str) -> tuple[int, int] | None:
        """(columns done, all) of a scan that runs now."""
        return self._progress.get(dataset)

    def scan(self, dataset: str) -> None:
        """Scan now. Errors of reading are kept with the scan; raises NotFoundError("dataset.unknown") only."""
        row = self._catalogue.get(dataset)
        self._store.begin_scan(dataset, now())
        try:
            values = self._look(row)
        except TacitError as fault:
            values = {"state": FAILED, "code": fault.code}
        except Exception:
            _log.exception("labelling.fault", dataset=dataset)
            values = {"state": FAILED, "code": "internal.fault"}
        finally:
            self._progress.pop(dataset, None)
        self._store.end_scan(dataset, ended_at=now(), **values)

    def _look(self, row: DatasetRow) -> dict[str, Any]:
        drawn = sample(self._catalogue.source(row), SAMPLE_ROWS, _seed(row), _reading(row))

        def tell(done: int, total: int) -> None:
            self._progress[row.name] = (done, total)

        findings = scan_table(drawn.table, on_column=tell)
        self._labels.absorb(row.name, suggest(findings))
        rows = row.rows if drawn.total_rows is None else drawn.total_rows
        found = [asdict(finding) for finding in findings]
        return {"state": DONE, "code": None, "rows": rows, "sampled": drawn.table.num_rows, "findings": found}

    def _run(self) -> None:
        while not self._closed.is_set():
            dataset = self._waiting.get()
            if dataset is None:
                return
            try:
                self.scan(dataset)
            except NotFoundError:  # removed meanwhile
                self._store.forget_scan(dataset)
            except Exception:
                if not self._closed.is_set():
                    _log.exception("labelling.fault", dataset=dataset)


def _reading(row: DatasetRow) -> Reading:
    """Cells of a text file as they are written: a number that is an identifier keeps its zeros."""
    if row.format != "csv" or row.options.get("partitioning"):
        return Reading()
    return Reading(types={column["name"]: "text" for column in row.columns})


def _seed(row: DatasetRow) -> int:
    """The same sample of the same content."""
    return zlib.crc32(row.digest.encode())
