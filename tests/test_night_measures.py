"""What a night counts: by the day on which it counts, never as bad what was not read, never other than the findings say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from auditors.audit import audit_site
from auditors.metrics import by_department, values
from storage import runs, store
from storage.database import connect
from storage.findings import state_at
from storage.ledgers import LedgerSheet, save_ledger
from storage.measures import UNDATED, read_measures
from storage.records import (
    Access,
    Approval,
    Cadence,
    CaseEntry,
    DateSource,
    DatumKind,
    Evidence,
    Holder,
    Judgment,
    LinkKind,
    PageKind,
    PageScan,
    Participant,
    PersonalDatum,
    Section,
    Stream,
    Target,
    Video,
    Withdrawal,
    Withheld,
)
from storage.schema import accesses

NIGHT, NEXT = date(2026, 3, 30), date(2026, 3, 31)
HOME = "https://court.example.cn/"
LEDGERS = (CaseEntry, Approval, Withdrawal, Participant)
COURT = "示例市东湖区人民法院"


@pytest.fixture
def engine(tmp_path):
    engine = connect(tmp_path / "gongkai.db")
    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id="s", court=COURT, home=HOME))
    yield engine
    engine.dispose()


def number(n):
    return f"（2026）粤9902民初{n}号"


def section(name, record, complete=True, **values):
    values = {"cadence": Cadence.EVENT, "items": 3} | values
    return Section(site="s", url=f"{HOME}{record}-{name}/", name=name, record=record, complete=complete, **values)


def sections(complete=True):
    judgments, notices = section("裁判文书", "judgment", complete), section("不公开信息", "withheld", complete)
    return [judgments, notices, section("庭审", "stream", complete, oldest=date(2026, 1, 1), newest=NEXT)]


def judgment(n, published=date(2026, 2, 3), **more):
    more = {"document_type": "判决书", "published_source": DateSource.LABEL, "decided": date(2026, 1, 5)} | more
    return Judgment(site="s", url=f"{HOME}{n}.html", case_number=number(n), title="判决书", published=published, **more)


def entry(n, row=None, effective=date(2026, 1, 27), **more):
    """Effective on 27 January: in time until 5 February, and counted on the 6th."""
    more = {"document_type": "民事判决书", "decided": date(2026, 1, 5), "department": "民一庭"} | more
    return CaseEntry(
        site="s", source="台账.xlsx/案件", row=row or n, case_number=number(n), effective=effective, **more
    )


def approval(n, reason="以调解方式结案的", **more):
    return Approval(
        site="s", source="台账.xlsx/审批", row=n, subject="withheld", case_number=number(n), reason=reason, **more
    )


def notice(n, reason="以调解方式结案的", **more):
    return Withheld(
        site="s",
        url=f"{HOME}b.html",
        position=n,
        case_number=number(n),
        reason=reason,
        decided=date(2026, 1, 5),
        **more,
    )


def session(n, day, *, public=True):
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    return entry(n, n + 500, None, document_type=None, decided=None, hearing=at, public=public)


def stream(n, day, **more):
    more = {"video": Video.PLAYABLE, "listed": ("replay",)} | more
    return Stream(
        site="s", case_id=f"t{n}", url=f"https://portal.example.cn/{n}", case_number=number(n), court=COURT,
        starts=datetime(day.year, day.month, day.day, 1, tzinfo=UTC), **more,
    )  # fmt: skip


def night(engine, records, on=NIGHT, *, status="complete", asked=None, unread=0):
    """One night's records, ledgers and audit. `asked`: what came of a path."""
    with engine.begin() as connection:
        run = runs.start(connection, "s", on, datetime(on.year, on.month, on.day, 2, tzinfo=UTC))
        runs.update(connection, run.id, status=status)
        store.save(connection, [r for r in records if not isinstance(r, LEDGERS)], on)
        runs.save_section_reads(connection, [runs.section_read(r, on) for r in records if isinstance(r, Section)])
        for path, access in (asked or {}).items():
            connection.execute(
                accesses.insert().values(
                    run=run.id, url=path if "://" in path else HOME + path, at=run.started, method="GET", access=access.value,
                    kind=LinkKind.PAGE.value, internal="://" not in path, depth=1, unchanged=False,
                )
            )  # fmt: skip
        save_ledger(
            connection, site="s", file="台账.xlsx", sha256="0", night=on, imported=run.started,
            records=[r for r in records if isinstance(r, LEDGERS)],
            sheets=[LedgerSheet(source="台账.xlsx/案件", kind="cases", rows=1, unread=unread, unread_cases=(None,) * unread)],
        )  # fmt: skip
        audit_site(connection, "s", on)


