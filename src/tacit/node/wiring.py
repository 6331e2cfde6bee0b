"""Makes the parts of a node and introduces them to each other. What belongs to the operating system is given."""

from __future__ import annotations

from dataclasses import dataclass

from tacit.channel.identity import NodeIdentity
from tacit.interconnect.caller import PeerCaller
from tacit.interconnect.endpoints import JOB_APPLY, JOB_CONFIRM
from tacit.interconnect.shapes import StopCause
from tacit.ledger.audit import AuditTrail
from tacit.node.bell import Bell
from tacit.node.blueprint import Planner
from tacit.node.catalogue import Catalogue
from tacit.node.causes import Cause
from tacit.node.contribution import Contribution
from tacit.node.courier import Contacts, Courier, LoopThread
from tacit.node.database import Database, OutboxRow
from tacit.node.diary import Diary
from tacit.node.doctor import Doctor
from tacit.node.examiner import Examiner
from tacit.node.forecasting import Forecasting
from tacit.node.home import Home
from tacit.node.keys import Keys
from tacit.node.mail import Mail
from tacit.node.model_shelf import ModelShelf
from tacit.node.outbox import Outbox
from tacit.node.participant import Participant
from tacit.node.peer_handlers import PeerHandlers
from tacit.node.peering import Peering
from tacit.node.preparation import Preparation
from tacit.node.projects import Projects
from tacit.node.receipts import Receipts
from tacit.node.recovery import Recovery
from tacit.node.results import Results
from tacit.node.scheduler import Scheduler
from tacit.node.schedules import Schedules
from tacit.node.settings import Settings
from tacit.node.standing import Standing
from tacit.node.statements import Statements
from tacit.node.stores.agreements import AgreementStore
from tacit.node.stores.audit import AuditTable
from tacit.node.stores.datasets import DatasetStore
from tacit.node.stores.events import EventStore
from tacit.node.stores.jobs import JobStore, TaskStore
from tacit.node.stores.outbox import OutboxStore
from tacit.node.stores.peers import InvitationStore, PeerStore
from tacit.node.stores.rules import RuleStore
from tacit.node.stores.schedules import ScheduleStore
from tacit.node.watch import Watch
from tacit.node.workbench import Pool, Switchboard, Workbench
from tacit.operators import all_specs
from tacit.schema.states import JobState


@dataclass(frozen=True, slots=True)
class Ground:
    """What the parts stand on."""

    home: Home
    settings: Settings
    identity: NodeIdentity
    database: Database
    pool: Pool
    switchboard: Switchboard
    caller: PeerCaller
    loop: LoopThread
    address: str  # host:port under which peers reach this node


