"""The comparison of two versions hides no value that a page may change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.core.canonical import canonical
from app.criteria import comparing, service
from app.criteria.editing import Place, changed, sections
from app.criteria.parse import parse
from app.criteria.placing import standing
from app.criteria.rulefile import read
from app.criteria.tree import Fault

DOUBT = "门槛改了，条文没有改：请核对条文里的数字。"
FILES = pytest.mark.parametrize(
    "path", sorted(service.STANDARDS.glob("*.yaml")), ids=lambda p: p.stem
)

# Every place of every standard: which engine keeps them does not show in what is told of them,
# so the other one has its turn in the soak.
ENGINE = pytest.mark.parametrize(
    "engine_name", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)]
)


def edited(content: dict[str, Any], place: Place, value: str) -> str | None:
    """The content with one value changed; None where no standard can say that."""
    made = changed(content, [place], {place.name: value})
    try:
        parse(made)
    except Fault:
        return None
    return canonical(made)


def others(place: Place) -> Iterator[str]:
    """Other numbers near that of a place, the first that differ least."""
    for step in ("0.01", "0.5", "1", "-1", "7", "10"):
        value = Decimal(place.value) + Decimal(step)
        if value >= 0 and (value % 1 == 0 or place.unit in ("%", "万元", "项/年")):
            yield str(value)


def says(told: str | None, place: Place, value: str) -> bool:
    """Whether a text has a number as the page writes it, whole or with the decimals of a page."""
    number = Decimal(value)
    forms = {f"{number:f}", f"{number:,f}", f"{number:.1f}", f"{number:,.2f}"}
    if place.unit == "亿元":
        forms |= {f"{number * 10_000:,.2f}"}
    if place.unit == "元":
        forms |= {f"{number / 10_000:,.2f}"}
    return any(one in (told or "") for one in forms if Decimal(one.replace(",", "")) or not number)


@FILES
@ENGINE
def test_each_number_that_a_page_may_change_is_told_with_the_old_and_the_new(
    rules: None, path: Path
) -> None:
    old = read(path).content
    content = json.loads(old)
    for section in sections(content):
        for place in section.places:
            if place.kind == "text":
                continue
            made = ((one, edited(content, place, one)) for one in others(place))
            value, new = next(((v, c) for v, c in made if c), ("", None))
            if new is None:  # the fact takes no other (近两年), or the bands beside it are next
                assert place.path[-1] in ("years", "months", "span", "days", "ge"), place
                assert place.path[-1] != "ge" or "bands" in place.path
                continue
            found = comparing.differences(old, new)
            assert len(found) == 1, (place, value, found)
            assert says(found[0].before, place, place.value), (place, value, found)
            assert says(found[0].after, place, value), (place, value, found)
            assert found[0].doubt == (DOUBT if section.clause else None), (place, found)
            whole = [one for one in comparing.compared(old, new) if not one.same]
            assert [one.doubt for one in whole] == [found[0].doubt]
            assert says(whole[0].after, place, value)


@FILES
@ENGINE
def test_each_text_that_a_page_may_change_is_told_in_either_language(
    rules: None, path: Path
) -> None:
    old = read(path).content
    content = json.loads(old)
    for section in sections(content):
        for place in section.places:
            if place.kind != "text":
                continue
            new = edited(content, place, f"{place.value}（改）")
            assert new is not None
            found = comparing.differences(old, new)
            assert found, place
            assert all(f"{place.value}（改）" in f"{one.what} {one.after}" for one in found), place
            assert not any(one.doubt for one in found), place


def told(file: str, *changes: tuple[str, str]) -> list[tuple[str, str | None, str | None]]:
    """What some changes of numbers in a seed standard come out as."""
    new = old = read(service.STANDARDS / file).content
    for was, now in changes:
        assert was in new
        new = new.replace(was, now, 1)
    found = comparing.differences(old, new)
    assert all(one.doubt == DOUBT for one in found)
    return [(str(one.what), one.before, one.after) for one in found]


@pytest.mark.parametrize(
    ("file", "was", "now", "place", "shown"),
    [
        ("hnte.yaml", '"ge":"5 %"', '"ge":"6 %"', "第 1 档 · 研发费用（高企口径）合计 / 营业收入",
         ("≥ 5%", "≥ 6%")),
        ("hnte.yaml", '"le":"5000 万元"', '"le":"6000 万元"', "第 1 档 · 适用范围 · 营业收入",
         ("≤ 5000 万元", "≤ 6000 万元")),
        ("clock.yaml", '"le":"48 个月"', '"le":"42 个月"', "其余情形 · 已孵化时间",
         ("≤ 48 个月", "≤ 42 个月")),
        ("near-graduate.yaml", '"le":"6 个月"', '"le":"9 个月"', "第 2 项 · 剩余孵化时间",
         ("≤ 6 个月", "≤ 9 个月")),
        ("sh-tech-giant.yaml", '"ge":"50 %"', '"ge":"55 %"',
         "其余情形 · 期末研发人员 / 期末从业人员", ("≥ 50%", "≥ 55%")),
        ("sh-tech-giant.yaml", '"ge":"36 个月"', '"ge":"37 个月"', "第 1 项 · 注册成立时间",
         ("≥ 36 个月", "≥ 37 个月")),
    ],
)  # fmt: skip
def test_a_number_within_a_clause_is_told_with_its_place(
    rules: None, file: str, was: str, now: str, place: str, shown: tuple[str, str]
) -> None:
    said = [f"{place} 门槛 {one}" for one in shown]
    ((_what, before, after),) = told(file, (was, now))
    assert [before, after] == said


def test_each_number_of_a_score_stands_under_the_name_of_its_part() -> None:
    """Two ladders of tech_sme ask for 30 %: which is which shows in what stands above them."""
    content = json.loads(read(service.STANDARDS / "tech-sme.yaml").content)
    marks = [p for s in sections(content) for p in s.places if p.unit == "%" and p.value == "30"]
    assert [standing(content, one.path) for one in marks] == [
        "科技人员指标",
        "研发投入指标（二选一取高） · 研发费用占成本费用",
    ]
    hnte = json.loads(read(service.STANDARDS / "hnte.yaml").content)
    named = {
        place.value: standing(hnte, place.path) for section in sections(hnte)
        for place in section.places if section.title == "第十一条（五）比例" and place.unit == "%"
    }  # fmt: skip
    assert named["5"] == "第 1 档 · 研发费用（高企口径）合计 / 营业收入"
    assert named["3"] == "其余情形 · 研发费用（高企口径）合计 / 营业收入"
    alone = [
        place for section in sections(hnte) for place in section.places
        if section.title == "第十一条（四）" and place.unit == "%"
    ]  # fmt: skip
    assert [standing(hnte, one.path) for one in alone] == [""]


def test_two_numbers_of_a_clause_are_told_beside_each_other(rules: None) -> None:
    changes = (('"ge":"5 %"', '"ge":"6 %"'), ('"le":"5000 万元"', '"le":"6000 万元"'))
    ((_what, _before, after),) = told("hnte.yaml", *changes)
    assert after is not None
    assert "≥ 6%、第 1 档 · 适用范围" in after
    assert "≤ 6000 万元" in after


def test_days_of_several_kinds_are_told_apart() -> None:
    """A 复核 of the national title goes on by the older text until another day."""
    old, new = (
        read(service.STANDARDS / f"little-giant-{file}.yaml").content for file in ("63", "2")
    )
    found = comparing.differences(old, new)
    said = {str(d.what): (d.before, d.after) for d in found}["起止"]
    assert said == (
        "新申请 2022-08-01 — 2026-04-01；复核 2022-08-01 — 2027-01-01",
        "新申请 2026-04-01 起；复核 2027-01-01 起",
    )
