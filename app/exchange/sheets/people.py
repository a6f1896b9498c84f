"""人员: persons and the posts they hold at organisations in one's charge. Never a password."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from flask import Flask, g
from sqlalchemy import or_, select

from app.accounts import queries, service
from app.accounts.models import Organisation, Person, Post, Role
from app.accounts.posts import ALONE, COLLEAGUE_ROLES, fits
from app.accounts.service.people import LOGIN
from app.accounts.throttle import plain_login
from app.core.access import Permission, Viewer
from app.core.db import session
from app.core.text import N_, _
from app.exchange.sheets.base import Given, Ground, Kind, Planned, Sheet, Trouble, add
from app.exchange.sheets.comparing import changes
from app.exchange.sheets.fields import Field, keyed, same_name

MAY = (Permission.ACCOUNT_ALL, Permission.ACCOUNT_COLLEAGUES)
PIECE = 400


def _roles() -> list[tuple[str, str]]:
    """The posts that the reader may give; all of them where nobody reads."""
    reader: Viewer | None = g.get("viewer")
    colleagues = reader is not None and not reader.may(Permission.ACCOUNT_ALL)
    return [(r.value, r.label) for r in Role if not colleagues or r in COLLEAGUE_ROLES]


PERSON_LOGIN = Field(
    "login", N_("登录名"), longest=64, aliases=("账号", "用户名", "Login"),  # zh: parsed
    hint=N_("小写字母、数字、点、横线；已有账号的人填原来的登录名"),
)  # fmt: skip
PERSON_NAME = Field(
    "person", N_("姓名"), longest=40, aliases=("人员", "名字", "Name"),  # zh: parsed
    hint=N_("已有账号的人要与登记的完全一致"),
)  # fmt: skip
ORGANISATION = Field(
    "organisation", N_("单位"), longest=120,
    aliases=("所在单位", "任职单位", "单位名称", "Organisation"),  # zh: parsed
    hint=N_("只管理一个单位的，可以不填"),
)  # fmt: skip
ROLE = Field("role", N_("岗位"), "word", words=_roles, aliases=("职务", "Post"))  # zh: parsed
STARTS = Field("starts", N_("任职起"), "day", aliases=("任职日期", "开始日期"),  # zh: parsed
               hint=N_("不填为今天"))  # fmt: skip
ENDS = Field("ends", N_("任职止"), "day", aliases=("离任日期", "结束日期"),  # zh: parsed
             hint=N_("这一天起不再任职；不填为长期"))  # fmt: skip
COLUMNS = (PERSON_LOGIN, PERSON_NAME, ORGANISATION, ROLE, STARTS, ENDS)
SHOWN = keyed(*COLUMNS[1:])


def prepare(ground: Ground, rows: list[Given]) -> None:
    """The organisations in charge, the people that rows name, their posts that are not over."""
    viewer = ground.viewer
    ground.held["places"] = list(session.scalars(queries.organisations(viewer, closed=False)))
    logins = sorted({plain_login(row.values["login"]) for row in rows if "login" in row.values})
    people: dict[str, Person] = {}
    posts: dict[int, list[Post]] = {}
    for start in range(0, len(logins), PIECE):
        some = select(Person).where(Person.login.in_(logins[start : start + PIECE]))
        people |= {one.login: one for one in session.scalars(some.order_by(Person.id))}
    ids = sorted(one.id for one in people.values())
    for start in range(0, len(ids), PIECE):
        held = select(Post).where(
            Post.person_id.in_(ids[start : start + PIECE]), queries.not_over(ground.today)
        )
        for post in session.scalars(held.order_by(Post.id)):
            posts.setdefault(post.person_id, []).append(post)
    ground.held["people"], ground.held["posts"] = people, posts


def plan(ground: Ground, row: Given) -> Planned:
    """Compare a row with the post that it means, or plan a new one, for a newcomer too."""
    values, trouble = row.values, row.troubles.append
    login = plain_login(values.get("login") or "")
    planned = Planned(Kind.NEW, values.get("person") or login, login)
    if not LOGIN.fullmatch(login):
        words = _("登录名用 3 至 64 个小写字母、数字、点、横线，例如 zhang.wei。")
        row.troubles = [one for one in row.troubles if one.field != "login"]
        trouble = row.troubles.append
        trouble(Trouble("login", row.texts.get("login", ""), words))
    place = _place(ground, values.get("organisation"))
    if isinstance(place, Trouble):
        trouble(place)
    if "role" not in values:
        row.lacks("role", _("请填写岗位。"))
    if row.troubles or isinstance(place, Trouble):
        return planned
    person: Person | None = ground.held["people"].get(login)
    role = Role(values["role"])
    _named(ground, row, person, login)
    key = ("post", login, place.id, role, values.get("starts"))
    if key in ground.taken:
        words = _("与第 %(n)s 行是同一人、同一岗位。", n=ground.taken[key])
        trouble(Trouble("login", login, words))
        return planned
    ground.taken[key] = row.number
    held = _held(ground, person, place, role)
    if held:
        planned.subject = person.name if person is not None else login
        return _known(ground, row, planned, held)
    _new(ground, row, planned, person, place, role)
    return planned


def _place(ground: Ground, typed: str | None) -> Organisation | Trouble:
    """The organisation of a row, or the only one; one out of charge looks like none."""
    places: list[Organisation] = ground.held["places"]
    if not typed:
        if len(places) == 1:
            return places[0]
        return Trouble("organisation", "", _("请填写单位。"))
    wanted = same_name(typed)
    for of in ("name", "short_name"):
        found = [one for one in places if same_name(getattr(one, of)) == wanted]
        if len(found) == 1:
            return found[0]
    names = _("、").join(one.name for one in places[:3])
    words = _("没有这个单位，或不在您的管理范围内。可填：%(names)s。", names=names or "—")
    return Trouble("organisation", typed, words)


def _named(ground: Ground, row: Given, person: Person | None, login: str) -> None:
    """A newcomer needs a name; whoever is known is named as on record, so that logins tell none."""
    name = row.values.get("person")
    known = person.name if person is not None else ground.coming.get(f"login:{login}")
    if known is None:
        if not name:
            row.lacks("person", _("请填写姓名。"))
        ground.coming[f"login:{login}"] = name or ""
    elif name != known:
        words = _(
            "这个登录名已有人用。若是同一个人，姓名要与登记的完全一致；更正姓名在“人员”页办理。"
        )
        row.troubles.append(Trouble("person", name or "", words))


def _held(ground: Ground, person: Person | None, place: Organisation, role: Role) -> list[Post]:
    posts = ground.held["posts"].get(person.id, []) if person is not None else []
    return [one for one in posts if one.organisation_id == place.id and one.role is role]


def _known(ground: Ground, row: Given, planned: Planned, held: list[Post]) -> Planned:
    """A post on record: only its end may change."""
    starts = row.values.get("starts")
    post = next((one for one in held if one.starts == starts), held[0])
    if starts is not None and starts != post.starts:
        words = _("已有 %(day)s 起的这个岗位，没有重复登记。", day=post.starts)
        row.troubles.append(
            Trouble("starts", row.texts.get("starts", ""), words, post.starts.isoformat())
        )
    differing, planned.changes = changes(row, keyed(ENDS), {"ends": post.ends}, post)
    planned.kind = Kind.SAME
    if not differing:
        return planned
    ends: dt.date = differing["ends"]
    if ends <= post.starts:
        words = _("结束日期要晚于开始日期。")
        row.troubles.append(Trouble("ends", row.texts.get("ends", ""), words))
    planned.kind = Kind.UPDATE
    planned.act = partial(_end, ground, post.id, ends)
    return planned


def _end(ground: Ground, post_id: int, ends: dt.date) -> None:
    post = session.get_one(Post, post_id)
    service.end_post(actor=ground.viewer, today=ground.today, post=post, ends=ends)


def _new(
    ground: Ground, row: Given, planned: Planned, person: Person | None, place: Organisation,
    role: Role,
) -> None:  # fmt: skip
    values, trouble = row.values, row.troubles.append
    starts, ends = values.get("starts") or ground.today, values.get("ends")
    if role not in queries.grantable(ground.viewer, place):
        fitting = fits(role, place.kind)
        words = _("这个岗位由系统管理员安排。") if fitting else _("这类单位没有这个岗位。")
        trouble(Trouble("role", row.texts.get("role", ""), words))
    if ends is not None and ends <= starts:
        trouble(Trouble("ends", row.texts["ends"], _("结束日期要晚于开始日期。")))
    others = ground.held["posts"].get(person.id, []) if person is not None else []
    if any(o.role is not role and (role in ALONE or o.role in ALONE) for o in others):
        words = _("系统管理员、审计管理员不能兼任其他岗位。")
        trouble(Trouble("role", row.texts.get("role", ""), words))
    _differing, planned.changes = changes(row, SHOWN, None)
    place_id, name = place.id, values.get("person") or ""
    planned.act = partial(
        _engage, ground, name, planned.code, place_id, role, starts, ends
    )  # fmt: skip


def _engage(
    ground: Ground, name: str, login: str, place_id: int, role: Role, starts: dt.date,
    ends: dt.date | None,
) -> None:  # fmt: skip
    service.engage(
        actor=ground.viewer, today=ground.today, name=name, login=login, role=role, starts=starts,
        ends=ends, organisation=session.get_one(Organisation, place_id),
    )  # fmt: skip


def may(viewer: Viewer) -> bool:
    """Whoever looks after accounts."""
    return any(viewer.may(word) for word in MAY)


def rows(viewer: Viewer, day: dt.date) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(id, version, values) of the posts in charge that are not over, by organisation and login."""
    mine = queries.charge(viewer)
    statement = (
        select(Post, Person, Organisation)
        .join(Person, Person.id == Post.person_id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .where(queries.not_over(day))
        .where(or_(Organisation.closed_on.is_(None), Organisation.closed_on > day))
        .order_by(Organisation.name, Person.login, Post.id)
    )
    if mine is not None:
        statement = statement.where(Post.organisation_id.in_(mine))
    for post, person, place in session.execute(statement):
        yield post.pid, post.rev, {
            "login": person.login, "person": person.name, "organisation": place.name,
            "role": post.role.value, "starts": post.starts, "ends": post.ends,
        }  # fmt: skip


def init_app(app: Flask) -> None:
    """Register the sheet."""
    add(
        app,
        Sheet("people", N_("人员"), COLUMNS, prepare, plan, may, rows,
              N_("新登录名建账号并给岗位，首次密码写入后在“人员”页逐人发放，表里没有密码；"
                 "已有的岗位只更新任职止。"),
              subject=("login",)),
    )  # fmt: skip
