"""The workers of one organisation as Ray actors. The only place that knows Ray."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tacit.errors import ParameterError, ResourceError, from_dict
from tacit.protocols.psi.shards import MAX_SHARDS
from tacit.runtime.cluster_worker import Ports, Worker

START_S = 60.0  # for the cluster to start all workers
KNOCK_S = 10.0  # for its head to take a connection


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the workers of this side run.

    `address`: of a Ray cluster ("auto", "host:port"); None: a Ray of its own on this machine, for this run. A Ray that
    this process is connected to already is used as it is. `workers`: processes that run at the same time; the smaller
    number of the two sides counts. `cpus`: cores of each. `resources`: further Ray resources of each, for example to
    place workers on machines that the peer reaches. `host`: which address workers listen at; None: that of their
    machine. `ports`: first and last port that they may use, or any.
    """

    address: str | None = None
    workers: int = 2
    cpus: int = 1
    resources: Mapping[str, float] = field(default_factory=dict)
    host: str | None = None
    ports: Ports = None


class Crew:
    """The workers of this side, all alive until the end of the block. Told no more than a shard at a time."""

    def __init__(self, ray: Any, cluster: Cluster, count: int) -> None:
        self._ray, self._cluster, self._count = ray, cluster, count
        self.workers: list[Any] = []

    def __enter__(self) -> Crew:
        cluster = self._cluster
        options = {"num_cpus": cluster.cpus, "resources": dict(cluster.resources), "max_restarts": 0}
        remote = self._ray.remote(Worker).options(**options)
        self.workers = [remote.remote(cluster.cpus) for _ in range(self._count)]
        return self

    def __exit__(self, *_: object) -> None:
        self.dismiss()

    def dismiss(self) -> None:
        """End all workers; their lines break at once."""
        for worker in self.workers:
            with contextlib.suppress(Exception):  # one that has died, or a Ray that is gone
                self._ray.kill(worker, no_restart=True)
        self.workers = []

    def open(self, listens: bool) -> list[str]:
        """Wait until all are up → their addresses. Raises ResourceError cluster.too_few_workers, port.*."""
        cluster = self._cluster
        refs = [worker.open.remote(cluster.host, cluster.ports, listens) for worker in self.workers]
        up, missing = self._ray.wait(refs, num_returns=len(refs), timeout=START_S)
        if missing:
            raise ResourceError(
                "cluster.too_few_workers",
                "The cluster did not start all workers.",
                found=f"{len(up)} after {START_S:g} s",
                expected=str(len(refs)),
                hint="Ask for fewer workers, or add machines to the cluster.",
            )
        answers: list[tuple[str, dict[str, Any] | None]] = [self.get(ref) for ref in refs]
        for _, error in answers:
            if error is not None:
                raise from_dict(error)
        return [address for address, _ in answers]

    def put(self, value: Any) -> Any:
        """A reference to `value` in Ray's store, from which a worker on the same machine reads without a copy."""
        with self._losing():
            return self._ray.put(value)

    def first(self, refs: list[Any]) -> Any:
        """The reference of a call that has ended."""
        with self._losing():
            return self._ray.wait(refs, num_returns=1)[0][0]

    def ended(self, refs: list[Any], limit_s: float) -> list[Any]:
        """Those of `refs` that end within `limit_s` seconds."""
        with self._losing():
            found: list[Any] = self._ray.wait(refs, num_returns=len(refs), timeout=limit_s)[0]
            return found

    def get(self, ref: Any) -> Any:
        """The result of a call. Raises ResourceError cluster.worker_lost."""
        with self._losing():
            return self._ray.get(ref)

    @contextlib.contextmanager
    def _losing(self) -> Iterator[None]:
        try:
            yield
        except self._ray.exceptions.RayError as error:
            raise ResourceError(
                "cluster.worker_lost",
                "A worker of the cluster was lost.",
                found=type(error).__name__,
                hint="Look at the machines of the cluster, memory first; then run again.",
            ) from None


def check_workers(cluster: Cluster) -> None:
    """Raises ParameterError cluster.workers."""
    if not 1 <= cluster.workers <= MAX_SHARDS or cluster.cpus < 1:
        raise ParameterError(
            "cluster.workers",
            "This number of workers or of their cores is not possible.",
            found=f"{cluster.workers} workers with {cluster.cpus} cores",
            expected=f"1 to {MAX_SHARDS} workers, each with 1 core or more",
        )


@contextlib.contextmanager
def connected(cluster: Cluster) -> Iterator[Any]:
    """Ray, connected. What this started or connected to is left at the end.

    Raises ResourceError cluster.ray_missing, cluster.unreachable.
    """
    ray = _import_ray()
    if ray.is_initialized():
        yield ray
        return
    try:
        _knock(cluster.address)
        ray.init(**_init_options(cluster))
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise ResourceError(
            "cluster.unreachable",
            "The Ray cluster cannot be reached or started.",
            found=type(error).__name__,
            hint="Is it running at this address, with the same versions of Python and Ray?",
        ) from None
    try:
        yield ray
    finally:
        ray.shutdown()


def _knock(address: str | None) -> None:
    """Ray itself takes minutes to find that nobody listens at an address. Raises OSError, ValueError."""
    if address is not None and ":" in address:
        host, _, port = address.removeprefix("ray://").rpartition(":")
        socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK_S).close()


def _init_options(cluster: Cluster) -> dict[str, Any]:
    options = {"log_to_driver": False, "logging_level": logging.ERROR}
    if cluster.address is not None:
        return {**options, "address": cluster.address}
    resources = {name: amount * cluster.workers for name, amount in cluster.resources.items()}
    own = {"num_cpus": cluster.workers * cluster.cpus, "resources": resources, "include_dashboard": False}
    return {**options, **own, "address": "local"}


def _import_ray() -> Any:
    """Ray's usage reports to its makers are off unless the owner of the cluster asks for them."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise ResourceError(
            "cluster.ray_missing", "Ray is not installed here.", hint="Run: pip install 'tacit[ray]'."
        ) from None
    return ray
