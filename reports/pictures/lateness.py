"""How late judgments were published, in working days after the period of publication had ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from reports.indicators import share_of
from reports.words import say
from storage.measures import Total

# The metrics of auditors/metrics.yml, with the first and the last working day of each span; None: and more.
SPANS: dict[str, tuple[int, int | None]] = {
    "timely_rate": (0, 0),
    "late_1_5": (1, 5),
    "late_6_10": (6, 10),
    "late_11_20": (11, 20),
    "late_over_20": (21, None),
}


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Documents that were published between `first` and `last` working days late; 0 is in time, None: and later."""

    first: int
    last: int | None
    count: int

    @property
    def is_late(self) -> bool:
        return self.first > 0

    @property
    def title(self) -> str:
        if not self.is_late:
            return say("pictures.lateness.in_time")
        if self.last is None:
            return say("pictures.lateness.more", first=self.first)
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, kw_only=True)
class Lateness:
    """The distribution. `unknown`: published documents of which it cannot be told whether they were in time."""

    name: ClassVar[str] = "lateness"
    buckets: tuple[Bucket, ...]
    unknown: int = 0

    @property
    def total(self) -> int:
        return sum(bucket.count for bucket in self.buckets)

    @property
    def late(self) -> int:
        return sum(bucket.count for bucket in self.buckets if bucket.is_late)

    @property
    def absent(self) -> str | None:
        return None if self.total else say("pictures.lateness.nothing")

    @property
    def title(self) -> str:
        return say("pictures.lateness.title")

    @property
    def description(self) -> str:
        return say(
            "pictures.lateness.description" if self.late else "pictures.lateness.all_in_time",
            total=self.total,
            in_time=self.total - self.late,
            late=self.late,
            share=f"{share_of(self.total - self.late, self.total) or 0:.2%}",
        )

    @property
    def note(self) -> str:
        unknown = say("pictures.lateness.unknown", count=self.unknown) if self.unknown else ""
        return say("pictures.lateness.note") + unknown


def lateness_of(totals: Iterable[Total]) -> Lateness:
    """The distribution over all the sites and departments whose sums are given."""
    counts = dict.fromkeys(SPANS, 0)
    unknown = 0
    for total in totals:
        if total.name in counts:
            counts[total.name] += total.numerator
        if total.name == "timely_rate":
            unknown += total.unknown
    buckets = tuple(Bucket(first=first, last=last, count=counts[name]) for name, (first, last) in SPANS.items())
    return Lateness(buckets=buckets, unknown=unknown)
