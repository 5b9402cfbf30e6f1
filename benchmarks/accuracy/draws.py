"""Invented cases to fill the forms with: days, times, numbers, persons.

Everything follows from a seed. No court code, court, company or person here exists.
"""

from __future__ import annotations

import random
from datetime import date, datetime
from functools import cached_property

from benchmarks.accuracy.pools import POOLS
from benchmarks.accuracy.writing import Clock, Day, Number

SURNAMES = "张王李刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
INVENTED = POOLS["names"]
BENCH = ("judge", "second", "third", "assistant", "clerk", "lawyer", "assessor", "assessor2")
DISTRICTS = {
    "粤9902": ("示例市东湖区人民法院", "示例市中级人民法院"),
    "湘9903": ("仿真市西山区人民法院", "仿真市中级人民法院"),
    "苏9981": ("拟县人民法院", "样例市中级人民法院"),
    "浙9905": ("样例市北港区人民法院", "样例市中级人民法院"),
}


class Case:
    """One invented case. Attributes are drawn when a form first asks for them, so a form's wording decides nothing else.

    Args:
        seed: Of this case alone.
        near: The day around which its days lie.
        kind: civil, family, criminal, administrative or enforcement.
        clock: Words that limit the time of day: morning, afternoon, whole (on the hour).
    """

    def __init__(self, seed: str, near: date, kind: str = "civil", clock: str = "") -> None:
        self._seed, self._near, self.kind, self._clock = seed, near, kind, clock.split()
        self.court_code = self._random("court").choice(list(DISTRICTS))

    def _random(self, what: str) -> random.Random:
        return random.Random(f"{self._seed}/{what}")

    def _day(self, what: str, begin: int, end: int) -> Day:
        return Day.fromordinal(self._near.toordinal() + self._random(what).randint(begin, end))

    @cached_property
    def day(self) -> Day:
        """Of the hearing."""
        return self._day("day", 4, 40)

    @cached_property
    def later(self) -> Day:
        return self._day("later", 41, 80)

    @cached_property
    def past(self) -> Day:
        return self._day("past", -60, -8)

    @cached_property
    def published(self) -> Day:
        return Day(self._near.year, self._near.month, self._near.day)

    @cached_property
    def filed(self) -> Day:
        return self._day("filed", -300, -140)

    @cached_property
    def heard(self) -> Day:
        return self._day("heard", -120, -60)

    @cached_property
    def decided(self) -> Day:
        return self._day("decided", -50, -12)

    @cached_property
    def fact(self) -> Day:
        return self._day("fact", -1500, -500)

    @cached_property
    def time(self) -> Clock:
        draw = self._random("time")
        hours = [8, 9, 10, 11] if "morning" in self._clock else [14, 15, 16] if "afternoon" in self._clock else None
        hour = draw.choice(hours or [9, 10, 14, 15])
        return Clock(hour, 0 if "whole" in self._clock else draw.choice([0, 30, 15, 40]))

    @property
    def starts(self) -> str:
        return datetime.combine(self.day, self.time).strftime("%Y-%m-%dT%H:%M")

    @cached_property
    def number(self) -> Number:
        types = {"civil": "民初", "family": "民初", "criminal": "刑初", "administrative": "行初", "enforcement": "执"}
        sequence = int(self._random("sequence").random() ** 2 * 9000) + 11
        return Number(self.filed.year, self.court_code, types[self.kind], sequence)

    def of(self, type_: str) -> Number:
        """The number with another type code."""
        return Number(self.number.year, self.court_code, type_, self.number.sequence)

    @cached_property
    def appeal(self) -> Number:
        """Of the second instance."""
        type_ = {"criminal": "刑终", "administrative": "行终"}.get(self.kind, "民终")
        return Number(self.decided.year, self.court_code[:3], type_, self._random("appeal").randint(11, 2999))

    @property
    def court(self) -> str:
        return DISTRICTS[self.court_code][0]

    @property
    def upper(self) -> str:
        return DISTRICTS[self.court_code][1]

    @property
    def sister(self) -> str:
        """Another court."""
        return next(name for code, (name, _) in DISTRICTS.items() if code != self.court_code)

    @cached_property
    def place(self) -> str:
        return self._random("place").choice(POOLS["places"])

    @cached_property
    def cause(self) -> str:
        pool = POOLS[{"criminal": "crimes", "enforcement": "civil"}.get(self.kind, self.kind)]
        return self._random("cause").choice(pool)

    @property
    def crime(self) -> str:
        return f"{self.cause}罪"

    def _person(self, what: str) -> str:
        draw = self._random(what)
        return draw.choice(SURNAMES) + draw.choice(["某", "某某", "某甲"])

    def _official(self, what: str) -> str:
        draw = self._random(f"{self._seed}/bench")
        names = draw.sample(INVENTED, len(BENCH))
        return dict(zip(BENCH, names, strict=True))[what]

    plaintiff = cached_property(lambda self: self._person("plaintiff"))
    plaintiff2 = cached_property(lambda self: self._person("plaintiff2"))
    defendant = cached_property(lambda self: self._person("defendant"))
    defendant2 = cached_property(lambda self: self._person("defendant2"))
    third_party = cached_property(lambda self: self._person("third_party"))
    company = cached_property(lambda self: self._random("company").choice(POOLS["companies"]))
    company2 = cached_property(
        lambda self: self._random("company2").choice([c for c in POOLS["companies"] if c != self.company])
    )
    agency = cached_property(lambda self: self._random("agency").choice(POOLS["agencies"]))
    judge = cached_property(lambda self: self._official("judge"))
    second = cached_property(lambda self: self._official("second"))
    third = cached_property(lambda self: self._official("third"))
    assistant = cached_property(lambda self: self._official("assistant"))
    clerk = cached_property(lambda self: self._official("clerk"))
    lawyer = cached_property(lambda self: self._official("lawyer"))
    assessor = cached_property(lambda self: self._official("assessor"))
    assessor2 = cached_property(lambda self: self._official("assessor2"))
    amount = cached_property(lambda self: self._random("amount").randint(12, 900) * 1000)
