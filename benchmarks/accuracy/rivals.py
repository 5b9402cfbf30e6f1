"""General extractors asked for the title and date of the same articles: htmldate, trafilatura, gne (extra `bench`)."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchmarks.accuracy import answers
from benchmarks.accuracy.samples import Article

Answer = tuple[str | None, str | None]  # date (ISO), title


class NotInstalledError(Exception):
    """A rival is not there; the message says how to get it."""


@dataclass
class Verdicts:
    """Of one program and question: how many answers are right, wrong and unknown.

    Silence is right where nothing is said, and unknown where something is.
    """

    right: int = 0
    wrong: int = 0
    unknown: int = 0


def _htmldate() -> Callable[[Article], Answer]:
    find_date = importlib.import_module("htmldate").find_date
    return lambda page: (find_date(page.html, url=page.url, original_date=True), None)


def _trafilatura() -> Callable[[Article], Answer]:
    extract = importlib.import_module("trafilatura").extract_metadata

    def ask(page: Article) -> Answer:
        found = extract(page.html, default_url=page.url)
        return (found.date, found.title) if found else (None, None)

    return ask


def _gne() -> Callable[[Article], Answer]:
    extractor = importlib.import_module("gne").GeneralNewsExtractor()

    def ask(page: Article) -> Answer:
        found = extractor.extract(page.html)
        written = str(found.get("publish_time") or "")
        return answers.any_date(written), found.get("title")

    return ask


def _gongkai() -> Callable[[Article], Answer]:
    return lambda page: (answers.article_date(page), answers.article_title(page))


PROGRAMS: dict[str, tuple[Callable[[], Callable[[Article], Answer]], bool]] = {
    "gongkai": (_gongkai, True),
    "htmldate": (_htmldate, False),
    "trafilatura": (_trafilatura, True),
    "gne": (_gne, True),
}
"""By name: its question, and whether it says titles."""


def compare(samples: Iterable[Article]) -> dict[str, dict[str, Verdicts]]:
    """By program: verdicts on `date` and `title`, each asked the page and its address only, never the list.

    Raises:
        NotInstalledError: A rival is missing.
    """
    logging.disable(logging.WARNING)
    pages = [one for one in samples if one.listed is None]
    table: dict[str, dict[str, Verdicts]] = {}
    for name, (make, says_titles) in PROGRAMS.items():
        try:
            ask = make()
        except ImportError as error:
            raise NotInstalledError(f"{name} is not installed: pip install -c constraints.txt -e '.[bench]'") from error
        table[name] = {"date": Verdicts(), "title": Verdicts()} if says_titles else {"date": Verdicts()}
        for page in pages:
            day, title = _asked(ask, page)
            _judge(table[name]["date"], right_date(page, day), day)
            if says_titles:
                _judge(table[name]["title"], _spaced(title) == _spaced(page.title), title)
    logging.disable(logging.NOTSET)
    return table


def _asked(ask: Callable[[Article], Answer], page: Article) -> Answer:
    try:
        return ask(page)
    except Exception:  # a program that breaks on a page does not know
        return None, None


def _judge(verdicts: Verdicts, is_right: bool, answer: str | None) -> None:
    if is_right:
        verdicts.right += 1
    elif answer:
        verdicts.wrong += 1
    else:
        verdicts.unknown += 1


def right_date(page: Article, day: str | None) -> bool:
    """A day of the month counts where the page says only the month; silence is right where it says nothing."""
    if page.published is None:
        return not day or day in page.tolerated
    return bool(day) and str(day).startswith(page.published)


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split())
