"""Rules about carriers."""

from __future__ import annotations

import datetime as dt

from app.criteria.queries import assess_rules, in_force
from tests.criteria.conftest import TODAY
from tests.factories.carriers import make_carrier
from tests.factories.firms import make_firm


def test_smoke(rules: None) -> None:
    house = make_carrier(founded_on=dt.date(2020, 1, 1), area_m2=12_000)
    for n in range(3):
        make_firm(f"企业{n}", at=house, since="2024-01-02")
    found = assess_rules(sorted(in_force(TODAY, subject="carrier")), house.id, TODAY)
    for one in found:
        print(one.rule, one.outcome, one.reason)
        for f in one.findings:
            print("  ", f.clause, f.display, f.low, f.high, f.threshold, f.unit)
        for a in one.asks:
            print("  ?", a.kind, a.field, a.words, a.outcomes)
