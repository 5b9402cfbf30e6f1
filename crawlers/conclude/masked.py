"""Records before they are stored: titles and link texts that carry a person's data are masked, whoever wrote them.

Rules on personal data read records of their own; every other record has no use for a telephone number in a title.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeVar

from crawlers.personal.titles import masked_text, masked_title
from crawlers.readers import cause
from storage.records import Hearing, Item, Judgment, PageFacts, Record, Target, Withheld

R = TypeVar("R", bound=Record)


def without_personal_data(record: Record, today: date) -> Record:
    """The record with its words masked; the same one if there is nothing to mask."""
    match record:
        case Item():
            return _changed(record, title=masked_title(record.title, today, cause.ending))
        case PageFacts():
            return _changed(record, title=masked_title(record.title, today, cause.ending))
        case Judgment():
            return _changed(record, title=masked_text(record.title, today))
        case Withheld():
            return _changed(record, reason=_masked(record.reason, today))
        case Hearing():
            return _changed(record, place=_masked(record.place, today), cause=_masked(record.cause, today))
        case Target():
            referrers = tuple(
                replace(r, excerpt=masked_title(r.excerpt, today, cause.ending)) if r.excerpt else r
                for r in record.referrers
            )
            return _changed(record, referrers=referrers)
        case _:
            return record


def _changed(record: R, **values: object) -> R:
    return record if all(getattr(record, k) == v for k, v in values.items()) else replace(record, **values)  # type: ignore[arg-type]


def _masked(text: str | None, today: date) -> str | None:
    return None if text is None else masked_text(text, today)
