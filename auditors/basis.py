"""The law as data: instruments (`basis/*.yml`), their articles, the numbers these set, and when they are in force.

A rule names articles by reference, `judgments_online_2016/7`; a wrong reference fails when the rule is imported. What is
not a verbatim quotation is marked `quoted: false` and printed as 要旨; norms that do not bind courts as 参照.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

FOLDER = Path(__file__).parent / "basis"
_INSTRUMENT_KEYS = {"title", "number", "binding", "in_force_from", "in_force_until", "articles"}
_ARTICLE_KEYS = {"place", "text", "quoted", "numbers"}


class BasisError(Exception):
    """An instrument's file cannot be used, or a reference leads nowhere: one line that says which and why."""


@dataclass(frozen=True)
class Instrument:
    """A legal text.

    Attributes:
        key: Name of its file.
        number: 发文字号, with 〔〕. What has neither a number nor articles with a place is no instrument but a statement
            or a practice: `title` describes it, and nobody prints 《》 around it.
        binding: Binds courts (依据); otherwise a norm for government sites (参照).
        in_force_from, in_force_until: First and last day in force; None: not limited on that side.
    """

    key: str
    title: str
    number: str
    binding: bool
    in_force_from: date | None
    in_force_until: date | None

    def is_in_force(self, day: date) -> bool:
        after_start = self.in_force_from is None or self.in_force_from <= day
        return after_start and (self.in_force_until is None or day <= self.in_force_until)


@dataclass(frozen=True)
class Article:
    """An article. `place` is its number (`7`), or words where a number alone does not say it (`第七条第二款`)."""

    ref: str
    instrument: Instrument
    place: str
    text: str
    quoted: bool
    numbers: Mapping[str, int]

    @property
    def citation(self) -> dict[str, str]:
        """As a finding keeps it: instrument, number, article, text."""
        place = self.place if self.instrument.binding else f"（参照）{self.place}"
        text = self.text if self.quoted or not self.text else f"要旨：{self.text}"
        return {
            "instrument": self.instrument.title,
            "number": self.instrument.number,
            "article": place,
            "text": text,
        }


def read_instrument(path: Path) -> dict[str, Article]:
    """The articles of one instrument's file, by reference.

    Raises:
        BasisError: Unreadable, or with a missing or unknown key.
    """
    return read_articles(path, load(path))


def read_articles(path: Path, loaded: Any) -> dict[str, Article]:
    """The articles of an instrument that is loaded already; `path` names it and stands in errors."""
    data = _mapping(path, loaded, _INSTRUMENT_KEYS, {"title", "number", "articles"}, "")
    instrument = Instrument(
        key=path.stem,
        title=str(data["title"]),
        number=str(data["number"]),
        binding=bool(data.get("binding", True)),
        in_force_from=_day(path, data, "in_force_from"),
        in_force_until=_day(path, data, "in_force_until"),
    )
    return {
        f"{path.stem}/{key}": _article(path, instrument, str(key), entry)
        for key, entry in _mapping(path, data["articles"], None, set(), "articles").items()
    }


def load(path: Path) -> Any:
    """A YAML file's content.

    Raises:
        BasisError: Unreadable.
    """
    try:
        with path.open(encoding="utf-8") as file:
            return YAML(typ="safe", pure=True).load(file)
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise BasisError(f"{path}: {str(error).splitlines()[0]}") from error


def _mapping(path: Path, data: Any, known: set[str] | None, needed: set[str], where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise BasisError(f"{path}: {where or 'file'}: not a mapping")
    unknown = set(map(str, data)) - known if known is not None else set()
    if unknown or not needed <= set(data):
        missing = needed - set(data)
        raise BasisError(f"{path}: {where}: unknown keys {sorted(unknown)}, missing keys {sorted(missing)}")
    return data


def _day(path: Path, data: dict[str, Any], key: str) -> date | None:
    value = data.get(key)
    if value is not None and not isinstance(value, date):
        raise BasisError(f"{path}: {key}: {value!r} is no date")
    return value


def _article(path: Path, instrument: Instrument, key: str, entry: Any) -> Article:
    data = _mapping(path, entry, _ARTICLE_KEYS, {"text"}, f"articles.{key}")
    numbers = data.get("numbers") or {}
    if not all(isinstance(number, int) for number in numbers.values()):
        raise BasisError(f"{path}: articles.{key}.numbers: whole numbers only")
    return Article(
        ref=f"{instrument.key}/{key}",
        instrument=instrument,
        place=str(data.get("place", key)),
        text=str(data["text"]),
        quoted=bool(data.get("quoted", True)),
        numbers=numbers,
    )


@cache
def all_articles() -> dict[str, Article]:
    """Every article of every instrument in `basis/`, by reference."""
    found: dict[str, Article] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        found.update(read_instrument(path))
    return found


def article(ref: str) -> Article:
    """The article of a reference such as `judgments_online_2016/7`.

    Raises:
        BasisError: There is none.
    """
    found = all_articles().get(ref)
    if found is None:
        raise BasisError(f"{ref}: 没有这一条 (no such article in auditors/basis)")
    return found


def in_force(refs: Iterable[str], day: date) -> tuple[Article, ...]:
    """Those of the articles that are in force on a day: the day of the fact, not of the audit."""
    return tuple(a for a in map(article, refs) if a.instrument.is_in_force(day))
