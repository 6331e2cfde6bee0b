"""A Python that has everything imported, and forks what the tests would otherwise start from nothing; see quick_start.

`python nursery.py FD`: each message at the socket FD is a program to be run, with the files that it begins with. The
answer is its process id, and that of its spare fork server. What is forked has lost its parent and belongs to whoever
started the nursery.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
import threading
import traceback
import types
from pathlib import Path
from typing import Any, NoReturn

LONGEST = 1 << 20
PACKAGES = ("tacit.cli", "tacit.client", "tacit.node", "tacit.runtime")
APART = ("__main__", "reference", "cluster", "migrations", "pkcs11")  # programs, and what needs an extra
LATE = (  # what a node loads while it starts
    "alembic.command",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "uvicorn.lifespan.off",
    "uvicorn.loops.asyncio",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.auto",
    "multiprocessing.forkserver",
    "multiprocessing.popen_forkserver",
)


def load() -> None:
    """Import what the programs do; no thread may come of it."""
    import tacit.runtime.preload  # noqa: F401

    for name in PACKAGES:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not any(part in found.name for part in APART):
                importlib.import_module(found.name)
    for name in LATE:
        importlib.import_module(name)
    threads = {Path(f"/proc/self/task/{task}/comm").read_text() for task in os.listdir("/proc/self/task")[1:]}
    assert threads <= {"jemalloc_bg_thd\n"}, f"missing in what is forked: {threads}"  # Arrow's comes back by itself
    gc.collect()
    gc.freeze()


def main() -> None:
    line = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load()
    while True:
        message, files, _, _ = socket.recv_fds(line, LONGEST, 3)
        if not message:
            return
        told = json.loads(message)
        read, write = os.pipe()
        between = os.fork()
        if between == 0:
            if os.fork() != 0:
                os._exit(0)  # so that the program has no parent but ours
            line.close()
            become(told, files, write)
        os.waitpid(between, 0)
        for file in (*files, write):
            os.close(file)
        line.send(os.read(read, 40))
        os.close(read)


def become(told: dict[str, Any], files: list[int], write: int) -> NoReturn:
    """Run the program in this process."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for place, file in enumerate(files):
        os.dup2(file, place)
    os.closerange(3, write)
    os.closerange(write + 1, 256)
    os.chdir(told["cwd"])
    if told["group"] is not None:
        os.setpgid(0, told["group"])
    os.environ.clear()
    os.environ.update(told["env"])
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115
    sys.stdout = io.TextIOWrapper(open(1, "wb"), "utf-8", line_buffering=os.isatty(1))  # noqa: SIM115
    sys.stderr = io.TextIOWrapper(open(2, "wb"), "utf-8", "backslashreplace", line_buffering=True)  # noqa: SIM115
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    spare = spare_fork_server()
    os.write(write, f"{os.getpid()} {spare}".encode())
    os.close(write)
    code = 1
    try:
        code = run(told["words"])
    except BaseException:
        traceback.print_exc()
    end(code)


def end(code: int) -> NoReturn:
    """As Python ends, without taking two thousand modules apart."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def run(words: list[str]) -> int:
    """`-m MODULE …` or `-c CODE …`; the exit code."""
    kind, what, *rest = words
    sys.argv = [what if kind == "-m" else "-c", *rest]
    try:
        if kind == "-m":
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            sys.modules["__main__"] = module = types.ModuleType("__main__")
            exec(what, module.__dict__)
    except SystemExit as asked:
        if isinstance(asked.code, str):
            print(asked.code, file=sys.stderr)
        return asked.code if isinstance(asked.code, int) else int(asked.code is not None)
    return 0


def spare_fork_server() -> int:
    """The id of a child that becomes this process's fork server, when it asks for one."""
    import multiprocessing.util

    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        serve_workers(theirs)
    theirs.close()
    start = multiprocessing.util.spawnv_passfds

    def spawn(path: Any, words: list[str], files: list[int]) -> int:
        if "multiprocessing.forkserver" not in words[-1] or ours.fileno() < 0:
            return start(path, words, files)
        socket.send_fds(ours, [json.dumps([words[-1], list(map(int, files)), dict(os.environ)]).encode()], files)
        ours.close()
        return pid

    def leave() -> None:
        if ours.fileno() >= 0:
            ours.close()
            os.waitpid(pid, 0)

    multiprocessing.util.spawnv_passfds = spawn
    atexit.register(leave)
    return pid


def serve_workers(asked: socket.socket) -> NoReturn:
    """Never returns. The parent's end closes with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    message, files, _, _ = socket.recv_fds(asked, LONGEST, 8)
    if not message:
        os._exit(0)
    code, numbers, environment = json.loads(message)
    os.environ.clear()
    os.environ.update(environment)
    above = [os.dup2(file, 300 + place) for place, file in enumerate(files)]
    os.closerange(3, 300)
    for file, number in zip(above, numbers, strict=True):
        os.dup2(file, number)
    os.closerange(max(300, max(numbers) + 1), 300 + len(files))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        exec(code, {})
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
