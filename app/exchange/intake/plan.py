"""The plan of an upload: what every row will do, and a digest of it all."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.access import Viewer
from app.core.canonical import digest_of
from app.core.text import _
from app.exchange.heap import uncollected
from app.exchange.intake.content import LEAVE, REFUSED, Kept, Spare, edits_of, given, unpack
from app.exchange.models import Intake
from app.exchange.sheets.base import Fresh, Given, Ground, Kind, Planned, Sheet, Trouble
from app.exchange.sheets.fields import Field


@dataclass(slots=True)
class Line:
    """One row of the plan: where it stands, what was read, what it will do."""

    place: int
    kept: Kept
    row: Given
    planned: Planned

    @property
    def key(self) -> str:
        """`sheet:row`."""
        return f"{self.place}:{self.row.number}"

    @property
    def kind(self) -> Kind:
        """What becomes of the row."""
        return self.planned.kind

    @property
    def wrong(self) -> list[Trouble]:
        """What stands in the way: errors, and doubts that nobody has explained."""
        said = bool(self.row.values.get("reason"))
        return [one for one in self.planned.troubles if not (one.doubt and said)]

    @property
    def boxes(self) -> list[tuple[str, str]]:
        """(field, text) to be typed over: what is wrong, then the reason for what is unusual."""
        fields, found = self.kept.sheet.by_key, dict[str, str]()
        for one in self.wrong:
            if one.field in fields:
                found.setdefault(one.field, one.offer or self.text_of(fields[one.field]))
        if any(one.doubt for one in self.wrong) and "reason" in fields:
            found["reason"] = self.row.texts.get("reason", "")
        return list(found.items())

    def text_of(self, field: Field) -> str:
        """What stands in a cell, with the unit that its head names where that is not 万元."""
        text, unit = self.row.texts.get(field.key, ""), self.kept.units.get(field.key, "")
        if field.kind == "money" and unit not in ("", "万元") and text[-1:].isdigit():  # zh: parsed
            return f"{text}{unit}"
        return text


@dataclass
class Plan:
    """All rows in the order in which they are written."""

    lines: list[Line]
    kept: list[Kept]
    #: what was looked up for its rows
    ground: Ground
    digest: str = ""
    counts: Mapping[Kind, int] = field(default_factory=dict)

    def of(self, *kinds: Kind) -> list[Line]:
        """The rows of some kinds."""
        return [line for line in self.lines if line.kind in kinds]

    @property
    def writes(self) -> list[Line]:
        """The rows that will be written."""
        return self.of(Kind.NEW, Kind.UPDATE)

    @property
    def whom(self) -> str:
        """Whom the rows are about, as the head of their first column says."""
        said = {kept.sheet.subject[0] for kept in self.kept}
        words = {"login": _("人员"), "carrier": _("载体")}
        return words.get(said.pop(), _("企业")) if len(said) == 1 else _("对象")

    @property
    def doubtful(self) -> list[Line]:
        """The rows that only wait for a word on what is unusual."""
        return [line for line in self.of(Kind.ERROR) if all(one.doubt for one in line.wrong)]

    @property
    def strange(self) -> list[tuple[Kept, list[Spare]]]:
        """The columns that nobody knows, each head once for all sheets of a kind."""
        found: dict[str, tuple[Kept, dict[str, Spare]]] = {}
        for kept in self.kept:
            heads = found.setdefault(kept.key, (kept, {}))[1]
            for one in kept.unknown:
                if one.head not in heads or (one.samples and not heads[one.head].samples):
                    heads[one.head] = one
        return [(kept, list(heads.values())) for kept, heads in found.values() if heads]

    @property
    def kinds(self) -> list[str]:
        """The kinds of sheets it has."""
        return list(dict.fromkeys(kept.sheet.label for kept in self.kept))

    @property
    def several(self) -> bool:
        """Whether a row has to say which file or sheet it stands in."""
        return len({kept.key for kept in self.kept}) < len(self.kept)

    @property
    def cells(self) -> int:
        """Fields that updates will change."""
        return sum(len(line.planned.changes) for line in self.of(Kind.UPDATE))


@uncollected()
def build(viewer: Viewer, today: dt.date, intake: Intake) -> Plan:
    """Plan an upload against what is recorded now.

    A pure function of the rows, the edits, the viewer's rights and the records: planned again in
    the write it gives the same digest, or the write is refused.
    """
    kept, edits = unpack(intake), edits_of(intake)
    ground, lines = Ground(viewer, today), list[Line]()
    refused = {key: typed[REFUSED] for key, typed in edits.items() if typed.get(REFUSED)}
    left = {key for key, typed in edits.items() if typed.get(LEAVE) == "1"}
    owners = _owners(kept)
    for place, sheet in enumerate(kept):
        of = sheet.sheet
        if not of.may(viewer):
            continue
        rows = given(sheet, place, edits)
        of.prepare(ground, rows)
        for row in rows:
            if left and f"{place}:{row.number}" in left:
                lines.append(Line(place, sheet, row, _left_out(of, row)))
                continue
            planned = of.plan(ground, row)
            planned.troubles = row.troubles
            if planned.code != owners.get(sheet.file, planned.code):
                _strays(planned, owners[sheet.file])
            line = Line(place, sheet, row, planned)
            if refused and planned.kind in (Kind.NEW, Kind.UPDATE) and line.key in refused:
                planned.troubles.append(Trouble("", "", refused[line.key]))
            _settle(line)
            lines.append(line)
    counts = Counter(line.planned.kind for line in lines)
    return Plan(lines, kept, ground, _digest(lines), {kind: counts[kind] for kind in Kind})


def _left_out(sheet: Sheet, row: Given) -> Planned:
    """A row that its reader leaves out: it writes nothing, and nothing waits for it."""
    said = [row.texts[key] for key in ("name", *sheet.subject) if key in row.texts]
    return Planned(Kind.LEFT, next(iter(said), ""), row.texts.get("code", ""))


def _owners(kept: list[Kept]) -> dict[str, str]:
    """File → code of the firm whose form it is: one that came from here and holds one firm."""
    found: dict[str, str] = {}
    for sheet in kept:
        if sheet.key == "firms" and len(sheet.rows) == 1 and sheet.rows[0][2] is not None:
            code = dict(zip(sheet.heads, sheet.rows[0][1], strict=True)).get("code", "")
            found[sheet.file] = code.strip()
    return found


def _strays(planned: Planned, code: str) -> None:
    """A row of another firm in the form of one: perhaps pasted into the wrong file."""
    if planned.act is not None:
        words = _("这份采集表是 %(code)s 的，这一行写的是另一家企业，请核对。", code=code)
        planned.troubles.append(Trouble("code", planned.code, words, doubt=True))


def _settle(line: Line) -> None:
    """A row with something wrong is not written; one that others overtook waits for a decision."""
    planned = line.planned
    if planned.troubles and line.wrong:
        asks = all(one.choices for one in line.wrong)
        planned.kind, planned.act = Kind.ASK if asks else Kind.ERROR, None
    elif line.row.rev is not None and any(change.clashes for change in planned.changes):
        planned.kind, planned.act = Kind.CONFLICT, None


def _digest(lines: list[Line]) -> str:
    """A digest of what will be written: the values themselves, whatever language they show in."""
    told = [
        (line.place, line.row.number, p.kind, p.subject, p.code,
         p.changes.values if isinstance(p.changes, Fresh)
         else [(c.of.key, c.held, c.given, c.original) for c in p.changes],
         [(t.field, t.reason) for t in line.wrong] if p.troubles else ())
        for line in lines for p in (line.planned,)
    ]  # fmt: skip
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str)
    return digest_of(text)
