"""Tampering behind the program's back shows, and names the revision."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.accounts.models import Organisation
from app.core import audit
from app.core.access import System
from app.core.audit import Damage, Fault
from app.core.db import Revision, guards, session, write

WRITES = 6


@pytest.fixture(autouse=True)
def written(app: Flask) -> None:
    """Six writes, the last of which renames what the first made."""
    for number in range(1, WRITES):
        with write("test:make", actor=System("test"), note=f"第 {number} 条"):
            session.add(
                Organisation(kind="operator", name=f"单位{number}", short_name=f"单位{number}")
            )
    with write("test:rename", actor=System("test")):
        first = select(Organisation).order_by(Organisation.id).limit(1)
        session.scalars(first).one().name = "改名"


def tamper(*statements: str) -> None:
    """What somebody with the database's own password could do."""
    connection = session.connection()
    guards.drop(connection)
    for statement in statements:
        session.execute(text(statement))
    guards.rebuild(connection)
    session.commit()


def found(**how: object) -> list[tuple[int, Damage]]:
    return [(fault.rev, fault.damage) for fault in audit.verify(**how)]  # type: ignore[arg-type]


def test_an_untouched_audit_is_whole() -> None:
    seen: list[int] = []
    assert list(audit.verify(kept=audit.head(), seen=seen.append)) == []
    assert seen == list(range(1, WRITES + 1))
    assert audit.size() == WRITES


def test_an_edited_entry_is_named() -> None:
    tamper("UPDATE revision SET action = 'test:other' WHERE id = 3")
    assert found() == [(3, Damage.SEAL)]


def test_an_edit_is_named_wherever_it_stands() -> None:
    for rev in range(1, WRITES + 1):
        tamper(f"UPDATE revision SET request = 'forged' WHERE id = {rev}")
        assert found() == [(rev, Damage.SEAL)]
        tamper(f"UPDATE revision SET request = NULL WHERE id = {rev}")
    assert found() == []


def test_entries_in_another_order_are_named() -> None:
    """Numbers 2 and 3 exchange everything that stands beside the number."""
    names = [c.name for c in Revision.__table__.c if c.name != "id"]
    rows = {r.id: r for r in session.execute(select(Revision.__table__)) if r.id in (2, 3)}
    guards.drop(session.connection())
    for rev, other in ((2, rows[3]), (3, rows[2])):
        session.execute(
            update(Revision).where(Revision.id == rev).values({n: getattr(other, n) for n in names})
        )
    guards.rebuild(session.connection())
    session.commit()
    assert {2, 3} <= {rev for rev, _ in found()}


def test_a_removed_entry_is_named() -> None:
    tamper("DELETE FROM organisation WHERE rev = 4", "DELETE FROM revision WHERE id = 4")
    assert found() == [(4, Damage.GAP), (5, Damage.CHAIN)]


def test_swapped_entries_are_named() -> None:
    tamper(
        "UPDATE revision SET action = 'x' WHERE id = 2",
        "UPDATE revision SET digest = (SELECT digest FROM revision WHERE id = 5) WHERE id = 3",
    )
    assert {rev for rev, _ in found()} == {2, 3}


def test_an_edited_record_is_named() -> None:
    tamper("UPDATE organisation SET short_name = '假' WHERE rev = 2")
    assert found() == [(2, Damage.DIGEST)]


def test_an_edited_past_is_named() -> None:
    tamper("UPDATE organisation_history SET name = '假' WHERE rev = 1")
    assert found() == [(1, Damage.DIGEST)]


@pytest.mark.parametrize("rev", [0, -1, WRITES + 7])
def test_a_row_that_nobody_wrote_is_named(rev: int) -> None:
    names = ", ".join(c.name for c in Organisation.__table__.c if c.name not in ("id", "rev"))
    tamper(
        f"INSERT INTO organisation_history (id, rev, rev_to, {names}) "
        f"SELECT 999, {rev}, {WRITES}, {names} FROM organisation WHERE rev = 2"
    )
    assert (rev, Damage.STRAY) in found()


def test_a_version_that_ends_in_no_write_is_named() -> None:
    names = ", ".join(c.name for c in Organisation.__table__.c if c.name not in ("id", "rev"))
    tamper(
        f"INSERT INTO organisation_history (id, rev, rev_to, {names}) "
        f"SELECT 999, 3, {WRITES + 2}, {names} FROM organisation WHERE rev = 2"
    )
    assert (WRITES + 2, Damage.STRAY) in found()


def test_what_waits_for_the_next_write_is_not_sealed_with_it() -> None:
    """A row put there under the number that comes next stays outside, and the gap is named."""
    names = ", ".join(c.name for c in Organisation.__table__.c if c.name not in ("id", "rev"))
    tamper(
        f"INSERT INTO organisation_history (id, rev, rev_to, {names}) "
        f"SELECT 999, {WRITES + 1}, {WRITES + 1}, {names} FROM organisation WHERE rev = 2"
    )
    with write("test:honest", actor=System("test")):
        session.add(Organisation(kind="operator", name="单位", short_name="单位"))
    assert audit.head()[0] == WRITES + 2
    assert found() == [(WRITES + 1, Damage.GAP)]


def test_an_edited_note_is_named() -> None:
    tamper("UPDATE revision_note SET note = '假' WHERE rev = 5")
    assert found() == [(5, Damage.DIGEST)]


def test_digests_can_be_left_out_of_old_revisions() -> None:
    tamper("UPDATE revision_note SET note = '假' WHERE rev = 1")
    assert found(digests_from=2) == []


def test_a_cut_off_tail_shows_against_a_kept_head() -> None:
    kept = audit.head()
    tamper(
        "UPDATE organisation SET rev = 5 WHERE rev = 6",
        "DELETE FROM organisation_history WHERE rev_to = 6",
        "DELETE FROM revision WHERE id = 6",
    )
    assert Fault(6, Damage.HEAD) in list(audit.verify(kept=kept))


def test_another_key_does_not_fit(app: Flask) -> None:
    app.config["AUDIT_KEY"] = "another-key-another-key-another-key"
    assert found() == [(rev, Damage.SEAL) for rev in range(1, WRITES + 1)]
