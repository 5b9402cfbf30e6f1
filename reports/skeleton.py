"""A bulletin written down once, for every renderer: lead, four chapters, up to five annexes (domain/rules.md, chapter 9).

Which sentence is said, and with which number, is decided here and in `reports.parts`; the words are in `words.yml`.
"""

from __future__ import annotations

from collections.abc import Callable

from reports.blocks import Annex, Block, Heading, Skeleton
from reports.bulletin import Bulletin
from reports.parts.demands import demands
from reports.parts.illustrations import illustrations
from reports.parts.lists import feedback_form, lead_list, problem_list
from reports.parts.method import method
from reports.parts.opening import lead
from reports.parts.overview import overview
from reports.parts.places import Places, places_of
from reports.parts.problems import problems
from reports.parts.ranking_table import ranking_table
from reports.parts.recheck import recheck
from reports.sentences import title
from reports.text import chinese_number
from reports.words import say

CHAPTERS: tuple[tuple[str, Callable[[Bulletin, Places], tuple[Block, ...]]], ...] = (
    ("overview", overview),
    ("recheck", recheck),
    ("problems", problems),
    ("demands", demands),
)
LANDSCAPE = frozenset({"ranking", "problems", "leads", "feedback"})


def skeleton(bulletin: Bulletin, *, most_rows: int | None = None) -> Skeleton:
    """The whole bulletin between head and foot.

    Args:
        most_rows: So many rows of a list are printed, and a sentence says where the rest is; None: all.
    """
    places, department = places_of(bulletin), bulletin.scope.department
    body: list[Block] = list(lead(bulletin))
    for place, (name, chapter) in enumerate(CHAPTERS, start=1):
        number = f"{chinese_number(place)}、"
        body.append(Heading(level=1, number=number, text=say(f"paper.headings.{name}"), anchor=name))
        body += (*chapter(bulletin, places), *illustrations(bulletin, places, name))
    return Skeleton(
        title=title(bulletin),
        addressee=f"{department}：" if department else bulletin.imprint.to,
        body=tuple(body),
        annexes=tuple(_annex(name, bulletin, places, most_rows) for name in places.names),
    )


def _annex(name: str, bulletin: Bulletin, places: Places, most: int | None) -> Annex:
    by = bulletin.ranking.by if bulletin.ranking is not None else ""
    return Annex(
        name=name,
        label=places.see(name),
        title=say(f"paper.annexes.{name}.{by}" if name == "ranking" else f"paper.annexes.{name}"),
        landscape=name in LANDSCAPE,
        blocks=(*_content(name, bulletin, places, most), *illustrations(bulletin, places, name)),
    )


def _content(name: str, bulletin: Bulletin, places: Places, most: int | None) -> tuple[Block, ...]:
    if name == "ranking":
        return ranking_table(bulletin, places)
    if name == "method":
        return method(bulletin)
    lists = {"problems": problem_list, "leads": lead_list, "feedback": feedback_form}
    return lists[name](bulletin, places, most)
