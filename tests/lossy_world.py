"""A small world with a bad network: calls are lost, doubled, come late, and answers get lost, as a seed says.

Threads run as they like; which call meets which fate follows from the seed, the line and the number of the call on it.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from small_world import FakePool, HandCourier, SmallWorld
from tacit.errors import PeerError, TacitError
from tacit.interconnect.endpoints import Endpoint
from tacit.node.wiring import Parts

LOSS = DOUBLE = 0.3
LATE_S = 0.3


class LossyCourier(HandCourier):
    """Loses 30 % of the calls and 30 % of the answers, doubles 30 %, and repeats some of them later."""

    def __init__(self, me: str, world: LossyWorld) -> None:
        super().__init__(me, world)
        self._lossy = world
        self._count: Counter[tuple[str, str]] = Counter()
        self._guard = threading.Lock()

    def call(self, party: str, endpoint: Endpoint, body: BaseModel, answer: type[Any]) -> Any:
        if party == self._me or self._lossy.calm:
            return super().call(party, endpoint, body, answer)
        with self._guard:
            self._count[party, endpoint.handler] += 1
            number = self._count[party, endpoint.handler]
        dice = random.Random(f"{self._lossy.seed} {self._me} {party} {endpoint.handler} {number}")
        if dice.random() < LOSS:
            raise PeerError("peer.unreachable", "The call was lost.")
        if dice.random() < DOUBLE:
            self._again(party, endpoint, body, answer)
        if dice.random() < DOUBLE:
            late = threading.Timer(dice.uniform(0, LATE_S), self._again, (party, endpoint, body, answer))
            late.daemon = True
            late.start()
        result = super().call(party, endpoint, body, answer)
        if dice.random() < LOSS:
            raise PeerError("peer.unreachable", "The answer was lost.")
        return result

    def _again(self, party: str, endpoint: Endpoint, body: BaseModel, answer: type[Any]) -> None:
        """The same call once more; nobody reads the answer."""
        try:
            super().call(party, endpoint, body, answer)
        except TacitError:
            pass
        except Exception:
            if not self._lossy.closing:
                raise


class LossyWorld(SmallWorld):
    """`calm`: the network is good again. `history`: every start of a worker: node, job, step, attempt."""

    def __init__(self, folder: Path, names: tuple[str, ...], seed: int) -> None:
        self.seed, self.calm, self.closing = seed, True, False
        self.history: list[tuple[str, str, str, int]] = []
        super().__init__(folder, names)

    def boot(self, name: str) -> Parts:
        parts = super().boot(name)
        courier = LossyCourier(name, self)
        parts.courier = courier
        for holder in (parts.mail, parts.scheduler, parts.watch, parts.forecasting):
            for attribute in ("courier", "_courier"):
                if hasattr(holder, attribute):
                    object.__setattr__(holder, attribute, courier)
        self._record(name, self.pools[name])
        return parts

    def _record(self, name: str, pool: FakePool) -> None:
        start = pool.start

        def recorded(task: Any, on_event: Any) -> Any:
            self.history.append((name, task.job_id, task.step, task.attempt))
            return start(task, on_event)

        pool.start = recorded  # type: ignore[method-assign]

    def close(self) -> None:
        self.closing = True
        super().close()
