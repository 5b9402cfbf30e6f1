"""What the corpus is made of, and how a form is filled."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from benchmarks.accuracy.writing import Day

NIGHT = date(2026, 3, 31)
"""The audit date of the whole corpus: every page was published by then."""


@dataclass(frozen=True)
class Announcement:
    """A page or a list's table. `expect`: of each hearing the fields that are printed; nothing else may be found.

    `rules`, `tolerated`: as in `Document`.
    """

    id: str
    form: str
    title: str
    html: str
    court: str
    published: Day
    in_section: bool
    is_list: bool
    expect: tuple[dict[str, str], ...]
    rules: dict[str, str] = field(default_factory=dict)
    tolerated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """A page of a judgment, or of what is none (`expect` None).

    Attributes:
        expect: `numbers`, `decided`, `type`, `court`, `judges`, `clerk`, `appeal` as printed; None or empty for what is
            not printed or masked.
        rules: Which rule must report the page, and how surely: certain, suspected, any.
        tolerated: Rules that may report it and need not.
        in_section: It stands in a section of judgments.
        about: The leak or look-alike that was put into it.
    """

    id: str
    form: str
    title: str
    html: str
    court: str
    published: Day
    expect: dict[str, Any] | None
    rules: dict[str, str] = field(default_factory=dict)
    tolerated: tuple[str, ...] = ()
    in_section: bool = True
    about: str = ""


@dataclass(frozen=True)
class Reason:
    """A text of the column 不公开理由. `classes`: the right answers, among them `invalid` and `missing`."""

    id: str
    text: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Notice:
    """A public entry on a withheld document, whose reason is a sample of `reasons`. `rules` as in `Document`."""

    id: str
    number: str
    decided: Day
    reason: str
    rules: dict[str, str]
    tolerated: tuple[str, ...]


@dataclass(frozen=True)
class Article:
    """A page whose publication date is asked for. `published` is a day, a month (YYYY-MM) or None: not said."""

    id: str
    form: str
    url: str
    html: str
    title: str
    published: str | None
    tolerated: tuple[str, ...]
    listed: str | None
    night: date


@dataclass(frozen=True)
class DateString:
    """A string with a date. `of` says which function is asked, see `forms/date_strings.yml`."""

    id: str
    of: str
    text: str
    near: date | None
    want: Any


def fill(text: str, values: dict[str, Any]) -> str:
    """`{a.day.cn}` → the attribute's text. Braces around anything but a name and its attributes stay as they are.

    Raises:
        KeyError, AttributeError: The form names what does not exist.
    """

    def value(match: re.Match[str]) -> str:
        name, *attributes = match[1].split(".")
        found = values[name]
        for attribute in attributes:
            found = getattr(found, attribute)
        return str(found)

    return re.sub(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\}", value, text)
