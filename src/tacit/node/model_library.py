"""The versions of models at this node: where each came from, whether it still is as it was saved, and whether it may be
used. draft -> released -> retired; a draft may be retired too, and retired is the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

from tacit.errors import DataError, InputError, RefusedError
from tacit.governance.inbox import ItemState, Kind
from tacit.ledger.audit import AuditTrail
from tacit.node.acting import PERSON, actor_of, current
from tacit.node.inbox import Draft, Inbox
from tacit.node.model_shelf import ModelPiece, ModelShelf
from tacit.node.signoff import Signoff
from tacit.node.stores.jobs import JobStore
from tacit.node.stores.models import DRAFT, RELEASED, RETIRED, ModelVersionStore
from tacit.node.tables.inbox import InboxRow
from tacit.node.tables.models import ModelVersionRow
from tacit.runtime.artifacts import digest_file
from tacit.runtime.task import StepReport
from tacit.schema.text import Text

SAVE = "model.save"
SAVED = "model_saved"  # kind of the report of a step that saved a model
_LARGEST = 1 << 20  # bytes of such a report
Integrity = Literal["intact", "changed", "unknown"]
_log = structlog.get_logger("models")


@dataclass(frozen=True, slots=True)
class Version:
    """A piece with what is known of it. `item`: in the inbox, where its release waits."""

    piece: ModelPiece
    row: ModelVersionRow | None
    integrity: Integrity
    item: str | None

    @property
    def state(self) -> str:
        return DRAFT if self.row is None else self.row.state


@dataclass(frozen=True, slots=True)
class ModelLibrary:
    """`level_of`: the level of what jobs saved under a name."""

    shelf: ModelShelf
    store: ModelVersionStore
    trail: AuditTrail
    jobs: JobStore
    inbox: Inbox
    signoff: Signoff
    level_of: Callable[[str], int]

    def versions(self, name: str) -> list[Version]:
        """Of one model, newest first. Reads every file."""
        pieces, rows = self.shelf.of(name), self.store.of([name])
        return [self._version(piece, rows.get((piece.name, piece.version))) for piece in pieces]

    def get(self, name: str, version: str) -> Version:
        """Raises NotFoundError("model.unknown")."""
        return self._version(self.shelf.piece(name, version), self.store.find(name, version))

    def _version(self, piece: ModelPiece, row: ModelVersionRow | None) -> Version:
        path = self.shelf.path(piece.name, piece.version)
        is_draft = row is None or row.state == DRAFT
        waiting = self._waiting(piece.name, piece.version, path) if is_draft else None
        return Version(piece, row, _integrity(path, row), None if waiting is None else waiting.id)

    def _waiting(self, name: str, version: str, path: Path) -> InboxRow | None:
        return self.inbox.store.open_of(Kind.MODEL, _subject(name, version, digest_file(path)))

    # -- what workers do ---------------------------------------------------------------------------------------------

    def saved(self, job_id: str, step: str, report: StepReport) -> None:
        """A step has ended well: if it saved a model, write down which file it left. Never raises: what is not written
        down shows as a version of unknown origin."""
        try:
            self._saved(job_id, step, report)
        except Exception as fault:
            _log.warning("model.not_recorded", job=job_id, step=step, fault=type(fault).__name__)

    def _saved(self, job_id: str, step: str, report: StepReport) -> None:
        output, name = report.outputs.get("report"), self._name(job_id, step)
        path = Path(output.path) if output is not None and output.kind == "document" else None
        if name is None or path is None or not path.is_file() or path.stat().st_size > _LARGEST:
            return
        told = json.loads(path.read_bytes())
        if not isinstance(told, dict) or (told.get("kind"), told.get("name")) != (SAVED, name):
            return
        version = str(told.get("version"))
        digest = digest_file(self.shelf.path(name, version))
        self.store.saved(name, version, digest=digest, job_id=job_id, step=step)
        self.trail.record("model.saved", f"model:{name}", {"version": version, "job": job_id, "digest": digest})

    def _name(self, job_id: str, step: str) -> str | None:
        """Under which a step was agreed to save a model; None: it is no such step."""
        job = self.jobs.get(job_id)
        params = [
            each.get("params", {}) for each in job.flow["steps"] if (each["id"], each["operator"]) == (step, SAVE)
        ]
        return str(params[0].get("name")) if params else None

    def check_usable(self, name: str, version: str, path: Path) -> None:
        """Raises RefusedError("model.retired"), DataError("model.altered")."""
        row = self.store.find(name, version)
        if row is not None and row.state == RETIRED:
            raise RefusedError(
                "model.retired",
                f"The model '{name}', version {version}, is retired: nothing may use it any more.",
                hint="Name another version, or train the model again.",
            )
        if _integrity(path, row) == "changed":
            raise DataError(
                "model.altered",
                f"The file of the model '{name}', version {version}, is not as it was saved.",
                hint="Bring the file back from a backup, or train the model again.",
            )

    # -- what people do ------------------------------------------------------------------------------------------------

    def release(self, name: str, version: str) -> Version:
        """Ask for the release of a draft; done at once where nobody else needs to agree.

        Raises NotFoundError("model.unknown"), InputError("model.wrong_state"), DataError("model.altered").
        """
        found = self.get(name, version)
        if found.state != DRAFT:
            raise _wrong_state(found.state, "released")
        path = self.shelf.path(name, version)
        self.check_usable(name, version, path)
        subject = _subject(name, version, digest_file(path))
        self.inbox.put(
            Draft(
                Kind.MODEL,
                subject,
                Text(f"发布模型：{name}，版本 {version}", f"Release of the model {name}, version {version}"),
                Text(f"来源任务：{_job(found, '未知')}", f"Saved by the job: {_job(found, 'unknown')}"),
                current().actor,
                self.level_of(name),
                own=True,
            )
        )
        self.signoff.settle(Kind.MODEL, subject)
        return self.get(name, version)

    def released(self, subject: str, by: str) -> None:
        """What the inbox does when a release is approved: of this very file, and of no other."""
        name, version, digest = subject.split(" ")
        path = self.shelf.path(name, version)
        if digest_file(path) != digest:
            raise DataError(
                "model.altered", f"The file of the model '{name}', version {version}, has changed since it was put up."
            )
        if not self.store.move(name, version, (DRAFT,), RELEASED, by):
            raise _wrong_state(self.get(name, version).state, "released")
        self.trail.record("model.released", f"model:{name}", {"version": version, "digest": digest}, actor=by)

    def retire(self, name: str, version: str) -> Version:
        """From now on no step may load it; what has loaded it goes on.

        Raises NotFoundError("model.unknown"), InputError("model.wrong_state").
        """
        path = self.shelf.path(name, version)
        if not self.store.move(name, version, (DRAFT, RELEASED), RETIRED, actor_of(PERSON)):
            raise _wrong_state(RETIRED, "retired")
        waiting = self._waiting(name, version, path)
        if waiting is not None:
            self.inbox.close(waiting, ItemState.WITHDRAWN)
        self.trail.record("model.retired", f"model:{name}", {"version": version}, actor=PERSON)
        return self.get(name, version)

    def remove(self, name: str, version: str) -> None:
        """Delete this node's piece. Raises NotFoundError("model.unknown")."""
        self.shelf.remove(name, version)
        self.store.forget(name, version)
        self.trail.record("model.removed", f"model:{name}", {"version": version}, actor=PERSON)


def hash_of(subject: str) -> str | None:
    """Digest of the file that is put up for release."""
    return subject.split(" ")[2]


def _subject(name: str, version: str, digest: str) -> str:
    return f"{name} {version} {digest}"


def _integrity(path: Path, row: ModelVersionRow | None) -> Integrity:
    if row is None or row.digest is None:
        return "unknown"
    return "intact" if digest_file(path) == row.digest else "changed"


def _job(found: Version, unknown: str) -> str:
    return found.row.job_id or unknown if found.row is not None else unknown


def _wrong_state(state: str, wanted: str) -> InputError:
    return InputError("model.wrong_state", f"This version of the model cannot be {wanted}.", found=state)
