"""What is wrong with a deployment: each check says what it saw and, if need be, what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import fsspec
from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

import config as settings
from app.core import assets, audit
from app.core.days import now
from app.core.db import Revision, engine, health, make_engine, session
from app.core.text import N_, Coded, _

#: Revisions whose written data is compared as well; `flask audit verify` compares all.
RECENT = 500
LEAST_FREE = 1024**3
UNREACHABLE = N_("数据库连不上：%(what)s；查看 DATABASE_URL，以及数据库是否在运行")


class Level(Coded):
    """How bad it is."""

    OK = "ok", N_("正常")
    WARN = "warn", N_("注意")
    FAIL = "fail", N_("有误")


@dataclass(frozen=True)
class Finding:
    """One sentence on one thing; `values` go into the sentence."""

    level: Level
    text: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in the reader's language."""
        return _(self.text, **self.values)


def _cause(error: SQLAlchemyError) -> str:
    """What the driver said, on one line."""
    return " ".join(str(getattr(error, "orig", error)).split())


def unreachable(error: SQLAlchemyError) -> str:
    """That the database cannot be reached, why, and where to look."""
    return fail(UNREACHABLE, what=_cause(error)).message


Check = Callable[[], Iterator[Finding]]


def ok(text: str, **values: Any) -> Finding:
    return Finding(Level.OK, text, values)


def warn(text: str, **values: Any) -> Finding:
    return Finding(Level.WARN, text, values)


def fail(text: str, **values: Any) -> Finding:
    return Finding(Level.FAIL, text, values)


def register(app: Flask, check: Check) -> None:
    """Add a room's own check."""
    app.extensions.setdefault("doctor", []).append(check)


def examine() -> Iterator[Finding]:
    """Every finding. Without a usable database only what does not need one."""
    for check in (_mode, _secrets, _network, _files, _evidence):
        yield from check()
    try:
        session.execute(select(1))
    except SQLAlchemyError as error:
        yield fail(UNREACHABLE, what=_cause(error))
        return
    yield from _database()
    behind = list(_migrations())
    yield from behind
    if any(finding.level is Level.FAIL for finding in behind):
        return
    for check in (_guards, _audit, _clock, *current_app.extensions.get("doctor", [])):
        yield from check()


def _mode() -> Iterator[Finding]:
    env, demo = current_app.config["ENV"], current_app.config["DEMO"]
    production = env == "production"
    yield ok(N_("运行方式：%(env)s"), env=env)
    if current_app.debug:
        yield fail(N_("调试模式开着，会向浏览器显示源代码；去掉 FLASK_DEBUG"))
    if demo:
        seen = fail if production else warn
        yield seen(N_("演示模式开着，演示账号人人可用；正式运行请设 DEMO=0"))
    if current_app.config["TODAY"]:
        seen = fail if production else warn
        yield seen(N_("“今天”被固定为 %(day)s；去掉 TODAY"), day=current_app.config["TODAY"])


def _secrets() -> Iterator[Finding]:
    seen = fail if current_app.config["ENV"] == "production" else warn
    problems = [
        problem
        for name in ("SECRET_KEY", "AUDIT_KEY")
        for problem in settings.secret_problems(name, current_app.config[name])
    ]
    for problem in problems:
        yield seen(N_("密钥不合用：%(what)s"), what=problem)
    if not problems:
        yield ok(N_("密钥合用"))


def _network() -> Iterator[Finding]:
    if current_app.config["ENV"] != "production":
        return
    if not current_app.config["TLS"]:
        yield warn(N_("TLS=0：登录凭据不加密传输；正式运行须经 HTTPS"))
    if not current_app.config["TRUSTED_HOSTS"]:
        yield warn(N_("没有设 TRUSTED_HOSTS：伪造的主机名不会被拒绝"))
    if not current_app.config["PROXY_HOPS"]:
        yield warn(N_("PROXY_HOPS=0：若前面有反向代理，日志和限次记下的都是代理的地址"))


