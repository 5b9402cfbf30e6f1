"""The one question that a database answers best, asked of DuckDB on the same rows: what was published too late?

It is not the rules' question: without appeals, approvals, exemptions, several documents of one number and the grades of a
date, it accuses where nothing is wrong. It says how fast rows can be looked at at all.
"""

from __future__ import annotations

import importlib
import sqlite3
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from auditors.calendar import is_working_day

BATCH = 200_000
QUESTION = """
SELECT count(*) FROM entries e
JOIN judgments j ON j.site = e.site AND j.case_number = e.case_number
JOIN days a ON a.day = e.effective JOIN days b ON b.day = j.published
WHERE b.ordinal - a.ordinal > 7
"""
FIRST = date(2022, 1, 1)


def ask(paths: Sequence[Path], night: date) -> dict[str, float] | None:
    """Seconds for loading the rows and for the question, and how many it names; None: DuckDB is not installed."""
    try:
        duckdb: Any = importlib.import_module("duckdb")
    except ImportError:
        return None
    base = duckdb.connect()
    base.execute("CREATE TABLE days (day DATE, ordinal INTEGER)")
    base.execute("CREATE TABLE entries (site VARCHAR, case_number VARCHAR, effective DATE)")
    base.execute("CREATE TABLE judgments (site VARCHAR, case_number VARCHAR, published DATE)")
    ordinal, day = 0, FIRST
    days = []
    while day <= night + timedelta(days=400):
        ordinal += is_working_day(day)
        days.append((day, ordinal))
        day += timedelta(days=1)
    base.executemany("INSERT INTO days VALUES (?, ?)", days)
    began = time.monotonic()
    for path in paths:
        with sqlite3.connect(path) as source:
            for table, columns, target in (
                ("ledger_cases", "site, case_number, effective", "entries"),
                ("judgments", "site, case_number, published", "judgments"),
            ):
                rows = source.execute(f"SELECT {columns} FROM {table}")
                while part := rows.fetchmany(BATCH):
                    loaded = {name: [row[n] for row in part] for n, name in enumerate(("a", "b", "c"))}
                    _load(base, target, loaded)
    loading = time.monotonic() - began
    times = []
    for _ in range(3):
        began = time.monotonic()
        (named,) = base.execute(QUESTION).fetchone()
        times.append(time.monotonic() - began)
    return {"loading": loading, "first": times[0], "again": min(times[1:]), "named": float(named)}


def _load(base: Any, target: str, columns: dict[str, list[Any]]) -> None:
    numpy: Any = importlib.import_module("numpy")
    arrays = {name: numpy.array(values, dtype=object) for name, values in columns.items()}
    base.register("part", arrays)
    base.execute(f"INSERT INTO {target} SELECT a, b, CAST(c AS DATE) FROM part")
    base.unregister("part")


def told(rival: dict[str, float]) -> list[str]:
    """Its rows of the document."""
    return [
        "| DuckDB, one question | s |",
        "| --- | --- |",
        f"| reading the columns of the question out of SQLite | {rival['loading']:.1f} |",
        f"| published more than seven working days after the day of effect, first time / again | {rival['first']:.2f} / {rival['again']:.2f} |",
        "",
        f"It names {rival['named']:,.0f} documents; how many of them are late, the rules say (D-01 and D-02 above).",
    ]
