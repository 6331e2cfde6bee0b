"""A PostgreSQL server of its own, in a folder of its own, reached by a socket file; gone when closed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSWORD = "p@ss/word %41 'x"
_ACCOUNTS = ("postgres", "nobody")  # the server refuses to run as root


@dataclass(frozen=True)
class Server:
    """`url` has no password; the user is "tacit" with PASSWORD."""

    folder: Path

    @property
    def url(self) -> str:
        return f"postgresql://tacit@/postgres?host={self.folder}"

    def run(self, *statements: str) -> None:
        """Outside of what is tested: with the right to write."""
        import adbc_driver_postgresql.dbapi as driver

        words: dict[str, Any] = {"user": "tacit", "password": PASSWORD, "host": str(self.folder), "dbname": "postgres"}
        address = " ".join(f"{name}='{_escaped(value)}'" for name, value in words.items())
        with closing(driver.connect(address)) as connection, closing(connection.cursor()) as cursor:
            for statement in statements:
                cursor.execute(statement)
            connection.commit()


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextmanager
def serve() -> Iterator[Server]:
    """Needs the programs of a PostgreSQL server of version 12 or later."""
    bin_folder = programs()
    assert bin_folder is not None
    folder = Path(tempfile.mkdtemp(prefix="tacit-pg-", dir="/tmp"))
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    secret = folder / "secret"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o644)

    def call(*words: str) -> None:
        who = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd="/", **who)

    data, log = str(folder / "data"), str(folder / "log")
    settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c autovacuum=off"
    how = ["-U", "tacit", "-A", "scram-sha-256", "--pwfile", str(secret), "-E", "UTF8", "--locale=C", "--no-sync"]
    try:
        call(str(bin_folder / "initdb"), "-D", data, *how)
        call(str(bin_folder / "pg_ctl"), "-D", data, "-l", log, "-w", "-t", "60", "-o", settings, "start")
        try:
            yield Server(folder)
        finally:
            call(str(bin_folder / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return next(known[name] for name in _ACCOUNTS if name in known)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
