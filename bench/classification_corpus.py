"""Columns with a known kind, and columns that only look like one, for measuring the detectors. Seeded, of no person.

Check digits are computed here in a way of their own, so that a mistake in the detectors does not repeat itself.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

Rng = random.Random
Maker = Callable[[Rng], object]
NOTHING = ("未知", "-", "N/A", "test", "0", "待补")
NEUTRAL = ("c1", "col_7", "field_a", "f17", "value", "字段3", "attr", "x", "data_12", "v", "raw", "item", "列5", "k9")


@dataclass(frozen=True)
class Kind:
    """Values of one detector. named: only a column name tells the kind, so all columns have one."""

    detector: str
    make: Maker
    names: tuple[str, ...]
    named: bool = False
    least: int = 30  # rows; fewer cannot be told from chance
    dirty: bool = True


@dataclass(frozen=True)
class Case:
    """A one-column table (or two, where the second only accompanies) and what its first column is; None: nothing."""

    table: pa.Table
    detector: str | None
    kind: str


# -- check digits ---------------------------------------------------------------------------------------------------


def luhn_digit(body: str) -> str:
    total = 0
    for place, character in enumerate(reversed(body)):
        number = int(character) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


def resident_check(body: str) -> str:
    """ISO 7064 mod 11-2 by its recurrence."""
    state = 0
    for character in body:
        state = (state + int(character)) * 2 % 11
    return "0123456789X"[(12 - state) % 11]


def credit_check(body: str) -> str:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(character) * 3**place for place, character in enumerate(body))
    return alphabet[-total % 31]


def iban_check(country: str, rest: str) -> str:
    number = "".join(str(int(character, 36)) for character in f"{rest}{country}00")
    return f"{98 - int(number) % 97:02d}"


# -- values ---------------------------------------------------------------------------------------------------------


def digits(rng: Rng, count: int) -> str:
    return "".join(rng.choices(string.digits, k=count))


def day(rng: Rng, first: int = 1940, last: int = 2015) -> dt.date:
    start = dt.date(first, 1, 1).toordinal()
    return dt.date.fromordinal(rng.randint(start, dt.date(last, 12, 31).toordinal()))


_STARTS_TEXT = (
    "130 131 132 135 136 137 138 139 150 151 152 155 157 158 159 166 173 176 177 178 180 "
    "181 182 183 185 186 187 188 189 191 195 198 199 147 167"
)
_STARTS = _STARTS_TEXT.split()
_DIVISIONS = "110101 120103 130102 210202 310115 320106 330106 340104 350203 370102 410105 420111 429004 430104 440305 "
_DIVISIONS += "441900 450103 460106 500112 510107 520103 530102 610113 620102 630102 640104 650104 810000 820000 830000"
SURNAMES = [*"王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"] * 8
SURNAMES += [
    *"姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
] * 2
SURNAMES += ["欧阳", "上官", "司马", "诸葛", "令狐", "皇甫", *"揭逄仉乜寸訾"]
GIVEN_CHARACTERS = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉红玲建国文辉志鹏晓东海龙梅婷雪欣怡子涵宇轩浩然思远佳琪梓萱一诺"
    "可心雨桐家豪俊杰嘉懿天佑若曦奕辰沐阳书瑶语嫣承泽景行振宁维民玥珂"
)
CITIES = [
    "北京市",
    "上海市",
    "广东省深圳市",
    "浙江省杭州市",
    "江苏省南京市",
    "四川省成都市",
    "湖北省武汉市",
    "陕西省西安市",
]
DISTRICTS = ["朝阳区", "浦东新区", "南山区", "西湖区", "玄武区", "武侯区", "洪山区", "雁塔区", "东城区", "静安区"]
ROADS = ["中山路", "人民路", "解放大道", "建设街", "科技园路", "学院路", "长江东路", "幸福里", "和平街道", "新华路"]
PLATE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
FIRST = ["James", "Mary", "Robert", "Patricia", "John", "Jennifer", "Élodie", "Anna", "Wei", "Noah", "Seán", "Olivia"]
LAST = ["Smith", "Johnson", "O'Brien", "Müller", "Garcia", "Li", "McDonald", "Kowalski", "Brown", "Nguyen", "Jones"]


def resident_id(rng: Rng) -> str:
    body = rng.choice(_DIVISIONS.split()) + day(rng).strftime("%Y%m%d") + digits(rng, 3)
    if rng.random() < 0.03:
        return body[:6] + body[8:]  # the old form
    check = resident_check(body)
    return body + (check.lower() if rng.random() < 0.1 else check)


def resident_or_passport(rng: Rng) -> str:
    return resident_id(rng) if rng.random() < 0.8 else f"H{digits(rng, 10)}"


def mobile_plain(rng: Rng) -> str:
    start = rng.choice(_STARTS[:21])
    return rng.choice([start, rng.choice(_STARTS[21:])]) + digits(rng, 8)


def mobile(rng: Rng) -> str:
    plain = mobile_plain(rng)
    return rng.choice(
        [plain] * 8
        + [f"+86{plain}", f"+86 {plain[:3]} {plain[3:7]} {plain[7:]}", f"{plain[:3]}-{plain[3:7]}-{plain[7:]}"]
    )


def bank_card(rng: Rng) -> str:
    start = rng.choice(["622848", "621700", "622202", "621661", "622588", "625080", "621226", "623052", "955880"])
    body = start + digits(rng, rng.choice([9, 12, 12, 12]) if start != "955880" else 12)
    return body + luhn_digit(body)


def payment_card(rng: Rng) -> str:
    start, length = rng.choice(
        [("4", 16), ("4", 16), ("51", 16), ("55", 16), ("34", 15), ("37", 15), ("6011", 16), ("2720", 16)]
    )
    body = start + digits(rng, length - 1 - len(start))
    plain = body + luhn_digit(body)
    if len(plain) == 16 and rng.random() < 0.2:
        return " ".join(plain[place : place + 4] for place in range(0, 16, 4))
    return plain


def credit_code(rng: Rng) -> str:
    body = rng.choice(["91", "91", "92", "12", "51", "93", "11", "52"]) + rng.choice(_DIVISIONS.split()[:27])
    body += "".join(rng.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", [5] * 10 + [1] * 21, k=9))
    return body + credit_check(body)


def iban(rng: Rng) -> str:
    country, rest = rng.choice(
        [
            ("DE", digits(rng, 18)),
            ("GB", "NWBK" + digits(rng, 14)),
            ("FR", digits(rng, 23)),
            ("NL", "ABNA" + digits(rng, 10)),
        ]
    )
    plain = country + iban_check(country, rest) + rest
    return plain if rng.random() < 0.7 else " ".join(plain[place : place + 4] for place in range(0, len(plain), 4))


def plate(rng: Rng) -> str:
    start = rng.choice(PLATE) + rng.choice(LETTERS.replace("O", ""))
    if rng.random() < 0.3:
        return start + rng.choice("DF") + digits(rng, 5)
    middle = digits(rng, 5) if rng.random() < 0.5 else rng.choice(LETTERS.replace("O", "")) + digits(rng, 4)
    return start + rng.choice(["", "", "·"]) + middle


def passport(rng: Rng) -> str:
    return rng.choice([f"E{digits(rng, 8)}", f"G{digits(rng, 8)}", f"E{rng.choice('ABCDEFGHJ')}{digits(rng, 7)}"])


def ssn(rng: Rng) -> str:
    area = rng.choice([number for number in range(1, 900) if number != 666])
    return f"{area:03d}-{rng.randint(1, 99):02d}-{rng.randint(1, 9999):04d}"


def imei(rng: Rng) -> str:
    body = rng.choice(["35", "35", "86", "01"]) + digits(rng, 12)
    return body + luhn_digit(body)


def phone(rng: Rng) -> str:
    code, length = rng.choice(
        [("1", 10), ("44", 10), ("49", 10), ("81", 10), ("65", 8), ("91", 10), ("33", 9), ("61", 9)]
    )
    number = str(rng.randint(2, 9)) + digits(rng, length - 1)
    return rng.choice([f"+{code}{number}", f"+{code} {number[:3]} {number[3:]}", f"+{code}-{number[:3]}-{number[3:]}"])


def region_mobile(rng: Rng) -> str:
    return rng.choice(
        ["+852 " + rng.choice("569") + digits(rng, 7), "+8536" + digits(rng, 7), "+8869" + digits(rng, 8)]
    )


def landline(rng: Rng) -> str:
    area = rng.choice(["010", "021", "0571", "0755", "028", "0532"])
    return f"{area}-{rng.randint(2, 8)}{digits(rng, rng.choice([6, 7]))}"


def email(rng: Rng) -> str:
    name = "".join(rng.choices(string.ascii_lowercase + "._", k=rng.randint(3, 10))).strip("._") or "a"
    return (
        f"{name}{rng.randint(1, 99)}@{rng.choice(['qq.com', '163.com', 'gmail.com', 'mail.example.co.uk', 'corp.cn'])}"
    )


def ipv4(rng: Rng) -> str:
    return rng.choice(
        [f"10.{rng.randint(0, 255)}.", "192.168.", f"{rng.randint(1, 223)}.{rng.randint(0, 255)}."]
    ).rstrip(".") + "".join(f".{rng.randint(0, 255)}" for _ in range(2))


def ipv6(rng: Rng) -> str:
    address = ipaddress.IPv6Address((0x2409 << 112) | rng.getrandbits(96))
    return rng.choice([address.exploded, address.compressed])


def mac(rng: Rng) -> str:
    return rng.choice(":-").join(f"{rng.randint(0, 255):02x}" for _ in range(6))


def position(rng: Rng) -> str:
    return f"{rng.uniform(18, 53):.6f},{rng.uniform(74, 135):.6f}"


def chinese_name(rng: Rng) -> str:
    return rng.choice(SURNAMES) + "".join(rng.choices(GIVEN_CHARACTERS, k=rng.choice([1, 2, 2, 2])))


def chinese_address(rng: Rng) -> str:
    tail = rng.choice(
        [f"{rng.randint(1, 300)}号", f"{rng.randint(1, 60)}号{rng.randint(1, 20)}栋{rng.randint(101, 2304)}室", ""]
    )
    return rng.choice(CITIES) + rng.choice(DISTRICTS) + rng.choice(ROADS) + tail


def western_address(rng: Rng) -> str:
    street = rng.choice(["Main", "Oak", "Park Hill", "King"])
    return f"{rng.randint(1, 9999)} {street} {rng.choice(['St', 'Avenue', 'Road'])}"


def birth(rng: Rng) -> str:
    return day(rng).strftime(rng.choice(["%Y-%m-%d", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"]))


def amount(rng: Rng) -> float:
    return round(rng.lognormvariate(8, 2), 2)


KINDS = (
    Kind("cn.resident_id", resident_id, ("id_card", "sfzh", "身份证号", "certNo", "idCardNo", "ZJHM", "证件号码")),
    Kind("cn.resident_id", resident_or_passport, ("证件号码", "id_no", "certificate_no"), named=True),
    Kind("cn.mobile", mobile, ("mobile", "phone_no", "sjh", "手机号", "联系电话", "userPhone", "cell_phone")),
    Kind("cn.mobile", lambda rng: int(mobile_plain(rng)), ("mobile", "sjhm", "手机号码", "MSISDN")),
    Kind("cn.bank_card", bank_card, ("bank_card", "card_no", "yhkh", "银行卡号", "debitCardNo", "账号")),
    Kind("credit_card", payment_card, ("credit_card", "cardNumber", "pan", "信用卡号")),
    Kind("cn.uscc", credit_code, ("uscc", "credit_code", "tyshxydm", "统一社会信用代码", "org_code", "纳税人识别号")),
    Kind("iban", iban, ("iban", "account", "IBAN_No")),
    Kind("cn.plate", plate, ("plate_no", "车牌号", "cphm", "licensePlate")),
    Kind("cn.passport", passport, ("passport_no", "护照号", "hzhm", "passportNo"), named=True),
    Kind("us.ssn", ssn, ("ssn", "social_security_number"), least=120, dirty=False),
    Kind("imei", imei, ("imei", "device_id", "手机串号")),
    Kind(
        "imsi", lambda rng: "460" + rng.choice(["00", "01", "02", "03", "07", "11"]) + digits(rng, 10), ("imsi", "IMSI")
    ),
    Kind("phone", phone, ("phone", "tel", "contact_phone")),
    Kind("cn.region_mobile", region_mobile, ("hk_mobile", "港澳手机号", "mobile")),
    Kind("cn.landline", landline, ("landline", "固定电话", "office_phone", "tel")),
    Kind("email", email, ("email", "邮箱", "contact_email", "eMail", "dzyx")),
    Kind("ipv4", ipv4, ("ip", "client_ip", "登录IP地址", "remote_addr")),
    Kind("ipv6", ipv6, ("ipv6", "ip_addr")),
    Kind("mac", mac, ("mac", "mac_address", "wifi_bssid")),
    Kind("geo", position, ("location", "gps", "坐标", "latlng")),
    Kind("geo", lambda rng: round(rng.uniform(18, 53), 6), ("lat", "latitude", "纬度", "homeLat"), named=True),
    Kind("geo", lambda rng: round(rng.uniform(74, 135), 6), ("lng", "longitude", "经度", "lon"), named=True),
    Kind("cn.name", chinese_name, ("姓名", "xm", "cust_name", "联系人", "realName", "客户姓名", "name")),
    Kind("address", chinese_address, ("address", "家庭住址", "jtzz", "homeAddress", "通讯地址")),
    Kind(
        "address",
        western_address,
        ("address", "street", "home_address"),
    ),
    Kind("birth_date", birth, ("birth_date", "dob", "csrq", "出生日期", "birthday", "生日"), named=True),
    Kind("birth_date", day, ("birthDate", "出生年月日", "date_of_birth"), named=True),
    Kind(
        "person_name", lambda rng: f"{rng.choice(FIRST)} {rng.choice(LAST)}", ("full_name", "customerName"), named=True
    ),
    Kind("person_name", lambda rng: rng.choice(LAST), ("last_name", "surname"), named=True),
    Kind("sex", lambda rng: rng.choice(["男", "女"]), ("性别", "gender", "xb"), named=True, dirty=False),
    Kind("sex", lambda rng: rng.choice([0, 1, 2]), ("sex", "gender"), named=True),
    Kind("amount", amount, ("balance", "loan_amount", "月收入", "交易金额", "salary", "余额"), named=True),
    Kind("account", lambda rng: digits(rng, rng.randint(12, 17)), ("account_no", "acctNo", "yhzh"), named=True),
    Kind("credit", lambda rng: rng.randint(0, 400), ("逾期天数", "dpd", "授信额度", "overdue_days"), named=True),
    Kind("credential", lambda rng: f"{rng.getrandbits(128):032x}", ("password", "pwd", "登录密码"), named=True),
    Kind(
        "biometric",
        lambda rng: str([round(rng.random(), 3) for _ in range(4)]),
        ("face_feature", "指纹模板"),
        named=True,
    ),
    Kind(
        "health",
        lambda rng: rng.choice(["I10", "E11.9", "J45", "高血压", "糖尿病"]),
        ("diagnosis", "诊断", "icd10"),
        named=True,
    ),
    Kind(
        "work",
        lambda rng: rng.choice(["本科", "硕士", "高中", "博士", "Engineer"]),
        ("学历", "education", "occupation"),
        named=True,
    ),
)


# -- what only looks like it ------------------------------------------------------------------------------------------


def _wrong(make: Callable[[Rng], str], check: Callable[[str], str], alphabet: str) -> Maker:
    """The right form with a wrong check digit."""

    def made(rng: Rng) -> str:
        body = make(rng)[:-1]
        return body + rng.choice([each for each in alphabet if each != check(body)])

    return made


def _counter(start: int, step: int = 1) -> Callable[[], Maker]:
    """Numbers in order."""

    def fresh() -> Maker:
        state = {"at": start}

        def made(rng: Rng) -> int:
            state["at"] += rng.randint(1, 2 * step)
            return state["at"]

        return made

    return fresh


def _plain_resident(rng: Rng) -> str:
    return rng.choice(_DIVISIONS.split()) + day(rng).strftime("%Y%m%d") + digits(rng, 4)


PRODUCTS = [
    a + b
    for a in ["黄金", "白酒", "高山", "金银", "石榴", "马鞍", "江南", "云锦", "牛仔", "水晶", "龙井", "花雕", "方便"]
    for b in ["茶", "面", "裤", "包", "灯", "刀", "纸", ""]
]
FOREIGN = [
    "红木家具",
    "蓝牙耳机",
    "手机壳",
    "毛巾",
    "钢笔",
    "高跟鞋",
    "羽毛球",
    "洗衣液",
    "电饭煲",
    "沐浴露",
    "白砂糖",
    "金龙鱼",
    "康师傅",
    "王老吉",
    "石头剪",
    "万能胶",
]

LOOKALIKES: dict[str, tuple[Callable[[], Maker], tuple[str, ...]]] = {
    "18 digits, random": (lambda: lambda rng: digits(rng, 18), ("order_no", "订单号", "trade_id")),
    "18 digits, division and date, random check": (lambda: _plain_resident, ("order_no", "流水号", "serial")),
    "18 characters, wrong check": (
        lambda: _wrong(resident_id_new, resident_check, "0123456789X"),
        ("batch_no", "工单号"),
    ),
    "18 digits, time first": (
        lambda: lambda rng: day(rng, 2015, 2024).strftime("%Y%m%d") + digits(rng, 10),
        ("order_id", "单号"),
    ),
    "15 digits, random": (lambda: lambda rng: digits(rng, 15), ("trace_id", "序号")),
    "15 digits, device prefix, random": (lambda: lambda rng: "86" + digits(rng, 13), ("sn", "asset_no")),
    "16 digits, counter": (_counter(6217001234567890), ("seq", "序列号")),
    "16 digits, issuer prefix, random": (lambda: lambda rng: "6228" + digits(rng, 12), ("member_no", "会员编号")),
    "16 digits, 4 first, random": (lambda: lambda rng: "4" + digits(rng, 15), ("coupon", "券号")),
    "16 digits, wrong Luhn": (
        lambda: _wrong(lambda rng: (bank_card(rng) + "0" * 3)[:16], luhn_digit, string.digits),
        ("ref",),
    ),
    "19 digits, snowflake": (_counter(1_750_000_000_000_000_000, 10**12), ("id", "snowflake", "msg_id")),
    "11 digits, random": (lambda: lambda rng: digits(rng, 11), ("qty_code", "编码")),
    "11 digits, 1 first, random": (lambda: lambda rng: "1" + digits(rng, 10), ("barcode", "条码")),
    "11 digits, counter": (_counter(13800000000), ("seq_no", "编号")),
    "seconds in tenths, 2024": (lambda: lambda rng: 17040672000 + rng.randint(0, 316_224_000), ("ts", "event")),
    "seconds in tenths, 2011-2017": (lambda: lambda rng: 13000000000 + rng.randint(0, 2_000_000_000), ("t", "epoch10")),
    "milliseconds": (lambda: lambda rng: 1_700_000_000_000 + rng.randint(0, 10**10), ("ts_ms", "created")),
    "seconds": (lambda: lambda rng: 1_600_000_000 + rng.randint(0, 10**8), ("ts", "update_ts")),
    "13 digits, EAN": (lambda: lambda rng: "69" + digits(rng, 11), ("ean", "商品条码")),
    "9 digits": (lambda: lambda rng: digits(rng, 9), ("n9", "code")),
    "3-2-4 digits, random": (
        lambda: lambda rng: f"{digits(rng, 3)}-{digits(rng, 2)}-{digits(rng, 4)}",
        ("part_no", "料号"),
    ),
    "credit code, random check": (
        lambda: lambda rng: credit_code(rng)[:17] + rng.choice(string.digits),
        ("contract", "合同编号"),
    ),
    "iban, random check": (lambda: lambda rng: "DE" + digits(rng, 20), ("ref_no", "voucher")),
    "versions of four": (
        lambda: lambda rng: ".".join(str(rng.randint(0, 30)) for _ in range(4)),
        ("app", "build", "v4"),
    ),
    "versions of three": (lambda: lambda rng: ".".join(str(rng.randint(0, 30)) for _ in range(3)), ("app", "release")),
    "builds": (lambda: lambda rng: f"10.0.{rng.randint(10000, 22000)}.{rng.randint(1, 999)}", ("build",)),
    "clock times": (
        lambda: lambda rng: f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}",
        ("clock",),
    ),
    "dates of orders": (lambda: lambda rng: day(rng, 2018, 2025).isoformat(), ("order_date", "下单日期", "maturity")),
    "stamps": (
        lambda: lambda rng: f"{day(rng, 2020, 2025)} {rng.randint(10, 23)}:{rng.randint(10, 59)}:00",
        ("created_at",),
    ),
    "handles": (lambda: lambda rng: "@" + email(rng).split("@")[0], ("handle", "nick")),
    "user@host": (
        lambda: lambda rng: email(rng).split("@")[0] + "@host" + str(rng.randint(1, 9)),
        ("principal", "login"),
    ),
    "domains": (lambda: lambda rng: email(rng).split("@")[1], ("domain", "site")),
    "urls": (lambda: lambda rng: f"https://{email(rng).split('@')[1]}/{rng.randint(1, 999)}", ("url", "link")),
    "uuids": (
        lambda: lambda rng: f"{rng.getrandbits(32):08x}-{rng.getrandbits(16):04x}-{rng.getrandbits(48):012x}",
        ("uuid",),
    ),
    "hashes": (lambda: lambda rng: f"{rng.getrandbits(128):032x}", ("checksum", "etag")),
    "12 hex": (lambda: lambda rng: f"{rng.getrandbits(48):012x}", ("commit", "trace")),
    "companies": (
        lambda: lambda rng: rng.choice(CITIES) + rng.choice(DISTRICTS) + rng.choice(["盛达", "华通"]) + "科技有限公司",
        ("单位", "company"),
    ),
    "cities": (
        lambda: (
            lambda rng: rng.choice(
                [
                    "北京",
                    "上海",
                    "武汉",
                    "苏州",
                    "温州",
                    "郑州",
                    "徐州",
                    "常州",
                    "沈阳",
                    "济南",
                    "金华",
                    "江门",
                    "安阳",
                    "马鞍山",
                ]
            )
        ),
        ("city", "城市"),
    ),
    "products": (lambda: lambda rng: rng.choice(PRODUCTS), ("品名", "goods")),
    "goods": (lambda: lambda rng: rng.choice(FOREIGN), ("产品", "sku_title")),
    "words": (
        lambda: (
            lambda rng: rng.choice(
                ["已完成", "处理中", "白名单", "高风险", "黄色", "金卡", "石材", "安全", "方案", "任务", "常规"]
            )
        ),
        ("结果", "tag"),
    ),
    "temperatures": (lambda: lambda rng: round(rng.uniform(-10, 40), 2), ("wd", "temp", "温度")),
    "shares": (lambda: lambda rng: round(rng.random(), 6), ("score_x", "p", "feature_3")),
    "decimals with sign": (lambda: lambda rng: f"+{rng.randint(10**7, 10**9)}", ("delta", "变动")),
    "pairs of numbers": (
        lambda: lambda rng: f"{rng.uniform(100, 900):.4f},{rng.uniform(200, 900):.4f}",
        ("range", "bounds"),
    ),
    "plate-like codes": (
        lambda: lambda rng: rng.choice(LETTERS) + rng.choice(LETTERS) + digits(rng, 5),
        ("code", "航班"),
    ),
    "warehouse codes": (lambda: lambda rng: "仓" + rng.choice(LETTERS) + digits(rng, 5), ("bin", "库位")),
    "E and 8 digits": (lambda: lambda rng: "E" + digits(rng, 8), ("order_no", "工号x")),
    "id_card_type": (lambda: lambda rng: rng.choice(["01", "02", "03", "04"]), ("id_card_type", "证件类型")),
    "phone_model": (
        lambda: lambda rng: rng.choice(["iPhone 12", "Mi 11", "P40", "Find X3"]),
        ("phone_model", "手机型号"),
    ),
    "email_flag": (lambda: lambda rng: rng.choice(["Y", "N"]), ("email_flag", "是否有邮箱", "is_mobile_verified")),
    "ip_count": (lambda: lambda rng: rng.randint(0, 90), ("ip_count", "登录IP数量", "card_count", "address_cnt")),
    "phone_brand": (
        lambda: lambda rng: rng.choice(["华为", "小米", "OPPO", "vivo", "苹果"]),
        ("mobile_brand", "手机品牌"),
    ),
    "random Han": (
        lambda: lambda rng: "".join(chr(rng.randint(0x4E00, 0x9000)) for _ in range(rng.choice([2, 3]))),
        ("w",),
    ),
    "small integers": (lambda: lambda rng: rng.randint(0, 100), ("age_group", "n", "cnt7")),
    "floats": (lambda: lambda rng: rng.gauss(0, 1), ("x1", "z")),
    "booleans": (lambda: lambda rng: rng.random() < 0.5, ("label", "y_true")),
    "sentences": (
        lambda: lambda rng: " ".join(rng.choices(["the", "order", "was", "sent", "to", "12", "Main"], k=8)),
        ("note",),
    ),
    "phone numbers cut short": (lambda: lambda rng: mobile_plain(rng)[:10], ("p10", "code10")),
    "extensions": (lambda: lambda rng: digits(rng, 4), ("ext", "分机")),
    "zip codes": (lambda: lambda rng: digits(rng, 6), ("zip", "邮编")),
}


def resident_id_new(rng: Rng) -> str:
    body = rng.choice(_DIVISIONS.split()) + day(rng).strftime("%Y%m%d") + digits(rng, 3)
    return body + resident_check(body)


# -- columns ----------------------------------------------------------------------------------------------------------


def column(rng: Rng, make: Maker, *, dirty: float = 0.0, least: int = 30) -> pa.Array:
    """30 to 1500 rows with nulls, repeats, and a share of what does not belong: words for nothing, and rubbish."""
    rows = max(least, rng.choice([30, 60, 120, 300, 800, 1500]))
    values = [make(rng) for _ in range(rows)]
    numeric = not isinstance(values[0], str)
    for place in range(rows):
        if rng.random() < 0.05:
            values[place] = None
        elif not numeric and rng.random() < dirty:
            values[place] = rng.choice([*NOTHING, "".join(rng.choices(string.ascii_lowercase, k=7)), digits(rng, 5)])
        elif rng.random() < 0.05:
            values[place] = values[rng.randrange(rows)]
    return pa.array(values)


def positives(rng: Rng, each: int) -> list[Case]:
    """`each` columns per kind, half of them under a name that tells nothing where the content can speak."""
    cases = []
    for kind in KINDS:
        for number in range(each):
            name = rng.choice(kind.names if kind.named or number % 2 else NEUTRAL)
            dirty = rng.choice([0.0, 0.02, 0.1, 0.25]) if kind.dirty else 0.0
            table = pa.table({name: column(rng, kind.make, dirty=dirty, least=kind.least)})
            cases.append(Case(table, kind.detector, kind.detector))
    return cases


def negatives(rng: Rng, each: int) -> list[Case]:
    """`each` columns per look-alike, a third of them under a neutral name."""
    cases = []
    for kind, (fresh, names) in LOOKALIKES.items():
        for number in range(each):
            name = rng.choice(NEUTRAL) if number % 3 == 0 else rng.choice(names)
            cases.append(Case(pa.table({name: column(rng, fresh())}), None, kind))
    return cases


def corpus(seed: int, each: int) -> list[Case]:
    """All columns of a seed."""
    rng = random.Random(seed)
    return positives(rng, each) + negatives(rng, each)
