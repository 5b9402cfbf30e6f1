"""The kept pages of one night → records: sections, items, judgments, notices, hearings, dead targets, page facts.

Nothing is asked here, and nothing judged: what was not read makes a section incomplete, and says why. `kept.py` reads what
the night kept, `sections.py` what stands in the sections (`blank.py`, `items.py`, `cases.py`), `links.py` who leads where, `personal.py` what the
pages show of persons. Nothing personal is stored unmasked (`masked.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain

from sqlalchemy.engine import Connection

from crawlers.conclude.frame import note_lists
from crawlers.conclude.kept import Kept
from crawlers.conclude.links import Links
from crawlers.conclude.masked import without_personal_data
from crawlers.conclude.personal import Personal
from crawlers.conclude.sections import Sections
from crawlers.profile import Profile, recognise
from storage import memory, runs, store
from storage.locks import in_turn
from storage.runs import Run

_COURT = re.compile(r"[\u4e00-\u9fff]{2,24}?(?:人民法院|法院)(?![\u4e00-\u9fff]*网站群)")


@dataclass(frozen=True)
class Concluded:
    """What a night yielded.

    Attributes:
        bugs: Pages on which a reader stopped with a bug.
        lost: Pages that could not be read because their place has lost or damaged them.
    """

    sections: int
    incomplete: tuple[str, ...]
    records: int
    platform: str | None
    court: str
    bugs: tuple[str, ...]
    lost: tuple[str, ...]


def conclude(connection: Connection, profile: Profile, run: Run) -> Concluded:
    """Records of one run, saved. Running it twice saves the same."""
    # Not while the site is audited: an audit takes away all notes of what changed, also those that it has not read.
    in_turn(connection, f"dumps:{run.site}")
    memory.forget_if_left(connection, run.site, run.night)
    kept = Kept(connection, profile, run)
    links = Links(kept)
    kept.read_accesses()
    kept.read_shapes(links.note)
    court = profile.court or _court_name(kept)
    sections = Sections(kept, links, court)
    found = sections.read()
    personal = Personal(kept, links, found, sections.records)
    records = chain(sections.records, found, links.targets(), links.facts.values(), personal.read())
    written = store.save(connection, (without_personal_data(record, run.night) for record in records), run.night)
    runs.save_section_reads(connection, [runs.section_read(s, run.night) for s in found])
    note_lists(kept, sections.lists)
    platform = profile.platform or _platform(kept)
    runs.save_issues(connection, run.id, [*kept.bugs, *kept.lost.values()])
    incomplete = tuple(f"{s.name}：{s.why}" for s in found if not s.complete)
    bugs = tuple(bug.subject for bug in kept.bugs)
    return Concluded(len(found), incomplete, written, platform, court, bugs, tuple(kept.lost))


def _platform(kept: Kept) -> str | None:
    """The family of court sites that this one's addresses and markup belong to."""
    notes = list(kept.site.pages.values())
    return recognise([note.url for note in notes[:400]], "\n".join(kept.html(note.url) or "" for note in notes[:6]))


def _court_name(kept: Kept) -> str:
    """The court as its home page names it."""
    home = kept.site.page(kept.profile.home)
    if home is None:
        return kept.profile.id
    for text in (home.shape.title, kept.text_of(home.url) or ""):
        found: list[str] = [m for m in _COURT.findall(text) if "最高" not in m or "最高" in text[:10]]
        if found:
            return max(set(found), key=lambda m: (found.count(m), len(m)))
    return home.shape.title[:30] or kept.profile.id
