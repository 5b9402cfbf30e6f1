"""二、上期问题整改复查情况: issued, rectified, still open, overdue, reported but not so, seen again; by unit."""

from __future__ import annotations

from collections.abc import Sequence

from reports.blocks import Block, Column, Paragraph, Table
from reports.bulletin import Bulletin
from reports.entries import Entry
from reports.indicators import share_of
from reports.parts.places import Places
from reports.parts.problems import naming, unit_of
from reports.recheck import Recheck
from reports.words import say, say_counts, say_names

EXAMPLES = 3


def recheck(bulletin: Bulletin, places: Places) -> tuple[Block, ...]:
    """The paragraphs of the chapter; with more than one unit a table of them."""
    told = bulletin.recheck
    paragraphs = [_result(told), _remaining(bulletin, told), _aside(bulletin, told)]
    blocks: list[Block] = [Paragraph(text) for text in paragraphs if text]
    if len(told.units) > 1:
        blocks.append(_table(bulletin, told))
    return tuple(blocks)


def _result(told: Recheck) -> str:
    if told.first:
        return say("paper.recheck.first")
    if not told.issued:
        return say("paper.recheck.none")
    names = ("rectified", "remaining", "lowered", "unverified")
    for name in names:
        if len(getattr(told, name)) == len(told.issued):
            key = "one" if name == "rectified" and len(told.issued) == 1 else "all"
            return say(f"paper.recheck.{key}_{name}", issued=len(told.issued))
    pieces = say_counts("paper.recheck.pieces", {name: len(getattr(told, name)) for name in names})
    sentence = say("paper.recheck.some", issued=len(told.issued), pieces=pieces)
    looked_at = len(told.rectified) + len(told.remaining)
    if told.rectified and told.remaining:
        rate = share_of(len(told.rectified), looked_at)
        sentence += say("paper.recheck.rate", rate=f"{rate:.2%}")
    return sentence


def _remaining(bulletin: Bulletin, told: Recheck) -> str:
    sentences = []
    if told.overdue:
        units = list(dict.fromkeys(unit_of(entry, bulletin) for entry in told.overdue))
        names = say_names(units, "unit")
        sentences.append(say("paper.recheck.overdue", count=len(told.overdue), names=names))
    for name in ("failed", "repeated"):
        if entries := getattr(told, name):
            sentences.append(say(f"paper.recheck.{name}", count=len(entries), examples=_examples(entries, bulletin)))
    return "".join(sentences)


def _examples(entries: Sequence[Entry], bulletin: Bulletin) -> str:
    named = [
        say("paper.recheck.example", unit=unit_of(entry, bulletin), subject=naming(entry), rule=entry.finding.title)
        for entry in entries[:EXAMPLES]
    ]
    return say("paper.and").join(named) + (say("paper.recheck.rest") if len(entries) > EXAMPLES else "")


def _aside(bulletin: Bulletin, told: Recheck) -> str:
    sentences = []
    if told.within:
        sentences.append(say("paper.recheck.within", count=len(told.within)))
    if told.leads:
        sentences.append(say("paper.recheck.leads", count=len(told.leads)))
    if told.silent:
        sentences.append(say("paper.recheck.silent", names=say_names(told.silent, "unit", most=20)))
    return "".join(sentences)


def _table(bulletin: Bulletin, told: Recheck) -> Table:
    several = len(bulletin.scope.courts) > 1
    names = ("issued", "rectified", "remaining", "overdue", "unverified")
    columns = (
        Column(title=say(f"paper.ranking.columns.{'court' if several else 'department'}"), width=56),
        *(Column(title=say(f"paper.recheck.columns.{name}"), width=20, centred=True) for name in names),
    )
    rows = [
        (row.name or say("values.no_department"), *(str(getattr(row, name)) for name in names)) for row in told.units
    ]
    return Table(name="recheck", columns=columns, rows=tuple(rows))
