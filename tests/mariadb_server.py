"""A MariaDB server of its own, in a folder of its own, on a free port and a socket file; gone when closed."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import server_certificate

PASSWORD = "p@ss/word %41 'x"
_ACCOUNTS = ("mysql", "nobody")  # the server refuses to run as root
_START_S = 60.0


@dataclass(frozen=True)
class Server:
    """`url` has no password; the user is "tacit" with PASSWORD, the database "people"."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"mysql://tacit@127.0.0.1:{self.port}/people?tls=off"

    @property
    def authority(self) -> Path:
        return self.folder / "server.crt"

    @property
    def socket(self) -> Path:
        return self.folder / "socket"

    def run(self, *statements: str) -> None:
        """Outside of what is tested: with the right to write."""
        import pymysql

        connection = pymysql.connect(
            unix_socket=str(self.socket), user="root", database="people", autocommit=True, ssl_disabled=True
        )
        with contextlib.closing(connection), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def programs() -> tuple[str, str] | None:
    """The programs that make a server's folder and that run it."""
    path = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"
    found = shutil.which("mariadb-install-db", path=path), shutil.which("mariadbd", path=path)
    return found if all(found) else None  # type: ignore[return-value]


@contextmanager
def serve() -> Iterator[Server]:
    """Needs the programs of a MariaDB server of version 10.5 or later."""
    found = programs()
    assert found is not None
    install, run = found
    folder = Path(tempfile.mkdtemp(prefix="tacit-maria-", dir="/tmp"))
    account = _account()
    who = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    server = Server(folder, _free_port())
    data = f"--datadir={folder / 'data'}"
    plain = ["--no-defaults", data]
    try:
        made = [install, *plain, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **who)
        where = [f"--socket={server.socket}", f"--port={server.port}", "--bind-address=127.0.0.1"]
        certificate, key = server_certificate.write(folder)
        tls = [f"--ssl-ca={certificate}", f"--ssl-cert={certificate}", f"--ssl-key={key}"]
        small = ["--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve"]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen([run, *plain, *where, *tls, *small], stdout=log, stderr=log, cwd="/", **who)
        try:
            _prepare(server, process)
            yield server
        finally:
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(server: Server, process: subprocess.Popen[bytes]) -> None:
    import pymysql

    until = time.monotonic() + _START_S
    while not _answers(server.socket):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError((server.folder / "log").read_text()[-2000:])
        time.sleep(0.05)
    connection = pymysql.connect(unix_socket=str(server.socket), user="root", autocommit=True, ssl_disabled=True)
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE people CHARACTER SET utf8mb4")
        cursor.execute("CREATE USER 'tacit'@'%%' IDENTIFIED BY %s", (PASSWORD,))
        cursor.execute("GRANT ALL ON people.* TO 'tacit'@'%'")


def _answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as found:
        return found.connect_ex(str(place)) == 0


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return next(known[name] for name in _ACCOUNTS if name in known)
