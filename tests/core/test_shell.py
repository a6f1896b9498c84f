"""Rail, preferences and the way back."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from flask import Flask, g, render_template_string

from app.carriers.models import StatusAct
from app.core import shell
from app.core.access import Viewer
from app.core.panels import NavEntry, registry
from tests.clients import Client


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/firms?page=2", "/firms?page=2"),
        ("/企业", "/企业"),
        (None, "/"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("/a\\b", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("firms", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_the_way_back_stays_inside(asked: str | None, given: str) -> None:
    assert shell.safe_next(asked) == given


def test_theme_and_language_are_kept_in_the_browser(visitor: Client) -> None:
    assert 'data-bs-theme="light"' in visitor.get("/styleguide").text
    answer = visitor.send(
        "/preferences", {"theme": "dark", "next": "/styleguide"}, page="/styleguide"
    )
    assert (answer.status_code, answer.location) == (303, "/styleguide")
    page = visitor.get("/styleguide").text
    assert 'data-bs-theme="dark"' in page
    assert 'lang="zh-CN" data-bs-theme' in page
    visitor.send("/preferences", {"lang": "en", "next": "//evil.example"}, page="/styleguide")
    assert '<html lang="en" data-bs-theme="dark">' in visitor.get("/styleguide").text


def test_only_known_themes_and_languages_are_taken(visitor: Client) -> None:
    answer = visitor.send("/preferences", {"theme": "pink", "lang": "fr"}, page="/styleguide")
    assert "Set-Cookie" not in answer.headers
    assert '<html lang="zh-CN" data-bs-theme="light">' in visitor.get("/styleguide").text


def test_a_preference_is_kept_with_the_account(frame: Flask) -> None:
    kept: list[tuple[str, str, str]] = []
    frame.extensions["shell"].save_preference = lambda who, name, value: kept.append(
        (who.name, name, value)
    )
    with frame.test_request_context("/preferences", method="POST", data={"theme": "dark"}):
        g.viewer = Viewer(1, "x", "A")
        shell.preferences()
    assert kept == [("A", "theme", "dark")]


def bool_of(answer: bool, _viewer: Any) -> bool:
    return answer


def three(_viewer: Any) -> int:
    return 3


def test_the_rail_marks_the_longest_address_that_begins_this_one(frame: Flask) -> None:
    entries = registry(frame).nav
    entries.clear()
    for text, endpoint, place, shown in (
        ("a", "styleguide.page", 2, True),
        ("b", "styleguide.sheet", 1, True),
        ("c", "styleguide.page", 3, False),
    ):
        entries.append(NavEntry("G", text, endpoint, "book", place, partial(bool_of, shown), three))
    with frame.test_request_context("/styleguide/sheet/deep"):
        assert shell.rail() == []
        g.viewer = Viewer(1, "x", "A")
        ((group, drawn),) = shell.rail()
    assert group == "G"
    assert [(e.text, e.current, e.count) for e in drawn] == [("b", True, 3), ("a", False, 3)]


def test_a_long_group_folds_what_is_seldom_wanted(frame: Flask) -> None:
    entries, ends = registry(frame).nav, ("styleguide.page", "styleguide.sheet")
    entries.clear()

    def add(number: int, seldom: bool) -> None:
        shown = partial(bool_of, True)
        entries.append(
            NavEntry("G", f"e{number}", ends[seldom], "book", number, shown, three, seldom=seldom)
        )

    for number, seldom in enumerate((False, True, False, True, False)):
        add(number, seldom)
    with frame.test_request_context("/styleguide"):
        g.viewer = Viewer(1, "x", "A")
        ((_group, short),) = shell.rail()
        add(5, False)
        ((_group, long),) = shell.rail()
    assert [(e.text, e.folded) for e in short] == [(f"e{n}", False) for n in range(5)]
    assert [(e.text, e.folded) for e in long] == [
        ("e0", False), ("e2", False), ("e4", False), ("e5", False), ("e1", True), ("e3", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("n", "said"),
    [("1", "1 firm matches, 1 day left"), ("2", "2 firms match, 2 days left"),
     ("1,001", "1,001 firms match, 1,001 days left")],
)  # fmt: skip
def test_english_says_one_and_many(frame: Flask, n: str, said: str) -> None:
    with frame.test_request_context(headers={"Cookie": "lang=en"}):
        page = '{{ _("符合条件 %(n)s 家", n=n) }}, {{ _("还有 %(n)s 天", n=n) }}'  # zh: looked up
        assert render_template_string(page, n=n) == said
        assert StatusAct.WITHDRAWN.label == "Withdrawn"
        assert render_template_string('{{ _("取消") }}') == "Cancel"
