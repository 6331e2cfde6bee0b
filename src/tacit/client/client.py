"""`tacit.Client`: what a person can do at a node, as Python."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tacit.client.agreements import Negotiations
from tacit.client.applications import Applications
from tacit.client.connection import Connection
from tacit.client.connection import segment as _segment
from tacit.client.connections import Connections
from tacit.client.inbox import Delegations, Grants, Inbox, Standing
from tacit.client.labels import Labels
from tacit.client.people import ApiClients, People
from tacit.client.policies import Policies
from tacit.client.products import Products
from tacit.client.usage import Usage
from tacit.errors import PeerError, ResourceError

_ENDED = {"FINISHED", "REJECTED", "FAILED", "CANCELLED"}


class Client:
    """A node, seen from its own organisation.

    >>> client = Client()                                # the node in TACIT_HOME  # doctest: +SKIP
    >>> job = client.run("flow.yaml")                    # doctest: +SKIP
    >>> job.wait().receipt()                             # doctest: +SKIP
    """

    def __init__(self, home: str | Path | None = None, *, url: str | None = None, token: str | None = None) -> None:
        """Connect to the node of a folder on this machine, or to `url` with a `token` or API key.

        Without arguments, the environment may say both: TACIT_URL and TACIT_API_KEY.
        """
        url = url or (os.environ.get("TACIT_URL") if home is None else None)
        key = token or os.environ.get("TACIT_API_KEY") or ""
        self._node = Connection(url, key) if url else Connection.to_home(home)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._node.close()

    @property
    def people(self) -> People:
        """Users and sessions."""
        return People(self._node)

    @property
    def api_clients(self) -> ApiClients:
        """Programs with an API key."""
        return ApiClients(self._node)

    @property
    def negotiations(self) -> Negotiations:
        """Counter-offers, amendments, and how agreements came about."""
        return Negotiations(self._node)

    @property
    def usage(self) -> Usage:
        """What finished jobs used, and what it costs."""
        return Usage(self._node)

    @property
    def connections(self) -> Connections:
        """Named places of data outside of this node."""
        return Connections(self._node)

    @property
    def inbox(self) -> Inbox:
        """Everything that waits for a person."""
        return Inbox(self._node)

    @property
    def grants(self) -> Grants:
        """Datasets that a peer may use."""
        return Grants(self._node)

    @property
    def delegations(self) -> Delegations:
        """Who may decide in whose name."""
        return Delegations(self._node)

    @property
    def standing(self) -> Standing:
        """Flows that are approved once for many runs."""
        return Standing(self._node)

    @property
    def labels(self) -> Labels:
        """Classes and levels of this node's columns."""
        return Labels(self._node)

    @property
    def policies(self) -> Policies:
        """What this node allows with its datasets."""
        return Policies(self._node)

    @property
    def applications(self) -> Applications:
        """Nodes that want to be peers, and own applications elsewhere."""
        return Applications(self._node)

    @property
    def products(self) -> Products:
        """What owners offer to peers."""
        return Products(self._node)

    # -- this node -----------------------------------------------------------------------------------------------

    def node(self) -> dict[str, Any]:
        return _object(self._node.get("/node"))

    def doctor(self) -> dict[str, Any]:
        """{ok, checks: [...]}: this node and both directions of every peer."""
        return _object(self._node.request("GET", "/doctor", timeout=60.0))

    def operators(self) -> list[dict[str, Any]]:
        return self._node.items("/operators")

    def audit(
        self,
        after: int = 0,
        *,
        subject: str | None = None,
        actor: str | None = None,
        act: str | None = None,
        newest: int | None = None,
    ) -> list[dict[str, Any]]:
        """The audit trail, oldest first. `act`: whole, or its area ("job"); `newest`: so many of the newest, from the
        newest back."""
        wanted = {"after": after, "subject": subject, "actor": actor, "act": act}
        order = None if newest is None else "newest"
        return self._node.items("/audit", limit=newest, order=order, **wanted)

    # -- peers ---------------------------------------------------------------------------------------------------

    def invite(self, expires_in_s: int = 86400) -> str:
        """An invitation code: whoever accepts it becomes a peer. Use a channel you trust to hand it over."""
        return str(self._node.post("/invitations", {"expires_in_s": expires_in_s})["code"])

    def accept(self, code: str) -> dict[str, Any]:
        return _object(self._node.post("/invitations/accept", {"code": code}))

    def peers(self) -> list[dict[str, Any]]:
        return self._node.items("/peers")

    def ping(self, peer: str) -> dict[str, Any]:
        return _object(self._node.post(f"/peers/{_segment(peer)}/ping"))

    def remove_peer(self, peer: str) -> dict[str, Any]:
        return _object(self._node.delete(f"/peers/{_segment(peer)}"))

    def peer_datasets(self, peer: str) -> list[dict[str, Any]]:
        return self._node.items(f"/peers/{_segment(peer)}/datasets")

    # -- datasets and models ---------------------------------------------------------------------------------------

    def add_dataset(
        self,
        name: str,
        path: str | Path | None = None,
        *,
        format: str | None = None,
        options: Mapping[str, Any] | None = None,
        description: str = "",
        published: bool = True,
        connection: str | None = None,
        table: str | None = None,
        query: str | None = None,
        object: str | None = None,
    ) -> dict[str, Any]:
        """Of a path, or behind a `connection`: one of its tables, a query, or one of its files."""
        where = path if path is None or "://" in str(path) else str(Path(path).expanduser().absolute())
        given = {"path": where, "connection": connection, "table": table, "query": query, "object": object}
        body = {
            "name": name,
            "options": dict(options or {}),
            "description": description,
            "published": published,
            **{key: value for key, value in given.items() if value is not None},
        }
        if format:
            body["format"] = format
        return _object(self._node.post("/datasets", body))

    def datasets(self) -> list[dict[str, Any]]:
        return self._node.items("/datasets")

    def remove_dataset(self, name: str) -> dict[str, Any]:
        return _object(self._node.delete(f"/datasets/{_segment(name)}"))

    def refresh_dataset(self, name: str) -> dict[str, Any]:
        """Read a changed file again: new digest, new size."""
        return _object(self._node.post(f"/datasets/{_segment(name)}/refresh"))

    def models(self) -> list[dict[str, Any]]:
        return self._node.items("/models")

    def release_model(self, name: str, version: str) -> dict[str, Any]:
        """Put a version up for release; `state` and `item` of the answer tell whether others must agree first."""
        return dict(self._node.post(f"/models/{_segment(name)}/{_segment(version)}/release", {}))

    def retire_model(self, name: str, version: str) -> dict[str, Any]:
        """No step loads this version any more; this is not taken back."""
        return dict(self._node.post(f"/models/{_segment(name)}/{_segment(version)}/retire", {}))

    # -- flows and jobs --------------------------------------------------------------------------------------------

    def check(self, flow: FlowLike) -> dict[str, Any]:
        return _object(self._node.post("/flows/check", _flow_body(flow)))

    def explain(self, flow: FlowLike) -> dict[str, Any]:
        return _object(self._node.post("/flows/explain", _flow_body(flow)))

    def run(self, flow: FlowLike, *, agreement: str | None = None, name: str | None = None) -> Job:
        """Propose a job to all parties of the flow. It starts when every owner has approved."""
        body = _flow_body(flow) | {k: v for k, v in (("agreement", agreement), ("name", name)) if v is not None}
        return Job(self._node, _object(self._node.post("/jobs", body)))

    def job(self, job_id: str) -> Job:
        return Job(self._node, _object(self._node.get(f"/jobs/{_segment(job_id)}")))

    def jobs(
        self, *, state: str | None = None, waiting_for_me: bool | None = None, limit: int | None = 100
    ) -> list[dict[str, Any]]:
        """The newest first; None: all of them."""
        waiting = None if waiting_for_me is None else str(waiting_for_me).lower()
        return self._node.items("/jobs", limit=limit, state=state, waiting_for_me=waiting)

    # -- schedules -------------------------------------------------------------------------------------------------

    def schedule(
        self,
        flow: FlowLike,
        *,
        cron: str,
        name: str | None = None,
        timezone: str = "UTC",
        agreement: str | None = None,
    ) -> dict[str, Any]:
        """Submit a flow at set times: `cron` is minute, hour, day of month, month, day of week in `timezone`."""
        given = {"cron": cron, "timezone": timezone, "name": name, "agreement": agreement}
        body = _flow_body(flow) | {key: value for key, value in given.items() if value is not None}
        return _object(self._node.post("/schedules", body))

    def schedules(self) -> list[dict[str, Any]]:
        """When each is due next (`next_at`), and how its last run came out (`last`)."""
        return self._node.items("/schedules")

    def unschedule(self, name: str) -> None:
        self._node.delete(f"/schedules/{_segment(name)}")

    def pause_schedule(self, name: str) -> dict[str, Any]:
        return _object(self._node.post(f"/schedules/{_segment(name)}/pause"))

    def resume_schedule(self, name: str) -> dict[str, Any]:
        return _object(self._node.post(f"/schedules/{_segment(name)}/resume"))

    # -- rules and agreements --------------------------------------------------------------------------------------

    def rules(self) -> list[dict[str, Any]]:
        return self._node.items("/rules")

    def add_rule(self, **conditions: Any) -> dict[str, Any]:
        """Approve by itself what matches all given conditions: initiators, operators, datasets, agreement, max_rows."""
        return _object(self._node.post("/rules", conditions))

    def explain_rules(self, **asked: Any) -> dict[str, Any]:
        """Which rule would approve, or what each one does not cover. `asked`: job, or flow, initiator, agreement."""
        return _object(self._node.post("/rules/explain", asked))

    def remove_rule(self, rule_id: str) -> None:
        self._node.delete(f"/rules/{_segment(rule_id)}")

    def agreements(self) -> list[dict[str, Any]]:
        return self._node.items("/agreements")

    def propose_agreement(
        self,
        name: str,
        *,
        purpose: str,
        members: list[str],
        datasets: Mapping[str, list[str]],
        valid_until: str,
        **terms: Any,
    ) -> dict[str, Any]:
        """`terms`: operators, valid_from, limits, initiators, profiles, prices, revenue."""
        body = terms | {
            "name": name,
            "purpose": purpose,
            "members": members,
            "datasets": dict(datasets),
            "valid_until": valid_until,
        }
        return _object(self._node.post("/agreements", body))

    def decide_agreement(self, agreement_id: str, decision: str) -> dict[str, Any]:
        """decision: approve, reject or terminate."""
        return _object(self._node.post(f"/agreements/{_segment(agreement_id)}/{decision}"))


