"""Forecasts of graduation: the method, what it says of a firm, and how good it was in hindsight."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.days import Period, today
from app.criteria import daily
from app.criteria.models import Outcome
from app.criteria.queries import assess
from app.firms.models import Figures, Milestone
from app.workbench.candidates import series
from app.workbench.candidates.forecast import (
    Answer,
    Mark,
    Series,
    first_reached,
    forecast,
    hindsight,
)
from app.workbench.candidates.lacking import leaves
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.workbench.market import WAN, Market, standing
from tests.workbench.test_candidates import names

MARK = Mark(amount=1_000, years=2, strict=True, due="04-30")
DAY = dt.date(2025, 11, 26)
NEAR = "/candidates/near"
TAB = re.compile(r'<a href="(/candidates/near[^"]*)"[^>]*>[^<]* <span class="jl-count">([\d,]+)')


@pytest.fixture
def made(traded: None) -> Market:
    return standing()


# ---- the method


def test_a_running_year_is_told_in_the_proportions_of_the_year_before() -> None:
    told = Series({2024: 400}, {(2024, 3): 100, (2025, 3): 150})
    assert forecast(told, MARK, DAY) == Answer(year=2026), "400 + 600 is not more than 1,000"
    told.parts[2025, 3] = 151
    assert forecast(told, MARK, DAY) == Answer(year=2025)


def test_without_quarters_a_firm_grows_as_it_did() -> None:
    assert forecast(Series({2023: 300, 2024: 450}), MARK, DAY) == Answer(year=2025)
    assert forecast(Series({2023: 300, 2024: 300}), MARK, DAY) == Answer(year=None)
    assert forecast(Series({2023: 1, 2024: 100}), MARK, DAY) == Answer(year=None), "at most doubled"


@pytest.mark.parametrize(
    "told",
    [Series(), Series({2024: 900}), Series({2020: 300, 2021: 400}), Series({}, {(2025, 3): 9})],
)
def test_too_little_is_said_to_be_too_little(told: Series) -> None:
    assert forecast(told, MARK, DAY) == Answer(few=True)


def test_what_was_not_due_yet_is_not_used() -> None:
    told = Series({2023: 1, 2024: 2, 2025: 9_999}, {(2025, 3): 5, (2025, 4): 9_999})
    seen = told.until(DAY, "04-30")
    assert seen == Series({2023: 1, 2024: 2}, {(2025, 3): 5})
    assert told.until(dt.date(2025, 4, 29), "04-30").years == {2023: 1}


amounts = st.dictionaries(st.integers(2018, 2024), st.integers(0, 2_000), max_size=7)
quarters = st.dictionaries(
    st.tuples(st.integers(2022, 2025), st.integers(1, 4)), st.integers(0, 2_000), max_size=8
)


@given(amounts, quarters)
def test_a_forecast_names_a_year_that_its_own_figures_reach(
    years: dict[int, int], parts: dict[tuple[int, int], int]
) -> None:
    answer = forecast(Series(years, parts), MARK, DAY)
    assert answer.done == (first_reached(years, MARK) is not None)
    assert answer.year in (None, 2024, 2025, 2026)
    assert sum([answer.done, answer.few, answer.year is not None]) <= 1
    more = {part: amount * 2 for part, amount in parts.items() if part[0] == 2025}
    if answer.year == 2025 and more:
        bigger = forecast(Series(years, parts | more), MARK, DAY)
        assert bigger.year is not None, "twice the running year is reached no later"
        assert bigger.year <= 2025


@given(st.lists(st.tuples(amounts, quarters, st.integers(0, 2_000)), max_size=12))
def test_hindsight_counts_each_firm_once(rows: list[tuple]) -> None:  # type: ignore[type-arg]
    every = {
        n: Series(years | {2025: actual}, parts) for n, (years, parts, actual) in enumerate(rows)
    }
    score = hindsight(every, MARK, [DAY])
    assert score.number + score.missed + score.few <= len(every)
    came = sum(
        first_reached(one.years, MARK) is not None
        and first_reached({y: a for y, a in one.years.items() if y < 2025}, MARK) is None
        for one in every.values()
    )
    assert score.hits + score.missed <= came


def test_hindsight_tells_hits_from_misses() -> None:
    def firm(actual: int, quarter: int) -> Series:
        return Series({2024: 400, 2025: actual}, {(2024, 3): 200, (2025, 3): quarter})

    every = {
        1: firm(700, 350), 2: firm(500, 350), 3: firm(700, 200), 4: firm(300, 100),
        5: Series({2025: 5_000}), 6: Series({2023: 600, 2024: 600, 2025: 1}),
    }  # fmt: skip
    score = hindsight(every, MARK, [DAY])
    assert (score.hits, score.late, score.missed, score.few) == (1, 1, 1, 1)


def test_announcements_are_put_to_the_test() -> None:
    start = dt.date(2024, 1, 10)
    every: list[series.Notice] = [
        (start + dt.timedelta(days=n), start + dt.timedelta(days=n + 20)) for n in range(12)
    ]
    every += [(dt.date(2024, 6, 20), dt.date(2024, 7, 5)), (dt.date(2024, 6, 25), None)]
    score = series.notice_score(every, [dt.date(2024, 6, 30)], DAY)
    assert series.usual_days(every, dt.date(2024, 6, 30)) == 20
    assert (score.hits, score.late, score.few) == (1, 1, 0)
    assert series.usual_days(every[:9], DAY) is None, "too few to go by"


# ---- the pages


def test_near_graduates_stand_with_the_quarter_they_are_expected_in(
    client: Client, made: Market
) -> None:
    year = today().year
    for of, quarter, wan in ((year - 1, 3, 300), (year, 3, 400)):
        made.enter("白帝城医药", Figures, year=of, quarter=quarter, source="express",
                   revenue=wan * WAN, verification="self")  # fmt: skip
    sign_in(client, made.people["district"])
    assert names(client, made, NEAR) == ["阿里山传感", "白帝城医药", "峨眉雪电路"]
    due = Period(year + 1, 2).code
    assert names(client, made, f"{NEAR}?when={due}") == ["白帝城医药"]
    assert names(client, made, f"{NEAR}?when=later") == ["峨眉雪电路"], "its turnover falls"
    assert names(client, made, f"{NEAR}?when=now") == ["阿里山传感"]
    text = client.get(NEAR).get_data(as_text=True)
    for url, number in TAB.findall(text):
        assert len(names(client, made, unescape(url))) == int(number), url
    assert f"{year + 1} 年第 2 季度" in text
    assert "连续 2 年营业收入还差超过 50.00 万元" in text
    sheet = list(read_xlsx(press(client, NEAR).data).values())[1]
    assert [row[6] for row in sheet[1:]] == [
        "已符合，可办理毕业", f"{year + 1} 年第 2 季度", "明年底前未见达到",
    ]  # fmt: skip


def test_the_rate_of_hits_stands_beside_the_forecast(client: Client, made: Market) -> None:
    sign_in(client, made.people["district"])
    for page in (NEAR, f"/firms/gaps?firm={made.firms['白帝城医药'].pid}"):
        assert "预测方法尚未回测" in client.get(page).get_data(as_text=True)
    daily.upkeep()
    held = series.records()
    assert {row.day for row in held.values()} == {today()}
    assert "只有 0 次" in client.get(NEAR).get_data(as_text=True), "six firms tell no rate"
    daily.upkeep()
    again = series.records()
    assert {method: again[method].number for method in held} == {
        method: row.number for method, row in held.items()
    }


def test_an_announcement_is_told_by_how_long_they_usually_take(
    client: Client, made: Market
) -> None:
    for back in range(series.ENOUGH):
        since = today() - dt.timedelta(days=400 + back)
        made.enter("凤凰台数据", Milestone, kind="recognition", title="hnte", day=since,
                   announced_on=since, filed_on=since + dt.timedelta(days=30),
                   revoked_on=None, verification="list")  # fmt: skip
    since = today() - dt.timedelta(days=5)
    made.enter("沧浪亭软件", Milestone, kind="recognition", title="hnte", day=since,
               announced_on=since, verification="list")  # fmt: skip
    series.check(today())
    sign_in(client, made.people["north"])
    when = Period.of(since + dt.timedelta(days=30)).code
    assert "沧浪亭软件" in names(client, made, f"{NEAR}?when={when}")
    assert "公示至备案通常 30 天" in client.get(NEAR).get_data(as_text=True)


def test_a_park_learns_no_forecast(client: Client, made: Market) -> None:
    sign_in(client, made.people["park"])
    assert names(client, made, f"{NEAR}?whole=1") == ["白帝城医药"]
    text = client.get(f"{NEAR}?whole=1").get_data(as_text=True)
    assert "季度</span>" not in text
    assert "还差" not in re.sub(r"<thead.*?</thead>", "", text, flags=re.S)
    assert names(client, made, f"{NEAR}?whole=1&when={Period(today().year + 1, 2).code}") == []
    row = list(read_xlsx(press(client, f"{NEAR}?whole=1").data).values())[1][1]
    assert row[4:8] == ["", "", "", ""]


def test_the_gap_sheet_says_what_is_missing_and_by_when(client: Client, made: Market) -> None:
    sign_in(client, made.people["north"])
    pids = [made.firms[name].pid for name in ("白帝城医药", "阿里山传感", "峨眉雪电路")]
    asked = "&".join(f"firm={pid}" for pid in pids)
    text = client.get(f"/firms/gaps?{asked}").get_data(as_text=True)
    assert text.count('<th scope="row">') == 2, "the third is somebody else's"
    shortest = text.index("连续 2 年营业收入还差超过 50.00 万元")
    assert shortest < text.index("到账股权融资还差超过 500.00 万元"), "the shortest way first"
    assert "已符合，可办理毕业" in text
    sheet = list(read_xlsx(press(client, f"/firms/gaps?{asked}").data).values())[1]
    held = {row[0].removesuffix("有限公司"): row for row in sheet[1:]}
    assert held.keys() == {"白帝城医药", "阿里山传感"}
    assert held["白帝城医药"][4].startswith("连续 2 年营业收入还差超过 50.00 万元；")


def test_the_gap_sheet_of_another_rule_says_what_is_missing(client: Client, made: Market) -> None:
    sign_in(client, made.people["north"])
    firm = made.firms["白帝城医药"]
    listed = client.get("/candidates/hnte?whole=1").get_data(as_text=True)
    (url,) = re.findall(r'href="(/firms/gaps[^"]*)"', listed)
    assert f"firm={firm.pid}" in url
    text = client.get(unescape(url)).get_data(as_text=True)
    assert "高新技术企业认定条件" in text
    verdict = assess("hnte", firm.id, today())
    open_ = [one for one in leaves(verdict) if one.outcome is not Outcome.MET]
    assert len(open_) > 3
    row = next(part for part in text.split("<tr>") if firm.short_name in part)
    assert row.count("<div") >= len(open_), "all that is open is told"
    assert "资料不全：" in row
    sheet = list(read_xlsx(press(client, unescape(url)).data).values())[1]
    assert sheet[0][4:] == ["依据或差距", "预计达到", "预测依据"]
    held = {line[0]: line[4] for line in sheet[1:]}
    assert held[firm.name].count("；") >= len(open_) - 1
    assert client.get(f"/firms/gaps?rule=nothing&firm={firm.pid}").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_are_in_order(client: Client, made: Market, lang: str) -> None:
    client.set_cookie("lang", lang)
    for who in ("district", "north", "park", "area"):
        sign_in(client, made.people[who])
        for path in (NEAR, f"{NEAR}?when=nonsense&page=7", f"{NEAR}?sector=ai"):
            assert client.get(path).status_code == 200, (who, path)


def test_a_year_is_overdue_from_the_day_its_figures_are_due_and_not_before() -> None:
    assert not MARK.overdue(2025, dt.date(2026, 1, 2))
    assert not MARK.overdue(2025, dt.date(2026, 4, 29))
    assert MARK.overdue(2025, dt.date(2026, 4, 30))
    assert MARK.overdue(2024, dt.date(2026, 1, 2))