def totals(engine, first=UNDATED, last=date(2026, 12, 31), known=NIGHT):
    with engine.begin() as connection:
        return read_measures(connection, ["s"], first, last, known)


def counts(engine, *names, **period):
    """Numerator, denominator and unknown of each."""
    found = values(totals(engine, **period))
    told = [(found[name].numerator, found[name].denominator, found[name].unknown) for name in names]
    return told[0] if len(names) == 1 else told


def certain(engine, rule, on=NIGHT):
    with engine.begin() as connection:
        found = state_at(connection, on, site="s")
    return sum(one.rule == rule and one.grade == "certain" and one.status != "resolved" for one in found)


# --- documents ---


def test_a_document_counts_on_the_first_day_on_which_it_is_late(engine):
    """In time until 5 February, counted on the 6th; the next one, effective a month later, in March."""
    night(engine, [*sections(), judgment(1), entry(1), entry(2), entry(3, effective=date(2026, 2, 27))])
    assert counts(engine, "upload_rate", first=date(2026, 2, 1), last=date(2026, 2, 5)) == (None, None, None)
    assert counts(engine, "upload_rate", first=date(2026, 2, 6), last=date(2026, 2, 6)) == (1, 2, 0)
    assert counts(engine, "upload_rate", first=date(2026, 3, 1), last=date(2026, 3, 31)) == (0, 1, 0)
    assert counts(engine, "upload_rate", first=date(2026, 1, 1), last=date(2026, 3, 31)) == (1, 3, 0)


def test_a_document_is_counted_on_the_very_night_on_which_it_becomes_late(engine):
    """So no month has lost it when the month's last night is over: effective on 18 March, late on the 30th."""
    night(engine, [*sections(), entry(1, effective=date(2026, 3, 18)), entry(2, effective=date(2026, 3, 19))])
    assert counts(engine, "upload_rate", first=NIGHT, last=NIGHT) == (0, 1, 0)
    assert counts(engine, "upload_rate") == (0, 1, 0)


def test_what_is_missing_is_what_the_findings_say(engine):
    """Number 3 has another document under its number, so it is for a person to tell: unknown."""
    other = judgment(3, document_type="裁定书", decided=date(2025, 12, 1))
    night(engine, [*sections(), judgment(1), other, entry(1), entry(2), entry(3)])
    assert certain(engine, "D-04") == 1
    assert counts(engine, "missing_rate", "upload_rate", "withheld_share") == [(1, 3, 1), (1, 3, 1), (0, 3, 1)]


def test_unread_rows_of_a_ledger_make_nothing_bad(engine):
    """The approval may be in the row that could not be read: D-04 is suspected, and so the metric is unknown."""
    sheet = [*sections(), judgment(1), entry(1), entry(2), approval(9)]
    with engine.begin() as connection:
        save_ledger(
            connection, site="s", file="审批.xlsx", sha256="1", night=NIGHT, imported=datetime(2026, 3, 30, tzinfo=UTC),
            records=[], sheets=[LedgerSheet(source="审批.xlsx/审批", kind="withheld", rows=1, unread=1, unread_cases=(None,))],
        )  # fmt: skip
    night(engine, sheet)
    assert certain(engine, "D-04") == 0
    assert counts(engine, "missing_rate") == (0, 2, 1)


def test_lateness_is_counted_in_working_days(engine):
    """Due by 5 February: 5 working days to the 12th, 6 to the 13th, 13 to 2 March, as the festival is off and two Saturdays not."""
    days = [
        date(2026, 2, 5),
        date(2026, 2, 6),
        date(2026, 2, 12),
        date(2026, 2, 13),
        date(2026, 3, 2),
        date(2026, 3, 25),
    ]
    night(engine, [*sections(), *(judgment(n, day) for n, day in enumerate(days, 1)), *(entry(n) for n in range(1, 9))])
    found = values(totals(engine))
    buckets = ("in_time", "late_1_5", "late_6_10", "late_11_20", "late_over_20", "missing")
    assert [found[name].value or 0 for name in buckets] == [1, 2, 1, 1, 1, 2]
    assert counts(engine, "timely_rate") == (1, 6, 0)
    assert certain(engine, "D-01") == 5


