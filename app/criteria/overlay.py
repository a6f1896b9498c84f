"""批次调整: the thresholds that a yearly notice sets for its round, over the version in force.

The keeper of rules changes the numbers, says which clause of the notice does so, and gives the
days; title, documents, notes and notices of the new version follow from that.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import String
from wtforms import StringField
from wtforms.validators import Length, Optional

from app.core.errors import DomainError, NotFound, register_messages
from app.core.forms import DayField, Filled
from app.core.text import N_, _, load_catalogues
from app.criteria import citing
from app.criteria.content_form import field_of
from app.criteria.editing import HELD, LONGEST, Place, Section, sections
from app.criteria.edition_form import ENDS, EditionForm
from app.criteria.parse import KINDS
from app.criteria.plan import Version
from app.criteria.queries import book, version_for
from app.criteria.trial_form import is_mark, same

#: a round is a year, or one of its batches: 2027, 2027-2
CYCLE = re.compile(r"(20[0-9]{2})(-[1-9][0-9]?)?")
#: longest name of a notice, as rounds store it
LONG: Any = String(160).length

register_messages(
    {
        "overlay_nothing": N_("没有改动任何门槛。请改动通知调整的门槛，并写明通知的条款。"),
        "overlay_long": N_("原文号与通知文号合起来超过 %(most)s 个字，请写通知文号的简写。"),
    }
)


class OverlayForm(EditionForm):
    """Days of the round, the notice, and the thresholds by clause."""

    cycle: str
    clauses: list[Section]
    notice_zh = StringField(N_("通知名称 · 中文"), [Filled(), Length(max=LONG)])
    notice_en = StringField(N_("通知名称 · 英文"), [Filled(), Length(max=LONG)])
    number = StringField(N_("通知文号"), [Filled(), Length(max=LONGEST["document"])])

    def cite_of(self, section: Section) -> Any:
        """The field of the notice's clause that changes a clause."""
        return self._fields[f"c{self.clauses.index(section)}"]

    def touched(self) -> list[Section]:
        """The clauses of which a threshold differs."""
        return [one for one in self.clauses if self._changed(one)]

    def read(self) -> dict[str, Any]:
        """The content of the round's version."""
        touched = self.touched()
        if not touched:
            self.form_errors.append(DomainError("overlay_nothing").message)
        for section in self.clauses:
            self._check(section, section in touched)
        made = copy.deepcopy(super().read())
        if not self.errors:
            self._tell(made, touched)
        return made

    def _changed(self, section: Section) -> list[Place]:
        return [
            one
            for one in section.places
            if is_mark(one) and not same(one.value, self._fields[one.name].data)
        ]

    def _check(self, section: Section, touched: bool) -> None:
        """A changed clause names the clause of the notice, and its words the new number."""
        cite, texts = self.cite_of(section), [p for p in section.places if p.kind == "text"]
        if not touched:
            if (cite.data or "").strip():
                cite.errors = [_("填了通知条款，但这一条的门槛没有改动。")]
            for place in texts:
                self._fields[place.name].data = place.value
            return
        if not (cite.data or "").strip():
            cite.errors = [_("请写明通知的哪一条调整了这个门槛。")]
        for place in texts:
            field = self._fields[place.name]
            if field.data.strip() == place.value and any(
                _says(place.value, one.value) for one in self._changed(section)
            ):
                field.errors = [_("门槛已改，条文里还是原来的数，请一并改写。")]

    def _tell(self, made: dict[str, Any], touched: list[Section]) -> None:
        """Title, document, notes and notice of the version of the round."""
        number, year = self.number.data.strip(), self.cycle
        before = made.get("document")
        document = f"{before}、{number}" if before else number  # zh: joins two numbers
        if len(document) > HELD["document"]:
            self.number.errors = [DomainError("overlay_long", most=HELD["document"]).message]
            return
        made["document"] = document
        title = {
            "zh": f"{made['title']['zh']}（{year} 年批次）",  # zh: both languages
            "en": f"{made['title']['en']} (round of {year})",
        }
        if len(title["zh"]) <= HELD["title"]:
            made["title"] = title
        told = [self._note(made, section, number) for section in touched]
        zh = f"{self.notice_zh.data.strip()}（{number}）调整 {year} 年批次的门槛："  # zh: both
        en = f"{self.notice_en.data.strip()} ({number}) changes thresholds for the round of {year}:"
        both = {
            "zh": zh + _row([one for one, _en in told], "；") + "。",  # zh: both languages
            "en": f"{en} {'; '.join(one for _zh, one in told)}.",
        }
        made["notices"] = [*made.get("notices", []), both]

    def _note(self, made: dict[str, Any], section: Section, number: str) -> tuple[str, str]:
        """Note at a changed clause what the notice changed; the same in words for the notice."""
        cite = citing.words(self.cite_of(section).data.strip())
        own = _clause(made["condition"], section.clause)
        moved = [(one, self._fields[one.name].data) for one in self._changed(section)]
        zh = _row([_pair(one, new, one.unit) for one, new in moved], "，")  # zh: both languages
        en = ", ".join(_pair(one, new, english_unit(one.unit)) for one, new in moved)
        said = {
            "zh": f"{self.cycle} 年批次按{number}{cite.zh}：{zh}",  # zh: both languages
            "en": f"Round of {self.cycle} by {number}, {cite.en}: {en}",
        }
        held = own.get("note", {})
        own["note"] = {one: "; ".join(filter(None, (held.get(one), said[one]))) for one in said}
        cited = citing.words(own["cite"])
        return f"{cited.zh} {zh}", f"{cited.en} {en}"


