"""去向待查, 迁出预警 and the years of graduates: who is listed, to whom, and how it ends."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask

from app.carriers.models import Source, Unit, UnitUse, Verification
from app.core.days import Period
from app.core.db import session, write
from app.core.panels import Todo
from app.firms.models import (
    Demand,
    DemandState,
    Destination,
    Figures,
    Firm,
    LeaveReason,
    Residency,
)
from app.firms.queries.figures import of_firm, row_of
from app.firms.service import space
from app.pipeline.models import ClaimState, GraduationState
from app.workbench import deadlines
from app.workbench.leaving import following, todo, warnings, whereabouts
from tests.clients import Client
from tests.conftest import TODAY
from tests.factories.chain import SEEDER, Chain, enter
from tests.factories.units import make_unit

DAY = dt.timedelta(days=1)
WAN = 1_000_000


def missing(made: Chain, who: str) -> list[str]:
    return [one.name for one in whereabouts.rows(made.viewer(who), TODAY)]


def todos(app: Flask, made: Chain, who: str) -> list[Todo]:
    with app.test_request_context("/"):
        return list(todo.todos(made.viewer(who), TODAY))


def test_leavers_without_a_destination_wait_for_their_last_carrier(app: Flask, made: Chain) -> None:
    assert missing(made, "incubator") == ["松间月机器人", "鹿鸣溪器械"]  # not who is in the park
    assert missing(made, "district") == ["松间月机器人", "鹿鸣溪器械"]
    assert missing(made, "park") == missing(made, "rival") == []
    (line,) = [one for one in todos(app, made, "incubator") if one.action == "登记去向"]
    assert (line.subject, line.detail) == ("金科路青禾孵化器", "2 家：松间月机器人、鹿鸣溪器械")
    assert todos(app, made, "district") == []


@pytest.mark.parametrize(
    ("told", "listed"),
    [
        (Destination.UNKNOWN, True), (None, True), (Destination.LOST, False),
        (Destination.CITY, False),
    ],
)  # fmt: skip
def test_only_those_of_whom_nobody_knows(
    app: Flask, made: Chain, told: Destination | None, listed: bool
) -> None:
    with write("test:leave", actor=SEEDER):
        made.firm("渡口云材料", ends=TODAY - 9 * DAY, destination=told)
    assert ("渡口云材料" in missing(made, "incubator")) is listed


def test_a_closed_firm_and_one_that_came_back_are_not_looked_for(app: Flask, made: Chain) -> None:
    with write("test:leave", actor=SEEDER):
        made.firm("渡口云材料", ends=TODAY - 9 * DAY).closed_on = TODAY - DAY
        made.firm("潮生光学", ends=TODAY - 9 * DAY)
        made.tie("潮生光学", "incubator", starts=TODAY - 2 * DAY)
    assert not {"渡口云材料", "潮生光学"} & set(missing(made, "incubator"))


def test_found_by_its_carrier_and_off_the_list(client: Client, made: Chain) -> None:
    firm = made.firms["鹿鸣溪器械"]
    enter(client, "incubator")
    assert f"/firms/{firm.pid}/moves/trace" in client.get("/leavers").text
    form = f"/firms/{firm.pid}/moves/trace"
    assert client.send(form, {"destination": "unknown"}).status_code == 422
    answer = client.send(form, {"destination": "city", "remark": "企业来电"})
    assert answer.status_code == 303
    tie = session.query(Residency).filter_by(firm_id=firm.id).one()
    assert (tie.destination, tie.leave_reason) == (Destination.CITY, LeaveReason.GRADUATED)
    assert missing(made, "incubator") == ["松间月机器人"]
    again = client.send(form, {"destination": "abroad"})
    assert again.status_code == 409
    assert "没有待登记的去向" in again.text


def test_nobody_else_records_it(client: Client, made: Chain) -> None:
    form = f"/firms/{made.firms['松间月机器人'].pid}/moves/trace"
    assert enter(client, "park").send(form, {"destination": "city"}).status_code == 404


def search(made: Chain, name: str, since: dt.date) -> None:
    with write("test:search", actor=SEEDER):
        session.add(
            Demand(
                firm_id=made.firms[name].id, state=DemandState.OPEN, opened_on=since,
                checked_on=since, area_low=300, area_high=500, uses=(UnitUse.OFFICE,),
                needed_by=TODAY + 200 * DAY,
            )
        )  # fmt: skip


def warned(app: Flask, made: Chain, who: str) -> dict[str, tuple[bool, tuple[str, ...]]]:
    with app.test_request_context("/"):
        found = warnings.rows(made.viewer(who), TODAY)
    return {one.name: (one.strong, one.reasons) for one in found}


def test_a_firm_that_looks_for_room_and_nobody_courts(app: Flask, made: Chain) -> None:
    assert warned(app, made, "incubator") == {}  # a lease that ends is no reason by itself
    search(made, "石上泉传感", TODAY - 91 * DAY)
    told = {
        "石上泉传感": (
            True,
            ("空间需求已登记 91 天，仍在寻找", "租期还有 127 天", "没有有效的承接意向"),
        )
    }
    assert warned(app, made, "incubator") == warned(app, made, "district") == told
    assert warned(app, made, "park") == {}
    with write("test:claim", actor=SEEDER):
        made.claim("石上泉传感", "park", ClaimState.OPEN, TODAY + 9 * DAY)
    assert warned(app, made, "incubator") == {}


def test_the_days_are_settings_and_bounds_hold(app: Flask, made: Chain) -> None:
    search(made, "石上泉传感", TODAY - 90 * DAY)  # not more than ninety
    assert [strong for strong, _why in warned(app, made, "incubator").values()] == [False]
    app.config["EXODUS_LEASE_DAYS"] = 126
    assert warned(app, made, "incubator") == {}
    app.config["EXODUS_LEASE_DAYS"] = 127
    assert list(warned(app, made, "incubator")) == ["石上泉传感"]


def test_a_lapsed_claim_is_told_of(app: Flask, made: Chain) -> None:
    with write("test:lease", actor=SEEDER):
        tie = session.query(Residency).filter_by(firm_id=made.firms["砚池云数据"].id).one()
        tie.lease_ends = TODAY - 3 * DAY  # pushed, and its one claim has lapsed
    (found,) = warned(app, made, "incubator").values()
    assert found == (False, ("租期已过 3 天", "没有有效的承接意向（曾有 1 项，均已结束）"))


def leased(firm: Firm, room: Unit, until: dt.date) -> None:
    with write("test:use", actor=SEEDER):
        space.occupy(
            actor=SEEDER, today=TODAY, firm=firm, unit=room, amount=10_000,
            starts=dt.date(2024, 2, 1), lease_ends=until,
        )  # fmt: skip


def test_the_warning_and_the_reminder_tell_the_same_lease(app: Flask, made: Chain) -> None:
    """The stay's lease ends on 2027-03-31; one unit's sooner, one's later, one has passed."""
    search(made, "石上泉传感", TODAY - 91 * DAY)
    firm, days = made.firms["石上泉传感"], (-9, 60, 900)
    for days_left in days:
        room = make_unit(made.carriers["incubator"], 10_000, number=f"R{days_left}")
        leased(firm, room, TODAY + days_left * DAY)
    for who in ("incubator", "district"):
        with app.test_request_context("/"):
            (told,) = warnings.rows(made.viewer(who), TODAY)
        assert told.lease == TODAY + 60 * DAY
    (line,) = [r for r in deadlines.rows(made.viewer("incubator"), TODAY) if r.name == told.name]
    assert dict(line.ends)["lease"] == told.lease


