"""Databases for tests: migrated once, copied for each test.

What the migrations make is kept in ``.cache/tests/<digest>``, the digest being taken over
everything that a migration runs, so a second run of the tests starts in a fraction of a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory

from tests.lending import Content, Lender, content
from tests.postgres import Server, address

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "tests"
ENGINES = ("sqlite", "postgresql")
TEMPLATE = "migrated"
#: seconds after which templates of another state go; another run may still be using a newer one
OLD = 24 * 3600


def alembic_config(url: str) -> AlembicConfig:
    """Alembic's settings, pointed at one database."""
    config = AlembicConfig(str(ROOT / "alembic.ini"))
    config.attributes["url"] = url
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision, by the migrations and nothing else."""
    command.upgrade(alembic_config(url), revision)


def refuses_to_go_below(url: str, revision: str, why: str) -> None:
    """A step down from a revision is refused, with these words."""
    config = alembic_config(url)
    script = ScriptDirectory.from_config(config).get_revision(revision)
    with pytest.raises(RuntimeError, match=why):
        command.downgrade(config, str(script.down_revision))


def _digest() -> str:
    sums = hashlib.sha256()
    parts = [ROOT / "migrations", ROOT / "app" / "core" / "db"]
    parts += sorted(ROOT.glob("app/*/models*"))
    for part in parts:
        for file in sorted(part.rglob("*.py")) if part.is_dir() else [part]:
            sums.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return sums.hexdigest()[:16]


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


class Databases:
    """Hands out fresh copies of the migrated database, on either engine."""

    def __init__(self, socket_folder: str, templates: Path) -> None:
        self.socket_folder = socket_folder
        self.templates = templates
        self.numbers = itertools.count(1)
        self.prefix = f"w{os.getpid()}"
        self.filled: dict[tuple[str, object], str] = {}
        self.contents: dict[object, Content] = {}
        self.lender = Lender(self._to_lend, self._remove)

    def fresh(self, engine: str, folder: Path) -> str:
        """URL of a new migrated database; ``drop`` it afterwards."""
        return self._copy(engine, folder, self.templates / "sqlite.db", TEMPLATE)

    def holding(self, engine: str, folder: Path, fill: Callable[[str, Path], None]) -> str:
        """URL of a new database that holds what `fill` writes, which is done once per run.

        `fill` is told the address and a folder of its own. What it opens it must close: a
        database in use cannot be copied.
        """
        url = self._filled(engine, fill)
        return self._copy(engine, folder, Path(url.removeprefix("sqlite:///")), _name(url))

    def lend(
        self, engine: str, folder: Path, fill: Callable[[str, Path], None] | None = None
    ) -> str:
        """URL of a database for one test, as `fresh` or `holding` give it; ``drop`` it afterwards.

        On PostgreSQL it is the one that the test before had, with its rows set back
        (:mod:`tests.lending`).
        """
        url = None
        if engine == "postgresql":
            if fill is not None and fill not in self.contents:
                self.contents[fill] = content(_where(self._filled(engine, fill)))
            url = self.lender.lend(None if fill is None else self.contents[fill])
        if url is None:
            return (
                self.fresh(engine, folder) if fill is None else self.holding(engine, folder, fill)
            )
        return url

    def _to_lend(self) -> tuple[str, str]:
        url = self._create(f"TEMPLATE {TEMPLATE}")
        return url, _where(url)

    def place(self, engine: str, fill: Callable[[str, Path], None]) -> Path:
        """The folder that `fill` is told of, where it may leave word of what it wrote."""
        return Path(self.socket_folder, "filled", f"{fill.__module__}.{fill.__name__}.{engine}")

    def _filled(self, engine: str, fill: Callable[[str, Path], None]) -> str:
        """URL of the filled database: whichever worker needs it first makes it for all."""
        key = engine, fill
        if key not in self.filled:
            place = self.place(engine, fill)
            made = place / "made"
            with _alone(place / "lock"):
                if not made.exists():
                    url = self.fresh(engine, place)
                    fill(url, place)
                    made.write_text(url)
                self.filled[key] = made.read_text()
        return self.filled[key]

    def _copy(self, engine: str, folder: Path, file: Path, name: str) -> str:
        if engine == "sqlite":
            copy = folder / f"{next(self.numbers)}.db"
            shutil.copyfile(file, copy)
            return f"sqlite:///{copy}"
        return self._create(f"TEMPLATE {name}")

    def empty(self, engine: str, folder: Path) -> str:
        """URL of a new database without any table."""
        if engine == "sqlite":
            return f"sqlite:///{folder / f'{next(self.numbers)}.db'}"
        return self._create("TEMPLATE template0")

    def drop(self, url: str) -> None:
        """Remove a database handed out before, and whatever is still connected to it."""
        if url.startswith("sqlite"):
            file = url.removeprefix("sqlite:///")
            for end in ("", "-wal", "-shm"):
                Path(file + end).unlink(missing_ok=True)
        elif not self.lender.back(url):
            self._remove(url)

    def _remove(self, url: str) -> None:
        self._admin(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def _create(self, how: str) -> str:
        name = f"{self.prefix}_{next(self.numbers)}"
        self._admin(f"CREATE DATABASE {name} {how}", quick=" STRATEGY FILE_COPY")
        return address(self.socket_folder, name)

    def _admin(self, statement: str, quick: str = "") -> None:
        """`quick` is added where the server knows it: copying files takes a twentieth."""
        where = f"host={self.socket_folder} user=tests dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            known = connection.info.server_version >= 150_000
            connection.execute((statement + (quick if known else "")).encode())


def _name(url: str) -> str:
    """The database in a PostgreSQL address."""
    return url.split("@/")[-1].split("?")[0]


def _where(url: str) -> str:
    """A PostgreSQL address as the driver wants it."""
    return url.replace("postgresql+psycopg:", "postgresql:")


def serve() -> tuple[Server, Path]:
    """A running server that holds the migrated template, and the folder of templates.

    Built when something that migrations run has changed, else copied from the last time.
    """
    kept = CACHE / _digest()
    with _alone(CACHE / "lock"):
        if not (kept / "done").exists():
            for old in CACHE.iterdir():
                stale = old == kept or old.stat().st_mtime < time.time() - OLD
                if old.is_dir() and stale:
                    shutil.rmtree(old)
            _build(kept)
            (kept / "done").touch()
    return Server(kept / "pg").start(), kept


def _build(kept: Path) -> None:
    kept.mkdir(parents=True)
    migrate(f"sqlite:///{kept / 'sqlite.db'}")
    server = Server().start()
    try:
        where = f"host={server.home} user=tests dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0".encode())
        migrate(server.url(TEMPLATE))
        server.stop()
        shutil.copytree(server.data, kept / "pg")
    finally:
        shutil.rmtree(server.home, ignore_errors=True)
