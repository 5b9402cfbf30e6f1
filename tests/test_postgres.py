"""PostgreSQL as the store: the same tables, the same answers, nobody's update lost, and trouble said in one line."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

from auditors.audit import audit_site
from crawlers.conclude import conclude
from crawlers.profile import bare_profile
from gongkai import doctor, errors
from gongkai.cli import run
from gongkai.config import Settings
from gongkai.console import deeds
from gongkai.console.deeds import Deed
from gongkai.console.passwords import hashed
from gongkai.console.signing_in import TRIES, sign_in
from storage import accounts, bulletins, events, life, migrate, pages, runs, standing
from storage.accounts import User
from storage.bulletins import Issued
from storage.database import DatabaseError, connect, database_url, name_of, reading
from storage.locks import SiteBusy, in_turn, site_lock
from storage.schema import metadata
from tests.bulletins import two_nights

pytestmark = pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")  # of the server's wheel, where there is no desktop
NIGHT = date(2026, 3, 30)
NOW = datetime(2026, 3, 30, 15, tzinfo=UTC)


@pytest.fixture
def engine(postgres):
    made = connect(postgres)
    yield made
    made.dispose()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    return [d for d in found if not (d[0] == "remove_table" and d[1].name == "alembic_version")]


def together(*jobs: Callable[[], object]) -> list[object]:
    """Run jobs at the same moment, each in a thread: what each returned or raised."""
    start = threading.Barrier(len(jobs))

    def one(job: Callable[[], object]) -> object:
        start.wait()
        try:
            return job()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(one, jobs))


def test_a_new_database_has_the_tables_of_the_code(engine: Engine) -> None:
    with engine.connect() as connection:
        assert migrate.revision_of(connection) == migrate.HEAD
    assert differences(engine) == []


def test_every_revision_leads_to_the_same_tables(postgres: str) -> None:
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        command.upgrade(migrate.configuration(connection), "head")
    assert differences(engine) == []
    engine.dispose()


def test_an_older_database_is_brought_up_and_a_newer_one_refused(postgres: str) -> None:
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        command.upgrade(migrate.configuration(connection), "0005")
    connect(postgres).dispose()
    with engine.begin() as connection:
        assert migrate.revision_of(connection) == migrate.HEAD
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DatabaseError, match="9999") as caught:
        connect(postgres)
    assert "\n" not in str(caught.value)


def test_both_ends_of_a_connection_notice_soon_that_the_other_is_dead(postgres: str) -> None:
    """The server of the tests is reached by a socket, where all of it is zero: so it is asked who set it."""
    engine = connect(f"{postgres}&keepalives_idle=7" if "?" in postgres else f"{postgres}?keepalives_idle=7")
    with engine.connect() as connection:
        ours = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
        assert ours["keepalives_idle"] == "7"  # what the URL says stays
        assert (ours["keepalives_interval"], ours["keepalives_count"], ours["tcp_user_timeout"]) == ("5", "3", "15000")
        connection.rollback()
        query = "SELECT count(*) FROM pg_settings WHERE name LIKE 'tcp\\_%' AND source = 'session'"
        assert connection.execute(sa.text(query)).scalar() == 4
    engine.dispose()


def test_four_that_open_a_new_database_at_once_make_it_once(postgres: str) -> None:
    assert together(*[lambda: connect(postgres).dispose()] * 4) == [None] * 4


def test_a_database_of_another_encoding_is_refused_with_the_command_that_makes_a_right_one(postgres_server) -> None:
    with pytest.raises(DatabaseError, match="encoding is not UTF8") as caught:
        connect(postgres_server.new_database("LOCALE 'C' ENCODING 'SQL_ASCII'"))
    assert "createdb" in str(caught.value)


def test_a_database_that_sorts_text_otherwise_is_refused(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the tests knows code points only, so it is our expectation that is another one here."""
    monkeypatch.setattr(migrate, "_SORTED", ("a", "A", "阿", "丁", "一"))
    with pytest.raises(DatabaseError, match="collation is not C"):
        connect(postgres)


