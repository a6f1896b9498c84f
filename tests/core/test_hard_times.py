"""A full disk, a database that cannot be written or stays locked: 503, nothing half written."""

from __future__ import annotations

import datetime as dt
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from app.accounts.models import Organisation, Role, SecurityEvent
from app.core import audit, logs
from app.core.access import System
from app.core.db import cut_at, known, last_revision, session, write
from app.core.db.write import WRITER_LOCK
from app.core.errors import Busy
from tests.clients import Client, sign_in
from tests.factories.accounts import person_with_post

ACTOR = System("test")
ROOT = Path(__file__).parents[2]


@contextmanager
def on_each_connection(engine: Engine, *statements: str) -> Iterator[None]:
    """Fresh connections that begin with these statements, and fresh ones without afterwards."""

    def begin(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for statement in statements:
            cursor.execute(statement)
        if engine.dialect.name == "postgresql":
            connection.commit()  # type: ignore[attr-defined]

    session.remove()
    engine.dispose()
    event.listen(engine, "connect", begin)
    try:
        yield
    finally:
        event.remove(engine, "connect", begin)
        session.remove()
        engine.dispose()


@contextmanager
def read_only(engine: Engine) -> Iterator[None]:
    """What a standby, or a file system mounted read-only, answers to a write."""
    lite = engine.dialect.name == "sqlite"
    how = "PRAGMA query_only=ON" if lite else "SET default_transaction_read_only = on"
    with on_each_connection(engine, how):
        yield


@contextmanager
def full(engine: Engine) -> Iterator[None]:
    """No page more may be taken; PostgreSQL raises what it raises for a full disk."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        with on_each_connection(engine, f"PRAGMA max_page_count={pages}"):
            yield
        return
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER no_room BEFORE INSERT ON revision_note EXECUTE FUNCTION no_room()"
        )
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION no_room CASCADE")


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """Another process holds the writer's place for longer than anybody waits."""
    lite = engine.dialect.name == "sqlite"
    how = "PRAGMA busy_timeout=100" if lite else "SET lock_timeout = '100ms'"
    with on_each_connection(engine, how), engine.connect() as other:
        if lite:
            other.execution_options(writing=True).begin()
        else:
            other.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": WRITER_LOCK})
        yield


def names() -> list[str]:
    return list(session.scalars(select(Organisation.name).order_by(Organisation.id)))


@pytest.mark.parametrize("trouble", [read_only, locked])
def test_a_write_that_cannot_be_made_says_so_and_works_again_afterwards(
    app: Flask, client: Client, trouble: Callable[[Engine], object]
) -> None:
    sign_in(client, person_with_post(Role.ADMINISTRATOR))
    form = {"kind": "carrier", "name": "甲孵化器", "csrf_token": client.token("/organisations/new")}
    before, rev = names(), last_revision()
    with trouble(app.extensions["engine"]):  # type: ignore[attr-defined]
        answer = client.post("/organisations/new", data=form)
        assert answer.status_code == 503
        assert "没有写入任何内容" in answer.text
        assert client.get("/organisations").status_code == 200
        assert (names(), last_revision()) == (before, rev)
    assert client.post("/organisations/new", data=form).status_code == 303
    assert names() == [*before, "甲孵化器"]
    assert list(audit.verify(kept=audit.head())) == []


def test_a_disk_that_is_full_takes_nothing_of_a_write(app: Flask, client: Client) -> None:
    sign_in(client, person_with_post(Role.ADMINISTRATOR))
    before, rev = names(), last_revision()
    with (
        full(app.extensions["engine"]),
        pytest.raises(Busy),
        write("test:much", actor=ACTOR, note="长" * 2_000_000),
    ):
        session.add(Organisation(kind="operator", name="半截", short_name="半截"))
    assert client.get("/organisations").status_code == 200
    assert (names(), last_revision()) == (before, rev)
    with write("test:much", actor=ACTOR, note="长"):
        session.add(Organisation(kind="operator", name="整条", short_name="整条"))
    assert names() == [*before, "整条"]
    assert list(audit.verify(kept=audit.head())) == []


def test_a_refusal_stands_though_it_cannot_be_noted(app: Flask, client: Client) -> None:
    sign_in(client, person_with_post(Role.CARRIER_CLERK))
    with read_only(app.extensions["engine"]):
        assert client.get("/audit").status_code == 403
    assert session.scalar(select(func.count()).select_from(SecurityEvent)) == 0


def test_a_database_that_is_gone_is_a_plain_page(app: Flask, client: Client) -> None:
    sign_in(client, person_with_post(Role.ADMINISTRATOR))
    assert client.get("/organisations").status_code == 200
    session.remove()

    def gone(*_: object) -> None:
        raise app.extensions["engine"].dialect.dbapi.OperationalError("gone")

    engine = app.extensions["engine"]
    event.listen(engine, "before_cursor_execute", gone)
    try:
        answer = client.get("/organisations")
        typed = app.test_cli_runner().invoke(args=["firm", "show", "91310115MA0000138D"])
    finally:
        event.remove(engine, "before_cursor_execute", gone)
    assert (answer.status_code, "jl-rail" in answer.text) == (503, False)
    assert "gone" not in answer.text
    assert (typed.exit_code, typed.output) == (
        1, "Error: 数据库连不上：gone；查看 DATABASE_URL，以及数据库是否在运行\n",
    )  # fmt: skip
    assert client.get("/organisations").status_code == 200


def test_a_database_without_tables_says_what_to_type(app: Flask, client: Client) -> None:
    sign_in(client, person_with_post(Role.ADMINISTRATOR))
    session.remove()
    engine = app.extensions["engine"]

    def renamed(_c: object, _k: object, statement: str, given: object, *_more: object) -> Any:
        return statement.replace(" organisation", " nowhere"), given

    event.listen(engine, "before_cursor_execute", renamed, retval=True)
    try:
        answer = client.get("/organisations")
        typed = app.test_cli_runner().invoke(args=["seed"])
    finally:
        event.remove(engine, "before_cursor_execute", renamed)
    assert answer.status_code == 500
    assert "alembic upgrade head" in answer.text
    assert typed.exit_code == 1
    assert typed.output.startswith("Error: 数据库里还没有表")


def test_a_clock_that_steps_back_changes_neither_order_nor_the_past(app: Flask) -> None:
    """Versions follow the revision number; an instant's cut never goes down as time goes up."""
    noon = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
    hour = dt.timedelta(hours=1)
    for n, at in enumerate((noon, noon - hour, noon + hour)):
        with time_machine.travel(at, tick=False), write("test:name", actor=ACTOR):
            if n == 0:
                session.add(Organisation(kind="operator", name="0", short_name="甲"))
            else:
                session.scalars(select(Organisation)).one().name = str(n)
    seen = []
    for cut in range(1, 4):
        rows = known(Organisation, cut)
        seen.append(session.scalar(select(rows.c.name)))
    assert seen == ["0", "1", "2"]
    cuts = [cut_at(noon + half * hour / 2) for half in range(-4, 5)]
    assert cuts == sorted(cuts)
    assert cuts[-1] == 3
    assert list(audit.verify(kept=audit.head())) == []


WRITER = """
import itertools, sys
from app import create_app
from app.accounts.models import Organisation
from app.core.access import System
from app.core.db import session, write
from tests.conftest import settings
from pathlib import Path
with create_app(settings(sys.argv[1], Path(sys.argv[2]))).app_context():
    for n in itertools.count():
        names = [f"{sys.argv[3]}-{n}-{part}" for part in range(3)]
        with write("test:kill", actor=System("test")):
            for name in names:
                session.add(Organisation(kind="operator", name=name, short_name=name[:20]))
        print(n, flush=True)
"""


def killed(url: str, folder: Path, mark: str, acks: int) -> int:
    """How many writes a process was told were done before it was killed outright."""
    command = [sys.executable, "-c", WRITER, url, str(folder), mark]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(acks):
            assert writer.stdout.readline().strip()
        writer.kill()
        return acks + len(writer.stdout.read().split())


def check_kills(app: Flask, url: str, folder: Path, times: int) -> None:
    for n in range(times):
        told = killed(url, folder, f"k{n}", 5 + 7 * n)
        session.rollback()
        found = session.scalars(select(Organisation.name).where(Organisation.name.like(f"k{n}-%")))
        whole: dict[str, int] = {}
        for name in found:
            whole[name.rpartition("-")[0]] = whole.get(name.rpartition("-")[0], 0) + 1
        assert set(whole.values()) == {3}, "each write is all or nothing"
        assert told <= len(whole) <= told + 1, "what was told done is there"
    with write("test:after", actor=ACTOR):
        session.add(Organisation(kind="operator", name="之后", short_name="之后"))
    assert list(audit.verify(kept=audit.head())) == []


def test_what_was_told_done_survives_a_kill(app: Flask, database_url: str, tmp_path: Path) -> None:
    session.remove()
    check_kills(app, database_url, tmp_path, 1)


@pytest.mark.soak
def test_nothing_is_lost_in_a_hundred_kills(app: Flask, database_url: str, tmp_path: Path) -> None:
    session.remove()
    check_kills(app, database_url, tmp_path, 100)


def test_each_request_is_one_line_without_its_address_or_body(
    app: Flask, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="jieli")
    post = person_with_post(Role.ADMINISTRATOR)
    number, pid = post.person_id, post.person.pid
    sign_in(client, post)
    with caplog.filtering(lambda record: record.name == "jieli.request"):  # type: ignore[arg-type]
        client.get(f"/people/{pid}?q=canary%0a")
    line = logs.Line().format(caplog.records[-1])
    said = json.loads(line)
    assert (said["route"], said["person"], said["status"]) == ("/people/<pid>", number, 200)
    assert len(said["request"]) == 16
    assert said["at"].endswith("+00:00")
    assert "canary" not in line
    assert pid not in line
    broken = logging.LogRecord("jieli", 40, "", 0, "a\nb", None, None)
    assert "\n" not in logs.Line().format(broken)


def test_an_error_is_logged_by_its_kind_and_place_without_what_was_given(app: Flask) -> None:
    try:
        try:
            session.execute(text("INSERT INTO firm (name) VALUES (:name)"), {"name": "canary"})
        except DBAPIError as error:
            raise ValueError("canary") from error
    except ValueError:
        record = logging.LogRecord("jieli", 40, "", 0, "unexpected", None, sys.exc_info())
    session.rollback()
    line = logs.Line().format(record)
    trace = json.loads(line)["trace"]
    assert trace[0] == "builtins.ValueError"
    assert any(step.startswith("sqlalchemy.exc.IntegrityError") for step in trace)
    assert any("test_hard_times.py" in step for step in trace)
    assert "canary" not in line


def test_what_the_program_writes_is_its_owners_only(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "made").write_text("x")
    assert (tmp_path / "made").stat().st_mode & 0o077 == 0
