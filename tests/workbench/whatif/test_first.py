"""影响报告 of the first version of a rule: all results, each with its list, its cases and files."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from app.accounts.models import Person
from app.core.canonical import digest_of
from app.core.days import today
from app.core.db import session, write
from app.criteria import queries, service
from app.criteria.models import Standard, StandardState
from app.criteria.plan import tree_of
from app.criteria.queries import assess_many
from tests.clients import Client, sign_in
from tests.exchange.conftest import press, read_xlsx
from tests.workbench.market import ACTOR
from tests.workbench.whatif.casts import Cast, page

RULE = "district.first"
OUTCOME = f"/standards/{RULE}/versions/1/outcome"
PAGE = f"/standards/{RULE}/drafts/1/impact"
WORDS = {"met": "符合", "short": "暂未达到", "unknown": "资料不全", "not_met": "不符合",
         "not_applicable": "不适用"}  # fmt: skip


@pytest.fixture
def shown(cast: Cast) -> dict[str, set[str]]:
    """Result → names, under a rule in force; its content is also the draft of a rule without any
    approved version."""
    held = service.draft_of(cast.rule, cast.number)
    with write("test:first", actor=ACTOR):
        content = held.content.replace(f'"rule":"{held.rule}"', f'"rule":"{RULE}"')
        content = content.replace(f'"version":{held.version}', '"version":1')
        session.add(
            Standard(
                rule=RULE, version=1, subject=held.subject, state=StandardState.DRAFT,
                title=held.title, instrument=held.instrument, document=held.document,
                content=content, content_hash=digest_of(content),
            )
        )  # fmt: skip
    told: dict[str, set[str]] = {key: set() for key in WORDS}
    for one, verdict in assess_many(cast.rule, None, today()).items():
        told[verdict.display].add(cast.ids[one])
    return told


def test_its_lists_name_who_would_stand_how(
    client: Client, cast: Cast, shown: dict[str, set[str]]
) -> None:
    sign_in(client, cast.people["district"])
    for way in cast.ways:
        assert cast.each_opens(client, f"{PAGE}?by={way}", "/impact/list") > 5
    for key, names in shown.items():
        assert cast.names(client, f"{PAGE}/list?after={key}") == names
    assert sum(map(len, shown.values())) == len(cast.names(client, f"{PAGE}/list"))
    assert len(cast.names(client, f"{PAGE}/list")) > 5


def test_each_file_holds_what_its_page_shows(
    client: Client, cast: Cast, shown: dict[str, set[str]]
) -> None:
    sign_in(client, cast.people["district"])
    book = read_xlsx(press(client, PAGE).data)
    (*_other, named) = book.values()
    results = Counter(cell for row in named for cell in row if cell in WORDS.values())
    assert results == Counter({WORDS[key]: len(names) for key, names in shown.items() if names})
    met = read_xlsx(press(client, f"{PAGE}/list?after=unknown").data)
    text = str(met)
    assert shown["unknown"]
    assert all((name in text) is (name in shown["unknown"]) for name in cast.subjects.values())


def test_it_judges_the_edges_of_its_thresholds(
    client: Client, cast: Cast, shown: dict[str, set[str]]
) -> None:
    sign_in(client, cast.people["district"])
    text = re.sub(r"<[^>]+>", "", page(client, PAGE))
    found = re.search(r"门槛边界：(\d+) 次核对.*，(\d+) 次与条文的比较不符", text)
    assert found
    assert int(found[1]) > 2
    assert int(found[2]) == 0
    assert "这项标准还没有案例" in text


def test_its_forecast_is_kept_and_compared(
    client: Client, cast: Cast, shown: dict[str, set[str]], head: Person
) -> None:
    """The results that the approval foretold, by result, beside those of today."""
    with write("test:days", actor=ACTOR):
        row = service.draft_of(RULE, 1)
        service.put_days(row, tree_of(row.content))
    sign_in(client, head)
    seen = {"seen": service.draft_of(RULE, 1).content_hash}
    client.send(f"/standards/{RULE}/drafts/1/approve", seen, page=f"/standards/{RULE}")
    queries.forget_book()
    sign_in(client, cast.people["district"])
    standard = page(client, f"/standards/{RULE}")
    assert f'href="{OUTCOME}"' in standard
    text = page(client, OUTCOME)
    assert "是首版" in text
    assert "代替" not in text
    for key, names in shown.items():
        assert cast.names(client, f"{OUTCOME}/list?at=report&after={key}") == names, key
    moved = f"{OUTCOME}/list?at=today&change=moved"
    assert cast.names(client, moved) == set()
    cast.enter()
    assert cast.names(client, moved) == {cast.late}
    assert cast.each_opens(client, OUTCOME) > 5
    assert "首版" in str(read_xlsx(press(client, OUTCOME).data))


def test_a_version_loaded_with_the_system_says_so(client: Client, cast: Cast) -> None:
    sign_in(client, cast.people["district"])
    assert "随系统装入，没有批准时的预测" in page(client, f"/standards/{cast.rule}")
    gone = client.get(f"/standards/{cast.rule}/versions/1/outcome")
    assert gone.status_code == 302
    assert "第 1 版随系统装入，没有批准时的预测" in client.get(gone.location).text
    assert client.get(f"/standards/{cast.rule}/versions/77/outcome").status_code == 404
