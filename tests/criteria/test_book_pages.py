"""The rule book as it is read: every clause with its inputs, former versions, two side by side."""

from __future__ import annotations

import re

import pytest

from app.accounts.models import OrganisationKind, Role
from app.criteria import comparing, queries, reading
from app.criteria.facts import CATALOGUE
from app.criteria.tree import uses
from tests.clients import Client, sign_in
from tests.criteria.conftest import TODAY
from tests.factories.accounts import make_person
from tests.factories.carriers import organisation

GIANT = "/standards/little_giant"


@pytest.fixture
def reader(rules: None, client: Client) -> Client:
    """An officer, who may read standards."""
    sign_in(client, make_person(Role.DISTRICT_CLERK, organisation(OrganisationKind.DISTRICT)))
    return client


def text(client: Client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)))


def test_every_clause_of_every_version_names_its_inputs_and_their_boxes(rules: None) -> None:
    for rule, versions in queries.book().items():
        for version in versions:
            found = reading.find(rule, TODAY, version.number)
            parents = {
                n for n, one in enumerate(found.clauses[1:]) if one.depth > found.clauses[n].depth
            }
            for n, clause in enumerate(found.clauses):
                held = clause.sources or n in parents
                assert held, (rule, version.number, str(clause.cite))
                assert all(one.what and one.where for one in clause.sources)


def test_every_fact_that_a_clause_asks_for_has_a_place(rules: None) -> None:
    asked = {
        use.fact for versions in queries.book().values() for v in versions
        for use in uses(v.tree.condition)
    }  # fmt: skip
    bare = {name for name in asked if not CATALOGUE[name].entry[0] and not CATALOGUE[name].origin}
    assert bare == {"unseen"}


def test_the_page_says_where_a_figure_is_entered(reader: Client) -> None:
    page = text(reader, "/standards/hnte")
    assert "国家和本市规定 · 已见原文或官方解读" in page
    assert "科技人员、平均从业人员 企业 › 填报数据" in page
    assert "重大事故与违法 企业 › 大事记 › 异常" in page
    assert "创业团队尚未注册企业，不适用。" in page


def test_a_clause_known_from_others_says_so(reader: Client) -> None:
    assert "附件2控股 据转述" in text(reader, GIANT)
    assert "标准级条件 未见原文" in text(reader, "/standards/carrier.standard_incubator")
    pudong = text(reader, "/standards/carrier.pudong_incubator")
    assert "浦东新区规定 · 据转述" in pudong
    assert "登记条件（一） 已见原文或官方解读" in pudong
    assert "这是本系统的约定" not in pudong
    assert "这是本系统的约定" in text(reader, "/standards/incubator.near_graduate")


def test_a_former_version_is_read_as_it_was(reader: Client) -> None:
    now, then = text(reader, GIANT), text(reader, f"{GIANT}?version=1")
    assert "今日不按它核对" not in now
    assert "这是第 1 版，今日不按它核对。" in then
    assert "上年度主营业务收入占营业收入不低于 70%" in then
    assert "工信部企业〔2022〕63号" in then
    assert reader.get(f"{GIANT}?version=9").status_code == 404
    assert reader.get("/standards/no_such_rule?version=1").status_code == 404


def test_two_versions_stand_side_by_side(reader: Client) -> None:
    page = text(reader, f"{GIANT}/compare?old=1&new=2")
    assert "附件2（二）主营 附件3专（主营）" in page
    assert "上年末资产负债率不高于 70%" in page
    assert "上年末资产负债率不高于 75%" in page
    whole = text(reader, f"{GIANT}/compare?old=1&new=2&whole=1")
    assert len(whole) > len(page)
    assert "两版逐条相同" in text(reader, f"{GIANT}/compare?old=2&new=2")
    assert reader.get(f"{GIANT}/compare?old=1&new=9").status_code == 404


def test_marks_of_a_score_are_in_the_language_of_the_page(reader: Client) -> None:
    reader.send("/preferences", {"lang": "en", "next": "/"}, page="/standards")
    page = text(reader, "/standards/specialised_sme/compare?old=1&new=2&whole=1")
    assert "≥ 10 years 5 points" in page
    assert not re.search("[≥>≤<] [0-9,.]+ 万元", page)


def test_a_comparison_says_everything_of_either_version_once(rules: None) -> None:
    for rule, versions in queries.book().items():
        for old in versions:
            for new in versions:
                lines = comparing.compared(old.content, new.content)
                told = [one.before for one in lines if one.before is not None]
                assert len(told) == len(comparing.compared(old.content, old.content))
                for clause in reading.find(rule, TODAY, old.number).clauses:
                    assert any(str(clause.text) in (one.before or "") for one in lines)
                for clause in reading.find(rule, TODAY, new.number).clauses:
                    assert any(str(clause.text) in (one.after or "") for one in lines)
                assert all(one.same for one in lines) == (old.content == new.content)


def test_a_long_standard_has_a_table_of_contents(client: Client, rules: None) -> None:
    """A link to each clause of the first depth, in order, each with its place."""
    sign_in(client, make_person(Role.AREA_READER, organisation(OrganisationKind.AREA)))
    page = client.get("/standards/little_giant").text
    nav = page[page.index('aria-label="条款目录"') :].partition("</nav>")[0]
    links = re.findall(r'href="#(clause-\d+)"', nav)
    assert len(links) > 10
    assert links == [one for one in re.findall(r'id="(clause-\d+)"', page) if one in links]
    assert "条款目录" not in client.get("/standards/incubator.graduation").text
