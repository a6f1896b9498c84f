"""The icons the pages use: bootstrap-icons, reduced to one small sprite."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import flask_bootstrap

SOURCE = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/icons/bootstrap-icons.svg"

_NAMES = """
    archive arrow-90deg-left arrow-clockwise arrow-counterclockwise arrow-down arrow-down-up
    arrow-left arrow-left-right arrow-repeat arrow-return-left arrow-right arrow-up award bank
    bar-chart bell book bookmark-plus box-arrow-in-down box-arrow-in-right box-arrow-right
    briefcase building building-check buildings bullseye calculator calendar-check calendar-plus
    calendar3 card-checklist chat-left-text check-circle check-circle-fill check-lg check2-square
    chevron-down chevron-expand chevron-left chevron-right chevron-up circle circle-fill
    circle-half clipboard clipboard-check clock clock-history columns-gap copy cpu dash-lg
    database diagram-3 diamond-fill door-closed door-open download envelope exclamation-circle
    exclamation-circle-fill exclamation-triangle eye eye-slash file-earmark file-earmark-plus
    file-earmark-ruled file-earmark-text filetype-pdf filetype-xlsx flag funnel gear geo-alt
    globe graph-up grid-3x3 hand-index hourglass-split house info-circle journal-check
    journal-text key layout-three-columns lightbulb link-45deg list list-check list-ul lock
    megaphone moon mortarboard paperclip patch-check pencil pencil-square people person
    person-badge person-check person-circle person-gear person-plus person-vcard pin-map plus-lg
    printer question-circle question-lg receipt reception-1 reception-2 reception-3 reception-4
    rulers save search send shield-check shield-lock shop signpost-split sliders sort-down
    stop-circle sun table tags telephone three-dots toggles trash trophy unlock upload x-circle
    x-lg
"""
ICONS = frozenset(_NAMES.split())

_SYMBOL = re.compile(r'<symbol[^>]*?viewBox="([^"]+)"[^>]*?id="([^"]+)"[^>]*>(.*?)</symbol>', re.S)


@cache
def sprite() -> bytes:
    """The symbols of ICONS in one SVG, in order of name."""
    found = {name: (box, body) for box, name, body in _SYMBOL.findall(SOURCE.read_text("utf-8"))}
    symbols = [
        f'<symbol id="{name}" viewBox="{found[name][0]}">{found[name][1].strip()}</symbol>'
        for name in sorted(ICONS)
    ]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'.encode()
