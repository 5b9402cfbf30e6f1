"""Second nights: what is asked again, what stands as it was read before, and that nothing is missed or made up by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from json import loads
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa

from auditors import whole
from crawlers import frontier
from crawlers.budget import Budget
from crawlers.conclude.links import _loads
from crawlers.revisit import is_due
from reports.bulletin import compose
from reports.coverage import coverage_of
from reports.formats import html, json
from reports.period import Period
from storage import runs, store
from storage.database import reading
from storage.findings import Finding, state_at
from storage.records import Item, Section, Target
from storage.schema import accesses
from tests.nights import HOME, CourtInMemory
from tests.test_crawl import court

ROOT = Path(__file__).parents[1]
FIRST = date(2026, 6, 1)
OLD = 40  # articles of each section: all of March, two months before
TONIGHT = timedelta(days=1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CourtInMemory]:
    found = CourtInMemory(court(OLD), tmp_path / "a.db", revisit_nights=7)
    yield found
    found.engine.dispose()


def articles(paths: list[str]) -> set[str]:
    return {path for path in paths if path.startswith(("/xw/d", "/tz/d"))}


def state(court_: CourtInMemory, night: date) -> list[Finding]:
    with reading(court_.engine) as connection:
        return state_at(connection, night, site=court_.profile.id)


def findings(court_: CourtInMemory, night: date) -> dict[str, Finding]:
    """Open and resolved ones about links and pages, by path."""
    of_pages = [f for f in state(court_, night) if f.subject.kind in ("link", "page")]
    return {str(f.subject.url).removeprefix(HOME[:-1]): f for f in of_pages}


def rows(court_: CourtInMemory, night: date) -> dict[str, Any]:
    with reading(court_.engine) as connection:
        run = runs.find(connection, court_.profile.id, night)
        assert run is not None
        query = sa.select(accesses).where(accesses.c.run == run.id)
        return {str(r["url"]).removeprefix(HOME[:-1]): dict(r) for r in connection.execute(query).mappings()}


def test_each_address_has_its_turn_once_a_round_whatever_nights_are_missed() -> None:
    for number in range(50):
        url = f"http://court.example/{number}.html"
        for missed in (1, 2, 5, 9):
            asked, night, gaps = FIRST, FIRST, []
            for _ in range(40):
                night += timedelta(days=missed)
                if is_due(url, asked, night, 7):
                    gaps.append((night - asked).days)
                    asked = night
            assert max(gaps) < 7 + missed and min(gaps) >= 1
            assert missed != 1 or set(gaps[1:]) == {7}
    due = sum(is_due(f"http://court.example/{n}.html", FIRST, FIRST + TONIGHT, 7) for n in range(7000))
    assert 900 < due < 1100


def test_a_week_of_nights_reads_every_page_once_and_the_lists_every_night(site: CourtInMemory) -> None:
    first = site.night(FIRST)
    everything = articles(site.asked)
    assert len(everything) == 2 * OLD and first.carried_pages == 0 and first.carried_since is None
    asked: list[str] = []
    for number in range(1, 8):
        run = site.night(FIRST + number * TONIGHT)
        tonight = articles(site.asked)
        assert (run.status, run.pages, run.links) == ("complete", first.pages, first.links)
        assert run.carried_pages == len(everything) - len(tonight)
        assert {"/", "/xw/", "/xw/index_1.html", "/tz/", "/tz/index_1.html", "/dead.html"} <= set(site.asked)
        assert len(tonight) < 30 and not articles(site.sent)
        asked += sorted(tonight)
        oldest = run.carried_since
        assert oldest is not None and (run.night - oldest).days < 7
        proofs = {e.url.removeprefix(HOME[:-1]) for f in state(site, run.night) for e in f.evidence}
    assert set(asked) == everything
    assert {path for path in asked if asked.count(path) > 1} <= proofs


def test_what_is_carried_says_when_it_was_read(site: CourtInMemory) -> None:
    site.night(FIRST)
    before = rows(site, FIRST)
    night = FIRST + TONIGHT
    site.night(night)
    asked = articles(site.asked)
    now = rows(site, night)
    assert set(now) == set(before)
    for path in articles(list(now)):
        row, old = now[path], before[path]
        assert row["carried"] == (None if path in asked else FIRST)
        assert (row["at"] == old["at"]) == (path not in asked)
        assert (row["sha256"], row["depth"], row["access"]) == (old["sha256"], old["depth"], "ok")
    with reading(site.engine) as connection:
        history = runs.access_history(connection, site.profile.id, [HOME + "xw/d1.html"], night)
        nights = [r["night"] for r in history[HOME + "xw/d1.html"]]
        items = {s.record.url for s in store.read(connection, Item, site=site.profile.id, on=night)}
        sections = [s.record for s in store.read(connection, Section, site=site.profile.id, on=night)]
    assert nights == ([FIRST, night] if "/xw/d1.html" in asked else [FIRST])
    assert len(items) == 2 * OLD and all(s.complete and s.items == OLD for s in sections)


def test_one_night_is_every_night(site: CourtInMemory) -> None:
    site.night(FIRST)
    run = site.night(FIRST + TONIGHT, revisit_nights=1)
    assert len(articles(site.asked)) == 2 * OLD and run.carried_links == 0


def test_a_small_site_is_read_whole_every_night(site: CourtInMemory) -> None:
    first = site.night(FIRST)
    run = site.night(FIRST + TONIGHT, revisit_above=first.links)
    assert run.carried_links == 0
    run = site.night(FIRST + 2 * TONIGHT, revisit_above=first.links - 1)
    assert run.carried_links > 0


@pytest.mark.parametrize("nights", [7, 1])
def test_a_night_on_which_only_the_portal_was_read_loses_nothing_of_the_site(site: CourtInMemory, nights: int) -> None:
    """Home was down: the next night takes over what the night before that read, and asks for files only if they changed."""
    site.pages["/"] += "<a href='/up/1.doc'>裁判文书上网的规定</a>"
    site.pages["/up/1.doc"] = b"\xd0\xcf\x11\xe0 text"
    site.night(FIRST, audited=False)
    home = site.pages.pop("/")
    down = site.night(FIRST + TONIGHT, audited=False)
    assert down.status == "unreadable"
    with site.engine.begin() as connection:  # as where the portal could be read
        runs.update(connection, down.id, status="incomplete")
    site.pages["/"] = home
    run = site.night(FIRST + 2 * TONIGHT, audited=False, revisit_nights=nights)
    assert run.carried_since == (FIRST if nights > 1 else None)
    assert "/up/1.doc" not in site.sent


def test_documents_beyond_the_night_s_bytes_are_said_and_read_on_the_next(
    site: CourtInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawlers.attachments.MOST_BYTES", 1)
    paths = [f"/up/{number}.doc" for number in range(3)]
    for path in paths:
        site.pages["/"] += f"<a href='{path}'>裁判文书上网的规定</a>"
        site.pages[path] = b"\xd0\xcf\x11\xe0" + path.encode()
    cut = 3
    for night in range(3):
        run = site.night(FIRST + night * TONIGHT, audited=False, concurrency=1)
        cut -= 1
        with reading(site.engine) as connection:
            said = [issue.detail for issue in runs.read_issues(connection, run.id) if issue.cause == "files"]
        assert said == ([f"{cut}"] if cut else [])
        assert (run.status, "未读全文" in (run.why or "")) == (("incomplete", True) if cut else ("complete", False))
        found = rows(site, FIRST + night * TONIGHT)
        assert sum(found[path]["sha256"] is not None for path in paths) == 3 - cut


def test_missed_nights_are_made_up_for(site: CourtInMemory) -> None:
    site.night(FIRST)
    site.night(FIRST + 3 * TONIGHT)
    assert 20 < len(articles(site.asked)) < 55
    first = articles(site.asked)
    run = site.night(FIRST + 7 * TONIGHT)
    assert first | articles(site.asked) >= articles(list(site.pages))
    assert run.carried_since == FIRST + 3 * TONIGHT


def test_what_is_new_is_asked_and_a_recent_page_every_night(site: CourtInMemory) -> None:
    site.night(FIRST)
    published = FIRST + TONIGHT
    row = f"<ul class='list'><li><a href='/xw/n.html'>本院新增的一条新闻标题</a><span>{published}</span></li>"
    site.pages["/xw/"] = site.pages["/xw/"].replace("<ul class='list'>", row)
    site.pages["/xw/n.html"] = f"<h1>本院新增的一条新闻标题</h1><p>发布时间：{published}</p><p>正文</p>"
    for number in range(1, 7):
        site.night(FIRST + number * TONIGHT)
        assert "/xw/n.html" in site.asked
    with reading(site.engine) as connection:
        newest = {s.record.name: s.record for s in store.read(connection, Section, site=site.profile.id)}
    assert newest["法院新闻"].newest == published and newest["法院新闻"].items == OLD + 1


def test_an_old_page_that_changes_is_found_within_a_round(site: CourtInMemory) -> None:
    """A new dead link in it, and then the page itself is gone."""
    site.night(FIRST)
    site.pages["/tz/d7.html"] += "<a href='/missing.html'>附：名单</a>"
    found = [
        n for n in range(1, 8) if site.night(FIRST + n * TONIGHT) and "/missing.html" in findings(site, site_night(n))
    ]
    assert found and found == list(range(found[0], 8))
    opened = findings(site, site_night(7))["/missing.html"]
    assert opened.status == "continuing" and {e.url for e in opened.evidence} == {
        HOME + "missing.html",
        HOME + "tz/d7.html",
    }
    del site.pages["/tz/d9.html"]
    gone = [n for n in range(8, 15) if site.night(site_night(n)) and "/tz/d9.html" in findings(site, site_night(n))]
    assert gone


def site_night(number: int) -> date:
    return FIRST + number * TONIGHT


def test_a_page_with_a_fault_is_asked_every_night_and_its_mending_is_seen_at_once(site: CourtInMemory) -> None:
    site.pages["/tz/d7.html"] += "<a href='/missing.html'>附：名单</a>"
    site.night(FIRST)
    for number in (1, 2):
        site.night(site_night(number))
        assert {"/tz/d7.html", "/missing.html"} <= set(site.asked)
        assert findings(site, site_night(number))["/missing.html"].verified
    site.pages["/tz/d7.html"] = court(OLD)["/tz/d7.html"]
    site.night(site_night(3))
    assert findings(site, site_night(3))["/missing.html"].status == "resolved"
    assert "/missing.html" not in site.asked


@pytest.mark.parametrize(
    ("asked", "first", "well"),
    [("/dead.html", 2, "<h1>院长信箱</h1>"), ("/up/dead.doc", 2, b"\xd0\xcf\x11\xe0"), ("/up/dead.css", 3, b"p {}")],
)
def test_what_was_seen_twice_is_asked_once_as_long_as_it_stays_so(
    site: CourtInMemory, asked: str, first: int, well: str | bytes
) -> None:
    site.pages["/"] += "<a href='/up/dead.doc'>诉讼须知</a><link rel='stylesheet' href='/up/dead.css'>"
    site.night(FIRST)
    assert site.asked.count(asked) == first
    for number in (1, 2):
        site.night(site_night(number))
        found = findings(site, site_night(number))[asked]
        assert (site.asked.count(asked), found.status, found.grade, found.verified) == (
            1,
            "continuing",
            "certain",
            True,
        )
        assert f"本次探测1次，此前{number}晚结果相同" in found.message
    site.pages[asked] = well
    site.night(site_night(3))
    assert findings(site, site_night(3))[asked].resolution == "passed"


def test_what_fails_in_another_way_than_last_night_is_asked_twice(site: CourtInMemory) -> None:
    site.night(FIRST)
    site.pages["/dead.html"] = "<title>提示</title>您访问的页面不存在"
    site.night(site_night(1))
    assert site.asked.count("/dead.html") == 2
    assert (
        found := findings(site, site_night(1))["/dead.html"]
    ).status == "continuing" and "本次探测2次" in found.message


def test_a_page_that_nothing_leads_to_any_more_is_not_carried_on(site: CourtInMemory) -> None:
    """A list drops a page; one that is still linked from a carried page stays."""
    site.pages["/tz/d3.html"] += "<a href='/tz/d5.html'>相关通知</a>"
    site.night(FIRST)
    for path in ("/tz/d4.html", "/tz/d5.html"):
        site.pages["/tz/"] = site.pages["/tz/"].replace(f"<a href='{path}'>", "<a>")
    for number in range(1, 4):
        site.night(site_night(number))
    now = rows(site, site_night(3))
    assert "/tz/d4.html" not in now and "/tz/d5.html" in now
    with reading(site.engine) as connection:
        on = {s.record.url for s in store.read(connection, Item, site=site.profile.id, on=site_night(3))}
        assert (
            store.read(connection, Target, site=site.profile.id, on=site_night(3))[0].record.url == HOME + "dead.html"
        )
    assert HOME + "tz/d4.html" not in on


def test_a_new_link_to_an_old_page_asks_for_nothing_and_finds_it(site: CourtInMemory) -> None:
    site.night(FIRST)
    site.pages["/"] += "<a href='/tz/d11.html'>办事指南</a>"
    night = site_night(1)
    site.night(night)
    row = rows(site, night)["/tz/d11.html"]
    assert row["depth"] == 1 and row["access"] == "ok"


def test_a_dead_link_that_was_mended_everywhere_is_not_confirmed_by_pages_that_were_not_asked(tmp_path: Path) -> None:
    """It stood in every page's footer. Home and lists are clean, most articles are not asked again."""
    site, mended = CourtInMemory(court(8), tmp_path / "a.db", revisit_nights=3), court(8)
    for path in mended:
        site.pages[path] += "<a href='/missing.html'>旧版网站</a>"
    site.night(FIRST)
    assert findings(site, FIRST)["/missing.html"].grade == "certain"
    site.pages.update(mended)
    told = []
    for number in range(1, 4):
        site.night(site_night(number))
        now = findings(site, site_night(number)).get("/missing.html")
        told.append(now and (now.status, now.verified))
    site.engine.dispose()
    assert told[:2] == [("continuing", False)] * 2 and told[2] == ("resolved", True)


