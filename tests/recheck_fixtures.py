"""One demonstration court after one night, still being served: its pages can be mended, blocked or taken away.

A test file asks for it by `pytest_plugins`. `trial` is a copy of the database, and the site as it was, for each test.
"""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from gongkai import clock, nightly
from gongkai.config import Settings
from gongkai.demo.courts import NIGHTS
from gongkai.demo.server import DemoCourts
from gongkai.demo.site import Response, canonical
from gongkai.demonstration import PROFILES, demo_profile
from gongkai.nightly import Options
from gongkai.recheck import recheck
from storage import schema, standing
from storage.database import connect, reading
from storage.events import Event, append
from storage.findings import state_at

COURT = "xishan"
CHALLENGE = Response(
    body=b"<html><script>var _waf='safeline'; document.cookie='__jsl_clearance=1';location.reload()</script></html>",
    status=521,
)
MAINTENANCE = Response(
    body="<html><head><title>系统维护</title></head><body><h1>系统维护中</h1><p>给您带来不便，敬请谅解。</p></body></html>".encode()
)
GONE = Response(body=b"<html><head><title>404</title></head><body>Not Found</body></html>", status=404)


class Trial:
    """The court's site, its findings, and what a re-check says of them."""

    def __init__(self, courts, path):
        self.courts, self.path = courts, path
        self.engine = connect(path)
        self.settings = Settings(database=str(path), profiles=(PROFILES,), out=path.parent / "out")
        self.site = courts._servers[COURT].site
        self.night = clock.today() - timedelta(days=1)
        with reading(self.engine) as connection:
            self.findings = state_at(connection, self.night)

    def finding(self, rule, ending=""):
        """The finding of a rule whose subject, or one of whose pages, ends so."""
        (found,) = [
            f
            for f in self.findings
            if f.rule == rule
            and any((u or "").endswith(ending) for u in (f.subject.url, f.subject.case_number, f.subject.section))
        ]
        return found

    def answer(self, pages):
        """Serve these answers, or bodies made of the old ones, by path; everything else as on the night."""
        made = dict(self.site.pages)
        for path, given in pages.items():
            address = canonical(path)
            made[address] = replace(made[address], body=given(made[address].body)) if callable(given) else given
        self.courts._servers[COURT].open_night(replace(self.site, pages=made))

    def block(self, response=CHALLENGE):
        """Every address answers the same."""
        site = replace(self.site, pages=dict.fromkeys(self.site.pages, response), fallback=lambda *_: response)
        self.courts._servers[COURT].open_night(site)

    def recheck(self, *findings, who="王某"):
        """Look at them again: the outcomes by fingerprint."""
        done = recheck(self.engine, findings, self.settings, Options(allow_private=True), who)
        return {one.fingerprint: one for one in done}

    def say(self, finding, what, **more):
        """Somebody does something to a finding."""
        with self.engine.begin() as connection:
            append(connection, [Event(fingerprint=finding.fingerprint, at=clock.now(), who="王某", what=what, **more)])
            standing.renew(connection, clock.today(), only=[finding.fingerprint])

    def row(self, finding):
        query = standing.table.select().where(standing.table.c.fingerprint == finding.fingerprint)
        with reading(self.engine) as connection:
            return connection.execute(query).mappings().one()


@pytest.fixture(scope="session")
def inspected(tmp_path_factory):
    """The courts, served, and the database of a night on one of them, to be copied."""
    path = tmp_path_factory.mktemp("inspected") / "trial.db"
    settings = Settings(database=str(path))
    with DemoCourts(NIGHTS[1]) as courts:
        profile, night = demo_profile(COURT, courts.homes[COURT]), clock.today() - timedelta(days=1)
        engine = connect(path)
        nightly.register(engine, [profile])
        nightly.site_night(engine, profile, night, settings, Options(allow_private=True))
        with engine.begin() as connection:  # the soft 404s of this court are certain after a second night
            of = sa.select(schema.findings.c.fingerprint).where(schema.findings.c.rule == "W-07")
            rows = schema.sightings
            connection.execute(sa.update(rows).where(rows.c.fingerprint.in_(of)).values(verdict="certain"))
            standing.renew(connection, clock.today())
        engine.dispose()
        yield courts, path


@pytest.fixture
def trial(inspected, tmp_path):
    courts, path = inspected
    courts.set_night(NIGHTS[1])
    made = Trial(courts, Path(shutil.copy(path, tmp_path / "trial.db")))
    yield made
    made.engine.dispose()
