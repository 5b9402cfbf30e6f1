"""Samples of judgments: `forms/judgments.yml`, with the leaks and look-alikes of `forms/leaks.yml` put into them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from benchmarks.accuracy.draws import INVENTED, Case
from benchmarks.accuracy.frames import FRAMES, LAYOUTS, paragraphs
from benchmarks.accuracy.identities import identities
from benchmarks.accuracy.pools import load
from benchmarks.accuracy.samples import Document, fill
from benchmarks.accuracy.writing import Day, Number

TURNS = 6
PARTIES = (
    "男，汉族，住示例市东湖区",
    "女，1979年4月2日出生，汉族，住拟县",
    "男，1990年出生，土家族，户籍所在地示例省拟县",
    "女，汉族，个体工商户，住样例市北港区",
    "男，1966年11月8日生，汉族，初中文化，农民，住仿真市西山区",
)


@cache
def documents() -> tuple[Document, ...]:
    return tuple(_filled(load("judgments"), load("leaks")))


def _filled(forms: list[dict[str, Any]], leaks: list[dict[str, Any]]) -> Iterator[Document]:
    """Every form as it is, then with the leaks and look-alikes in turn, each dealt to a form that can take it."""
    dealt = {id(leak): 0 for leak in leaks}
    for turn in range(TURNS):
        for form in forms:
            fits = [leak for leak in leaks if _fits(leak, form)] if turn else []
            leak = min(fits, key=lambda one: dealt[id(one)], default=None)
            if leak is not None:
                dealt[id(leak)] += 1
            yield _document(form, leak, turn)


def _kind(form: dict[str, Any]) -> str:
    return str(form.get("cases", {"a": "civil"})["a"])


def _fits(leak: dict[str, Any], form: dict[str, Any]) -> bool:
    where = "{party}" if leak.get("where") == "party" else "{extra}"
    return where in form["text"] and _kind(form) in leak.get("only", [_kind(form)]) and not form.get("not")


def _document(form: dict[str, Any], leak: dict[str, Any] | None, turn: int) -> Document:
    seed = f"{form['form']}/{turn}"
    draw = random.Random(seed)
    near = date(form.get("year", 2025), draw.randint(1, 6 if form.get("after", 0) > 100 else 11), draw.randint(1, 28))
    case = Case(seed, near, _kind(form))
    case.published = Day.fromordinal(case.decided.toordinal() + form.get("after", 32) + draw.randint(0, 2))
    number = case.of(form["number_type"]) if "number_type" in form else case.number
    second = Number(number.year, number.court, number.type, number.sequence + 1)
    values = {"a": case, "number": number, "second": second, "name": draw.choice(INVENTED), **identities(seed)}
    words = fill(leak["text"], values) if leak else ""
    in_party = leak is not None and leak.get("where") == "party"
    values |= {"party": words if in_party else draw.choice(PARTIES), "extra": "" if in_party else words}
    title = fill(form["title"], values)
    court = fill(form.get("court") or "{a.court}", values)
    body = paragraphs(fill(form["text"], values), form.get("layout") or draw.choice(LAYOUTS))
    due = {leak["rule"]: leak.get("grade", "certain")} if leak and leak["rule"] else {}
    return Document(
        id=f"judgment/{seed}",
        form=form["form"],
        title=title,
        html=draw.choice(FRAMES)(court, title, body, case.published),
        court=case.court,
        published=case.published,
        expect=None if form.get("not") else _elements(form, case, values),
        rules=form.get("rules", {}) | due,
        tolerated=(*form.get("tolerated", ()), *(leak or {}).get("tolerated", ())),
        in_section=form.get("section", not form.get("not")),
        about=leak["text"] if leak else "",
    )


def _elements(form: dict[str, Any], case: Case, values: dict[str, Any]) -> dict[str, Any]:
    numbers: tuple[str, ...] = (str(values["number"]),)
    if "number" in form:
        numbers = () if form["number"] is None else (fill(form["number"], values),)
    if form.get("second_number"):
        numbers = (*numbers, str(values["second"]))
    court = form.get("court", "{a.court}")
    clerk = form.get("clerk", "clerk")
    return {
        "numbers": numbers,
        "decided": case.decided.iso,
        "type": form["type"],
        "court": fill(court, values) if court else None,
        "judges": tuple(getattr(case, who) for who in (form["judges"] or "").split()),
        "clerk": getattr(case, clerk) if clerk else None,
        "appeal": form["appeal"],
    }
