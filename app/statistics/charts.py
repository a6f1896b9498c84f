"""Data of the pictures. Numbers are rounded here, at the edge; each part opens its list."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from app.core.text import _
from app.statistics.addresses import list_url
from app.statistics.indicators import End, Origin
from app.statistics.intervals import rounded
from app.statistics.queries.cohorts import Cohort
from app.statistics.queries.overview import Flow, Year

#: Colour of an end: accent what the plan wants, 2 acceleration, 4 loss, 6 neutral.
TONES = {
    End.PARK: 1,
    End.ACCELERATING: 2,
    End.OUTSIDE: 4,
    End.UNKNOWN: 4,
}
NEUTRAL = 6
#: Months shown on the curve.
LONGEST = 60


def flow(data: Flow) -> dict[str, Any]:
    """The Sankey picture: origin → accelerator → end, or origin → end."""
    middle = _("加速器")
    nodes = [
        {"name": Origin.GRADUATE.label, "tone": 1, "depth": 0},
        {"name": Origin.ACCELERATING.label, "tone": 2, "depth": 0},
        {"name": middle, "tone": 2, "depth": 1},
    ]
    links: dict[tuple[str, str], dict[str, Any]] = {}

    def add(source: str, target: str, value: int, href: str) -> None:
        link = links.setdefault(
            (source, target), {"source": source, "target": target, "value": 0, "href": href}
        )
        link["value"] += value

    for link in data.links:
        origin, value = link.origin.label, link.figure.value
        if link.via:
            opened = _opened(link.figure, "origin", "via")
            add(origin, middle, value, list_url(opened))
            add(middle, link.end.label, value, list_url(_opened(link.figure, "via", "end")))
        else:
            add(origin, link.end.label, value, list_url(link.figure))
    used = {name for pair in links for name in pair}
    ends = [
        {"name": end.label, "tone": TONES.get(end, NEUTRAL), "depth": 2}
        for end in End
        if end.label in used
    ]
    return {
        "nodes": [node for node in nodes if node["name"] in used] + ends,
        "links": list(links.values()),
    }


def _opened(figure: Any, *kept: str) -> Any:
    """The figure with fewer filters: the list of a stream made of several."""
    filters = tuple((key, value) for key, value in figure.filters if key in kept)
    return type(figure)(figure.indicator, figure.asof, figure.value, filters)


def years(data: list[Year]) -> dict[str, Any]:
    """Bars by year: verified solid, reported and unverified hatched on top."""
    last = data[-1]
    month = last.verified.asof.day.month
    so_far = _("1—%(n)s 月", n=month)
    labels = [str(y.year) if y.whole else f"{y.year}\n{so_far}" for y in data]
    return {
        "labels": labels,
        "series": [
            {
                "name": _("核定"),
                "values": [y.verified.value for y in data],
                "hrefs": [list_url(y.verified) for y in data],
            },
            {
                "name": _("申报未核"),
                "values": [y.open for y in data],
                "hrefs": [list_url(y.reported) for y in data],
            },
        ],
    }


def _percent(value: Fraction) -> float:
    return float(rounded(value * 100, 2))


def curves(cohorts: list[Cohort]) -> dict[str, Any]:
    """Share graduated by months since entry, with its band."""
    series = []
    for one in cohorts:
        steps = one.curve.steps[: LONGEST + 1]
        name = _("%(a)s—%(b)s 年入孵", a=one.first, b=one.last)
        series.append(
            {
                "name": name,
                "n": one.curve.lives,
                "points": [
                    [s.month, *(_percent(v) for v in (s.share, s.interval.low, s.interval.high))]
                    for s in steps
                ],
            }
        )
    return {"x": _("入孵后月数"), "max": LONGEST, "series": series}
