"""`python -m tacit.node init|run|backup|restore`: makes a node's folder; runs a node until it is told to stop; keeps
what it has in one file and brings it back."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tacit.errors import TacitError
from tacit.node.logs import configure

if TYPE_CHECKING:
    from tacit.node.backup import Manifest

STOP_S = 2.8  # after this the process ends, whatever still hangs


def main(arguments: list[str] | None = None) -> int:
    """Exit codes as in `tacit.errors`."""
    options = _parse(arguments)
    try:
        return {"init": _init, "run": _run, "backup": _backup, "restore": _restore}[options.command](options)
    except TacitError as fault:
        return _refuse(fault, options)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tacit.node", description="Make or run a node.")
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init")
    init.add_argument("name")
    init.add_argument("--institution", default="")
    init.add_argument("--peer-address", default="127.0.0.1:7304")
    init.add_argument("--api-port", type=int, default=7300)
    backup, restore = commands.add_parser("backup"), commands.add_parser("restore")
    backup.add_argument("--artifacts", action="store_true", help="also what jobs left")
    restore.add_argument("--database-url", help="restore into this empty database")
    for command in (backup, restore):
        command.add_argument("file", type=Path, help="the backup; its passphrase is the first line of stdin")
    for command in (init, backup, restore):
        command.add_argument("--json", action="store_true")
    for command in (init, backup, restore, commands.add_parser("run")):
        command.add_argument("--home", type=Path, required=True, help="the node's folder")
    return parser.parse_args(arguments)


def _init(options: argparse.Namespace) -> int:
    from tacit.node.home import initialise

    initialise(
        options.home, options.name, options.institution, peer_address=options.peer_address, api_port=options.api_port
    )
    data = {"name": options.name, "home": str(options.home), "peer_address": options.peer_address}
    _tell(options, data, f"{options.name}: node made in {options.home}")
    return 0


def _run(options: argparse.Namespace) -> int:
    return run(options.home)


def _backup(options: argparse.Namespace) -> int:
    from tacit.node.backup import make_backup
    from tacit.node.home import Home

    manifest = make_backup(Home(options.home), options.file, _passphrase(), artifacts=options.artifacts)
    size = options.file.stat().st_size
    data = {"file": str(options.file), "bytes": size, "rows": sum(manifest.tables.values()), **_short(manifest)}
    _tell(options, data, f"{options.file}: {size} bytes")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from tacit.node.backup import restore_backup

    manifest = restore_backup(options.file, options.home, _passphrase(), database_url=options.database_url)
    _tell(options, {"home": str(options.home), **_short(manifest)}, f"{manifest.node}: restored in {options.home}")
    return 0


def _short(manifest: Manifest) -> dict[str, Any]:
    return {name: manifest.as_dict()[name] for name in ("node", "created", "software", "revision", "audit_head")}


def _passphrase() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _tell(options: argparse.Namespace, data: dict[str, Any], text: str) -> None:
    print(json.dumps({"ok": True, "data": data}) if options.json else text)


def _refuse(fault: TacitError, options: argparse.Namespace) -> int:
    if options.command == "run":
        print(json.dumps({"ready": False, "error": fault.as_dict()}), flush=True)
    elif options.json:
        print(json.dumps({"ok": False, "error": fault.as_dict()}))
    print(f"error[{fault.code}]: {fault}", file=sys.stderr)
    return fault.exit_code


def run(home: Path) -> int:
    """Start, say so on stdout, wait for SIGTERM or SIGINT, stop."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    from tacit.node.process import Node
    from tacit.runtime.limits import leave_no_core

    leave_no_core()
    node = Node(home)
    configure(node.home.log, node.settings.log_level)
    info = node.start()
    print(json.dumps(info), flush=True)
    stop.wait()
    last_resort = threading.Timer(STOP_S, os._exit, (0,))
    last_resort.daemon = True
    last_resort.start()
    node.stop()
    last_resort.cancel()
    return 0


if __name__ == "__main__":
    sys.exit(main())