class Parts:
    """All parts of one node. `courier` brings calls to peers; its local door is `handlers`."""

    def __init__(self, ground: Ground, peers: PeerStore, contacts: Contacts, courier: Courier) -> None:
        self.ground, self.peers, self.contacts, self.courier = ground, peers, contacts, courier
        self.settings, self.me = ground.settings, ground.settings.name
        self._make_stores(ground.database)
        self._make_ground_floor()
        self._make_workshop()
        self._make_sides()
        self._make_faces()
        self.diary.spread = self._spread
        self.workbench.changed = self.scheduler.changed
        self.mail.on_refused = self._mail_refused

    def _make_stores(self, database: Database) -> None:
        self.jobs, self.tasks, self.events = JobStore(database), TaskStore(database), EventStore(database)
        self.invitations, self.rules = InvitationStore(database), RuleStore(database)
        self.agreements, self.audit = AgreementStore(database), AuditTable(database)

    def _make_ground_floor(self) -> None:
        """What knows no job's course."""
        ground = self.ground
        self.bell, self.trail = Bell(), AuditTrail(self.audit)
        self.keys = Keys(self.me, ground.identity, self.peers)
        self.planner = Planner(all_specs())
        self.catalogue = Catalogue(DatasetStore(ground.database))
        self.models = ModelShelf(ground.home.models)
        self.diary = Diary(self.me, self.events, self.trail, self.bell)
        self.mail = Mail(self.me, self.courier, self.jobs, self.events, self.diary)
        self.outbox = Outbox(OutboxStore(ground.database), self.mail)
        self.projects = Projects(self.keys, self.agreements, self.peers, self.outbox, self.trail)
        self.contribution = Contribution(self.settings, self.keys, self.catalogue, self.models)

    def _make_workshop(self) -> None:
        """Where steps run."""
        self.preparation = Preparation(
            home=self.ground.home,
            settings=self.settings,
            identity=self.ground.identity,
            planner=self.planner,
            catalogue=self.catalogue,
            jobs=self.jobs,
            tasks=self.tasks,
            peers=self.peers,
        )
        self.workbench = Workbench(
            self.me,
            jobs=self.jobs,
            tasks=self.tasks,
            preparation=self.preparation,
            pool=self.ground.pool,
            switchboard=self.ground.switchboard,
            outbox=self.outbox,
            diary=self.diary,
            slots=self.settings.max_workers,
        )
        self.statements = Statements(self.keys, self.preparation)

    def _make_sides(self) -> None:
        """This node's two sides of jobs: taking part, and driving."""
        self.participant = Participant(
            me=self.me,
            jobs=self.jobs,
            rules=self.rules,
            projects=self.projects,
            planner=self.planner,
            contribution=self.contribution,
            keys=self.keys,
            outbox=self.outbox,
            workbench=self.workbench,
            diary=self.diary,
        )
        self.scheduler = Scheduler(
            settings=self.settings,
            jobs=self.jobs,
            tasks=self.tasks,
            planner=self.planner,
            contribution=self.contribution,
            projects=self.projects,
            keys=self.keys,
            courier=self.courier,
            outbox=self.outbox,
            workbench=self.workbench,
            diary=self.diary,
        )
        self.receipts = Receipts(self.jobs, self.keys, self.statements, self.diary)
        self.recovery = Recovery(self.me, self.jobs, self.tasks, self.workbench, self.scheduler)
        self.watch = Watch(
            jobs=self.jobs,
            participant=self.participant,
            courier=self.courier,
            contacts=self.contacts,
            diary=self.diary,
            silence_s=1.25 * self.settings.poll_s,
            give_up_s=self.settings.give_up_s,
        )

    def _make_faces(self) -> None:
        """What peers and the owner meet."""
        ground = self.ground
        self.examiner = Examiner(self.jobs, self.keys, self.receipts, self.preparation)
        self.results = Results(ground.home, self.preparation, self.jobs)
        self.forecasting = Forecasting(self.me, self.catalogue, self.peers, self.courier)
        self.schedules = Schedules(
            store=ScheduleStore(ground.database),
            jobs=self.jobs,
            scheduler=self.scheduler,
            forecasting=self.forecasting,
            trail=self.trail,
        )
        self.peering = Peering(
            settings=self.settings,
            keys=self.keys,
            peers=self.peers,
            invitations=self.invitations,
            caller=ground.caller,
            loop=ground.loop,
            outbox=self.outbox,
            trail=self.trail,
            address=ground.address,
        )
        self.doctor = Doctor(ground.home, self.settings, self.peers, self.peering, self.courier, ground.database)
        self.handlers = PeerHandlers(
            me=self.me,
            peering=self.peering,
            catalogue=self.catalogue,
            planner=self.planner,
            projects=self.projects,
            participant=self.participant,
            scheduler=self.scheduler,
            workbench=self.workbench,
            standing=Standing(self.me, self.jobs, self.tasks, self.statements),
            receipts=self.receipts,
            jobs=self.jobs,
            diary=self.diary,
            contacts=self.contacts,
        )

    def _spread(self, job_id: str) -> None:
        """A job's log has grown here: the initiator tells everybody, the others tell the initiator."""
        circle = self.jobs.circle(job_id)
        for party in circle.parties if circle.initiator == self.me else (circle.initiator,):
            if party != self.me:
                self.outbox.spread(party, job_id)

    def _mail_refused(self, row: OutboxRow, code: str) -> None:
        """A peer refused a message for good: the job that it belongs to cannot go on."""
        if row.job_id is None:
            return
        if row.path == JOB_APPLY.path:
            self.scheduler.end(row.job_id, JobState.REJECTED, Cause(row.peer, code), untold=(row.peer,))
        elif row.path == JOB_CONFIRM.path:
            self.participant.end(self.jobs.get(row.job_id), StopCause(party=row.peer, code=code))
