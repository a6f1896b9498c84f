"""Entering a firm and editing its entry on pages."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.core.access import System
from app.core.db import session, write
from app.firms.models import Consent, Contact, Firm, FirmName, FirmTag, Place
from app.firms.service import merge_firms
from seed import reference
from tests.clients import Client, sign_in
from tests.factories.firms import code_of, make_firm
from tests.firms.conftest import Ground

OFFICE = System("test")


def tie(ground: Ground) -> dict[str, str]:
    """What the chain asks for beside the entry: where and since when."""
    return {
        "tie_carrier": ground.home.pid,
        "tie_starts": "2026-11-02",
        "tie_kind": "on_site",
        "tie_agreement_on": "2026-11-01",
    }


def test_a_code_in_use_tells_who_holds_it(client: Client, ground: Ground) -> None:
    firm = ground.firm
    sign_in(client, ground.theirs)
    page = client.get(f"/firms/new?code={firm.code}").get_data(as_text=True)
    assert firm.name in page
    assert "现计入" in page
    assert "申请转入" in page
    assert f"/firms/{firm.pid}" not in page
    sign_in(client, ground.mine)
    own = client.get(f"/firms/new?code={firm.code}")
    assert (own.status_code, own.location) == (302, f"/firms/{firm.pid}")


def test_the_code_of_a_merged_entry_finds_the_one_that_stays(
    client: Client, ground: Ground
) -> None:
    twice, firm = make_firm("上海重复登记有限公司"), ground.firm
    with write("test:merge", actor=OFFICE):
        merge_firms(actor=OFFICE, today=dt.date(2026, 11, 24), firm=twice, into=firm, reason="重复")
    sign_in(client, ground.mine)
    looked = client.get(f"/firms/new?code={twice.code}")
    assert (looked.status_code, looked.location) == (302, f"/firms/{firm.pid}")
    asked = {"code": twice.code, "name": "上海重复登记有限公司", **tie(ground)}
    again = client.send("/firms/new", asked, page=f"/firms/new?code={code_of(903)}")
    assert again.status_code == 409
    assert firm.name in again.get_data(as_text=True)


def test_a_damaged_code_is_explained(client: Client, ground: Ground) -> None:
    answer = client.get("/firms/new?code=8.68E%2B14")
    assert answer.status_code == 422
    assert "科学计数" in answer.get_data(as_text=True)


def test_a_firm_is_entered(client: Client, ground: Ground) -> None:
    page = f"/firms/new?code={code_of(900)}"
    assert code_of(900) in client.get(page).get_data(as_text=True)
    answer = client.send(
        "/firms/new",
        {"code": code_of(900), "name": "上海新芽科技有限公司", **tie(ground)},
        page=page,
    )
    assert answer.status_code == 303
    assert session.scalars(select(Firm.name).where(Firm.code == code_of(900))).one() == (
        "上海新芽科技有限公司"
    )


def test_a_name_like_another_asks_once(client: Client, ground: Ground) -> None:
    page = f"/firms/new?code={code_of(901)}"
    form = {"code": code_of(901), "name": "石上泉传感技术（上海）有限公司", **tie(ground)}
    answer = client.send("/firms/new", form, page=page)
    assert answer.status_code == 422
    assert "名称相近" in answer.get_data(as_text=True)
    answer = client.send("/firms/new", {**form, "name_sure": "y"}, page=page)
    assert answer.status_code == 303


def test_one_press_that_comes_twice_makes_one_team(client: Client, ground: Ground) -> None:
    sign_in(client, ground.mine)
    given = {"name": "光子团队", "leader": "何俊", "name_sure": "y", **tie(ground)}
    first, second = (client.send("/firms/new?kind=team", given) for _press in range(2))
    assert (first.status_code, second.status_code) == (303, 409)
    assert "没有重复登记" in second.get_data(as_text=True)
    made = select(Firm.leader).where(Firm.name == "光子团队")
    assert session.scalars(made).all() == ["何俊"]
    other = client.send("/firms/new?kind=team", given | {"leader": "林晓岚"})
    assert other.status_code == 303


def test_the_entry_is_edited(client: Client, ground: Ground) -> None:
    reference.load()
    firm = ground.firm
    page = f"/firms/{firm.pid}/edit"
    done = [
        client.send(page, {"profile-rev": firm.rev, "profile-leader": "林晓"}, page=page),
        client.send(
            f"/firms/{firm.pid}/name",
            {"name-name": "上海新石有限公司", "name-day": "2025-01-01"}, page=page,
        ),
        client.send(
            f"/firms/{firm.pid}/places",
            {"place-kind": "registered", "place-district": "310115", "place-starts": "2024-1-1"},
            page=page,
        ),
        *(
            client.send(
                f"/firms/{firm.pid}/contacts",
                {"contact-name": "何俊", "contact-phone": "021-58880000"}, page=page,
            )
            for _press in range(2)
        ),
        client.send(f"/firms/{firm.pid}/consent", {"gives": "1"}, page=page),
        client.send(f"/firms/{firm.pid}/tags", {"tags-tags": ["returnee", "academic"]}, page=page),
    ]  # fmt: skip
    assert [answer.status_code for answer in done] == [303] * 7
    assert session.scalars(select(Firm.leader).where(Firm.id == firm.id)).one() == "林晓"
    assert session.scalars(select(FirmName.name)).all() == ["上海石上泉传感技术有限公司"]
    assert session.scalars(select(Place.district)).all() == ["310115"]
    assert "注册地 · 浦东新区 <" in client.get(page).get_data(as_text=True)
    contact = session.scalars(select(Contact)).one()
    path = f"/firms/{firm.pid}/contacts/{contact.id}/erase"
    assert client.send(path, {}, page=page).status_code == 303
    assert session.scalars(select(Contact)).all() == []


def test_a_contact_can_be_reached(client: Client, ground: Ground) -> None:
    page = f"/firms/{ground.firm.pid}/edit"
    for phone, email, faults in (
        ("1", "", 1), ("待定", "", 1), ("5888 0000 号楼", "", 1), ("", "林晓", 1), ("", "a@b", 1),
        ("12345", "a b@c.cn", 2), ("13800000000", "lin@xin-shi.example.cn", 0),
        ("+86 21 5888-0000 ext. 12", "", 0),
    ):  # fmt: skip
        typed = {"contact-name": "何俊", "contact-phone": phone, "contact-email": email}
        answer = client.send(f"/firms/{ground.firm.pid}/contacts", typed, page=page)
        assert (phone, answer.text.count("is-invalid")) == (phone, faults)
    assert len(session.scalars(select(Contact)).all()) == 2


def test_an_entry_of_others_is_not_found(client: Client, ground: Ground) -> None:
    firm = ground.firm
    sign_in(client, ground.theirs)
    assert client.get(f"/firms/{firm.pid}/edit").status_code == 404


def test_a_stale_profile_shows_both_versions(client: Client, ground: Ground) -> None:
    firm = ground.firm
    page = f"/firms/{firm.pid}/edit"
    rev = firm.rev
    client.send(page, {"profile-rev": rev, "profile-leader": "甲"}, page=page)
    typed = {"profile-rev": rev, "profile-leader": "乙", "profile-founded_on": "去年"}
    wrong = client.send(page, typed, page=page)
    assert wrong.status_code == 422
    assert f'name="profile-rev" type="hidden" value="{rev}"' in wrong.text
    late = client.send(page, {"profile-rev": rev, "profile-leader": "乙"}, page=page)
    assert late.status_code == 409
    assert "库中现值" in late.get_data(as_text=True)


def test_two_windows_on_the_parts_of_an_entry(client: Client, ground: Ground) -> None:
    reference.load()
    pid = ground.firm.pid
    page = f"/firms/{pid}/edit"
    for ticked, seen in (("returnee", ""), ("academic", "")):
        client.send(f"/firms/{pid}/tags", {"tags-tags": ticked, "tags-seen": seen}, page=page)
    assert session.scalars(select(FirmTag.tag).order_by(FirmTag.tag)).all() == [
        "academic", "returnee",
    ]  # fmt: skip
    place = {
        "place-kind": "registered", "place-district": "310115", "place-starts": "2024-1-1",
        "place-rev": "0",
    }  # fmt: skip
    client.send(f"/firms/{pid}/places", place | {"place-address": "科苑路 1 号"}, page=page)
    late = client.send(f"/firms/{pid}/places", place | {"place-address": "科苑路 2 号"}, page=page)
    assert late.status_code == 409
    for shown in ("科苑路 1 号", 'value="科苑路 2 号"'):
        assert shown in late.text
    for _press in range(2):
        client.send(f"/firms/{pid}/consent", {"gives": "1"}, page=page)
    assert session.scalars(select(Consent.ends)).one() is None
    refused = client.send(f"/firms/{pid}/void", {"reason": ""}, page=page)
    assert refused.status_code == 422
    assert "请填写“原因”。" in refused.text
