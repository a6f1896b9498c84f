"""Exports in a real browser: two files at once, one for a double press, a refusal that is seen."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Download, expect

from tests.browser import Screen
from tests.factories.accounts import PASSWORD
from tests.factories.chain import Chain

# presses are the same on either engine
pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


def test_two_formats_pressed_one_after_the_other_both_come(screen: Screen, made: Chain) -> None:
    screen.sign_in("incubator", PASSWORD)
    page = screen.open("/firms")
    slow = {"offline": False, "latency": 1_500, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slow)
    came: list[Download] = []
    page.on("download", lambda one: came.append(one))
    page.get_by_role("button", name="导出").dblclick()
    page.get_by_role("button", name="CSV").click()
    expect(page.get_by_role("button", name="CSV")).to_have_attribute("aria-busy", "true")
    page.wait_for_timeout(4_500)
    assert sorted(one.suggested_filename.rsplit(".", 1)[1] for one in came) == ["csv", "xlsx"]
    for one in came:
        start = one.path().read_bytes()[:3]
        assert start == (b"\xef\xbb\xbf" if one.suggested_filename.endswith("csv") else b"PK\x03")
    expect(page.get_by_role("button", name="CSV")).not_to_have_attribute("aria-busy", "true")
    with page.expect_download(timeout=5_000):
        page.get_by_role("button", name="导出").click()


def test_an_export_that_is_refused_shows_why(app: Flask, screen: Screen, made: Chain) -> None:
    screen.sign_in("incubator", PASSWORD)
    page = screen.open("/firms")
    screen.expected.append("401")
    page.context.clear_cookies()
    page.get_by_role("button", name="CSV").click()
    page.wait_for_url(lambda url: not url.endswith("/firms"))
    expect(page.locator("h1")).to_be_visible()
