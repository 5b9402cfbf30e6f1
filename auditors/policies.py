"""Local norms: a court's own plan, whose articles are cited before the national ones and whose duties rules enforce.

A policy file is an instrument like those of `basis/`, with two keys more: `rules` names for each rule the article that
also requires it; `duties` switches on what no national norm requires. Without a policy national norms alone count.
How an office writes its own: docs/policies.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from auditors.basis import Article, BasisError, load, read_articles

FOLDER = Path(__file__).parent / "policies"

Value = tuple[str, ...] | int | bool | Mapping[int, int]


@dataclass(frozen=True)
class Duty:
    """What a local norm requires beyond the national ones, with the article that says so.

    Attributes:
        since, until: First and last day on which it acts; None: not limited on that side.
        values: Its targets and exempt classes, by the keys of `DUTIES`.
    """

    name: str
    article: Article
    since: date | None = None
    until: date | None = None
    values: Mapping[str, Value] = field(default_factory=dict)

    def acts_on(self, day: date) -> bool:
        started = self.since is None or self.since <= day
        return started and (self.until is None or day <= self.until)

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words, such as exempt causes; empty if the policy names none."""
        value = self.values.get(key, ())
        return value if isinstance(value, tuple) else ()

    def number(self, key: str) -> int | None:
        """A number of days or per cent, a day of the month; None if the policy names none."""
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, key: str) -> bool:
        return self.values.get(key) is True

    def of_year(self, key: str, year: int) -> int | None:
        """A target that is set for each year."""
        value = self.values.get(key)
        return value.get(year) if isinstance(value, Mapping) else None


@dataclass(frozen=True)
class Policy:
    """A court's own norms: by rule the article that requires the same, and the duties that it alone has."""

    name: str
    articles: Mapping[str, Article]
    duties: Mapping[str, Duty] = field(default_factory=dict)

    def article_for(self, rule: str) -> Article | None:
        return self.articles.get(rule)

    def duty(self, name: str, day: date) -> Duty | None:
        """The duty, if it acts on the day of the fact."""
        if name not in DUTIES:
            raise KeyError(name)
        found = self.duties.get(name)
        return found if found is not None and found.acts_on(day) else None


def duty_of(policy: Policy | None, name: str, day: date) -> Duty | None:
    """The duty of a policy, if there is one and it acts on the day of the fact."""
    return None if policy is None else policy.duty(name, day)


# --- reading ---


class _Wrong(Exception):
    """What was expected instead."""


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        raise _Wrong("应为词语的列表 (a list of words)")
    return tuple(word.strip() for word in value)


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _Wrong(f"应为{least}至{most}的整数 (a whole number)")
        return value

    return read


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("应为 true 或 false")
    return value


def _percent_by_year(value: Any) -> Mapping[int, int]:
    percent = _whole(1, 100)
    if not isinstance(value, dict) or not all(type(year) is int and 2000 <= year <= 2100 for year in value):
        raise _Wrong("应为“年份: 百分数” (year: per cent)")
    return {year: percent(share) for year, share in value.items()}


DUTIES: dict[str, dict[str, Callable[[Any], Value]]] = {
    "stream_hearings": {"procedures": _words, "excluded_causes": _words},  # L-01, L-02
    "stream_approvals": {"report_day": _whole(1, 28), "leadership_reasons": _words},  # L-01, L-03
    "stream_whole": {"minutes": _whole(1, 60)},  # L-05
    "stream_target": {"not_below_last_year": _flag, "percent": _percent_by_year},  # L-04
    "mark_streams": {},  # H-04
    "announce_civil": {"days": _whole(1, 30)},  # H-02
    "withheld_other_share": {"percent": _whole(1, 100)},  # N-04
    "withheld_reasons": {"words": _words},  # N-03
    "withheld_report": {"report_day": _whole(1, 28)},  # N-06
    "anonymisation": {"exempt": _words},  # P-10
}
"""What a policy may switch on, and the keys that each duty knows besides `article`, `from` and `until`."""


def read_policy(name_or_path: str) -> Policy:
    """A policy of `auditors/policies/` by name (`huadu_2020`), or any file by path.

    Raises:
        BasisError: There is none, or its file is wrong: one line with file, key and what was expected.
    """
    known = FOLDER / f"{name_or_path}.yml"
    path = known if known.is_file() else Path(name_or_path)
    if not path.is_file():
        names = "、".join(sorted(p.stem for p in FOLDER.glob("*.yml")))
        raise BasisError(f"{name_or_path}: 没有这个地方规范，现有：{names} (no such policy)")
    data = load(path)
    if not isinstance(data, dict):
        raise BasisError(f"{path}: 应为键值对 (not a mapping)")
    rules, duties = data.pop("rules", {}), data.pop("duties", {})
    if not isinstance(rules, dict) or not isinstance(duties, dict) or not (rules or duties):
        raise BasisError(f"{path}: 缺少 rules 或 duties (missing key)")
    articles = read_articles(path, data)
    wrong = [f"{rule}: {key}" for rule, key in rules.items() if f"{path.stem}/{key}" not in articles]
    if wrong:
        raise BasisError(f"{path}: rules.{wrong[0]}: 没有这一条 (no such article)")
    return Policy(
        path.stem,
        {str(rule): articles[f"{path.stem}/{key}"] for rule, key in rules.items()},
        {str(name): _duty(path, str(name), entry, articles) for name, entry in duties.items()},
    )


def _duty(path: Path, name: str, entry: Any, articles: Mapping[str, Article]) -> Duty:
    place = f"{path}: duties.{name}"
    if name not in DUTIES:
        raise BasisError(f"{place}: 没有这项义务；可用：{'、'.join(DUTIES)} (no such duty)")
    if not isinstance(entry, dict) or "article" not in entry:
        raise BasisError(f"{place}: 缺少 article (missing key)")
    article = articles.get(f"{path.stem}/{entry['article']}")
    if article is None:
        raise BasisError(f"{place}.article: {entry['article']}: 没有这一条 (no such article)")
    known = DUTIES[name]
    values: dict[str, Value] = {}
    for key, value in entry.items():
        if key in ("article", "from", "until"):
            continue
        if key not in known:
            names = "、".join(("article", "from", "until", *known))
            raise BasisError(f"{place}.{key}: 没有这个键；可用：{names} (no such key)")
        try:
            values[key] = known[key](value)
        except _Wrong as wrong:
            raise BasisError(f"{place}.{key}: {wrong}；当前值 {value!r}") from wrong
    since, until = (_day(place, entry, key) for key in ("from", "until"))
    instrument = article.instrument
    return Duty(name, article, since or instrument.in_force_from, until or instrument.in_force_until, values)


def _day(place: str, entry: Mapping[str, Any], key: str) -> date | None:
    value = entry.get(key)
    if value is not None and type(value) is not date:
        raise BasisError(f"{place}.{key}: 应为日期，如 2020-03-11；当前值 {value!r}")
    return value
