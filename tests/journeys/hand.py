"""Somebody at a browser: presses what is written on the page, and looks at each page."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

from app.accounts.demo import DEMO_PASSWORD
from app.core.text import load_catalogues
from tests.browser import Screen

expect.set_options(timeout=30_000)
ENGLISH = load_catalogues("en")


class Hand:
    """A person in a window of their own. Texts are given in Chinese and looked for as shown.

    `seen`: (login, heading) of the pages that axe has looked at; None leaves it out.
    """

    def __init__(
        self, screen: Screen, language: str, login: str, seen: set[tuple[str, str]] | None
    ) -> None:
        self.screen, self.language, self.page = screen, language, screen.page
        self.login, self.seen = login, seen
        self.page.set_default_timeout(60_000)

    def say(self, text: str, **values: Any) -> str:
        """A text of the program in the language of the window."""
        shown = ENGLISH.gettext(text) if self.language == "en" else text
        return shown % values if values else shown

    def enter(self, login: str) -> None:
        """Sign in by name and password; in English after pressing English."""
        self.screen.open("/sign-in")
        if self.language == "en":
            self.page.get_by_role("button", name="English").click()
        self.page.get_by_label(self.say("登录名"), exact=True).fill(login)
        self.page.get_by_label(self.say("密码"), exact=True).fill(DEMO_PASSWORD)
        self.look()
        self.press("button", "登录")
        expect(self.page.locator(".jl-app")).to_be_visible()
        self.look()

    def find(self, role: Any, text: str, part: Locator | None = None, **values: Any) -> Locator:
        """The one element of a role with just this name, in `part` or beside rail and bar."""
        name = re.compile(rf"^\s*{re.escape(self.say(text, **values))}\s*$")
        return (part or self.page.locator("main")).get_by_role(role, name=name)

    def press(self, role: Any, text: str, part: Locator | None = None, **values: Any) -> None:
        """Press it and wait for what comes."""
        self.find(role, text, part, **values).click()
        self.screen.settle()

    def goto(self, text: str) -> None:
        """Press an entry of the rail, whatever number stands behind it."""
        entry = re.compile(rf"^\s*{re.escape(self.say(text))}(\s*[\d,]+)?\s*$")
        self.page.locator(".jl-rail").get_by_role("link", name=entry).click()
        self.screen.settle()
        self.look()

    def panel(self, title: str) -> Locator:
        """The part of the page under a heading; a count may stand behind its words."""
        words = re.compile(rf"^\s*{re.escape(self.say(title))}(\s*[\d,]+)?\s*$")
        heading = self.page.get_by_role("heading", name=words)
        return self.page.locator("section").filter(has=heading)

    def type(self, label: str, text: str, part: Locator | None = None) -> None:
        """Press a box and type into it."""
        name = re.compile(rf"^\s*{re.escape(self.say(label))}(\s+{self.say('选填')})?\s*$")
        box = (part or self.page).get_by_role("textbox", name=name)
        box.click()
        box.fill(text)

    def row(self, start: str) -> Locator:
        """The row of a table that begins with these words."""
        return self.page.get_by_role("row").filter(
            has=self.page.get_by_role("rowheader", name=re.compile(rf"^\s*{re.escape(start)}"))
        )

    def look(self) -> None:
        """The page as it stands: accessible, no wider than the window, one heading."""
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_have_count(1)
        expect(self.page.locator(f"html[lang^={self.language}]")).to_have_count(1)
        assert self.page.title()
        self.screen.fits()
        page = (self.login, heading.inner_text())
        if self.seen is not None and page not in self.seen:
            self.seen.add(page)
            self.screen.axe()

    def at(self, heading: str) -> None:
        """This is the page of that heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        self.look()

    def told(self, text: str, **values: Any) -> None:
        """The program says that it is done."""
        expect(self.page.get_by_role("status")).to_contain_text(self.say(text, **values))
