"""Key figures that several homes show, each by the register of indicators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from app.core.access import AnyViewer
from app.core.filters import num
from app.core.panels import KeyFigure
from app.core.text import N_, _
from app.statistics.addresses import list_url
from app.statistics.queries.figures import Figure
from app.workbench.doors import door

INCUBATING = {"standing": "incubating"}
TEAMS = {"standing": "team"}


def incubating(viewer: AnyViewer, day: dt.date) -> Iterator[KeyFigure]:
    """在孵企业 (S-01), the teams (S-02) below."""
    firms, teams = door(viewer, day, **INCUBATING), door(viewer, day, **TEAMS)
    if firms and teams:
        lines = (_("团队 %(n)s 个", n=num(teams.count)),)
        yield KeyFigure(N_("在孵企业"), num(firms.count), _("家"), lines, firms.url, 10)


def graduated(viewer: AnyViewer, day: dt.date) -> Iterator[KeyFigure]:
    """Graduations reported for the year (G-02), the verified ones (G-01) below."""
    year = {"graduated": str(day.year)}
    reported, verified = door(viewer, day, **year), door(viewer, day, verified="verified", **year)
    if reported and verified:
        lines = (_("其中核定 %(n)s", n=num(verified.count)),)
        yield KeyFigure(
            N_("本年毕业（申报）"), num(reported.count), _("家"), lines, reported.url, 20
        )


def of_register(figure: Figure, text: str, lines: tuple[str, ...], position: int) -> KeyFigure:
    """A figure of the register with its own list."""
    return KeyFigure(text, num(figure.value), _("家"), lines, list_url(figure), position)
