"""Where the pictures of a bulletin stand, each with its caption and what must be known to read it."""

from __future__ import annotations

from reports.blocks import Block, Paragraph, Picture
from reports.bulletin import Bulletin
from reports.parts.places import Places
from reports.words import say

# The trend where the numbers are told; the others where the tables are that they show.
PLACES = {"overview": ("trend",), "ranking": ("comparison", "lateness"), "method": ("freshness",)}
LAST = "method"  # always there


def illustrations(bulletin: Bulletin, places: Places, where: str) -> tuple[Block, ...]:
    """The pictures of a chapter or an annex, after its text.

    Args:
        where: `overview`, or the name of an annex. Pictures of an annex that is not there stand in the last one.
    """
    order = [(name, _place(place, places)) for place, names in PLACES.items() for name in names]
    order.sort(key=lambda pair: [*PLACES].index(pair[1]))
    shown = [(name, place) for name, place in order if bulletin.pictures.named(name).absent is None]
    blocks: list[Block] = []
    for number, (name, place) in enumerate(shown, start=1):
        if place == where:
            picture = bulletin.pictures.named(name)
            caption = say("pictures.caption", number=number, title=picture.title)
            blocks += [
                Picture(name=name, caption=caption, alt=picture.description),
                Paragraph(say("pictures.note", note=picture.note)),
            ]
    return tuple(blocks)


def _place(name: str, places: Places) -> str:
    return name if name == "overview" or name in places else LAST
