"""Pages for what cannot be done: what happened, what was kept, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.core import problems
from app.core.shell import came_from
from app.core.text import N_


@dataclass(frozen=True)
class Words:
    """Title, what happened, what to do: Chinese source texts."""

    title: str
    what: str
    then: str


WORDS = {
    400: Words(
        N_("没有收到完整的内容"),
        N_("页面可能打开得太久，或您在别处重新登录过。这次提交没有写入。"),
        N_("返回上一页，刷新后再提交。"),
    ),
    401: Words(
        N_("请先登录"),
        N_("这一页只对登录的人开放；连续 30 分钟未操作会自动退出。"),
        N_("登录后会回到这一页。"),
    ),
    403: Words(
        N_("您的岗位没有这项权限"),
        N_("没有做任何改动。"),
        N_("如果您兼有其他岗位，先在右上角切换；否则请联系本单位账号管理员。"),
    ),
    404: Words(
        N_("没有这一页，或不在您的可见范围内"),
        N_("地址可能抄错了，记录也可能属于其他单位。"),
        N_("按名称或信用代码重新搜索，或回到首页。"),
    ),
    405: Words(
        N_("这个地址不接受这样的请求"),
        N_("没有做任何改动。"),
        N_("从页面上的按钮重新操作。"),
    ),
    409: Words(
        N_("未保存：有人先改过了"),
        N_("您填的内容没有写入，别人的改动仍在。"),
        N_("返回上一页，刷新后对照着再改。"),
    ),
    413: Words(
        N_("文件太大"),
        N_("一次最多上传 %(limit)s MB，这次的内容没有保存。"),
        N_("压缩或分几次上传。"),
    ),
    422: Words(
        N_("这一步现在不能做"),
        N_("没有做任何改动。"),
        N_("返回上一页，按提示改正后再试。"),
    ),
    429: Words(
        N_("尝试得太频繁"),
        N_("为防止猜测密码，系统暂停接受这类请求。"),
        N_("15 分钟后再试。"),
    ),
    500: Words(
        N_("系统出错了"),
        N_("这次操作没有写入任何内容，之前的数据不受影响。"),
        N_("稍后再试；仍出错时，把下面的请求编号告诉系统管理员。"),
    ),
    503: Words(
        N_("系统正忙，这次没有写入"),
        N_("另一项写入正在进行，或磁盘暂时不可用。没有写入任何内容。"),
        N_("过几秒返回上一页再提交一次，不会重复。"),
    ),
}


def page(status: int, message: str | None = None) -> ResponseReturnValue:
    """The page of a status; a status without words of its own borrows those of its class.

    A program gets no page but the same as problem+json.
    """
    if problems.asked_by_program():
        return problems.of_status(status, message)
    words = WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    limit = (current_app.config.get("MAX_CONTENT_LENGTH") or 0) // (1024 * 1024)
    html = render_template(
        "errors/error.html",
        status=status,
        words=words,
        message=message,
        limit=limit,
        request_id=g.get("request_id"),
        wanted=request.full_path.rstrip("?") if request.method == "GET" else came_from(),
    )
    return make_response(html, status)
