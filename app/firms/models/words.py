"""Closed lists of words for milestones."""

from __future__ import annotations

from app.core.text import N_, Coded


class MilestoneKind(Coded):
    """Kinds of milestones; each kind's completeness is attested for itself."""

    FINANCING = "financing", N_("融资")
    IP = "ip", N_("知识产权")
    RECOGNITION = "recognition", N_("资质")
    DEAL = "deal", N_("并购上市")
    AWARD = "award", N_("获奖")
    INSTITUTION = "institution", N_("研发机构")
    STANDARD = "standard", N_("标准")
    INCIDENT = "incident", N_("异常")
    OTHER = "other", N_("其他")


class InvestorKind(Coded):
    """Who put the money in. Only angel and venture money counts for 第九条(二)."""

    ANGEL = "angel", N_("天使投资")
    VENTURE = "venture", N_("风险投资")
    GOVERNMENT = "government", N_("政府基金")
    INDUSTRIAL = "industrial", N_("产业资本")
    FOUNDER = "founder", N_("创始人")
    LOAN = "loan", N_("借款")
    UNKNOWN = "unknown", N_("未注明")


class MoneyState(Coded):
    """Whether the money arrived (到账)."""

    RECEIVED = "received", N_("已到账")
    AGREED = "agreed", N_("已签约，未到账")
    UNKNOWN = "unknown", N_("未注明到账")


class IpType(Coded):
    """Types of intellectual property; class I and II as 195号 divides them."""

    INVENTION = "invention", N_("发明专利")
    PLANT = "plant", N_("植物新品种")
    CROP = "crop", N_("国家级农作物品种")
    DRUG = "drug", N_("国家新药")
    HERBAL = "herbal", N_("国家一级中药保护品种")
    LAYOUT = "layout", N_("集成电路布图设计")
    UTILITY = "utility", N_("实用新型专利")
    DESIGN = "design", N_("外观设计专利")
    SOFTWARE = "software", N_("软件著作权")

    @property
    def first_class(self) -> bool:
        """Whether it is class I (Ⅰ类)."""
        return self not in (IpType.UTILITY, IpType.DESIGN, IpType.SOFTWARE)


class IpObtained(Coded):
    """How the firm came by it."""

    OWN = "own", N_("自主研发")
    TRANSFER = "transfer", N_("受让")
    GIFT = "gift", N_("受赠")
    MERGER = "merger", N_("并购取得")


class Title(Coded):
    """Recognitions a firm can hold. The two 小巨人 are two titles."""

    HNTE = "hnte", N_("高新技术企业")
    TECH_SME = "tech_sme", N_("科技型中小企业")
    INNOVATIVE_SME = "innovative_sme", N_("创新型中小企业")
    SPECIALISED_SME = "specialised_sme", N_("专精特新中小企业")
    LITTLE_GIANT = "little_giant", N_("专精特新“小巨人”企业")
    SH_TECH_GIANT = "sh_tech_giant", N_("上海科技小巨人企业")
    SH_TECH_GIANT_CULTIVATION = "sh_giant_cultivation", N_("上海科技小巨人培育企业")
    CHAMPION = "champion", N_("制造业单项冠军")
    DEMONSTRATION = "demonstration", N_("技术创新或知识产权示范企业")


class DealKind(Coded):
    """Mergers, acquisitions and quotations."""

    MERGED = "merged", N_("被兼并")
    ACQUIRED = "acquired", N_("被收购")
    LISTED = "listed", N_("境内外上市")
    QUOTED = "quoted", N_("新三板挂牌")
    REGIONAL = "regional", N_("区域股权市场挂牌")


class AwardLevel(Coded):
    """Level of an award, an R&D institution or a standard."""

    INTERNATIONAL = "international", N_("国际")
    NATIONAL = "national", N_("国家级")
    INDUSTRY = "industry", N_("行业")
    PROVINCIAL = "provincial", N_("省部级")
    MUNICIPAL = "municipal", N_("地市级及以下")


class IncidentKind(Coded):
    """Incidents that bar a recognition."""

    SAFETY = "safety", N_("安全事故")
    QUALITY = "quality", N_("质量事故")
    ENVIRONMENT = "environment", N_("环境违法")
    DISHONESTY = "dishonesty", N_("科研严重失信")
    ABNORMAL = "abnormal", N_("经营异常名录")
    ILLEGAL = "illegal", N_("严重违法失信名单")
