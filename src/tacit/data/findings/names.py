"""What the name of a column tells: English words, Chinese words, and the pinyin abbreviations of Chinese databases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Support = Literal["strong", "weak"]
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ABOUT_WORDS = (  # a column with one of these words holds something about the thing, not the thing
    "type kind flag status count cnt model brand is has level rate ratio os len length verified valid format version "
    "lx bz zt times freq score seg carrier operator vendor desc description changed updated time"
)
_ABOUT = frozenset(_ABOUT_WORDS.split())
_ABOUT_ZH = (
    "类型",
    "类别",
    "状态",
    "标志",
    "标识位",
    "是否",
    "数量",
    "次数",
    "型号",
    "品牌",
    "等级",
    "归属",
    "个数",
    "时间",
)


@dataclass(frozen=True, slots=True)
class NameWords:
    """A column name in lower case, and its words."""

    text: str
    words: frozenset[str]

    @property
    def is_about(self) -> bool:
        return bool(self.words & _ABOUT) or any(word in self.text for word in _ABOUT_ZH)


@dataclass(frozen=True, slots=True)
class Names:
    """Spellings of one kind. A spelling of several words needs all of them; a Chinese one may stand anywhere.

    `strong` ones leave little doubt; `weak` ones mean other things too. `never`: words that rule the kind out.
    """

    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def support(self, name: NameWords) -> Support | None:
        """How far the name speaks for the kind."""
        if name.is_about or any(_has(name, word) for word in self.never):
            return None
        if any(_has(name, spelling) for spelling in self.strong):
            return "strong"
        return "weak" if any(_has(name, spelling) for spelling in self.weak) else None


def words_of(name: str) -> NameWords:
    """Camel case and separators part words; digits at the end of a word fall away."""
    return NameWords(name.lower(), frozenset(word.lower() for word in _WORD.findall(name)))


def _has(name: NameWords, spelling: str) -> bool:
    if _HAN.search(spelling):
        return spelling in name.text
    return all(word in name.words for word in spelling.split())


def _names(strong: str, weak: str = "", never: str = "") -> Names:
    """Spellings are parted by commas."""
    lists = [tuple(part.strip() for part in text.split(",") if part.strip()) for text in (strong, weak, never)]
    return Names(*lists)


NAMES: dict[str, Names] = {
    "cn.resident_id": _names(
        "id card, idcard, id no, idno, identity, identity no, identity card, cert no, certno, certificate no, sfz, "
        "sfzh, sfzhm, sfzhao, zjh, zjhm, gmsfhm, shenfenzheng, 身份证, 身份号码, 证件号",
        "citizen, national id, resident, personal id",
    ),
    "cn.passport": _names("passport, passport no, hzh, hzhm, huzhao, 护照", "cert no, zjhm, hz, 证件号"),
    "us.ssn": _names("ssn, social security", "tax id, tin"),
    "cn.mobile": _names(
        "mobile, mobile no, mobilephone, cellphone, cell phone, phone, phone no, phonenumber, msisdn, sj, sjh, sjhm, "
        "shouji, shoujihao, lxdh, dhhm, 手机, 联系电话, 电话号码, 移动电话",
        "tel, telephone, contact, dh, yddh, 电话, 联系方式",
    ),
    "cn.region_mobile": _names(
        "hk mobile, mo mobile, tw mobile, 港澳手机, 香港手机, 台湾手机", "mobile, phone, tel, 手机, 电话"
    ),
    "cn.landline": _names(
        "landline, telephone, home phone, office phone, gddh, 固定电话, 座机, 固话", "tel, phone, dh, 电话, 传真, fax"
    ),
    "phone": _names("phone, phone number, mobile, telephone, msisdn", "tel, contact, fax"),
    "cn.bank_card": _names(
        "bank card, bankcard, card no, cardno, card number, debit card, yhkh, yhk, kahao, 银行卡, 卡号",
        "card, account, acct, pan, kh, zh, 账号, 账户, 帐号",
    ),
    "credit_card": _names("credit card, card number, cardno, card no, pan, ccn, xykh, 信用卡号", "card, kh, 卡号"),
    "cn.uscc": _names(
        "uscc, credit code, social credit, tyshxydm, xydm, 信用代码, 统一代码",
        "org code, license, tax no, nsrsbh, 税号, 纳税人识别号",
    ),
    "imei": _names("imei", "device, terminal, zdh, 串号, 终端"),
    "imsi": _names("imsi", "subscriber, sim"),
    "cn.plate": _names(
        "plate, plate no, license plate, car no, cph, cphm, hphm, chepai, 车牌, 号牌", "vehicle, car, 车辆"
    ),
    "iban": _names("iban", "account, acct, bank account"),
    "email": _names("email, mail, e mail, yx, youxiang, dzyx, 邮箱, 电子邮件", "contact, account"),
    "ipv4": _names("ip, ipv4, ip addr, ip address, client ip, remote addr, IP地址", "host, addr, source, dest"),
    "ipv6": _names("ipv6, ip, ip addr, ip address, IP地址", "host, addr"),
    "mac": _names("mac, mac addr, mac address, bssid, MAC地址", "device, hardware, wifi"),
    "geo": _names(
        "lat, latitude, lng, lon, long, longitude, gps, geo, coordinate, coordinates, latlng, lnglat, location, "
        "weidu, jingdu, 经度, 纬度, 经纬度, 坐标",
        "wd, jd, x, y, position, 位置, 定位",
    ),
    "birth_date": _names(
        "birth, birthday, birthdate, dob, birth date, date of birth, csrq, csny, sr, 出生, 生日", "born, bd"
    ),
    "cn.name": _names(
        "real name, realname, full name, fullname, customer name, cust name, client name, user name, person name, "
        "patient name, xingming, khxm, khmc, 姓名, 客户名称, 名字",
        "name, xm, contact, contacts, owner, holder, 联系人, 客户, 户名",
        "product, company, org, file, city, brand, 产品, 公司, 单位",
    ),
    "person_name": _names(
        "first name, firstname, last name, lastname, surname, given name, full name, fullname, middle name, real name, "
        "customer name, patient name",
        "name, person",
        "product, company, org, file, city, brand, user",
    ),
    "sex": _names("sex, gender, xb, xingbie, 性别", "mf"),
    "address": _names(
        "address, home addr, street, residence, jtzz, zz, dz, txdz, lxdz, dizhi, 地址, 住址, 居住地",
        "addr, location",
        "ip, mac, email, mail, url, web, 网址, 邮箱",
    ),
    "amount": _names(
        "amount, amt, balance, salary, income, wage, bonus, premium, payment, loan, debt, deposit, revenue, fee, "
        "jine, je, ye, gz, 金额, 余额, 工资, 收入, 薪资, 贷款, 存款, 保费, 欠款, 消费额",
        "money, price, cost, total, sum, sr",
    ),
    "account": _names(
        "account no, account number, acct no, acctno, accountno, bank account, yhzh, 账号, 银行账户, 帐号",
        "account",
    ),
    "credit": _names("credit limit, overdue, default flag, dpd, zhengxin, 征信, 逾期, 授信", "loan grade"),
    "biometric": _names(
        "fingerprint, face, faceprint, iris, voiceprint, retina, dna, genome, face feature, face embedding, "
        "指纹, 人脸, 虹膜, 声纹, 基因"
    ),
    "credential": _names(
        "password, passwd, pwd, passcode, pin, cvv, cvv2, cvc, secret, private key, api key, token, mima, "
        "密码, 口令, 密钥, 验证码"
    ),
    "health": _names(
        "diagnosis, disease, icd, icd10, symptom, prescription, medication, blood type, blood pressure, allergy, "
        "medical history, treatment, zdmc, 诊断, 疾病, 病史, 症状, 处方, 用药, 血型, 血压, 过敏, 病历",
        "health, glucose, bmi, hiv",
    ),
    "work": _names(
        "education, degree, school, university, occupation, job title, employer, profession, gzdw, "
        "学历, 学位, 学校, 职业, 职务, 工作单位, 毕业院校",
        "title, company, position, xl, zy, zw",
    ),
}
