"""Looks for what could go wrong: this machine, this node, and the way to every peer and back."""

from __future__ import annotations

import os
import resource
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import text

from tacit import __version__, kernel
from tacit.errors import PeerError, TacitError
from tacit.interconnect.shapes import Empty
from tacit.node.asking import code_of
from tacit.node.courier import Courier
from tacit.node.database import Database, PeerRow
from tacit.node.home import Home
from tacit.node.notices import CALL_BACK, Echo
from tacit.node.peering import Health, Peering
from tacit.node.settings import Settings
from tacit.node.stores.peers import PeerStore
from tacit.schema.text import Text

GOOD_SKEW_S = 5.0
LOW_DISK_MB = 2_000
_PEERS_AT_ONCE = 8
_LOWER = Text(
    "请在 node.toml 中调低 max_workers 或 worker_memory_mb。", "Lower max_workers or worker_memory_mb in node.toml."
)
_UPDATE = Text(
    "版本不同，算子也可能不同；请升级较旧的节点。",
    "Different versions may have different operators; update the older node.",
)
_log = structlog.get_logger("doctor")


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `subject`: the peer that it is about. What is the same in every language, or only known in English,
    is a `str`."""

    id: str
    status: str  # ok | warning | error
    text: Text
    subject: str | None = None
    found: Text | str | None = None
    expected: Text | str | None = None
    hint: Text | str | None = None

    def as_dict(self) -> dict[str, Any]:
        told = {"found": self.found, "expected": self.expected, "hint": self.hint}
        return {
            "id": self.id,
            "subject": self.subject,
            "status": self.status,
            "text": self.text.as_dict(),
            **{name: each.en if isinstance(each, Text) else each for name, each in told.items()},
            "words": {name: each.as_dict() if isinstance(each, Text) else None for name, each in told.items()},
        }


@dataclass(frozen=True, slots=True)
class Doctor:
    """Changes nothing."""

    home: Home
    settings: Settings
    peers: PeerStore
    peering: Peering
    courier: Courier
    database: Database

    def examine(self) -> list[Check]:
        """All checks; those of peers side by side."""
        checks = [_cpu(), self._disk(), self._memory(), self._database(), self._port(), _versions()]
        active = [peer for peer in self.peers.all() if peer.state == "APPROVED"]
        with ThreadPoolExecutor(_PEERS_AT_ONCE, "doctor") as threads:
            for found in threads.map(self._peer, active):
                checks += found
        return checks

    def _disk(self) -> Check:
        free = shutil.disk_usage(self.home.path).free // 10**6
        low = free < LOW_DISK_MB
        return Check(
            "disk",
            "warning" if low else "ok",
            Text("节点文件夹所在磁盘的剩余空间", "Free space on the disk of the node's folder"),
            found=f"{free} MB",
            expected=Text(f"至少 {LOW_DISK_MB} MB", f"at least {LOW_DISK_MB} MB"),
            hint=Text("请删除旧任务的结果。", "Delete the results of old jobs.") if low else None,
        )

    def _memory(self) -> Check:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
        total = pages * size // 10**6
        wanted = self.settings.worker_memory_mb * self.settings.max_workers
        limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
        tight = wanted > total or (limit != resource.RLIM_INFINITY and limit < self.settings.worker_memory_mb << 20)
        return Check(
            "memory",
            "warning" if tight else "ok",
            Text("所有工作进程达到内存上限时的总需求", "Memory if all workers reach their limits"),
            found=Text(f"{wanted} MB，本机共 {total} MB", f"{wanted} MB of {total} MB"),
            expected=Text("不超过本机内存", "no more than the machine has"),
            hint=_LOWER if tight else None,
        )

    def _database(self) -> Check:
        try:
            with self.database.read() as session:
                session.execute(text("SELECT 1"))
        except Exception as fault:
            _log.warning("doctor.database", reason=type(fault).__name__)
            return Check("database", "error", Text("数据库无法读取", "The database cannot be read"))
        return Check("database", "ok", Text("数据库可用", "The database answers"))

    def _port(self) -> Check:
        """Whether this node's own public address leads somewhere; that it leads here, peers tell."""
        host, _, port = self.peering.address.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=2.0).close()
        except OSError as fault:
            return Check(
                "ports",
                "warning",
                Text("从本机无法连接到节点的对外地址", "This node's public address cannot be reached from here"),
                found=f"{self.peering.address} ({type(fault).__name__})",
                hint=Text(
                    "若合作方能够访问则无妨；否则请检查 node.toml 中的 peer_address 和防火墙。",
                    "If peers reach it, all is well; else check peer_address in node.toml and the firewall.",
                ),
            )
        return Check(
            "ports", "ok", Text("节点的对外地址可连接", "The public address answers"), found=self.peering.address
        )

    # -- peers -----------------------------------------------------------------------------------------------

    def _peer(self, peer: PeerRow) -> list[Check]:
        health = self.peering.ping(peer.name)
        if health.error is not None:
            return [_way("peer.out", peer.name, health.error)]
        checks = [
            Check(
                "peer.out",
                "ok",
                Text(f"可以连接 {peer.name}", f"{peer.name} can be reached"),
                subject=peer.name,
                found=f"{(health.seconds or 0) * 1000:.0f} ms",
            ),
            self._way_back(peer.name),
            _clock(peer.name, health),
            _version(peer.name, health),
        ]
        return checks

    def _way_back(self, name: str) -> Check:
        """Ask the peer to call this node."""
        try:
            echo = self.courier.call(name, CALL_BACK, Empty(), Echo)
        except TacitError as fault:
            return _way("peer.in", name, fault)
        if echo.ok:
            told = Text(f"{name} 可以连接本节点", f"{name} can reach this node")
            return Check("peer.in", "ok", told, subject=name, found=f"{echo.seconds * 1000:.0f} ms")
        return Check(
            "peer.in",
            "error",
            Text(f"{name} 无法连接本节点", f"{name} cannot reach this node"),
            subject=name,
            found=echo.code,
            hint=Text(
                f"请检查 {name} 能否访问 {self.peering.address}：防火墙，以及 node.toml 中的 peer_address。",
                f"Check that {name} can open {self.peering.address}: firewall, peer_address in node.toml.",
            ),
        )


