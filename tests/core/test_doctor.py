"""The doctor names what is wrong, and is content with a deployment in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from app.core import doctor
from app.core.access import System
from app.core.db import guards, session, write
from app.core.doctor import Level
from tests.databases import Databases


def said(level: Level) -> list[str]:
    return [f.message for f in doctor.examine() if f.level is level]


def test_a_fresh_deployment_is_in_order(app: Flask) -> None:
    app.config["TODAY"] = None
    assert said(Level.FAIL) == [] or said(Level.FAIL) == _fsync_off()
    assert any("结构是最新的" in line for line in said(Level.OK))
    assert any("审计链完整" in line for line in said(Level.OK))


def _fsync_off() -> list[str]:
    """The tests' own PostgreSQL does not sync, and the doctor says so."""
    return [
        "数据库设置与承诺不符：fsync=off, full_page_writes=off；在数据库服务器上改回默认值并重启"
    ]


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("SECRET_KEY", "changeme-changeme-changeme-changeme", "密钥不合用"),
        ("AUDIT_KEY", "short", "密钥不合用"),
        ("DEMO", True, "演示模式"),
        ("EVIDENCE_URL", "file:///proc/nowhere", "佐证材料存不进"),
        ("DATABASE_READ_URL", "sqlite:////nowhere/at/all.db", "只读副本连不上"),
    ],
)
def test_each_bad_setting_is_named(app: Flask, setting: str, value: object, words: str) -> None:
    app.config["ENV"] = "production"
    before = said(Level.FAIL)
    app.config[setting] = value
    new = [line for line in said(Level.FAIL) if line not in before]
    assert len(new) == 1
    assert new[0].startswith(words)


def test_production_without_tls_hosts_and_proxy_is_warned(app: Flask) -> None:
    app.config["ENV"] = "production"
    warned = " ".join(said(Level.WARN))
    assert all(name in warned for name in ("TLS=0", "TRUSTED_HOSTS", "PROXY_HOPS"))


def test_a_missing_guard_is_named_and_rebuilt(app: Flask, command: Callable[..., Result]) -> None:
    name, table = guards.existing(session.connection())[0]
    on = f" ON {table}" if session.connection().dialect.name == "postgresql" else ""
    how = f"ALTER TABLE {table} DROP CONSTRAINT {name}" if on and name.startswith("ex_") else None
    session.execute(text(how or f"DROP TRIGGER {name}{on}"))
    session.commit()
    assert any(name in line and "缺少约束" in line for line in said(Level.FAIL))
    assert command("guards", "rebuild").exit_code == 0
    assert not any("缺少约束" in line for line in said(Level.FAIL))


def test_tampering_is_named(app: Flask) -> None:
    with write("test:make", actor=System("test")):
        pass
    guards.drop(session.connection())
    session.execute(text("UPDATE revision SET action = 'x'"))
    guards.rebuild(session.connection())
    session.commit()
    assert any(line.startswith("审计第 1 条") for line in said(Level.FAIL))


def test_a_clock_that_stepped_back_is_named(app: Flask) -> None:
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    with write("test:make", actor=System("test"), at=later):
        pass
    assert any("时钟" in line for line in said(Level.FAIL))


def test_an_empty_database_is_told_to_migrate(
    make_app: Callable[..., Flask], databases: Databases, engine_name: str, tmp_path: Path
) -> None:
    url = databases.empty(engine_name, tmp_path)
    with make_app(url).app_context():
        assert any("alembic upgrade head" in line for line in said(Level.FAIL))
    databases.drop(url)


def test_an_unreachable_database_is_named(make_app: Callable[..., Flask]) -> None:
    with make_app("sqlite:////nowhere/at/all.db").app_context():
        assert any("数据库连不上" in line for line in said(Level.FAIL))


def test_the_command_answers_in_both_languages(
    app: Flask, command: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["AUDIT_KEY"] = "short"
    app.config["ENV"] = "production"
    for language, words in (("zh_CN.UTF-8", "密钥不合用"), ("en_US.UTF-8", "A secret is unfit")):
        monkeypatch.setenv("LC_ALL", language)
        done = command("doctor")
        assert done.exit_code == 1
        assert words in done.output


def test_the_audit_commands(app: Flask, command: Callable[..., Result]) -> None:
    with write("test:make", actor=System("test")):
        pass
    kept = command("audit", "head").output.strip()
    assert kept.startswith("1:")
    assert command("audit", "verify", "--head", kept).exit_code == 0
    assert command("audit", "verify", "--head", "1:" + "0" * 64).exit_code == 1
    wrong = command("audit", "verify", "--head", "nonsense")
    assert wrong.exit_code == 2
    assert "REV:HASH" in wrong.output
