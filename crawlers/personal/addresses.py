"""Home addresses of natural persons that go further than the county or district.

Only where a word says that somebody lives there, and the same sentence speaks of a person: a company's domicile and the
place where something happened are printed lawfully.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawlers.personal.mention import Mention
from crawlers.sieve import Sieved
from storage.records import DatumKind, Holder

_LABEL = Sieved(
    r"(?P<label>(?:户籍|身份证|家庭|经常|现|原)?(?:住所地|住所|住址|居住地|居住|地址)|户籍(?:所在地|地)|户口所在地|籍贯所在地|家住|现住|送达地址|"
    r"(?:^|(?<=[,;、。:)\s]))住(?![院房宅户建宿持址所处进]))"
    r"(?:地)?(?:为|是|于|在|位于)?\s*:?\s*(?P<address>[^,。;\n\t(]{4,60})",
    re.M,
)
# Below the county: a street, a village, a house. What stands before the sign must be a name or a number, not a mask.
_FINE = re.compile(
    r"[^×xX*某○□\W_](?:路|街(?!道)|大道|巷|弄|胡同|村|组|社区|小区|花园|苑|新村|公寓|栋|幢|座|楼|单元|室|号)"
)
_HOUSE = re.compile(r"\d+\s*(?:号|栋|幢|室|组|单元|弄|楼|座|房)|[\u4e00-\u9fff]+村")
_TOWNSHIP = re.compile(r"[^×xX*某○□\W\d_](?:镇|乡|街道)")
# Province, city and county, whose own names hold such signs too (鼓楼区, 路北区, 景德镇市): what follows them counts.
_AREA = re.compile(
    r"(?:[\u4e00-\u9fff]{1,10}?(?:省|自治区))?(?:[\u4e00-\u9fff]{1,10}?(?:市|自治州|地区|盟))?(?:[\u4e00-\u9fff]{1,12}?(?:自治县|县|区|旗|市))?"
)
_MASK = re.compile(r"[×xX*某○□]{1,}")
_ENTITY = re.compile(
    r"公司|工厂|[\u4e00-\u9fff]厂|商行|[\u4e00-\u9fff]店|中心|合作社|委员会|政府|管理局|[\u4e00-\u9fff]局|学校|医院|银行|支行|经营部|事务所|个体工商户|集团|协会|法定代表人|负责人|"
    r"经营者|检察院|法院|营业部|项目部|基金会|研究[所院]|[大中小]学|支队|大队"
)
_PERSON = re.compile(
    r"[男女](?:,|性)|\d{4}年\d{1,2}月\d{1,2}日(?:出)?生|出生|[\u4e00-\u9fff]族|公民身份|身份证|文化(?:程度)?|无业|务农|农民|居民|退休|"
    r"户籍|(?:被害人|受害人|证人|罪犯|嫌疑人|法定代理人|监护人)"
)
_PARTY = re.compile(
    r"(?:原告|被告人?|上诉人|被上诉人|申请人|被申请人|申请执行人|被执行人|第三人|原审\w{0,4}|再审申请人|债务人|异议人|案外人|被告人)(?:\([^)]{1,20}\))?:?\s?"
    r"(?P<name>[\u4e00-\u9fff·]{2,4}|[\u4e00-\u9fff]某{1,2}\d?)(?=,|:|\()"
)
_FACT = re.compile(
    r"盗窃|抢劫|窜至|案发|租赁|承租|房屋(?:位于|坐落)|坐落|位于.{0,4}$|施工|工地|经营地|注册地|办公|送货|交付|仓库"
)


def find_addresses(text: str) -> Iterator[Mention]:
    """Addresses of persons in folded text, with `house` where a house, a group or a village is named."""
    for match in _LABEL.finditer(text):
        address = match["address"].strip()
        area = _area_of(address)
        rest = address[len(area) :]
        fine, township = _FINE.search(rest), _TOWNSHIP.search(rest)
        if (fine is None and township is None) or not _is_place(address):
            continue
        holder = _holder(text, match.start())
        if holder is not Holder.NATURAL:
            continue
        checks = {"label"}
        if fine is not None and _HOUSE.search(_MASK.sub("", rest)):
            checks.add("house")
        if fine is None:
            checks.add("township")
        start = match.start("address")
        yield Mention(
            kind=DatumKind.ADDRESS,
            start=start,
            end=start + len(address),
            masked=f"{area or address[:2]}****",
            checks=frozenset(checks),
            label=match["label"].strip(),
            holder=holder,
        )


def _is_place(address: str) -> bool:
    return re.match(r"[\u4e00-\u9fff0-9×*]", address) is not None and not re.match(r"(?:在|的|宅|所|院|权)", address)


def _holder(text: str, start: int) -> Holder:
    """Who lives there: by what stands before in the same sentence."""
    begin = max((m.end() for m in re.finditer(r"[。;\n]", text[max(0, start - 160) : start])), default=0)
    sentence = text[max(0, start - 160) + begin : start]
    if _FACT.search(sentence[-16:]):
        return Holder.UNKNOWN
    person = max((m.end() for m in _PERSON.finditer(sentence)), default=-1)
    entity = max((m.end() for m in _ENTITY.finditer(sentence)), default=-1)
    if person > entity:
        return Holder.NATURAL
    if entity >= 0:
        return Holder.COMPANY
    return Holder.NATURAL if _PARTY.search(sentence) else Holder.UNKNOWN


def _area_of(address: str) -> str:
    """Down to the county at most."""
    found = _AREA.match(address)
    return found.group() if found is not None else ""
