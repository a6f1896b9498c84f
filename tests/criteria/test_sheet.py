"""The sheet of conditions on paper: its parts, its number, and that it stays one page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Organisation, OrganisationKind, Person, Role
from app.core.db import session, write
from app.core.terms import Term
from app.criteria import paper, queries
from app.firms.models import Attestation, Evidence, Figures, Firm, Milestone
from tests.browser import Screen
from tests.clients import Client, sign_in
from tests.criteria.conftest import ACTOR, money, year
from tests.factories.accounts import PASSWORD, make_person
from tests.factories.carriers import make_carrier

GRADUATION = "incubator.graduation"


@pytest.fixture
def clerk(firm: Firm) -> Person:
    carrier = session.scalars(
        select(Organisation).where(Organisation.kind == OrganisationKind.CARRIER)
    ).first()
    return make_person(Role.CARRIER_CLERK, carrier)


@pytest.fixture
def recorded(enter: Callable[..., int]) -> None:
    """4.2 million yuan received with a paper, 3 million agreed, and one year's revenue."""
    paid = enter(Milestone, name="A轮", amount=420_000_000, **money())
    enter(
        Evidence,
        milestone_id=paid,
        name="回单.pdf",
        sha256="a" * 64,
        size=1,
        media_type="application/pdf",
        added_at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
    )
    enter(
        Milestone, name="A轮第二笔", amount=300_000_000,
        **money(money_state="agreed", received_on=None),
    )  # fmt: skip
    enter(Attestation, kind="financing", starts=dt.date(2022, 6, 8), ends=dt.date(2026, 9, 30))
    enter(Figures, **year(2025, revenue=512_460_000))


def text_of(client: Client, firm: Firm, rule: str = GRADUATION) -> str:
    answer = client.get(f"/firms/{firm.pid}/sheet/{rule}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_sheet_says_who_what_is_missing_and_how_to_read_it(
    client: Client, firm: Firm, clerk: Person, recorded: None
) -> None:
    sign_in(client, clerk)
    page = text_of(client, firm)
    for part in (
        "所在载体", "入孵日期", "2023-04-12", "注册地 / 经营地", "技术领域",
        "420.00 ~ 720.00", "佐证 1 份", "到账股权融资还差超过 80.00 万元", "A轮第二笔的到账日期",
        "到账后累计 720.00 万元", "“超过”不含本数", "取累计最高的一对",
        "本表由系统自动比对，不代替主管部门认定。", "台账摘要",
    ):  # fmt: skip
        assert part in page
    assert page.count("三、差距与办理建议") == 1


def test_the_number_changes_with_the_findings_only(
    client: Client, firm: Firm, clerk: Person, recorded: None, enter: Callable[..., int]
) -> None:
    def number() -> str:
        page = text_of(client, firm)
        return page[page.index("HD-") :][:16]

    sign_in(client, clerk)
    first = number()
    enter(Milestone, kind="other", day=dt.date(2026, 1, 5), name="参展", verification="self")
    assert number() == first
    enter(Milestone, name="B轮", amount=100_000_000, **money())
    assert number() != first
    assert "三、差距与办理建议" not in text_of(client, firm)


def test_a_clause_on_a_code_says_in_words_what_is_recorded(
    client: Client, firm: Firm, clerk: Person
) -> None:
    sign_in(client, clerk)

    def shown() -> str:
        page = text_of(client, firm, "hnte")
        row = page[page.index("核心技术属于") :]
        return row[: row.index("</tr>")]

    assert "—" in shown()
    assert "企业登记信息" not in shown()
    with write("test:field", actor=ACTOR):
        firm.field = "f1_electronics"
        session.add(Term(list="field", code="f1_electronics", zh="电子信息", en="Electronics"))
    assert "电子信息<" in shown()
    assert "企业登记信息" in shown()
    answer = client.get(f"/firms/{firm.pid}/sheet/hnte?lang=en").get_data(as_text=True)
    assert "Electronics<" in answer


#: the smallest type that a sheet is set in, in pt
SMALLEST = """() => Math.min(...[...document.querySelectorAll("article *")]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => parseFloat(getComputedStyle(e).fontSize) * .75))"""


def cut(page: Any) -> bool:
    """Whether a sheet loses its end, on the screen or on paper."""
    lost = []
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        lost.append(
            page.locator("article").evaluate(
                "e => getComputedStyle(e).overflow !== 'visible'"
                " || e.scrollHeight > e.clientHeight + 1"
            )
        )
    page.emulate_media(media="null")
    return any(lost)


