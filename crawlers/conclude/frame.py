"""Which pages belong to the lists and the frame of a site: what is new shows there first, so they are asked every night."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from crawlers.conclude.kept import Kept
from crawlers.discover import PageNote, Site
from crawlers.urls import identity
from storage.schema import extracts

NEAR = 1  # pages that the home page leads to, its articles aside
_TOGETHER = 500


def note_lists(kept: Kept, lists: Iterable[str]) -> None:
    """Write down of each page whether it belongs to them.

    Args:
        lists: The pages that the sections are made of.
    """
    known = {identity(url) for url in lists}
    pages = kept.site.pages.items()
    now = {note.url for key, note in pages if key in known or _is_of_frame(kept.site, key, note)}
    of_site = extracts.c.site == kept.profile.id
    before = set(kept.connection.execute(sa.select(extracts.c.url).where(of_site, extracts.c.listing)).scalars())
    for urls, value in ((sorted(now - before), True), (sorted(before - now), False)):
        for start in range(0, len(urls), _TOGETHER):
            some = extracts.c.url.in_(urls[start : start + _TOGETHER])
            kept.connection.execute(sa.update(extracts).where(of_site, some).values(listing=value))
    unknown = extracts.c.listing.is_(None)
    kept.connection.execute(sa.update(extracts).where(of_site, unknown).values(listing=False))


def _is_of_frame(site: Site, key: str, note: PageNote) -> bool:
    """A page that no dated list leads to, and that stands near the home page, is paged, or has a list or frames of its own."""
    if key in site.row_targets:
        return False
    shape = note.shape
    return note.depth <= NEAR or bool(shape.pagers or shape.frames) or any(b.dated for b in site.own_blocks(note))
