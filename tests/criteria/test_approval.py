"""A draft of a standard: what it changes, who may approve it, from which day it holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts.models import OrganisationKind, Person, Role
from app.core.db import session, write
from app.core.errors import DomainError
from app.criteria import drafts, queries, service
from app.criteria.comparing import Difference
from app.criteria.models import Standard, StandardForce, StandardState
from tests.clients import Client, sign_in
from tests.criteria.conftest import ACTOR, TODAY
from tests.factories.accounts import make_person
from tests.factories.carriers import organisation

RULE = "incubator.graduation"


@pytest.fixture
def head(rules: None) -> Person:
    office = organisation(OrganisationKind.DISTRICT, "浦东新区科技和经济委员会")
    return make_person(Role.DISTRICT_HEAD, office)


@pytest.fixture
def draft(rules: None, tmp_path: Path) -> int:
    """The graduation conditions with 6 million yuan, from tomorrow on."""
    text = (service.STANDARDS / "graduation-300.yaml").read_text("utf-8")
    changed = text.replace("500 万元", "600 万元").replace("from: 2019-01-01", "from: 2026-11-25")
    file = tmp_path / "graduation-600.yaml"
    file.write_text(changed, encoding="utf-8")
    with write("standard:load", actor=ACTOR):
        made = service.load_draft(actor=ACTOR, today=TODAY, path=file)
        assert made is not None
        return made.version


def state(number: int) -> StandardState:
    found = select(Standard.state).where(Standard.rule == RULE, Standard.version == number)
    return session.scalars(found).one()


def test_a_draft_is_shown_beside_the_version_in_force(
    client: Client, head: Person, draft: int
) -> None:
    sign_in(client, head)
    page = client.get(f"/standards/{RULE}").get_data(as_text=True)
    assert page.count('href="/standards"') == 2  # in the rail and above the title
    home = client.get("/").get_data(as_text=True)
    assert "标准草稿待批准" in home
    assert f'href="/standards/{RULE}"' in home
    assert "&gt; 500.00 万元" in page
    assert "&gt; 600.00 万元" in page
    assert page.count("第九条（三）") == 1  # what does not change stands only in the clauses


def seen(number: int) -> dict[str, str]:
    """What the page of a draft sends with the approval: the content that was read."""
    return {"seen": service.draft_of(RULE, number).content_hash}


def shown(file: str, tmp_path: Path, *changes: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """What a draft with changes is said to change, from another day on: by place, as it is and
    as it would be."""
    text = (service.STANDARDS / file).read_text("utf-8")
    text = re.sub(r"(from|transition): 20\d\d-\d\d-\d\d", r"\1: 2027-01-01", text)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / file
    path.write_text(text, encoding="utf-8")
    with write("standard:load", actor=ACTOR):
        row = service.load_draft(actor=ACTOR, today=TODAY, path=path)
    assert row is not None
    return {str(d.what): (d.before or "", d.after or "") for d in told(row.rule)}


def told(rule: str) -> list[Difference]:
    """What the newest draft changes but its days."""
    return [d for d in drafts.drafts(rule, TODAY)[-1].differences if str(d.what) != "起止"]


def test_a_draft_speaks_in_the_words_of_the_office(rules: None, tmp_path: Path) -> None:
    near = shown("near-graduate.yaml", tmp_path, ("share: 80 %", "share: 70 %"))
    assert {what: tuple(one.split("门槛：")[1] for one in both) for what, both in near.items()} == {
        "自定（三）": ("≥ 孵化毕业第九条（二） × 80.0%", "≥ 孵化毕业第九条（二） × 70.0%")
    }
    points = shown("tech-sme.yaml", tmp_path, ("{ge: 25 %, points: 16}", "{ge: 25 %, points: 15}"))
    was = "≥ 30% 20 分；≥ 25% 16 分；≥ 20% 12 分；≥ 15% 8 分；≥ 10% 4 分"
    assert points == {"科技人员指标": (was, was.replace("16", "15"))}


def test_no_change_of_a_draft_is_hidden(rules: None, tmp_path: Path) -> None:
    """What money counts changes the outcome as much as the amount; so do notes and sources."""
    found = shown(
        "graduation-300.yaml", tmp_path,
        ("counts: [angel, venture]", "counts: [angel, venture, government]"),
        ("freshness: 100 天", "freshness: 90 天"),
        ("在国内外资本市场挂牌、上市", "在资本市场挂牌、上市"),
        ("没有与孵化器签订的孵化协议，", "未签孵化协议，"),
    )  # fmt: skip
    computed = ("原算法", "算法或数据来源有调整")
    assert list(found) == ["第九条（二）", "第九条（四）", "不适用", "数据"]
    assert found["第九条（二）"] == computed
    assert found["数据"] == ("多久不更新算过期 100 天", "多久不更新算过期 90 天")
    assert found["第九条（四）"][1].startswith("被兼并、收购或在资本市场挂牌、上市")
    assert found["不适用"][1] == "未签孵化协议，不适用毕业条件。"


def test_a_text_that_was_seen_in_the_meantime_is_told(rules: None, tmp_path: Path) -> None:
    found = shown("pudong-incubatee.yaml", tmp_path, ("confidence: restated", "confidence: seen"))
    assert list(found) == ["依据"]
    was, now = found["依据"]
    assert was.endswith("据转述")
    assert now.endswith("已见原文或官方解读")


def test_a_score_with_a_yes_or_no_part_can_be_a_draft(rules: None, tmp_path: Path) -> None:
    found = shown("hnte-score.yaml", tmp_path, ("- {ge: 1 项, points: 8", "- {ge: 2 项, points: 8"))
    assert found == {"Ⅰ类": ("≥ 1 项 8 分", "≥ 2 项 8 分")}


def test_a_window_that_changes_is_told_with_its_numbers(rules: None, tmp_path: Path) -> None:
    found = shown("near-graduate.yaml", tmp_path, ("months: 12", "months: 15"))
    assert found == {"自定（二）": ("未登记到期日的，有效 12 个月", "未登记到期日的，有效 15 个月")}


def test_a_threshold_that_leaves_its_words_behind_is_pointed_out(
    rules: None, tmp_path: Path
) -> None:
    def doubts(*changes: tuple[str, str]) -> list[str | None]:
        shown("graduation-300.yaml", tmp_path, *changes)
        return [one.doubt for one in told(RULE)]

    assert doubts(("gt: 500 万元", "gt: 600 万元")) == [
        "门槛改了，条文没有改：请核对条文里的数字。"
    ]


def test_a_threshold_changed_with_its_words_raises_no_doubt(rules: None, tmp_path: Path) -> None:
    text = (service.STANDARDS / "graduation-300.yaml").read_text("utf-8")
    words = next(line for line in text.splitlines() if "500" in line and "zh" in line)
    shown(
        "graduation-300.yaml", tmp_path,
        ("gt: 500 万元", "gt: 600 万元"), (words, words.replace("500", "600")),
    )  # fmt: skip
    assert [one.doubt for one in told(RULE)] == [None]


def test_an_overlap_is_refused_with_the_line_of_its_days(rules: None, tmp_path: Path) -> None:
    text = (service.STANDARDS / "graduation-300.yaml").read_text("utf-8")
    text = text.replace("version: 2", "version: 3")
    (tmp_path / "third.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DomainError) as refused, write("standard:load", actor=ACTOR):
        service.load_standards(actor=ACTOR, today=TODAY, folder=tmp_path)
    line = text[: text.index("  - {kind: new")].count("\n") + 1
    assert refused.value.code == "standard_overlap_at"
    title = service.draft_of(RULE, 2).title
    assert (
        f"third.yaml\n位置：第 {line} 行\n原因：{title} 与已批准的第 2 版" in refused.value.message
    )


def test_an_overlap_is_told_by_the_title_of_the_standard(
    client: Client, head: Person, tmp_path: Path
) -> None:
    """A later version that was approved first stands in the way of an endless one."""
    text = (service.STANDARDS / "graduation-300.yaml").read_text("utf-8")
    for day, money in (("2019-01-01", "500"), ("2027-06-01", "600"), ("2027-01-01", "700")):
        changed = text.replace("from: 2019-01-01", f"from: {day}").replace(
            "500 万元", f"{money} 万元"
        )
        (tmp_path / "draft.yaml").write_text(changed, encoding="utf-8")
        with write("standard:load", actor=ACTOR):
            service.load_draft(actor=ACTOR, today=TODAY, path=tmp_path / "draft.yaml")
    sign_in(client, head)
    page = f"/standards/{RULE}"
    for number in (3, 4):
        client.send(f"{page}/drafts/{number}/approve", seen(number), page=page)
    assert [state(3), state(4)] == [StandardState.APPROVED, StandardState.DRAFT]
    told = client.get(page).get_data(as_text=True)
    assert f"{service.draft_of(RULE, 2).title} 与已批准的第 3 版在同一时期施行" in told
    assert f"{RULE} 与" not in told


def test_the_head_approves_and_the_former_version_ends(
    client: Client, head: Person, draft: int
) -> None:
    sign_in(client, head)
    page = f"/standards/{RULE}"
    answer = client.send(f"{page}/drafts/{draft}/approve", seen(draft), page=page)
    assert answer.status_code == 303
    told = client.get(page).get_data(as_text=True)
    assert f"已批准第 {draft} 版，自 2026-11-25 起施行。" in told
    assert "2026-11-25 起" in told
    assert "2019-01-01 — 2026-11-25" in told
    assert state(draft) is StandardState.APPROVED
    ends = select(StandardForce.ends).join(Standard).where(
        Standard.rule == RULE, Standard.version == 2
    )  # fmt: skip
    assert str(session.scalars(ends).one()) == "2026-11-25"
    queries.forget_book()
    assert queries.version_of(RULE, TODAY).number == 2


def test_its_author_cannot_approve_a_draft(client: Client, head: Person, draft: int) -> None:
    with write("test:author", actor=ACTOR):
        row = session.scalars(
            select(Standard).where(Standard.rule == RULE, Standard.version == draft)
        ).one()
        row.author_id = head.id
        row.state = StandardState.SUBMITTED
    sign_in(client, head)
    page = f"/standards/{RULE}"
    assert "/approve" not in client.get(page).get_data(as_text=True)
    client.send(f"{page}/drafts/{draft}/approve", seen(draft), page=page)
    assert state(draft) is StandardState.SUBMITTED
