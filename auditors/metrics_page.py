"""The catalogue of metrics as a page: docs/metrics.md. What each metric counts stands there in the words of the bulletin."""

from __future__ import annotations

from auditors.metrics import COUNT, STATE, Metric, catalogue, histograms

_HEAD = """\
# Metrics (指标)

Generated from `auditors/metrics.yml` by `gongkai docs --write`. The wording is that of the bulletin's annex on definitions.

Every night the audit counts, by department and by the day on which a case counts, and keeps what changed since the night
before. So the counts of months add up to quarters, those of departments to the court, those of courts to the city, and a
bulletin can be printed again with what was known when it was issued. Only numerators and denominators are ever added.

- A rate is numerator ÷ (denominator − unknown). Where less than the stated part of the denominator is known, no rate is
  given. The lowest and the highest rate that are possible are numerator ÷ denominator and (numerator + unknown) ÷ denominator.
- What was not read is unknown. Bad is only what a certain finding says: the missing documents of a period are the certain
  findings of D-04, the late ones those of D-01 and D-02, dead links those of W-07 and W-08. A suspected one is unknown.
- On a night on which sections were not completely read, documents and hearings of the days before stand as they were known;
  what became due since the last complete reading is unknown, published or not, so that no rate is better than the truth.
- The day of a document is the first working day after its time for publishing has run out. From that day on it is overdue,
  and the night of that day can tell: a month's last night has all of the month. Closed cases count on the day of closing,
  hearings on the day they were held, so 应上网数 and 结案数 of one month are of different documents.
- A state (栏目, 链接, 回放, 流程, 个人信息) is that of the period's last night.
"""


def page() -> str:
    """The page's text."""
    parts = [_HEAD]
    for metric in catalogue().values():
        parts += [f"## `{metric.name}` {metric.title}", "", f"{metric.definition}", "", *_rows(metric), ""]
    for one in histograms().values():
        titles = "、".join(bucket.title for bucket in one.buckets)
        parts += [f"## `{one.name}` {one.title}", "", f"{one.definition}分组：{titles}。", ""]
    return "\n".join(parts)


def _rows(metric: Metric) -> list[str]:
    whole, part = metric.source
    rows = [
        ("kind", "state" if metric.kind == STATE else "flow"),
        ("day", metric.day),
        ("count" if metric.unit == COUNT else "numerator", metric.numerator),
        ("denominator", metric.denominator),
        ("unknown", metric.unknown),
        ("known at least", "" if metric.unit == COUNT else f"{metric.least_known:.0%}"),
        ("is the", f"{part} of `{whole}`" if whole != metric.name else ""),
    ]
    return ["| | |", "| --- | --- |", *(f"| {name} | {text} |" for name, text in rows if text)]
