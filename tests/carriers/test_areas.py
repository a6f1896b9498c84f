"""An area's reader follows carriers and their firms to where they are today."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind
from app.carriers import queries
from app.carriers.models import Carrier, Site
from app.core.access import Viewer
from app.core.db import session, write
from app.firms import queries as firms
from app.firms.models import Residency
from tests.factories.carriers import ACTOR, make_carrier, organisation, viewer_at
from tests.factories.firms import make_firm

MOVED = dt.date(2026, 5, 1)


def reader(area: str) -> Viewer:
    return viewer_at(organisation(OrganisationKind.AREA, area_code=area), role="area_reader")


def seen(area: str) -> tuple[list[str], list[str]]:
    """Names of the carriers and of the firms that an area's reader may open."""
    who = reader(area)
    return (
        [one.name for one in session.scalars(queries.visible(who))],
        [one.name for one in session.scalars(firms.visible(who))],
    )


def leave(carrier: Carrier, to: str | None) -> None:
    """The carrier gives up its site and, where there is one, goes on at another."""
    with write("test:site", actor=ACTOR):
        old = session.scalars(select(Site).where(Site.carrier_id == carrier.id)).one()
        old.ends = MOVED
        if to:
            session.add(Site(carrier_id=carrier.id, name="新楼", address="", area=to, starts=MOVED))


@pytest.mark.parametrize("named", [True, False], ids=["its own site", "no site"])
def test_a_carrier_that_has_moved_is_read_where_it_is(app: Flask, named: bool) -> None:
    carrier, stays = make_carrier("青禾孵化器"), make_carrier("远山孵化器")
    make_firm("上海甲科技有限公司", carrier)
    make_firm("上海乙科技有限公司", stays)
    if named:
        with write("test:site", actor=ACTOR):
            for tie in session.scalars(select(Residency)):
                tie.site_id = session.scalar(select(Site.id).where(
                    Site.carrier_id == tie.carrier_id
                ))  # fmt: skip
    assert seen("zhangjiang") == (
        ["青禾孵化器", "远山孵化器"], ["上海甲科技有限公司", "上海乙科技有限公司"]
    )  # fmt: skip
    leave(carrier, "jinqiao")
    assert seen("zhangjiang") == (["远山孵化器"], ["上海乙科技有限公司"])
    assert seen("jinqiao") == (["青禾孵化器"], ["上海甲科技有限公司"])


def test_a_carrier_with_no_site_left_stays_with_its_area(app: Flask) -> None:
    """Its firms are still to be settled elsewhere, and somebody there looks after them."""
    carrier = make_carrier("青禾孵化器")
    make_firm("上海甲科技有限公司", carrier)
    leave(carrier, None)
    assert seen("zhangjiang") == (["青禾孵化器"], ["上海甲科技有限公司"])


def test_a_site_not_held_yet_opens_nothing(app: Flask) -> None:
    carrier = make_carrier("青禾孵化器")
    with write("test:site", actor=ACTOR):
        session.add(
            Site(
                carrier_id=carrier.id, name="二期", address="", area="jinqiao",
                starts=dt.date(2099, 1, 1),
            )
        )  # fmt: skip
    assert seen("jinqiao") == ([], [])
