"""A section's rows → items, each with its publication date and the evidence that the date comes from."""

from __future__ import annotations

from datetime import date

from crawlers.conclude.kept import Kept
from crawlers.conclude.links import Links
from crawlers.dates import date_in_url, parse_date
from crawlers.discover import PageNote, SectionDraft
from crawlers.html import Shape
from crawlers.urls import identity
from storage.records import DateSource, Item, Section


class Items:
    """Reads the rows of drafts."""

    def __init__(self, kept: Kept, links: Links) -> None:
        self._kept, self._links = kept, links

    def read(self, draft: SectionDraft, section: Section) -> list[Item]:
        """The rows of a section, each target once."""
        raw_dates = [parse_date(row.date, near=self._kept.night) for _, row in draft.rows if row.date]
        # A date in the future is a hearing's: then the other dates of that list are hearings' too.
        hearings = section.record == "hearing" and any(d is not None and d > self._kept.night for d in raw_dates)
        home = identity(self._kept.profile.home)
        homes = {home, self._kept.site.moved.get(home, home)}
        items: dict[str, Item] = {}
        undated: list[PageNote] = []
        for position, (list_url, row) in enumerate(draft.rows):
            key = identity(row.url)
            if key in items or key in homes:  # the way home, in a list as in a footer, is no publication
                continue
            written = draft.block.date_of(row) if draft.block is not None else row.date
            detail = self._kept.seen.get(key)
            note = self._kept.site.page(row.url)
            shape = note.shape if note is not None else None
            published, source, raw = publication(row.url, shape, None if hearings else written, self._kept.night)
            listed = self._kept.seen.get(identity(list_url))
            from_detail = source in (DateSource.META, DateSource.LABEL) and detail is not None
            digest = detail.sha256 if from_detail and detail else listed.sha256 if listed else None
            items[key] = Item(
                site=self._kept.profile.id,
                section_url=section.url,
                section=section.name,
                url=row.url,
                title=row.title,
                published=published,
                published_source=source,
                published_raw=raw,
                access=detail.access if detail is not None else None,
                position=position,
                sha256=digest,
            )
            if note is not None and source in (DateSource.URL, DateSource.NONE):
                undated.append(note)
        # Where no row and no page has a date it is no list of articles, but of links: nobody owes it one.
        if any(i.published_source in (DateSource.META, DateSource.LABEL, DateSource.LIST) for i in items.values()):
            for note in undated:
                self._links.undated(note, section)
        return list(items.values())


def publication(
    url: str, shape: Shape | None, listed: str | None, night: date
) -> tuple[date | None, DateSource, str | None]:
    """Publication date of a page by the order of evidence: meta, label, list, URL (domain/rules.md §4.5).

    Args:
        shape: The page's, None if it was not read.
        listed: What the list prints beside the link, if that is a date of publication.
        night: The day of reading; no page was published after it.

    Returns:
        The day, what it rests on, and as it is printed.
    """
    if shape is not None and shape.meta_date and (value := parse_date(shape.meta_date[:25])):
        # A template's constant: the page and the list agree against it.
        beside = parse_date(listed, near=night, not_after=True) if listed else None
        if shape.label_date is None or beside is None or str(beside) != shape.label_date or value == beside:
            return value, DateSource.META, shape.meta_date
    if shape is not None and shape.label_date:
        return date.fromisoformat(shape.label_date), DateSource.LABEL, shape.label_raw
    if listed and (value := parse_date(listed, near=night, not_after=True)):
        return value, DateSource.LIST, listed
    in_url = date_in_url(url)
    if in_url is not None:
        # The month alone is read in the court's favour: its last day, but not after tonight.
        value = min(in_url.latest, night) if in_url.value <= night else in_url.value
        return value, DateSource.URL, in_url.raw
    return None, DateSource.NONE, None
