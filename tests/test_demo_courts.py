"""The demonstration courts: served as promised, sound where they should be, faulty where the answer key says so.

The judgments' part of the key is computed a second time here from the content files, in the plainest possible way.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections import Counter
from datetime import date, timedelta
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit

import chinese_calendar
import pytest
from bs4 import BeautifulSoup, Comment
from dateutil.relativedelta import relativedelta
from openpyxl import load_workbook

from crawlers.ledgers import read_ledger
from gongkai.demo import answers, content, portal
from gongkai.demo.courts import COURTS, NIGHTS, site_at, write_ledgers
from gongkai.demo.documents import chinese_date
from gongkai.demo.server import DemoCourts
from gongkai.demo.site import BASE, Response, Site, canonical

FIRST, SECOND = NIGHTS
BOTH = [(court, night) for court in COURTS for night in NIGHTS]
HOST = "http://court.test"
ENCODINGS = {"donghu": "utf-8", "xishan": "gbk", "shili": "utf-8-sig"}


# --- reading a site without a network ---


def text_of(site: Site, response: Response) -> str:
    return response.body.decode(ENCODINGS[site.id]).replace(BASE, HOST)


def is_html(response: Response) -> bool:
    return (response.content_type or "").startswith("text/html")


def links_of(site: Site, address: str, response: Response) -> set[str]:
    """Internal addresses a page leads to: href, src, onclick, show('12'), createPageHTML, meta refresh, JSON rows."""
    if address.endswith(".json"):
        return set(re.findall(r'"url": "([^"]+)"', text_of(site, response)))
    if not is_html(response):
        return set()
    text = text_of(site, response)
    soup = BeautifulSoup(text, "lxml")
    raw = [tag.get(name) for name in ("href", "src", "data-original") for tag in soup.find_all(attrs={name: True})]
    handlers = [tag["onclick"] for tag in soup.find_all(onclick=True)]
    for handler in [*handlers, *(link for link in raw if link.startswith("javascript:"))]:
        raw += re.findall(r"(?:window\.open\(|location\.href=)'([^']+)'", handler)
        raw += [f"/show.asp?id={n}" for n in re.findall(r"\bshow\('(\d+)'\)", handler)]
        raw += [f"/cpws_show.asp?id={n}" for n in re.findall(r"openws\('(\d+)'\)", handler)]
    paging = re.search(r'createPageHTML\((\d+), (\d+), "index", "html"\);</script></div>', text)
    if paging:
        raw += [f"index_{n}.html" for n in range(1, int(paging[1]))]
    raw += re.findall(r'fetch\("([^"]+)"\)', text)
    raw += [tag["content"].partition("url=")[2] for tag in soup.find_all("meta", attrs={"http-equiv": "refresh"})]
    found = set()
    for link in raw:
        if re.match(r"(javascript|mailto|tel):|#", link) or link == "":
            continue
        target = urljoin(HOST + address, quote(link.strip(), safe="/%:?&=#;.,~+_-()"))
        parts = urlsplit(target)
        if parts.scheme in ("http", "https") and parts.netloc.lower() == "court.test":
            found.add(canonical(parts.path + ("?" + parts.query if parts.query else "")))
    return found


def crawl(site: Site, limit: int = 600) -> tuple[dict[str, Response], dict[str, set[str]]]:
    """All answers reachable from the home page and who links to them; calendars and past-the-end pages cut off."""
    found: dict[str, Response] = {}
    referrers: dict[str, set[str]] = {"/": set()}
    queue = ["/"]
    while queue and len(found) < limit:
        address = queue.pop()
        if address in found or re.search(r"calendar\?.*(day=|year=20(2[0-57-9]|[013-9]))|[?&]page=\d\d", address):
            continue
        response = found[address] = site.answer(address, visit=2)
        targets = links_of(site, address, response)
        targets |= {canonical(value) for name, value in response.headers if name == "Location"}
        for target in targets:
            referrers.setdefault(target, set()).add(address)
        queue += sorted(targets)
    return found, referrers


@pytest.fixture(scope="module", params=BOTH, ids=lambda pair: f"{pair[0]}-{pair[1]:%d}")
def crawled(request):
    court, night = request.param
    site = site_at(court, night)
    return site, *crawl(site)


def is_soft_404(site: Site, response: Response) -> bool:
    return response.status == 200 and is_html(response) and "您访问的页面不存在或已被删除！" in text_of(site, response)


# --- the sites ---


def test_size_is_that_of_a_small_court(crawled):
    _, found, _ = crawled
    pages = [r for r in found.values() if is_html(r) and r.status == 200]
    assert 60 <= len(pages) <= 230


def test_every_link_works_except_the_planted_ones(crawled):
    site, found, _ = crawled
    dead = {
        address
        for address, r in found.items()
        if r.status in (404, 410, 500) or is_soft_404(site, r) or (r.status == 200 and not r.body)
    }
    planted = {
        canonical(e.planted.path)
        for e in answers.expected(site.id, site.night)
        if e.rule in ("W-07", "W-08") and e.status != "resolved"
    }
    robots = site.answer("/robots.txt").body.decode(errors="replace")
    dead = {d for d in dead if not any(d.startswith(rule) for rule in re.findall(r"Disallow: (\S+)", robots))}
    loops = {"/gkpt/index.html"} if site.id == "shili" else set()
    assert dead == planted - loops


def test_refusals_are_reachable_and_refuse(crawled):
    site, found, _ = crawled
    refusing = {a: r.status for a, r in found.items() if r.status in (403, 412)}
    refusing |= {a: r.status for a, r in found.items() if b"acw_sc__v3" in r.body}
    assert (
        refusing
        == {
            "donghu": {"/oa/login.shtml": 403},
            "xishan": {},
            "shili": {"/sxbzxr/": 412, "/sfpm/": 200, "/zxgs/xgl/": 403},
        }[site.id]
    )


def test_section_names_stand_in_navigation_title_and_breadcrumb(crawled):
    site, _, _ = crawled
    home = text_of(site, site.answer("/"))
    for section in content.court(site.id).sections.values():
        assert home.count(section.name) >= 1, section.name
    for answer in [*answers.planted(site.id), *answers.traps(site.id)]:
        if answer.kind == "section" and (page := site.answer(answer.path)).status == 200 and answer.path != "/sfpm/":
            text = text_of(site, page)
            assert answer.section in BeautifulSoup(text, "lxml").title.text
            assert re.search(rf"位置：.*{re.escape(answer.section)}", text.replace("\n", " "))


def test_the_port_is_in_no_page(crawled):
    _, found, _ = crawled
    assert not any(b"127.0.0.1" in response.body for response in found.values())


def test_generation_is_deterministic():
    for court, demo in COURTS.items():
        again = demo.build(FIRST)
        assert {a: r.body for a, r in again.pages.items()} == {
            a: r.body for a, r in site_at(court, FIRST).pages.items()
        }


# --- encodings ---


def test_gbk_bytes_without_a_charset_or_with_a_wrong_one(crawled):
    site, found, _ = crawled
    if site.id != "xishan":
        return
    kinds = Counter()
    for response in found.values():
        if is_html(response) and response.status == 200:
            text = response.body.decode("gbk")
            assert "法院" in text or "开庭公告" in text
            with pytest.raises(UnicodeDecodeError):
                response.body.decode("utf-8")
            kinds[response.content_type] += 1
    assert kinds["text/html"] > 80
    assert kinds["text/html; charset=utf-8"] and kinds["text/html; charset=ISO-8859-1"]


def test_byte_order_marks_on_some_pages_of_the_content_management_system():
    pages = [r.body for r in site_at("shili", FIRST).pages.values() if is_html(r) and r.status == 200]
    assert 0 < sum(body.startswith(b"\xef\xbb\xbf") for body in pages) < len(pages)


# --- paging and other endings ---


@pytest.mark.parametrize("night", NIGHTS)
def test_past_the_last_page(night):
    donghu, xishan, shili = (site_at(court, night) for court in COURTS)
    empty = donghu.answer("/article/index/id/M0guMjCwMDAwNCACAAA/page/9.shtml")
    assert empty.status == 200 and b"/article/detail/" not in empty.body.partition(b"right_list")[2]
    last = xishan.answer("/list.asp?classid=1&page=3")
    assert xishan.answer("/list.asp?page=7&classid=1").body == last.body
    assert xishan.answer("/cpws.asp?page=99").body == xishan.answer("/cpws.asp?page=4").body
    assert shili.answer("/xwzx/fyxw/index_5.html").status == 404


def test_unknown_addresses():
    donghu, xishan, shili = (site_at(court, FIRST) for court in COURTS)
    assert [donghu.answer("/nowhere-7f3a").status, shili.answer("/nowhere-7f3a").status] == [404, 404]
    assert is_soft_404(xishan, xishan.answer("/nowhere-7f3a"))
    assert xishan.answer("/nowhere-7f3a.jpg").status == 404


def test_the_calendar_has_no_end():
    site, address, seen = site_at("shili", FIRST), "/ktpq/calendar?year=2026&month=3", set()
    for _ in range(30):
        page = site.answer(address)
        assert page.status == 200 and address not in seen
        seen.add(address)
        address = re.findall(r'href="([^"]+)">下月', text_of(site, page))[0].replace("&amp;", "&")
    assert "year=2028" in address


@pytest.mark.parametrize(
    "spelling",
    [
        "/show.asp;jsessionid=8F3A21C07B?id=801",
        "//show.asp?id=801",
        "/show.asp?id=801#top",
        "http://127.0.0.1:80/show.asp?id=801",
    ],
)
def test_spellings_of_one_address(spelling):
    site = site_at("xishan", FIRST)
    assert site.answer(spelling).body == site.answer("/show.asp?id=801").body
    assert not is_soft_404(site, site.answer(spelling))


def test_file_names_in_gbk_and_utf8():
    site = site_at("xishan", FIRST)
    for encoding in ("gbk", "utf-8"):
        assert site.answer("/upload/2026/" + quote("名单.xls".encode(encoding))).body[:4] == b"\xd0\xcf\x11\xe0"
    assert unquote_to_bytes("%CD%A8%D6%AA").decode("gbk") == "通知"
    assert site.answer("/upload/2026/%cd%a8%d6%aa.doc").body.startswith(b"{\\rtf1")


# --- the answer key: website ---


def section_dates(court: str, name: str, night: date) -> list[date]:
    section = next(s for s in content.court(court).sections.values() if s.name == name)
    return [article.published for article in section.on(night)]


@pytest.mark.parametrize(("court", "night"), BOTH)
def test_stale_and_blank_sections_are_exactly_the_planted_ones(court, night):
    """Stale: newest publication + one calendar month < night; only classes dynamic and standard, as domain rules say."""
    exempt = {"减刑假释公示", "司法统计", "诉讼指南", "招录公告", "招考录用", "历史专题（归档）", "预算决算"}
    made_of_records = {"hearing", "judgment", "withheld"}
    stale, blank = set(), set()
    for key, section in content.court(court).sections.items():
        if key in made_of_records or section.name in exempt:
            continue
        dates = [day for day in section_dates(court, section.name, night) if day <= night]
        if not dates:
            blank.add(section.name)
        elif max(dates) + relativedelta(months=1) < night:
            stale.add(section.name)
    found = answers.expected(court, night)
    assert stale == {e.planted.section for e in found if e.rule == "W-01" and e.status != "resolved"}
    assert blank == {e.planted.section for e in found if e.rule == "W-05" and e.status != "resolved"}


@pytest.mark.parametrize(("court", "night"), BOTH)
def test_sound_sections_are_fresh_by_a_wide_margin(court, night):
    loaded = content.court(court)
    for records in (loaded.published(night), loaded.notices, loaded.announced(night)):
        assert max(r.published for r in records if r.published <= night) >= FIRST - timedelta(days=14)
    planted = {e.planted.section for e in answers.expected(court, night) if e.planted.kind == "section"}
    exempt = {"减刑假释公示", "司法统计", "诉讼指南", "招录公告", "招考录用", "历史专题（归档）", "预算决算"}
    for key, section in loaded.sections.items():
        if section.name not in planted | exempt and key not in ("hearing", "judgment", "withheld"):
            newest = max(day for day in section_dates(court, section.name, night) if day <= night)
            assert night - newest <= timedelta(days=14), section.name


def test_redirect_loop_and_redirect_that_arrives():
    site, address = site_at("shili", FIRST), "/gkpt/index.html"
    for _ in range(10):
        response = site.answer(address)
        assert response.status == 302
        address = dict(response.headers)["Location"]
    moved = site.answer("/old/gkpt.html")
    assert moved.status == 301 and site.answer(dict(moved.headers)["Location"]).status == 200


def test_hidden_foreign_links_are_on_the_planted_pages_only(crawled):
    site, found, _ = crawled
    hidden = {a for a, r in found.items() if b".example/" in r.body and b"http://www." in r.body}
    planted = {canonical(e.planted.path) for e in answers.expected(site.id, site.night) if e.rule == "W-11"}
    assert hidden == planted


def test_wenshu_is_linked_by_all_courts_but_one(crawled):
    site, found, _ = crawled
    linking = {
        address
        for address, response in found.items()
        if is_html(response)
        and BeautifulSoup(text_of(site, response), "lxml").select_one('a[href*="wenshu.court.gov.cn"]')
    }
    expected = {"donghu": {"/sfgk.shtml"}, "xishan": set(), "shili": {"/sfgk/"}}
    assert linking == expected[site.id]
    comments = BeautifulSoup(text_of(site, site.answer("/")), "lxml").find_all(string=lambda t: isinstance(t, Comment))
    assert ("wenshu" in "".join(comments)) == (site.id == "xishan")


@pytest.mark.parametrize("night", NIGHTS)
def test_the_undated_item_has_no_date_of_its_own(night):
    site = site_at("xishan", night)
    main = text_of(site, site.answer("/show.asp?id=308")).partition(">> 正文".replace(">", "&gt;"))[2]
    assert main and not re.search(r"\d{4}[-/年]|\[\d\d-\d\d\]|发布时间", main)
    dated = text_of(site, site.answer("/show.asp?id=307")).partition("&gt;&gt; 正文")[2]
    assert re.search(r"发布时间：2026-3-20", dated)


def test_back_dated_items_appear_on_the_second_night_only():
    for court in COURTS:
        before, now = site_at(court, FIRST).pages, site_at(court, SECOND).pages
        for fault in answers.planted(court):
            if fault.rule == "W-15":
                assert fault.path not in before and now[fault.path].status == 200
                stated = re.search(
                    r"2026-03-\d\d", text_of(site_at(court, SECOND), now[fault.path]).partition("发布时间：")[2]
                )
                assert date.fromisoformat(stated[0]) < SECOND - timedelta(days=14)


@pytest.mark.parametrize(("court", "night"), BOTH)
def test_the_key_names_only_what_exists(court, night):
    site = site_at(court, night)
    loaded = content.court(court)
    cases = {c.case_number for c in loaded.cases}
    cases |= {n.case_number.replace("(", "（").replace(")", "）") for n in loaded.notices}
    cases |= {h.case_number for h in loaded.hearings}
    cases |= {s.number for s in portal.sessions()}
    strings_only = {
        "/article/detail/2016/05/id/1866001.shtml",
        "/old/index2012.shtml",
        "/old/default.htm",
        "/admin/index.shtml",
    }
    current = [e.planted for e in answers.expected(court, night)] + [
        t for t in answers.traps(court) if t.since <= night
    ]
    for answer in current:
        assert answer.kind in ("link", "page", "section", "case", "site", "ledger")
        if answer.case:
            assert answer.case in cases
        elif answer.kind in ("page", "section", "site"):
            assert site.answer(answer.path, visit=2).status in (200, 403, 412), answer.path
        elif answer in answers.traps(court) and answer.path not in strings_only:
            assert site.answer(answer.path, visit=2).status in (200, 301, 403, 412), answer.path


def test_the_life_of_findings_over_two_nights():
    def states(night, **how):
        return Counter((e.status, e.grade) for c in COURTS for e in answers.expected(c, night, **how))

    assert set(states(FIRST)) == {("new", "certain"), ("new", "suspected"), ("new", "unclear")}
    second = states(SECOND)
    assert second["resolved", "certain"] >= 5 and second["resolved", "suspected"] == 2 and second["new", "certain"] >= 4
    assert not any(status != "new" for status, _ in states(SECOND, history=False))
    confirmed = [e for e in answers.expected("shili", SECOND) if e.planted.confirmed]
    assert [(e.grade, e.status) for e in confirmed] == [("certain", "continuing")] * 2


# --- the answer key: judgments and non-publication, computed again ---


def working_days(start: date, end: date) -> int:
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(chinese_calendar.is_workday(day) for day in days)


def after(start: date, count: int) -> date:
    day = start
    while working_days(start, day) < count:
        day += timedelta(days=1)
    return day


def effective_bounds(case: content.Case) -> tuple[date, date]:
    """Emin and Emax of domain rules §6."""
    slack = (5 if case.kind.startswith("刑事") else 10) + 7 + (30 if case.notice else 0)
    bounds = []
    for served in (0, slack):
        day = case.decided + timedelta(days=served + case.appeal_days)
        while not chinese_calendar.is_workday(day):
            day += timedelta(days=1)
        bounds.append(day + timedelta(days=1 if case.appeal_days else 0))
    return bounds[0], bounds[1]


def judged(case: content.Case, entry: content.Case | None) -> set[tuple[str, str]]:
    """Findings about one published document, with its row of the ledger or without."""
    if entry is not None and entry is not case:
        return set()  # another document of a case whose judgment was in time
    published = case.published
    if entry is not None and entry.appeal_number:
        late = entry.appeal_effective and working_days(entry.appeal_effective, published) > 7
        return {("D-02", "certain")} if late else set()
    if entry is not None and entry.effective and not entry.raw:
        if published < entry.effective:
            return {("D-05", "certain")}
        return {("D-01", "certain")} if working_days(entry.effective, published) > 7 else set()
    found = set()
    early, late = effective_bounds(case)
    if published > after(late, 7):
        found.add(("D-03", "suspected"))
    elif published > after(early, 7):
        found.add(("D-03", "unclear"))
    if case.appeal_days and published <= case.decided + timedelta(days=case.appeal_days):
        found.add(("D-05", "suspected"))
    return found


COMPUTED = {"D-01", "D-02", "D-03", "D-04", "D-05", "N-01", "N-02", "N-03", "N-05"}


def wide(number: str) -> str:
    return number.replace("(", "（").replace(")", "）")


@pytest.mark.parametrize("ledgers", [True, False])
@pytest.mark.parametrize(("court", "night"), BOTH)
def test_the_key_of_judgments_agrees_with_the_rules(court, night, ledgers):
    loaded = content.court(court)
    published = loaded.published(night)
    entries = {c.case_number: c for c in loaded.cases if c.ledger} if ledgers else {}
    approved = {wide(a.case_number): a for a in loaded.approvals} if ledgers else {}
    public = {wide(n.case_number) for n in loaded.notices}
    computed = {
        (rule, case.case_number, grade)
        for case in published
        for rule, grade in judged(case, entries.get(case.case_number))
    }
    withdrawn = {w.case_number for w in loaded.withdrawals} if ledgers else set()
    for entry in entries.values():
        if entry.case_number in withdrawn:
            continue  # gone with approval
        effective = entry.appeal_effective if entry.appeal_number else entry.effective
        registered = entry.case_number in approved or entry.case_number in public
        if entry.case_number in {c.case_number for c in published} or registered or entry.kind == "民事调解书":
            continue
        if effective and night > after(effective, 7):
            computed.add(("D-04", entry.case_number, "certain"))
    for number, approval in approved.items():
        secret = "国家秘密" in approval.reason
        if number not in public and not secret and night > after(entries[number].effective, 7):
            computed.add(("N-01", number, "certain"))
        if "其他" in approval.reason and not (approval.level == "院级" and approval.approver):
            computed.add(("N-05", number, "certain"))
    for notice in loaded.notices:
        cells = (notice.court, notice.decided, notice.reason)
        if any(cell in ("", "——") for cell in cells):
            computed.add(("N-02", wide(notice.case_number), "certain"))
        lawful = re.search("秘密|隐私|未成年人犯罪|调解|离婚|不宜在互联网公布", notice.reason)
        if notice.reason and not lawful:
            computed.add(("N-03", wide(notice.case_number), "certain"))
    key = {
        (e.rule, e.planted.case, e.grade)
        for e in answers.expected(court, night, ledgers=ledgers, portal=False)
        if e.planted.kind == "case" and e.status != "resolved" and e.rule in COMPUTED
    }
    assert computed == key


@pytest.mark.parametrize(("court", "share"), [("donghu", False), ("xishan", True), ("shili", False)])
def test_batches_at_the_end_of_a_month(court, share):
    total, last = Counter(), Counter()
    for case in content.court(court).published(SECOND):
        month = (case.published.year, case.published.month)
        total[month] += 1
        last[month] += (case.published + timedelta(days=3)).month != case.published.month
    heavy = [month for month in total if last[month] / total[month] > 0.5]
    assert heavy == ([(2026, 1)] if share else [])
    assert not any(month == 12 for _, month in total)


@pytest.mark.parametrize("court", COURTS)
def test_notices_of_approved_cases_are_in_time(court):
    loaded = content.court(court)
    effective = {c.case_number: c.effective for c in loaded.cases}
    for notice in loaded.notices:
        if effective.get(wide(notice.case_number)):
            assert working_days(effective[wide(notice.case_number)], notice.published) <= 7


def test_judgments_are_printed_with_number_court_judge_and_chinese_date():
    for court in COURTS:
        site = site_at(court, SECOND)
        texts = [text_of(site, r) for r in site.pages.values() if is_html(r) and r.status == 200]
        for case in content.court(court).published(SECOND):
            page = [t for t in texts if case.shown_number in t and " ".join(case.kind) in t]
            assert any(re.search("审　判　[长员]", t) and "书　记　员" in t for t in page), case.case_number
            assert any(chinese_date(case.decided, zero) in t for t in page for zero in "〇○零"), case.case_number


# --- ledgers ---


def test_ledgers_are_deterministic_and_messy(tmp_path):
    first, again = write_ledgers(tmp_path / "a"), write_ledgers(tmp_path / "b")
    for court in COURTS:
        assert [p.read_bytes() for p in first[court]] == [p.read_bytes() for p in again[court]]
    book = load_workbook(first["donghu"][0])
    assert book.sheetnames == ["案件台账", "不上网审批", "不直播审批", "撤回审批"]
    cells = [row[8].value for row in book["案件台账"].iter_rows(min_row=2)]
    assert {type(cell).__name__ for cell in cells} >= {"datetime", "str", "int", "NoneType"}
    text = first["xishan"][0].read_bytes().decode("gb18030")
    assert text.startswith("案号,") and ",46078," in text and "2026年2月31日" in text
    with pytest.raises(UnicodeDecodeError):
        first["xishan"][0].read_bytes().decode("utf-8")


# --- the hearing portal ---


def test_the_portal_has_each_of_its_forms_and_faults():
    states = Counter(s.state for s in portal.sessions())
    assert set(states) == {"sound", "coming", "no_playlist", "empty", "dead_piece", "soft_404", "challenge"}
    by_case = Counter((s.number, s.begins.date()) for s in portal.sessions())
    assert max(by_case.values()) == 4
    assert max(Counter(s.begins for s in portal.sessions()).values()) == 3
    first, second = (portal.build(night) for night in (FIRST, SECOND))
    mended = "/vod/41000141?cc=1&src=gkw"
    assert ".m3u8" not in first.pages[mended].body.decode() and ".m3u8" in second.pages[mended].body.decode()
    listed = [
        json.loads(first.answer(f"/search/a/revmor/full?courtCode=9902&pageSize=3&pageNumber={n}").body)
        for n in (1, 2, 9)
    ]
    assert [len(page["resultList"]) for page in listed] == [3, 3, 3] and listed[0] != listed[1] == listed[2]


KINDS = ["cases", "withheld", "streams", "withdrawals", "participants", "agencies", "attendance"]


def test_each_court_keeps_all_seven_ledgers_and_one_row_is_unreadable(tmp_path):
    for court, files in write_ledgers(tmp_path).items():
        readings = [read_ledger(path, site=court, until=SECOND) for path in files]
        kinds = [sheet.kind for reading in readings for sheet in reading.sheets if sheet.kind]
        assert sorted(kinds) == sorted(KINDS), court
        said = [problem.row for reading in readings for problem in reading.problems]
        assert said == ([33] if court == "xishan" else []), court


@pytest.mark.parametrize("court", COURTS)
def test_sessions_on_the_portal_are_those_of_the_ledger(court):
    known = {(h.case_number, h.held or h.day) for h in content.court(court).hearings if h.ledger}
    for session in portal.sessions():
        if session.court == court:
            assert (session.number, session.begins.date()) in known, session.id


def test_personal_numbers_belong_to_nobody():
    """Identity numbers of an area that was never assigned, mobiles of zeros: see the head of donghu.yml."""
    for court in COURTS:
        text = (content.FOLDER / f"{court}.yml").read_text(encoding="utf-8")
        numbers = re.findall(r"(?<![0-9A-Z])(?:[1-5]\d{16}[0-9X]|1[3-9]\d{9})(?!\d)", text)
        assert numbers
        assert all(number.startswith(("449999", "199000000")) for number in numbers), numbers


# --- the server ---


@pytest.fixture(scope="module")
def served():
    with DemoCourts() as courts:
        yield courts


def ask(home: str, target: str, method: str = "GET", body: bytes | None = None, **headers: str):
    connection = http.client.HTTPConnection(urlsplit(home).netloc, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, target, body=body, headers=named)
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response, data


@pytest.mark.parametrize(
    ("court", "target"), [("donghu", "/fygk.shtml"), ("shili", "/djgz/"), ("xishan", "/css/style.css")]
)
def test_validators_give_304(served, court, target):
    full, body = ask(served.homes[court], target)
    assert full.status == 200 and body
    etag, modified = full.headers["ETag"], full.headers["Last-Modified"]
    assert modified.endswith("GMT")
    by_tag, empty = ask(served.homes[court], target, If_None_Match=etag)
    assert (by_tag.status, empty) == (304, b"")
    by_time, empty = ask(served.homes[court], target, If_Modified_Since=modified)
    assert (by_time.status, empty) == (304, b"")
    assert ask(served.homes[court], target, If_None_Match='"other"', If_Modified_Since=modified)[0].status == 200
    assert ask(served.homes[court], target, If_Modified_Since="Mon, 01 Jan 2024 00:00:00 GMT")[0].status == 200


def test_validators_change_with_the_page_and_only_then():
    for court in ("donghu", "shili"):
        before, now = site_at(court, FIRST).pages, site_at(court, SECOND).pages
        common = [a for a in before if a in now and before[a].status == now[a].status == 200 and before[a].validators]
        changed = [a for a in common if before[a].body != now[a].body]
        assert 2 < len(changed) < len(common) / 5
        for address in common:
            newer = now[address].modified > before[address].modified
            assert newer == (address in changed)
    programs = [r for r in site_at("xishan", FIRST).pages.values() if is_html(r)]
    assert programs and not any(r.validators for r in programs)


def test_head_post_and_keep_alive(served):
    home = served.homes["xishan"]
    head, empty = ask(home, "/cpws.asp", "HEAD")
    full, body = ask(home, "/cpws.asp")
    assert empty == b"" and head.headers["Content-Length"] == full.headers["Content-Length"] == str(len(body))
    posted, second_page = ask(home, "/cpws.asp", "POST", b"page=2")
    assert posted.status == 200 and second_page == ask(home, "/cpws.asp?page=2")[1] != body
    connection = http.client.HTTPConnection(urlsplit(home).netloc, timeout=10)
    sockets = set()
    for target in ("/", "/cpws.asp", "/nowhere.jpg", "/"):
        connection.request("GET", target)
        connection.getresponse().read()
        sockets.add(connection.sock)
    assert len(sockets) == 1
    connection.close()


def test_the_base_is_that_of_the_server(served):
    _, body = ask(served.homes["xishan"], "/list.asp?classid=9")
    assert BASE.encode() not in body and f"{served.homes['xishan']}/show.asp?id=9".encode() in body


def test_counters_passing_trouble_and_nights():
    with DemoCourts(FIRST) as courts:
        home = courts.homes["donghu"]
        statuses = [ask(home, "/wsfw/dzsd.shtml")[0].status for _ in range(3)]
        assert statuses == [404, 200, 200]
        assert ask(home, "/article/detail/2026/03/id/9011015.shtml")[0].status == 404
        courts.set_night(SECOND)
        assert ask(home, "/wsfw/dzsd.shtml")[0].status == 404
        assert ask(home, "/article/detail/2026/03/id/9011015.shtml")[0].status == 200
        assert courts.hits("donghu", "/wsfw/dzsd.shtml") == 4 and courts.hits("donghu") == 6
        assert courts.requested("donghu")["/wsfw/dzsd.shtml"] == 4 and courts.hits("shili") == 0
        assert courts.hits("donghu", "/wsfw/dzsd.shtml", "HEAD") == 0
        courts.clear_hits()
        assert courts.hits("donghu") == 0


def test_servers_stop_at_the_end_and_refuse_wrong_use():
    with DemoCourts() as courts:
        homes = dict(courts.homes)
        assert set(homes) == set(COURTS)
        taken = urlsplit(homes["donghu"]).port
        with pytest.raises(OSError), DemoCourts(ports={"donghu": taken}):
            pass
    for home in homes.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", urlsplit(home).port), timeout=2)
    with pytest.raises(ValueError, match="2026-03-30"):
        DemoCourts(date(2026, 4, 1))
    with pytest.raises(ValueError, match="elsewhere"):
        DemoCourts(ports={"elsewhere": 1})
