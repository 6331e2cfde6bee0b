"""Notices when the initiator of a running job falls silent, so that every party can show for whom it waits."""

from __future__ import annotations

from tacit.errors import PeerError, TacitError
from tacit.interconnect.endpoints import NODE_HEALTH
from tacit.interconnect.shapes import Empty, NodeHealth
from tacit.node.asking import code_of
from tacit.node.causes import Cause
from tacit.node.courier import Contacts, Courier
from tacit.node.database import JobRow
from tacit.node.diary import Diary
from tacit.node.participant import Participant
from tacit.node.stores.jobs import JobStore
from tacit.node.ticker import Ticker
from tacit.schema.states import JobState

TICK_S = 0.5


class Watch:
    """A thread at every node, over the jobs that others initiated. `silence_s`: when to ask "are you there?"."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        participant: Participant,
        courier: Courier,
        contacts: Contacts,
        diary: Diary,
        silence_s: float,
        give_up_s: float,
    ) -> None:
        self._jobs = jobs
        self._participant = participant
        self._courier = courier
        self._contacts = contacts
        self._diary = diary
        self._silence_s = silence_s
        self._give_up_s = give_up_s
        self._ticker = Ticker("watch")

    def start(self) -> None:
        self._ticker.start(self.look, TICK_S)

    def close(self) -> None:
        self._ticker.close()

    def look(self) -> None:
        """One round: ask the initiators that were silent for a while."""
        running = self._jobs.all((JobState.READY, JobState.RUNNING), limit=100_000)
        by_initiator: dict[str, list[JobRow]] = {}
        for job in running:
            if job.initiator != self._participant.me:
                by_initiator.setdefault(job.initiator, []).append(job)
        for initiator, jobs in by_initiator.items():
            self._look_at(initiator, jobs)

    def _look_at(self, initiator: str, jobs: list[JobRow]) -> None:
        silence = self._contacts.silent_for(initiator)
        code = self._ask(initiator) if silence > self._silence_s else None
        for job in jobs:
            waits = job.waiting is not None and job.waiting.get("party") == initiator
            if code is not None and silence > self._give_up_s:
                self._participant.end(job, Cause(initiator, code).told(retry=job.retry))
            elif code is not None and not waits:
                self._jobs.update(job.id, waiting={"party": initiator, "code": code})
                self._diary.write(job.id, "job.waiting", level="warning", peer=initiator, code=code)
            elif code is None and waits:
                self._jobs.update(job.id, waiting=None)
                self._diary.write(job.id, "job.resumed", peer=initiator)

    def _ask(self, initiator: str) -> str | None:
        """None if it answers, else why not."""
        try:
            self._courier.call(initiator, NODE_HEALTH, Empty(), NodeHealth)
        except TacitError as fault:
            return code_of(fault) if isinstance(fault, PeerError) else fault.code
        return None
