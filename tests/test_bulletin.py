"""The bulletin as a value: what it compares, counts and refuses, and the words it is told in."""

import dataclasses
import io
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from reports import sentences, words
from reports.bulletin import compose
from reports.entries import count
from reports.listing import listing
from reports.parts.overview import overview
from reports.parts.places import places_of
from reports.period import Period
from reports.terminal import summary
from reports.text import chinese_number, citation, clean, safe_href, shorten
from storage import database, events, findings, runs
from storage.events import Event
from storage.findings import Subject
from tests.bulletins import two_nights
from tests.bulletins.two_nights import FIRST, GENERATED, SECOND, trial


@pytest.fixture(scope="module")
def bulletin():
    return trial()


@pytest.fixture
def connection():
    engine = database.connect("sqlite://")
    with engine.begin() as opened:
        yield opened


def of(bulletin, subject):
    entries = (*bulletin.certain, *bulletin.leads, *bulletin.resolved)
    return next(e for e in entries if e.finding.subject.identity == subject)


# --- coverage ---


def test_coverage_says_what_was_read_and_what_was_not(bulletin):
    told = {s.site: (s.verdict, s.is_read, s.is_complete, s.sections_complete, s.sections) for s in bulletin.coverage}
    assert told == {
        "chengnan": ("complete", True, True, 5, 5),
        "dongshan": ("unreadable", False, False, 0, 0),
        "hekou": ("incomplete", True, False, 3, 4),
        "shili_zhongyuan": ("complete", True, True, 5, 5),
    }
    assert (bulletin.sites_complete, bulletin.sites_partial, bulletin.sites_unread) == (2, 1, 1)


def test_an_incomplete_site_gives_its_reason_gaps_and_obstacles(bulletin):
    hekou = next(s for s in bulletin.coverage if s.site == "hekou")
    assert hekou.reason == "部分栏目拒绝访问；1个栏目未完整读取"
    assert [(gap.name, gap.why) for gap in hekou.gaps] == [("执行信息", "拒绝访问（403）")]
    assert [(o.cause, o.times) for o in hekou.obstacles] == [("denied", 3), ("undecodable", 1)]
    assert hekou.last_complete == FIRST


def test_a_site_without_a_run_and_one_not_audited_are_never_complete(connection):
    runs.save_site(connection, runs.Site(id="a", court="示例甲法院", home="http://a.example/"))
    runs.save_site(connection, runs.Site(id="b", court="示例乙法院", home="http://b.example/"))
    run = runs.start(connection, "b", SECOND, GENERATED)
    runs.update(connection, run.id, status="complete", pages=9)
    bulletin = compose(connection, Period.of_night(SECOND), generated_at=GENERATED)
    assert [(s.verdict, s.is_complete, s.reason) for s in bulletin.coverage] == [
        ("missing", False, "本日没有巡查记录"),
        ("incomplete", False, "已读取，尚未审计"),
    ]
    assert not bulletin.is_complete
    assert "没有列出问题，不等于没有问题" in overview(bulletin, places_of(bulletin))[0].text


def test_the_bulletin_of_an_old_night_reads_as_it_did_then(connection):
    two_nights.build(connection)
    first = compose(connection, Period.of_night(FIRST), generated_at=GENERATED)
    assert first.previous is None
    assert first.is_complete
    assert {e.finding.status for e in (*first.certain, *first.leads)} == {"new"}
    assert (first.counts.certain, first.counts.suspected, first.counts.unclear) == (9, 2, 1)


# --- findings ---


def test_the_numbers_of_the_trial_night(bulletin):
    assert dataclasses.asdict(bulletin.counts) == {
        "new": 12,
        "continuing": 7,
        "resolved": 3,
        "suspected": 2,
        "unclear": 2,
        "leads_resolved": 1,
        "confirmed": 1,
        "unverified": 2,
        "overdue": 1,
        "within": 0,
    }
    assert bulletin.counts.certain == len(bulletin.certain) == 19
    assert bulletin.counts.leads == len(bulletin.leads) == 4