def test_another_programs_database_is_not_written_into(postgres: str) -> None:
    engine = sa.create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE sites (shop text)"))
    with pytest.raises(DatabaseError, match="another program's table sites"):
        connect(postgres)
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == ["sites"]
    engine.dispose()


def test_a_reader_sees_the_database_as_it_was_at_its_first_question(engine: Engine) -> None:
    with reading(engine) as reader:
        assert runs.read(reader) == []
        with engine.begin() as writer:
            runs.start(writer, "donghu", NIGHT, NOW)
        assert runs.read(reader) == []
        with pytest.raises(sa.exc.DBAPIError, match="read-only"):
            runs.start(reader, "xishan", NIGHT, NOW)


def test_who_asks_for_the_same_turn_waits_and_then_sees_what_the_other_wrote(engine: Engine) -> None:
    seen: list[int] = []

    def second() -> None:
        with engine.begin() as connection:
            in_turn(connection, "runs")
            seen.append(len(runs.read(connection)))

    other = threading.Thread(target=second)
    with engine.begin() as connection:
        in_turn(connection, "runs")
        other.start()
        time.sleep(0.2)
        assert seen == []
        runs.start(connection, "donghu", NIGHT, NOW)
    other.join()
    assert seen == [1]


def test_a_password_is_never_said() -> None:
    assert name_of("postgresql://clerk:secret@db.example/gongkai") == "postgresql://clerk:***@db.example/gongkai"
    assert name_of("var/gongkai.db") == "var/gongkai.db"
    url = "postgresql://clerk:secret@127.0.0.1:1/gongkai"
    with pytest.raises(DatabaseError) as caught:
        connect(url)
    said = str(caught.value)
    assert "secret" not in said and "127.0.0.1" in said and "cannot be reached" in said and "\n" not in said
    (check,) = [c for c in doctor.checks(Settings(database=url), NIGHT) if "cannot be reached" in c.text]
    assert check.state == doctor.BAD and "secret" not in check.text


@pytest.mark.parametrize(
    ("url", "said"), [("mysql://x/y", "PostgreSQL only"), ("://x", "not a valid URL"), ("x://", "only")]
)
def test_other_databases_and_broken_urls_are_refused_in_one_line(url: str, said: str) -> None:
    with pytest.raises(DatabaseError, match=said):
        connect(url)


def test_the_short_name_that_some_write_is_understood() -> None:
    assert database_url("postgres://u:p@h/d") == "postgresql://u:p@h/d"


def test_a_command_says_in_one_line_that_the_server_is_away(capsys, monkeypatch) -> None:
    monkeypatch.setenv("GONGKAI_LANG", "en")
    monkeypatch.setenv("GONGKAI_DATABASE", "postgresql://clerk:secret@127.0.0.1:1/gongkai")
    assert run(["findings", "list"]) == errors.WRONG_USE
    said = capsys.readouterr().err.strip()
    assert "cannot be reached" in said and "secret" not in said and len(said.splitlines()) <= 3


def test_a_connection_that_the_server_ends_is_trouble_and_the_next_one_is_made_anew(engine: Engine) -> None:
    with pytest.raises(sa.exc.OperationalError) as caught, engine.begin() as connection:
        mine = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar()
        with engine.begin() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        runs.read(connection)
    assert errors.is_user_mistake(caught.value)
    assert "was lost" in errors.one_line(caught.value)
    with reading(engine) as connection:
        assert runs.read(connection) == []


def test_a_mistake_in_our_sql_is_no_trouble_of_the_database(engine: Engine) -> None:
    with pytest.raises(sa.exc.ProgrammingError) as caught, engine.begin() as connection:
        connection.execute(sa.text("SELECT nothing FROM nowhere"))
    assert not errors.is_user_mistake(caught.value)