def test_those_named_as_leading_to_a_dead_link_were_asked_tonight_if_any_was(site: CourtInMemory) -> None:
    for number in range(OLD):
        site.pages[f"/tz/d{number}.html"] += "<a href='/missing.html'>附：名单</a>"
    site.night(FIRST)
    site.night(site_night(1))
    with reading(site.engine) as connection:
        seen = store.read(connection, Target, site=site.profile.id, on=site_night(1))
    target = next(s.record for s in seen if s.record.url.endswith("missing.html"))
    now = rows(site, site_night(1))
    carried = [now[one.url.removeprefix(HOME[:-1])]["carried"] is not None for one in target.referrers]
    assert target.referrer_count == OLD and len(carried) == 5
    assert carried == sorted(carried) and not carried[0]
    assert findings(site, site_night(1))["/missing.html"].verified


def test_a_page_with_a_finding_is_asked_though_nothing_leads_there_any_more(site: CourtInMemory) -> None:
    """To take it off the lists is no mending; to take it off the site is."""
    path = "/tz/d7.html"
    hidden = "".join(f"<a href='http://127.0.0.2:9/{n}'>博彩</a>" for n in range(3))
    site.pages[path] += f"<div style='display:none'>{hidden}</div><a href='/old/'>旧栏目</a>"
    site.night(FIRST)
    assert findings(site, FIRST)[path].rule == "W-11"
    for page in ("/tz/", "/tz/index_1.html"):
        site.pages[page] = site.pages[page].replace(f"<a href='{path}'>", "<a>")
    run = site.night(site_night(1))
    now = findings(site, site_night(1))[path]
    assert (run.status, now.status, now.verified) == ("complete", "continuing", True)
    assert path in site.asked and "/old/" not in site.asked
    del site.pages[path]
    site.night(site_night(2))
    assert findings(site, site_night(2))[path].resolution == "absent"
    site.night(site_night(3))
    assert path not in site.asked


