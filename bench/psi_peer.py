"""The peer library `spu` (PyPI) on the same files: its own virtual environment, never a dependency of Tacit.

    python bench/psi_peer.py make /tmp/peer-venv                  # python -m venv + pip install spu==0.9.5 (1 GB)
    python bench/psi.py --peer /tmp/peer-venv --protocols rr22,kkrt,ecdh --rows 1e6

`bench/psi.py` starts this file twice inside that environment (`party`), once per rank. A party prints one JSON object:
`start_s` (import and link), `exec_s` (inside `psi_execute`: reading, protocol, writing), CPU, peak memory, counts.
The result goes to both parties, is aligned by the library (its default) and written as CSV, as Tacit's is.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

REQUIREMENT = "spu==0.9.5"
PROTOCOLS = ("rr22", "rr22-low", "kkrt", "ecdh")
TIMEOUT_S = 3600


def make(folder: Path) -> None:
    """Create the environment, unless it is there."""
    if not (folder / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", REQUIREMENT], check=True)


def run_peer(venv: Path, protocol: str, inputs: tuple[Path, Path], key: str, out: Path) -> dict[str, Any]:
    """One run as two processes; the wall counts from their start to the end of the later one.

    The results are `out`/peer0.csv and peer1.csv. Raises RuntimeError with the tail of what a party said.
    """
    addresses = ",".join(f"127.0.0.1:{port}" for port in _free_ports(2))
    begin = time.perf_counter()
    processes = []
    for rank, path in enumerate(inputs):
        target = out / f"peer{rank}.csv"
        command = [str(venv / "bin" / "python"), str(Path(__file__).resolve()), "party", "--rank", str(rank)]
        command += ["--protocol", protocol, "--input", str(path.absolute()), "--output", str(target.absolute())]
        command += ["--key", key, "--addresses", addresses]
        log = (out / f"peer{rank}.log").open("wb")
        processes.append((subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=out), log))
    parties = []
    try:
        for rank, (process, log) in enumerate(processes):
            said, _ = process.communicate(timeout=TIMEOUT_S)
            log.close()
            if process.returncode:
                tail = (out / f"peer{rank}.log").read_text(errors="replace")[-800:]
                raise RuntimeError(f"the peer's rank {rank} ended with {process.returncode}: {tail}")
            parties.append(json.loads(next(line for line in said.splitlines() if line.startswith(b"{"))))
    finally:
        for process, _ in processes:
            if process.poll() is None:
                process.kill()
    wall = time.perf_counter() - begin
    for path in inputs:  # the library leaves these beside its input
        path.with_name(path.name + ".meta").unlink(missing_ok=True)
    return {"wall_s": wall, "exec_s": max(party["exec_s"] for party in parties), "parties": parties}


def party(options: argparse.Namespace) -> dict[str, Any]:
    """One rank, inside the peer's environment. `python -m pip show spu` tells its version."""
    begin = time.perf_counter()
    import spu.libspu as libspu  # type: ignore[import-not-found]
    from spu import libpsi  # type: ignore[import-not-found]

    description = libspu.link.Desc()
    description.recv_timeout_ms = TIMEOUT_S * 1000
    for rank, address in enumerate(options.addresses.split(",")):
        description.add_party(f"party{rank}", address)
    link = libspu.link.create_brpc(description, options.rank)
    config = libpsi.PsiExecuteConfig(
        protocol_conf=_protocol(libpsi, options.protocol),
        input_params=libpsi.InputParams(path=options.input, selected_keys=[options.key], keys_unique=False),
        output_params=libpsi.OutputParams(path=options.output, disable_alignment=False),
    )
    started = time.perf_counter()
    report = libpsi.psi_execute(config, link)
    ended = time.perf_counter()
    link.stop_link()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "start_s": started - begin,
        "exec_s": ended - started,
        "cpu_s": used.ru_utime + used.ru_stime,
        "rss_mb": used.ru_maxrss / 1024,
        "rows": report.original_count,
        "matched": report.intersection_count,
    }


def _protocol(libpsi: Any, name: str) -> Any:
    kinds = {"ecdh": libpsi.PROTOCOL_ECDH, "kkrt": libpsi.PROTOCOL_KKRT}
    return libpsi.PsiProtocolConfig(
        protocol=kinds.get(name, libpsi.PROTOCOL_RR22),
        receiver_rank=0,
        broadcast_result=True,
        ecdh_params=libpsi.EcdhParams(curve=libpsi.CURVE_25519),
        rr22_params=libpsi.Rr22Rarams(low_comm_mode=name == "rr22-low"),  # its own spelling
    )


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("make", help="create the environment").add_argument("folder", type=Path)
    run = commands.add_parser("run", help="one run on two given files")
    run.add_argument("venv", type=Path)
    run.add_argument("left", type=Path)
    run.add_argument("right", type=Path)
    run.add_argument("--protocol", choices=PROTOCOLS, default="rr22")
    run.add_argument("--key", default="id")
    one = commands.add_parser("party", help="one rank; started by `run` inside the environment")
    one.add_argument("--rank", type=int, required=True)
    for name in ("--protocol", "--input", "--output", "--key", "--addresses"):
        one.add_argument(name, required=True)
    options = parser.parse_args()
    if options.command == "make":
        make(options.folder)
    elif options.command == "party":
        os.environ.setdefault("PYTHONUNBUFFERED", "1")
        print(json.dumps(party(options)), flush=True)
    else:
        with tempfile.TemporaryDirectory(prefix="psi-peer-") as folder:
            files = (options.left, options.right)
            print(json.dumps(run_peer(options.venv, options.protocol, files, options.key, Path(folder)), indent=2))


if __name__ == "__main__":
    main()
