"""Forecasts under every rule: from yearly figures, clause by clause, and their record."""

from __future__ import annotations

import datetime as dt
import random
import re
from typing import Any

import pytest

from app.core.access import System
from app.core.days import Period, today
from app.core.db import session, write
from app.criteria import tree
from app.criteria.asking import Fold
from app.criteria.facts import CATALOGUE
from app.criteria.plan import nodes
from app.criteria.queries import rows_of
from app.firms.figure_columns import COLUMNS, HEAD
from app.firms.models import Figures, Firm
from app.workbench.candidates.series import records
from app.workbench.outlook import record
from app.workbench.outlook.ahead import outlooks, series, years_founded
from app.workbench.outlook.measures import FIGURES, Ahead, Known, columns
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.factories.firms import make_firm
from tests.workbench.market import WAN, Market, standing, yearly

RULE = "specialised_sme"
NAME = "白帝城医药"
LAST = today().year - 1


@pytest.fixture
def made(traded: None) -> Market:
    return standing()


def enter_quarters(made: Market, before: int, now: int) -> None:
    """Turnover of three quarters of last year and of this one, in 万元."""
    for year, wan in ((LAST, before), (LAST + 1, now)):
        made.enter(NAME, Figures, year=year, quarter=3, source="express", revenue=wan * WAN,
                   verification="self")  # fmt: skip


def gaps(client: Client, firm: Firm, rule: str = RULE) -> str:
    return client.get(f"/firms/gaps?rule={rule}&firm={firm.pid}").get_data(as_text=True)


def test_every_fact_of_a_firms_yearly_figures_can_be_told() -> None:
    held = {f.name for f in CATALOGUE.values() if f.entry[0] == "figures" and f.subject == "firm"}
    assert held == set(FIGURES)


