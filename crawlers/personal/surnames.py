"""Is this the full name of a natural person, or what has become of one? By the surnames of nearly everybody in China."""

from __future__ import annotations

import re

from storage.records import NameForm, PersonKind

_SINGLE = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹"
    "薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪季尤祝巫纪舒柯梅童毕霍祁翟焦柴鲁申喻左牛耿葛安齐庞樊兰殷颜倪章聂关俞翁华牟蓝涂欧岳成辛"
    "裴柳包管路盛饶祖穆费卞冉苗凌霄芦单卓骆温车房解甘游井滕靳宁查屈鲍桂党郎符蒲景阮岑项隋詹娄褚宫池冼招揭巩缪窦燕麦苟麻乐冷艾晏谷封佟展桑原米明臧植苑司全储计"
    "胥敖仇占敬商慕匡边盘那支尚丛胜粟农雍幸连区柏闵谌寇席奚修宣戚郁郗栾桓晋糜邢邴晁卜步昌班鄂丰伏扈皇蓟荆鞠阚郦练蔺逯禄蒙乜甯曲茹芮莎山佘双朔松宿邰通屠危蔚邬"
    "习鲜轩荀鄢阳衣荫印应庾虞禹元越昝宰湛钊竺诸訾宗俎佐但漆邸阿么仝信卫水云凤花酆廉时傅皮伍平和萧狄贝谈茅刁裘干贲杭吉钮嵇滑荣羊於惠甄羿汲乌巴弓牧隗宓蓬仰秋仲"
    "伊暴钭厉戎束韶郜薄怀索咸籍阴苍闻莘贡劳逄姬扶堵郤璩濮寿冀郏浦庄瞿宦鱼容古慎戈暨衡都阙殳沃夔隆厍勾融简沙巢蒯盖言帅缑亢况郈琴楚仉督墨年代邝"
)
_DOUBLE = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "夏侯",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "东方",
        "长孙",
        "宇文",
        "端木",
        "南宫",
        "独孤",
        "司空",
        "轩辕",
        "呼延",
        "澹台",
        "淳于",
        "单于",
        "申屠",
        "钟离",
        "东郭",
        "西门",
        "第五",
    ]
)
# Surnames that are also everyday words: behind 被害人 they often begin the next word (被害人向法庭…, 被害人方…).
NEVER_INLINE = frozenset("于向和时应经从能有连都原但过后相须双元越就所因")
AMBIGUOUS = frozenset(
    "方家常车万成何明安全文武平高白左关包管解单计信通路温华项支任齐展申曾曲修鲜宰衣商印麻冷山步昌黄石水金钱卡施伤许严"
)
_FUNCTION = frozenset(
    "的了在是被于与和及向对从至将等称说述系某因到把给让使为或之其此该以即则者也又还已曾未不无非均各每就都而且但若如所由经自同跟比按据令遭受予"
)
_COMPANY = re.compile(
    r"(?<!^)(?:公司|厂|[商车粮药酒银支分]行|营业部|经营部|门市部?|店|中心|合作(?:联)?社|信用社|集团|事务所|超市|酒店|宾馆|企业|基金|[煤金铁]矿|农场|工作室|餐厅|"
    r"网吧|分理处|商铺|档口|作坊|茶楼|会所|俱乐部|项目部|工程队|\((?:有限|普通|特殊普通)合伙\))$"
)
_NO_NAMES = frozenset(
    [
        "单位",
        "双方",
        "方面",
        "任何",
        "何人",
        "全体",
        "单独",
        "居民",
        "成年",
        "平时",
        "高级",
        "施工",
        "安全",
        "文化",
        "时间",
        "应当",
        "明确",
        "关于",
        "计算",
        "连续",
        "通知",
        "包括",
        "管理",
        "解除",
    ]
)
_AGENCY = re.compile(
    r"政府|[\u4e00-\u9fff]局$|委员会|检察院|公安|派出所|法院|[省市]厅$|办公室|管理所|街道办|大学|学院|学校|[中小]学$|幼儿园|医院|卫生院|研究[所院]|协会|学会|工会|联合会|村民小组|"
    r"居委会|村委会|监狱|看守所|中队|大队|支队|总队|海关|税务|[厅署]$|红十字"
)
_SENTENCE = re.compile(r"^(?:公司|单位|银行|方)|住所地|位于|应当|认为|系.{2}")
_ANONYMISED = re.compile(
    r"(?:[\u4e00-\u9fff]{1,2}|[A-Za-z])某{1,3}(?:[甲乙丙丁戊己庚辛壬癸]|\d{1,2}|[A-Za-z]|[一二三四五六七八九十])?"
)
_NUMBERED = re.compile(r"某+(?:[甲乙丙丁戊己庚辛壬癸]|\d{1,2}|[A-Za-z]|[一二三四五六七八九十])$")
_SYMBOL = re.compile(r"[\u4e00-\u9fff]{0,2}[×xX*○□＊]{1,3}[\u4e00-\u9fff]{0,2}\d?|[\u4e00-\u9fff](?:先生|女士|小姐)")
_PLACEHOLDER = re.compile(r"[\u4e00-\u9fff]{1,2}[甲乙丙丁戊己庚辛壬癸]|[甲乙丙丁][\u4e00-\u9fff]?|某+")
_MINORITY = re.compile(r"[\u4e00-\u9fff]{1,8}[·•][\u4e00-\u9fff·•]{1,14}")
_FOREIGN = re.compile(r"[A-Za-z][A-Za-z.' -]{2,40}")


def kind_of(name: str) -> PersonKind:
    """Natural person, company or public body; companies called 某某公司 are companies too."""
    if _AGENCY.search(name) and not re.search(r"公司$", name):
        return PersonKind.AGENCY
    if _COMPANY.search(name) and not _SENTENCE.search(name):
        return PersonKind.COMPANY
    if len(name) <= 4 or _MINORITY.fullmatch(name) or _FOREIGN.fullmatch(name) or _ANONYMISED.fullmatch(name):
        return PersonKind.NATURAL
    return PersonKind.UNKNOWN


def form_of(name: str, kind: PersonKind) -> NameForm:
    """In full, as surname and 某, with signs, or something else that gives nobody away."""
    if kind in (PersonKind.COMPANY, PersonKind.AGENCY):
        return NameForm.ANONYMISED if re.search(r"某|[×*○]|[Xx]{2}", name) else NameForm.FULL
    if _ANONYMISED.fullmatch(name):
        return NameForm.ANONYMISED
    if _SYMBOL.fullmatch(name):
        return NameForm.SYMBOL
    if _PLACEHOLDER.fullmatch(name):
        return NameForm.OTHER
    return NameForm.FULL if is_full_name(name) else NameForm.OTHER


def is_full_name(name: str) -> bool:
    """Surname and given name, nothing hidden."""
    if _MINORITY.fullmatch(name):
        return "某" not in name
    if _PLACEHOLDER.fullmatch(name) or name in _NO_NAMES or not re.fullmatch(r"[\u4e00-\u9fff]{2,4}", name):
        return False
    given = given_of(name)
    return given is not None and 1 <= len(given) <= 2 and not any(c in _FUNCTION for c in given)


def given_of(name: str) -> str | None:
    """The given name, or None if the text begins with no surname."""
    if name[:2] in _DOUBLE and len(name) > 2:
        return name[2:]
    return name[1:] if name[:1] in _SINGLE else None


def is_numbered(label: str) -> bool:
    """张某1, 张某甲: told apart from others of that surname."""
    return _NUMBERED.search(label) is not None
