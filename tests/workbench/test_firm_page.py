"""The firm's page: what it is today, its five stations, one filled button."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask import Flask

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import Source, Verification
from app.core.db import session, write
from app.firms.models import Figures, Firm
from app.pipeline.stations import stations
from app.workbench import firm_page, panel_figures
from tests.clients import Client, sign_in
from tests.conftest import TODAY
from tests.factories.accounts import make_organisation, person_with_post
from tests.factories.chain import SEEDER, Chain, enter


@pytest.mark.parametrize(
    ("name", "crumb", "states"),
    [
        ("石上泉传感", "在孵企业", ["done", "now", "", "", ""]),
        ("松间月机器人", "毕业企业", ["done", "done", "now", "", ""]),
        ("半亩塘医药", "落地企业", ["done", "done", "done", "", "now"]),
    ],
)
def test_stations_and_crumb_say_where_a_firm_stands(
    app: Flask, made: Chain, name: str, crumb: str, states: list[str]
) -> None:
    firm = made.firms[name]
    with app.test_request_context("/"):
        path = stations(firm, TODAY, limit=True)
        assert firm_page.crumb(firm, TODAY) == crumb
    assert [text for text, _line, _state in path] == [
        "入孵", "在孵", "毕业", "加速器 · 可选", "特色产业园区",
    ]  # fmt: skip
    assert [state for *_rest, state in path] == states


def test_the_station_of_incubation_counts_months_of_the_limit(app: Flask, made: Chain) -> None:
    with app.test_request_context("/"):
        lines = [
            line for _text, line, _state in stations(made.firms["石上泉传感"], TODAY, limit=True)
        ]
    assert lines[1] == "第 44 个月，期限 48 个月"
    assert lines[2] == "未办理"


def test_a_firm_that_left_gets_one_filled_button(app: Flask, made: Chain) -> None:
    with write("test:left", actor=SEEDER):
        made.firm("旧篱软件", ends=dt.date(2025, 3, 1))
    firm = session.get_one(Firm, made.firms["旧篱软件"].id)
    with app.test_request_context("/"):
        page = firm_page.build(made.viewer("incubator"), firm, TODAY)
    assert [a["text"] for a in page.actions if a.get("primary")] == ["办理入孵"]


def test_the_change_names_the_period_it_compares(app: Flask, made: Chain) -> None:
    """Without the quarter of a year before, the last two years are compared and named."""
    firm = made.firms["石上泉传感"]
    with write("test:figures", actor=SEEDER):
        for year, quarter, revenue in ((2024, 0, 400), (2025, 0, 500), (2026, 3, 300)):
            session.add(
                Figures(
                    firm_id=firm.id,
                    year=year,
                    quarter=quarter,
                    source=Source.EXPRESS,
                    verification=Verification.SELF,
                    revenue=revenue,
                )
            )
    with app.test_request_context("/"):
        (panel,) = panel_figures.panels(made.viewer("incubator"), firm, TODAY)
        assert panel_figures.period(panel.data["compared"]) == "2025 年"
    assert panel.data["rows"][0].change == "+25.0%"


@pytest.mark.parametrize("who", ["incubator", "park", "district", "agency", "area"])
def test_no_page_offers_what_its_reader_may_not_open(
    app: Flask, made: Chain, client: Client, who: str
) -> None:
    if who in ("agency", "area"):
        kind = OrganisationKind(who)
        more = {"area_code": "zhangjiang"} if who == "area" else {}
        role = Role.AGENCY_CLERK if who == "agency" else Role.AREA_READER
        sign_in(client, person_with_post(role, make_organisation(who, kind, **more)))
    else:
        enter(client, who)
    pages = [f"/firms/{firm.pid}" for firm in made.firms.values()]
    opened = [page for page in pages if client.get(page).status_code == 200]
    assert opened or who == "area"

    def links(*addresses: str) -> set[str]:
        found = (re.findall(r'href="(/[^"#]*)"', client.get(one).text) for one in addresses)
        return {one for some in found for one in some if not one.startswith("/assets")}

    hrefs = links("/", "/firms", *opened)
    for kind in ("claims", "transfers", "graduations", "carriers"):
        pages = [one for one in hrefs if re.fullmatch(rf"/{kind}/\w{{12}}", one)]
        hrefs |= links(*sorted(pages)[:1])
    refused = {href for href in sorted(hrefs) if client.get(unescape(href)).status_code >= 400}
    assert refused == set()
