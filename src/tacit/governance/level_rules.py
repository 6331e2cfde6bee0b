"""The rule table of levels: kinds of data, whom their disclosure harms and how much, and the level that follows.

The level of a rule is looked up in HARM (JR/T 0197-2020: object × degree). Classes of personal data follow Annex B of
GB/T 43697-2024, telecom classes YD/T 3813-2020. The wording is ours: verify it against your own catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tacit.schema.text import Text

Harmed = Literal["nation", "public", "person", "enterprise"]
Degree = Literal["severe", "general", "slight", "none"]

HARM: Mapping[tuple[Harmed, Degree], int] = {
    ("nation", "severe"): 5,
    ("nation", "general"): 5,
    ("nation", "slight"): 5,
    ("public", "severe"): 5,
    ("public", "general"): 4,
    ("public", "slight"): 3,
    ("person", "severe"): 4,
    ("person", "general"): 3,
    ("person", "slight"): 2,
    ("enterprise", "severe"): 4,
    ("enterprise", "general"): 3,
    ("enterprise", "slight"): 2,
    ("nation", "none"): 1,
    ("public", "none"): 1,
    ("person", "none"): 1,
    ("enterprise", "none"): 1,
}
VERIFY = Text("请对照本单位的数据目录核实", "verify against your own catalogue")

CLASSES: Mapping[str, Text] = {
    "personal.basic": Text("个人基本资料", "personal: basic particulars"),
    "personal.identity": Text("个人身份信息", "personal: identity documents"),
    "personal.biometric": Text("个人生物识别信息", "personal: biometrics"),
    "personal.network": Text("网络身份标识信息", "personal: network identifiers"),
    "personal.authentication": Text("身份鉴别信息", "personal: credentials"),
    "personal.health": Text("个人健康生理信息", "personal: health"),
    "personal.work": Text("个人教育工作信息", "personal: education and work"),
    "personal.property": Text("个人财产信息", "personal: property"),
    "personal.communication": Text("个人通信信息", "personal: communication"),
    "personal.browsing": Text("个人上网记录", "personal: browsing"),
    "personal.device": Text("个人设备信息", "personal: devices"),
    "personal.location": Text("个人位置信息", "personal: location"),
    "personal.tag": Text("个人标签信息", "personal: tags and scores"),
    "personal.other": Text("其他个人信息", "personal: other"),
    "financial.account": Text("金融账户信息", "financial: accounts"),
    "financial.transaction": Text("金融交易信息", "financial: transactions"),
    "financial.credit": Text("信贷与征信信息", "financial: credit"),
    "telecom.subscriber": Text("电信用户身份信息", "telecom: subscribers"),
    "telecom.usage": Text("电信服务使用信息", "telecom: usage"),
    "enterprise.identity": Text("单位身份信息", "enterprise: identity"),
    "enterprise.business": Text("企业经营信息", "enterprise: business"),
    "general": Text("一般数据", "general data"),
    "public": Text("公开数据", "public data"),
    "important": Text("重要数据", "important data"),
    "core": Text("核心数据", "core data"),
}
STRICTEST_CLASSES: Mapping[str, int] = {"important": 5, "core": 5}  # may have no lower level


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What disclosure of one kind of data does, and to whom."""

    id: str
    klass: str
    harmed: Harmed
    degree: Degree
    text: Text

    @property
    def level(self) -> int:
        """1..5, from HARM."""
        return HARM[self.harmed, self.degree]


_ANNEX = ("GB/T 43697-2024 附录 B", "GB/T 43697-2024 Annex B")
_FINANCE = ("JR/T 0197-2020", "JR/T 0197-2020")
_TELECOM = ("YD/T 3813-2020", "YD/T 3813-2020")
_HARMED = {"nation": ("国家安全", "national security"), "public": ("公众权益", "the public")}
_HARMED |= {"person": ("个人隐私", "a person's privacy"), "enterprise": ("企业合法权益", "an enterprise")}
_DEGREES = {"severe": ("严重", "severe"), "general": ("一般", "general"), "slight": ("轻微", "slight")}


def _rule(id: str, klass: str, harmed: Harmed, degree: Degree, source: tuple[str, str] = _ANNEX) -> LevelRule:
    who, how, level, kind = _HARMED[harmed], _DEGREES[degree], HARM[harmed, degree], CLASSES[klass]
    table = "" if source is _FINANCE else "，JR/T 0197-2020 定级"
    zh = f"{source[0]}：{kind.zh}{table}：泄露对{who[0]}造成{how[0]}损害，定为 {level} 级；{VERIFY.zh}"
    table = "" if source is _FINANCE else "; JR/T 0197-2020"
    en = f"{source[1]}: {kind.en}{table}: {how[1]} harm to {who[1]} gives level {level}; {VERIFY.en}"
    return LevelRule(id, klass, harmed, degree, Text(zh, en))


