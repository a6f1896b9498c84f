"""Organisations, people and the posts they hold; sessions and what guards them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, BigId, Code, Instant, Public, Recorded
from app.core.text import N_, Coded


class OrganisationKind(Coded):
    """What an organisation is to the chain."""

    OPERATOR = "operator", N_("运营主体")
    CARRIER = "carrier", N_("载体")
    PARK = "park", N_("特色产业园区")
    DISTRICT = "district", N_("区主管部门")
    AREA = "area", N_("片区、街镇")
    AGENCY = "agency", N_("受托服务机构")
    PLATFORM = "platform", N_("系统管理")


class Role(Coded):
    """Posts that a person can hold at an organisation."""

    CARRIER_CLERK = "carrier_clerk", N_("填报员")
    CARRIER_HEAD = "carrier_head", N_("负责人")
    CARRIER_ACCOUNTS = "carrier_accounts", N_("账号管理员")
    PARK_INVEST = "park_invest", N_("招商")
    PARK_SERVICE = "park_service", N_("企服")
    DISTRICT_CLERK = "district_clerk", N_("经办")
    DISTRICT_HEAD = "district_head", N_("区负责人")
    AGENCY_CLERK = "agency_clerk", N_("受托初核")
    AREA_READER = "area_reader", N_("片区查阅")
    AUDITOR = "auditor", N_("审计管理员")
    ADMINISTRATOR = "administrator", N_("系统管理员")


class TokenState(Coded):
    """Whether a personal token can still be used, and why not."""

    IN_USE = "in_use", N_("使用中")
    EXPIRED = "expired", N_("已过期")
    ENDED = "ended", N_("已结束")
    POST_OVER = "post_over", N_("岗位已结束")


class Organisation(Public, Recorded, Base):
    """A legal or administrative unit. Carriers are organisations of their own under an operator."""

    __tablename__ = "organisation"

    kind: Mapped[OrganisationKind] = mapped_column(Code(OrganisationKind), index=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    short_name: Mapped[str] = mapped_column(String(40))
    code: Mapped[str | None] = mapped_column(String(18))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    area_code: Mapped[str | None] = mapped_column(String(24))
    town_code: Mapped[str | None] = mapped_column(String(24))
    closed_on: Mapped[dt.date | None]

    parent: Mapped[Organisation | None] = relationship(remote_side="Organisation.id")


class Person(Public, Recorded, Base):
    """Somebody who signs in. Never deleted: the name stays in the history."""

    __tablename__ = "person"

    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    disabled: Mapped[bool] = mapped_column(default=False)


class Post(Public, Recorded, Base):
    """Person × organisation × role, on days [starts, ends)."""

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint("ends IS NULL OR ends > starts", name="days"),
        Index("uq_post_holding", "person_id", "organisation_id", "role", "starts", unique=True),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(Code(Role))
    starts: Mapped[dt.date]
    ends: Mapped[dt.date | None]

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()


class Credential(Base):
    """A person's password hash. Off the clocks: a secret has no history."""

    __tablename__ = "credential"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[dt.datetime] = mapped_column(Instant)
    one_use: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[dt.datetime | None] = mapped_column(Instant)


class Preference(Base):
    """What a person set for the pages: language, light or dark, post last used."""

    __tablename__ = "preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(8), default="zh")
    theme: Mapped[str] = mapped_column(String(8), default="light")
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))


class SavedView(Base):
    """A list's filters kept under a name, for one person only or for the organisation."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    page: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(Text)


class SignIn(Base):
    """A server-side session. Only the hash of its id is kept."""

    __tablename__ = "sign_in"

    id_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    data: Mapped[str] = mapped_column(Text, default="{}")
    created_at: Mapped[dt.datetime] = mapped_column(Instant)
    seen_at: Mapped[dt.datetime] = mapped_column(Instant)
    expires_at: Mapped[dt.datetime] = mapped_column(Instant, index=True)
    address: Mapped[str | None] = mapped_column(String(64))
    agent: Mapped[str | None] = mapped_column(String(200))


class ApiToken(Public, Base):
    """A personal token for programs: one person, one of their posts, reading or writing too.

    Off the clocks, as sessions are. Only the hash of the secret is kept. The row stays when the
    token has ended, so that what it wrote can be traced to it.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    #: None once the post that it carried was withdrawn
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    writes: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[dt.datetime] = mapped_column(Instant)
    expires_at: Mapped[dt.datetime] = mapped_column(Instant)
    used_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Instant)


class Attempt(Base):
    """A failed sign-in, counted per account, per address and over all."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(Instant, index=True)
    login_hash: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)


class SecurityEvent(Base):
    """Sign-ins, refusals, password changes. Append-only."""

    __tablename__ = "security_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(Instant, index=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    person_id: Mapped[int | None] = mapped_column(Integer, index=True)
    address: Mapped[str | None] = mapped_column(String(64))
    request: Mapped[str | None] = mapped_column(String(32))
    detail: Mapped[str | None] = mapped_column(String(80))