def test_a_date_that_is_not_stated_leaves_timeliness_unknown(engine):
    undated = judgment(2, None, published_source=DateSource.NONE)
    night(engine, [*sections(), judgment(1), undated, entry(1), entry(2)])
    assert counts(engine, "timely_rate", "upload_rate") == [(1, 2, 1), (2, 2, 0)]


def test_withheld_documents_their_reasons_and_their_notices(engine):
    other = "人民法院认为不宜在互联网公布的其他情形"
    approvals = [approval(1), approval(2, other, closed=date(2026, 2, 1)), approval(3, "领导要求")]
    night(engine, [*sections(), *(entry(n) for n in (1, 2, 3, 4)), *approvals, notice(1), notice(4, other)])
    assert counts(engine, "withheld_share", "withheld_other_share") == [(4, 4, 0), (2, 4, 1)]
    assert counts(engine, "notice_rate") == (1, 3, 0)
    assert certain(engine, "N-01") == 2
    assert counts(engine, "other_share_ledger", "other_share_public") == [(1, 3, 1), (1, 2, 0)]
    assert counts(engine, "other_share_ledger", first=date(2026, 2, 1), last=date(2026, 2, 28)) == (1, 1, 0)
    public = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}  # no date stated: the night on which it was found
    assert counts(engine, "other_share_public", **public) == (1, 2, 0)


def test_closed_cases_are_counted_once_on_their_day(engine):
    march = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
    closed = [entry(1, closed=date(2026, 3, 2)), entry(1, 20, document_type="裁定书", closed=date(2026, 3, 2))]
    night(engine, [*sections(), *closed, entry(2, closed=date(2026, 2, 2)), entry(3)])
    assert counts(engine, "closed") == (2, None, 1)
    assert counts(engine, "closed", **march) == (1, None, 0)


def test_departments_add_up_to_the_court(engine):
    more = [entry(n, department=name) for n, name in ((3, "民二庭"), (4, None), (5, "民二庭"))]
    night(engine, [*sections(), *map(judgment, (1, 3, 4)), entry(1), entry(2), *more])
    parts = by_department(totals(engine))
    rates = {name: (one["upload_rate"].numerator, one["upload_rate"].denominator) for name, one in parts.items()}
    assert rates == {"": (1, 1), "民一庭": (1, 2), "民二庭": (1, 2)}
    assert counts(engine, "upload_rate") == (3, 5, 0)


# --- nights on which something was not read ---


def test_nothing_is_told_from_a_first_night_that_was_not_read(engine):
    night(engine, [*sections(complete=False), judgment(1), entry(1), entry(2), notice(7)], status="incomplete")
    assert counts(engine, "upload_rate", "timely_rate", "missing_rate") == [(0, 2, 2), (0, 1, 1), (0, 2, 2)]
    assert counts(engine, "other_share_public") == (0, 1, 1)


def test_an_unread_night_forgets_nothing_and_accuses_nobody(engine):
    """What was known of the days before stands, as the open findings do; only what became due since is unknown."""
    records = [judgment(1), entry(1), entry(2), entry(3, effective=date(2026, 3, 19))]
    night(engine, [*sections(), *records])
    assert counts(engine, "upload_rate") == (1, 2, 0)
    night(engine, [*sections(complete=False), judgment(1), *records[1:]], NEXT, status="incomplete")
    assert certain(engine, "D-04", NEXT) == 1
    assert counts(engine, "upload_rate", known=NEXT) == (1, 3, 1)
    assert counts(engine, "upload_rate", known=NEXT, first=NEXT) == (0, 1, 1)
    assert counts(engine, "upload_rate", known=NIGHT) == (1, 2, 0)


def test_a_document_that_is_published_at_last_changes_its_own_day(engine):
    night(engine, [*sections(), judgment(1), entry(1), entry(2)])
    night(engine, [*sections(), judgment(1), judgment(2, NEXT), entry(1), entry(2)], NEXT)
    february = {"first": date(2026, 2, 1), "last": date(2026, 2, 28)}
    assert counts(engine, "upload_rate", known=NIGHT, **february) == (1, 2, 0)
    assert counts(engine, "upload_rate", "missing_rate", known=NEXT, **february) == [(2, 2, 0), (0, 2, 0)]


# --- withdrawals ---