def test_what_figures_say_is_what_the_database_says(made: Market) -> None:
    """The forecast's reckoning and the engine's, on the same figures."""
    dice = random.Random(5)
    for firm in made.firms.values():
        with write("test:figures", actor=System("test")):
            session.query(Figures).filter(Figures.firm_id == firm.id).delete()
            for year in range(LAST - 2, LAST + 1):
                values = {c.name: dice.randrange(1, 9_000) * 24 * WAN // 10 for c in COLUMNS}
                values |= {
                    c.name: dice.randrange(1, 90) * HEAD for c in COLUMNS if c.unit == "heads"
                }
                values |= {c.name: dice.randrange(0, 7) for c in COLUMNS if c.unit == "items"}
                session.add(Figures(firm_id=firm.id, year=year, quarter=0, source="audit",
                                    verification="self", **values))  # fmt: skip
    compared = 0
    ids = [firm.id for firm in made.firms.values()]
    for rule in record.tested(today()):
        for made_, row in rows_of(rule, ids, today()):
            (version,) = made_.compiler.plan.roots
            held = series(ids, columns(made_.compiler.plan.facts), version).get(row["id"], {})
            known = Known({c: one.years for c, one in held.items()}, years_founded(ids)[row["id"]])
            ahead, now = Ahead(made_, row, known, LAST, strict=True), Fold(made_, row)
            for node in nodes(version.tree):
                if isinstance(node, tree.Test) and not isinstance(node.measure, tree.Points):
                    seen = now.truth(node)
                    asked = ahead.uses(node)
                    if seen is None or not asked or any(u.fact not in FIGURES for u in asked):
                        continue
                    compared += 1
                    assert ahead.truth(node) is seen, (rule, node.cite, row["id"])
    assert compared > 200


def test_a_clause_is_expected_with_the_year_that_reaches_it(client: Client, made: Market) -> None:
    enter_quarters(made, 300, 900)  # 550 in 2025: 900 × 550 / 300 = 1,650
    sign_in(client, made.people["north"])
    text = gaps(client, made.firms[NAME])
    due = Period(LAST + 2, 2)
    told = f"预计 {due.year} 年第 2 季度达到：{LAST + 1} 年度推算为 1,650.00 万元"
    assert told in text
    page = client.get(f"/firms/{made.firms[NAME].pid}/sheet/{RULE}").get_data(as_text=True)
    assert told in page, "the printed sheet says the same"
    url = f"/firms/gaps?rule={RULE}&firm={made.firms[NAME].pid}"
    row = list(read_xlsx(press(client, url).data).values())[1][1]
    assert told in row[6]
    client.set_cookie("lang", "en")
    assert "1,650.00" in gaps(client, made.firms[NAME])
    assert not re.search("预计|推算", gaps(client, made.firms[NAME]))


def test_a_year_that_is_over_is_to_be_filled_in_and_never_foretold(
    client: Client, made: Market
) -> None:
    with write("test:figures", actor=System("test")):
        firm = made.firms[NAME]
        session.query(Figures).filter(Figures.firm_id == firm.id, Figures.year == LAST).delete()
    made.enter(NAME, Figures, year=LAST, quarter=3, source="express", revenue=1_200 * WAN,
               verification="self")  # fmt: skip
    sign_in(client, made.people["north"])
    text = gaps(client, made.firms[NAME])
    assert f"{LAST} 年度数据待补填：按已报季度推算为 1,600.00 万元" in text
    assert f"{LAST} 年度推算为" not in text
    graduating = client.get(f"/firms/gaps?firm={made.firms[NAME].pid}").get_data(as_text=True)
    assert "上年数据待补填" in graduating
    assert f"{LAST} 年度营业收入未填，按已报季度推算已达到" in graduating


def test_one_year_is_too_little_and_the_page_says_what_is_missing(
    client: Client, made: Market
) -> None:
    with write("test:figures", actor=System("test")):
        session.query(Figures).filter(
            Figures.firm_id == made.firms[NAME].id, Figures.year < LAST
        ).delete()
    sign_in(client, made.people["north"])
    text = gaps(client, made.firms[NAME])
    assert f"数据太少，不预测；推算需补 {LAST - 1} 年" in text
    assert "季度达到" not in text
    (found,) = outlooks(RULE, [made.firms[NAME].id], today()).values()
    assert found.whole.quarter is None
    graduation = client.get(f"/firms/gaps?firm={made.firms['大明湖机器人'].pid}")
    assert f"推算需补 {LAST - 1}、{LAST} 年营业收入" in graduation.get_data(as_text=True)


def test_a_park_learns_no_forecast_of_a_firm_in_the_pool(client: Client, made: Market) -> None:
    enter_quarters(made, 300, 900)
    sign_in(client, made.people["park"])
    text = gaps(client, made.firms[NAME])
    assert made.firms[NAME].name in text
    row = next(part for part in text.split("<tr>") if made.firms[NAME].name in part)
    assert not re.search("预计|推算|季度|数据太少", row.partition("</tr>")[0])
    url = f"/firms/gaps?rule={RULE}&firm={made.firms[NAME].pid}"
    assert list(read_xlsx(press(client, url).data).values())[1][1][5:7] == ["", ""]


def firm_with(name: str, wan: list[int]) -> None:
    """A firm founded long ago with the turnover of the last five years."""
    firm = make_firm(name, founded_on=dt.date(LAST - 8, 6, 1))
    with write("test:figures", actor=System("test")):
        years = range(LAST - len(wan) + 1, LAST + 1)
        session.add_all(yearly(firm.id, dict(zip(years, wan, strict=True))))


def test_forecasts_are_put_to_the_test_rule_by_rule(client: Client, made: Market) -> None:
    firm_with("守时企业有限公司", [700, 1000, 1400, 1900, 1900])
    firm_with("迟到企业有限公司", [700, 1000, 1400, 1450, 1600])
    before = record.hindsight("hnte", today())
    score = record.hindsight(RULE, today())
    assert (score.hits, score.late, score.missed) == (2, 1, 0)
    assert [day.year for day in score.days] == [LAST - 2, LAST - 1, LAST]
    record.check(RULE, today())
    sign_in(client, made.people["district"])
    assert "历年可回测的预测只有 3 次，不足 10 次" in gaps(client, made.firms[NAME])
    assert "本标准的预测尚未回测" in gaps(client, made.firms[NAME], "hnte")
    assert before.number == 0


def test_the_day_puts_every_rule_to_the_test_one_at_a_time(made: Market) -> None:
    rules = record.tested(today())
    assert {"hnte", "tech_sme", "innovative_sme", RULE, "little_giant", "sh_tech_giant"} < {*rules}
    for n in range(len(rules)):
        assert sum(method in rules for method in records()) == n
        record.check_next(today())
    kept: dict[str, Any] = {method: row.day for method, row in records().items()}
    record.check_next(today())
    assert {method: row.day for method, row in records().items()} == kept
    assert set(rules) <= kept.keys()
