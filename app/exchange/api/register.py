"""登记: a new firm or team, its register entry, a new name, a team that becomes a firm."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue
from wtforms import SelectField

from app.core.access import viewer
from app.core.days import today
from app.core.errors import DomainError, register_messages
from app.core.problems import Unreadable
from app.core.text import N_, _
from app.exchange.api.door import given, operation
from app.exchange.api.firms import RECORD, TAG, FirmShape, one, recordable
from app.exchange.api.once import matched, written
from app.exchange.api.shapes import Text, Word
from app.exchange.api.typed import body, typed
from app.firms import queries, service
from app.firms.forms.firm import FoundForm, NameForm, NewFirmForm, NewTeamForm, ProfileForm
from app.firms.models import FirmKind
from app.firms.registering import register
from app.pipeline.entry import EntryForm
from app.pipeline.queries import ties

#: codes of lists that are kept as data: which there are, the form says
TERMS = ("sector", "field", "incubation_field", "industry")

register_messages(
    {
        "name_like": N_(
            "名称相近的企业已经登记：%(names)s。确认不是同一家的，name_sure 给 true。"
        ),
        "not_own_carrier": N_("请给出令牌所代表的载体，见 /me 的 carriers。"),
    }
)  # fmt: skip


class OwnTie(EntryForm):
    """The tie of a new firm; the carrier is looked up among those of the token."""

    tie_carrier = SelectField(N_("入驻载体"), choices=[], validate_choice=False)


class NewFirm(OwnTie, NewFirmForm):
    """A firm with its tie."""


class NewTeam(OwnTie, NewTeamForm):
    """A team with its tie."""


def _terms() -> dict[str, Any]:
    return {name: Text(24, allow_none=True) for name in TERMS}


ENTER = body(
    "NewFirmBody", NewFirm, NewTeam, kind=Word(FirmKind, required=True),
    name=Text(120, required=True), **_terms(),
)  # fmt: skip
EDIT = body("ProfileBody", ProfileForm, **_terms())
NAME = body("NameBody", NameForm)
FOUND = body("FoundBody", FoundForm)


@operation(
    "POST", "/firms", tag=TAG, answer=FirmShape, may=RECORD, body=ENTER, status=201,
    summary=N_("登记企业或创业团队，连同它在本载体的入驻"),
)  # fmt: skip
def register_firm() -> ResponseReturnValue:
    """登记 of a firm by code, or of a team, with its tie in the same write."""
    held = given()
    team = held.pop("kind") == FirmKind.TEAM
    form = typed(NewTeam if team else NewFirm, held)
    mine = [carrier.pid for carrier in ties.my_carriers(viewer())]
    wanted = form.tie_carrier.data or (mine[0] if len(mine) == 1 else "")
    if wanted not in mine:
        raise _wrong("not_own_carrier", "tie_carrier")
    form.tie_carrier.data = wanted
    like = queries.similar(viewer(), form.name.data)
    if like and not form.name_sure.data:
        raise _wrong("name_like", "name_sure", names=_("、").join(one.name for one in like))

    def enter() -> tuple[dict[str, Any], int]:
        return one(register(actor=viewer(), today=today(), form=form, team=team))

    return written("firm:register", enter, FirmShape, status=201)


def _wrong(code: str, field: str, **values: str) -> Unreadable:
    return Unreadable([(code, field, DomainError(code, **values).message)], code, **values)


@operation(
    "PUT", "/firms/<pid>", tag=TAG, answer=FirmShape, may=RECORD, body=EDIT, matches=True,
    summary=N_("修改登记信息：给出全部各项，没有给的即清空"),
)  # fmt: skip
def edit_firm(pid: str) -> ResponseReturnValue:
    """Save the register entry; name and code have their own acts."""
    firm = recordable(pid)
    form, rev = typed(ProfileForm, given()), matched(firm)

    def edit() -> tuple[dict[str, Any], int]:
        service.edit_profile(actor=viewer(), today=today(), firm=firm, rev=rev, **form.profile())
        return one(firm)

    return written("firm:edit", edit, FirmShape)


@operation(
    "POST", "/firms/<pid>/name", tag=TAG, answer=FirmShape, may=RECORD, body=NAME, matches=True,
    summary=N_("更名：原名称留在历史中，仍可查到"),
)  # fmt: skip
def rename_firm(pid: str) -> ResponseReturnValue:
    """A new name from a day on."""
    firm = recordable(pid)
    form: Any = typed(NameForm, given())
    rev = matched(firm)

    def rename() -> tuple[dict[str, Any], int]:
        service.rename(
            actor=viewer(), today=today(), firm=firm, name=form.name.data, day=form.day.data,
            rev=rev,
        )  # fmt: skip
        return one(firm)

    return written("firm:rename", rename, FirmShape)


@operation(
    "POST", "/firms/<pid>/founding", tag=TAG, answer=FirmShape, may=RECORD, body=FOUND,
    matches=True, summary=N_("团队转企业"),
)  # fmt: skip
def found_firm(pid: str) -> ResponseReturnValue:
    """团队转企业: the team's record gets a code; its history stays with it."""
    firm = recordable(pid)
    form: Any = typed(FoundForm, given())
    rev = matched(firm)

    def found() -> tuple[dict[str, Any], int]:
        service.become_firm(
            actor=viewer(), today=today(), team=firm, name=form.name.data, code=form.code.data,
            founded_on=form.founded_on.data, code_reason=form.reason, rev=rev,
        )  # fmt: skip
        return one(firm)

    return written("firm:found", found, FirmShape)
