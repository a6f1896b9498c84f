"""The workbench in a real browser, in both languages and themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g, request

from tests.browser import Screen
from tests.factories.chain import Chain


@pytest.fixture
def engine_name() -> str:
    """Looks are the same on either engine."""
    return "sqlite"


@pytest.fixture
def workbench(app: Flask, made: Chain) -> None:
    """Lets a cookie say who is there."""
    viewers = {kind: made.viewer(kind) for kind in ("incubator", "park", "district")}

    def arrive() -> None:
        g.viewer = viewers.get(request.cookies.get("kind", ""))

    app.before_request_funcs.setdefault(None, []).insert(0, arrive)


@pytest.mark.parametrize(
    ("kind", "theme", "lang"),
    [("incubator", "light", "zh"), ("park", "dark", "zh"), ("district", "light", "en")],
)
@pytest.mark.usefixtures("workbench")
def test_the_workbench_is_accessible(screen: Screen, kind: str, theme: str, lang: str) -> None:
    screen.context.add_cookies(
        [
            {"name": name, "value": value, "url": screen.address}
            for name, value in (("kind", kind), ("theme", theme), ("lang", lang))
        ]
    )
    for path in ("/", "/todo"):
        screen.open(path)
        screen.axe()
        screen.fits()


@pytest.mark.usefixtures("workbench")
@pytest.mark.parametrize("width", [1024, 768])
def test_the_workbench_fits(screens: Callable[..., Any], width: int) -> None:
    with screens(viewport={"width": width, "height": 768}) as screen:
        screen.context.add_cookies([{"name": "kind", "value": "incubator", "url": screen.address}])
        screen.open("/")
        screen.fits()
        screen.open("/deadlines")
        screen.fits()
        screen.axe()
