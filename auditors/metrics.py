"""The catalogue of metrics (`metrics.yml`), and their values from the counts that `storage/measures.py` sums up.

A rate is computed here and nowhere else, so that bulletin, ranking, charts and statistics show one value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from auditors.basis import load
from storage.measures import Total

FILE = Path(__file__).parent / "metrics.yml"
FLOW, STATE = "flow", "state"
SHARE, COUNT = "share", "count"
_PARTS = ("numerator", "denominator", "unknown")


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One metric, as the catalogue words it.

    Attributes:
        kind: flow (what happened on the days of a period) or state (what stood on its last night).
        unit: share (a fraction of one) or count.
        day: On which day a case counts, in words.
        numerator, denominator, unknown: What is counted, in words; empty where there is none.
        definition: How it is computed, for the annex.
        ages: What is known of its cases changes as time goes by: two periods are compared only as each was known at its end.
        better: "high" or "low"; None: neither is progress.
        source: The measure that it is read from, and which part of it: (upload_rate, denominator) for 应上网数.
        least_known: The part of the denominator that must be known for a share to be given.
    """

    name: str
    title: str
    kind: str
    unit: str
    day: str
    numerator: str
    denominator: str
    unknown: str
    definition: str
    ages: bool
    better: str | None
    source: tuple[str, str]
    least_known: float


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """A distribution: counts side by side. `unknown` is the measure and part that counts what fits in no bucket."""

    name: str
    title: str
    definition: str
    buckets: tuple[Metric, ...]
    unknown: tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Value:
    """A metric of one court, department or city over one period. All None: nothing was counted.

    Attributes:
        numerator: Of a count the count itself.
        denominator: Of a share everything it is about, `unknown` included; None for a count.
        unknown: What could not be told.
    """

    metric: Metric
    numerator: int | None = None
    denominator: int | None = None
    unknown: int | None = None

    @property
    def value(self) -> float | None:
        """The count, or the share of what is known; None if nothing, or too little, is known."""
        if self.numerator is None or self.metric.unit == COUNT:
            return self.numerator
        known = self.known
        if not known or not self.denominator or known < self.metric.least_known * self.denominator:
            return None
        return self.numerator / known

    @property
    def known(self) -> int | None:
        """The part of the denominator of which something could be told."""
        return None if self.denominator is None else self.denominator - (self.unknown or 0)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The lowest and the highest share there can be, whatever is unknown; None for a count and for nothing."""
        if self.numerator is None or not self.denominator:
            return None
        return self.numerator / self.denominator, (self.numerator + (self.unknown or 0)) / self.denominator


@cache
def catalogue() -> Mapping[str, Metric]:
    """All metrics by name, in the order of the file."""
    data: dict[str, Any] = load(FILE)
    entries: dict[str, dict[str, Any]] = data["metrics"]
    return {name: _metric(name, entries, data) for name in entries}


@cache
def histograms() -> Mapping[str, Histogram]:
    """All distributions by name."""
    return {
        name: Histogram(
            name=name,
            title=entry["title"],
            definition=entry["definition"],
            buckets=tuple(catalogue()[bucket] for bucket in entry["buckets"]),
            unknown=_source(entry["unknown"]),
        )
        for name, entry in load(FILE)["histograms"].items()
    }


def values(totals: Iterable[Total]) -> dict[str, Value]:
    """Every metric of the catalogue, from totals that are added up whatever departments and sites they are of."""
    sums: dict[str, tuple[int, int, int]] = {}
    for one in totals:
        n, d, u = sums.get(one.name, (0, 0, 0))
        sums[one.name] = (n + one.numerator, d + one.denominator, u + one.unknown)
    return {name: _value(metric, sums) for name, metric in catalogue().items()}


def by_department(totals: Iterable[Total]) -> dict[str, dict[str, Value]]:
    """The same for each department ("" is no department). A count that others have and this one has not is 0."""
    totals = list(totals)
    whole = values(totals)
    groups: dict[str, list[Total]] = defaultdict(list)
    for one in totals:
        groups[one.department].append(one)
    return {name: _filled(values(groups[name]), whole) for name in sorted(groups, key=lambda n: (n == "", n))}


def _filled(own: dict[str, Value], whole: dict[str, Value]) -> dict[str, Value]:
    return {
        name: Value(metric=one.metric, numerator=0, unknown=0)
        if one.metric.unit == COUNT and one.numerator is None and whole[name].numerator is not None
        else one
        for name, one in own.items()
    }


def _value(metric: Metric, sums: Mapping[str, tuple[int, int, int]]) -> Value:
    name, part = metric.source
    if name not in sums:
        return Value(metric=metric)
    numerator, denominator, unknown = sums[name]
    if metric.unit == SHARE:
        return Value(metric=metric, numerator=numerator, denominator=denominator, unknown=unknown)
    if part == "denominator":
        return Value(metric=metric, numerator=denominator, unknown=0)
    return Value(metric=metric, numerator=numerator, unknown=unknown)


def _metric(name: str, entries: Mapping[str, Any], data: Mapping[str, Any]) -> Metric:
    own = entries[name]
    source = _source(own.get("of", f"{name}.numerator"))
    whole = entries[source[0]]  # a count that is part of a share has its kind and day
    return Metric(
        name=name,
        title=own["title"],
        kind=whole["kind"],
        unit=SHARE if "denominator" in own else COUNT,
        day=data["days"][whole["day"]],
        numerator=own.get("numerator") or whole[source[1]],
        denominator=own.get("denominator", ""),
        unknown=whole.get("unknown", "") if source[1] == "numerator" else "",
        definition=own["definition"],
        ages=whole["day"] in data["ages"],
        better=own.get("better"),
        source=source,
        least_known=float(own.get("least_known", data["least_known"])),
    )


def _source(text: str) -> tuple[str, str]:
    name, _, part = text.partition(".")
    if part not in _PARTS:
        raise ValueError(f"{FILE.name}: {text}: one of {', '.join(_PARTS)} after the dot")
    return name, part
