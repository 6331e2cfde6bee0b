"""Makes the parts of a node and introduces them to each other. What belongs to the operating system is given."""

from __future__ import annotations

from dataclasses import dataclass

from tacit.channel.identity import NodeIdentity
from tacit.governance.inbox import Kind
from tacit.interconnect.caller import PeerCaller
from tacit.interconnect.endpoints import JOB_APPLY, JOB_CONFIRM, PROJECT_APPLY, PROJECT_CONFIRM
from tacit.interconnect.shapes import StopCause
from tacit.node.access.access import Access
from tacit.node.acting import NodeTrail
from tacit.node.activations import Activations
from tacit.node.applications import ApplicationDesk, Applications
from tacit.node.applying import Applying
from tacit.node.bell import Bell
from tacit.node.blueprint import Blueprint, Planner
from tacit.node.budget_book import BudgetBook
from tacit.node.catalogue import Catalogue
from tacit.node.causes import Cause
from tacit.node.connections import Connections
from tacit.node.contribution import Contribution
from tacit.node.courier import Contacts, Courier, LoopThread
from tacit.node.database import Database, JobRow, OutboxRow
from tacit.node.delegations import Delegations, roles_in
from tacit.node.derivation import Derivation
from tacit.node.desks import AgreementDesk, FlowDesk, GrantDesk, JobDesk, LabelDesk
from tacit.node.diary import Diary
from tacit.node.doctor import Doctor
from tacit.node.doors import NetworkDoor
from tacit.node.drafts import Drafts
from tacit.node.examiner import Examiner
from tacit.node.flow_approvals import FlowApprovals
from tacit.node.forecasting import Forecasting
from tacit.node.grants import Grants
from tacit.node.home import Home
from tacit.node.inbox import Inbox, PlainDesk
from tacit.node.keys import Keys
from tacit.node.labelling import Labelling
from tacit.node.labels import Labels
from tacit.node.mail import Mail
from tacit.node.master_keys import Keyring
from tacit.node.metering import Metering
from tacit.node.model_library import ModelLibrary, hash_of
from tacit.node.model_shelf import ModelShelf
from tacit.node.outbox import Outbox
from tacit.node.outside_acts import OutsideActs
from tacit.node.participant import Participant
from tacit.node.peer_handlers import PeerHandlers
from tacit.node.peer_operators import PeerOperators
from tacit.node.peer_products import PeerProducts
from tacit.node.peering import Peering
from tacit.node.policing import Policing
from tacit.node.policy_desk import PolicyDesk
from tacit.node.preparation import Preparation
from tacit.node.products import Products
from tacit.node.projects import Projects
from tacit.node.pulse import Pulse
from tacit.node.receipts import Receipts
from tacit.node.recovery import Recovery
from tacit.node.releases import Releases
from tacit.node.results import Results
from tacit.node.retention import Retention
from tacit.node.revocation import Revocation
from tacit.node.rulebook import Rulebook
from tacit.node.scheduler import Scheduler
from tacit.node.schedules import Schedules
from tacit.node.settings import Settings
from tacit.node.signoff import Signoff
from tacit.node.standing import Standing
from tacit.node.statements import Statements
from tacit.node.stores.access import UserStore
from tacit.node.stores.agreements import AgreementStore
from tacit.node.stores.audit import AuditTable
from tacit.node.stores.connections import ConnectionStore
from tacit.node.stores.datasets import DatasetStore
from tacit.node.stores.events import EventStore
from tacit.node.stores.flows import FlowDraftStore
from tacit.node.stores.grants import GrantStore
from tacit.node.stores.inbox import DelegationStore, InboxStore, StandingStore, UseStore
from tacit.node.stores.jobs import JobStore, TaskStore
from tacit.node.stores.labels import LabelStore
from tacit.node.stores.metering import UsageStore
from tacit.node.stores.models import ModelVersionStore
from tacit.node.stores.outbox import OutboxStore
from tacit.node.stores.peers import InvitationStore, PeerStore
from tacit.node.stores.policies import PolicyStore
from tacit.node.stores.portal import ApplicationStore, ProductStore
from tacit.node.stores.rules import RuleStore
from tacit.node.stores.schedules import ScheduleStore
from tacit.node.stores.vault import VaultStore
from tacit.node.vault import Vault
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
        self._make_rules()
        self._make_workshop()
        self._make_sides()
        self._make_inbox()
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
        self.bell, self.trail = Bell(), NodeTrail(self.audit)
        self.outside_acts = OutsideActs(ground.home.path, self.trail, self.audit)
        self.keys = Keys(self.me, ground.identity, self.peers)
        self.planner = Planner(all_specs())
        private = self.settings.http_private
        keyring = Keyring(ground.home.keys, self.settings.vault, self.settings.vault_before)
        self.vault = Vault(VaultStore(ground.database), keyring)
        self.connections = Connections(ConnectionStore(ground.database), self.vault, private=private)
        self.catalogue = Catalogue(DatasetStore(ground.database), self.connections, private=private)
        self.connections.datasets_of = self.catalogue.behind
        self.labels = Labels(
            LabelStore(ground.database),
            self.catalogue,
            self.trail,
            default_level=self.settings.default_level,
            local_alone=self.settings.local_may_sign_alone,
        )
        self.labelling = Labelling(
            self.labels, self.labels.store, self.catalogue, automatic=self.settings.scan_datasets
        )
        self.catalogue.tell = self.labelling.dataset_changed
        self.models = ModelShelf(ground.home.models)
        self.diary = Diary(self.me, self.events, self.trail, self.bell)
        self.mail = Mail(self.me, self.courier, self.jobs, self.events, self.diary)
        self.outbox = Outbox(OutboxStore(ground.database), self.mail)
        self.projects = Projects(self.keys, self.agreements, self.peers, self.outbox, self.trail)
        self.contribution = Contribution(self.settings, self.keys, self.catalogue, self.models)
        self.policing = Policing(
            settings=self.settings,
            store=PolicyStore(ground.database),
            book=BudgetBook(ground.database),
            catalogue=self.catalogue,
            models=self.models,
            planner=self.planner,
            trail=self.trail,
            labels=self.labels.of,
            purpose=lambda agreement: str(self.projects.in_force(agreement).document["purpose"]),
        )

    def _make_rules(self) -> None:
        """What decides without a person, and who may use which dataset."""
        database = self.ground.database
        self.uses = UseStore(database)
        self.derivation = Derivation(self.me, self.labels, self.planner, self.jobs)
        self.rulebook = Rulebook(
            me=self.me,
            settings=self.settings,
            rules=self.rules,
            standing=StandingStore(database),
            uses=self.uses,
            projects=self.projects,
            contribution=self.contribution,
            level_of=self.labels.level,
            model_level=self.derivation.saved,
        )
        self.grants = Grants(
            settings=self.settings,
            store=GrantStore(database),
            uses=self.uses,
            peers=self.peers,
            catalogue=self.catalogue,
            rulebook=self.rulebook,
            outbox=self.outbox,
            courier=self.courier,
            trail=self.trail,
        )

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
            models=self.models,
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
            policing=self.policing,
            slots=self.settings.max_workers,
        )
        self.statements = Statements(self.keys, self.preparation)

    def _make_sides(self) -> None:
        """This node's two sides of jobs: taking part, and driving."""
        self.participant = Participant(
            me=self.me,
            jobs=self.jobs,
            rulebook=self.rulebook,
            grants=self.grants,
            projects=self.projects,
            planner=self.planner,
            contribution=self.contribution,
            keys=self.keys,
            outbox=self.outbox,
            workbench=self.workbench,
            diary=self.diary,
            policing=self.policing,
            preparation=self.preparation,
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
            policing=self.policing,
            check_retry=self.participant.check_retry,
        )
        self.revocation = Revocation(
            me=self.me,
            jobs=self.jobs,
            scheduler=self.scheduler,
            participant=self.participant,
            planner=self.planner,
            projects=self.projects,
            contribution=self.contribution,
            keys=self.keys,
        )
        self.projects.changed.append(self.revocation.agreement_changed)
        self.revocation.checks.append(self._check_policy)
        self.labels.raised = self.revocation.recheck
        self.policy_desk = PolicyDesk(self.policing, self.jobs, self.revocation.recheck)
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

    def _make_inbox(self) -> None:
        """What waits for a person, and how it is decided."""
        database = self.ground.database
        self.inbox = Inbox(self.settings, InboxStore(database), self.trail, self.bell)
        self.delegations = Delegations(DelegationStore(database), self.trail, roles_in(UserStore(database)))
        self.signoff = Signoff(self.settings, self.inbox, self.delegations, self.trail)
        self.releases = Releases(self.jobs, self.tasks, self.planner, self.rulebook, self.inbox, self.signoff)
        self.flow_approvals = FlowApprovals(
            me=self.me,
            store=self.rulebook.standing,
            planner=self.planner,
            projects=self.projects,
            contribution=self.contribution,
            rulebook=self.rulebook,
            trail=self.trail,
        )
        store, rulebook = self.inbox.store, self.rulebook
        self.job_desk = JobDesk(self.me, self.jobs, self.planner, rulebook, self.participant, self.scheduler)
        self.inbox.register(self.job_desk)
        self.inbox.register(AgreementDesk(self.me, self.projects, rulebook, store))
        self.inbox.register(GrantDesk(self.grants))
        self.inbox.register(FlowDesk(self.flow_approvals))
        self.inbox.register(LabelDesk(self.labels, self.catalogue, store))
        self.inbox.register(PlainDesk(Kind.RESULT))
        self.activations = Activations(self.policy_desk, rulebook, self.inbox, self.signoff)
        self.inbox.register(PlainDesk(Kind.POLICY, self.activations.apply, hash_of=self.activations.hash_of))
        self._make_library()
        self.trail.followers.append(self.inbox.follow)
        self.rulebook.ask = lambda job_id: self.inbox.follow("job.asked", f"job:{job_id}")
        self.scheduler.held = self._is_held
        self.revocation.checks.append(self.grants.check)
        self.grants.revoked = self.revocation.recheck
        self.revocation.ends.append(self.grants.ran_out)

    def _make_library(self) -> None:
        """Which versions of models may be used."""
        self.model_library = ModelLibrary(
            shelf=self.models,
            store=ModelVersionStore(self.ground.database),
            trail=self.trail,
            jobs=self.jobs,
            inbox=self.inbox,
            signoff=self.signoff,
            level_of=self.derivation.saved,
        )
        self.models.check_usable = self.model_library.check_usable
        self.workbench.succeeded = self.model_library.saved
        self.inbox.register(PlainDesk(Kind.MODEL, self.model_library.released, hash_of=hash_of))

    def _is_held(self, row: JobRow, blueprint: Blueprint) -> bool:
        """Whether an own job needs a second person before it goes out."""
        if not self.signoff.needs_second(self.rulebook.level(blueprint)):
            return False
        return self.rulebook.stands_for(row, blueprint) is None

    def _make_faces(self) -> None:
        """What peers and the owner meet."""
        ground = self.ground
        self.access = Access(ground.database, self.settings, self.trail)
        self.examiner = Examiner(self.jobs, self.keys, self.receipts, self.preparation)
        self.results = Results(ground.home, self.preparation, self.jobs)
        self.retention = Retention(ground.home, self.jobs, self.policing, self.results)
        self.metering = Metering(
            self.me, UsageStore(ground.database), self.jobs, self.tasks, self.planner, self.agreements
        )
        self.drafts = Drafts(FlowDraftStore(ground.database), self.agreements, self.trail)
        self.forecasting = Forecasting(self.me, self.catalogue, self.peers, self.courier)
        self.peer_operators = PeerOperators(self.peers, self.courier)
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
            contacts=self.contacts,
            address=ground.address,
        )
        self.pulse = Pulse(self.peers, self.courier)
        self.peering.ended.append(self.contacts.forget)
        self.peering.ended.append(self.revocation.peer_ended)
        self.peering.ended.append(self.peer_operators.forget)
        self._make_portal()
        self.doctor = Doctor(ground.home, self.settings, self.peers, self.peering, self.courier, ground.database)
        self.handlers = PeerHandlers(
            me=self.me,
            peering=self.peering,
            catalogue=self.catalogue,
            applications=self.applications,
            applying=self.applying,
            products=self.products,
            grants=self.grants,
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

    def _make_portal(self) -> None:
        """How strangers become peers, and what peers can find here."""
        ground, store = self.ground, ApplicationStore(self.ground.database)
        self.applications = Applications(
            settings=self.settings,
            store=store,
            peers=self.peers,
            peering=self.peering,
            outbox=self.outbox,
            trail=self.trail,
        )
        self.inbox.register(ApplicationDesk(self.applications))
        self.applying = Applying(
            settings=self.settings,
            keys=self.keys,
            store=store,
            peers=self.peers,
            peering=self.peering,
            receiving=self.applications,
            door=NetworkDoor(ground.caller, ground.loop),
            trail=self.trail,
        )
        products = ProductStore(ground.database)
        self.products = Products(
            settings=self.settings,
            store=products,
            catalogue=self.catalogue,
            labels=self.labels,
            policing=self.policing,
            peers=self.peers,
            trail=self.trail,
        )
        self.peer_products = PeerProducts(self.me, products, self.peers, self.projects, self.courier, self.trail)
        self.peering.ended.append(self.peer_products.forget)

    def _check_policy(self, job: JobRow, blueprint: Blueprint) -> None:
        """An open job still keeps to the policies of this node."""
        self.policing.check_job(job, blueprint)

    def _spread(self, job_id: str) -> None:
        """A job's log has grown here: the initiator tells everybody, the others tell the initiator."""
        circle = self.jobs.circle(job_id)
        for party in circle.parties if circle.initiator == self.me else (circle.initiator,):
            if party != self.me:
                self.outbox.spread(party, job_id)

    def _mail_refused(self, row: OutboxRow, code: str) -> None:
        """A peer refused a message for good: the job or the negotiation that it belongs to cannot go on."""
        if row.path in (PROJECT_APPLY.path, PROJECT_CONFIRM.path):
            self.projects.refused(str(row.body["audit_id"]), row.peer, code)
        if row.job_id is None:
            return
        if row.path == JOB_APPLY.path:
            self.scheduler.end(row.job_id, JobState.REJECTED, Cause(row.peer, code), untold=(row.peer,))
        elif row.path == JOB_CONFIRM.path:
            self.participant.end(self.jobs.get(row.job_id), StopCause(party=row.peer, code=code))