def test_every_summary_adds_up_to_the_whole(bulletin):
    for field in dataclasses.fields(bulletin.counts):
        whole = getattr(bulletin.counts, field.name)
        assert sum(getattr(row.counts, field.name) for row in bulletin.rules) == whole
        assert sum(getattr(row.counts, field.name) for row in bulletin.courts) == whole


def test_suspected_and_unclear_never_stand_among_the_certain(bulletin):
    assert {e.finding.grade for e in bulletin.certain} == {"certain"}
    assert {e.finding.grade for e in bulletin.leads} == {"suspected", "unclear"}
    assert {e.finding.grade for e in bulletin.rectified} == {"certain"}
    assert [e.number for e in bulletin.certain] == list(range(1, 20))


@pytest.mark.parametrize(
    ("subject", "marks"),
    [
        ("http://www.dsqfy.example/gone.html", ("未复核",)),
        ("http://www.hkxfy.example/zxxx/", ("未复核",)),
        ("http://www.csqfy.example/slow/", ("由疑似转为确定",)),
        ("（2025）示0102民初1208号", ("已逾期",)),
        ("（2026）示0102行初3号", ()),
        ("http://www.csqfy.example/doubtful/", ()),
    ],
)
def test_what_a_reader_must_know_before_relying_on_a_finding(bulletin, subject, marks):
    assert sentences.marks(of(bulletin, subject)) == marks


def test_a_finding_of_a_site_that_was_not_audited_since_is_no_news(connection):
    two_nights.build(connection)
    later = compose(connection, Period.of_night(SECOND + timedelta(days=1)), generated_at=GENERATED)
    assert later.counts.new == 0
    assert later.counts.unverified == later.counts.certain == 19
    assert later.previous == SECOND


def test_a_certain_finding_that_became_doubtful_says_so(connection):
    two_nights.build(connection)
    link = "http://www.csqfy.example/old/2.htm"
    third = SECOND + timedelta(days=1)
    runs.start(connection, "chengnan", third, GENERATED)
    findings.record_night(
        connection, third, "chengnan", [two_nights.link("chengnan", link, "suspected", night=third)], {}
    )
    entry = of(compose(connection, Period.of_night(third), generated_at=GENERATED), link)
    assert sentences.marks(entry) == ("上次为确定",)


def test_a_month_has_as_new_what_was_first_found_in_it_and_counts_a_finding_once(connection):
    two_nights.build(connection)
    march = compose(connection, Period.of_month(2026, 3), generated_at=GENERATED)
    assert (march.night, march.previous) == (SECOND, None)
    assert march.counts.continuing == march.counts.resolved == 0  # no bulletin before it has shown any of them
    assert march.counts.new == len(march.certain) == 19
    assert march.counts.within == 3
    assert march.rectified == ()
    assert {site.nights for site in march.coverage} == {2}


def test_a_month_is_compared_with_the_end_of_the_month_before(connection):
    two_nights.build(connection)
    later = Period.of_range(SECOND, SECOND + timedelta(days=29))
    of_second = compose(connection, Period.of_night(SECOND), generated_at=GENERATED)
    month = compose(connection, later, generated_at=GENERATED)
    assert (month.night, month.previous) == (SECOND, FIRST)
    # A month's own bulletin told of it on the month's first day at the earliest: nothing is late on that day.
    assert month.counts == dataclasses.replace(of_second.counts, overdue=0)
    assert [e.code for e in month.certain] == [e.code for e in of_second.certain]
    empty = compose(connection, Period.of_month(2026, 4), generated_at=GENERATED)
    assert {site.status for site in empty.coverage} == {"missing"}
    assert empty.counts.unverified == empty.counts.certain == 19  # nothing was looked at: all stands as it was


