"""Counting for metrics: sums by metric, department and day, and what the rules said tonight of each subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from auditors.metrics import STATE, catalogue
from auditors.rule import CERTAIN
from storage.findings import Subject, fingerprint
from storage.measures import Measure


@dataclass(frozen=True)
class Verdicts:
    """What is held of each subject tonight: the grade after confirmation, or the open finding that was not looked at.

    Attributes:
        by_print: certain, suspected, unclear or held, by the finding's fingerprint; that all is well is not kept.
        exposed: Addresses of pages that prove a certain finding on personal data.
    """

    site: str
    by_print: Mapping[str, str] = field(default_factory=dict)
    exposed: frozenset[str] = frozenset()

    def of(self, rule: str, subject: Subject) -> str | None:
        """The grade, or None: all is well, or nothing was said."""
        return self.by_print.get(fingerprint(rule, self.site, subject))

    def is_certain(self, subject: Subject, *rules: str) -> bool:
        """One of the rules has a certain finding on it."""
        return any(self.of(rule, subject) == CERTAIN for rule in rules)


class Tally:
    """Adds up what is counted; `measures` is the sum."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str, date], list[int]] = {}

    def count(self, name: str, department: str | None, day: date, number: int = 1, *, unknown: int = 0) -> None:
        """So many more of a plain count."""
        self._add(name, department, day, number, 0, unknown)

    def judge(self, name: str, department: str | None, day: date, found: bool | None, number: int = 1) -> None:
        """So many more of a share's denominator: in the numerator, not in it, or (None) nobody can tell."""
        self._add(name, department, day, number * (found is True), number, number * (found is None))

    def _add(self, name: str, department: str | None, day: date, *counts: int) -> None:
        sums = self._sums.setdefault((name, department or "", day), [0, 0, 0])
        for place, count in enumerate(counts):
            sums[place] += count

    @property
    def counts(self) -> dict[tuple[str, str, date], tuple[int, int, int]]:
        """Numerator, denominator and unknown, by metric, department and day."""
        return {key: (sums[0], sums[1], sums[2]) for key, sums in self._sums.items()}

    @property
    def measures(self) -> list[Measure]:
        """One for each metric, department and day, in this order."""
        return list(self._measures())

    def _measures(self) -> Iterable[Measure]:
        for key, counts in sorted(self._sums.items()):
            yield measure_of(key, counts)


def measure_of(key: tuple[str, str, date], counts: Sequence[int]) -> Measure:
    """A sum of the tally as a measure."""
    name, department, day = key
    numerator, denominator, unknown = counts
    return Measure(
        name=name,
        day=day,
        department=department,
        numerator=numerator,
        denominator=denominator,
        unknown=unknown,
        state=catalogue()[name].kind == STATE,
    )
