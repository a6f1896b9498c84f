"""待安置 and 整体转入 as pages: who reads which rows, the file, 待办, the preview and the press."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers import service as carriers
from app.carriers.models import Carrier, UnitUse
from app.carriers.queries import succession
from app.core.db import session, write
from app.firms.models import Demand, DemandState, Firm, Residency
from app.pipeline import service
from app.pipeline.queries import ties
from tests.acting import do
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.carriers import ACTOR, make_carrier
from tests.factories.firms import make_firm

START, DAY = dt.date(2024, 1, 10), dt.date(2026, 11, 4)
SOON = TODAY + dt.timedelta(days=30)
LIST = "/settling"
AREA = "300—500 ㎡"


class Closing:
    """One incubator that has closed with a successor, one that is announced to, and a third."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.old, self.soon = make_carrier("旧河孵化器"), make_carrier("将停孵化器")
        self.heir, self.far = make_carrier("新河孵化器"), make_carrier("无关孵化器")
        self.firms = [self.admit(self.old, f"旧河企业{n}") for n in "甲乙丙"]
        self.last = self.admit(self.soon, "将停企业丁")
        do(
            carriers.close_carrier, carrier=self.old, day=DAY, successor=self.heir,
            document="浦科〔2026〕12号",
        )  # fmt: skip
        do(carriers.close_carrier, carrier=self.soon, day=SOON)
        with write("test:demand", actor=ACTOR):
            session.add(
                Demand(
                    firm_id=self.firms[0].id, state=DemandState.OPEN, opened_on=START,
                    checked_on=START, area_low=300, area_high=500, uses=(UnitUse.RESEARCH,),
                    needed_by=dt.date(2027, 3, 31),
                )
            )  # fmt: skip
        self.district = make_organisation(kind=OrganisationKind.DISTRICT)

    def admit(self, carrier: Carrier, name: str) -> Firm:
        firm = make_firm(name, short_name=name)
        do(service.admit, firm=firm, carrier=carrier, starts=START)
        return firm

    def be(self, who: Carrier | None, role: Role = Role.CARRIER_CLERK) -> Client:
        """Go on as somebody of a carrier, else of the district."""
        place = who.organisation if who else self.district
        sign_in(self.client, person_with_post(role if who else Role.DISTRICT_HEAD, place))
        return self.client

    def read(self, path: str = LIST) -> str:
        return self.client.get(path).get_data(as_text=True)

    def form(self, page: str, **more: Any) -> dict[str, Any]:
        """The form as the page opens it, with what it ticks."""
        ticks = re.findall(r'name="id" value="([^"]+)"[^>]* checked', page)
        seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
        return {
            "receiver": self.heir.pid, "day": DAY.isoformat(), "reason": "老载体注销",
            "document": "浦科〔2026〕12号", "id": ticks,
            "seen": seen.group(1) if seen else "", "step": "commit",
        } | more  # fmt: skip


@pytest.fixture
def closing(rules: None, app: Flask, client: Client) -> Closing:
    return Closing(client)


NAMES = ("旧河企业甲", "旧河企业乙", "旧河企业丙", "将停企业丁")


def named(page: str) -> set[str]:
    return {name for name in NAMES if name in page}


def test_each_reads_the_rows_that_are_theirs(closing: Closing) -> None:
    old, soon, heir, far = closing.old, closing.soon, closing.heir, closing.far
    wanted: dict[Carrier | None, set[str]] = {
        None: set(NAMES), old: set(NAMES[:3]), soon: {NAMES[3]}, heir: set(NAMES[:3]), far: set(),
    }  # fmt: skip
    for who, names in wanted.items():
        closing.be(who)
        page = closing.read()
        assert named(page) == names, who
        if who is far:
            assert "没有待安置的企业" in page
            assert "旧河孵化器" not in page
    # the successor is told whom it may get, not what they look for
    closing.be(heir)
    page = closing.read()
    assert "300" not in page
    assert "不公开" in page
    assert f"/firms/{closing.firms[0].pid}" not in page
    closing.be(old)
    assert AREA in closing.read()
    with write("test:mask", actor=ACTOR):
        session.merge(closing.firms[1]).counted_only = True
    closing.be(heir)
    assert named(closing.read()) == {NAMES[0], NAMES[2]}


