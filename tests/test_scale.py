"""The benchmark of storage writes what it says, and the simulated country adds up."""

from __future__ import annotations

import json

import pytest

from benchmarks import country, storage
from benchmarks.country import Costs, Machines, Missing, enough, simulate, sites_of, slots_of
from crawlers.html import shape_of
from storage.database import connect

PLAIN = Costs(
    name="first", requests=1.0, cpu_fixed=0.0, cpu=0.01, memory_fixed=100.0, memory=0.0, megabytes=0.0, read=1.0
)
SMALL = Machines(cores=1, memory=1.0)


def night(sizes, costs=PLAIN, workers=1, slots=2, **more):
    return simulate(sizes, costs, SMALL, workers, slots, **({"rate": 1.0, "window": 7.0} | more))


def test_sites_follow_one_another_as_there_is_room():
    done = night([360] * 10)
    assert (done.end, done.unfinished, done.at_once) == (pytest.approx(0.5), 0, 2)
    assert done.cpu == pytest.approx(0.02)
    assert night([360] * 10, workers=5).end == pytest.approx(0.1)


def test_where_the_cores_do_not_suffice_all_go_slower():
    busy = Costs(**{**vars(PLAIN), "cpu": 1.0})  # each site alone would fill the core
    done = night([360] * 4, busy)
    assert done.end == pytest.approx(0.4) and done.cpu == pytest.approx(1.0)


def test_what_does_not_fit_the_window_is_counted():
    assert night([3600] * 10, window=2.5).unfinished == 6
    assert night([360, 40_000], window=7.0).unfinished == 1


def test_no_fewer_machines_would_do_and_too_large_a_site_asks_for_none():
    sizes = [1_800] * 200
    found = enough([*sizes, 30_000], PLAIN, Machines(cores=1, memory=2.0), rate=1.0, window=7.0)
    assert found.unfinished == 1
    slots = slots_of(sizes, PLAIN, Machines(cores=1, memory=2.0))
    assert slots == 5  # of half a gigabyte
    fewer = simulate(sizes, PLAIN, Machines(cores=1, memory=2.0), found.workers - 1, slots, rate=1.0, window=7.0)
    assert found.workers == 3 and fewer.unfinished > 0


def test_sites_are_the_same_each_time_and_cut():
    sizes = sites_of(3_500, 2_000, 1.0)
    assert sizes == sites_of(3_500, 2_000, 1.0) and max(sizes) == country.LARGEST
    assert 1_800 < sorted(sizes)[1_750] < 2_200


def test_costs_come_from_what_was_measured(tmp_path):
    with pytest.raises(Missing, match=r"run benchmarks\.storage"):
        country.nights(tmp_path)
    kinds = [
        {"kind": kind, "database": "postgresql", "size": 100.0, "wal": 200.0, "server": 0.001}
        for kind in ("pages", "accesses", "again")
    ]
    left = {"results": kinds, "packed": 5_000.0, "connections": {"1": 4, "2": 7}, "crawls": {"1": 140.0, "2": 150.0}}
    (tmp_path / "storage.json").write_text(json.dumps(left))
    with pytest.raises(Missing, match="two sizes"):
        country.nights(tmp_path)
    for pages in (1_000, 10_000):
        one = {"parsed": pages, "requests": 2 * pages, "megabytes": pages / 40}
        first = one | {"cost": {"cpu": 3 + pages / 100, "peak": 200 + pages / 1000}}
        later = one | {"requests": pages / 2, "parsed": pages / 50, "cost": {"cpu": 2.0, "peak": 200}}
        (tmp_path / f"second-night-{pages}.json").write_text(
            json.dumps([first, later, later])
        )  # a whole round may follow
    first, later = country.nights(tmp_path)
    assert (first.cpu_fixed, first.cpu, first.memory) == pytest.approx((3, 0.01, 0.001))
    assert (first.memory_fixed, later.requests, later.read) == pytest.approx((150, 0.5, 0.02))
    kept = country.store(tmp_path)
    assert (kept.per_machine, kept.per_site) == (1, 3)
    done = night([360] * 10, first)
    seen = country.seen([360] * 10, first, kept, done)
    assert seen.connections == 1 + 2 * 3 and seen.rows > 0


def test_storage_is_measured_on_the_rows_that_a_night_writes(tmp_path, monkeypatch):
    html = "<html><title>第{}页</title><body><a href='/'>首页</a>{}</body></html>"
    bodies = [html.format(n, "正文" * 200).encode() for n in range(8)]
    urls = [f"http://court00.example.cn/{n}.html" for n in range(8)]
    pages = [
        storage.Page(url, body, shape_of(body.decode(), url, "http://court00.example.cn/"))
        for url, body in zip(urls, bodies, strict=True)
    ]
    every = storage.kinds(pages, 60)
    held = {}
    put = storage.Bare.put

    def remembered(self, rows):
        put(self, rows)
        for name in rows:
            held[name] = rows[name], self.taken((name,))[name]

    monkeypatch.setattr(storage.Bare, "put", remembered)
    results = {one.kind: one for one in storage.measure(str(tmp_path / "s.db"), every, 1, None)}
    assert list(results) == ["pages", "accesses", "records", "again", "sightings", "events"]
    assert results["pages"].rows == 8 and results["accesses"].rows == 60 and results["records"].rows > 40
    assert all(one.ours > 0 and one.cpu > 0 for one in results.values())
    assert set(held) >= {"pages", "extracts", "accesses", "judgments", "sightings", "findings", "events", "chain"}
    for before, after in held.values():
        assert before and sorted(before, key=repr) == sorted(after, key=repr)  # bare puts the very same rows
    text = storage.table(list(results.values()))
    assert text.count("\n") == 8
    assert storage.bodies_elsewhere(tmp_path, every[0]) > 0
    connect(tmp_path / "s.db").dispose()
