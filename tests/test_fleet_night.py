"""A fleet at work: workers in processes of their own, a real PostgreSQL, and courts that log who asked them for what.

The small form of `python -m benchmarks.fleet`: the same night by one machine on SQLite, and by workers of which
one is stopped and one is killed with -9, each in the middle of a court, while PostgreSQL is restarted under them.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from benchmarks.fleet import NIGHT, QUICK, Fleet, findings
from benchmarks.fleet_courts import FleetCourts, small
from gongkai import nightly
from gongkai.config import Evidence, Settings
from gongkai.fleet import queue
from gongkai.nightly import Options
from gongkai.targets import load_file
from storage import fleet, runs
from storage.database import connect, reading

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")]
COURTS = 6
# The bulletin in one format only: the others are tested elsewhere, and cost as much as three courts.
PROGRAM = (
    "from reports import formats; from reports.formats import json; "
    "formats.write_all = lambda bulletin, out: [out.mkdir(parents=True, exist_ok=True), "
    "(out / 'findings.json').write_text(json.render(bulletin)), out / 'findings.json'][2:]; " + QUICK
)


def until(condition: object, seconds: float = 60) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)


def at_work(courts: FleetCourts, fleet_: Fleet, least: int) -> str | None:
    """A worker that has asked one court for so many pages, and is not through with it."""
    for name in courts.names:
        log = courts.log(name)
        if log and log[-1].worker in fleet_.at_work and least <= len(log) < 18:
            return log[-1].worker
    return None


def is_on_the_night(fleet_: Fleet, worker: str) -> bool:
    """Whether a worker has begun to work."""
    engine = connect(fleet_.database)
    with reading(engine) as connection:
        known = {member.process for member in fleet.living(connection) if member.night == NIGHT}
    engine.dispose()
    return fleet_.at_work[worker].pid in known


def test_workers_that_are_killed_and_a_database_that_is_restarted_change_nothing(
    tmp_path: Path, postgres_server
) -> None:
    with FleetCourts(COURTS, NIGHT, small, slow=0.15) as courts:
        one = Fleet(tmp_path / "one", str(tmp_path / "one.db"))
        one.settings(courts)
        settings = Settings(database=one.database, out=tmp_path / "out", evidence=Evidence(screenshots=0))
        engine = connect(one.database)
        for path in sorted((one.folder / "profiles").iterdir()):
            nightly.site_night(engine, load_file(path), NIGHT, settings, Options(allow_private=True, concurrency=2))
        engine.dispose()
        expected = findings(one.database, courts)
        alone = {name: len(courts.log(name)) for name in courts.names}
        courts.forget()

        many = Fleet(tmp_path / "many", postgres_server.new_database(), program=("-c", PROGRAM))
        many.arguments += ("--concurrency", "1")
        many.settings(courts)
        try:
            for _ in range(2):
                many.start()
            ended: list[str] = []
            for how in (signal.SIGTERM, signal.SIGKILL):
                until(lambda: at_work(courts, many, 5))
                victim = at_work(courts, many, 5)
                assert victim is not None
                assert many.end(victim, how) == (0 if how == signal.SIGTERM else -how), many.said(victim)
                died = time.monotonic()
                ended.append(victim)
                newest = many.start()
            until(lambda: is_on_the_night(many, newest))  # one that begins while the database is away is refused
            until(lambda: at_work(courts, many, 3))
            cut_short = {name for name in courts.names if 0 < len(courts.log(name)) < alone[name]}
            postgres_server.restart()
            codes = many.wait(200)
        finally:
            many.close()
        assert set(codes.values()) == {0}, [many.said(name) for name in codes]
        assert not [name for name in codes if "never retrieved" in many.said(name) or "Traceback" in many.said(name)]
        found = findings(many.database, courts)
        visits = {name: courts.workers(name) for name in courts.names}
        overlaps = {name: courts.overlaps(name) for name in courts.names}
        last = max(asked.began for name in courts.names for asked in courts.log(name) if asked.worker == ended[-1])
        asked = {name: len(courts.log(name)) for name in courts.names}

    assert len(found["findings"]) >= 3 * COURTS
    for key in expected:
        assert found[key] == expected[key], key
    assert {name: pairs for name, pairs in overlaps.items() if pairs} == {}  # never two on one
    assert last < died + 1  # a killed worker's crawl dies with it
    for name, workers in visits.items():
        assert workers and (name in cut_short or len(workers) == len(set(workers)))  # nobody came back without a reason
        if not set(workers) & set(ended) and name not in cut_short:
            assert len(workers) == 1 and asked[name] == alone[name], name  # visited once
        # Of what was read in the last two seconds nothing was written yet; and robots.txt and the like are asked anew.
        assert asked[name] <= alone[name] + 18 * (len(workers) - 1)

    engine = connect(many.database)
    with reading(engine) as connection:
        night = fleet.find_night(connection, NIGHT)
        assert night is not None and night.concluded is not None
        assert queue.counts(connection, NIGHT) == queue.Counts(todo=0, later=0, doing=0, ended=COURTS)
        assert {run.status for run in runs.read(connection, night=NIGHT)} == {"complete"}
        assert len(fleet.living(connection)) <= 1  # who was killed could not say goodbye
    engine.dispose()
    assert len(list(many.folder.glob("*/*/findings.json"))) == 1  # one bulletin
