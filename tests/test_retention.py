"""Retention: what proves anything open or was told in a bulletin never goes, and what goes is on record."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from gongkai.cli import run as command
from storage import bulletins, events, findings, pages, retention, runs, schema
from storage.bulletins import Issued
from storage.database import connect
from storage.events import Event
from storage.findings import PASSED, Subject
from storage.records import Evidence
from storage.verification import verify
from tests.bulletins import two_nights

OLD, NOW = date(2025, 1, 10), datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
SITE = "chengnan"
BEFORE = retention.first_day(NOW.date(), 365)


@pytest.fixture
def stand(tmp_path):
    return Stand(tmp_path)


class Stand:
    """One site that was read long ago and of late."""

    def __init__(self, folder):
        self.engine = connect(folder / "gongkai.db")
        with self.engine.begin() as connection:
            runs.save_site(connection, two_nights.SITES[1])

    def read(self, night, *names):
        """A night on which these pages were read."""
        with self.engine.begin() as connection:
            run = runs.start(connection, SITE, night, datetime(night.year, night.month, night.day, 1, tzinfo=UTC))
            for name in names:
                pages.keep(connection, [pages.page_row(digest(name), name.encode(), "text/html")])
                values = {"run": run.id, "url": f"http://x/{name}", "at": NOW, "method": "GET", "access": "ok"}
                values |= {"sha256": digest(name), "kind": "page", "internal": True}
                connection.execute(sa.insert(schema.accesses).values(**values))

    def found(self, night, name, verdict="certain", others=()):
        proof = Evidence(url=f"http://x/{name}", fetched_at=NOW, status=404, sha256=digest(name))
        subject = Subject(kind="link", url=f"http://x/{name}")
        seen = two_nights.sighting("W-07", SITE, subject, "坏", verdict, night=night, evidence=[proof])
        ended = {print_of(other): PASSED for other in others}
        with self.engine.begin() as connection:
            findings.record_night(connection, night, SITE, [seen], ended)

    def removed(self):
        with self.engine.begin() as connection:
            gone = retention.remove(connection, BEFORE, NOW)
        with self.engine.connect() as connection:
            assert verify(connection).problems == []
        return set(gone)


def digest(name):
    return pages.sha256(name.encode())


def print_of(name):
    return findings.fingerprint("W-07", SITE, Subject(kind="link", url=f"http://x/{name}"))


def test_what_was_read_long_ago_and_proves_nothing_goes(stand):
    stand.read(OLD, "old", "both")
    stand.read(NOW.date(), "new", "both")
    assert stand.removed() == {digest("old")}
    with stand.engine.connect() as connection:
        assert pages.body(connection, digest("old")) is None
        assert verify(connection).links["removal"] == 1
    assert stand.removed() == set()


def test_evidence_of_an_open_finding_stays(stand):
    stand.read(OLD, "open", "other")
    stand.found(OLD, "open")
    assert stand.removed() == {digest("other")}


def test_evidence_of_a_finding_goes_long_after_it_ended(stand):
    stand.read(OLD, "ended")
    stand.found(OLD, "ended")
    stand.found(OLD + timedelta(days=1), "next", others=["ended"])
    stand.read(NOW.date(), "next")
    assert stand.removed() == {digest("ended")}


def test_evidence_of_what_a_bulletin_told_stays(stand):
    stand.read(OLD, "told")
    stand.found(OLD, "told")
    stand.found(OLD + timedelta(days=1), "next", others=["told"])
    days = {"first": OLD, "last": OLD, "night": OLD, "day": OLD, "issued": NOW}
    issued = Issued(
        number="1", code="a", year=2025, serial=1, title="t", kind="night", sites=(SITE,), department=None, **days
    )
    with stand.engine.begin() as connection:
        bulletins.issue(connection, issued, {"a": b"b"})
    assert stand.removed() == set()


def test_what_an_event_names_stays(stand):
    stand.read(OLD, "named", "free")
    stand.found(NOW.date(), "x")
    step = Event(fingerprint=print_of("x"), at=NOW, who="w", what="recheck", after={"sha256": digest("named")})
    with stand.engine.begin() as connection:
        events.append(connection, [step])
    assert stand.removed() == {digest("free")}


def test_what_was_removed_and_read_again_is_kept_again(stand):
    stand.read(OLD, "old")
    assert stand.removed() == {digest("old")}
    stand.read(NOW.date(), "old")
    assert stand.removed() == set()
    with stand.engine.connect() as connection:
        assert pages.body(connection, digest("old")) == b"old"


def test_without_a_setting_nothing_is_removed(stand, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GONGKAI_LANG", "en")
    stand.read(OLD, "old")
    (tmp_path / "gongkai.toml").write_text('database = "gongkai.db"\n')
    assert command(["evidence", "prune"]) == 2
    (tmp_path / "gongkai.toml").write_text('database = "gongkai.db"\n[evidence]\nkeep_days = 365\n')
    assert command(["evidence", "prune", "--dry-run"]) == 0
    assert "would remove 1 bodies" in capsys.readouterr().out
    assert command(["evidence", "prune"]) == 0
    assert "removed 1 bodies" in capsys.readouterr().out