def test_what_another_carrier_agreed_is_not_told(app: Flask, made: Chain) -> None:
    search(made, "石上泉传感", TODAY - 91 * DAY)
    elsewhere = make_unit(made.carriers["park"], 10_000)
    leased(made.firms["石上泉传感"], elsewhere, TODAY + 5 * DAY)
    with app.test_request_context("/"):
        (own,) = warnings.rows(made.viewer("incubator"), TODAY)
        (all_of_them,) = warnings.rows(made.viewer("district"), TODAY)
    assert (own.lease, all_of_them.lease) == (dt.date(2027, 3, 31), TODAY + 5 * DAY)


def test_a_park_learns_of_no_warning(client: Client, made: Chain) -> None:
    search(made, "石上泉传感", TODAY - 91 * DAY)
    enter(client, "park")
    assert client.get("/leavers/warnings").status_code == 404
    for page in ("/leavers", "/", "/openings", "/following"):
        assert "预警" not in client.get(page).text


def test_it_is_for_the_screen_only(client: Client, made: Chain) -> None:
    search(made, "石上泉传感", TODAY - 91 * DAY)
    page = enter(client, "incubator").get("/leavers/warnings").text
    main = page[page.index("<main") : page.index("</main>")]
    assert "石上泉传感" in main
    before, inside = main.split('<div class="d-print-none">')
    assert "石上泉传感" not in before
    assert "石上泉传感" in inside
    assert "/exports/" not in main
    assert "data-print" not in main


@pytest.fixture
def graduates(made: Chain) -> Chain:
    """Graduates of 2023: in a building, in the park, closed in 2025; others of 2020, 2019."""
    with write("test:graduates", actor=SEEDER):
        left = dt.date(2023, 6, 1)
        for name, day in (
            ("甲楼宇", left), ("乙园区", left), ("丙停业", left), ("丁早年", dt.date(2020, 3, 1)),
            ("戊更早", dt.date(2019, 3, 1)),
        ):  # fmt: skip
            made.firm(
                name, starts=dt.date(2015, 1, 1), ends=day, destination=Destination.BUILDING,
                leave_reason=LeaveReason.GRADUATED,
            )  # fmt: skip
            made.graduation(name, day, GraduationState.VERIFIED)
        made.tie("乙园区", "park", starts=left)
        made.firms["丙停业"].closed_on = dt.date(2025, 2, 1)
    return made


