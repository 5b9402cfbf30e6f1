"""Samples of dates: pages of articles (`forms/articles.yml`) and strings (`forms/date_strings.yml`)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any

from benchmarks.accuracy.draws import DISTRICTS
from benchmarks.accuracy.frames import NAVIGATION
from benchmarks.accuracy.pools import load
from benchmarks.accuracy.samples import Article, DateString, fill
from benchmarks.accuracy.writing import Clock, Day

OPAQUE = "https://court.example.cn/zixun/xiangqing/499051.html"
PAGES_A_FORM = 4


def _moved(day: date, draw: random.Random, begin: int, end: int) -> Day:
    return Day.fromordinal(day.toordinal() + draw.randint(begin, end))


@cache
def articles() -> tuple[Article, ...]:
    written = load("articles")
    return tuple(one for form in written["forms"] for one in _pages(form, written["titles"], written["news"]))


def _pages(form: dict[str, Any], titles: list[str], news: list[str]) -> Iterator[Article]:
    for turn in range(PAGES_A_FORM):
        draw = random.Random(f"{form['form']}/{turn}")
        day = Day(draw.choice([2019, 2022, 2024, 2025]), draw.randint(1, 12), draw.randint(1, 28))
        values: dict[str, Any] = {
            "d": day,
            "old": _moved(day, draw, -90, -5),
            "new": _moved(day, draw, 3, 40),
            "h": _moved(day, draw, 6, 30),
            "x": _moved(day, draw, 41, 60),
            "y": _moved(day, draw, -200, -100),
            "t": Clock(draw.randint(8, 17), draw.choice([0, 5, 30, 48])),
            "title": draw.choice(titles),
            "who": draw.choice(list(DISTRICTS.values()))[0],
            "nav": f'<div class="nav"><ul>{NAVIGATION}</ul></div>',
        }
        values["news"] = fill(draw.choice(news), values)
        values["side"] = fill(SIDE, values)
        published = form["published"]
        yield Article(
            id=f"article/{form['form']}/{turn}",
            form=form["form"],
            url=fill(form.get("url", OPAQUE), values),
            html=fill(form["html"], values),
            title=values["title"],
            published=fill(published, values) if published else None,
            tolerated=tuple(fill(one, values) for one in form.get("tolerated", ())),
            listed=fill(form["list"], values) if "list" in form else None,
            night=_moved(day, draw, 62, 80),
        )


SIDE = """<div class="sidebar"><h3>最新公告</h3><ul><li><a href="/n/1.html">关于集中送达的公告</a><span>{x.iso}</span></li>
<li><a href="/n/2.html">关于诉讼费退费的公告</a><span>{y.iso}</span></li></ul></div>"""


@cache
def date_strings() -> tuple[DateString, ...]:
    return tuple(one for position, form in enumerate(load("date_strings")) for one in _strings(form, position))


def _strings(form: dict[str, Any], position: int) -> Iterator[DateString]:
    for turn in range(form.get("draws", 1)):
        draw = random.Random(f"date/{form['text']}/{turn}")
        day = Day(draw.randint(2012, 2026), draw.randint(1, 12), draw.randint(1, 28))
        clock = Clock(draw.choice([8, 9, 10, 11, 14, 15, 16]), draw.choice([0, 30, 15, 40]))
        values = {
            "d": day,
            "e": _moved(day, draw, 20, 300),
            "t": clock,
            "m": f"{datetime.combine(day, clock):%Y-%m-%dT%H:%M}",
        }
        want = form["want"]
        if isinstance(want, str):
            want = fill(want, values)
        elif want is not None:
            want = [fill(one, values) for one in want]
        near = _moved(day, draw, 1, 60) if form.get("near") else None
        yield DateString(f"date/{form['of']}/{position}/{turn}", form["of"], fill(form["text"], values), near, want)