def _files() -> Iterator[Finding]:
    absent = assets.missing()
    if absent:
        yield fail(
            N_("前端文件缺少或被改过：%(names)s；执行 ./dev run 重装"), names=", ".join(absent)
        )
    free = shutil.disk_usage(settings.ROOT).free
    seen = warn if free < LEAST_FREE else ok
    yield seen(N_("磁盘剩余 %(size)s GB"), size=f"{free / 1024**3:.1f}")


def _evidence() -> Iterator[Finding]:
    where = current_app.config["EVIDENCE_URL"]
    try:
        store, folder = fsspec.core.url_to_fs(where)
        store.makedirs(folder, exist_ok=True)
        name = f"{folder}/.doctor-{os.getpid()}"
        store.pipe_file(name, b"jieli")
        same = store.cat_file(name) == b"jieli"
        store.rm_file(name)
    except Exception as error:  # any store fails in its own way
        yield fail(
            N_("佐证材料存不进 %(where)s：%(what)s；查看 EVIDENCE_URL 和文件夹权限"),
            where=where,
            what=str(error),
        )
        return
    if same:
        yield ok(N_("佐证材料可以存取：%(where)s"), where=where)
    else:
        yield fail(N_("佐证材料读回来不一样：%(where)s；检查磁盘，换一处存放"), where=where)


def _database() -> Iterator[Finding]:
    connection = session.connection()
    name, fit = health.library(connection)
    if fit:
        yield ok(N_("数据库：%(name)s"), name=name)
    else:
        yield fail(
            N_("数据库版本太旧：%(name)s；需要 PostgreSQL 14 或 SQLite 3.51.3 以上"), name=name
        )
    loose = health.loose_settings(connection)
    if loose:
        yield fail(
            N_("数据库设置与承诺不符：%(what)s；在数据库服务器上改回默认值并重启"),
            what=", ".join(loose),
        )
    if current_app.config["ENV"] == "production" and health.readable_by_others(engine()):
        yield fail(N_("数据库文件可被本机其他用户读取；执行 chmod 600"))
    for what in health.corruption(connection):
        yield fail(N_("数据库文件已损坏：%(what)s；请从备份恢复"), what=what)
    if replica := current_app.config["DATABASE_READ_URL"]:
        try:
            with make_engine(replica).connect() as other:
                held, _newest = health.revisions(other)
            yield ok(N_("只读副本可用，结构 %(held)s"), held=held)
        except SQLAlchemyError as error:
            yield fail(
                N_("只读副本连不上：%(what)s；查看或去掉 DATABASE_READ_URL"), what=_cause(error)
            )


def _migrations() -> Iterator[Finding]:
    held, newest = health.revisions(session.connection())
    if held == newest:
        yield ok(N_("数据库结构是最新的：%(held)s"), held=held)
    else:
        yield fail(
            N_("数据库结构是 %(held)s，程序要 %(newest)s；先备份，再执行 alembic upgrade head"),
            held=held or "—",
            newest=newest,
        )


def _guards() -> Iterator[Finding]:
    absent, strange = health.guard_differences(session.connection())
    for name in absent:
        yield fail(N_("数据库缺少约束 %(name)s；执行 flask guards rebuild"), name=name)
    for name in strange:
        yield warn(N_("数据库里有未登记的触发器 %(name)s；查明来历后删除"), name=name)
    if not absent:
        yield ok(N_("数据库自身的约束齐全"))


def _audit() -> Iterator[Finding]:
    last, _hash = audit.head()
    faults = list(audit.verify(digests_from=max(1, last - RECENT + 1)))
    for one in faults[:20]:
        yield fail(
            N_("审计第 %(rev)s 条：%(what)s；保留现场，与备份和另存的末条比对"),
            rev=one.rev,
            what=one.damage.label,
        )
    if not faults:
        yield ok(N_("审计链完整，共 %(n)s 条"), n=audit.size())


def _clock() -> Iterator[Finding]:
    latest = session.scalar(select(func.max(Revision.at)))
    if latest is not None and latest > now():
        yield fail(
            N_("本机时钟早于最后一次写入（%(at)s）；请校时"), at=f"{latest:%Y-%m-%d %H:%M:%S}Z"
        )
    gap = health.clock_gap(session.connection())
    if gap > 5:
        yield warn(N_("本机与数据库服务器的时钟相差 %(n)s 秒；请校时"), n=round(gap))
