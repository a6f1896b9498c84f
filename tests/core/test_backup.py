"""A backup made while running restores to the same database, or is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.accounts.models import Organisation
from app.core import audit, backup
from app.core.access import System
from app.core.db import health, session, write
from app.core.errors import DomainError
from tests.databases import Databases

NAME = "备份孵化器𠮷"


@pytest.fixture
def kept(app: Flask, tmp_path: Path) -> Path:
    """A backup of a database with one organisation and one file of evidence."""
    with write("test:make", actor=System("test")):
        session.add(Organisation(kind="operator", name=NAME, short_name=NAME))
    store = Path(app.config["EVIDENCE_URL"].removeprefix("file://"))
    (store / "ab").mkdir(parents=True)
    (store / "ab" / "abcd").write_bytes(b"evidence")
    made = backup.make(tmp_path / "kept")
    assert made.audit_head == "{}:{}".format(*audit.head())
    return tmp_path / "kept"


def test_it_restores_into_an_empty_place(
    kept: Path,
    make_app: Callable[..., Flask],
    databases: Databases,
    engine_name: str,
    tmp_path: Path,
) -> None:
    url = databases.empty(engine_name, tmp_path)
    other = make_app(url, EVIDENCE_URL=f"file://{tmp_path / 'other'}")
    with other.app_context():
        made = backup.restore(kept)
        assert session.scalars(select(Organisation.name)).all() == [NAME]
        rev, _colon, digest = made.audit_head.partition(":")
        assert list(audit.verify(kept=(int(rev), digest))) == []
        assert health.corruption(session.connection()) == []
        assert health.guard_differences(session.connection()) == ([], [])
        session.remove()
    restored = tmp_path / "other" / "ab" / "abcd"
    assert (restored.read_bytes(), restored.stat().st_mode & 0o077) == (b"evidence", 0)
    other.extensions["engine"].dispose()
    databases.drop(url)


def test_nobody_else_can_read_it(kept: Path) -> None:
    loose = [p.name for p in (kept, *kept.rglob("*")) if p.stat().st_mode & 0o077]
    assert loose == []


@pytest.mark.parametrize("harm", ["truncate", "change", "remove", "add", "manifest"])
def test_a_damaged_backup_is_refused(kept: Path, harm: str) -> None:
    database = next(kept.glob("database.*"))
    if harm == "truncate":
        database.write_bytes(database.read_bytes()[:-1])
    elif harm == "change":
        (kept / "evidence" / "ab" / "abcd").write_bytes(b"evidencf")
    elif harm == "remove":
        (kept / "evidence" / "ab" / "abcd").unlink()
    elif harm == "add":
        (kept / "evidence" / "more").write_bytes(b"")
    else:
        (kept / "manifest.json").write_text(json.dumps({"files": {}}))
    with pytest.raises(DomainError) as refusal:
        backup.read(kept)
    assert refusal.value.code == "backup_damaged"


def test_neither_overwrites_anything(kept: Path, command: Callable[..., Result]) -> None:
    again = command("backup", str(kept))
    assert again.exit_code == 1
    assert "空文件夹" in again.output
    back = command("restore", str(kept))
    assert back.exit_code == 1
    assert "已有数据" in back.output