def test_false_alarms_and_waived_ones_count_against_nobody_and_this_is_said(connection):
    two_nights.build(connection)
    period = Period.of_month(2026, 3)
    before = compose(connection, period, generated_at=GENERATED)
    alarm, waived = before.certain[0].finding, before.certain[1].finding
    events.append(
        connection,
        [
            Event(fingerprint=alarm.fingerprint, at=GENERATED, who="wang", what="false_alarm", note="已公布"),
            Event(
                fingerprint=waived.fingerprint,
                at=GENERATED,
                who="wang",
                what="waived",
                note="改版",
                until=GENERATED.date() + timedelta(days=9),
            ),
        ],
    )
    after = compose(connection, period, generated_at=GENERATED)
    assert after.counts.certain == len(after.certain) == before.counts.certain - 2
    assert after.put_aside == {"false_alarm": 1, "waived": 1}
    assert not {alarm.fingerprint, waived.fingerprint} & {e.finding.fingerprint for e in after.certain}
    told = "".join(block.text for block in overview(after, places_of(after)))
    assert "另有经核实认定为误报的1条、经批准暂缓整改的1条，未列入。" in told
    later = compose(connection, period, generated_at=GENERATED + timedelta(days=10))
    assert later.put_aside == {"false_alarm": 1}


def test_a_department_s_own_extract(connection):
    two_nights.build(connection)
    everything = compose(connection, Period.of_night(SECOND), generated_at=GENERATED)
    own = compose(connection, Period.of_night(SECOND), department="民事审判第一庭", generated_at=GENERATED)
    assert own.scope.department == "民事审判第一庭"
    assert (
        [e.code for e in own.certain]
        == [e.code for e in everything.certain if e.finding.department == "民事审判第一庭"]
        != []
    )
    assert own.coverage == everything.coverage


def test_only_the_chosen_sites(connection):
    two_nights.build(connection)
    bulletin = compose(connection, Period.of_night(SECOND), sites=["hekou"], generated_at=GENERATED)
    assert [s.site for s in bulletin.coverage] == ["hekou"]
    assert {e.finding.site for e in (*bulletin.certain, *bulletin.leads, *bulletin.resolved)} == {"hekou"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"generated_at": datetime(2026, 3, 31, 6, 30)}, "time zone"),
        ({"generated_at": GENERATED, "sites": ["nowhere"]}, "nowhere"),
    ],
)
def test_wrong_arguments_are_refused(connection, arguments, message):
    with pytest.raises(ValueError, match=message):
        compose(connection, Period.of_night(SECOND), **arguments)


def test_rules_with_differing_basis_do_not_share_one(bulletin):
    entries = list(bulletin.certain[1:3])
    other = dataclasses.replace(entries[1].finding, rule=entries[0].finding.rule, department=None, basis=())
    first = dataclasses.replace(entries[0].finding, department=None)
    pair = [dataclasses.replace(entries[0], finding=first), dataclasses.replace(entries[1], finding=other)]
    (group,) = listing("certain", pair, 10).rules
    assert group.basis is None
    assert count(pair).certain == 2


# --- a night without findings, and a night without anything ---


@pytest.mark.parametrize(
    ("status", "pages", "told"),
    [
        ("complete", 12, "本期没有认定的问题。"),
        ("unreadable", 0, "本期没有任何网站被读取，不能得出“没有问题”的结论。"),
    ],
)
def test_silence_is_only_praise_where_something_was_read(connection, status, pages, told):
    runs.save_site(connection, runs.Site(id="a", court="示例甲法院", home="http://a.example/"))
    run = runs.start(connection, "a", SECOND, GENERATED)
    runs.update(connection, run.id, status=status, pages=pages, audited=GENERATED)
    bulletin = compose(connection, Period.of_night(SECOND), generated_at=GENERATED)
    assert overview(bulletin, places_of(bulletin))[-1].text == told
    assert bulletin.is_complete == (status == "complete")


# --- text ---


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/x?a=1&b=%22#t", "http://a.example/x?a=1&b=%22#t"),
        ("HTTPS://a.example", "https://a.example"),
        ("http://a.example/公 开\"'<b>", "http://a.example/%E5%85%AC%20%E5%BC%80%22'%3Cb%3E"),
        ("http://a.example/100%/x%zz", "http://a.example/100%25/x%25zz"),
        ("http://a.example:8080/[x]", "http://a.example:8080/%5Bx%5D"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("//a.example/x", None),
        ("http://court.example@evil.example/", None),
        ("http://a.example:port/", None),
        ("http://[half/", None),
        ('http://a"b.example/', None),
        ("", None),
        (None, None),
    ],
)
def test_only_plain_web_addresses_become_links(url, expected):
    assert safe_href(url) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("a\x00b\x07c\ud800d\ufffe", "abcd"),
        ("两  行\n\t字　后", "两 行 字 后"),
        ("零\u200b宽", "零宽"),
    ],
)
def test_characters_that_no_reader_sees_are_taken_out(text, expected):
    assert clean(text) == expected