def years(made: Chain, who: str) -> dict[str, dict[int, bool]]:
    return {one.name: one.years for one in following.rows(made.viewer(who), TODAY)}


def test_asked_is_the_carrier_of_today_else_the_last_one(app: Flask, graduates: Chain) -> None:
    whole = dict.fromkeys(range(2021, 2026), False)  # five; those of 2019 are over
    mine = {
        "丁早年": whole, "甲楼宇": {2024: False, 2025: False}, "丙停业": {2024: False},
    }  # fmt: skip
    theirs = {"乙园区": {2024: False, 2025: False}}
    assert years(graduates, "incubator") == mine
    assert years(graduates, "park") == theirs
    assert years(graduates, "rival") == {}
    assert years(graduates, "district") == mine | theirs


def test_the_todo_has_a_day_and_opens_the_grid(
    app: Flask, client: Client, graduates: Chain
) -> None:
    lines = {one.subject: one for one in todos(app, graduates, "incubator") if one.action == "填报"}
    assert lines["2025 年"].due == dt.date(2026, 4, 30)
    assert lines["2025 年"].detail == "2 家：丁早年、甲楼宇"
    enter(client, "incubator")
    pid = graduates.firms["甲楼宇"].pid
    page = client.get(lines["2025 年"].url)  # the first press
    assert f'name="{pid}-revenue"' in page.text
    answer = client.send(lines["2025 年"].url, {f"{pid}-revenue": "1,234.5"})  # the second
    assert answer.status_code == 303
    held = row_of(graduates.firms["甲楼宇"].id, Period(2025), Source.EXPRESS)
    assert held is not None
    assert held.revenue == 1_234_500_000  # fen
    assert years(graduates, "incubator")["甲楼宇"] == {2024: False, 2025: True}
    covered = following.coverage(following.rows(graduates.viewer("incubator"), TODAY), TODAY)
    assert [(c.year, c.asked, c.filled) for c in covered][:2] == [(2025, 2, 1), (2024, 3, 0)]
    (seen,) = of_firm(graduates.viewer("incubator"), graduates.firms["甲楼宇"], TODAY)
    assert seen.year == 2025  # whoever is asked reads the years since


def test_of_a_graduate_in_a_park_the_park_alone_enters_and_reads(
    app: Flask, client: Client, graduates: Chain
) -> None:
    """The former host's canary: the years since are the present host's."""
    firm = graduates.firms["乙园区"]
    enter(client, "incubator")
    form = "/following/2025"
    assert "乙园区" not in client.get(form).text
    client.send(form, {f"{firm.pid}-revenue": "7"})
    assert row_of(firm.id, Period(2025), Source.EXPRESS) is None
    with write("test:figures", actor=SEEDER):
        session.add(
            Figures(
                firm_id=firm.id, year=2025, quarter=0, source=Source.AUDIT,
                verification=Verification.SELF, revenue=4_242 * WAN,
            )
        )  # fmt: skip
    for who, seen in (("incubator", []), ("park", [2025]), ("district", [2025])):
        rows = of_firm(graduates.viewer(who), firm, TODAY)
        assert [row.year for row in rows] == seen
    for page in (f"/firms/{firm.pid}", "/following", form):
        assert "4,242" not in client.get(page).text
    assert "乙园区" not in client.get("/following").text


def test_an_unusual_value_stays_on_the_page(client: Client, graduates: Chain) -> None:
    pid = graduates.firms["甲楼宇"].pid
    enter(client, "incubator")
    answer = client.send("/following/2025", {f"{pid}-revenue": "一百"})
    assert answer.status_code == 422
    assert 'value="一百"' in answer.text
    assert client.get("/following/2018").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("who", ["incubator", "park", "district"])
@pytest.mark.parametrize("filled", [True, False])
def test_the_pages_are_in_order(
    request: pytest.FixtureRequest, app: Flask, client: Client, made: Chain, lang: str, who: str,
    filled: bool,
) -> None:  # fmt: skip
    if filled:
        request.getfixturevalue("graduates")
        search(made, "石上泉传感", TODAY - 91 * DAY)
    enter(client, who).set_cookie("lang", lang)
    for page in ("/leavers", "/following"):
        assert client.get(page).status_code == 200
    assert client.get("/leavers/warnings").status_code == (404 if who == "park" else 200)
    if filled and who != "district":
        assert client.get("/following/2025").status_code == 200
    firm = session.get_one(Firm, made.firms["鹿鸣溪器械"].id)
    if who == "incubator":
        assert client.get(f"/firms/{firm.pid}/moves/trace").status_code == 200
