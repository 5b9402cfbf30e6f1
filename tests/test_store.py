"""Records are written in batches as they come, and the last of two with one key counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from storage import store
from storage.database import connect
from storage.records import Item

NIGHT, NEXT = date(2026, 3, 30), date(2026, 3, 31)


def item(number: int, title: str = "标题") -> Item:
    home = "https://court.example"
    return Item(site="donghu", section="新闻", section_url=f"{home}/", url=f"{home}/{number}.html", title=title)


def test_what_is_written_in_batches_is_as_if_written_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BATCH", 10)

    def coming() -> Iterator[Item]:
        yield from (item(n) for n in range(35))
        yield item(3, "更正后的标题")

    engine = connect(str(tmp_path / "a.db"))
    with engine.begin() as connection:
        store.save(connection, [item(n) for n in range(5)], NIGHT)
        written = store.save(connection, coming(), NEXT)
        found = {s.record.url: s for s in store.read(connection, Item, site="donghu")}
    assert (len(found), written) == (35, 36)
    assert found[item(3).url].record.title == "更正后的标题"
    assert {n for n in range(35) if found[item(n).url].first_seen == NIGHT} == set(range(5))
    assert {s.last_seen for s in found.values()} == {NEXT}
