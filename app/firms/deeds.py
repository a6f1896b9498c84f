"""Office words for what the room writes, as the audit and 已办 say them."""

from __future__ import annotations

from app.core.acts import register_acts, register_records
from app.core.text import N_

register_acts(
    {
        "answer:save": N_("填写自述数据"),
        "attestation:make": N_("作填报承诺"),
        "attestation:withdraw": N_("撤回填报承诺"),
        "consent:end": N_("撤回展示同意"),
        "consent:give": N_("记录展示同意"),
        "contact:add": N_("登记联系人"),
        "contact:erase": N_("删除联系人"),
        "demand:close": N_("结束空间需求"),
        "demand:reopen": N_("重新打开空间需求"),
        "demand:save": N_("登记空间需求"),
        "demand:void": N_("作废空间需求"),
        "evidence:add": N_("上传佐证材料"),
        "evidence:void": N_("作废佐证材料"),
        "figures:enter": N_("填报企业数据"),
        "firm:edit": N_("修改企业资料"),
        "firm:found": N_("团队转企业"),
        "firm:link": N_("登记承继关系"),
        "firm:merge": N_("合并重复企业"),
        "firm:place": N_("登记企业地址"),
        "firm:register": N_("登记企业"),
        "firm:rename": N_("登记更名"),
        "firm:tag": N_("修改企业标签"),
        "firm:void": N_("作废登记"),
        "milestone:confirm": N_("核实里程碑"),
        "milestone:correct": N_("更正里程碑"),
        "milestone:log": N_("记一笔"),
        "milestone:preview": N_("预览里程碑（未写入）"),
        "milestone:void": N_("作废里程碑"),
        "return:check": N_("初核报表"),
        "return:fill": N_("填报报表"),
        "return:open": N_("发起报表"),
        "return:remind": N_("催报"),
        "return:send_back": N_("退回报表"),
        "return:submit": N_("报送报表"),
        "return:verify": N_("核定报表"),
        "stated:confirm": N_("核实自述数据"),
        "stated:correct": N_("更正自述数据"),
        "stated:record": N_("登记自述数据"),
        "stated:void": N_("作废自述数据"),
        "use:correct": N_("更正房源使用"),
        "use:resize": N_("调整房源使用面积"),
        "use:start": N_("登记房源使用"),
        "use:vacate": N_("办理腾退"),
        "use:void": N_("作废房源使用"),
    }
)
register_records(
    {
        "attestation": N_("填报承诺"),
        "consent": N_("企业授权"),
        "demand": N_("空间需求"),
        "evidence": N_("佐证材料"),
        "figures": N_("企业数据"),
        "firm": N_("企业"),
        "firm_link": N_("承继关系"),
        "firm_name": N_("企业名称"),
        "firm_tag": N_("企业标签"),
        "milestone": N_("里程碑"),
        "occupancy": N_("房源使用"),
        "place": N_("企业地址"),
        "residency": N_("入驻记录"),
        "stated_figure": N_("自述数据"),
    }
)
