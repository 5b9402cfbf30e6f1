"""What words alone give away: a named person's illness, and means of investigation or secrets that do not belong in public.

Lexicons only point: whether the words had to stand there is for a person to say, so rules make no more of them than a
suspicion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crawlers.personal.mention import Mention
from crawlers.sieve import Sieved
from storage.records import DatumKind, Holder

_HEALTH = Sieved(
    r"艾滋病|(?:感染|携带)?HIV(?:病毒)?|梅毒|淋病|尖锐湿疣|性病|乙肝|乙型(?:病毒性)?肝炎|丙肝|肺结核|精神分裂症?|双相(?:情感)?障碍|抑郁症|躁狂症?|"
    r"精神(?:障碍|疾病|病)|癫痫|智力(?:残疾|障碍)|精神残疾|肢体残疾|残疾(?:等级)?[一二三四壹贰叁肆1-4]级|白血病|尿毒症|[\u4e00-\u9fff]{1,3}癌|恶性肿瘤|不孕不育|人工流产|"
    r"堕胎|帕金森|阿尔茨海默|老年痴呆|糖尿病"
)
_NEGATED = re.compile(r"(?:无|未患|没有|排除|不属于|否认)[^,。;]{0,8}$")
_INVESTIGATION = Sieved(
    r"(?:采取|采用|使用|运用|通过|经|依据|根据|实施)[^,。;]{0,10}?(?P<word>技术侦查|技侦|秘密侦查|密侦|电话监听|手机定位技术|秘密监控)"
    r"(?:措施|手段|材料|证据)?|(?P<word2>技侦(?:材料|手段|支队|部门)|特情人员|线人)"
)
_SECRET = Sieved(
    r"(?P<word>(?:商业|技术|经营)?秘(?:密)?点(?:为|是|包括|如下|:)|技术秘密(?:内容|信息)?(?:为|是|包括|如下|:)|"
    r"(?:配方|工艺参数|核心代码|客户名单)(?:为|如下|:))"
)
_NOT_STATED = re.compile(
    r"第[一二三四五六七八九十百零\d]+条|《|未(?:采取|采用|使用)|没有|不涉及|是否|不得|应当|可以|申请|禁止"
)


def find_health(text: str, names: Iterable[str]) -> Iterator[Mention]:
    """Illnesses in a sentence that names a person in full.

    Args:
        names: The full names that this text gives its persons.
    """
    named = [name for name in dict.fromkeys(names) if len(name) >= 2]
    if not named:
        return
    for match in _HEALTH.finditer(text):
        sentence, before = _sentence(text, match.start(), match.end())
        if _NEGATED.search(before) or not any(name in sentence for name in named):
            continue
        if re.search(r"医院|医学院|防治所|卫生|协会|保险", text[match.end() : match.end() + 4]):
            continue
        yield Mention(
            kind=DatumKind.HEALTH,
            start=match.start(),
            end=match.end(),
            masked="健康信息***",
            checks=frozenset({"named"}),
            label="健康状况",
            holder=Holder.NATURAL,
        )


def find_secrets(text: str) -> Iterator[Mention]:
    """Means of investigation, and secrets spelt out. Quoted law and the name of a cause of action are neither."""
    for pattern, label in ((_INVESTIGATION, "技术侦查措施"), (_SECRET, "商业秘密")):
        for match in pattern.finditer(text):
            sentence, _ = _sentence(text, match.start(), match.end())
            if _NOT_STATED.search(sentence):
                continue
            yield Mention(
                kind=DatumKind.SECRET,
                start=match.start(),
                end=match.end(),
                masked=label,
                checks=frozenset({"lexicon"}),
                label=label,
            )


def _sentence(text: str, start: int, end: int) -> tuple[str, str]:
    """The sentence around, and its part before `start`."""
    left = text[max(0, start - 200) : start]
    before = re.split(r"[。;\n]", left)[-1]
    after = re.split(r"[。;\n]", text[end : end + 120])[0]
    return before + text[start:end] + after, before
