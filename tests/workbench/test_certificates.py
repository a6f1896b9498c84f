"""证书到期 and 上市储备库: windows with exact counts, flags apart, reasons for entry and exit."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.carriers.models import Verification
from app.core.days import add_months
from app.core.db import session, write
from app.criteria import service
from app.criteria.parse import parse
from app.criteria.queries import book
from app.firms.models import DealKind, Milestone, MilestoneKind, Title
from app.workbench.candidates.certificates import WINDOWS, windows_of
from app.workbench.candidates.reserve import Exit, Flag, Member, term_of
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.exchange.conftest import press, read_xlsx
from tests.factories.chain import SEEDER, Chain

DAY = dt.timedelta(days=1)
TAB = re.compile(
    r'<a href="(/candidates/(?:certificates|reserve)[^"]*)"[^>]*>[^<]* '
    r'<span class="jl-count">([\d,]+)'
)
NAME = re.compile(r'<th scope="row">.*?href="/firms/(\w+)"', re.S)


@pytest.fixture
def titled(made: Chain) -> Chain:
    """Certificates of every kind of end, and the two 小巨人 titles."""
    with write("test:titles", actor=SEEDER):
        made.title("苇间雪软件", Title.HNTE, TODAY - 400 * DAY)
        made.title("苇间雪软件", Title.HNTE, TODAY + 600 * DAY)
        made.title("石上泉传感", Title.TECH_SME, TODAY - DAY)
        made.title("砚池云数据", Title.LITTLE_GIANT, TODAY + 90 * DAY)
        made.title("砚池云数据", Title.SH_TECH_GIANT, TODAY - 30 * DAY)
        made.title("松间月机器人", Title.LITTLE_GIANT, TODAY - 60 * DAY)
        made.title("半亩塘医药", Title.SH_TECH_GIANT, TODAY + 200 * DAY)
        made.title("鹿鸣溪器械", Title.LITTLE_GIANT, TODAY + 9 * DAY, revoked_on=TODAY - 2 * DAY)
        session.add(
            Milestone(
                firm_id=made.firms["半亩塘医药"].id, kind=MilestoneKind.DEAL, deal=DealKind.LISTED,
                day=TODAY - 20 * DAY, verification=Verification.LIST,
            )
        )  # fmt: skip
    return made


def names(client: Client, made: Chain, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    held = {firm.pid: name for name, firm in made.firms.items()}
    return [held[pid] for pid in NAME.findall(answer.get_data(as_text=True))]


def test_each_window_holds_as_many_as_it_says(client: Client, titled: Chain) -> None:
    for who in ("district", "incubator"):
        sign_in(client, titled.people[who])
        for page in (
            "/candidates/certificates?whole=1",
            "/candidates/certificates?whole=1&title=hnte",
            "/candidates/reserve?whole=1",
        ):
            tabs = TAB.findall(client.get(page).get_data(as_text=True))
            assert len(tabs) > 2
            for url, number in tabs:
                assert len(names(client, titled, unescape(url))) == int(number), url


def test_the_last_certificate_of_a_title_counts(client: Client, titled: Chain) -> None:
    sign_in(client, titled.people["district"])
    assert names(client, titled, "/candidates/certificates?window=expired") == [
        "松间月机器人", "砚池云数据", "石上泉传感",
    ]  # fmt: skip
    assert names(client, titled, "/candidates/certificates?window=soon") == [
        "竹外桃电路",
        "砚池云数据",
    ]
    assert names(client, titled, "/candidates/certificates?title=hnte") == [
        "竹外桃电路",
        "苇间雪软件",
    ]
    assert (
        names(client, titled, "/candidates/certificates?title=hnte&sort=-expires")[0]
        == "苇间雪软件"
    )
    sheet = list(read_xlsx(press(client, "/candidates/certificates?window=soon").data).values())[1]
    assert [row[-1] for row in sheet[1:]] == [22, 90]


def test_what_expires_next_stands_before_what_has_expired(client: Client, titled: Chain) -> None:
    sign_in(client, titled.people["district"])
    soon, later = "/candidates/certificates?window=soon", "/candidates/certificates?window=later"
    shown = names(client, titled, "/candidates/certificates")
    assert shown[:2] == names(client, titled, soon)
    last = names(client, titled, "/candidates/certificates?window=expired")
    assert shown[-len(last) :] == last
    assert not set(names(client, titled, later)) & set(shown[:2])


def test_the_reserve_says_by_what_and_why(client: Client, titled: Chain) -> None:
    sign_in(client, titled.people["district"])
    assert names(client, titled, "/candidates/reserve?state=in") == ["砚池云数据"], (
        "one of two still holds"
    )
    text = client.get("/candidates/reserve?state=in").get_data(as_text=True)
    assert "专精特新“小巨人”企业" in unescape(text)
    assert "上海科技小巨人企业" in text
    ends = {
        "listed": ["半亩塘医药"], "revoked": ["鹿鸣溪器械"], "expired": ["松间月机器人"],
        "closed": [],
    }  # fmt: skip
    for reason, firms in ends.items():
        assert names(client, titled, f"/candidates/reserve?state=out&reason={reason}") == firms, (
            reason
        )
    assert names(client, titled, "/candidates/reserve?source=sh_tech_giant") == ["半亩塘医药"], (
        "the other's Shanghai title has ended: it is in by the national one"
    )
    sheet = list(read_xlsx(press(client, "/candidates/reserve").data).values())[1]
    rows = {row[0].removesuffix("有限公司"): row[3:] for row in sheet[1:]}
    assert rows["砚池云数据"][:2] == ["是", "已失效"]
    assert rows["半亩塘医药"][-1] == "已上市"
    about = read_xlsx(press(client, "/candidates/reserve?state=out&reason=listed").data)
    conditions = dict(row[:2] for row in next(iter(about.values())))["筛选条件"]
    assert "出库原因 已上市" in conditions


def recognised(made: Chain, name: str, title: Title, **days: dt.date) -> None:
    """A recognition with no other days than these."""
    with write("test:title", actor=SEEDER):
        session.add(
            Milestone(
                firm_id=made.firms[name].id, kind=MilestoneKind.RECOGNITION, title=title,
                day=min(days.values()), verification=Verification.LIST, **days,
            )
        )  # fmt: skip


def test_only_what_is_recognised_and_runs_is_in_the_reserve(
    client: Client, made: Chain, tmp_path: Path
) -> None:
    """公示 alone recognises nobody; without a last day the national title runs three years from
    its certificate, else its filing; the Shanghai one has no term."""
    for one in ("little-giant-63.yaml", "little-giant-2.yaml"):
        shutil.copy(service.STANDARDS / one, tmp_path)
    with write("test:standards", actor=SEEDER):
        service.load_standards(actor=SEEDER, today=TODAY, folder=tmp_path)
    first = add_months(TODAY, -36)
    recognised(made, "苇间雪软件", Title.LITTLE_GIANT, announced_on=TODAY - 9 * DAY)
    recognised(made, "石上泉传感", Title.LITTLE_GIANT, issued_on=dt.date(2022, 1, 1))
    recognised(made, "砚池云数据", Title.LITTLE_GIANT, filed_on=first)
    recognised(made, "松间月机器人", Title.LITTLE_GIANT, issued_on=first - DAY)
    recognised(made, "半亩塘医药", Title.SH_TECH_GIANT, issued_on=dt.date(2015, 1, 1))
    sign_in(client, made.people["district"])
    assert set(names(client, made, "/candidates/reserve?state=in")) == {"砚池云数据", "半亩塘医药"}
    assert names(client, made, "/candidates/reserve?state=in&source=little_giant") == ["砚池云数据"]
    left = names(client, made, "/candidates/reserve?state=out&reason=expired")
    assert set(left) == {"石上泉传感", "松间月机器人"}
    text = client.get("/candidates/reserve?state=in").text
    assert f"{first} — {TODAY} 按规定期限推算" in text
    assert "2015-01-01 — 有效期未登记" in text
    assert "苇间雪软件" not in client.get("/candidates/reserve").text


def test_a_national_title_that_ended_is_not_in_by_it(client: Client, made: Chain) -> None:
    with write("test:titles", actor=SEEDER):
        made.title("砚池云数据", Title.LITTLE_GIANT, TODAY - DAY)
        made.title("砚池云数据", Title.SH_TECH_GIANT, TODAY + 30 * DAY)
    sign_in(client, made.people["district"])
    by_city = "/candidates/reserve?state=in&source=sh_tech_giant"
    assert names(client, made, by_city) == ["砚池云数据"]
    assert names(client, made, "/candidates/reserve?state=in&source=little_giant") == []
    tabs = TAB.findall(client.get("/candidates/reserve?source=little_giant").text)
    assert [number for _url, number in tabs] == ["0", "0", "0"]


def test_others_certificates_are_not_told(client: Client, titled: Chain) -> None:
    sign_in(client, titled.people["rival"])
    assert names(client, titled, "/candidates/certificates?whole=1") == [], (
        "a pushed firm shows no certificate"
    )
    assert names(client, titled, "/candidates/reserve?whole=1") == []
    sign_in(client, titled.people["park"])
    assert names(client, titled, "/candidates/certificates?whole=1") == ["半亩塘医药"], (
        "it is settled there"
    )
    sign_in(client, titled.people["incubator"])
    told = names(client, titled, "/candidates/certificates?whole=1")
    assert "松间月机器人" not in told, "a former host is told nothing new"
    assert "竹外桃电路" in told


def test_a_firm_that_is_only_counted_is_not_told_to_its_area(client: Client, titled: Chain) -> None:
    sign_in(client, titled.area_reader("砚池云数据", "鹿鸣溪器械", "竹外桃电路"))
    for page, one in (("certificates", "竹外桃电路"), ("reserve", "鹿鸣溪器械")):
        assert names(client, titled, f"/candidates/{page}?whole=1") == [one]
        assert "砚池云数据" not in client.get(f"/candidates/{page}?whole=1").get_data(as_text=True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_are_in_order(client: Client, titled: Chain, lang: str) -> None:
    client.set_cookie("lang", lang)
    for who in ("district", "incubator", "park"):
        sign_in(client, titled.people[who])
        for path in (
            "/candidates/certificates",
            "/candidates/certificates?window=x&title=y&sort=z&page=9",
            "/candidates/certificates?sector=none",
            "/candidates/reserve",
            "/candidates/reserve?state=out&reason=expired",
        ):
            assert client.get(path).status_code == 200, (who, path)


days = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))


@given(days, st.none() | days)
def test_every_certificate_is_in_some_window(day: dt.date, expires: dt.date | None) -> None:
    held = windows_of(expires, day)
    assert held
    assert set(held) <= set(WINDOWS)
    valid = expires is not None and expires >= day
    assert ("soon" in held or "year" in held or "twelve" in held or "later" in held) == valid


flags = st.builds(
    Flag, st.sampled_from([Title.LITTLE_GIANT, Title.SH_TECH_GIANT]), st.none(), days,
    st.none() | days, st.booleans(),
)  # fmt: skip


@given(days, st.lists(flags, min_size=1, max_size=4), st.none() | days)
def test_a_member_leaves_once_nothing_holds(
    day: dt.date, held: list[Flag], listed: dt.date | None
) -> None:
    one = Member(1, held, listed if listed and listed <= day else None)
    one.settle(day)
    valid = {flag.title for flag in held if flag.ends is None or flag.ends >= day}
    assert set(one.holding) == valid
    assert (one.left is None) == (bool(valid) and one.listed is None)
    if one.left:
        assert one.left[0] <= day
        assert (one.left[1] is Exit.LISTED) == (one.listed is not None)


def test_the_term_of_a_title_is_that_of_the_rule_in_force_when_it_was_given(
    app: Flask, rules: None
) -> None:
    """In the book as a term of the rule: 36 months of a national title, none of Shanghai's."""
    days = (dt.date(2015, 6, 1), dt.date(2025, 6, 1), dt.date(2026, 6, 1))
    for day in days:
        assert term_of(Title.LITTLE_GIANT, day) == 36
        assert term_of(Title.SH_TECH_GIANT, day) is None
    shorter = json.loads(book()["little_giant"][-1].content)
    shorter["terms"]["valid"] = "24 个月"
    assert parse(shorter).terms["valid"] == 24
