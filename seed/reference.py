"""Reference data of every installation: code lists, parks, the plan's targets.

The database is the master: what is missing is added, what differs stays as it is unless
`refresh` asks for the shipped wording. Loading what is already there writes nothing at all,
not even a revision.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update

from app.accounts.models import Organisation, OrganisationKind
from app.carriers.models import PARK, Carrier, CarrierSector, CarrierType, Operator, Site
from app.core.access import System
from app.core.db import new_pid, session, write
from app.core.pinyin import sort_key
from app.core.terms import Term, TermLink
from app.criteria.models import Standard
from app.criteria.queries import forget_book
from app.criteria.rulefile import read as read_rule
from app.criteria.service import STANDARDS, load_standards
from app.statistics.models import Target, TargetSet
from seed.files import names, read
from seed.tables import next_id, set_sequences, table_of

ACTOR = System("seed")
Row = dict[str, Any]
MODELS = (Term, TermLink, TargetSet, Target, Organisation, Operator, Carrier, CarrierSector, Site)
#: Day from which a park's site is taken to exist when its founding is not known.
UNKNOWN_START = dt.date(2020, 1, 1)


@dataclass
class Result:
    """What loading did: rows added, rows brought to the shipped wording, rows left differing."""

    added: int = 0
    changed: int = 0
    kept: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """Rows to insert and changes to make, by table."""

    inserts: list[tuple[Any, list[Row]]] = field(default_factory=list)
    updates: list[tuple[Any, int, Row]] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def compare(
        self, model: Any, key: tuple[str, ...], rows: list[Row], refresh: bool = False
    ) -> None:
        """Add the rows whose key is missing; note or mend those that differ."""
        present = {
            tuple(getattr(row, k) for k in key): row for row in session.scalars(select(model))
        }
        missing = []
        for row in rows:
            old = present.get(tuple(row[k] for k in key))
            if old is None:
                missing.append(row)
                continue
            other = {k: v for k, v in row.items() if getattr(old, k) != v}
            if other and refresh:
                self.updates.append((table_of(model), old.id, other))
            elif other:
                self.kept.append(f"{model.__tablename__} {'/'.join(str(row[k]) for k in key)}")
        if missing:
            self.inserts.append((model, missing))

    def run(self, rev: int) -> None:
        """Write it inside the open write()."""
        for model, rows in self.inserts:
            first = next_id(model)
            numbered = [{"id": first + i, "rev": rev, **row} for i, row in enumerate(rows)]
            session.execute(insert(table_of(model)), numbered)
        for table, row_id, values in self.updates:
            session.execute(update(table).where(table.c.id == row_id).values(rev=rev, **values))


def terms() -> tuple[list[Row], list[Row]]:
    """All codes and the links between lists, from `lists/*.yaml`."""
    codes: list[Row] = []
    links: list[Row] = []
    for name in names("lists"):
        data = read(name)
        for position, one in enumerate(data["terms"]):
            codes.append(
                {
                    "list": data["list"],
                    "code": one["code"],
                    "zh": one["zh"],
                    "en": one["en"],
                    "parent": one.get("parent"),
                    "position": position,
                    "source": one.get("source", data["source"]),
                }
            )
        links += _links(data)
    return codes, links


def _links(data: Row) -> Iterator[Row]:
    for to_list, pairs in data.get("links", {}).items():
        for code, targets in pairs.items():
            for to_code in targets:
                yield {
                    "from_list": data["list"],
                    "from_code": code,
                    "to_list": to_list,
                    "to_code": to_code,
                }


def targets() -> tuple[list[Row], list[Row]]:
    """The plan's set of targets and its figures, in hundredths of their units."""
    data = read("targets.yaml")
    plan = data["set"]
    rows = []
    for position, one in enumerate(data["targets"]):
        rows.append(
            {
                "set_code": plan["code"],
                "indicator": one["indicator"],
                "zh": one["zh"],
                "en": one["en"],
                "unit": one["unit"],
                "measure": one["measure"],
                "baseline": _hundredths(one.get("baseline")),
                "baseline_on": one.get("baseline_on"),
                "goal": _hundredths(one.get("goal")),
                "strict": one.get("strict", True),
                "clause": one.get("clause"),
                "remark": one.get("remark"),
                "position": position,
            }
        )
    return [plan], rows


def _hundredths(value: Any) -> int | None:
    return None if value is None else int(Decimal(str(value)) * 100)


