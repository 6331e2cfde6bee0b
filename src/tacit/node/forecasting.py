"""What a job will cost, from the sizes of its datasets as far as this node knows them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tacit.errors import TacitError
from tacit.flow import DatasetSize, forecast
from tacit.interconnect.endpoints import DATASET_LIST
from tacit.interconnect.shapes import DatasetList, DatasetPage
from tacit.node.blueprint import Blueprint
from tacit.node.catalogue import Catalogue
from tacit.node.courier import Courier
from tacit.node.stores.peers import PeerStore
from tacit.schema.job import JobAgreement
from tacit.schema.operator import Cost

Sizes = Mapping[str, Mapping[str, DatasetSize]]


@dataclass(slots=True)
class Forecasting:
    """Remembers the sizes that peers published."""

    me: str
    catalogue: Catalogue
    peers: PeerStore
    courier: Courier
    _published: dict[str, dict[str, DatasetSize]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, blueprint: Blueprint, *, ask: bool = False) -> dict[str, Any]:
        """Forecast as JSON; empty when a size is not known. `ask`: look at the peers' catalogues first."""
        sizes: dict[str, Mapping[str, DatasetSize]] = {
            self.me: {row.name: DatasetSize(row.rows, len(row.columns)) for row in self.catalogue.all()}
        }
        for party in blueprint.plan.parties:
            if party != self.me and blueprint.datasets_of(party):
                sizes[party] = self._of_peer(party, ask=ask)
        return as_document(blueprint, sizes)

    def _of_peer(self, party: str, *, ask: bool) -> Mapping[str, DatasetSize]:
        if ask:
            try:
                self.published(party)
            except TacitError:
                return {}
        with self._lock:
            return self._published.get(party, {})

    def published(self, party: str) -> DatasetPage:
        """The peer's published datasets. Raises PeerError, NotFoundError("peer.unknown")."""
        body = DatasetList(contract_id=self.peers.active(party).contract_id, page_size=-1)
        page = self.courier.call(party, DATASET_LIST, body, DatasetPage)
        sizes = {record.dataset_id: DatasetSize(record.count or 0, len(record.column_metas)) for record in page.records}
        with self._lock:
            self._published[party] = sizes
        return page


def of_agreement(blueprint: Blueprint, agreement: JobAgreement) -> dict[str, Any]:
    """With the sizes that all parties signed."""
    sizes = {
        party: {name: DatasetSize(facts.rows, facts.columns) for name, facts in signed.part.datasets.items()}
        for party, signed in agreement.parts.items()
    }
    return as_document(blueprint, sizes)


def as_document(blueprint: Blueprint, sizes: Sizes) -> dict[str, Any]:
    """Seconds, bytes and memory of the whole and of each step; empty when a size is missing."""
    try:
        found = forecast(blueprint.plan, sizes)
    except TacitError:
        return {}
    return {**_cost(found.total), "steps": {step: _cost(cost) for step, cost in found.steps.items()}}


def _cost(cost: Cost) -> dict[str, Any]:
    return {"seconds": cost.seconds, "bytes_sent": cost.bytes_sent, "memory_mb": cost.memory_mb}