def test_days_filters_and_the_file_agree(closing: Closing) -> None:
    closing.be(None)
    page = closing.read()
    for words in ("20 天", "还有 30 天", "浦科〔2026〕12号", "新河孵化器", AREA):
        assert words in page
    for query, names in (
        (f"carrier={closing.soon.pid}", {NAMES[3]}), ("when=announced", {NAMES[3]}),
        ("when=over", set(NAMES[:3])), ("wants=yes", {NAMES[0]}), ("wants=no", set(NAMES[1:])),
        ("when=announced&wants=yes", set()),
    ):  # fmt: skip
        assert named(closing.read(f"{LIST}?{query}")) == names, query
        done = closing.client.send(f"/exports/workbench.settling?{query}", {"format": "csv"})
        assert done.status_code == 200
        assert named(done.get_data(as_text=True)) == names, query
    assert "没有符合条件的企业" in closing.read(f"{LIST}?when=announced&wants=yes")


def test_it_waits_for_the_district_the_carrier_and_the_successor(closing: Closing) -> None:
    for who, words in (
        (None, ("安置在园企业", "载体已注销，3 家待安置")),
        (closing.soon, ("安置在园企业", f"载体将于 {SOON.isoformat()} 注销，1 家待安置")),
        (closing.old, ("安置在园企业", "载体已注销，3 家待安置")),
        (closing.heir, ("接收待安置企业", "载体已注销，3 家待安置")),
    ):  # fmt: skip
        closing.be(who)
        page = closing.read("/")
        for one in words:
            assert one in page, (who, one)
    closing.be(closing.far)
    assert "待安置" not in closing.read("/")


def test_all_firms_go_in_one_press_as_previewed(closing: Closing) -> None:
    closing.be(None)
    path = f"{LIST}/{closing.old.pid}"
    page = closing.read(path)
    assert page.count("checked") >= 3
    assert f'<option selected value="{closing.heir.pid}">' in page
    assert "将转入 3 家" in page
    assert "入孵日期 2024-01-10 不变" in page
    bare = closing.client.send(path, closing.form(page, reason=""))
    assert bare.status_code == 422
    two = [f.pid for f in closing.firms[:2]]
    shown = closing.client.send(path, closing.form(page, id=two, step="preview"))
    assert shown.status_code == 200
    assert "将转入 2 家" in shown.get_data(as_text=True)
    form = closing.form(page, id=two)  # a tick less than on the preview is the reader's choice
    assert closing.client.send(path, form).status_code == 303
    again = closing.client.send(path, form)  # pressed twice
    assert again.status_code == 409
    assert "预览之后又有变动" in again.get_data(as_text=True)
    session.expire_all()
    held = [ties.latest(session.merge(f), TODAY) for f in closing.firms]
    assert [t.carrier_id for t in held if t] == [closing.heir.id] * 2 + [closing.old.id]
    assert {t.remark for t in held[:2] if t} == {"老载体注销 · 浦科〔2026〕12号"}
    assert named(closing.read()) == {NAMES[2], NAMES[3]}
    assert session.scalars(select(Firm).where(Firm.pid.in_(two))).all()


def test_only_the_district_moves_them(closing: Closing) -> None:
    path = f"{LIST}/{closing.old.pid}"
    closing.be(None)
    form = closing.form(closing.read(path))
    for who in (closing.old, closing.heir, closing.far):
        closing.be(who, Role.CARRIER_HEAD)
        assert closing.client.get(path).status_code == 403
        assert closing.client.send(path, form).status_code == 403
    closing.be(None)
    assert closing.client.get(f"{LIST}/{closing.heir.pid}").status_code == 404
    held = ties.latest(session.merge(closing.firms[0]), TODAY)
    assert held is not None
    assert held.carrier_id == closing.old.id


def test_without_a_successor_the_receiver_is_chosen_first(closing: Closing) -> None:
    closing.be(None)
    path = f"{LIST}/{closing.soon.pid}"
    page = closing.read(path)
    assert "选择接收载体和日期后预览" in page
    assert "将停企业丁" in page
    assert f'value="{closing.old.pid}"' not in page  # it has closed
    form = closing.form(
        page, id=[closing.last.pid], receiver=closing.far.pid, day=TODAY.isoformat(), step="preview"
    )
    shown = closing.client.send(path, form).get_data(as_text=True)
    done = closing.client.send(
        path, closing.form(shown, **{**form, "step": "commit", "seen": ""})
    )  # nothing was previewed
    assert done.status_code == 409
    form = closing.form(shown, id=[closing.last.pid], receiver=closing.far.pid,
                        day=TODAY.isoformat())  # fmt: skip
    assert closing.client.send(path, form).status_code == 303


def test_a_firm_that_cannot_go_does_not_hold_up_the_others(closing: Closing) -> None:
    young = make_firm("旧河企业戊", short_name="旧河企业戊")
    with write("test:late", actor=ACTOR):
        day = DAY - dt.timedelta(days=1)
        service.admit(actor=ACTOR, today=day, firm=young, carrier=closing.old, starts=day)
        ties.all_of(young)[0].starts = DAY
    closing.be(None)
    path = f"{LIST}/{closing.old.pid}"
    page = closing.read(path)
    assert "将转入 3 家，不能转入 1 家" in page
    assert young.pid not in closing.form(page)["id"]
    assert closing.client.send(path, closing.form(page)).status_code == 303
    assert "旧河企业戊" in closing.read()