def test_withdrawn_documents_count_on_the_day_of_their_publication(engine):
    night(engine, [*sections(), judgment(1), judgment(2), judgment(3, date(2026, 3, 3))])
    lost = {"1.html": Access.GONE}
    ledger = Withdrawal(
        site="s", source="台账.xlsx/撤回", row=1, case_number=number(8), withdrawn=date(2026, 3, 5), reason="更正"
    )
    night(engine, [*sections(), judgment(3, date(2026, 3, 3)), ledger], NEXT, asked=lost)
    assert counts(engine, "withdrawal_rate", known=NIGHT) == (0, 3, 0)
    assert counts(engine, "withdrawal_rate", known=NEXT) == (1, 3, 1)  # number 2 is no longer listed, and was not asked
    assert counts(engine, "withdrawn", known=NEXT) == (2, None, 0)
    assert counts(engine, "withdrawn", known=NEXT, first=NEXT) == (1, None, 0)


def test_a_document_that_was_put_elsewhere_is_not_withdrawn(engine):
    night(engine, [*sections(), judgment(1)])
    moved = judgment(1, url=f"{HOME}new/1.html") if False else replace(judgment(1), url=f"{HOME}n1.html")
    night(engine, [*sections(), moved], NEXT, asked={"1.html": Access.GONE})
    assert counts(engine, "withdrawal_rate", known=NEXT) == (0, 1, 0)
    assert counts(engine, "withdrawn", known=NEXT) == (None, None, None)


# --- hearings ---


def test_streamed_hearings_by_both_denominators(engine):
    day = date(2026, 3, 10)
    held = [session(1, day), session(2, day), session(3, day, public=False), session(4, date(2026, 2, 10))]
    night(engine, [*sections(), *held, stream(1, day), stream(9, date(2026, 1, 2))])
    assert counts(engine, "stream_share_public", "stream_share_all") == [(1, 3, 0), (1, 4, 0)]
    march = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
    assert counts(engine, "stream_share_public", "stream_share_all", **march) == [(1, 2, 0), (1, 3, 0)]
    assert counts(engine, "hearings", "public_hearings", "streamed", **march) == [
        (3, None, 0),
        (2, None, 0),
        (1, None, 0),
    ]


def test_a_hearing_that_the_portal_may_still_list_is_unknown(engine):
    """Yesterday's, one of which the lists do not tell, and one beside a session whose case is not known."""
    unknown = replace(stream(8, date(2026, 3, 2)), case_number=None)
    held = [
        session(1, date(2026, 3, 29)),
        session(2, date(2025, 12, 1)),
        session(3, date(2026, 3, 2)),
        session(4, NIGHT),
    ]
    night(engine, [*sections(), *held, unknown, stream(9, date(2026, 1, 2))])
    assert counts(engine, "stream_share_all") == (0, 3, 3)  # tonight's is still to come


def test_an_unread_portal_keeps_what_was_known(engine):
    held = [session(1, date(2026, 3, 10)), session(2, date(2026, 3, 28))]
    night(engine, [*sections(), *held, stream(9, date(2026, 1, 2))])
    assert counts(engine, "stream_share_all") == (0, 2, 0)
    night(engine, [*sections(complete=False), *held, session(3, date(2026, 3, 29))], NEXT, status="incomplete")
    assert counts(engine, "stream_share_all", known=NEXT) == (0, 3, 1)


def test_a_replay_is_dead_when_two_nights_found_it_so(engine):
    day = date(2026, 3, 10)
    shown = [stream(1, day), stream(2, day, video=Video.EMPTY_PLAYLIST), stream(3, day, video=Video.UNREAD)]
    gone = stream(4, day, video=Video.NONE_YET)
    night(engine, [*sections(), *shown, gone])
    assert counts(engine, "replay_rate") == (1, 3, 2)
    night(engine, [*sections(), *shown, gone], NEXT)
    assert counts(engine, "replay_rate", known=NEXT) == (1, 3, 1)
    assert counts(engine, "replay_rate", known=NEXT, last=NIGHT) == (1, 3, 2)


# --- the site as it stands ---


def test_fresh_and_stale_sections(engine):
    dated = {"cadence": Cadence.STANDARD, "newest_source": DateSource.LIST, "department": "综合办公室"}
    news = [
        section("新闻", "item", newest=NIGHT, **dated),
        section("公告", "item", newest=date(2026, 1, 2), **dated),
        section("空", "item", **dated | {"items": 0}, blank="暂无内容"),
        section("未读", "item", False, **dated),
        section("概况", "item", cadence=Cadence.STATIC),
    ]
    night(engine, [*sections(), *news])
    assert counts(engine, "fresh_rate") == (1, 4, 1)
    assert by_department(totals(engine))["综合办公室"]["fresh_rate"].bounds == (0.25, 0.5)
    night(engine, [news[0]], NEXT, status="incomplete")  # the others were not read: what was open stands
    assert counts(engine, "fresh_rate", known=NEXT)[1:] == (4, 3)


