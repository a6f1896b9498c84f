"""Entering firms and teams, codes, names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.access import Permission
from app.core.db import session, write
from app.core.errors import Conflict, DomainError, Forbidden
from app.firms import queries, service
from app.firms.models import Firm, FirmKind, FirmName, FirmSearch, LegalForm
from tests.factories.carriers import ACTOR, make_carrier, viewer_at
from tests.factories.firms import TODAY, code_of, make_firm


def enter(**more: Any) -> Firm:
    with write("firm:register", actor=ACTOR):
        return service.register_firm(
            actor=ACTOR, today=TODAY, **{"name": "上海石上泉传感技术有限公司", **more}
        )


def refusal(**more: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        enter(**more)
    return refused.value


def names_found(query: str) -> list[str]:
    found = session.scalars(queries.search(queries.visible(ACTOR), query))
    return [firm.name for firm in found]


def test_a_firm_is_entered_and_found(app: Flask) -> None:
    firm = enter(code=code_of(1), short_name="石上泉", sector="electronics")
    assert (firm.kind, firm.code_reason, firm.legal_form) == (FirmKind.FIRM, None, None)
    for query in ("石上", "传感", "ssq", "shishangquan", "MA0000", code_of(1).lower(), "石 传感"):
        assert names_found(query) == [firm.name], query
    assert names_found("石下") == []


@pytest.mark.parametrize("query", ["%", "_", "\\", "'", "|", " ", "\0"])
def test_signs_with_a_meaning_in_sql_find_only_themselves(app: Flask, query: str) -> None:
    firm = enter(code=code_of(1))
    blank = not query.strip(" \0")
    assert names_found(query) == ([firm.name] if blank else [firm.name] if query == "|" else [])


def test_a_check_character_that_does_not_fit_needs_a_reason(app: Flask) -> None:
    code = "91350203M0001QAY9B"
    assert refusal(code=code).code == "code_check"
    firm = enter(code=code, code_reason="营业执照如此")
    assert firm.code_reason == "营业执照如此"


def test_a_reason_is_not_kept_where_the_code_fits(app: Flask) -> None:
    assert enter(code=code_of(1), code_reason="多余的").code_reason is None


def test_one_code_one_firm(app: Flask) -> None:
    enter(code=code_of(1))
    refused = refusal(code=f" {code_of(1).lower()} ", name="上海另一家有限公司")
    assert (refused.code, refused.status) == ("code_taken", 409)
    assert "石上泉" in refused.message


def test_a_code_taken_by_a_firm_that_is_only_counted_names_nobody(app: Flask) -> None:
    enter(code=code_of(1), counted_only=True)
    refused = refusal(code=code_of(1), name="上海另一家有限公司")
    assert (refused.code, refused.status) == ("code_known", 409)
    assert "石上泉" not in refused.message


def test_the_form_follows_the_code(app: Flask) -> None:
    code = code_of(7, "92310115")
    assert refusal(code=code, legal_form=LegalForm.COMPANY).code == "form_against_code"
    assert enter(code=code).legal_form is LegalForm.INDIVIDUAL


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"code": "123"}, "code_length"),
        ({"code": code_of(1), "name": " "}, "name_needed"),
        ({"code": code_of(1), "founded_on": dt.date(2027, 1, 1)}, "founded_late"),
    ],
)
def test_refusals(app: Flask, more: dict[str, Any], code: str) -> None:
    assert refusal(**more).code == code
    assert session.scalars(select(Firm)).all() == []


def test_an_unknown_column_is_a_mistake_of_the_program(app: Flask) -> None:
    with pytest.raises(TypeError, match="merged_into_id"):
        enter(code=code_of(1), merged_into_id=1)


def test_a_team_becomes_a_firm_with_its_history(app: Flask) -> None:
    with write("firm:register", actor=ACTOR):
        team = service.register_team(
            actor=ACTOR, today=TODAY, name="微流控芯片项目组", leader="林晓"
        )
    with write("firm:found", actor=ACTOR):
        firm = service.become_firm(
            actor=ACTOR,
            today=TODAY,
            team=team,
            rev=team.rev,
            name="上海微澜生物科技有限公司",
            code=code_of(3),
            founded_on=dt.date(2026, 10, 1),
        )
    assert (firm.id, firm.kind, firm.code) == (team.id, FirmKind.FIRM, code_of(3))
    former = session.scalars(select(FirmName)).one()
    assert (former.name, former.ends) == ("微流控芯片项目组", dt.date(2026, 10, 1))
    assert names_found("微流控") == names_found("微澜") == [firm.name]
    with pytest.raises(DomainError) as refused, write("firm:found", actor=ACTOR):
        service.become_firm(
            actor=ACTOR, today=TODAY, team=firm, name="另", code=code_of(4), founded_on=TODAY
        )
    assert refused.value.code == "already_firm"


def test_names_have_their_days(app: Flask) -> None:
    firm = make_firm("上海石泉测控技术有限公司")
    for name, day in (
        ("上海石上泉技术有限公司", "2024-03-01"),
        ("上海石上泉传感有限公司", "2025-06-01"),
    ):
        with write("firm:rename", actor=ACTOR):
            service.rename(
                actor=ACTOR, today=TODAY, firm=firm, name=name, day=dt.date.fromisoformat(day)
            )
    former = session.scalars(select(FirmName).order_by(FirmName.starts)).all()
    assert [(n.name, n.starts.isoformat(), n.ends.isoformat()) for n in former] == [
        ("上海石泉测控技术有限公司", "2023-05-08", "2024-03-01"),
        ("上海石上泉技术有限公司", "2024-03-01", "2025-06-01"),
    ]
    assert names_found("测控") == ["上海石上泉传感有限公司"]
    for name, day, code in (
        ("上海石上泉传感有限公司", "2026-01-01", "name_same"),
        ("上海新石有限公司", "2025-06-01", "name_day"),
        ("上海新石有限公司", "2026-12-01", "future_day"),
    ):
        with pytest.raises(DomainError) as refused, write("firm:rename", actor=ACTOR):
            service.rename(
                actor=ACTOR, today=TODAY, firm=firm, name=name, day=dt.date.fromisoformat(day)
            )
        assert refused.value.code == code


def test_a_second_editor_is_told(app: Flask) -> None:
    firm = make_firm()
    seen = firm.rev
    with write("firm:edit", actor=ACTOR):
        service.edit_profile(actor=ACTOR, today=TODAY, firm=firm, rev=seen, leader="甲")
    with pytest.raises(Conflict) as refused, write("firm:edit", actor=ACTOR):
        service.edit_profile(actor=ACTOR, today=TODAY, firm=firm, rev=seen, leader="乙")
    assert refused.value.code == "stale"
    assert session.scalars(select(Firm.leader)).one() == "甲"


def test_whose_firm_it_is_decides_who_may_write(app: Flask) -> None:
    home, other = make_carrier(), make_carrier()
    firm = make_firm(at=home)
    for viewer, fine in (
        (viewer_at(home), True),
        (viewer_at(home, Permission.FIRM_READ), False),
        (viewer_at(other), False),
    ):
        try:
            with write("firm:edit", actor=viewer):
                service.edit_profile(actor=viewer, today=TODAY, firm=firm, leader=viewer.name)
            done = True
        except Forbidden:
            done = False
        assert done is fine


def test_a_mistyped_code_is_mended(app: Flask) -> None:
    firm = make_firm(code=code_of(11))
    taken = make_firm(code=code_of(12))
    with write("firm:code", actor=ACTOR):
        service.correct_code(
            actor=ACTOR, today=TODAY, firm=firm, code=code_of(13), reason="录入错误"
        )
    assert names_found(code_of(13)) == [firm.name]
    assert names_found(code_of(11)) == []
    with pytest.raises(Conflict), write("firm:code", actor=ACTOR):
        service.correct_code(
            actor=ACTOR, today=TODAY, firm=firm, code=taken.code or "", reason="录入错误"
        )


def test_search_text_is_written_with_the_firm_or_not_at_all(app: Flask) -> None:
    def interrupted() -> None:
        with write("firm:register", actor=ACTOR):
            service.register_firm(actor=ACTOR, today=TODAY, name="上海某某", code=code_of(1))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        interrupted()
    assert session.scalars(select(FirmSearch)).all() == []
