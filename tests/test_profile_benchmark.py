"""Stages of a profile: where a sample belongs, and that the shares are of what was not waited."""

from __future__ import annotations

import pytest

from benchmarks.measure import Cost
from benchmarks.profile import IMPORTS, OTHER, PERFORMANCE, STAGES, WAITING, Profile, shares_of, stage_of, table

CHILD = 'process 9:"python -m crawlers.run";main (crawlers/run.py:200);Handle._run (asyncio/events.py:80);'


@pytest.mark.parametrize(
    ("stack", "stage"),
    [
        (CHILD + "Crawl._judge (crawlers/crawl.py:9);shape_of (crawlers/html.py:3);read_rows (crawlers/lists.py:7)", "page to shape"),
        (CHILD + "shape_of (crawlers/html.py:3);_signs (crawlers/html.py:9);has_sign (crawlers/personal/prefilter.py:1)", "signs"),
        (CHILD + "Crawl._visit (crawlers/crawl.py:9);Fetcher.ask (crawlers/fetch.py:3);request (aiohttp/client.py:7)", "asking"),
        (CHILD + "Handle._run (asyncio/events.py:80)", "asking"),
        (CHILD + "Writer.flush (crawlers/writer.py:9);execute (sqlalchemy/engine/base.py:3)", "writing to the database"),
        (CHILD + "save (storage/store.py:3);<genexpr> (crawlers/conclude/__init__.py:1);Personal.read (crawlers/conclude/personal.py:2)", "personal"),
        (CHILD + "save (storage/store.py:3);upsert (storage/database.py:1)", "saving"),
        ("<module> (gongkai/cli.py:3);_find_and_load (<frozen importlib._bootstrap>:1);compile (re/__init__.py:9)", IMPORTS),
        ("write_bulletin (gongkai/nightly.py:1);render_all (reports/formats/__init__.py:3);savefig (matplotlib/figure.py:1)", "files and pictures"),
        ("Thread.run (threading.py:1);Condition.wait (threading.py:320)", WAITING),
        ("one (gongkai/nightly.py:3);_child (crawlers/run.py:90)", WAITING),
        ("main (somewhere/else.py:1)", OTHER),
    ],
)  # fmt: skip
def test_a_sample_belongs_to_its_innermost_stage(stack: str, stage: str) -> None:
    assert stage in stage_of(stack)


def test_shares_leave_waiting_out() -> None:
    total, shares = shares_of(
        ["main (somewhere/else.py:1) 30", "Condition.wait (threading.py:3) 100", "a (auditors/audit.py:1) 10", ""]
    )
    assert (total, shares) == (40, {OTHER: 0.75, "audit": 0.25})
    profile = Profile(cost=Cost(wall=9.0, cpu=8.0, peak=1.0, code=0), pages=1000, samples=total, shares=shares)
    assert "| audit | 2.00 | 25.0% |" in table(profile)
    assert "| **all** | **8.00** | |" in table(profile)


def test_every_place_named_is_there() -> None:
    root = PERFORMANCE.parent.parent
    for _, marks in STAGES:
        for mark in marks:
            file, _, name = mark.partition(":")
            if file.partition("/")[0] in ("crawlers", "auditors", "storage", "reports", "gongkai"):
                assert (root / file).exists(), mark
                assert not name or f"def {name}(" in (root / file).read_text(encoding="utf-8"), mark
