"""The rule book as it is read: every clause with its inputs, former versions, two side by side."""

from __future__ import annotations

import json
import re

import pytest
from flask_babel import force_locale

from app.accounts.models import OrganisationKind, Role
from app.core.canonical import canonical
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
    assert "附件2（二）主营 门槛 附件3专（主营）" in page
    assert "上年末资产负债率不高于 70%" in page
    assert "上年末资产负债率不高于 75%" in page
    whole = text(reader, f"{GIANT}/compare?old=1&new=2&whole=1")
    assert "相同的" not in whole
    pair = [comparing.compared(*(reading.numbered("little_giant", n).content for n in (1, 2)))]
    same = sum(one.same for one in pair[0])
    assert f"相同的 {same} 处" in page
    assert 0 < same < len(pair[0])
    assert "两版逐条相同" in text(reader, f"{GIANT}/compare?old=2&new=2")
    assert text(reader, f"{GIANT}/compare") == page
    assert reader.get(f"{GIANT}/compare?old=1&new=9").status_code == 404


def test_changes_come_first_by_their_kind_and_days_are_one(rules: None) -> None:
    old, new = (reading.numbered("little_giant", n).content for n in (1, 2))
    kinds = [one.sort for one in comparing.changes(comparing.compared(old, new))]
    assert kinds == sorted(kinds, key=list(comparing.SORTS).index)
    assert kinds[0] == "mark"
    assert kinds.count("days") == 1
    only = json.loads(new)
    only["in_force"][0]["from"] = "2026-05-01"
    (moved,) = comparing.changes(comparing.compared(new, canonical(only)))
    assert moved.sort == "days"


def test_versions_are_laid_side_by_side_by_the_day_they_begin(reader: Client) -> None:
    """Version 3 of the little giants, of a round of 2025, began before version 2; what version 2
    follows for the same cases is version 1."""
    rule = reading.find("little_giant", TODAY)
    assert [one.number for one in rule.editions] == [2, 3, 1]
    assert rule.pair == (1, 2)
    assert reading.find("little_giant", TODAY, 3).pair == (1, 3)
    assert reading.find("little_giant", TODAY, 1).pair == (1, 2)
    assert reading.find("tech_sme", TODAY).pair is None
    assert f"{GIANT}/compare?old=1&amp;new=2" in reader.get(GIANT).text


def test_checksums_stand_folded_at_the_foot(reader: Client) -> None:
    page = reader.get(GIANT).text
    shown = page.partition("<details")[0]
    for version in queries.book()["little_giant"]:
        assert version.content_hash[:16] in page
        assert version.content_hash[:16] not in shown


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


def test_lines_pair_alike_for_readers_of_either_language(rules: None) -> None:
    for versions in queries.book().values():
        for old in versions:
            for new in versions:
                told = []
                for language in ("zh", "en"):
                    with force_locale(language):
                        lines = comparing.compared(old.content, new.content)
                    told.append(
                        [(one.sort, one.before is None, one.after is None) for one in lines]
                    )
                assert told[0] == told[1], (new.rule, old.number, new.number)


def test_a_moved_citation_is_said_as_each_language_cites(rules: None) -> None:
    old = reading.numbered("innovative_sme", 1).content
    new = canonical({**json.loads(old), "cite": "附件2"})
    with force_locale("en"):
        (moved,) = comparing.changes(comparing.compared(old, new))
    told = [(one or "").split("\n")[1:] for one in (moved.before, moved.after)]
    assert told == [["Annex 1"], ["Annex 2"]]


def test_words_and_mark_of_a_clause_stand_on_lines_of_their_own(reader: Client) -> None:
    page = reader.get(f"{GIANT}/compare?old=1&new=2").text
    words = "上年末资产负债率不高于 75%"
    assert f'<div>{words}</div><div class="jl-s jl-2">门槛：≤ 75.0%</div>' in page


def test_a_long_standard_has_a_table_of_contents(client: Client, rules: None) -> None:
    """A link to each clause of the first depth, in order, each with its place."""
    sign_in(client, make_person(Role.AREA_READER, organisation(OrganisationKind.AREA)))
    page = client.get("/standards/little_giant").text
    nav = page[page.index('aria-label="条款目录"') :].partition("</nav>")[0]
    links = re.findall(r'href="#(clause-\d+)"', nav)
    assert len(links) > 10
    assert links == [one for one in re.findall(r'id="(clause-\d+)"', page) if one in links]
    assert "条款目录" not in client.get("/standards/incubator.graduation").text