COMBINED = "combined.quasi_identifiers"
_COMBINED_TEXT = Text(
    "GB/T 43697-2024 就高从严：同一表中三类及以上准标识信息可共同识别个人，按 4 级管理；" + VERIFY.zh,
    "GB/T 43697-2024, take the higher and be strict: three or more kinds of quasi-identifiers in one table identify a "
    "person together, level 4; " + VERIFY.en,
)
_TABLE = (
    _rule("personal.document", "personal.identity", "person", "severe"),
    _rule("personal.contact", "personal.basic", "person", "general"),
    _rule("personal.name", "personal.basic", "person", "general"),
    _rule("personal.birth", "personal.basic", "person", "general"),
    _rule("personal.address", "personal.basic", "person", "general"),
    _rule("personal.trait", "personal.basic", "person", "slight"),
    _rule("personal.biometric", "personal.biometric", "person", "severe"),
    _rule("personal.credential", "personal.authentication", "person", "severe"),
    _rule("personal.health", "personal.health", "person", "severe"),
    _rule("personal.work", "personal.work", "person", "slight"),
    _rule("personal.vehicle", "personal.property", "person", "general"),
    _rule("personal.device", "personal.device", "person", "general"),
    _rule("personal.network", "personal.network", "person", "general"),
    _rule("personal.location", "personal.location", "person", "severe"),
    _rule("financial.account", "financial.account", "person", "severe", _FINANCE),
    _rule("financial.amount", "financial.transaction", "person", "general", _FINANCE),
    _rule("financial.credit", "financial.credit", "person", "severe", _FINANCE),
    _rule("telecom.subscriber", "telecom.subscriber", "person", "severe", _TELECOM),
    _rule("enterprise.identity", "enterprise.identity", "enterprise", "slight", _FINANCE),
    LevelRule(COMBINED, "personal.basic", "person", "severe", _COMBINED_TEXT),
)
RULES: Mapping[str, LevelRule] = {rule.id: rule for rule in _TABLE}

_DETECTORS: tuple[tuple[str, str, str, str], ...] = (
    ("cn.resident_id", "personal.document", "居民身份号码", "resident identity numbers"),
    ("cn.passport", "personal.document", "中国护照号", "Chinese passport numbers"),
    ("us.ssn", "personal.document", "美国社会安全号", "US social security numbers"),
    ("cn.mobile", "personal.contact", "手机号码", "mobile numbers of mainland China"),
    ("cn.region_mobile", "personal.contact", "港澳台手机号码", "mobile numbers of Hong Kong, Macau or Taiwan"),
    ("cn.landline", "personal.contact", "固定电话号码", "landline numbers of mainland China"),
    ("phone", "personal.contact", "国际电话号码", "international telephone numbers"),
    ("email", "personal.contact", "电子邮箱地址", "e-mail addresses"),
    ("cn.name", "personal.name", "中文姓名", "Chinese names of people"),
    ("person_name", "personal.name", "姓名", "names of people"),
    ("birth_date", "personal.birth", "出生日期", "dates of birth"),
    ("address", "personal.address", "地址", "addresses"),
    ("sex", "personal.trait", "性别", "sex"),
    ("biometric", "personal.biometric", "生物特征", "biometrics"),
    ("credential", "personal.credential", "口令或密钥", "passwords or keys"),
    ("health", "personal.health", "健康信息", "health data"),
    ("work", "personal.work", "教育或工作信息", "education or work"),
    ("cn.plate", "personal.vehicle", "机动车号牌", "vehicle plates"),
    ("imei", "personal.device", "移动设备识别码", "device numbers (IMEI)"),
    ("mac", "personal.device", "MAC 地址", "MAC addresses"),
    ("ipv4", "personal.network", "IPv4 地址", "IPv4 addresses"),
    ("ipv6", "personal.network", "IPv6 地址", "IPv6 addresses"),
    ("geo", "personal.location", "经纬度", "coordinates"),
    ("cn.bank_card", "financial.account", "银行卡号", "bank card numbers"),
    ("credit_card", "financial.account", "国际卡号", "payment card numbers"),
    ("iban", "financial.account", "国际银行账号", "international bank account numbers"),
    ("account", "financial.account", "账号", "account numbers"),
    ("amount", "financial.amount", "金额", "amounts of money"),
    ("credit", "financial.credit", "征信信息", "credit data"),
    ("imsi", "telecom.subscriber", "国际移动用户识别码", "subscriber numbers (IMSI)"),
    ("cn.uscc", "enterprise.identity", "统一社会信用代码", "unified social credit codes"),
)
DETECTOR_RULES: Mapping[str, str] = {detector: rule for detector, rule, _, _ in _DETECTORS}
_TITLES = {detector: Text(zh, en) for detector, _, zh, en in _DETECTORS}
QUASI = frozenset({"cn.name", "person_name", "birth_date", "sex", "address", "work", "cn.plate", "cn.mobile", "email"})


def title_of(detector: str) -> Text:
    """What a detector looks for. Raises KeyError."""
    return _TITLES[detector]