def test_of_two_inspectors_who_act_at_once_the_second_is_told(engine: Engine) -> None:
    now, case = two_nights.GENERATED, "（2025）示0102民初1208号"
    with engine.begin() as connection:
        two_nights.build(connection)
        standing.renew(connection, now.date())
        query = sa.select(standing.table.c.fingerprint).where(standing.table.c.subject == case)
        fingerprint = connection.execute(query).scalar_one()

    def act(name: str) -> object:
        with engine.begin() as connection:
            who = User(name=name, role="inspector", made=now)
            return deeds.do(connection, who, fingerprint, Deed(what=life.COMMENT, note=name, version=0), now)["version"]

    first, second = sorted(together(lambda: act("wang"), lambda: act("li")), key=lambda one: isinstance(one, Exception))
    assert first == 1
    assert isinstance(second, deeds.Stale)
    with reading(engine) as connection:
        assert len(events.read(connection, of=[fingerprint])[fingerprint]) == 1


def test_guesses_that_come_at_once_are_counted_one_by_one(engine: Engine) -> None:
    right = "correct horse battery"
    with engine.begin() as connection:
        accounts.add(connection, User(name="wang", role="viewer", password=hashed(right, "wang"), made=NOW))

    def guess(password: str) -> object:
        return sign_in(engine, "wang", password, NOW)

    assert together(*[lambda: guess("wrong")] * TRIES) == [None] * TRIES
    assert guess(right) is None  # locked


def test_two_bulletins_that_are_issued_at_once_have_two_numbers(engine: Engine) -> None:
    def issue() -> object:
        with engine.begin() as connection:
            serial = bulletins.next_serial(connection, "示公开", 2026)
            entry = Issued(
                number=f"示公开〔2026〕{serial}号",
                code="示公开",
                year=2026,
                serial=serial,
                title="通报",
                kind="night",
                first=NIGHT,
                last=NIGHT,
                sites=("donghu",),
                department=None,
                night=NIGHT,
                day=NIGHT,
                issued=NOW,
            )
            bulletins.issue(connection, entry, {"a.txt": b"a"})
            return serial

    assert sorted(map(str, together(issue, issue, issue))) == ["1", "2", "3"]


def test_a_run_that_two_begin_at_once_is_one(engine: Engine) -> None:
    def begin() -> object:
        with engine.begin() as connection:
            return runs.start(connection, "donghu", NIGHT, NOW).id

    assert len(set(map(str, together(begin, begin, begin)))) == 1


def test_a_crawl_is_not_concluded_while_its_site_is_audited(engine: Engine) -> None:
    """The audit takes away the notes of what changed: also those that it has not read."""
    with engine.begin() as connection:
        run = runs.start(connection, "donghu", NIGHT, NOW)
    with engine.begin() as auditing, engine.connect() as crawling:
        audit_site(auditing, "donghu", NIGHT)
        crawling.execute(sa.text("SET LOCAL lock_timeout = '100ms'"))
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            conclude(crawling, bare_profile("http://127.0.0.1:9/"), run)


def test_crawls_that_meet_the_same_pages_in_another_order_do_not_lock_each_other_out(engine: Engine) -> None:
    bodies = [f"page {number}".encode() * 50 for number in range(400)]
    rows = [pages.page_row(pages.sha256(body), body, "text/html") for body in bodies]

    def keep(some: list[dict[str, object]]) -> None:
        with engine.begin() as connection:
            pages.keep(connection, some)

    assert together(lambda: keep(rows), lambda: keep(rows[::-1]), lambda: keep(rows[200:] + rows[:200])) == [None] * 3


def test_one_reader_of_a_site_at_a_time(engine):
    with site_lock(engine, "donghu"):
        with pytest.raises(SiteBusy), site_lock(engine, "donghu", wait=0):
            pass
        with site_lock(engine, "xishan", wait=0):
            pass
    with site_lock(engine, "donghu", wait=0):  # it was given back
        pass