@pytest.mark.parametrize(("access", "counted"), [(Access.OK, (1, 1, 0)), (Access.TIMEOUT, (1, 2, 1))])
def test_a_section_that_is_gone_is_none_and_one_that_was_not_reached_is_unknown(engine, access, counted):
    """The page that led to it may have failed: the night is complete all the same."""
    dated = {"cadence": Cadence.STANDARD, "newest_source": DateSource.LIST, "newest": NIGHT}
    news = [section("新闻", "item", **dated), section("公告", "item", **dated)]
    night(engine, [*sections(), *news], asked={"sitemap.html": Access.OK})
    night(engine, [*sections(), news[0]], NEXT, asked={"sitemap.html": access})
    assert counts(engine, "fresh_rate", known=NEXT) == counted
    later = NEXT + timedelta(days=1)
    night(engine, [*sections(), news[0]], later, status="incomplete", asked={"sitemap.html": access})
    assert counts(engine, "fresh_rate", known=later) == counted


def test_links_that_open_and_that_are_dead_for_certain(engine):
    gone = Target(
        site="s", url=f"{HOME}gone.html", access=Access.GONE, status=404, probes=2,
        referrers=(Evidence(url=HOME, excerpt="旧"),), referrer_count=1,
    )  # fmt: skip
    asked = {
        "a.html": Access.OK, "b.html": Access.MOVED, "gone.html": Access.GONE, "slow.html": Access.TIMEOUT,
        "no.html": Access.DENIED, "https://other.example.cn/": Access.OK, "https://x.example.cn/": Access.ROBOTS,
    }  # fmt: skip
    night(engine, [*sections(), gone], asked=asked)
    assert counts(engine, "link_rate", "link_rate_external") == [(2, 5, 2), (1, 2, 1)]


def test_documents_that_show_personal_data_for_certain(engine):
    def scan(n, **more):
        return PageScan(site="s", url=f"{HOME}{n}.html", kind=PageKind.JUDGMENT, **more)

    datum = PersonalDatum(
        site="s", url=f"{HOME}1.html", position=0, kind=DatumKind.ID_NUMBER, masked="9901**********0000",
        checks=("birth_date", "check_digit", "label"), holder=Holder.NATURAL,
    )  # fmt: skip
    doubtful = replace(datum, url=f"{HOME}2.html", checks=("label",))
    pages = [scan(1, found=1), scan(2, found=1), scan(3), scan(4, unread="扫描件"), scan(5, attachment=True)]
    night(engine, [*sections(), *map(judgment, (1, 2, 3, 4)), entry(1), *pages, datum, doubtful])
    assert certain(engine, "P-01") == 1
    assert counts(engine, "privacy_rate") == (1, 4, 1)
    assert by_department(totals(engine))["民一庭"]["privacy_rate"].value == 1.0


def test_cases_whose_participants_can_prove_who_they_are(engine):
    def person(n, row, **more):
        more = {"has_name": True, "id_type": "居民身份证", "id_number_ok": True, "phone_ok": True} | more
        return Participant(site="s", source="台账.xlsx/流程", row=row, case_number=number(n), **more)

    people = [person(1, 1), person(1, 2), person(2, 3), person(2, 4, phone_ok=None), person(3, 5, id_number_ok=False)]
    night(engine, [*sections(), *people, person(4, 6, publicity="不公开")])
    assert counts(engine, "process_rate") == (1, 3, 0)
    night(engine, [*sections(), *(replace(p, phone_ok=None) for p in people)], NEXT)
    assert counts(engine, "process_rate", known=NEXT) == (0, 3, 3)  # the ledger has no such column


def test_a_quiet_night_writes_nothing_and_months_add_up_to_the_quarter(engine):
    records = [*sections(), *map(judgment, range(1, 30)), *(entry(n, effective=date(2026, 1, 4) + timedelta(n)) for n in range(1, 60))]  # fmt: skip
    night(engine, records)
    night(engine, records, NEXT)
    months = [(date(2026, m, 1), date(2026, m, d)) for m, d in ((1, 31), (2, 28), (3, 31))]
    parts = [counts(engine, "upload_rate", first=a, last=b, known=NEXT) for a, b in months]
    assert tuple(map(sum, zip(*parts, strict=True))) == counts(
        engine, "upload_rate", first=date(2026, 1, 1), last=date(2026, 3, 31), known=NEXT
    )
    assert all(part[1] for part in parts)
