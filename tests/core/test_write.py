"""The writer: one revision a write, sealed and chained, nothing half-written."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Organisation
from app.core.access import System
from app.core.db import Revision, RevisionNote, known, last_revision, on_seal, session, write
from app.core.db.revision import _block, _spelt, digest, seal_hash
from app.core.errors import Conflict
from app.core.kept import kept

ACTOR = System("test")


def make(name: str, **kw: Any) -> int:
    """One organisation, written under a revision of its own."""
    with write("test:make", actor=ACTOR):
        row = Organisation(kind="operator", name=name, short_name=name, **kw)
        session.add(row)
        session.flush()
        return row.id


def test_a_write_is_one_sealed_revision(app: Flask) -> None:
    make("甲")
    make("乙")
    rows = session.scalars(select(Revision).order_by(Revision.id)).all()
    assert [(r.id, r.actor, r.action, r.sealed) for r in rows] == [
        (1, "system:test", "test:make", True),
        (2, "system:test", "test:make", True),
    ]
    assert rows[1].prev_hash == rows[0].hash
    key = app.config["AUDIT_KEY"].encode()
    assert [r.hash for r in rows] == [seal_hash(key, r) for r in rows]


def test_the_digest_can_be_computed_again_for_ever(app: Flask) -> None:
    first = make("甲")
    with write("test:rename", actor=ACTOR, note="改名"):
        session.scalars(select(Organisation).where(Organisation.id == first)).one().name = "乙"
    with write("test:drop", actor=ACTOR):
        session.delete(session.scalars(select(Organisation).where(Organisation.id == first)).one())
    for row in session.scalars(select(Revision)).all():
        note = session.scalar(select(RevisionNote.note).where(RevisionNote.rev == row.id))
        assert digest(session.connection(), row.id, note) == row.digest
    assert {r.digest for r in session.scalars(select(Revision))}.__len__() == 3


def test_the_past_is_read_through_known(app: Flask) -> None:
    first = make("甲")
    with write("test:rename", actor=ACTOR):
        session.scalars(select(Organisation).where(Organisation.id == first)).one().name = "乙"
    with write("test:drop", actor=ACTOR):
        session.delete(session.scalars(select(Organisation).where(Organisation.id == first)).one())

    def names(cut: int | None) -> list[str]:
        rows = known(Organisation, cut)
        return list(session.scalars(select(rows.c.name)))

    assert [names(cut) for cut in (0, 1, 2, 3, None)] == [[], ["甲"], ["乙"], [], []]


def test_a_failed_write_leaves_nothing(app: Flask) -> None:
    make("甲")
    with pytest.raises(RuntimeError, match="stop"), write("test:half", actor=ACTOR):
        session.add(Organisation(kind="operator", name="乙", short_name="乙"))
        session.flush()
        raise RuntimeError("stop")
    assert last_revision() == 1
    assert session.scalar(select(func.count()).select_from(Organisation)) == 1


@pytest.mark.parametrize("how", ["core", "raw", "bulk"])
def test_writing_outside_a_revision_is_refused(app: Flask, how: str) -> None:
    make("甲")
    with pytest.raises(IntegrityError, match="guard_rev_organisation"):
        if how == "core":
            session.execute(update(Organisation).values(name="丙"))
        elif how == "raw":
            session.execute(text("DELETE FROM organisation"))
        else:
            row = {"kind": "operator", "name": "丁", "short_name": "丁", "pid": "x" * 12, "rev": 1}
            session.execute(insert(Organisation.__table__), [row])
    session.rollback()


def test_a_bulk_update_leaves_history_too(app: Flask) -> None:
    make("甲")
    with write("test:bulk", actor=ACTOR) as txn:
        session.execute(
            update(Organisation).values(short_name="简称", rev=txn.rev),
            execution_options={"synchronize_session": False},
        )
    old = session.execute(
        select(Organisation.__history__.c.short_name, Organisation.__history__.c.rev_to)
    )
    assert old.all() == [("甲", 2)]


def test_sealed_revisions_and_history_do_not_change(app: Flask) -> None:
    first = make("甲")
    with write("test:rename", actor=ACTOR):
        session.scalars(select(Organisation).where(Organisation.id == first)).one().name = "乙"
    for statement in (
        "UPDATE revision SET actor = 'nobody' WHERE id = 1",
        "DELETE FROM revision WHERE id = 1",
        "UPDATE organisation_history SET name = '丙'",
        "DELETE FROM organisation_history",
    ):
        with pytest.raises(IntegrityError, match="guard_sealed"):
            session.execute(text(statement))
        session.rollback()


def test_the_second_editor_is_told(app: Flask) -> None:
    first = make("甲")
    mine = session.scalars(select(Organisation).where(Organisation.id == first)).one()
    seen = mine.rev
    with write("test:rename", actor=ACTOR):
        session.scalars(select(Organisation).where(Organisation.id == first)).one().name = "乙"
    with pytest.raises(Conflict), write("test:late", actor=ACTOR) as txn:
        done = session.execute(
            update(Organisation)
            .where(Organisation.id == first, Organisation.rev == seen)
            .values(name="丙", rev=txn.rev),
            execution_options={"synchronize_session": False},
        )
        if done.rowcount == 0:
            raise Conflict("stale")


def test_money_out_of_bounds_is_refused_by_the_database(app: Flask) -> None:
    with pytest.raises(IntegrityError, match="goal|ck_|revenue"), write("test:money", actor=ACTOR):
        session.execute(
            text(
                "INSERT INTO carrier_figures (carrier_id, year, quarter, source, verification, "
                "total_income, rev) VALUES (1, 2025, 0, 'audit', 'self', 100000000000001, 1)"
            )
        )


def test_touched_records_reach_the_hooks(app: Flask) -> None:
    seen: list[set[tuple[str, int]]] = []
    on_seal(app, lambda txn: seen.append(set(txn.touched)))
    made = make("甲")
    assert seen == [{("organisation", made)}]


def test_sixteen_writers_leave_a_gapless_chain(app: Flask) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        with app.app_context():
            try:
                make(f"单位{number}")
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    session.rollback()
    rows = session.scalars(select(Revision).order_by(Revision.id)).all()
    assert [r.id for r in rows] == list(range(1, 17))
    assert all(b.prev_hash == a.hash for a, b in itertools.pairwise(rows))


def test_write_inside_write_is_a_fault(app: Flask) -> None:
    with (
        pytest.raises(RuntimeError, match="inside"),
        write("test:outer", actor=ACTOR),
        write("test:inner", actor=ACTOR),
    ):
        pass


def test_instants_are_utc(app: Flask) -> None:
    at = dt.datetime(2020, 1, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    with write("test:at", actor=ACTOR, at=at):
        pass
    assert session.scalars(select(Revision.at)).one() == dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def test_what_is_kept_holds_until_the_next_revision_and_never_from_within_a_write(
    app: Flask,
) -> None:
    def number() -> int:
        return kept("organisations", lambda: session.scalar(select(func.count(Organisation.id))))

    def undone() -> None:
        with write("test:make", actor=ACTOR):
            session.add(Organisation(kind="operator", name="丙", short_name="丙"))
            session.flush()
            assert number() == 2
            raise RuntimeError("stop")

    make("甲")
    assert number() == 1
    with pytest.raises(RuntimeError, match="stop"):
        undone()
    assert number() == 1
    make("乙")
    assert number() == 2
    assert kept("organisations", lambda: -1) == 2, "made once a revision"


@given(
    st.sampled_from(["firm", "place"]),
    st.lists(
        st.dictionaries(
            st.sampled_from(["id", "name", "}],["]),
            st.integers()
            | st.text(st.sampled_from('}],["{:\\\n行'))
            | st.sampled_from(['}],["firm', "x}],[", "firm"])
            | st.booleans()
            | st.dates(),
        ),
        min_size=1,
    ),
)
def test_versions_spelt_together_are_the_lines_of_each(
    table: str, versions: list[dict[str, object]]
) -> None:
    lines = [_spelt([table, version]) for version in versions]
    assert _block(table, versions) == "\n".join(lines)
