"""Records are written in batches as they come, and the last of two with one key counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage import store
from storage.database import connect
from storage.records import Item, Judgment

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


def test_a_few_cases_of_a_large_court_are_reached_by_their_index(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "a.db"))
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def _note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM judgments" in statement and not statement.startswith("EXPLAIN"):
            asked.append((statement, parameters))

    numbers = [f"（2025）示0101民初{n}号" for n in range(700)]
    with engine.begin() as connection:
        made = [
            Judgment(site="donghu", url=f"https://court.example/{n}", title="判决书", case_number=numbers[n])
            for n in range(700)
        ]
        store.save(connection, made, NIGHT)
        found = store.read_some(connection, Judgment, "case_number", reversed(numbers[:650]), site="donghu", until=NEXT)
        assert [seen.record.url for seen in found] == sorted(judgment.url for judgment in made[:650])
        assert len(asked) == 2  # not more values in a question than a database takes
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert "ix_judgments_site_case_number" in str(plan), plan