def _row(parts: list[str], mark: str) -> str:
    """Parts of a Chinese sentence, whoever reads."""
    return mark.join(parts)


def english_unit(unit: str) -> str:
    """A unit of standards in English, whoever reads."""
    return load_catalogues("en").gettext(unit) if unit else ""


def _pair(place: Place, new: str, unit: str) -> str:
    """A threshold before and after, in the unit of the standard."""
    return " ".join(filter(None, (f"{place.value} → {new}", unit)))


def _says(text: str, number: str) -> bool:
    """Whether a text writes a number, with or without marks for thousands."""
    alone = rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)"
    return re.search(alone, text.replace(",", "")) is not None


def _clause(part: Any, clause: str) -> dict[str, Any]:
    """The part of a condition that is a clause."""
    if isinstance(part, dict) and part.get("clause") == clause:
        return part
    inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return next((found for one in inside if (found := _clause(one, clause))), {})


def asked(given: Mapping[str, str], day: dt.date) -> tuple[str, str]:
    """Round and kind of case of an address; this year's, for new cases, where it names none."""
    cycle, kind = given.get("round", "").strip(), given.get("kind", "")
    return (
        cycle if CYCLE.fullmatch(cycle) else str(day.year),
        kind if kind in KINDS else KINDS[0],
    )


def known(given: Mapping[str, str]) -> dict[str, str]:
    """What an address knows of the notice."""
    words = {"notice_zh": given.get("name", "")[:LONG], "number": given.get("number", "")}
    return {key: text for key, text in words.items() if text}


def base_of(rule: str, cycle: str, kind: str, day: dt.date) -> Version:
    """The version that a notice for a round changes: that of the round, else the general one in
    force when it begins, or today; NotFound where there is none."""
    year = int(cycle[:4])
    for on in (max(min(day, dt.date(year + 1, 1, 1) - dt.timedelta(1)), dt.date(year, 1, 1)), day):
        for wanted in dict.fromkeys((kind, "new")):
            try:
                return version_for(rule, on, wanted, cycle)
            except NotFound:
                continue
    raise NotFound()


def stored(rule: str, version: Version) -> Version:
    """The version as the book holds it, without one beside it in a transition."""
    return next(one for one in book()[rule] if one.number == version.number)


def overlay_form(base: Version, cycle: str, kind: str, given: Mapping[str, str]) -> OverlayForm:
    """The form over a version; `given` are the words of the notice where they are known."""
    plain = json.loads(base.content)
    held = [
        replace(one, places=[p for p in one.places if is_mark(p) or _worded(p)])
        for one in sections(plain)
        if one.clause and any(is_mark(p) for p in one.places)
    ]
    places = [place for section in held for place in section.places]
    fields: dict[str, Any] = {place.name: field_of(place) for place in places}
    fields |= {f"d0__{end}": DayField(word) for end, word in ENDS.items()}
    for n in range(len(held)):
        fields[f"c{n}"] = StringField(
            N_("通知条款"), [Optional(), Length(max=LONGEST["cite"])],
            description=N_("如：第二条（三）"),
        )  # fmt: skip
    year = int(cycle[:4])
    values: dict[str, Any] = {place.name: place.value for place in places} | dict(given)
    values |= {"d0__starts": dt.date(year, 1, 1), "d0__ends": dt.date(year + 1, 1, 1)}
    made: OverlayForm = type("ThisOverlay", (OverlayForm,), fields)(data=values)
    made.content, made.places, made.spans = plain, places, [(kind, cycle)]
    made.cycle, made.clauses = cycle, held
    return made


def _worded(place: Place) -> bool:
    """Whether a place holds the words of the clause itself."""
    return place.kind == "text" and "text" in place.path and place.path[-1] in ("zh", "en")


__all__ = ["OverlayForm", "asked", "base_of", "known", "overlay_form", "stored"]