def connect(url: str, *, key: str) -> Client:
    """A node at `url`, as the API client whose `key` that is."""
    return Client(url=url, token=key)


class Job:
    """One run of a flow, seen from this node. `record` is the newest known state."""

    def __init__(self, node: Connection, record: dict[str, Any]) -> None:
        self._node = node
        self.record = record

    @property
    def id(self) -> str:
        return str(self.record["id"])

    @property
    def state(self) -> str:
        return str(self.record["state"])

    @property
    def ended(self) -> bool:
        return self.state in _ENDED

    def refresh(self) -> Job:
        self.record = _object(self._node.get(self._path()))
        return self

    def wait(self, timeout_s: float | None = None) -> Job:
        """Wait for the end. Raises ResourceError("job.still_running") when the time is over."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not self.refresh().ended:
            left = 20.0 if deadline is None else min(20.0, deadline - time.monotonic())
            if left <= 0:
                raise ResourceError(
                    "job.still_running", f"The job has not ended after {timeout_s:.0f} s.", found=self.state
                )
            self._node.request("GET", self._path("/wait"), params={"timeout_s": left}, timeout=left + 10)
        return self

    def watch(self, after: int = 0) -> Iterator[tuple[str, dict[str, Any]]]:
        """("log", event), ("state", summary) and ("progress", steps that run here) as they happen, until the job has
        ended; survives a node restart."""
        lost_since: float | None = None
        while True:
            try:
                for name, data in self._node.events(self._path("/events"), after=after):
                    lost_since = None
                    after = max(after, int(data.get("number", 0))) if name == "log" else after
                    yield name, data
                if self.refresh().ended:
                    return
            except PeerError:
                lost_since = lost_since or time.monotonic()
                if time.monotonic() - lost_since > 30:
                    raise
                time.sleep(0.5)

    def approve(self, *, flow_hash: str | None = None) -> Job:
        return self._act("approve", {"flow_hash": flow_hash} if flow_hash else {})

    def reject(self, reason: str = "") -> Job:
        return self._act("reject", {"reason": reason})

    def cancel(self, reason: str = "") -> Job:
        return self._act("cancel", {"reason": reason})

    def retry(self, reason: str = "") -> Job:
        """Go on after a failure, at the initiator: steps that are done stay done, the others run again.

        Raises what the node says: InputError("job.not_retriable"), RefusedError("job.retry_expired", "policy.…").
        """
        return self._act("retry", {"reason": reason})

    def log(self, after: int = 0) -> list[dict[str, Any]]:
        return self._node.items(self._path("/log"), after=after)

    def results(self) -> list[dict[str, Any]]:
        return self._node.items(self._path("/results"))

    def document(self, step: str, port: str) -> dict[str, Any]:
        """A report of this job, as JSON."""
        return _object(self._node.get(self._path(f"/results/{_segment(step)}/{_segment(port)}")))

    def table(self, step: str, port: str) -> Any:
        """A table of this job, as a pyarrow.Table."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        content = self._node.content(self._path(f"/results/{_segment(step)}/{_segment(port)}"), format="parquet")
        return pq.read_table(pa.BufferReader(content))

    def content(self, step: str, port: str, format: str) -> bytes:
        return self._node.content(self._path(f"/results/{_segment(step)}/{_segment(port)}"), format=format)

    def receipt(self) -> dict[str, Any]:
        return _object(self._node.get(self._path("/receipt")))

    def verify(self) -> dict[str, Any]:
        """{ok, checks}: every signature and digest of the receipt, checked by this node."""
        return _object(self._node.post(self._path("/receipt/verify")))

    def _act(self, verb: str, body: dict[str, Any]) -> Job:
        self.record = _object(self._node.post(self._path(f"/{verb}"), body))
        return self

    def _path(self, below: str = "") -> str:
        return f"/jobs/{_segment(self.id)}{below}"


FlowLike = str | Path | Mapping[str, Any]


def _flow_body(flow: FlowLike) -> dict[str, Any]:
    """A mapping is the document; a path or the text of one is read at the node, which reports lines."""
    if isinstance(flow, Mapping):
        return {"flow": dict(flow)}
    if isinstance(flow, Path) or "\n" not in flow:
        from tacit.errors import NotFoundError

        try:
            return {"text": Path(flow).read_text(encoding="utf-8")}
        except (OSError, UnicodeDecodeError) as error:
            found = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise NotFoundError("flow.not_found", f"The flow document {flow} cannot be read.", found=found) from None
    return {"text": flow}


def _object(answer: Any) -> dict[str, Any]:
    return answer if isinstance(answer, dict) else {}
