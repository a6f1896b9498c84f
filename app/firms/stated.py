"""自述数据: what only the firm or an expert can say of it, by key, with unit and validity."""

from __future__ import annotations

from app.core.stated import StatedKey
from app.core.text import N_


def _points(name: str, text: str, most: int, of_year: bool = False) -> StatedKey:
    return StatedKey(name, text, "points", most, of_year=of_year)


def _flag(name: str, text: str, event: int = 0) -> StatedKey:
    return StatedKey(name, text, "flag", 1, event=event)


KEYS = (
    _points("hnte_advance", N_("专家评分：技术的先进程度"), 8),
    _points("hnte_support", N_("专家评分：对主要产品的核心支持作用"), 8),
    _points("hnte_system", N_("专家评分：研发组织管理制度与核算"), 6),
    _points("hnte_unit", N_("专家评分：研发机构、设备与产学研合作"), 6),
    _points("hnte_transfer", N_("专家评分：成果转化激励与创新创业平台"), 4),
    _points("hnte_talent", N_("专家评分：人才培养、引进与绩效评价"), 4),
    _flag("core_support", N_("知识产权对主要产品起核心支持作用")),
    _flag("mainland_rights", N_("知识产权在境内授权，本企业为权属人（多个权属人的由本企业使用）")),
    _flag("sound_management", N_("经营管理规范、信用良好")),
    _flag("sound_research", N_("研发管理体系健全")),
    _flag("research_strength", N_("有研发机构、核心技术和自主知识产权")),
    _flag("strategic_emerging", N_("主导产品属于战略性新兴产业")),
    _flag("high_value_ip", N_("拥有高价值Ⅰ类知识产权")),
    _flag("gap_filling", N_("主导产品补短板、锻长板、填空白")),
    _flag("base_field", N_("主导产品属于工业“六基”、老字号或关键配套")),
    _flag("six_bases", N_("主导产品属于工业“六基”")),
    _flag("key_field", N_("主导产品属于工业“六基”、制造强国十大重点领域或网络强国领域")),
    _flag("key_link", N_("位于产业链关键环节")),
    _flag("info_system", N_("核心业务采用信息系统支撑")),
    _flag("management_certificate", N_("取得质量管理体系等认证（ISO 9001 等）")),
    _flag("foreign_certificate", N_("产品通过发达国家和地区认证")),
    _flag("own_brand", N_("拥有自主品牌")),
    _flag("quality_award", N_("获得省级以上质量奖")),
    _flag("maker_china_50", N_("近三年“创客中国”全国 50 强（企业组）；起始日期填名单公布日"), 36),
    _flag("maker_china_500", N_("近三年“创客中国”全国 500 强（企业组）；起始日期填名单公布日"), 36),
    _flag("domestic_top3", N_("主导产品国内市场占有率前三")),
    _flag("market_standing", N_("主导产品市场占有率较为靠前")),
    _flag("market_reputation", N_("主导产品在细分市场享有较高声誉")),
    _flag("data_fraud", N_("因提供虚假数据被取消资格或禁止申报；起始日期填处理决定日"), 36),
    _flag("giant_controlled", N_("由已认定的“小巨人”企业控股")),
    _flag("rights_in_use", N_("主导产品的Ⅰ类知识产权已应用并产生效益")),
    _flag("leading_rights", N_("主导产品的Ⅰ类知识产权已产生效益，且为前 3 权属人")),
    StatedKey("market_share", N_("主导产品全国细分市场占有率"), "share"),
    StatedKey("world_share", N_("主导产品国际细分市场占有率"), "share"),
    StatedKey("segment_years", N_("截至上年末从事特定细分市场的年数"), "years", of_year=True),
    _points("sp_local", N_("特色化指标得分（本市设定）"), 15),
    StatedKey("digital_level", N_("数字化水平等级"), "grade", 5),
    _points("sp_ip", N_("创新能力：知识产权得分"), 10),
    _points("sp_rd_staff", N_("创新能力：研发人员得分"), 5),
    _points("sp_institution", N_("创新能力：研发机构得分"), 10),
    _points("platform_score", N_("专精特新发展评价得分（当年）"), 100, of_year=True),
    _points("platform_before", N_("专精特新发展评价得分（上年）"), 100, of_year=True),
)
BY_KEY = {key.name: key for key in KEYS}
#: keys of what is said of a year
OF_YEAR = tuple(key.name for key in KEYS if key.of_year)
