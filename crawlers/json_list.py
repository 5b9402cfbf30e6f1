"""Lists that a site hands out as JSON: a page of the answer as a table, by the names that the profile gives its keys.

The readers of tables then read it like any other. A key that is missing is named, and the list counts as not read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from crawlers.profile import JsonList, SectionProfile
from crawlers.tables import Row, Table

MOST_PAGES = 200
_TAG = re.compile(r"<[^<>]{0,200}>")


class AnswerError(Exception):
    """The answer is no such list: one line that names what is missing."""


@dataclass(frozen=True)
class Answer:
    """One page of a list.

    Attributes:
        pages: How many pages there are; None: the answer does not say.
    """

    table: Table
    pages: int | None = None


def read_answer(text: str, spec: JsonList) -> Answer:
    """Read one page.

    Raises:
        AnswerError: It is no JSON, an error in place of the list, the list is not where the profile says, or a key that
            the profile names is in no row.
    """
    try:
        data = json.loads(text.strip().lstrip("\ufeff"))
    except ValueError as error:
        raise AnswerError("接口答复不是JSON") from error
    if isinstance(data, dict) and data.get("success") is False:
        raise AnswerError(f"接口报错：{str(data.get('description') or data.get('msg') or data.get('code'))[:60]}")
    found = _at(data, spec.rows)
    if found is None:
        raise AnswerError(f"接口答复缺少 {spec.rows}")
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise AnswerError(f"接口答复的 {spec.rows} 不是列表")
    rows = [Row(tuple(_cell(row, keys) for keys in spec.columns.values())) for row in found]
    wanted = [key for keys in spec.columns.values() for key in keys.split()]
    if gone := [key for key in wanted if found and not any(_has(row, key) for row in found)]:
        # What the key held would look like something that the court left out.
        raise AnswerError(f"接口答复各行均无 {'、'.join(gone)}")
    pages = _at(data, spec.pages) if spec.pages else None
    if spec.pages and not isinstance(pages, (int, str)):
        raise AnswerError(f"接口答复缺少 {spec.pages}")
    return Answer(Table(tuple(spec.columns), tuple(rows)), _whole(pages, spec.pages))


def is_last(answer: Answer, number: int, section: SectionProfile, before: Table | None) -> bool:
    """No page follows: there is but one, the answer says so, it is empty, or it shows the page before again."""
    if "{page}" not in section.url:
        return True
    if answer.pages is not None:
        return number >= answer.pages
    return not answer.table.rows or answer.table == before


def _whole(value: Any, key: str | None) -> int | None:
    if value is None:
        return None
    if not str(value).isdigit():
        raise AnswerError(f"接口答复的 {key} 不是页数")
    return int(value)


def _at(data: Any, path: str) -> Any:
    """The value at a path of keys (`data.records`); an empty path is the answer itself. None: there is none."""
    for key in path.split(".") if path else ():
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _has(row: dict[str, Any], path: str) -> bool:
    """The row has the key, be its value empty."""
    parent, _, key = path.rpartition(".")
    holder = _at(row, parent)
    return isinstance(holder, dict) and key in holder


def _cell(row: dict[str, Any], keys: str) -> str:
    """The values of one key or of several (`ktrq kssj`), without markup."""
    values = (_at(row, key) for key in keys.split())
    return " ".join(_TAG.sub(" ", str(value)).strip() for value in values if value not in (None, ""))
