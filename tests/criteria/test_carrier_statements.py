"""One statement of a carrier: its files, who confirmed it, and what corrections do to both."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy import select

from app.accounts.models import OrganisationKind, Role
from app.carriers.models import Carrier, CarrierStated, Verification
from app.core.db import session
from app.firms.models import Evidence
from tests.clients import Client, sign_in
from tests.factories.accounts import make_person
from tests.factories.carriers import organisation

PDF = b"%PDF-1.7\n%%EOF\n"


def test_what_a_carrier_states_is_proved_confirmed_corrected_and_voided(
    client: Client, house: Carrier
) -> None:
    sheet = f"/carriers/{house.pid}/sheet/carrier.pudong_incubator"
    path, day = f"/carriers/{house.pid}/stated", "2026-01-05"
    one = f"{path}/paid_in/{day}"
    mine = make_person(Role.CARRIER_CLERK, house.organisation)
    district = make_person(Role.DISTRICT_HEAD, organisation(OrganisationKind.DISTRICT))
    sign_in(client, mine)
    client.send(path, {"key": "paid_in", "value": "60", "day": day, "until": "2028-01-05"})
    assert one in client.get(path).text

    def row() -> CarrierStated:
        session.expire_all()
        return session.scalars(select(CarrierStated).where(CarrierStated.key == "paid_in")).one()

    def save(**typed: Any) -> int:
        given = {"value": "60", "until": "2028-01-05", "rev": str(row().rev)} | typed
        return int(client.send(one, given, page=one).status_code)

    assert save(files=(io.BytesIO(PDF), "验资报告.pdf")) == 303
    paper = session.scalars(select(Evidence)).one()
    assert (paper.carrier_id, paper.carrier_stated_id) == (house.id, row().id)
    assert "验资报告.pdf" in client.get(one).text
    assert one in client.get(f"/carriers/{house.pid}").text
    assert client.send(f"{one}/confirm", {}, page=one).status_code == 403
    sign_in(client, district)
    assert 'name="value"' not in client.get(one).text
    assert client.send(one, {"value": "1"}, page=one).status_code == 403
    seen = {"confirm-rev": str(row().rev)}
    assert client.send(f"{one}/confirm", seen, page=one).status_code == 303
    assert row().verification is Verification.DISTRICT
    assert "区级已核" in client.get(sheet).text
    sign_in(client, mine)
    old = row().rev
    assert save(files=(io.BytesIO(PDF + b" "), "附页.pdf")) == 303
    assert row().verification is Verification.DISTRICT
    assert save(value="40") == 303
    assert (row().low, row().verification) == (40_000_000, Verification.CARRIER)
    assert save(value="70", rev=str(old)) == 409
    assert save(value="很多") == 422
    assert row().low == 40_000_000
    assert client.send(f"{one}/void", {"reason": ""}, page=one).status_code == 422
    assert client.send(f"{one}/void", {"reason": "口径不对"}, page=one).status_code == 303
    assert client.get(one).status_code == 404
    assert session.scalars(select(Evidence.carrier_stated_id)).all() == [None, None]
    assert client.get(f"{path}/paid_in/nonsense").status_code == 404