def test_what_only_the_rows_refuse_is_told_with_the_firms_name(closing: Closing) -> None:
    """Days that the tables bar, not the moves: a page with the reason, and nobody has moved."""
    soon = TODAY + dt.timedelta(days=10)
    with write("test:ahead", actor=ACTOR):
        (tie,) = ties.all_of(session.merge(closing.firms[1]))
        tie.ends = soon
        session.flush()
        session.add(
            Residency(
                firm_id=tie.firm_id, carrier_id=closing.far.id, kind=tie.kind, counted=True,
                route=tie.route, starts=soon, incubated_on=tie.incubated_on,
            )
        )  # fmt: skip
    closing.be(None)
    path = f"{LIST}/{closing.old.pid}"
    form = closing.form(closing.read(path))
    assert closing.firms[1].pid in form["id"]
    refused = closing.client.send(path, form)
    told = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "旧河企业乙：与另一条计数归属的入驻记录日期重叠。" in told
    assert set(closing.form(told)["id"]) == set(form["id"]), "the ticks stay"
    session.rollback()
    assert {t.carrier_id for f in closing.firms if (t := ties.here(f, TODAY))} == {closing.old.id}
    rest = [pid for pid in form["id"] if pid != closing.firms[1].pid]
    done = closing.client.send(path, closing.form(told, id=rest))
    assert done.status_code == 303
    session.rollback()
    assert [ties.here(f, TODAY).carrier_id == closing.heir.id for f in closing.firms] == [
        True, False, True
    ]  # fmt: skip


def test_what_bars_the_whole_is_said_by_the_preview(closing: Closing) -> None:
    closing.be(None)
    path = f"{LIST}/{closing.old.pid}"
    page = closing.read(path)
    later = (TODAY + dt.timedelta(days=1)).isoformat()
    two = [f.pid for f in closing.firms[:2]]
    shown = closing.client.send(path, closing.form(page, day=later, id=two, step="preview"))
    told = shown.get_data(as_text=True)
    assert shown.status_code == 422
    assert "转入日不能晚于今天" in told
    assert "确认转入" not in told
    assert set(closing.form(told)["id"]) == set(two)  # the ticks stay
    do(carriers.close_carrier, carrier=closing.heir, day=TODAY)
    again = closing.read(path)  # the successor has ended too: nobody is chosen, nothing refused
    assert "选择接收载体和日期后预览" in again
    assert f'value="{closing.heir.pid}"' not in again


def test_the_file_tells_no_more_than_the_page(closing: Closing) -> None:
    codes = {f.code for f in closing.firms}
    for who, told in ((closing.heir, set()), (closing.old, codes), (None, codes)):
        closing.be(who)
        text = closing.client.send("/exports/workbench.settling", {"format": "csv"})
        assert text.status_code == 200
        body = text.get_data(as_text=True)
        assert named(body) >= set(NAMES[:3])
        assert {code for code in codes if code and code in body} == told, who


def test_it_is_counted_once_for_the_tab_the_todo_and_the_page(
    closing: Closing, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dt.date] = []
    heirs = succession.heirs

    def counted(day: dt.date, cut: int | None = None) -> dict[int, int]:
        asked.append(day)
        return heirs(day, cut)

    do(carriers.close_carrier, carrier=closing.far, day=DAY)  # two ended, one announced
    closing.be(None)
    monkeypatch.setattr(succession, "heirs", counted)
    for path in ("/", LIST, "/"):
        closing.read(path)
    assert sorted(asked) == [TODAY, SOON]


def test_a_closed_carrier_books_what_came_before_its_end(closing: Closing) -> None:
    firm = make_firm("迟登企业", short_name="迟登企业")
    path = f"/transfers/new?code={firm.code}"
    closing.be(closing.old)
    assert 'name="starts"' in closing.read(path)
    form = {"starts": DAY.isoformat(), "agreement_on": DAY.isoformat(), "kind": "on_site"}
    refused = closing.client.send(path, form)
    assert refused.status_code == 422
    assert f"登记自 {DAY.isoformat()} 起已注销" in refused.get_data(as_text=True)
    before = (DAY - dt.timedelta(days=9)).isoformat()
    form |= {"starts": before, "agreement_on": before}
    assert closing.client.send(path, form).status_code == 303
    tie = ties.latest(session.merge(firm), TODAY)
    assert tie is not None
    assert tie.carrier_id == closing.old.id
