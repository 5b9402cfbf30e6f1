"""Samples of hearing announcements: `forms/announcements.yml`, each form filled with several cases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from benchmarks.accuracy.draws import Case
from benchmarks.accuracy.frames import FRAMES, LAYOUTS, paragraphs
from benchmarks.accuracy.pools import load
from benchmarks.accuracy.samples import NIGHT, Announcement, fill


@cache
def announcements() -> tuple[Announcement, ...]:
    return tuple(sample for form in load("announcements") for sample in _filled(form))


def _filled(form: dict[str, Any]) -> Iterator[Announcement]:
    for turn in range(4):
        seed = f"{form['form']}/{turn}"
        draw = random.Random(seed)
        near = date.fromordinal(NIGHT.toordinal() - draw.randint(20, 330))
        if "year" in form:
            near = date(form["year"], draw.randint(1, 12), draw.randint(1, 28))
        kinds = form.get("cases", {"a": "civil"})
        cases = {name: Case(f"{seed}/{name}", near, kind, form.get("clock", "")) for name, kind in kinds.items()}
        first = cases["a"]
        for other in cases.values():
            other.court_code = first.court_code
            if form.get("same_day"):
                other.day = first.day
        title = fill(form.get("title", "开庭公告"), cases)
        court = fill(form.get("court", "{a.court}"), cases)
        markup = form.get("rows") or form.get("html")
        body = fill(markup, cases) if markup else paragraphs(fill(form["text"], cases), draw.choice(LAYOUTS))
        yield Announcement(
            id=f"announcement/{seed}",
            form=form["form"],
            title=title,
            html=draw.choice(FRAMES)(court, title, body, first.published),
            court=court,
            published=first.published,
            in_section=form.get("section", False) or "rows" in form,
            is_list="rows" in form,
            expect=_hearings(form["expect"], cases),
            rules=form.get("rules", {}),
            tolerated=tuple(form.get("tolerated", () if "text" in form else ("H-03",))),
        )


def _hearings(expect: dict[str, str], cases: dict[str, Case]) -> tuple[dict[str, str], ...]:
    more = {name: fill(text, dict(cases)) for name, text in expect.items() if name not in cases}
    found = []
    for name, fields in expect.items():
        if name not in cases:
            continue
        case = cases[name]
        values = {"number": str(case.number), "starts": case.starts, "place": case.place, "cause": case.cause}
        found.append({word: values[word] for word in fields.split()} | more)
    return tuple(found)
