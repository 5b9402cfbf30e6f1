"""Texts that courts publish: judgments with their letter-spaced titles and Chinese numerals, announcements, filler."""

from __future__ import annotations

import zlib
from datetime import date, timedelta

from gongkai.demo.content import Case, Hearing, load

JUDGES = ("甲一鸣", "乙二川", "丙三思", "丁四海", "戊五岳", "己六合")
PARTIES = ("张某", "李某甲", "王某", "赵某乙", "陈某", "刘某丙", "示例市某某商贸有限公司", "周某", "吴某甲", "郑某")
ZEROS = ("〇", "○", "零")


def pick(seed: str, size: int) -> int:
    """A number below `size` that depends on the seed alone."""
    return zlib.crc32(seed.encode()) % size


def chinese_date(day: date, zero: str = "〇") -> str:
    """二〇二六年三月九日, with the given sign for zero."""
    digits = zero + "一二三四五六七八九"
    year = "".join(digits[int(digit)] for digit in str(day.year))
    return f"{year}年{_small(day.month)}月{_small(day.day)}日"


def _small(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else "一二三四五六七八九"[tens - 1] + "十"
    return head + ("" if ones == 0 else "一二三四五六七八九"[ones - 1])


def parties(case: Case) -> tuple[str, str]:
    first = pick(case.case_number, len(PARTIES))
    second = "示例市某某管理局" if case.number.startswith("行") else PARTIES[(first + 3) % len(PARTIES)]
    return case.plaintiff or PARTIES[first], case.defendant or second


def judgment_title(case: Case) -> str:
    """The title a list shows: parties, cause, instance, kind of document."""
    plaintiff, defendant = parties(case)
    if "执" in case.number:
        return f"{plaintiff}与{defendant}{case.cause}执行裁定书"
    instance = "二审" if case.is_second_instance else "一审"
    if case.kind.startswith("刑事"):
        return f"{defendant}{case.cause}{instance}{case.kind}"
    return f"{plaintiff}与{defendant}{case.cause}{instance}{case.kind}"


def judgment_lines(case: Case, court: str) -> list[tuple[str, str]]:
    """The judgment line by line, each with its alignment (center, left, right)."""
    seed = case.case_number + case.kind
    judge, clerk = JUDGES[pick(seed, 3)], JUDGES[3 + pick(seed, 3)]
    head = [("center", court), ("center", " ".join(case.kind)), ("right", case.shown_number)]
    body = [("left", line) for line in [*_party_lines(case), *_reasoning(case), *_effect(case)]]
    tail = [
        ("right", f"审　判　{'长' if case.appeal_days else '员'}　　{case.judge or judge}"),
        ("right", chinese_date(case.decided, ZEROS[pick(seed, 3)])),
        ("right", f"书　记　员　　{case.clerk or clerk}"),
    ]
    if case.appeal_days:
        tail.insert(1, ("right", f"人民陪审员　　{JUDGES[(JUDGES.index(judge) + 1) % 3]}"))
    if case.left:
        tail.append(("left", case.left))
    return head + body + tail


def _party_lines(case: Case) -> list[str]:
    if case.who:
        return list(case.who)
    plaintiff, defendant = parties(case)
    if case.kind.startswith("刑事"):
        return [
            "公诉机关：示例市人民检察院。",
            f"被告人：{defendant}，男，汉族，初中文化，无业，现羁押于示例市看守所。",
        ]
    roles = ("上诉人（原审原告）", "被上诉人（原审被告）") if case.is_second_instance else ("原告", "被告")
    if "执" in case.number:
        roles = ("申请执行人", "被执行人")
    lines = [f"{roles[0]}：{plaintiff}，住示例市。", f"{roles[1]}：{defendant}，住示例市。"]
    if case.quotes:
        lines.append(
            f"上诉人{plaintiff}因与被上诉人{defendant}{case.cause}一案，不服{case.quotes}民事判决，向本院提起上诉。"
        )
    return lines


def _reasoning(case: Case) -> list[str]:
    plaintiff, defendant = parties(case)
    filed = case.decided - timedelta(days=70)
    if "执" in case.number:
        return [
            f"申请执行人{plaintiff}与被执行人{defendant}{case.cause}一案，本院依法立案执行。"
            "执行中，本院通过网络执行查控系统查询被执行人财产，未发现可供执行的财产。",
            "依照《中华人民共和国民事诉讼法》第二百六十八条的规定，裁定如下：",
            "终结本次执行程序。",
        ]
    served = (
        f"被告{defendant}下落不明，本院依法公告送达起诉状副本及开庭传票，其无正当理由拒不到庭，本院依法缺席审理。"
        if case.notice
        else "双方到庭参加诉讼。"
    )
    if case.kind.startswith("刑事") and case.is_second_instance:
        return [
            f"原审法院审理示例市人民检察院指控原审被告人{defendant}犯{case.cause}一案，作出刑事判决。{defendant}不服，提出上诉。",
            "本院认为，原判认定事实清楚，适用法律正确。依照《中华人民共和国刑事诉讼法》第二百三十六条的规定，裁定如下：",
            "驳回上诉，维持原判。",
        ]
    if case.kind.startswith("刑事"):
        return [
            f"示例市人民检察院指控被告人{defendant}犯{case.cause}，于{filed.year}年{filed.month}月{filed.day}日向本院提起公诉。"
            "本院依法组成合议庭，公开开庭审理了本案。现已审理终结。",
            *case.facts,
            "本院认为，公诉机关指控的事实清楚，证据确实、充分，罪名成立。依照《中华人民共和国刑法》第六十七条第三款之规定，判决如下：",
            f"被告人{defendant}犯{case.cause}，判处有期徒刑七个月，并处罚金人民币二千元。",
        ]
    if "补正" in case.cause:
        return [
            "本院对本案作出的判决书中存在笔误，应予补正。依照《中华人民共和国民事诉讼法》第一百五十七条的规定，裁定如下："
        ]
    return [
        f"原告{plaintiff}与被告{defendant}{case.cause}一案，本院于{filed.year}年{filed.month}月{filed.day}日立案后，"
        f"依法适用程序，公开开庭进行了审理。{served}本案现已审理终结。",
        *case.facts,
        "本院认为，当事人之间的权利义务关系明确，依法成立的合同受法律保护。原告的主张有事实和法律依据，本院予以支持。",
        f"依照《中华人民共和国民法典》第五百零九条之规定，{case.kind[2:4]}如下：",
        f"被告{defendant}于本{case.kind[2:4]}发生法律效力之日起十日内向原告{plaintiff}支付款项及利息。",
    ]


def _effect(case: Case) -> list[str]:
    above = "示例省高级人民法院" if len(case.court_code) == 3 else "示例省示例市中级人民法院"
    if case.is_second_instance:
        return ["本判决为终审判决。" if "判决" in case.kind else "本裁定为终审裁定。"]
    if case.small:
        return ["本判决为终审判决。本案适用小额诉讼程序审理，实行一审终审。"]
    if case.appeal_days == 10:
        return [f"如不服本判决，可在接到判决书的第二日起十日内，通过本院或者直接向{above}提出上诉。"]
    if case.appeal_days:
        return [f"如不服本判决，可以在判决书送达之日起十五日内，向本院递交上诉状，上诉于{above}。"]
    return ["本裁定书送达后即发生法律效力。"]


def hearing_sentence(hearing: Hearing, form: int) -> str:
    """An announcement in one sentence, in one of four forms seen on court sites, or as its content has it."""
    if hearing.said:
        return hearing.said
    day, clock = hearing.day, hearing.clock
    hour, minute = clock.split(":")
    half, small = ("下午", int(hour) - 12) if int(hour) > 12 else ("上午", int(hour))
    when = (
        f"{day.year}年{day.month}月{day.day}日{clock}",
        f"{chinese_date(day)}{half}{_small(small)}时{'整' if minute == '00' else _small(int(minute)) + '分'}",
        f"{day.year} 年 {day.month} 月 {day.day} 日 {clock}",
        f"{day.year}年{day.month:02}月{day.day}日{clock}到{'12:00' if half == '上午' else '17:30'}",
    )[form % 4]
    place = f"在{hearing.room}" if hearing.room else ""
    parties = (
        f"被告人{hearing.defendant}"
        if hearing.is_criminal
        else f"{_side('原告', hearing.plaintiff)}诉{_side('被告', hearing.defendant)}"
    )
    return (
        f"本院定于{when}{place}依法公开开庭审理{hearing.case_number}{parties}{hearing.cause or ''}一案。"
        f"{hearing.stream or ''}"
    )


def _side(role: str, name: str | None) -> str:
    return f"{role}{name or ''}"


def filler_paragraphs(title: str) -> list[str]:
    """Three paragraphs of court news that suit any title; the same for the same title."""
    pool: list[str] = load("pools")["paragraphs"]
    start = pick(title, len(pool))
    return [pool[(start + n * 3) % len(pool)] for n in range(3)]
