"""The workbench in a real browser, in both languages and themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import Screen
from tests.factories.accounts import PASSWORD


@pytest.fixture
def engine_name() -> str:
    """Looks are the same on either engine."""
    return "sqlite"


@pytest.mark.parametrize(
    ("kind", "theme", "lang"),
    [("incubator", "light", "zh"), ("park", "dark", "zh"), ("district", "light", "en")],
)
@pytest.mark.usefixtures("made")
def test_the_workbench_is_accessible(screen: Screen, kind: str, theme: str, lang: str) -> None:
    screen.sign_in(kind, PASSWORD, theme=theme, lang=lang)
    for path in ("/", "/todo"):
        screen.open(path)
        screen.axe()
        screen.fits()


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("width", [1024, 768])
def test_the_workbench_fits(screens: Callable[..., Any], width: int) -> None:
    with screens(viewport={"width": width, "height": 768}) as screen:
        screen.sign_in("incubator", PASSWORD)
        screen.open("/")
        screen.fits()
        screen.open("/deadlines")
        screen.fits()
        screen.axe()
