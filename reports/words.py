"""The sentences of `words.yml`, the one place for what a reader sees. Nothing here knows a finding or a format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

WORDS = Path(__file__).with_name("words.yml")


@cache
def _words() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(WORDS.read_text(encoding="utf-8"))
    return loaded


def _find(key: str) -> Any:
    found: Any = _words()
    for part in key.split("."):
        if not isinstance(found, dict) or part not in found:
            raise KeyError(f"{WORDS.name}: {key}")
        found = found[part]
    return found


def say(key: str, **values: object) -> str:
    """The sentence under a dotted key, its braces filled in.

    Raises:
        KeyError: No such sentence, or a value for it is missing.
    """
    sentence = _find(key)
    if not isinstance(sentence, str):
        raise KeyError(f"{WORDS.name}: {key} is no sentence")
    # Values go in as they are: braces inside a crawled text are text.
    return sentence.format(**values)


def say_all(key: str, **values: object) -> tuple[str, ...]:
    """A list of sentences under a dotted key, their braces filled in."""
    return tuple(str(sentence).format(**values) for sentence in _find(key))


def say_counts(key: str, counts: Mapping[str, int]) -> str:
    """The pieces under a dotted key whose count is not zero, in the order in which they are written there."""
    pieces: dict[str, str] = _find(key)
    return say("paper.and").join(piece.format(count=counts[name]) for name, piece in pieces.items() if counts.get(name))


def say_names(names: Sequence[str], kind: str, most: int = 5) -> str:
    """Names in a row; more than `most` of them are cut short, and counted: 甲、乙等7个部门. `kind`: of `paper.kinds`."""
    if len(names) <= most:
        return say("paper.and").join(names)
    few = say("paper.and").join(names[:most])
    return say("paper.names", names=few, count=len(names), kind=say(f"paper.kinds.{kind}"))


def say_map(key: str) -> dict[str, Any]:
    """What stands under a dotted key, by name, as it is written."""
    return dict(_find(key))


def label(group: str, code: str) -> str:
    """The Chinese label of a code; a code without one is shown as it is."""
    return str(_find(f"labels.{group}").get(code, code))


def chinese_date(day: date) -> str:
    """2026年3月5日: Arabic digits, no leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"
