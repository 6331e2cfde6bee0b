"""Makes the task of a worker from what was agreed: parameters, inputs, datasets, lines. A peer has no say in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tacit.channel.identity import NodeIdentity
from tacit.errors import ResourceError
from tacit.flow.parameters import dataset_fields
from tacit.flow.plan import PlannedStep, Source
from tacit.ledger.agreement import session_id, step_session_id
from tacit.node.blueprint import MODEL_SOURCE, Planner
from tacit.node.catalogue import Catalogue
from tacit.node.contribution import check_same_model, check_unchanged
from tacit.node.database import JobRow, TaskRow
from tacit.node.home import Home
from tacit.node.model_shelf import ModelShelf
from tacit.node.settings import Settings
from tacit.node.stores.jobs import JobStore, TaskStore
from tacit.node.stores.peers import PeerStore
from tacit.runtime.lines import PeerContact, resolve_lines
from tacit.runtime.task import CautionEntry, DatasetEntry, Limits, OutputEntry, StepReport, StepTask
from tacit.schema.job import JobAgreement, SignedPart
from tacit.schema.states import TaskState

KEPT = 64  # agreements in memory


@dataclass(frozen=True, slots=True)
class Preparation:
    """Reads stores, writes nothing."""

    home: Home
    settings: Settings
    identity: NodeIdentity
    planner: Planner
    catalogue: Catalogue
    jobs: JobStore
    tasks: TaskStore
    peers: PeerStore
    models: ModelShelf
    _agreements: dict[str, tuple[JobAgreement, bytes]] = field(default_factory=dict)

    @property
    def me(self) -> str:
        return self.settings.name

    def steps(self, job: JobRow) -> tuple[PlannedStep, ...]:
        """The planned steps of a job."""
        return self.planner.of_job(job).plan.steps

    def task(self, job: JobRow, step: PlannedStep, row: TaskRow) -> StepTask:
        """Raises DataError("dataset.changed", "model.changed", "model.altered"), RefusedError("model.retired"),
        ResourceError("artifact.missing"), NotFoundError("peer.unknown", "model.unknown")."""
        self._check_model(job, step)
        agreement = self.agreement(job)
        sid = step_session_id(self._session(job), step.id, row.attempt, bytes.fromhex(row.seed))
        talks = step.spec.talks and len(step.at) > 1
        limits = agreement.parts[self.me].part.limits
        return StepTask(
            job_id=job.id,
            step=step.id,
            attempt=row.attempt,
            operator=step.spec.name,
            version=step.spec.version,
            params=step.params_document(),
            role=row.role,
            parties=dict(step.at),
            sid=sid.hex(),
            inputs=self._inputs(job, step),
            output_dir=str(self.folder(job.id, step.id, row.attempt)),
            datasets=self._datasets(job, step, row.role),
            models_dir=str(self.home.models),
            lines=resolve_lines(sid, row.role, step.at, self.identity, self._contacts(step)) if talks else {},
            limits=Limits(memory_mb=limits.memory_mb, cpu_s=limits.cpu_s, wall_s=limits.wall_s),
            caution=CautionEntry(
                min_result=self.settings.psi_min_result,
                similar_runs=self.settings.psi_similar_runs,
                similar_days=self.settings.psi_similar_days,
            ),
            history_dir=str(self.home.history),
        )

    def agreement(self, job: JobRow) -> JobAgreement:
        """What was signed; parsed once per job."""
        return self._known(job)[0]

    def _session(self, job: JobRow) -> bytes:
        return self._known(job)[1]

    def _known(self, job: JobRow) -> tuple[JobAgreement, bytes]:
        key = job.pact_hash or ""
        found = self._agreements.get(key)
        if found is None:
            agreement = JobAgreement.model_validate(job.pact)
            found = agreement, session_id(agreement)
            if len(self._agreements) > KEPT:
                self._agreements.clear()
            self._agreements[key] = found
        return found

    def folder(self, job_id: str, step: str, attempt: int) -> Path:
        """Where an attempt leaves its artifacts."""
        return self.home.artifacts / job_id / step / str(attempt)

    def reports(self, job_id: str) -> dict[str, tuple[TaskRow, StepReport]]:
        """Step -> its last successful attempt here. Later steps and the receipt use these and no others."""
        found = {}
        for row in self.tasks.of_job(job_id):
            if row.party == self.me and row.state == TaskState.SUCCESS and row.report is not None:
                found[row.step] = (row, StepReport.model_validate(row.report))
        return found

    def check_kept(self, job_id: str) -> None:
        """Whether everything that the job's steps left here is still here. Raises ResourceError("artifact.missing")."""
        for step, (_, report) in self.reports(job_id).items():
            for port, output in report.outputs.items():
                _check_there(step, port, output)

    def _inputs(self, job: JobRow, step: PlannedStep) -> dict[str, str]:
        reports = self.reports(job.id)
        return {port: str(_piece(source, reports)) for port, source in step.inputs_at(self.me).items()}

    def _datasets(self, job: JobRow, step: PlannedStep, role: str) -> dict[str, DatasetEntry]:
        entries = {}
        for parameter, owner in dataset_fields(step.spec):
            if owner != role:
                continue
            name = str(getattr(step.params, parameter))
            part = self.jobs.parts(job.id)[self.me]
            check_unchanged(self.catalogue, SignedPart.model_validate(part.part), bytes.fromhex(job.salt), name)
            found = self.catalogue.source(self.catalogue.get(name))
            entries[name] = DatasetEntry(
                name=name,
                path=str(found.path),
                format=found.format,
                options=dict(found.options),
                access=dict(found.access),
            )
        return entries

    def _check_model(self, job: JobRow, step: PlannedStep) -> None:
        if step.spec.name != MODEL_SOURCE:
            return
        part = SignedPart.model_validate(self.jobs.parts(job.id)[self.me].part)
        document = step.params_document()
        shelf, salt = self.models, bytes.fromhex(job.salt)
        check_same_model(shelf, part, salt, str(document["name"]), document.get("version"))

    def _contacts(self, step: PlannedStep) -> dict[str, PeerContact]:
        contacts = {}
        for party in step.at.values():
            if party != self.me:
                peer = self.peers.active(party)
                contacts[party] = PeerContact(peer.address, peer.certificate)
        return contacts


def _piece(source: Source, reports: Mapping[str, tuple[TaskRow, StepReport]]) -> Path:
    """The file of an earlier output. Raises ResourceError("artifact.missing")."""
    found = reports.get(source.step)
    return _check_there(source.step, source.port, found[1].outputs.get(source.port) if found is not None else None)


def _check_there(step: str, port: str, output: OutputEntry | None) -> Path:
    """Raises ResourceError("artifact.missing")."""
    if output is None or not Path(output.path).is_file():
        raise ResourceError(
            "artifact.missing",
            f"The output {step}.{port} is not on this node's disk any more.",
            hint="Was it deleted? Submit the job again.",
        )
    return Path(output.path)
