"""The table that the terminal shows after a night: coverage first, then what was flagged, by rule."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.bulletin import Bulletin
from reports.coverage import SiteCoverage
from reports.entries import Counts
from reports.words import say

COUNTED = ("new", "continuing", "resolved", "suspected", "unclear")


def summary(bulletin: Bulletin, *, lang: str = "zh") -> RenderableType:
    """What a person at the terminal needs to know of the night, within 80 columns.

    Args:
        lang: `zh` or `en`, for the headings; courts, titles and reasons stay in Chinese.

    Raises:
        ValueError: Another language.
    """
    if lang not in ("zh", "en"):
        raise ValueError(f"lang is zh or en, not {lang}")
    period = (
        say(f"terminal.{lang}.first", night=bulletin.night)
        if bulletin.previous is None
        else say(f"terminal.{lang}.compared", night=bulletin.night, previous=bulletin.previous)
    )
    parts: list[RenderableType] = [Text(period, style="bold"), _coverage(bulletin, lang)]
    parts.append(_rules(bulletin, lang) if bulletin.rules else Text(say(f"terminal.{lang}.no_findings")))
    return Group(*parts)


def _table(lang: str, title: str) -> Table:
    return Table(title=say(f"terminal.{lang}.{title}"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)


def _coverage(bulletin: Bulletin, lang: str) -> Table:
    table = _table(lang, "coverage")
    table.add_column(say(f"terminal.{lang}.court"), ratio=3, overflow="fold")
    table.add_column(say(f"terminal.{lang}.state"), no_wrap=True)
    for name in ("pages", "links", "sections"):
        table.add_column(say(f"terminal.{lang}.{name}"), justify="right", no_wrap=True)
    table.add_column(say(f"terminal.{lang}.why"), ratio=3, overflow="fold")
    for site in bulletin.coverage:
        table.add_row(*_site(site, lang))
    return table


def _site(site: SiteCoverage, lang: str) -> list[Text]:
    style = "green" if site.is_complete else "yellow" if site.is_read else "red"
    return [
        # Text, not str: a name that was crawled may look like markup.
        Text(site.court),
        Text(say(f"terminal.{lang}.run.{site.verdict}"), style=style),
        Text(str(site.pages)),
        Text(str(site.links)),
        Text(f"{site.sections_complete}/{site.sections}"),
        Text("；".join(part for part in (site.reason, site.carried) if part)),
    ]


def _rules(bulletin: Bulletin, lang: str) -> Table:
    table = _table(lang, "rules")
    table.show_footer = True
    total = say(f"terminal.{lang}.total")
    table.add_column(say(f"terminal.{lang}.rule"), footer=total, no_wrap=True)
    table.add_column(say(f"terminal.{lang}.title"), ratio=1, overflow="fold")
    for name in COUNTED:
        table.add_column(
            say(f"terminal.{lang}.{name}"), str(getattr(bulletin.counts, name)), justify="right", no_wrap=True
        )
    for chapter in bulletin.chapters:
        table.add_section()
        # The name stands in the column of titles: in that of rules it would widen every line.
        name = say(f"terminal.{lang}.chapter.{chapter.chapter}")
        table.add_row("", Text(name), *_numbers(chapter.counts), style="bold")
        for row in chapter.rules:
            table.add_row(Text(row.rule), Text(row.title), *_numbers(row.counts))
    return table


def _numbers(counts: Counts) -> list[Text]:
    return [Text(str(getattr(counts, name))) for name in COUNTED]
