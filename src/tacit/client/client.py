"""`tacit.Client`: what a person can do at a node, as Python."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote as _percent

from tacit.client.connection import Connection
from tacit.errors import ParameterError, PeerError, ResourceError

_ENDED = {"FINISHED", "REJECTED", "FAILED", "CANCELLED"}


class Client:
    """A node, seen from its own organisation.

    >>> client = Client()                                # the node in TACIT_HOME  # doctest: +SKIP
    >>> job = client.run("flow.yaml")                    # doctest: +SKIP
    >>> job.wait().receipt()                             # doctest: +SKIP
    """

    def __init__(self, home: str | Path | None = None, *, url: str | None = None, token: str | None = None) -> None:
        """Connect to the node of a folder on this machine, or to `url` with an API `token`."""
        self._node = Connection(url, token or "") if url else Connection.to_home(home)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._node.close()

    # -- this node -----------------------------------------------------------------------------------------------

    def node(self) -> dict[str, Any]:
        return _object(self._node.get("/node"))

    def doctor(self) -> dict[str, Any]:
        """{ok, checks: [...]}: this node and both directions of every peer."""
        return _object(self._node.request("GET", "/doctor", timeout=60.0))

    def operators(self) -> list[dict[str, Any]]:
        return _items(self._node.get("/operators"))

    def audit(self, after: int = 0) -> list[dict[str, Any]]:
        return _items(self._node.get("/audit", after=after))

    # -- peers ---------------------------------------------------------------------------------------------------

    def invite(self, expires_in_s: int = 86400) -> str:
        """An invitation code: whoever accepts it becomes a peer. Use a channel you trust to hand it over."""
        return str(self._node.post("/invitations", {"expires_in_s": expires_in_s})["code"])

    def accept(self, code: str) -> dict[str, Any]:
        return _object(self._node.post("/invitations/accept", {"code": code}))

    def peers(self) -> list[dict[str, Any]]:
        return _items(self._node.get("/peers"))

    def ping(self, peer: str) -> dict[str, Any]:
        return _object(self._node.post(f"/peers/{_segment(peer)}/ping"))

    def remove_peer(self, peer: str) -> dict[str, Any]:
        return _object(self._node.delete(f"/peers/{_segment(peer)}"))

    def peer_datasets(self, peer: str) -> list[dict[str, Any]]:
        return _items(self._node.get(f"/peers/{_segment(peer)}/datasets"))

    # -- datasets and models ---------------------------------------------------------------------------------------

    def add_dataset(
        self,
        name: str,
        path: str | Path,
        *,
        format: str | None = None,
        options: Mapping[str, Any] | None = None,
        description: str = "",
        published: bool = True,
    ) -> dict[str, Any]:
        body = {
            "name": name,
            "path": path if "://" in str(path) else str(Path(path).expanduser().absolute()),
            "options": dict(options or {}),
            "description": description,
            "published": published,
        }
        if format:
            body["format"] = format
        return _object(self._node.post("/datasets", body))

    def datasets(self) -> list[dict[str, Any]]:
        return _items(self._node.get("/datasets"))

    def remove_dataset(self, name: str) -> dict[str, Any]:
        return _object(self._node.delete(f"/datasets/{_segment(name)}"))

    def refresh_dataset(self, name: str) -> dict[str, Any]:
        """Read a changed file again: new digest, new size."""
        return _object(self._node.post(f"/datasets/{_segment(name)}/refresh"))

    def models(self) -> list[dict[str, Any]]:
        return _items(self._node.get("/models"))

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

    def jobs(self, *, state: str | None = None, waiting_for_me: bool | None = None) -> list[dict[str, Any]]:
        waiting = None if waiting_for_me is None else str(waiting_for_me).lower()
        return _items(self._node.get("/jobs", state=state, waiting_for_me=waiting))

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
        return _items(self._node.get("/schedules"))

    def unschedule(self, name: str) -> None:
        self._node.delete(f"/schedules/{_segment(name)}")

    def pause_schedule(self, name: str) -> dict[str, Any]:
        return _object(self._node.post(f"/schedules/{_segment(name)}/pause"))

    def resume_schedule(self, name: str) -> dict[str, Any]:
        return _object(self._node.post(f"/schedules/{_segment(name)}/resume"))

    # -- rules and agreements --------------------------------------------------------------------------------------

    def rules(self) -> list[dict[str, Any]]:
        return _items(self._node.get("/rules"))

    def add_rule(self, **conditions: Any) -> dict[str, Any]:
        """Approve by itself what matches all given conditions: initiators, operators, datasets, agreement, max_rows."""
        return _object(self._node.post("/rules", conditions))

    def remove_rule(self, rule_id: str) -> None:
        self._node.delete(f"/rules/{_segment(rule_id)}")

    def agreements(self) -> list[dict[str, Any]]:
        return _items(self._node.get("/agreements"))

    def propose_agreement(
        self, name: str, *, purpose: str, members: list[str], datasets: Mapping[str, list[str]], valid_until: str
    ) -> dict[str, Any]:
        body = {
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
        """("log", event) and ("state", summary) as they happen, until the job has ended; survives a node restart."""
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

    def log(self, after: int = 0) -> list[dict[str, Any]]:
        return _items(self._node.get(self._path("/log"), after=after))

    def results(self) -> list[dict[str, Any]]:
        return _items(self._node.get(self._path("/results")))

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


def _segment(name: str) -> str:
    """A name as one segment of a path, whatever is in it: none may lead to another resource."""
    if name in ("", ".", ".."):
        raise ParameterError("command.bad_name", "This cannot be a name.", found=repr(name))
    return _percent(name, safe="")


def _object(answer: Any) -> dict[str, Any]:
    return answer if isinstance(answer, dict) else {}


def _items(answer: Any) -> list[dict[str, Any]]:
    return list(_object(answer).get("items", []))
