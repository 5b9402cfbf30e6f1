"""Records that were read from a page are read from it once: as long as its body, its list's words on it, the files that it
offers and the program are the same, a night takes them over from the night that read them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa

from crawlers.conclude.kept import Kept
from crawlers.conclude.masked import without_personal_data
from crawlers.urls import identity
from storage import pages
from storage.records import RECORDS, Item, Record, Section
from storage.schema import extracts, field_types, from_row, to_row

R = TypeVar("R", bound=Record)
_TOGETHER = 500
_KINDS = {kind.TABLE: kind for kind in RECORDS}
_TIMES: dict[Any, Callable[[str], Any]] = {date: date.fromisoformat, datetime: datetime.fromisoformat}
_READS = ("crawlers", "storage/case_number.py", "storage/courts.py", "storage/courts.csv", "storage/records.py")


class Remembered:
    """What earlier nights read from the pages of one site, and what tonight adds to it. Nothing in it is unmasked.

    Args:
        court: As readers are told it.
    """

    def __init__(self, kept: Kept, court: str) -> None:
        self._kept, self._court = kept, court
        self._known: dict[str, dict[str, Any]] = {}
        self._new: dict[str, dict[str, Any]] = {}

    def look_up(self, items: Iterable[Item]) -> None:
        """Fetch what is known of the pages of some items, in few queries."""
        notes = (self._kept.site.page(item.url) for item in items)
        urls = sorted({note.url for note in notes if note is not None})
        self._known = {}
        for start in range(0, len(urls), _TOGETHER):
            query = sa.select(extracts.c.url, extracts.c.read).where(
                extracts.c.site == self._kept.profile.id,
                extracts.c.url.in_(urls[start : start + _TOGETHER]),
                extracts.c.read.is_not(None),
            )
            for row in self._kept.connection.execute(query):
                self._known[row.url] = orjson.loads(pages.unpack(row.read))

    def records(
        self, item: Item, section: Section, name: str, read: Callable[[], tuple[Sequence[R], Iterable[str]]]
    ) -> list[R]:
        """The records that `read` gives of an item's page, or gave on an earlier night.

        Args:
            name: Of the reader.
            read: The records, and the addresses of the files that they depend on beside the page.
        """
        place = self._place(item, section, name)
        if place is None:
            return list(read()[0])
        url, key = place
        known = self._of(url, key)
        if name in known and all(self._state(file) == state for file, state in known[name]["files"].items()):
            return [_from_json(value) for value in known[name]["records"]]
        missed = self._kept.missed
        found, files = read()
        if self._kept.missed > missed:  # what could not be read is to be read when it is there again
            return list(found)
        masked = (without_personal_data(record, self._kept.night) for record in found)
        known[name] = {"files": {file: self._state(file) for file in files}, "records": [*map(_to_json, masked)]}
        self._new[url] = known
        return list(found)

    def answer(self, item: Item, section: Section, name: str, read: Callable[[], bool]) -> bool:
        """The same for a question of yes and no."""
        place = self._place(item, section, name)
        if place is None:
            return read()
        url, key = place
        known = self._of(url, key)
        if name not in known:
            missed = self._kept.missed
            answer = read()
            if self._kept.missed > missed:
                return answer
            known[name] = answer
            self._new[url] = known
        return bool(known[name])

    def save(self) -> None:
        """Write down what tonight has read anew."""
        of_page = (extracts.c.site == self._kept.profile.id, extracts.c.url == sa.bindparam("of_url"))
        rows = [{"of_url": url, "is_read": pages.pack(orjson.dumps(known))} for url, known in self._new.items()]
        if rows:
            statement = sa.update(extracts).where(*of_page).values(read=sa.bindparam("is_read"))
            self._kept.connection.execute(statement, rows)
        self._new = {}

    def _of(self, url: str, key: str) -> dict[str, Any]:
        known = self._new.get(url) or self._known.get(url)
        return known if known is not None and known["key"] == key else {"key": key}

    def _place(self, item: Item, section: Section, name: str) -> tuple[str, str] | None:
        """The page's address and the hash of all that its reading depends on; None: it was not read, or is a file."""
        note = self._kept.site.page(item.url)
        seen = self._kept.seen.get(identity(note.url)) if note is not None else None
        if note is None or seen is None or seen.sha256 is None:
            return None
        depends = (
            *(program(), seen.sha256, note.url, self._kept.profile.id, self._court),
            *(item.url, item.title, item.published, item.published_source, section.name, section.record),
        )
        return note.url, hashlib.sha256(orjson.dumps(depends)).hexdigest()[:32]

    def _state(self, url: str) -> list[Any] | None:
        """A file as it came tonight, as far as a reader can tell."""
        seen = self._kept.seen.get(identity(url))
        return None if seen is None else [seen.sha256, seen.access.value, seen.kind.value, seen.internal]


@cache
def program() -> str:
    """The hash of the code that reads pages: what another version has read is read again."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for name in _READS:
        for path in sorted((root / name).rglob("*.py")) if (root / name).is_dir() else (root / name,):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _to_json(record: Record) -> list[Any]:
    row = {name: value.isoformat() if isinstance(value, date) else value for name, value in to_row(record).items()}
    return [record.TABLE, row]


def _from_json(value: list[Any]) -> Any:
    kind, row = _KINDS[value[0]], dict(value[1])
    for name, (type_, _) in field_types(kind).items():
        if type_ in _TIMES and row[name] is not None:
            row[name] = _TIMES[type_](row[name])
    return from_row(kind, row)
