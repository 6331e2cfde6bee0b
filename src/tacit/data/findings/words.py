"""Words of Chinese names and addresses, and number segments: facts of the public record."""

from __future__ import annotations

import re

# The hundred or so commonest surnames first (they cover about nine tenths of the population), then rarer ones.
COMMON_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范"
    "金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂"
)
RARE_SURNAMES = (
    "章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕"
    "屈饶解牟艾尤时穆农阎司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎"
    "甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 "
    "濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 "
    "公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 "
    "微生 左丘 西门 第五"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
GIVEN = frozenset(  # characters that are common in given names
    "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲芬燕彩春菊凤洁梅琳素云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉"
    "叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希"
    "宁欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝思豪炎俊峰健晖宏鹏飞鑫波斌宇浩凯亮帅辉建国志文武光东海山仁义兴良贵福生龙"
    "元全胜学祥才发成康星达永家子轩睿诚博文昊天泽雨辰涵梓萱诗琪宸铭瀚晨阳鸣俪惠慧淑雅楠桐立新民利清彬富顺信友裕河哲江中茂进林有坚和彪"
    "庆昌耀运广绍世忠厚松岩柏树栋梁栩冬夏奇乐毅远旭正德绪强钧冠策腾榕风航弘义安心邦承绍功松善庆磊民友小金长"
)
TOP_SURNAMES = frozenset("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")  # about half of all people

PROVINCES = (
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州|云南|"
    "西藏|陕西|甘肃|青海|宁夏|新疆|台湾|香港|澳门"
)
_CITIES = (  # larger cities whose name begins like a surname
    "安康 安庆 安顺 安阳 鞍山 白城 白山 白银 包头 毕节 常德 常州 成都 池州 丹东 邓州 丰城 "
    "甘孜 高密 高平 高邮 高州 关岭 海口 杭州 和田 洪湖 华阴 怀化 黄冈 黄骅 黄山 黄石 霍州 "
    "吉安 吉林 吉首 江门 江阴 江油 江都 焦作 金昌 金华 金坛 荆门 荆州 康定 兰溪 兰州 雷州 "
    "黎城 连州 廉江 林芝 林州 柳州 六安 龙港 龙口 龙岩 娄底 卢氏 鲁山 陆丰 罗定 马鞍山 茅台 "
    "梅州 蒙自 孟州 明光 南安 南昌 南充 南京 南宁 南平 南通 南阳 宁波 宁德 宁国 彭州 平度 "
    "平湖 钦州 秦皇岛 青岛 丘北 曲阜 曲靖 任丘 荣成 沙河 沙市 商洛 商丘 尚志 韶关 沈丘 沈阳 "
    "石河子 石家庄 石狮 石首 石嘴山 苏州 宿州 台州 汤阴 唐山 滕州 万宁 温岭 温州 文昌 文山 乌海 "
    "巫溪 无锡 吴川 吴江 吴忠 武安 武冈 武汉 武威 武穴 武夷山 夏邑 项城 萧山 辛集 邢台 徐州 "
    "许昌 阎良 阳江 阳泉 杨凌 伊春 应城 尤溪 于都 余姚 禹州 玉林 玉门 玉溪 岳阳 云浮 张家港 "
    "张家界 张家口 张掖 章丘 郑州 钟祥 周口 诸城 诸暨 庄河 邹城 邹平"
)
CITIES = frozenset(_CITIES.split())
PROVINCE_CODES = (  # first two digits of the administrative divisions of GB/T 2260
    *(11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46),
    *(50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83),
)
HIGHEST_PREFECTURE = 53  # third and fourth digit: 01..53, or 90 for counties directly under a province
PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

# First three digits of mobile numbers that are given out in mainland China.
MOBILE = "(?:13[0-9]|14[5-9]|15[0-35-9]|16[2567]|17[0-8]|18[0-9]|19[0-35-9])"
NETWORKS = "0[0-9]|11|13|15|20"  # mobile network codes after 460

_CALLS = (  # country code: fewest and most digits that follow (ITU-T E.164)
    "1:10-10 7:10-10 20:8-10 27:9-9 30:10-10 31:9-9 32:8-9 33:9-9 34:9-9 36:8-9 39:8-11 40:9-9 41:9-9 "
    "43:7-12 44:9-10 45:8-8 46:7-9 47:8-8 48:9-9 49:6-11 51:8-9 52:10-10 54:10-11 55:10-11 56:9-9 "
    "57:10-10 60:8-10 61:9-9 62:8-11 63:9-10 64:8-10 65:8-8 66:8-9 81:9-10 82:8-10 84:9-10 86:10-11 "
    "90:10-10 91:10-10 92:9-10 93:9-9 94:9-9 98:10-10 212:9-9 213:9-9 216:8-8 234:8-10 254:9-9 351:9-9 "
    "352:6-9 353:7-9 354:7-9 358:6-10 359:8-9 370:8-8 371:8-8 372:7-8 380:9-9 381:8-9 385:8-9 386:8-8 "
    "420:9-9 421:9-9 852:8-8 853:8-8 855:8-9 880:8-10 886:8-9 961:7-8 962:8-9 965:8-8 966:9-9 971:8-9 "
    "972:8-9 974:8-8 977:8-10 998:9-9"
)
_IBANS = (  # country and length (ISO 13616 register)
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 "
    "ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 "
    "LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 "
    "RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
)


def _calls(text: str) -> dict[str, tuple[int, int]]:
    parts = [re.split("[:-]", each) for each in text.split()]
    return {code: (int(low), int(high)) for code, low, high in parts}


CALLING_CODES = _calls(_CALLS)
IBAN_LENGTHS = {each[:2]: int(each[2:]) for each in _IBANS.split()}
