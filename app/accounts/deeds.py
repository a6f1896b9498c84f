"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_acts, register_records
from app.core.text import N_

register_acts(
    {
        "account:administrator:create": N_("建立系统管理员"),
        "account:password:change": N_("修改密码"),
        "account:password:issue": N_("发放首次密码"),
        "account:person:disable": N_("停用账号"),
        "account:person:edit": N_("更正姓名"),
        "account:person:enable": N_("恢复账号"),
        "account:person:engage": N_("建立人员账号"),
        "account:person:handover": N_("离任交接"),
        "account:post:end": N_("结束岗位"),
        "account:post:give": N_("给予岗位"),
        "account:session:end": N_("结束会话"),
        "account:token:end": N_("结束访问令牌"),
        "account:token:make": N_("建立访问令牌"),
        "organisation:close": N_("停用单位"),
        "organisation:create": N_("登记单位"),
        "organisation:edit": N_("变更单位"),
        "organisation:reopen": N_("恢复单位"),
        "view:drop": N_("删除保存的视图"),
        "view:save": N_("保存视图"),
    }
)
register_records(
    {
        "organisation": N_("单位"),
        "person": N_("人员"),
        "post": N_("岗位"),
    }
)