def load_rule_book(
    today: dt.date, pid: Callable[[], str] = new_pid, at: dt.datetime | None = None
) -> int:
    """Load the standards that the rule book lacks, as approved; nothing when it has them all."""
    held = set(session.scalars(select(Standard.content_hash)))
    files = [read_rule(path) for path in sorted(STANDARDS.glob("*.yaml"))]
    if all(file.content_hash in held for file in files):
        return 0
    with write("seed:standards", actor=ACTOR, at=at):
        made = load_standards(actor=ACTOR, today=today)
        for standard in made:
            standard.pid = pid()
        session.flush()
        forget_book()  # it was read under the former names
    return len(made)


def load(
    refresh: bool = False, pid: Callable[[], str] = new_pid, at: dt.datetime | None = None
) -> Result:
    """Load what is missing, in one write; nothing when all is there."""
    plan = Plan()
    codes, links = terms()
    plan.compare(Term, ("list", "code"), codes, refresh)
    plan.compare(TermLink, ("from_list", "from_code", "to_list", "to_code"), links)
    sets, rows = targets()
    plan.compare(TargetSet, ("code",), sets, refresh)
    plan.compare(Target, ("set_code", "indicator"), rows, refresh)
    parks = missing_parks()
    result = Result(kept=plan.kept, changed=len(plan.updates))
    result.added = sum(len(rows) for _model, rows in plan.inserts) + len(parks)
    if result.added or result.changed:
        with write("seed:reference", actor=ACTOR, at=at) as txn:
            plan.run(txn.rev)
            _add_parks(parks, txn.rev, pid)
            set_sequences(MODELS)
    return result


def missing_parks() -> list[Row]:
    """Parks of the file that no carrier is named after."""
    present = set(session.scalars(select(Carrier.name).where(Carrier.tier == PARK)))
    return [park for park in read("parks.yaml")["parks"] if park["name"] not in present]


def _add_parks(parks: list[Row], rev: int, pid: Callable[[], str]) -> None:
    if not parks:
        return
    data = read("parks.yaml")
    operator_id = _park_operator(data["operator"], rev, pid)
    organisation, carrier, site, sector = (
        next_id(model) for model in (Organisation, Carrier, Site, CarrierSector)
    )
    rows: dict[Any, list[Row]] = {Organisation: [], Carrier: [], CarrierSector: [], Site: []}
    for i, park in enumerate(parks):
        base = {"rev": rev, "name": park["name"]}
        rows[Organisation].append(
            base
            | {"id": organisation + i, "pid": pid(), "kind": OrganisationKind.PARK}
            | {"short_name": park["short"], "area_code": park["area"], "town_code": park["town"]}
        )
        rows[Carrier].append(
            base
            | {"id": carrier + i, "pid": pid(), "organisation_id": organisation + i}
            | {"operator_id": operator_id, "short_name": park["short"], "tier": PARK}
            | {"sort_key": sort_key(park["name"]), "type": CarrierType.PARK}
            | {"founded_on": park.get("founded"), "land_ha": park.get("area_ha")}
            | {"remark": _remark(park, data["source"])}
        )
        for position, code in enumerate(park["sectors"]):
            rows[CarrierSector].append(
                {"id": sector, "rev": rev, "carrier_id": carrier + i}
                | {"sector": code, "position": position}
            )
            sector += 1
        for block in park.get("blocks", [park["short"]]):
            rows[Site].append(
                {"id": site, "rev": rev, "pid": pid(), "carrier_id": carrier + i, "name": block}
                | {"address": park["name"], "town": park["town"], "area": park["area"]}
                | {"starts": park.get("founded") or UNKNOWN_START}
            )
            site += 1
    for model, made in rows.items():
        session.execute(insert(table_of(model)), made)


#: zh: what a park's mark in the file means
MARKS = {
    "C": "见官方目录或官方页面",
    "S": "见公开报道，待区主管部门核实",
    "M": "园区名称待区主管部门核实是否列入特色产业园区",
}


def _remark(park: Row, source: str) -> str:
    return f"主导产业:{park['industry']}。{MARKS[park['mark']]}。来源:{source}"


def _park_operator(name: str, rev: int, pid: Callable[[], str]) -> int:
    found = session.scalar(select(Operator.id).where(Operator.name == name))
    if found is not None:
        return found
    organisation_id, operator_id = next_id(Organisation), next_id(Operator)
    session.execute(
        insert(table_of(Organisation)),
        [
            {"id": organisation_id, "rev": rev, "pid": pid(), "name": name, "short_name": name}
            | {"kind": OrganisationKind.OPERATOR}
        ],
    )
    session.execute(
        insert(table_of(Operator)),
        [
            {"id": operator_id, "rev": rev, "pid": pid(), "name": name}
            | {"organisation_id": organisation_id}
        ],
    )
    return operator_id
