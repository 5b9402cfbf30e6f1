"""The hash chain: whatever is altered, added or removed past the one way in is found, and the first broken link named."""

import shutil
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage import bulletins, chain, events, pages, runs, schema, seals
from storage.bulletins import Issued
from storage.database import connect
from storage.events import RECTIFIED, Event
from storage.schema import accesses, pictures, removed_pages
from storage.verification import Anchor, Problem, verify
from tests.bulletins import two_nights

AT = datetime(2026, 4, 1, 9, 0, 0, 123456, tzinfo=UTC)
BODY = "<html>诉讼指南</html>".encode()
GONE = "<html>旧页</html>".encode()
SITE = "chengnan"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Two nights with an access each, three events, a picture, a bulletin and a removal, all sealed."""
    path = tmp_path_factory.mktemp("chain") / "built.db"
    engine = connect(path)
    with engine.begin() as connection:
        two_nights.build(connection)
        (print_, *_) = connection.execute(sa.text("SELECT fingerprint FROM findings ORDER BY 1")).scalars()
        for body in (BODY, GONE):
            pages.keep(connection, [pages.page_row(pages.sha256(body), body, "text/html")])
        for night in (two_nights.FIRST, two_nights.SECOND):
            run = runs.find(connection, SITE, night)
            connection.execute(sa.insert(accesses).values(**access(run.id, BODY if run.id % 2 else GONE)))
        steps = [Event(fingerprint=print_, at=AT + timedelta(hours=n), who="王", what="comment") for n in range(2)]
        events.append(connection, steps)
        values = {"fingerprint": print_, "url": "http://x/", "at": AT, "status": 200, "sha256": pages.sha256(BODY)}
        made = connection.execute(sa.insert(pictures).values(**values)).inserted_primary_key
        seals.seal_pictures(connection, [made[0]])
        bulletins.issue(connection, ISSUED, {"bulletin.docx": b"letter"})
        connection.execute(sa.text("DELETE FROM pages WHERE sha256 = :gone"), {"gone": pages.sha256(GONE)})
        connection.execute(sa.insert(removed_pages).values(sha256=pages.sha256(GONE), at=AT, size=len(GONE)))
        seals.seal_removal(connection, AT)
        after = {"stage": "rectified", "proofs": ["照片"], "share": 0.1}
        events.append(
            connection,
            [
                Event(
                    fingerprint=print_, at=AT, who="李", what=RECTIFIED, until=date(2026, 5, 1), before={}, after=after
                )
            ],
        )
    engine.dispose()
    return path


ISSUED = Issued(
    number="示法公开〔2026〕1号",
    code="示法公开",
    year=2026,
    serial=1,
    title="通报",
    kind="month",
    first=date(2026, 3, 1),
    last=date(2026, 3, 31),
    sites=(SITE,),
    department=None,
    night=date(2026, 3, 31),
    day=date(2026, 4, 1),
    issued=AT,
)


def access(run, body):
    return {
        "run": run,
        "url": "http://www.csqfy.example/",
        "at": AT,
        "elapsed": 0.1 + 0.2,
        "method": "GET",
        "access": "ok",
        "status": 200,
        "sha256": pages.sha256(body),
        "headers": {"server": "x", "content-type": "text/html"},
        "kind": "page",
        "internal": True,
        "probes": [],
    }


@pytest.fixture
def engine(tmp_path, built):
    path = tmp_path / "copy.db"
    shutil.copy(built, path)
    made = connect(path)
    yield made
    made.dispose()


def verified(engine, **options):
    with engine.connect() as connection:
        return verify(connection, **options)


def tamper(engine, *statements):
    """By hand, as whoever has the file can."""
    with engine.begin() as connection:
        connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        for statement in statements:
            assert connection.execute(sa.text(statement)).rowcount > 0


def test_what_was_not_touched_is_whole(engine):
    result = verified(engine)
    assert result.problems == []
    # The eight nights were there before the chain began; then events, picture, bulletin, removal.
    assert result.links == {"night": 8, "event": 3, "picture": 1, "bulletin": 1, "removal": 1}
    assert (result.pages, result.removed, result.head.position) == (1, 1, 14)


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("event", "UPDATE events SET who = '李' WHERE id = 1"),
        ("event", "UPDATE events SET at = '2026-04-02 09:00:00.123456' WHERE id = 1"),
        ("event", "UPDATE events SET what = 'closed' WHERE id = 2"),
        ("event", "UPDATE events SET note = 'x' WHERE id = 2"),
        ("event", "UPDATE events SET until = '2027-05-01' WHERE id = 3"),
        ("event", "UPDATE events SET before = NULL WHERE id = 3"),
        ("event", """UPDATE events SET after = replace(after, '0.1', '0.2') WHERE id = 3"""),
        ("event", "UPDATE events SET fingerprint = (SELECT max(fingerprint) FROM findings) WHERE id = 1"),
        ("gone", "DELETE FROM events WHERE id = 2"),
        ("gone", "DELETE FROM pictures"),
        (
            "unsealed",
            "INSERT INTO events (fingerprint, at, who, what) SELECT fingerprint, at, who, what FROM events LIMIT 1",
        ),
        ("night_run", "UPDATE runs SET status = 'complete' WHERE status = 'incomplete'"),
        ("night_accesses", "UPDATE accesses SET status = 404"),
        ("night_accesses", "UPDATE accesses SET headers = '{}'"),
        ("night_accesses", "UPDATE accesses SET at = '2026-03-29 00:00:00'"),
        ("night_accesses", "DELETE FROM accesses WHERE run = (SELECT max(run) FROM accesses)"),
        ("night_sightings", "UPDATE sightings SET verdict = 'passed' WHERE verdict = 'certain'"),
        ("night_sightings", "UPDATE sightings SET message = '没有问题'"),
        ("night_sightings", "UPDATE sightings SET evidence = '[]' WHERE evidence <> '[]'"),
        ("night_sightings", "DELETE FROM sightings WHERE night = '2026-03-31' AND verdict = 'certain'"),
        ("finding", "UPDATE findings SET rule = 'W-99' WHERE rule = 'D-01'"),
        ("picture", "UPDATE pictures SET url = 'http://y/'"),
        ("bulletin", "UPDATE bulletins SET night = '2026-03-30'"),
        ("bulletin", "UPDATE bulletin_files SET sha256 = 'x'"),
        ("file", "UPDATE bulletin_files SET body = x'00'"),
        ("removal", "UPDATE removed_pages SET size = 1"),
        ("page", "UPDATE pages SET body = x'00'"),
        ("page_gone", "DELETE FROM pages"),
        ("page_gone", "DELETE FROM removed_pages"),
        ("link", "UPDATE chain SET says = '{}' WHERE position = 2"),
        ("link", "UPDATE chain SET subject = '9' WHERE position = 9"),
        ("link", "UPDATE chain SET digest = previous WHERE position = 5"),
        ("order", "DELETE FROM chain WHERE position = 1"),
        ("order", "DELETE FROM chain WHERE position = 9"),
    ],
)
def test_each_alteration_is_found(engine, what, statement):
    tamper(engine, statement.strip("; "))
    result = verified(engine)
    assert what in {problem.what for problem in result.problems}


def test_the_first_broken_link_is_named_first(engine):
    tamper(engine, "UPDATE events SET who = '赵' WHERE id IN (2, 3)")
    assert verified(engine).problems == [Problem("event", "2", 10), Problem("event", "3", 14)]


def test_a_link_made_anew_breaks_the_one_after_it(engine):
    """Whoever changes an event and its own link's digest has to change all links after it."""
    tamper(engine, "UPDATE events SET note = '改过' WHERE id = 1")
    with engine.begin() as connection:
        (link,) = chain.links_of(connection, chain.EVENT, ["1"]).values()
        says = seals.of_events(connection, [1])[1]
        digest = chain.digest_of([link.position, link.kind, link.subject, says, link.previous])
        connection.execute(
            sa.update(schema.chain).where(schema.chain.c.position == link.position).values(says=says, digest=digest)
        )
    assert verified(engine).problems == [Problem("link", "2", link.position + 1)]


