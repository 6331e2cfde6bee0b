"""Answers to peers, by endpoint: the one list of what a peer can make this node do."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pydantic import BaseModel

from tacit import __version__
from tacit.errors import InputError, NotFoundError, RefusedError
from tacit.interconnect import shapes
from tacit.interconnect.endpoints import Endpoint
from tacit.node.applications import Applications
from tacit.node.applying import Applying
from tacit.node.blueprint import Planner
from tacit.node.catalogue import Catalogue
from tacit.node.courier import Contacts
from tacit.node.database import DatasetRow
from tacit.node.diary import Diary
from tacit.node.grants import Grants
from tacit.node.notices import Echo, Notices
from tacit.node.participant import Participant
from tacit.node.peering import Peering
from tacit.node.products import Products
from tacit.node.projects import Projects
from tacit.node.receipts import Receipts
from tacit.node.scheduler import Scheduler
from tacit.node.standing import Standing
from tacit.node.stores.jobs import JobStore
from tacit.node.workbench import Workbench
from tacit.operators import describe
from tacit.schema.product import Product
from tacit.schema.wire import PROTOCOL_VERSION

ALL = -1  # page size that means: everything


@dataclass(frozen=True, slots=True)
class PeerHandlers:
    """`source` is the verified caller, or this node itself for its own part of its own jobs."""

    me: str
    peering: Peering
    applications: Applications
    applying: Applying
    products: Products
    catalogue: Catalogue
    grants: Grants
    planner: Planner
    projects: Projects
    participant: Participant
    scheduler: Scheduler
    workbench: Workbench
    standing: Standing
    receipts: Receipts
    jobs: JobStore
    diary: Diary
    contacts: Contacts

    def handle(self, endpoint: Endpoint, source: str, body: BaseModel) -> BaseModel:
        """Call the method that the endpoint names."""
        if source and source != self.me:
            self.contacts.heard(source)
        answer: BaseModel = getattr(self, endpoint.handler)(source, body)
        return answer

    # -- nodes and contracts ---------------------------------------------------------------------------------

    def node_query(self, source: str, body: shapes.NodeQuery) -> shapes.NodeInfo:
        if body.node_id not in (None, self.me):
            raise NotFoundError("node.unknown", "This node has another name.", found=body.node_id, expected=self.me)
        return self.peering.card()

    def node_health(self, source: str, body: shapes.Empty) -> shapes.NodeHealth:
        extra = shapes.HealthExtra(time=time.time_ns() // 1_000_000, protocol=PROTOCOL_VERSION, software=__version__)
        return shapes.NodeHealth(tacit=extra)

    def contract_apply(self, source: str, body: shapes.ContractApply) -> shapes.ContractApplied:
        if isinstance(body.tacit, shapes.ApplicationProof):
            return self.applications.applied(body, body.tacit)
        return self.peering.applied(body)

    def contract_confirm(self, source: str, body: shapes.ContractConfirm) -> shapes.Empty:
        return self.applying.confirmed(source, body)

    def contract_terminate(self, source: str, body: shapes.ContractRef) -> shapes.Empty:
        return self.peering.terminated(source, body)

    def contract_query(self, source: str, body: shapes.ContractRef) -> shapes.ContractState:
        return self.peering.state(source, body)

    def call_back(self, source: str, body: shapes.Empty) -> Echo:
        """Call the caller, and tell it whether that worked."""
        health = self.peering.ping(source)
        code = health.error.code if health.error is not None else None
        return Echo(ok=code is None, code=code, seconds=health.seconds or 0.0, software=__version__)

    # -- datasets and components -----------------------------------------------------------------------------

    def dataset_list(self, source: str, body: shapes.DatasetList) -> shapes.DatasetPage:
        records = [_record(row, self.peering) for row in self.catalogue.published()]
        return shapes.DatasetPage(records=tuple(_page(records, body.page_num, body.page_size)), total=len(records))

    def dataset_query(self, source: str, body: shapes.DatasetQuery) -> shapes.DatasetRecord:
        for row in self.catalogue.published():
            if row.name == body.dataset_id:
                return _record(row, self.peering)
        raise NotFoundError("dataset.unknown", "There is no such dataset here.")

    def dataset_apply(self, source: str, body: shapes.DatasetApply) -> shapes.AuditApplied:
        return self.grants.applied(source, body)

    def dataset_confirm(self, source: str, body: shapes.DatasetConfirm) -> shapes.Empty:
        return self.grants.confirmed(source, body)

    def dataset_terminate(self, source: str, body: shapes.AuditRef) -> shapes.Empty:
        return self.grants.terminated(source, body)

    def dataset_audit_query(self, source: str, body: shapes.AuditRef) -> shapes.AuditState:
        return self.grants.queried(source, body)

    def component_list(self, source: str, body: shapes.ComponentList) -> shapes.ComponentPage:
        records = [
            shapes.ComponentRecord(code=spec.name, version=spec.version, category=spec.group, developer="tacit")
            for spec in self.planner.specs.values()
            if body.category in (None, spec.group)
        ]
        return shapes.ComponentPage(records=tuple(_page(records, body.page_num, body.page_size)), total=len(records))

    def component_query(self, source: str, body: shapes.ComponentQuery) -> shapes.ComponentDetail:
        spec = self.planner.specs.get(body.code)
        if spec is None or body.version not in (None, spec.version):
            raise NotFoundError("operator.unknown", "There is no such operator here.")
        told = describe(spec)
        return shapes.ComponentDetail(
            code=spec.name,
            version=spec.version,
            category=spec.group,
            developer="tacit",
            engine=spec.engines[0],
            inputs=tuple(told["inputs"]),
            outputs=tuple(told["outputs"]),
        )

    # -- projects --------------------------------------------------------------------------------------------

    def project_apply(self, source: str, body: shapes.ProjectApply) -> shapes.AuditApplied:
        return self.projects.applied(source, body)

    def project_confirm(self, source: str, body: shapes.ProjectConfirm) -> shapes.Empty:
        return self.projects.confirmed(source, body)

    def project_terminate(self, source: str, body: shapes.ProjectEnd) -> shapes.Empty:
        return self.projects.terminated(source, body)

    def project_query(self, source: str, body: shapes.AuditRef) -> shapes.AuditState:
        return self.projects.queried(source, body)

    # -- jobs ------------------------------------------------------------------------------------------------

    def job_apply(self, source: str, body: shapes.JobApply) -> shapes.AuditApplied:
        return self.participant.apply(source, body)

    def job_confirm(self, source: str, body: shapes.JobConfirm) -> shapes.Empty:
        return self.scheduler.confirmed(source, body)

    def job_terminate(self, source: str, body: shapes.AuditRef) -> shapes.Empty:
        row = next((row for row in self.jobs.open() if row.audit_id == body.audit_id), None)
        if row is None:
            return shapes.Empty()
        return self.job_stop(source, shapes.JobStop(job_id=row.id))

    def job_create(self, source: str, body: shapes.JobCreate) -> shapes.Signed:
        return self.participant.create(source, body)

    def job_start(self, source: str, body: shapes.JobStart) -> shapes.Empty:
        return self.participant.start(source, body)

    def job_stop(self, source: str, body: shapes.JobStop) -> shapes.Empty:
        """From the initiator: the word of command. From another party, at the initiator: a request to cancel."""
        if self.jobs.circle(body.job_id).initiator == self.me != source:
            return self.scheduler.stop_requested(source, body)
        return self.participant.stop(source, body)

    def job_status(self, source: str, body: shapes.JobRef) -> shapes.JobStatus:
        return self.standing.of_job(source, body)

    def job_notices(self, source: str, body: Notices) -> shapes.Empty:
        """Events of other parties. The initiator passes on everybody's, the others only their own."""
        circle = self.jobs.circle(body.job_id)
        if source not in circle.parties:
            raise RefusedError("job.not_a_party", "The caller is not a party of the job.", found=source)
        self.diary.receive(body.job_id, body.events, circle.parties if source == circle.initiator else (source,))
        if source == circle.initiator:
            self._take_over_waiting(body.job_id, body)
        return shapes.Empty()

    def _take_over_waiting(self, job_id: str, body: Notices) -> None:
        waiting = body.waiting.model_dump() if body.waiting is not None else None
        known = self.jobs.waiting(job_id)
        if waiting != known and (waiting is None or waiting["party"] != self.me):
            self.jobs.update(job_id, waiting=waiting)
            self.diary.ring(job_id)

    def task_start(self, source: str, body: shapes.TaskStart) -> shapes.Empty:
        return self.workbench.start(source, body)

    def task_poll(self, source: str, body: shapes.TaskPoll) -> shapes.TaskStatus:
        return self.standing.of_task(source, body)

    def task_callback(self, source: str, body: shapes.TaskCallback) -> shapes.Empty:
        return self.scheduler.task_changed(source, body)

    def receipt_sign(self, source: str, body: shapes.ReceiptSign) -> shapes.Signed:
        return self.receipts.sign(source, body)

    def receipt_put(self, source: str, body: shapes.ReceiptPut) -> shapes.Empty:
        return self.receipts.put(source, body)

    # -- data products ---------------------------------------------------------------------------------------

    def product_list(self, source: str, body: shapes.ProductList) -> shapes.ProductPage:
        return self.products.listed(source, body)

    def product_query(self, source: str, body: shapes.ProductQuery) -> Product:
        return self.products.queried(source, body)


def _record(row: DatasetRow, peering: Peering) -> shapes.DatasetRecord:
    return shapes.DatasetRecord(
        dataset_id=row.name,
        name=row.name,
        owner=peering.settings.institution or peering.settings.name,
        description=row.description,
        category=row.format,
        count=row.rows,
        column_metas=tuple(shapes.ColumnMeta(name=column["name"], data_type=column["type"]) for column in row.columns),
    )


def _page(records: list[shapes.DatasetRecord] | list[shapes.ComponentRecord], number: int, size: int) -> list[object]:
    if size == ALL:
        return list(records)
    if size < 1:
        raise InputError("request.body_invalid", "A page has at least one record.")
    return list(records[(number - 1) * size : number * size])
