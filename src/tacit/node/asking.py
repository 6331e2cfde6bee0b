"""Asks the parties of a job, with patience: a party that cannot be reached is waited for, visibly to all."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, wait
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from tacit.errors import PeerError, TacitError
from tacit.interconnect.endpoints import Endpoint
from tacit.node.causes import Cause, may_pass

if TYPE_CHECKING:
    from tacit.node.scheduler import Scheduler

A = TypeVar("A", bound=BaseModel)
T = TypeVar("T")
_BACKOFF_S = (0.2, 0.4, 0.8, 1.5)


class Ended(Exception):
    """The job ended meanwhile, or the node stops: nothing more to do."""


class Broken(Exception):
    """The job cannot go on."""

    def __init__(self, cause: Cause, error: TacitError | None = None) -> None:
        super().__init__(cause.code)
        self.cause = cause
        self.error = error


class Asking:
    """For one job. Threads: the driver's and those of the scheduler's pool."""

    def __init__(self, job_id: str, retry: int, scheduler: Scheduler, closed: threading.Event) -> None:
        self._id = job_id
        self._retry = retry
        self._s = scheduler
        self._closed = closed
        self._lock = threading.Lock()
        self._silent: dict[str, float] = {}  # party -> since when
        self._given_up = threading.Event()

    def one(self, party: str, endpoint: Endpoint, body: BaseModel, answer: type[A]) -> A:
        """Ask until there is an answer. Raises Broken, Ended."""
        tries = 0
        while True:
            self.check_open()
            try:
                result = self._s.courier.call(party, endpoint, body, answer)
            except PeerError as fault:
                code = code_of(fault)
                if not is_silence(fault):
                    raise Broken(Cause(party, code), fault) from fault
                self.misses(party, code)
                self.check_patience()
            except TacitError as fault:
                raise Broken(Cause(party, fault.code), fault) from fault
            else:
                self.hears(party)
                return result
            self._closed.wait(_BACKOFF_S[min(tries, len(_BACKOFF_S) - 1)] * random.uniform(0.8, 1.2))  # noqa: S311
            tries += 1

    def all(self, parties: Iterable[str], ask: Callable[[str], T]) -> dict[str, T]:
        """Ask several parties at once. The first failure ends the others' waiting."""
        futures = {party: self._s.calls.submit(ask, party) for party in parties}
        if futures:
            wait(futures.values(), return_when=FIRST_EXCEPTION)
        broken = [error for future in futures.values() if future.done() and (error := future.exception())]
        if broken:
            self._given_up.set()
            raise next((error for error in broken if not isinstance(error, Ended)), broken[0])
        return {party: future.result() for party, future in futures.items()}

    def check_open(self) -> None:
        """Raises Ended."""
        ended = self._closed.is_set() or self._given_up.is_set()
        if ended or not self._s.jobs.is_open(self._id, self._retry):
            raise Ended

    def misses(self, party: str, code: str) -> None:
        """Note that a party does not answer; the first time, tell everybody."""
        with self._lock:
            first = party not in self._silent
            self._silent.setdefault(party, time.monotonic())
        if first and self._s.jobs.is_open(self._id, self._retry):
            self._s.jobs.update(self._id, waiting={"party": party, "code": code})
            self._s.diary.write(self._id, "job.waiting", level="warning", peer=party, code=code)

    def hears(self, party: str) -> None:
        """Note that a party answers; after a silence, tell everybody."""
        with self._lock:
            back = self._silent.pop(party, None) is not None
            still = next(iter(self._silent), None)
        if back and self._s.jobs.is_open(self._id, self._retry):
            waiting = None if still is None else {"party": still, "code": "peer.unreachable"}
            self._s.jobs.update(self._id, waiting=waiting)
            self._s.diary.write(self._id, "job.resumed", peer=party)

    def check_patience(self) -> None:
        """Raises Broken when a party has been silent for too long."""
        with self._lock:
            silent = dict(self._silent)
        for party, since in silent.items():
            if time.monotonic() - since > self._s.settings.give_up_s:
                raise Broken(Cause(party, "peer.unreachable"))

    def is_silent(self, party: str) -> bool:
        with self._lock:
            return party in self._silent


def code_of(error: PeerError) -> str:
    """The peer's own code where it answered, else ours."""
    return error.found if error.code == "peer.refused" and error.found else error.code


def is_silence(error: PeerError) -> bool:
    """Nobody there, or not in a state to answer: worth waiting."""
    return may_pass(code_of(error))