def test_the_check_of_any_standard_has_the_box_for_what_is_next(
    client: Client, firm: Firm, clerk: Person, recorded: None
) -> None:
    """On the screen each standard shows what to enter next; it is judged again at once."""
    sign_in(client, clerk)
    address = f"/firms/{firm.pid}/check/tech_sme"

    def band() -> str:
        page = client.get(address).get_data(as_text=True)
        start = page.index("jl-next")
        return page[start : page.index("</form>", start)]

    first = band()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', first))
    assert hidden["rule"] == "tech_sme"
    boxes = re.findall(r'type="radio" name="value" value="([^"]+)"', first)
    source = re.search(r'name="source" value="([^"]+)"', first)
    given = hidden | {"value": boxes[0] if boxes else "3"}
    if source:
        given["source"] = source[1]
    answer = client.send(f"/firms/{firm.pid}/answer", given, page=address)
    assert answer.status_code == 303
    assert answer.location == address
    assert band() != first
    sheet = client.get(f"/firms/{firm.pid}").get_data(as_text=True)
    assert f'href="{address}"' in sheet


def test_a_faulty_answer_comes_back_with_its_standard(
    client: Client, firm: Firm, clerk: Person, recorded: None
) -> None:
    sign_in(client, clerk)
    address = f"/firms/{firm.pid}/check/tech_sme"
    hidden = {
        "asked": "figures",
        "field": "revenue",
        "year": "2025",
        "source": "audit",
        "rule": "tech_sme",
    }
    answer = client.send(f"/firms/{firm.pid}/answer", hidden | {"value": "很多"}, page=address)
    assert answer.status_code == 422
    assert 'name="rule" value="tech_sme"' in answer.get_data(as_text=True)
    forged = hidden | {"value": "很多", "rule": "../../etc"}
    assert "../../etc" not in client.send(
        f"/firms/{firm.pid}/answer", forged, page=address
    ).get_data(as_text=True)  # fmt: skip


class TestOnPaper:
    @pytest.fixture
    def engine_name(self) -> str:
        """Paper is the same on either engine."""
        return "sqlite"

    def test_what_says_one_page_is_one_and_nothing_is_cut(
        self, screen: Screen, firm: Firm, clerk: Person, recorded: None
    ) -> None:
        screen.sign_in(clerk.login, PASSWORD)
        rules = queries.in_force(dt.date(2026, 11, 24))
        for n, rule in ((n, rule) for n in range(2) for rule in rules):
            page = screen.open(f"/firms/{firm.pid}/sheet/{rule}?lang={'en' if n else 'zh'}")
            printed = page.pdf(format="A4", prefer_css_page_size=True)
            single = page.get_by_text("Page 1 of 1" if n else "第 1 页 共 1 页").count()
            assert (single, printed.count(b"/Type /Page\n")) == (1, 1), (rule, n)
            assert not cut(page)
            assert page.evaluate(SMALLEST) >= 8, (rule, n)
        screen.axe()

    def test_sheets_of_carriers_say_how_many_pages_they_are(
        self, screen: Screen, rules: None
    ) -> None:
        house = make_carrier()
        clerk = make_person(Role.CARRIER_CLERK, house.organisation)
        screen.sign_in(clerk.login, PASSWORD)
        day = dt.date(2026, 11, 24)
        for n, rule in ((n, r) for n in range(2) for r in queries.in_force(day, subject="carrier")):
            page = screen.open(f"/carriers/{house.pid}/sheet/{rule}?lang={'en' if n else 'zh'}")
            printed = page.pdf(format="A4", prefer_css_page_size=True)
            single = page.get_by_text("Page 1 of 1" if n else "第 1 页 共 1 页").count()
            assert single == 1 or n, rule
            assert printed.count(b"/Type /Page\n") == (1 if single else 2), (rule, n)
            assert not cut(page)

    def test_a_long_sheet_has_heads_and_numbers_on_each_page(
        self, screen: Screen, rules: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As that of two versions side by side in a transition is."""
        for tongue in ("zh", "en"):
            monkeypatch.setitem(paper.HOUSES, tongue, 5)
        house = make_carrier()
        clerk = make_person(Role.CARRIER_CLERK, house.organisation)
        screen.sign_in(clerk.login, PASSWORD)
        for n, name in enumerate(("", "?lang=en")):
            page = screen.open(f"/carriers/{house.pid}/sheet/carrier.national_incubator{name}")
            assert page.locator("article.jl-a4-many").count() == 1
            assert not page.get_by_text("Page 1 of 1" if n else "第 1 页 共 1 页").count()
            assert not cut(page)
            page.emulate_media(media="print")
            heads = page.locator("thead tr.run")
            assert heads.count() == 1
            assert heads.first.is_visible()
            assert house.short_name in heads.first.inner_text()
            page.emulate_media(media="screen")
            assert not heads.first.is_visible()
        screen.axe()
