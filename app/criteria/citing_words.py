"""The remarks that tell clauses of one article apart, in English."""

from __future__ import annotations

from typing import Final

REMARKS: Final = {  # zh: parsed
    "上年度占比": "share last year",  # zh: parsed
    "上年度总额": "total last year",  # zh: parsed
    "专": "specialised",  # zh: parsed
    "专业化": "specialisation",  # zh: parsed
    "业务": "business",  # zh: parsed
    "主营": "main business",  # zh: parsed
    "事故": "accidents",  # zh: parsed
    "人员得分": "points for staff",  # zh: parsed
    "人数": "staff",  # zh: parsed
    "信息化": "digital systems",  # zh: parsed
    "其他": "other",  # zh: parsed
    "净利润": "net profit",  # zh: parsed
    "创新能力": "innovation",  # zh: parsed
    "前一年度占比": "share the year before",  # zh: parsed
    "前一年度总额": "total the year before",  # zh: parsed
    "单项冠军": "manufacturing champion",  # zh: parsed
    "占有率": "market share",  # zh: parsed
    "占比": "share",  # zh: parsed
    "合计": "total",  # zh: parsed
    "名录": "lists",  # zh: parsed
    "品": "products",  # zh: parsed
    "品牌": "brand",  # zh: parsed
    "国际占有率": "world share",  # zh: parsed
    "场所": "premises",  # zh: parsed
    "境内": "mainland",  # zh: parsed
    "增长": "growth",  # zh: parsed
    "声誉": "reputation",  # zh: parsed
    "复核": "review",  # zh: parsed
    "大赛": "competition",  # zh: parsed
    "失信": "dishonesty",  # zh: parsed
    "奖励": "awards",  # zh: parsed
    "市场": "market",  # zh: parsed
    "年限": "years",  # zh: parsed
    "应用": "use",  # zh: parsed
    "延长": "extension",  # zh: parsed
    "得分": "points",  # zh: parsed
    "总分": "total points",  # zh: parsed
    "总额": "total",  # zh: parsed
    "成立时间": "founding",  # zh: parsed
    "成长性": "growth",  # zh: parsed
    "排名": "rank",  # zh: parsed
    "控股": "control",  # zh: parsed
    "收入": "revenue",  # zh: parsed
    "收入上限": "highest revenue",  # zh: parsed
    "收入下限": "lowest revenue",  # zh: parsed
    "数据造假": "false data",  # zh: parsed
    "新": "innovative",  # zh: parsed
    "时限": "length of stay",  # zh: parsed
    "未上市": "not listed",  # zh: parsed
    "机构": "R&D unit",  # zh: parsed
    "权属": "ownership",  # zh: parsed
    "核心支持": "core support",  # zh: parsed
    "比例": "ratio",  # zh: parsed
    "毕业": "graduation",  # zh: parsed
    "注册": "registration",  # zh: parsed
    "特": "distinctive",  # zh: parsed
    "申报资格": "who may apply",  # zh: parsed
    "直接认定": "direct route",  # zh: parsed
    "知识产权": "rights",  # zh: parsed
    "知识产权数量": "number of rights",  # zh: parsed
    "研发": "R&D",  # zh: parsed
    "研发人员": "R&D staff",  # zh: parsed
    "研发投入": "R&D spending",  # zh: parsed
    "研发机构": "R&D unit",  # zh: parsed
    "科小": "technology SME",  # zh: parsed
    "管理": "management",  # zh: parsed
    "精": "refined",  # zh: parsed
    "综合得分": "points in all",  # zh: parsed
    "融资": "financing",  # zh: parsed
    "规模": "size",  # zh: parsed
    "认证": "certification",  # zh: parsed
    "评价": "evaluation",  # zh: parsed
    "评价得分": "points of evaluation",  # zh: parsed
    "负债": "liabilities",  # zh: parsed
    "资产": "assets",  # zh: parsed
    "资格": "standing",  # zh: parsed
    "资质": "titles",  # zh: parsed
    "造假": "fraud",  # zh: parsed
    "链": "chain",  # zh: parsed
    "高企": "HNTE",  # zh: parsed
}
