"""What is hard to store comes back the same from SQLite and from PostgreSQL."""

from __future__ import annotations

import random
import string
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from storage import measures, runs, store
from storage.columns import LONGEST_KEY
from storage.database import connect, reading
from storage.measures import Measure
from storage.records import Item
from storage.runs import Issue, Site
from storage.schema import accesses, standing

pytestmark = pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")  # of the server's wheel, where there is no desktop
NIGHT = date(2026, 3, 30)
NOW = datetime(2026, 3, 30, 15, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def engine(request, tmp_path):
    made = connect(request.getfixturevalue("postgres") if request.param == "PostgreSQL" else tmp_path / "gongkai.db")
    yield made
    made.dispose()


def noise(length: int, seed: int) -> str:
    """Text that no compression makes shorter, so that it is as long in an index as it is."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=length))


def item(url: str, title: str = "公告") -> Item:
    return Item(
        site="donghu", section_url=f"http://a.example/{noise(LONGEST_KEY, 1)}", section="公告", url=url, title=title
    )


def test_a_row_with_two_long_addresses_in_its_key_is_kept_and_known_again(engine: Engine) -> None:
    long = [f"http://a.example/{noise(2 * LONGEST_KEY, 2)}{end}" for end in "ab"]  # told apart by their last letter
    for title in ("旧", "新"):
        with engine.begin() as connection:
            store.save(connection, [item(url, title) for url in long], NIGHT)
    with reading(engine) as connection:
        kept = [seen.record for seen in store.read(connection, Item, site="donghu")]
    assert [one.title for one in kept] == ["新", "新"]
    assert len({one.url for one in kept}) == 2
    assert all(one.url.startswith(long[0][:1000]) and len(one.url.encode()) <= LONGEST_KEY for one in kept)


def test_a_long_text_is_found_by_the_whole_of_it(engine: Engine) -> None:
    whole, other = "长" * LONGEST_KEY, "长" * (LONGEST_KEY - 1)
    with engine.begin() as connection:
        run = runs.start(connection, "donghu", NIGHT, NOW)
        runs.save_issues(connection, run.id, [Issue(cause="x", subject=whole), Issue(cause="x", subject=other)])
        table = sa.table("issues", sa.column("subject", runs.issues.c.subject.type))
        found = connection.execute(sa.select(table.c.subject).where(table.c.subject == whole)).scalars().all()
    assert len(found) == 1 and len(found[0].encode()) <= LONGEST_KEY


def test_an_address_that_the_crawl_asks_is_stored_as_it_is(engine: Engine) -> None:
    url = f"http://a.example/{noise(LONGEST_KEY - 17, 3)}"
    with engine.begin() as connection:
        run = runs.start(connection, "donghu", NIGHT, NOW)
        row = {"run": run.id, "url": url, "at": NOW, "method": "GET", "access": "ok", "kind": "page", "internal": True}
        connection.execute(sa.insert(accesses).values(row))
        kept = connection.execute(sa.select(accesses.c.url, accesses.c.at)).one()
    assert kept == (url, NOW)


@pytest.mark.parametrize(
    "text", ["空\x00字符", "\u202e反\u200b", "\ufffe\uffff", "😀𠮷", "'; DROP TABLE runs;--", "\\N", "\t\r\n", ""]
)
def test_text_from_anywhere_is_kept(engine: Engine, text: str) -> None:
    with engine.begin() as connection:
        runs.save_site(connection, Site(id=f"x{text}", court=text, home="http://a.example/", level="l" * 300))
    with reading(engine) as connection:
        (site,) = runs.all_sites(connection)
        found = connection.execute(sa.select(standing).where(standing.c.department == text)).all()
    shown = text.replace("\x00", "\ufffd")
    assert (site.id, site.court, site.level) == (f"x{shown}", shown, "l" * 300)
    assert found == []


def test_a_cell_of_any_length_may_stand_for_a_department(engine: Engine) -> None:
    named = [Measure(name="published", day=NIGHT, department=noise(length, 4), denominator=1) for length in (300, 5000)]
    with engine.begin() as connection:
        assert measures.save_measures(connection, "donghu", NIGHT, named) == 2
        assert measures.save_measures(connection, "donghu", NIGHT, named) == 2
        totals = measures.read_measures(connection, ["donghu"], NIGHT, NIGHT, NIGHT)
    assert sorted((len(one.department), one.denominator) for one in totals)[0] == (300, 1)
    assert sum(one.denominator for one in totals) == 2
