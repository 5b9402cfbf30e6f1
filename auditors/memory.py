"""Looking again only at what may have changed: which cases an audit takes up, and what it keeps of them for the next.

A rule's verdict on a case depends on the case's own rows, on those of the cases it is linked to (a second instance), on what
is the same for all cases of the site that night, and on the day. So a case is left alone while none of these has changed:
its rows and links by the notes of the database (`storage.changes`), what is common by a hash, the day by the next one on
which a time limit runs out. What is not clean, or has an open finding, is looked at every night. Rules are asked as ever;
nothing here decides a verdict. That the outcome is the same as that of looking at everything is held by tests.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from auditors.basis import article
from auditors.calendar import CALENDAR, add_working_days
from auditors.case_files import Common
from auditors.case_sources import Wanted
from auditors.deadline import publication_deadline
from auditors.document_joins import GONE, MOST_GONE
from auditors.document_views import CourtDocuments
from auditors.gaps import Appearance, Gap, Series, add_day, from_json, gap_of, place_of, to_json
from auditors.joins import Joined
from auditors.plan import (
    DOCUMENTS,
    ENTRIES,
    FILES,
    PAGE,
    PUBLIC,
    UNREAD,
    Known,
    OutdatedError,
    Plan,
    Sums,
    home_of,
    is_sum,
    links_of,
    sum_of,
    unit_of,
    writings_of,
)
from auditors.policies import Policy, duty_of
from auditors.rule import Rule
from auditors.site_measures import public_since
from auditors.statistics import CaseFacts, announced, first_day
from auditors.views import CaseFile
from storage import memory, runs
from storage.case_number import parse
from storage.changes import is_watched
from storage.findings import Finding
from storage.memory import Axes, Counts, Remembered, Unit
from storage.records import CaseEntry, Judgment, Withheld
from storage.runs import Run
from storage.schema import TABLES, accesses

NOTICE = "judgments_online_2016/6"
AT_ONCE = 200


class Memory:
    """What is remembered of one site while one of its nights is audited."""

    def __init__(
        self,
        connection: Connection,
        site: str,
        night: date,
        *,
        policy: Policy | None,
        rules: Iterable[Rule],
        opened: Iterable[Finding],
    ) -> None:
        self._connection, self._site, self._night = connection, site, night
        self._policy, self._rules, self._opened = policy, tuple(rules), list(opened)
        self._is_watched = is_watched(connection)
        self._before = memory.recall(connection, site) if self._is_watched else None
        self._old: dict[str, Unit] = {}
        self._context = ""
        self._is_whole = True
        self._sums: Sums = Counter()

    # --- before: what to look at ---

    def plan(self, common: Common, known: Known) -> Plan:
        """The cases to be looked at, once it is known what is the same for all."""
        self._context = self._hash(common, known)
        before = self._before
        if before is None or before.context != self._context or before.night >= self._night or self._is_overtaken:
            return self.forget(common, known)
        try:
            numbers, urls = self._moved(before.night, known.run)
        except OutdatedError:
            return self.forget(common, known)
        changes = memory.changes(self._connection, self._site)
        rows = {(c.case_number, c.url) for c in changes} | {(number, None) for number in numbers}
        rows |= self._rows_at(urls)
        changed = {unit_of(number, url) for number, url in rows if number or url}
        changed |= {unit_of(n) for number, _ in rows for n in (number or "").split("、") if n}
        units = changed | memory.due(self._connection, self._site, self._night) | self._with_findings()
        units |= memory.readers(self._connection, self._site, changed)
        written = {number for number, _ in rows if number}
        units |= self._led_to(changed, written)
        needed = units | memory.read_by(self._connection, self._site, units)
        names = needed | memory.writings(self._connection, self._site, needed) | written
        addresses = {name.removeprefix(PAGE) for name in names} | {url for number, url in rows if url and not number}
        self._old = memory.units_of(self._connection, self._site, units)
        rest: Sums = Counter(before.sums)
        for one in self._old.values():
            for (name, _, day), (count, _, _) in before.axes.unpack(one.counts):
                if is_sum(name):
                    rest[name, day] -= count
        self._is_whole = False
        home = home_of(sum_of(Counter(before.sums), ENTRIES), sum_of(Counter(before.sums), DOCUMENTS))
        return Plan(frozenset(units), Wanted(names, addresses), rest, home, self._reports_are_due)

    def forget(self, common: Common, known: Known) -> Plan:
        """Look at everything, whatever is remembered."""
        self._context = self._hash(common, known)
        memory.forget(self._connection, self._site)
        self._before, self._old, self._is_whole = None, {}, True
        return Plan(ledgers=self._reports_are_due)

    @property
    def _reports_are_due(self) -> bool:
        return duty_of(self._policy, "withheld_report", self._night) is not None

    @property
    def _is_overtaken(self) -> bool:
        """A later night was read already: what it changed is noted, but can neither be told apart nor be kept for its audit."""
        for kind in (Judgment, Withheld):
            table = TABLES[kind]
            later = sa.select(sa.literal(1)).where(table.c.site == self._site, table.c.last_seen > self._night).limit(1)
            if self._connection.execute(later).first() is not None:
                return True
        return False

    @property
    def is_whole(self) -> bool:
        return self._is_whole

    def _hash(self, common: Common, known: Known) -> str:
        """All that verdicts depend on besides the rows of the cases and the day."""
        site = next((s for s in runs.all_sites(self._connection) if s.id == self._site), None)
        until = None if known.read_until == self._night else known.read_until
        said = (
            _code(),
            site,
            sorted(rule.id for rule in self._rules),
            self._policy,
            {
                **asdict(common),
                "unread": sorted(common.unread, key=str),
                "withdrawal_columns": sorted(common.withdrawal_columns),
            },
            sorted(known.departments.items()),
            (known.read_until == self._night, until),
        )
        return hashlib.sha256(repr(said).encode()).hexdigest()

    def _moved(self, since: date, run: Run | None) -> tuple[set[str], set[str]]:
        """Case numbers and addresses of pages that were there at the last audit and are not now, or are said to be gone.

        Raises:
            OutdatedError: So many are gone that it says nothing of each.
        """
        numbers: set[str] = set()
        urls: set[str] = set()
        for kind in (Judgment, Withheld):
            table = TABLES[kind]
            query = sa.select(table.c.case_number, table.c.url).where(
                table.c.site == self._site, table.c.last_seen >= since, table.c.last_seen < self._night
            )
            for number, url in self._connection.execute(query):
                (numbers if number else urls).add(number or url)
        gone = self._gone(run) if run is not None else set()
        if len({url.partition("#")[0] for _, url in gone}) > MOST_GONE:
            raise OutdatedError
        numbers |= {number for number, _ in gone if number}
        urls |= {url for number, url in gone if not number}
        return numbers, urls

    def _gone(self, run: Run) -> set[tuple[str | None, str]]:
        """Documents that are not listed tonight, and whose pages were asked and are gone."""
        query = sa.select(accesses.c.url).where(
            accesses.c.run == run.id, accesses.c.access.in_([a.value for a in GONE])
        )
        asked = sorted(self._connection.execute(query).scalars())
        table, found = TABLES[Judgment], set()
        for start in range(0, len(asked), AT_ONCE):
            some = asked[start : start + AT_ONCE]
            at = [sa.and_(table.c.url >= f"{url}#", table.c.url < f"{url}$") for url in some]  # several cases of a page
            rows = sa.select(table.c.case_number, table.c.url).where(
                table.c.site == self._site,
                table.c.last_seen < self._night,
                table.c.imported.is_(None),
                sa.or_(table.c.url.in_(some), *at),
            )
            found |= {(number, url) for number, url in self._connection.execute(rows)}
        return found

    def _rows_at(self, urls: Iterable[str]) -> set[tuple[str | None, str | None]]:
        """The documents and notices at some addresses, by what their units are named after."""
        found: set[tuple[str | None, str | None]] = set()
        waiting = sorted(urls)
        for kind in (Judgment, Withheld):
            table = TABLES[kind]
            for start in range(0, len(waiting), AT_ONCE):
                query = sa.select(table.c.case_number, table.c.url).where(
                    table.c.site == self._site, table.c.url.in_(waiting[start : start + AT_ONCE])
                )
                found |= {(number, url) for number, url in self._connection.execute(query)}
        return found

    def _with_findings(self) -> set[str]:
        """Units with open findings."""
        cases = {f.subject.case_number for f in self._opened if f.subject.kind == "case" and f.subject.case_number}
        pages = {f.subject.url for f in self._opened if f.subject.kind == "page" and f.subject.url}
        at = {unit_of(number, url) for number, url in self._rows_at(pages)}
        return {unit_of(number) for number in cases} | {unit_of(None, url) for url in pages} | at

    def _led_to(self, changed: set[str], written: set[str]) -> set[str]:
        """Units that rows which changed name now, as second or as first instance."""
        names = changed | written | memory.writings(self._connection, self._site, changed)
        found: set[str] = set()
        entries, judgments = TABLES[CaseEntry], TABLES[Judgment]
        waiting = sorted(names)
        for start in range(0, len(waiting), AT_ONCE):
            some = waiting[start : start + AT_ONCE]
            query = sa.select(entries.c.appeal_case_number).where(
                entries.c.site == self._site, entries.c.case_number.in_(some), entries.c.appeal_case_number != ""
            )
            found |= {unit_of(number) for number in self._connection.execute(query).scalars()}
            quoting = sa.select(judgments.c.quoted_case_numbers).where(
                judgments.c.site == self._site, judgments.c.case_number.in_(some)
            )
            found |= {unit_of(number) for quoted in self._connection.execute(quoting).scalars() for number in quoted}
        return found

    # --- after: what to keep ---

    def take(self, counts: Mapping[str, Counts]) -> dict[tuple[str, str, date], list[int]]:
        """Take over what the units that were looked at add to the counts; how the measures differ from what was known."""
        differ: dict[tuple[str, str, date], list[int]] = defaultdict(lambda: [0, 0, 0])
        total: Sums = Counter(self._before.sums) if self._before is not None else Counter()

        def add(key: tuple[str, str, date], counted: tuple[int, int, int], sign: int) -> None:
            if is_sum(key[0]):
                total[key[0], key[2]] += sign * counted[0]
                return
            sums = differ[key]
            sums[0] += sign * counted[0]
            sums[1] += sign * counted[1]
            sums[2] += sign * counted[2]

        if self._before is not None:
            for one in self._old.values():
                for key, counted in self._before.axes.unpack(one.counts):
                    add(key, counted, -1)
        for own in counts.values():
            for key, counted in own.items():
                add(key, counted, 1)
        self._sums = total
        return {key: counted for key, counted in differ.items() if any(counted)}

    def facts(self, joined: Joined) -> tuple[CaseFacts, dict[str, Any]]:
        """What all cases come to, for the statistics; and what is kept of their gaps."""
        sums = self._sums
        heard = announced(self._connection, self._site, self._night)
        gaps, kept = self.gaps(joined.home_codes, self._days(joined, self._night), heard)
        found = CaseFacts(
            any_public=_any(sums, PUBLIC), any_unread=_any(sums, UNREAD), any_file=_any(sums, FILES), gaps=gaps
        )
        return found, kept

    def keep(
        self, joined: Joined, counts: Mapping[str, Counts], restless: Collection[str], gaps: dict[str, Any]
    ) -> None:
        """Write down what this night came to; nothing if a later one was read already, whose audit then looks at everything.

        Args:
            restless: Units of which any rule says anything but that all is well.
        """
        if not self._is_watched:
            return
        if self._is_overtaken:
            memory.forget(self._connection, self._site)
            return
        axes = self._before.axes if self._before is not None else Axes()
        days, again = self._days(joined, self._night), self._next_looks(joined, restless)
        units = {name: Unit(again.get(name), days.get(name), axes.pack(own)) for name, own in counts.items()}
        memory.remember(
            self._connection,
            self._site,
            Remembered(self._night, self._context, axes, dict(self._sums), gaps),
            units,
            gone=set(self._old) - set(units),
            links=[link for link in links_of(joined.sources) if link[0] in units],
            written=[one for one in writings_of(joined.sources) if one[0] in units],
        )

    def _days(self, joined: Joined, night: date) -> dict[str, date | None]:
        """The first day that is known of each unit with a number."""
        days: dict[str, date | None] = {}
        for case in joined.all(CaseFile):
            if case.number is not None:
                unit, day = unit_of(case.case_number), first_day(case, night)
                before = days.get(unit)
                days[unit] = min(before, day) if before is not None and day is not None else before or day
        return days

    def _next_looks(self, joined: Joined, restless: Collection[str]) -> dict[str, date]:
        """When each unit is to be looked at again: the next night, or as soon as a day comes that may change something."""
        found: dict[str, date] = {}

        def at(unit: str, day: date | None) -> None:
            if day is not None and day > self._night:
                found[unit] = min(day, found.get(unit, day))

        for unit, day in self._days(joined, date.max).items():
            at(unit, day)  # a day to come counts from then on
        for case in joined.all(CaseFile):
            try:
                at(unit_of(case.case_number), next_look(case, self._night))
            except ValueError:  # a year that no calendar knows
                found[unit_of(case.case_number)] = self._night
        for seen in joined.notices:
            at(unit_of(seen.record.case_number, seen.record.url), public_since(seen))
        always = set(restless)
        for whole in joined.all(CourtDocuments):
            gone = (p.judgment for p in whole.publications if p.gone_since is not None)
            always |= {unit_of(judgment.case_number, judgment.url) for judgment in gone}
        if self._policy is not None:  # a local norm may begin or end
            undated = (s.record for s in joined.notices if s.record.published is None)
            always |= {unit_of(entry.case_number, entry.url) for entry in undated}
        return found | dict.fromkeys(always, self._night)

    # --- gaps in the numbering ---

    def gaps(
        self, codes: frozenset[str], days: Mapping[str, date | None], announced: Iterable[Appearance]
    ) -> tuple[list[Gap], dict[str, Any]]:
        """The gaps of each series, and what is kept of them.

        Only those series are counted anew in which a number came or went or has another day, or that hearings name.

        Args:
            days: Of the units that were looked at and have a number, the first day that is known.
            announced: Numbers of hearings, with their days.
        """
        own = {unit: place for unit in {*days, *self._old} if (place := _place(unit, codes)) is not None}
        heard = [(place, day) for number, day in announced if (place := place_of(number, codes)) is not None]
        kept = self._before.gaps if self._before is not None else {"series": {}, "heard": []}
        touched = {
            place[0]
            for unit, place in own.items()
            if unit not in days or unit not in self._old or days[unit] != self._old[unit].day
        }
        touched |= {place[0] for place, _ in heard} | {(c, int(y), t) for c, y, t in kept["heard"]}
        known: dict[Series, dict[int, date | None]] = {series: {} for series in touched}
        if not self._is_whole:
            for series in touched:
                for unit, day in memory.days_of(self._connection, self._site, _prefix(series)):
                    if unit not in self._old and (place := _place(unit, codes)) is not None and place[0] == series:
                        add_day(known[series], place[1], day)
        for unit, day in days.items():
            if unit in own and own[unit][0] in touched:
                add_day(known[own[unit][0]], own[unit][1], day)
        for (series, sequence), day in heard:
            add_day(known[series], sequence, day)
        rows = {key: one for key, one in kept["series"].items() if _series(key) not in touched}
        rows |= {_key(series): to_json(gap) for series in touched if (gap := gap_of(series, known[series])) is not None}
        found = [from_json(rows[key]) for key in sorted(rows, key=_series)]
        return found, {"series": rows, "heard": sorted({place[0] for place, _ in heard})}


def _place(unit: str, codes: frozenset[str]) -> tuple[Series, int] | None:
    number = None if unit.startswith(PAGE) else parse(unit)
    return None if number is None else place_of(number, codes)


def _prefix(series: Series) -> str:
    court, year, type_ = series
    return f"（{year}）{court}{type_}"


def _key(series: Series) -> str:
    return " ".join(map(str, series))


def _series(key: str) -> Series:
    court, year, type_ = key.split(" ")
    return court, int(year), type_


def next_look(case: CaseFile, night: date) -> date | None:
    """The first night after this one on which a time limit of the case will have run out."""
    effective = {day for e in case.entries for day in (e.effective, e.appeal_effective) if day is not None}
    return min((day for one in effective for day in _limits(one) if day > night), default=None)


@lru_cache(maxsize=20_000)
def _limits(effective: date) -> tuple[date, ...]:
    """The days from which on something is overdue that took effect on this one."""
    notice = add_working_days(effective, article(NOTICE).numbers["working_days"]) + timedelta(days=1)
    deadline = publication_deadline(effective)
    return (notice,) if deadline is None else (notice, deadline.overdue_from, deadline.last + timedelta(days=1))


def _any(sums: Sums, name: str) -> bool:
    return any(count > 0 for (one, _), count in sums.items() if one == name)


@cache
def _code() -> str:
    """The program as far as verdicts and counts depend on it: with another one everything is looked at.

    With it the working days that it was given: they are of a library that is brought up every autumn.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256(CALENDAR.digest())
    for folder in (here, here.parent / "storage"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".yml", ".csv") and "migrations" not in path.parts:
                digest.update(path.relative_to(here.parent).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


_code()  # now, while the files are those that run: a program that is replaced under a service is another one