def test_a_chain_made_anew_differs_from_what_was_noted_outside(engine):
    noted = [Anchor(link.position, link.digest) for link in (verified(engine).head,)]
    assert verified(engine, anchors=noted).is_whole
    tamper(engine, "UPDATE events SET note = '改过' WHERE id = 1", "DELETE FROM chain")
    with engine.begin() as connection:
        seals.begin(connection)
    (problem, *_) = verified(engine, anchors=noted).problems
    assert (problem.what, problem.position) == ("anchor", 14)


def test_a_chain_that_was_cut_off_differs_from_what_was_noted_outside(engine):
    head = verified(engine).head
    tamper(engine, "DELETE FROM events WHERE id = 3", "DELETE FROM chain WHERE position = 14")
    assert verified(engine).is_whole  # by itself a cut end does not show: that is what the note is for
    assert verified(engine, anchors=[Anchor(head.position, head.digest)]).problems == [Problem("anchor", "14", 14)]


def test_a_night_that_was_audited_again_is_sealed_again_only_if_it_changed(engine):
    with engine.begin() as connection:
        seals.seal_night(connection, SITE, two_nights.SECOND)
        assert chain.head(connection).position == 14
        connection.execute(sa.text("UPDATE sightings SET message = message || '。' WHERE night = '2026-03-31'"))
        for site in two_nights.SITES:
            seals.seal_night(connection, site.id, two_nights.SECOND)
    result = verified(engine)
    assert (result.problems, result.links["night"]) == ([], 12)


def test_many_writers_at_once_make_one_chain(engine):
    """Each in a thread of its own: no link is lost, none stands twice."""
    failed = []

    def write(who):
        try:
            for n in range(10):
                with engine.begin() as connection:
                    print_ = connection.execute(sa.text("SELECT min(fingerprint) FROM findings")).scalar()
                    step = Event(fingerprint=print_, at=AT, who=who, what="comment", note=str(n))
                    events.append(connection, [step, step])
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result = verified(engine)
    assert failed == []
    assert (result.problems, result.links["event"]) == ([], 3 + 80)


def test_events_of_a_version_without_a_chain_are_sealed_with_the_first_new_one(engine):
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM chain"))
        connection.execute(sa.text("DELETE FROM pictures"))
        connection.execute(sa.text("DELETE FROM removed_pages"))
        connection.execute(sa.text("UPDATE accesses SET sha256 = NULL"))
    assert verified(engine).links == {}
    with engine.begin() as connection:
        print_ = connection.execute(sa.text("SELECT min(fingerprint) FROM findings")).scalar()
        events.append(connection, [Event(fingerprint=print_, at=AT, who="w", what="comment")])
    result = verified(engine)
    assert (result.problems, result.links) == ([], {"event": 4, "night": 8, "bulletin": 1})


def test_a_link_of_an_event_is_found_by_the_event(engine):
    """What an exported trail prints beside each step."""
    with engine.connect() as connection:
        links = chain.links_of(connection, chain.EVENT, ["1", "3", "99"])
    assert {subject: link.position for subject, link in links.items()} == {"1": 9, "3": 14}
    assert links["3"].is_whole