def _way(id: str, name: str, fault: TacitError) -> Check:
    code = code_of(fault) if isinstance(fault, PeerError) else fault.code
    told = Text(f"与 {name} 的连接失败", f"The connection with {name} fails: {fault.message}")
    return Check(id, "error", told, subject=name, found=code, hint=fault.hint)


def _cpu() -> Check:
    told = kernel.features()
    slow = told["path"] == "scalar"
    flags = ", ".join(sorted(flag for flag, there in told["cpu"].items() if there))
    path, threads = told["path"], told["threads"]
    return Check(
        "cpu",
        "warning" if slow else "ok",
        Text("处理器加速指令", "Instructions of this processor that are used"),
        found=Text(f"{path}，{threads} 个线程（{flags or '无'}）", f"{path}, {threads} threads ({flags or 'none'})"),
        hint=Text("计算不使用 SIMD，速度会很慢。", "Computations run without SIMD and will be slow.") if slow else None,
    )


def _versions() -> Check:
    return Check("versions", "ok", Text("软件版本", "Software version"), found=__version__)


def _clock(name: str, health: Health) -> Check:
    skew = health.skew_s or 0.0
    bad = abs(skew) > GOOD_SKEW_S
    return Check(
        "peer.clock",
        "warning" if bad else "ok",
        Text(f"与 {name} 的时钟差", f"Difference of the clocks of {name} and this node"),
        subject=name,
        found=f"{skew:+.1f} s",
        expected=Text(
            f"不超过 {GOOD_SKEW_S:.0f} 秒（超过 300 秒的请求会被拒绝）",
            f"at most {GOOD_SKEW_S:.0f} s (requests are refused beyond 300 s)",
        ),
        hint=Text("请用 NTP 校准两台机器的时间。", "Synchronise both machines with NTP.") if bad else None,
    )


def _version(name: str, health: Health) -> Check:
    same = health.version == __version__
    return Check(
        "peer.version",
        "ok" if same else "warning",
        Text(f"{name} 的软件版本", f"Software version of {name}"),
        subject=name,
        found=health.version,
        expected=__version__,
        hint=None if same else _UPDATE,
    )
