"""The description of the interface in OpenAPI 3.1, made by apispec from what is declared."""

from __future__ import annotations

import json
import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response, current_app
from flask.typing import ResponseReturnValue

from app.core.access import public
from app.core.text import N_, _, language
from app.exchange.api.door import FILE, OPERATIONS, ROOT, Operation, bp
from app.exchange.api.shapes import Many, Part, Text, Whole, Word, named
from app.firms.papers import KINDS

TITLE = N_("接力 · 数据接口")
ABOUT = N_(
    "以个人访问令牌读写企业孵化链条上的数据；范围、权限、校验和留痕与页面相同。"
    "金额是以元为单位、两位小数的文字，不用浮点数；日期是上海的业务日。"
    "null 表示没有登记，不等于零。"
)

#: The schema of a file.
BINARY = {"type": "string", "format": "binary"}

Fault = named(
    "Fault",
    field=Text(required=True),
    code=Text(required=True),
    detail=Text(required=True),
)
Problem = named(
    "Problem",
    type=Text(required=True),
    title=Text(required=True),
    status=Whole(required=True),
    code=Text(required=True, metadata={"description": N_("固定的代码，不随语言变。")}),
    detail=Text(required=True, metadata={"description": N_("给人看的说明，中文或英文。")}),
    request=Text(required=True, metadata={"description": N_("请求编号，报修时给系统管理员。")}),
    errors=Many(Part(Fault), metadata={"description": N_("哪几项不合。")}),
)

#: what every operation can answer besides its success
ALWAYS = (400, 401, 403, 404, 422, 429, 503)
#: what writing adds
WRITING = (409, 413, 415)
REFUSALS = {
    400: N_("请求读不懂，或缺 Idempotency-Key"),
    401: N_("没有可用的访问令牌"),
    403: N_("岗位没有这项权限，或令牌只读"),
    404: N_("没有，或不在可见范围内"),
    409: N_("与现有记录冲突"),
    412: N_("If-Match 不是最新版本"),
    413: N_("请求太大"),
    415: N_("内容不是 JSON"),
    422: N_("内容不合，或业务规则不允许"),
    428: N_("缺 If-Match"),
    429: N_("令牌多次不对"),
    503: N_("系统正忙，稍后重试"),
}


def _words(field: Any, **_kw: Any) -> dict[str, Any]:
    """The meaning of each code of a closed list."""
    if not isinstance(field, Word) or not field.labels:
        return {}
    told = [f"`{code}` {_(text)}" for code, text in field.labels.items()]
    held = field.metadata.get("description")
    return {"description": _("；").join([*([_(held)] if held else []), *told])}


def build() -> dict[str, Any]:
    """The description in the reader's language."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        _(TITLE), "1", "3.1.0", plugins=[plugin],
        info={"description": _(ABOUT)}, servers=[{"url": "/"}], security=[{"token": []}],
    )  # fmt: skip
    assert plugin.converter is not None
    add: Any = plugin.converter.add_attribute_function
    add(lambda _self, field, **kw: _words(field, **kw))
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", schema=Problem)
    for status, text in REFUSALS.items():
        spec.components.response(
            f"Refused{status}",
            {
                "description": _(text),
                "content": {"application/problem+json": {"schema": Problem}},
            },
        )
    for one in OPERATIONS.values():
        path = ROOT + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", one.path)
        spec.path(path=path, operations={one.method.lower(): _operation(one)})
    found: dict[str, Any] = _said(spec.to_dict())
    return found


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Shape")


def _operation(one: Operation) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "tags": [one.tag],
        "parameters": [*_path(one), *_headers(one)],
        "responses": {
            str(one.status): {
                "description": N_("成功"),
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": _content(one),
            },
            **{str(s): f"Refused{s}" for s in (*ALWAYS, *(WRITING if one.writes else ()))},
        },
    }
    if one.arguments().fields:
        made["parameters"].append({"in": "query", "schema": one.arguments})
    if not one.writes:
        made["responses"]["304"] = {"description": N_("与 If-None-Match 相同，没有变化")}
    if one.matches:
        made["responses"] |= {str(s): f"Refused{s}" for s in (412, 428)}
    if one.takes_file:
        made["requestBody"] = {"required": True, "content": {FILE: {"schema": BINARY}}}
    if one.body is not None:
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": one.body()}},
        }
    return made


def _content(one: Operation) -> dict[str, Any]:
    """What a success holds: an object, or a file of one of the kinds that are kept."""
    if one.answer is None:
        return {kind: {"schema": BINARY} for kind in KINDS}
    return {"application/json": {"schema": one.answer}}


def _path(one: Operation) -> list[dict[str, Any]]:
    types = {"int:": "integer"}
    return [
        {"in": "path", "name": name, "required": True,
         "schema": {"type": types.get(kind, "string")}}
        for kind, name in re.findall(r"<(\w+:)?(\w+)>", one.path)
    ]  # fmt: skip


def _headers(one: Operation) -> list[dict[str, Any]]:
    found = []
    if one.writes:
        found.append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": True,
                "description": N_(
                    "这次写入的唯一标识；24 小时内以它重试得到同一应答，不重复写入。"
                ),
                "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{8,80}$"},
            }
        )
    if one.matches:
        found.append(
            {
                "in": "header",
                "name": "If-Match",
                "description": N_("读到的版本的 ETag；改动已有记录时必填。"),
                "schema": {"type": "string"},
            }
        )
    return found


def _said(value: Any) -> Any:
    """The texts that people read, in the reader's language."""
    if isinstance(value, dict):
        return {
            key: _(one) if key in ("summary", "description") and isinstance(one, str)
            else [_(tag) for tag in one] if key == "tags" else _said(one)
            for key, one in value.items()
        }  # fmt: skip
    return [_said(one) for one in value] if isinstance(value, list) else value


@bp.get("/openapi.json")
@public
def openapi() -> ResponseReturnValue:
    """The description; it holds nothing of anybody, so everybody may read it."""
    held: dict[str, str] = current_app.extensions.setdefault("openapi", {})
    if language() not in held:
        held[language()] = json.dumps(build(), ensure_ascii=False)
    made = Response(held[language()], content_type="application/json")
    made.vary.add("Accept-Language")
    return made
