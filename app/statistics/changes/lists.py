"""The splits of the key figures, and the firms behind one term of a split."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import session
from app.core.errors import NotFound
from app.core.paging import Page, paginate
from app.pipeline.stage import Stage, stages
from app.statistics.asof import AsOf
from app.statistics.changes.split import Part, Split, Term, split
from app.statistics.changes.traces import Told, told, traces
from app.statistics.indicators import Origin, indicator
from app.statistics.queries.figures import Desk
from app.statistics.queries.overview import graduation_code

SIDES = ("", "came", "went")


def key_splits(desk: Desk, then: AsOf) -> list[Split]:
    """The key figures; those that are 0 at both ends are left out."""
    year = {"year": str(desk.asof.year)}
    wanted: list[tuple[str, dict[str, str]]] = [
        (graduation_code(desk), year),
        ("F-01", year),
        ("S-01", {}),
        ("S-05", {}),
        ("S-06", {}),
        ("C-03", {"origin": Origin.GRADUATE.value, **year}),
        ("H-02", year),
        ("H-03", {}),
        ("K-01", {}),
    ]

    def kept(code: str, filters: dict[str, str]) -> Split:
        key = "split", code, then, tuple(filters.items())
        return desk.held(key, lambda: split(desk, then, code, filters))

    found = (kept(*one) for one in wanted)
    return [one for one in found if one.then.value or one.now.value or one.parts]


@dataclass(frozen=True)
class Behind:
    """The rows of a term that came, or that went, with what was recorded about them."""

    part: Part
    side: str
    page: Page
    desk: Desk
    #: firm (or carrier) id → what was recorded about it between two revisions
    why: dict[int, list[Told]]
    #: firm id → the stage it has come to at the later end, of firms that went between two days
    come_to: dict[int, Stage]


def behind(desk: Desk, found: Split, term: str, side: str) -> Behind | None:
    """The list of a term; of the first that there is, without one. NotFound for another word."""
    if term not in {"", *(one.value for one in Term)} or side not in SIDES:
        raise NotFound()
    part = found.part(term) if term else next(iter(found.parts), None)
    if part is None:
        return None
    side = side or ("came" if part.came else "went")
    asof, members = (part.after, part.came) if side == "came" else (part.before, part.went)
    at, entry = desk.at(asof), found.now.indicator
    page = paginate(
        at.listed(entry.code, dict(found.now.filters), only=list(members)), scalars=False
    )
    return Behind(part, side, page, at, _why(part, entry.code, page), _come_to(part, side, page))


def _come_to(part: Part, side: str, page: Page) -> dict[int, Stage]:
    ids = [row.firm_id for row in page.items if row.firm_id]
    asof = part.after
    if side == "came" or part.before.day == asof.day or not ids:
        return {}
    stage = stages(asof.day, None if asof.current else asof.cut, ids)
    return {row[0]: row[1] for row in session.execute(select(stage.c.firm_id, stage.c.stage))}


def _why(part: Part, code: str, page: Page) -> dict[int, list[Told]]:
    """What was recorded about the subjects of a page between the two revisions, if that is why."""
    if part.before.cut == part.after.cut:
        return {}
    column = indicator(code).subject_column
    held = traces(code, [getattr(row, column) for row in page.items], part.before.cut,
                  part.after.cut)  # fmt: skip
    return told(held)
