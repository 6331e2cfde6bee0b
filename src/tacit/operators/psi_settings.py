"""The parameters of private set intersection with their titles, help texts and choices in both languages."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from tacit.operators.setting import setting
from tacit.schema.text import Text

Rule = Annotated[
    str,
    StringConstraints(
        pattern=r"^(trim|lower|upper|fold|nfkc|no_space|no_dash|digits|no_leading_zeros|integer|phone_cn|phone_e164"
        r"|phone:[1-9][0-9]{0,2}|id_cn|email|email_domain)$"
    ),
]
NormaliseRules = Annotated[list[Annotated[list[Rule], Field(max_length=8)]], Field(max_length=8)]

_NAMES = {"receiver": Text("接收方", "the receiver"), "sender": Text("发送方", "the sender")}


def key_columns(role: str) -> Any:
    """The key columns of one side."""
    name = _NAMES[role]
    return setting(
        None,
        title=Text(f"{name.zh}标识列", f"Key columns of {name.en}"),
        help=Text(
            "参与求交的标识列；留空则使用读取数据时声明的标识列。双方的列数与含义须按顺序一致。",
            "Columns that are compared; empty for the key columns declared when reading. Both sides need the same "
            "number of columns with the same meaning, in the same order.",
        ),
        widget="columns",
        role=role,
    )


def given_columns(role: str, to: str) -> Any:
    """Columns of the matching rows that one side gives to the other."""
    giver, taker = _NAMES[role], _NAMES[to]
    return setting(
        [],
        title=Text(f"{giver.zh}提供的列", f"Columns that {giver.en} gives"),
        help=Text(
            f"匹配行中以明文提供给{taker.zh}的列（标签扩充）。",
            f"Columns of the matching rows that {taker.en} gets in the clear (label expansion).",
        ),
        widget="columns",
        role=role,
    )


def value_columns() -> Any:
    """Columns of the sender that are summed."""
    return setting(
        [],
        title=Text("求和列", "Columns to sum"),
        help=Text(
            "发送方的数值列，仅对匹配行求和；只揭示总和与匹配数量，给定阈值时则不揭示数量。",
            "Numeric columns of the sender that are summed over the matching rows. Only the sums and the number of "
            "matching rows are revealed; with a threshold, not even the number.",
        ),
        widget="columns",
        role="sender",
    )


NORMALISE: Any = setting(
    [],
    title=Text("标识规范化", "Normalisation of keys"),
    help=Text(
        "按标识列的顺序，为每列给出依次应用的规则；双方一致。trim 去首尾空白，lower、upper、fold 大小写，"
        "nfkc Unicode 兼容规范化，no_space、no_dash 去除空白、连字符，digits 仅留数字，integer 整数，"
        "phone_cn 手机号，id_cn 居民身份证号，email 电子邮箱等。",
        "For each key column, in order, the rules that are applied one after the other, the same at both sides: trim, "
        "lower, upper, fold (case), nfkc (Unicode compatibility form), no_space, no_dash, digits, no_leading_zeros, "
        "integer, phone_cn, phone_e164, phone:COUNTRY, id_cn (Chinese resident number), email, email_domain.",
    ),
)
NULLS: Any = setting(
    "refuse",
    title=Text("标识缺失的行", "Rows without a key"),
    help=Text(
        "标识列含缺失值或不符合规则的行如何处理。",
        "What to do with rows that miss a value in a key column, or whose value a rule cannot accept.",
    ),
    options={"refuse": Text("报错并停止", "Stop with an error"), "drop": Text("不参与求交", "Leave them out")},
)
DUPLICATES: Any = setting(
    "refuse",
    title=Text("标识重复的行", "Rows with the same key"),
    help=Text("同一方多行标识相同时如何处理。", "What to do when several rows of one side have the same key."),
    options={
        "refuse": Text("报错并停止", "Stop with an error"),
        "first": Text("保留第一行", "Keep the first"),
        "all": Text("全部保留并两两组合", "Keep all, in every combination"),
    },
)
REVEAL: Any = setting(
    "rows",
    title=Text("揭示内容", "What is revealed"),
    help=Text("求交之后可以获知什么。", "What may be known after the match."),
    options={
        "rows": Text("哪些行相同", "Which rows are common"),
        "count": Text("仅相同的数量", "Only how many"),
        "threshold": Text("仅是否达到阈值", "Only whether a threshold is reached"),
        "sum": Text("匹配行的求和与数量", "A sum over the common rows, and how many"),
    },
)
LEARNER: Any = setting(
    "both",
    title=Text("获知结果的一方", "Who learns the result"),
    help=Text("结果由双方获知，或仅由接收方获知。", "Whether both parties learn the result, or the receiver alone."),
    options={"both": Text("双方", "Both"), "receiver": Text("仅接收方", "The receiver alone")},
)
JOIN: Any = setting(
    "inner",
    title=Text("连接方式", "Join"),
    help=Text(
        "输出哪些行。左、右指接收方、发送方；缺少对方的行以空值补齐。并集会向双方揭示对方的全部标识。",
        "Which rows come out. Left is the receiver, right the sender; rows without a partner are filled with nulls. A "
        "union shows each side all keys of the other.",
    ),
    options={
        "inner": Text("内连接", "Inner"),
        "left": Text("左连接", "Left"),
        "right": Text("右连接", "Right"),
        "full": Text("全连接", "Full"),
        "difference": Text("差集（仅接收方有的行）", "Difference (rows that only the receiver has)"),
        "union": Text("标识并集", "Union of keys"),
    },
)
THRESHOLD: Any = setting(
    None,
    title=Text("阈值", "Threshold"),
    help=Text(
        "相同标识的数量是否至少为此值；求和时，仅在达到此值时揭示总和，且不揭示数量。",
        "Whether at least this many keys are common. With a sum: it is revealed only if so, and the number is not.",
    ),
    ge=1,
    le=1 << 21,
)
VALUE_BOUND: Any = setting(
    1 << 31,
    title=Text("求和列的上界", "Bound of the values"),
    help=Text(
        "求和列的绝对值不超过此值，双方一致；超出则报错。",
        "No value is larger than this in magnitude; the same at both sides. A larger one is an error.",
    ),
    ge=1,
    le=1 << 62,
)
VALUE_SCALE: Any = setting(
    0,
    title=Text("求和列的小数位（二进制）", "Binary places of the values"),
    help=Text(
        "小数按 2 的负幂取整：0 为整数，20 约为百万分之一。",
        "Decimal numbers are rounded to steps of two to the minus this: 0 for whole numbers, 20 for about a millionth.",
    ),
    ge=0,
    le=48,
)
EPSILON: Any = setting(
    None,
    title=Text("差分隐私预算 ε", "Differential privacy ε"),
    help=Text(
        "在揭示的数量上加入噪声；留空为精确值。",
        "Noise on the revealed number; empty for the exact one.",
    ),
    gt=0,
    le=100,
)
PROTOCOL: Any = setting(
    "auto",
    title=Text("协议", "Protocol"),
    help=Text(
        "自动按双方规模选择并在报告中说明理由；也可指定。",
        "Chosen from the sizes, with the reason in the report, unless you name one.",
    ),
    options={
        "auto": Text("自动", "Automatic"),
        "vole": Text("VOLE（大数据量最快）", "VOLE (fastest for large tables)"),
        "ecdh": Text("ECDH（小数据量）", "ECDH (small tables)"),
        "unbalanced": Text("保留的密封表（大表对少量查询）", "Kept sealed table (few against many)"),
    },
)
ALLOW_KEPT_TABLE: Any = setting(
    False,
    title=Text("允许自动选用密封表", "A kept table may be chosen"),
    help=Text(
        "允许在发送方的标识达到接收方一千倍时自动选用 unbalanced：发送方的密封表保存在接收方节点，供以后的运行使用。",
        "Lets `auto` take `unbalanced` where the sender has at least a thousand times as many keys. The receiver's "
        "node then keeps the sender's sealed table for later runs.",
    ),
)
TABLE_QUERIES: Any = setting(
    1_000_000,
    title=Text("密封表的查询额度", "Queries of a sealed table"),
    help=Text(
        "unbalanced：接收方对一张密封表一生最多可查询的标识个数；用尽即拒绝，直到发送方换用新密钥。",
        "unbalanced: how many keys the receiver may ask a sealed table about in the table's whole life. More is "
        "refused until the sender has a new key.",
    ),
    ge=1,
    le=1 << 27,
)
TABLE_DAYS: Any = setting(
    90,
    title=Text("密封表的有效天数", "Days of a sealed table"),
    help=Text(
        "unbalanced：超过此天数的密封表不再使用，发送方以新密钥重新密封，查询额度重新计算。",
        "unbalanced: an older sealed table is not used again; the sender seals a new one under a new key, and queries "
        "are counted anew.",
    ),
    ge=1,
    le=3650,
)
GROUP: Any = setting(
    "ristretto255",
    title=Text("椭圆曲线群", "Elliptic-curve group"),
    help=Text(
        "ECDH 协议所用的群。ristretto255（RFC 9496）为素数阶群，最快，推荐使用；x25519（RFC 7748）、p256（RFC 9380）与 "
        "sm2（GB/T 32918，SM3 试探递增映射）仅在互联互通或合规要求时选用，后两者较慢。",
        "Group of the ECDH protocol. ristretto255 (RFC 9496) has prime order, is the fastest and recommended; take "
        "x25519 (RFC 7748), p256 (RFC 9380) or sm2 (GB/T 32918, hashed to by SM3, try and increment) only where an "
        "agreement or a rule asks for it. The last two are slower.",
    ),
    options={
        "ristretto255": Text("ristretto255（推荐）", "ristretto255 (recommended)"),
        "x25519": Text("x25519", "x25519"),
        "p256": Text("P-256（较慢）", "P-256 (slower)"),
        "sm2": Text("SM2 国密（较慢）", "SM2 (slower)"),
    },
)
MALICIOUS: Any = setting(
    False,
    title=Text("防恶意对手", "Against malicious parties"),
    help=Text(
        "加入一致性校验，使不遵守协议的一方无法获知更多；略慢。",
        "With checks, so that a party that departs from the protocol learns nothing more; a little slower.",
    ),
)
SINCE: Any = setting(
    None,
    title=Text("系列名称（仅新增匹配）", "Series (new matches only)"),
    help=Text(
        "给定系列名称时，仅输出自该系列上次运行以来新增的匹配；双方各自在本节点保存上次参与比较的标识摘要。留空则比较全部。",
        "With the name of a series only matches that are new since its last run come out. Each side keeps digests of "
        "the keys that it compared, on its own node. Empty: everything is compared.",
    ),
)
