"""A session that ends while a form is filled loses nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from app.accounts.models import Role
from app.core.db import session
from tests.factories.accounts import PASSWORD, person_with_post

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_name", ["sqlite"])]


def enter(page: Any, login: str) -> None:
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator(".jl-app")).to_be_visible()


def test_what_was_typed_comes_back_after_signing_in_again(
    app: Flask, screens: Callable[..., Any]
) -> None:
    logins = [person_with_post(Role.ADMINISTRATOR).person.login for _n in range(2)]
    session.rollback()
    with screens() as screen:
        screen.expected.append("401")
        page = screen.open("/sign-in")
        enter(page, logins[0])
        screen.open("/organisations/new")
        page.locator("[name=name]").fill("填到一半的单位")
        screen.context.clear_cookies()
        page.get_by_role("button", name="登记单位").click()
        expect(page.locator("h1")).to_have_text("请先登录")
        screen.axe()
        page.get_by_role("main").get_by_role("link", name="登录").click()
        enter(page, logins[0])
        expect(page.locator("h1")).to_have_text("登记单位")
        assert page.locator("[name=name]").input_value() == "填到一半的单位"
        expect(page.locator("[data-draft-note]")).to_be_visible()
        screen.axe()
        page.locator("details.jl-menu summary").last.click()
        page.get_by_role("button", name="退出登录").click()
        kept = page.evaluate("Object.keys(sessionStorage)")
        assert not [key for key in kept if key.startswith("jl-")]
        enter(page, logins[1])
        screen.open("/organisations/new")
        assert page.locator("[name=name]").input_value() == ""
