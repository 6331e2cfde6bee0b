"""This party's signed account of a job that went well, made from its own task records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tacit import __version__
from tacit.flow.plan import PlannedStep
from tacit.ledger.commitment import commit
from tacit.ledger.receipt import sign_statement
from tacit.node.database import JobRow, TaskRow
from tacit.node.keys import Keys
from tacit.node.preparation import Preparation
from tacit.runtime.task import StepReport
from tacit.schema.job import JobAgreement, SignedStatement, Statement, StepStatement
from tacit.schema.operator import Placement


@dataclass(frozen=True, slots=True)
class Statements:
    """The same job gives the same statement as long as its records stay."""

    keys: Keys
    preparation: Preparation

    def of(self, job: JobRow) -> SignedStatement | None:
        """None while a step of this party is not done."""
        me = self.keys.me
        mine = [step for step in self.preparation.steps(job) if me in step.parties]
        reports = self.preparation.reports(job.id)
        if job.pact is None or job.pact_hash is None or any(step.id not in reports for step in mine):
            return None
        agreement = self.preparation.agreement(job)
        salt = bytes.fromhex(job.salt)
        statement = Statement(
            job_id=job.id,
            party=me,
            agreement_hash=job.pact_hash,
            software=__version__,
            steps=tuple(_account(step, *reports[step.id], me=me, salt=salt, agreement=agreement) for step in mine),
        )
        return sign_statement(statement, self.keys.identity)

    def digests(self, job: JobRow) -> dict[tuple[str, str], str]:
        """(step, port) -> digest, as recorded when the output was written."""
        reports = self.preparation.reports(job.id)
        return {
            (step, port): output.digest
            for step, (_, report) in reports.items()
            for port, output in report.outputs.items()
        }


def _account(
    step: PlannedStep, row: TaskRow, report: StepReport, *, me: str, salt: bytes, agreement: JobAgreement
) -> StepStatement:
    outputs = {port: output.digest for port, output in report.outputs.items()}
    public = known_to_all(step, agreement.parts)
    started, ended = row.started_at or 0.0, row.ended_at or 0.0
    return StepStatement(
        step=step.id,
        attempt=row.attempt,
        operator=step.spec.name,
        version=step.spec.version,
        role=row.role,
        inputs={**_committed(salt, report.inputs), **_dataset(step, row.role, me, agreement)},
        outputs=_committed(salt, outputs),
        public_outputs={port: value for port, value in outputs.items() if port in public},
        transcripts=report.transcripts,
        started=int(started * 1000),
        ended=max(int(ended * 1000), int(started * 1000)),
    )


def known_to_all(step: PlannedStep, parties: Collection[str]) -> set[str]:
    """Ports whose bare digest may be stated: the receipt goes to every party of the job, and one that does not hold a
    small report could find it from its digest by trying."""
    public = [port for port in step.spec.outputs if port.placement is Placement.PUBLIC]
    return {port.name for port in public if set(step.holders(port)) == set(parties)}


def _committed(salt: bytes, digests: Mapping[str, str]) -> dict[str, str]:
    return {port: commit(salt, value) for port, value in digests.items()}


def _dataset(step: PlannedStep, role: str, me: str, agreement: JobAgreement) -> dict[str, str]:
    """A dataset that a step reads is its input: the start call made sure that it is the approved one."""
    name = step.params_document().get("dataset")
    facts = agreement.parts[me].part.datasets.get(str(name))
    return {} if facts is None or "dataset" in step.inputs else {"dataset": facts.digest}