def test_crawl_and_audit_mean_the_same_by_a_page_that_nothing_leads_to() -> None:
    assert whole.NO_LONGER_LISTED == frontier.NO_LONGER_LISTED


def test_a_refusal_is_no_quick_load() -> None:
    probes = [
        {"access": "ok", "elapsed": 4.0},
        {"access": "blocked", "elapsed": 0.1},
        {"access": "ok", "elapsed": None},
    ]
    assert list(_loads(probes)) == [4.0]


def test_nothing_is_resolved_by_a_page_that_was_not_visited(site: CourtInMemory) -> None:
    """The site is shut out of before the page of an open finding has its turn: the finding stays as it was."""
    site.pages["/tz/d7.html"] += "<a href='/missing.html'>附：名单</a>"
    site.night(FIRST)
    first = findings(site, FIRST)["/missing.html"]
    site.pages["/tz/d7.html"] = court(OLD)["/tz/d7.html"]  # mended, but nobody looks
    run = site.night(site_night(1), budget=Budget(bytes=1))
    assert run.status == "incomplete" and "/tz/d7.html" not in site.asked
    now = findings(site, site_night(1))["/missing.html"]
    assert (now.status, now.verified, now.evidence) == ("continuing", False, first.evidence)
    site.night(site_night(2))
    assert findings(site, site_night(2))["/missing.html"].status == "resolved"