def test_long_text_is_cut_to_the_limit():
    assert shorten("案" * 300) == "案" * 119 + "…"
    assert shorten("案" * 120) == "案" * 120


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, "一"),
        (10, "十"),
        (17, "十七"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (386, "三百八十六"),
        (1000, "1000"),
    ],
)
def test_articles_are_counted_in_chinese(value, expected):
    assert chinese_number(value) == expected


def test_a_citation_names_instrument_number_article_and_sentence():
    basis = {"instrument": "示例规定", "number": "法释〔2016〕19号", "article": "7", "text": "应当公布。"}
    assert citation(basis) == "《示例规定》（法释〔2016〕19号）第七条：“应当公布。”"
    assert (
        citation({"instrument": "《示例方案》", "number": "", "article": "二（一）", "text": ""})
        == "《示例方案》二（一）"
    )


# --- words ---


def test_a_missing_word_or_value_is_an_error():
    for key, values in (("no.such", {}), ("overview", {}), ("certain.court", {"court": "x"})):
        with pytest.raises(KeyError):
            words.say(key, **values)


def test_every_word_that_code_and_templates_ask_for_is_there():
    folder = Path(words.__file__).parent
    sources = [*folder.rglob("*.py"), *folder.rglob("*.j2")]
    asked = {key for path in sources for key in re.findall(r"\bsay(?:_all)?\('([\w.]+)'[,)]", path.read_text("utf-8"))}
    asked |= {key for path in sources for key in re.findall(r'\bsay(?:_all)?\("([\w.]+)"[,)]', path.read_text("utf-8"))}
    assert len(asked) > 60
    for key in sorted(asked):
        words._find(key)


def test_braces_in_a_crawled_text_stay_text():
    assert words.say("paper.problems.unit", name="{0}{{x}}", count=1) == "{0}{{x}}1条"


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2026, 3, 5), "2026年3月5日"), (date(2026, 12, 31), "2026年12月31日")]
)
def test_dates_have_no_leading_zeros(day, expected):
    assert words.chinese_date(day) == expected


# --- terminal ---


def printed(bulletin, lang):
    console = Console(width=80, file=io.StringIO(), color_system=None)
    console.print(summary(bulletin, lang=lang))
    return console.file.getvalue()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_terminal_table_fits_80_columns(bulletin, lang):
    text = printed(bulletin, lang)
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert text.index(words.say(f"terminal.{lang}.coverage")) < text.index(words.say(f"terminal.{lang}.rules"))
    dead_links = next(line for line in text.splitlines() if "W-07" in line)
    assert dead_links.split()[-5:] == ["10", "3", "2", "1", "1"]


def test_markup_in_a_court_name_is_printed_as_it_is(connection):
    site = runs.Site(id="a", court="[red]示例[/red][link=x]", home="http://a.example/")
    runs.save_site(connection, site)
    runs.start(connection, "a", SECOND, GENERATED)
    assert "[red]示例[/red]" in printed(compose(connection, Period.of_night(SECOND), generated_at=GENERATED), "zh")


def test_an_unknown_language_is_refused(bulletin):
    with pytest.raises(ValueError, match="fr"):
        summary(bulletin, lang="fr")


def test_subjects_are_named_as_a_reader_would_look_for_them(bulletin):
    assert of(bulletin, "http://www.csqfy.example/fygg/").subject == "法院公告"
    assert of(bulletin, "（2026）示0102行初3号").subject == "（2026）示0102行初3号"
    assert Subject(kind="link", url="http://a.example/").identity == "http://a.example/"
