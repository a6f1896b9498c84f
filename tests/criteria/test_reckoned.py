"""Thresholds that a rule reckons from another's clause follow the version of that rule in force."""

from __future__ import annotations

import json
from collections.abc import Callable

from app.core.db import session, write
from app.criteria import editions, service
from app.criteria.models import StandardState
from app.criteria.queries import assess, in_force, outcomes
from app.criteria.trial import changed_version, compared, leaning, results
from app.firms.models import Firm
from tests.criteria.conftest import ACTOR, TODAY, Attestation, Figures, year

GRADUATION, READY = "incubator.graduation", "park.ready"


def test_a_new_version_moves_what_is_reckoned_from_it(
    firm: Firm, enter: Callable[..., int]
) -> None:
    """R-2a asks for more than the amount of 第九条（三）, whatever that is on the day."""
    for one in (2024, 2025):
        enter(Figures, **year(one, revenue=550_000_000))
    enter(Attestation, kind=None, ends=TODAY)
    with write("test:sector", actor=ACTOR):
        session.get_one(Firm, firm.id).sector = "electronics"
    base = in_force(TODAY)[GRADUATION]
    content = json.loads(base.content)
    content["condition"]["any"][2]["gt"] = "1300 万元"
    content["in_force"] = [{"kind": "new", "from": TODAY.isoformat()}]
    assert READY in [one.rule for one in leaning(GRADUATION, TODAY)]
    trial = changed_version(base, content)
    ready = in_force(TODAY)[READY]
    was, now = (results(ready, TODAY, beside=one) for one in (base, trial))
    foretold = compared(was, now)[firm.id]
    assert foretold == (assess(READY, firm.id, TODAY).display, "short") == ("met", "short")
    assert outcomes([READY], [firm.id], TODAY)[firm.id][0][2] == "met"
    with write("standard:draft", actor=ACTOR):
        made = editions.create(
            actor=ACTOR, origin=service.draft_of(GRADUATION, base.number), content=content
        )
        made.state = StandardState.SUBMITTED
        service.approve(actor=ACTOR, today=TODAY, standard=made)
    assert assess(READY, firm.id, TODAY).display == "short"
    assert outcomes([READY], [firm.id], TODAY)[firm.id][0][2] == "short"
    assert outcomes([READY], None, TODAY)[firm.id][0][2] == "short"
