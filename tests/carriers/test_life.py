"""The end of a carrier and what goes on in which other one: acts, circles, days, pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers import queries, service
from app.carriers.models import Carrier, CarrierStatus, CarrierSuccession, StatusAct, SuccessionKind
from app.carriers.queries import succession
from app.core import audit
from app.core.access import Permission
from app.core.db import RevisionNote, known, last_revision, session, write
from app.core.db.guards import existing
from app.core.errors import Conflict, DomainError, Forbidden
from tests.clients import Client, sign_in
from tests.conftest import SECRET
from tests.databases import alembic_config, migrate, refuses_to_go_below
from tests.factories.accounts import make_person
from tests.factories.carriers import ACTOR, make_carrier, organisation, viewer_at

TODAY = dt.date(2026, 11, 24)
SOON = TODAY + dt.timedelta(days=37)


def follow(old: Carrier, new: Carrier, day: dt.date = TODAY, **more: Any) -> CarrierSuccession:
    with write("test:succession", actor=ACTOR):
        return service.add_succession(
            actor=ACTOR, today=TODAY, predecessor=old, successor=new, day=day,
            kind=SuccessionKind.MERGED, **more,
        )  # fmt: skip


def close(one: Carrier, day: dt.date = TODAY, **more: Any) -> CarrierStatus:
    with write("test:close", actor=ACTOR):
        return service.close_carrier(actor=ACTOR, today=TODAY, carrier=one, day=day, **more)


def district(client: Client) -> None:
    sign_in(client, make_person(Role.DISTRICT_HEAD, organisation(OrganisationKind.DISTRICT)))


def test_the_chain_is_followed_to_its_end_as_of_the_day(app: Flask) -> None:
    a, b, c, d, e = (make_carrier(f"链上{i}号") for i in range(5))
    follow(a, c, dt.date(2021, 3, 1))
    follow(b, c, dt.date(2022, 3, 1))
    follow(c, d, dt.date(2024, 3, 1))
    cut = last_revision()
    row = follow(d, e, SOON)
    assert succession.heirs(dt.date(2021, 2, 28)) == {}
    assert succession.heirs(dt.date(2021, 3, 1)) == {a.id: c.id}
    assert succession.heirs(TODAY) == {a.id: d.id, b.id: d.id, c.id: d.id}
    assert succession.heirs(SOON) == dict.fromkeys((a.id, b.id, c.id, d.id), e.id)
    assert succession.heirs(SOON, cut) == {a.id: d.id, b.id: d.id, c.id: d.id}
    follow(a, e)  # split: nothing says what of it went where
    assert a.id not in succession.heirs(TODAY)
    with write("test:void", actor=ACTOR):
        service.void_succession(actor=ACTOR, row=session.merge(row), reason="登记有误")
    assert d.id not in succession.heirs(SOON)


def test_no_chain_closes_a_circle_and_no_pair_stands_twice(app: Flask) -> None:
    a, b, c = (make_carrier(f"环上{i}号") for i in range(3))
    follow(a, b)
    follow(b, c, SOON)
    for old, new, code in ((c, a, "succession_circle"), (a, a, "succession_self")):
        with pytest.raises(DomainError) as refused:
            follow(old, new)
        assert refused.value.code == code
    with pytest.raises(Conflict) as twice:
        follow(a, b, SOON)
    assert twice.value.code == "succession_twice"
    closed = make_carrier("已经关了")
    close(closed, dt.date(2025, 1, 1))
    with pytest.raises(DomainError) as refused:
        follow(a, closed)
    assert refused.value.code == "succession_over"
    follow(make_carrier("更早的"), closed, dt.date(2023, 1, 1))  # it stood then


def test_nothing_goes_on_before_both_are_registered(app: Flask) -> None:
    one, two = make_carrier("先有的"), make_carrier("后有的")
    first = session.scalars(select(CarrierStatus).where(CarrierStatus.carrier_id == two.id)).one()
    with pytest.raises(DomainError) as early, write("test:early", actor=ACTOR):
        service.add_succession(
            actor=ACTOR, today=TODAY, predecessor=one, successor=two,
            kind=SuccessionKind.TAKEN_OVER, day=first.day - dt.timedelta(days=1),
        )  # fmt: skip
    assert (early.value.code, early.value.field) == ("succession_early", "day")


def test_only_the_district_decides(app: Flask) -> None:
    a, b = make_carrier(), make_carrier()
    own = viewer_at(a, without=(Permission.CARRIER_STATUS,))
    with pytest.raises(Forbidden), write("test:close", actor=own):
        service.close_carrier(actor=own, today=TODAY, carrier=a, day=TODAY)
    with pytest.raises(Forbidden), write("test:close", actor=own):
        service.add_succession(
            actor=own, today=TODAY, predecessor=a, successor=b, kind=SuccessionKind.MERGED,
            day=TODAY,
        )  # fmt: skip


def test_an_announced_end_counts_from_its_day_and_can_be_taken_back(app: Flask) -> None:
    one, heir = make_carrier("将要注销的"), make_carrier("接手的")
    before = queries.count_registered(TODAY, 1)
    act = close(one, SOON, successor=heir, document="浦科〔2026〕7号")
    assert queries.count_registered(TODAY, 1) == before
    assert queries.count_registered(SOON, 1) == before - 1
    assert queries.over_act(one, TODAY) is None
    assert queries.over_act(one, SOON) == (StatusAct.CLOSED, SOON)
    assert {k: a.day for k, a in queries.announced(TODAY).items()} == {one.id: SOON}
    assert succession.successor(one, SOON) == heir
    with pytest.raises(DomainError) as early:
        close(one, TODAY)
    assert early.value.code == "act_announced"
    assert SOON.isoformat() in early.value.message
    with write("test:void", actor=ACTOR):
        service.void_announced(actor=ACTOR, today=TODAY, row=session.merge(act))
    assert queries.count_registered(SOON, 1) == before
    held = close(one, TODAY)
    with pytest.raises(DomainError) as refused, write("test:void", actor=ACTOR):
        service.void_announced(actor=ACTOR, today=TODAY, row=session.merge(held))
    assert refused.value.code == "act_entered"
    with pytest.raises(DomainError) as far:
        close(heir, TODAY + dt.timedelta(days=400))
    assert far.value.code == "act_far"


def test_the_pages_say_who_went_where_since_when_and_by_what_document(
    app: Flask, client: Client
) -> None:
    old, second, new = (
        make_carrier("东岸孵化器"),
        make_carrier("西岸孵化器"),
        make_carrier("两岸孵化器"),
    )
    district(client)
    form = {
        "succession-side": "after", "succession-other": new.pid, "succession-kind": "merged",
        "succession-day": "2026-11-01", "succession-document": "浦科〔2026〕8号",
        "succession-closes": "y",
    }  # fmt: skip
    assert client.send(f"/carriers/{old.pid}/successions", form).status_code == 303
    form |= {"succession-side": "before", "succession-other": second.pid,
             "succession-day": SOON.isoformat()}  # fmt: skip
    assert client.send(f"/carriers/{new.pid}/successions", form).status_code == 303
    page = client.get(f"/carriers/{old.pid}").get_data(as_text=True)
    for words in (
        "并入",
        "两岸孵化器",
        "合并 · 自 2026-11-01 · 浦科〔2026〕8号",
        "注销 2026-11-01",
    ):
        assert words in page
    page = client.get(f"/carriers/{new.pid}").get_data(as_text=True)
    assert page.count("前身") >= 2
    assert "东岸孵化器" in page
    assert "日期未到" in page
    page = client.get(f"/carriers/{second.pid}").get_data(as_text=True)
    assert f"预告 {SOON.isoformat()} 注销" in page
    circle = {**form, "succession-side": "after", "succession-other": old.pid}
    again = client.send(f"/carriers/{new.pid}/successions", circle)
    assert again.status_code == 422
    assert "不能再反过来登记" in again.get_data(as_text=True)
    session.expire_all()
    act = session.scalars(select(CarrierStatus).where(CarrierStatus.day == SOON)).one()
    row = session.scalars(select(CarrierSuccession).where(CarrierSuccession.day == SOON)).one()
    assert client.send(f"/carriers/{second.pid}/acts/{act.id}/void", {}).status_code == 303
    told = client.get(f"/carriers/{second.pid}").get_data(as_text=True)
    assert "登记的承接关系没有变" in told
    why = {"reason": "对方不再承接"}
    assert client.send(f"/carriers/{old.pid}/successions/{row.id}/void", why).status_code == 404
    bare = client.send(f"/carriers/{new.pid}/successions/{row.id}/void", {"reason": " "})
    assert bare.status_code == 422
    assert f'id="succession-{row.id}-error"' in bare.get_data(as_text=True)
    assert client.send(f"/carriers/{new.pid}/successions/{row.id}/void", why).status_code == 303
    note = session.scalars(select(RevisionNote.note).order_by(RevisionNote.rev.desc())).first()
    assert note == "对方不再承接"
    page = client.get(f"/carriers/{second.pid}").get_data(as_text=True)
    assert f"预告 {SOON.isoformat()}" not in page
    assert "日期未到" not in page
    twice = {**form, "succession-side": "after", "succession-other": second.pid,
             "succession-day": "2026-11-20"}  # fmt: skip
    assert client.send(f"/carriers/{old.pid}/successions", twice).status_code == 303, "closed once"
    sign_in(client, make_person(Role.CARRIER_HEAD, old.organisation))
    page = client.get(f"/carriers/{old.pid}").get_data(as_text=True)
    assert "并入" in page
    assert "登记承接关系" not in page
    assert client.send(f"/carriers/{old.pid}/successions", form).status_code == 403


def test_former_predecessors_are_taken_over_and_the_audit_stays_whole(
    app: Flask, database_url: str, make_app: Callable[..., Flask]
) -> None:
    """What stood in the single column is a dated row afterwards, under a sealed revision."""
    old, new, other = make_carrier("从前的"), make_carrier("现在的"), make_carrier("又一家")
    with write("test:predecessor", actor=ACTOR):
        for one in (session.merge(new), session.merge(other)):
            one.predecessor_id = old.id
    ids = old.id, new.id, other.id
    session.remove()
    app.extensions["engine"].dispose()
    config = alembic_config(database_url)
    config.attributes["audit_key"] = SECRET[::-1]
    script = ScriptDirectory.from_config(config).get_revision("20261128suc1")
    command.downgrade(config, str(script.down_revision))
    command.upgrade(config, "head")
    rows = session.scalars(select(CarrierSuccession).order_by(CarrierSuccession.id)).all()
    assert [(r.predecessor_id, r.successor_id, r.kind, r.day) for r in rows] == [
        (ids[0], heir, SuccessionKind.TAKEN_OVER, dt.date(2020, 1, 1)) for heir in ids[1:]
    ]
    assert list(audit.verify()) == []
    held = known(CarrierSuccession, rows[0].rev - 1).c
    assert session.execute(select(held.id)).all() == []
    follow(rows[0].successor, session.merge(make_carrier("再后来的")))
    assert list(audit.verify()) == []


def test_a_downgrade_that_would_break_the_audit_is_refused(app: Flask, database_url: str) -> None:
    """Rows of a sealed revision do not go; nothing of the database has changed."""
    old, new = make_carrier("从前的"), make_carrier("现在的")
    follow(old, new)
    ids, guards = (old.id, new.id), existing(session.connection())
    session.remove()
    app.extensions["engine"].dispose()
    refuses_to_go_below(database_url, "20261128suc1", "holds 1 rows that the sealed audit covers")
    assert list(audit.verify()) == []
    (row,) = session.scalars(select(CarrierSuccession)).all()
    assert (row.predecessor_id, row.successor_id) == ids
    assert existing(session.connection()) == guards, "nor what guards the rows"
    session.remove()
    app.extensions["engine"].dispose()
    migrate(database_url)
    assert list(audit.verify()) == []
