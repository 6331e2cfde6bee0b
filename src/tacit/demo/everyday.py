"""What nodes have besides the story: columns with levels, personal data that a scan found, an offer, a grant."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from tacit.client.client import Client
from tacit.client.language import language
from tacit.demo.contacts import DATASET, make_contacts
from tacit.demo.nodes import DemoNodes
from tacit.demo.tables import Scenario
from tacit.errors import ResourceError
from tacit.schema.text import Text

CONFIRMED = ("resident_id", "mobile")  # the other findings wait for whoever looks at them
GRANT_DAYS = 12
_ABOUT = Text("虚构的人员，仅用于演示", "People who do not exist, for the demo")
_SCAN_LIMIT_S = 60.0
_LOOK_S = 0.05
_LEVEL = 3  # the highest that one person may decide on alone
_WHY = Text("演示：公开或生成的数据，不涉及真实的人", "demo: public or generated data, of no real person")


def furnish(scenario: Scenario, nodes: DemoNodes, tables: dict[str, pa.Table]) -> None:
    """By the same calls that people make; at both nodes at once, so that nobody waits longer for the demo."""
    keys = tables[scenario.label_party].column(scenario.key).to_pylist()
    with ThreadPoolExecutor() as pool:
        at_owner = pool.submit(_furnish_owner, scenario, nodes.clients[scenario.label_party], nodes.folder, keys)
        at_partner = pool.submit(_furnish_partner, scenario, nodes.clients[scenario.feature_party])
    at_owner.result()
    at_partner.result()


def _furnish_owner(scenario: Scenario, owner: Client, folder: Path, keys: list[str]) -> None:
    _add_contacts(owner, folder, scenario.key, keys)
    _settle(owner, scenario.datasets[scenario.label_party], scenario)
    _await_scan(owner, DATASET)
    owner.labels.confirm(DATASET, CONFIRMED, _WHY.as_dict()[language()])


def _furnish_partner(scenario: Scenario, partner: Client) -> None:
    dataset = scenario.datasets[scenario.feature_party]
    _settle(partner, dataset, scenario)
    partner.products.draft(**_offer(scenario, dataset), publish=True)
    _grant(partner, scenario.label_party, dataset)


def _add_contacts(owner: Client, folder: Path, key: str, keys: list[str]) -> None:
    """Kept to the organisation itself: partners are not told that there is such a table."""
    path = folder / "data" / f"{DATASET}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.csv.write_csv(make_contacts(key, keys), path)
    owner.add_dataset(DATASET, path, description=_ABOUT.as_dict()[language()], published=False)


def _settle(client: Client, dataset: str, scenario: Scenario) -> None:
    """One person could not decide on columns of level 4, and some columns have names that look like it."""
    _await_scan(client, dataset)
    kinds = {scenario.key: "personal.other"}
    columns = [label["column"] for label in client.labels.of(dataset)]
    wishes = {
        name: {"level": _LEVEL, "klass": kinds.get(name, scenario.klass), "reason": _WHY.as_dict()[language()]}
        for name in columns
    }
    client.labels.set_all(dataset, wishes)


def _await_scan(client: Client, dataset: str) -> None:
    """Every dataset is scanned when it is registered."""
    end = time.monotonic() + _SCAN_LIMIT_S
    while client.labels.last_scan(dataset)["state"] == "running":
        if time.monotonic() > end:
            raise ResourceError("demo.too_slow", "A table of the demo was not scanned in time.", found=dataset)
        time.sleep(_LOOK_S)


def _offer(scenario: Scenario, dataset: str) -> dict[str, Any]:
    """A data product at a price."""
    return {
        "name": scenario.offer.name,
        "title": scenario.offer.title.as_dict(),
        "description": scenario.offer.description.as_dict(),
        "theme": list(scenario.offer.theme),
        "datasets": [dataset],
        "contact_point": f"{scenario.feature_party}, data office",
        "accrual_periodicity": "monthly",
        "terms": {"prices": [{"amount": "120", "currency": "CNY", "unit": "job"}], "owner_share": "1"},
    }


def _grant(partner: Client, peer: str, dataset: str) -> None:
    """A pilot that ends soon, so that somebody has to think of what comes after."""
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=GRANT_DAYS)
    partner.grants.give(peer, dataset, purpose="pilot", until=until.isoformat(timespec="seconds"))
