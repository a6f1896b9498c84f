"""Backup while running, restore into an empty place, both with every file's hash checked.

The database is copied first, then the evidence: files are only ever added and named by their
hash, so a copy made later holds whatever the database refers to.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import fsspec
from flask import current_app
from sqlalchemy import inspect

from app.core import audit
from app.core.days import now
from app.core.db import engine, health, session
from app.core.errors import DomainError, register_messages
from app.core.text import N_

MANIFEST = "manifest.json"
EVIDENCE = "evidence"

register_messages(
    {
        "backup_not_empty": N_("备份只写入空文件夹：%(where)s"),
        "backup_missing": N_("%(where)s 里没有备份清单"),
        "backup_damaged": N_("备份已损坏：%(name)s 与清单不符"),
        "restore_not_empty": N_("只恢复到空数据库：%(where)s 已有数据"),
        "backup_engine": N_("备份来自 %(kind)s，当前设置是另一种数据库"),
        "program_missing": N_("需要 %(name)s；请安装 postgresql-client"),
        "program_failed": N_("%(name)s 失败：%(what)s"),
    }
)


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `files` maps a path inside it to its SHA-256."""

    made_at: str
    engine: str
    structure: str
    audit_head: str
    files: dict[str, str]


def make(folder: Path) -> Manifest:
    """Write a backup of the running system into an empty folder, readable by its owner only."""
    if folder.exists() and any(folder.iterdir()):
        raise DomainError("backup_not_empty", where=folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    kind = engine().dialect.name
    rev, digest = audit.head()
    structure = health.revisions(session.connection())[0] or ""
    session.rollback()
    if kind == "sqlite":
        if said := health.copy_file(engine(), folder / "database.db"):
            raise DomainError("backup_damaged", name="; ".join(said))
    else:
        _program("pg_dump", "--format=custom", f"--file={folder / 'database.dump'}", _libpq())
    _copy_evidence(current_app.config["EVIDENCE_URL"], f"file://{folder / EVIDENCE}")
    manifest = Manifest(
        now().isoformat(), kind, structure, f"{rev}:{digest}", dict(_hashes(folder))
    )
    (folder / MANIFEST).write_text(json.dumps(manifest.__dict__, indent=1), encoding="utf-8")
    return manifest


def read(folder: Path) -> Manifest:
    """The manifest of a backup, after every file was compared with it."""
    if not (folder / MANIFEST).is_file():
        raise DomainError("backup_missing", where=folder)
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise DomainError("backup_damaged", name=MANIFEST) from None
    held = dict(_hashes(folder))
    for name in sorted(set(manifest.files) | set(held)):
        if manifest.files.get(name) != held.get(name):
            raise DomainError("backup_damaged", name=name)
    return manifest


def restore(folder: Path) -> Manifest:
    """Fill the empty database and the evidence store of the present settings from a backup.

    An older structure is restored as it was; `alembic upgrade head` brings it up.
    """
    manifest = read(folder)
    target = engine()
    if manifest.engine != target.dialect.name:
        raise DomainError("backup_engine", kind=manifest.engine)
    if inspect(target).get_table_names():
        raise DomainError("restore_not_empty", where=target.url.render_as_string())
    session.remove()
    target.dispose()
    if manifest.engine == "sqlite":
        place = Path(str(target.url.database))
        for end in ("", "-wal", "-shm"):
            Path(f"{place}{end}").unlink(missing_ok=True)
        shutil.copyfile(folder / "database.db", place)
        place.chmod(0o600)
    else:
        dump = str(folder / "database.dump")
        _program("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_libpq()}", dump)
    if (folder / EVIDENCE).is_dir():
        _copy_evidence(f"file://{folder / EVIDENCE}", current_app.config["EVIDENCE_URL"])
    return manifest


def _libpq() -> str:
    return engine().url.set(drivername="postgresql").render_as_string(hide_password=False)


def _program(name: str, *args: str) -> None:
    found = shutil.which(name)
    if found is None:
        raise DomainError("program_missing", name=name)
    done = subprocess.run([found, *args], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise DomainError("program_failed", name=name, what=done.stderr.strip()[-300:])


def _copy_evidence(source: str, target: str) -> None:
    there, folder = fsspec.core.url_to_fs(source)
    here, copy = fsspec.core.url_to_fs(target)
    if not there.exists(folder):
        return
    for path in there.find(folder):
        inside = os.path.relpath(path, folder)
        here.makedirs(os.path.dirname(f"{copy}/{inside}"), exist_ok=True)
        with there.open(path, "rb") as reading, here.open(f"{copy}/{inside}", "wb") as writing:
            shutil.copyfileobj(reading, writing)


def _hashes(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            with path.open("rb") as reading:
                digest = hashlib.file_digest(reading, "sha256").hexdigest()
            yield path.relative_to(folder).as_posix(), digest
