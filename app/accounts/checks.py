"""What the doctor asks about accounts."""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app
from sqlalchemy import func, select

from app.accounts import demo
from app.accounts.models import Credential, Person, Post, Role
from app.accounts.queries import in_force
from app.core import doctor
from app.core.days import today
from app.core.db import session
from app.core.text import N_


def check() -> Iterator[doctor.Finding]:
    """Demo people outside of a demo; nobody who could let others in."""
    left = demo.left_behind()
    if left and not current_app.config["DEMO"]:
        seen = doctor.fail if current_app.config["ENV"] == "production" else doctor.warn
        yield seen(
            N_("数据库里有 %(n)s 个演示人员（不能登录）；正式运行请用没有演示数据的数据库"), n=left
        )
    able = session.scalar(
        select(func.count(Person.id.distinct()))
        .join(Post, Post.person_id == Person.id)
        .join(Credential, Credential.person_id == Person.id)
        .where(Post.role == Role.ADMINISTRATOR, Person.disabled.is_(False), in_force(today()))
    )
    if able:
        yield doctor.ok(N_("能登录的系统管理员：%(n)s 人"), n=able)
    elif not current_app.config["DEMO"]:
        yield doctor.warn(N_("没有能登录的系统管理员；执行 flask create-admin"))