def test_a_night_that_is_cut_short_still_carries_what_needs_no_asking(site: CourtInMemory) -> None:
    site.night(FIRST)
    run = site.night(site_night(1), budget=Budget(bytes=10**9, seconds=0.0))
    assert run.status in ("unreadable", "incomplete")
    run = site.night(site_night(2))
    assert run.status == "complete" and run.pages == len(court(OLD)) + 1  # the dead link


def test_findings_of_a_week_are_those_of_nights_that_read_everything(tmp_path: Path) -> None:
    """The same court, the same changes: after a round both know the same, and until then nothing false is said."""
    seen: dict[int, dict[int, set[tuple[str, str, str]]]] = {1: {}, 7: {}}
    for nights, told in seen.items():
        site = CourtInMemory(court(OLD), tmp_path / f"{nights}.db", revisit_nights=nights)
        for number in range(9):
            if number == 1:
                site.pages["/xw/d13.html"] += "<a href='/missing.html'>图</a><a href='/gone.html'>表</a>"
            if number == 2:
                del site.pages["/tz/d30.html"]
            if number == 3:
                site.pages["/gone.html"] = "<h1>表</h1>"
            site.night(site_night(number))
            state = findings(site, site_night(number))
            told[number] = {(p, f.rule, f.grade) for p, f in state.items() if f.status != "resolved"}
        site.engine.dispose()
    for number in range(9):
        assert seen[7][number] <= seen[1][number]
    assert seen[7][8] == seen[1][8] and any(path == "/missing.html" for path, _, _ in seen[7][8])


def test_the_coverage_says_what_was_not_asked_and_since_when(site: CourtInMemory) -> None:
    first = site.night(FIRST)
    run = site.night(site_night(1))
    with reading(site.engine) as connection:
        asked = runs.outcomes(connection, run.id)
        listed = runs.taken_over(connection, run.id, most=1000)
        (one,) = runs.all_sites(connection)
        whole = coverage_of(connection, one, Period.of_night(FIRST))
        part = coverage_of(connection, one, Period.of_night(site_night(1)))
        bulletin = compose(connection, Period.of_night(site_night(1)), generated_at=datetime.now(UTC))
    assert sum(asked.values()) == run.links - run.carried_links
    assert len(listed) == run.carried_links and {row["carried"] for row in listed} == {FIRST}
    assert whole.carried is None and first.carried_since is None
    assert part.carried is not None and str(run.carried_pages) in part.carried and str(FIRST) in part.carried
    told = json.document(bulletin)
    assert told["coverage"][0]["carried"] == {
        "pages": run.carried_pages,
        "links": run.carried_links,
        "since": str(FIRST),
    }
    jsonschema.validate(told, loads((ROOT / "docs" / "findings.schema.json").read_text(encoding="utf-8")))
    assert part.carried in html.render(bulletin)
