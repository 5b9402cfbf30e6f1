"""Which of a site's cases an audit looks at: all of them, or those of which something may have changed.

What the others add up to is known from when they were looked at last: that is all that rules on a court as a whole need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from auditors.case_files import base_key, case_key, code_of, commonest
from auditors.case_sources import Sources, Wanted, numbers_of
from auditors.views import Publication
from storage.columns import key_text
from storage.runs import Run

PAGE = "@"
# Counts that are no measures, by unit and in sum. Those with a colon name a class or a court's code behind it.
FILES, PUBLIC, UNREAD, UPLOADS = "~files", "~public", "~unread", "~uploads"
ENTRIES, DOCUMENTS, ROWS, DUE, PUBLISHED = "~entries:", "~documents:", "~rows:", "~due:", "~published:"
UNNUMBERED = "~unnumbered:"  # with its decision date, or with "undated" behind the colon
Sums = Counter[tuple[str, date]]


class OutdatedError(Exception):
    """What is remembered does not hold tonight: everything has to be looked at."""


@lru_cache(maxsize=200_000)
def unit_of(case_number: str | None, url: str | None = None) -> str:
    """The unit that a row belongs to: its case, whatever the suffix and the writing; without a number its page."""
    return key_text(base_key(case_number) if case_number else f"{PAGE}{url}")


def is_sum(name: str) -> bool:
    """It is no measure."""
    return name.startswith("~")


@dataclass(frozen=True)
class Known:
    """What else is the same for all cases of a night.

    Attributes:
        run: Tonight's.
        read_until: The last night on which all sections of judgments and notices were read.
        departments: By section.
    """

    run: Run | None
    read_until: date | None
    departments: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """What an audit looks at.

    Attributes:
        units: None: everything.
        wanted: The rows that are needed for it: also those of other cases on which a verdict depends.
        rest: What all other units add up to.
        home: This court's 法院代字, as far as it is known, when the others were looked at.
        ledgers: The rows of the ledgers of approvals are looked at as a whole: a local norm asks for it.
    """

    units: frozenset[str] | None = None
    wanted: Wanted | None = None
    rest: Sums = field(default_factory=Counter)
    home: frozenset[str] = frozenset()
    ledgers: bool = True

    def has(self, case_number: str | None, url: str | None = None) -> bool:
        return self.units is None or unit_of(case_number, url) in self.units

    def codes(self, sources: Sources, publications: Iterable[Publication]) -> frozenset[str] | None:
        """The court's code; None: everything is looked at, and shows it.

        Raises:
            OutdatedError: It is another one now.
        """
        if self.units is None:
            return None
        entries = {case_key(e.case_number) for e in sources.entries if self.has(e.case_number)}
        numbers = (p.judgment.case_number for p in publications)
        documents = {case_key(n) for n in numbers if n and self.has(n)}
        found = home_of(
            self._sum(ENTRIES) + Counter(map(code_of, entries)), self._sum(DOCUMENTS) + Counter(map(code_of, documents))
        )
        if found != self.home:
            raise OutdatedError
        return found

    def entry_codes(self, sources: Sources) -> Counter[str]:
        """How many rows of the case ledger have numbers with each code."""
        return self._sum(ROWS) + Counter(code_of(e.case_number) for e in sources.entries if self.has(e.case_number))

    @property
    def settled_due(self) -> tuple[tuple[str, date, int], ...]:
        return tuple((name, day, count) for name, day, count in self._dated(DUE))

    @property
    def settled_published(self) -> tuple[tuple[str | None, date], ...]:
        return tuple((name or None, day) for name, day, _ in self._dated(PUBLISHED))

    @property
    def settled_uploads(self) -> tuple[date, ...]:
        return tuple(day for (name, day), count in self.rest.items() if name == UPLOADS for _ in range(count))

    @property
    def settled_unnumbered(self) -> frozenset[date | None]:
        """Decision dates of the documents without a readable number that are not looked at."""
        return frozenset(None if undated else day for undated, day, _ in self._dated(UNNUMBERED))

    def _sum(self, kind: str) -> Counter[str]:
        return sum_of(self.rest, kind)

    def _dated(self, kind: str) -> Iterator[tuple[str, date, int]]:
        for (name, day), count in self.rest.items():
            if name.startswith(kind) and count:
                yield name.removeprefix(kind), day, count


def links_of(sources: Sources) -> Iterator[tuple[str, str]]:
    """Units whose verdicts depend on others' rows: an appealed case on its second instance's, that one on its first's.

    Each pair comes both ways: one of the two may not be known yet, and only of known units it is kept what they read.
    """
    for entry in sources.entries:
        if entry.appeal_case_number:
            first, second = unit_of(entry.case_number), unit_of(entry.appeal_case_number)
            if first != second:
                yield first, second
                yield second, first
    for seen in sources.judgments:
        judgment = seen.record
        if judgment.quoted_case_numbers and judgment.case_number:
            own = unit_of(judgment.case_number)
            for other in map(unit_of, judgment.quoted_case_numbers):
                if other != own:
                    yield other, own
                    yield own, other


def writings_of(sources: Sources) -> Iterator[tuple[str, str]]:
    """How the tables write what units are named after, where that is not their name."""
    ledgers = (sources.entries, sources.approvals, sources.withdrawals, sources.participants, sources.appearances)
    rows: list[tuple[str | None, str | None]] = [(row.case_number, None) for ledger in ledgers for row in ledger]
    rows += [(number, None) for visit in sources.visits for number in numbers_of(visit)]
    rows += [(seen.record.case_number, seen.record.url) for seen in sources.notices]
    rows += [(seen.record.case_number, seen.record.url) for seen in sources.judgments]
    for number, url in rows:
        name = unit_of(number, url)
        if number and name != number:
            yield name, number
        elif not number and name != f"{PAGE}{url}":
            yield name, str(url)


def sum_of(sums: Sums, kind: str) -> Counter[str]:
    """The counts of one kind, by what stands behind its colon."""
    found: Counter[str] = Counter()
    for (name, _), count in sums.items():
        if name.startswith(kind) and count > 0:
            found[name.removeprefix(kind)] += count
    return found


def home_of(entries: Counter[str], documents: Counter[str]) -> frozenset[str]:
    """The court's code: as its ledger shows it, else as its documents do."""
    return commonest(entries or documents)


EVERYTHING = Plan()
