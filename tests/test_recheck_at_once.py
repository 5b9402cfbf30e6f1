"""A re-check at once over real HTTP: it closes what was mended, and concludes nothing from what was not completely read."""

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from crawlers.same_page import is_same_page
from gongkai import clock, targets
from gongkai.cli import run as command
from gongkai.demo.site import Response
from gongkai.recheck import takes_a_night
from storage import events, schema
from storage.database import reading
from storage.events import Event
from storage.handling import CHINA, Look, handled
from storage.life import life
from storage.locks import SiteBusy, site_lock
from tests.recheck_fixtures import CHALLENGE, COURT, GONE, MAINTENANCE

pytest_plugins = ("tests.recheck_fixtures",)
BOOK = {"runs", "accesses", "pages", "extracts", "section_reads", "issues", "sightings", "findings"}


def gbk(old, new):
    """A page with one text in the place of another, in the court's encoding."""

    def changed(body):
        assert old.encode("gb18030") in body
        return body.replace(old.encode("gb18030"), new.encode("gb18030"))

    return changed


def in_template(body):
    """A notice of maintenance in the site's own frame."""
    text = body.decode("gb18030")
    head, _, rest = text.partition("<TD class=content>")
    return f"{head}<TD class=content><P>页面维护中，请稍后访问。\n</TABLE>{rest.partition('</TABLE>')[2]}".encode(
        "gb18030"
    )


def counts(engine):
    with reading(engine) as connection:
        tables = [*schema.TABLES.values(), *(schema.metadata.tables[name] for name in BOOK)]
        return {t.name: connection.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in tables}


def verdicts(done):
    return {(one.rule, one.verdict, one.before, one.after) for one in done.values()}


def test_what_is_still_there_stays_as_it_was_and_the_nights_books_are_untouched(trial):
    at_once = [f for f in trial.findings if not takes_a_night(f)]
    assert {f.rule for f in at_once} >= {"W-07", "W-08", "W-11", "N-02", "N-03", "P-06", "P-12", "P-13", "P-15", "D-07"}
    before = counts(trial.engine)
    done = trial.recheck(*trial.findings)
    assert {print_: one.after for print_, one in done.items()} == dict.fromkeys(done, "new")
    told = {f.fingerprint: "night" if f.rule == "W-14" else f.grade for f in at_once}
    assert {f.fingerprint: done[f.fingerprint].verdict for f in at_once} == told
    assert {one.verdict for print_, one in done.items() if print_ not in told} == {"night"}
    assert counts(trial.engine) == before
    with reading(trial.engine) as connection:
        written = events.read(connection)
    assert set(written) == set(told)  # nothing was asked for the others, so nothing is written of them
    for finding in at_once:
        (event,) = written[finding.fingerprint]
        assert (event.who, event.what, event.before) == ("王某", "recheck", {"stage": "new"})
        assert event.after["stage"] == "new" and event.after["read"]
        assert all(len(page["sha256"] or "") in (0, 64) and page["at"] for page in event.after["read"])


def test_what_was_mended_is_closed_and_a_night_that_sees_it_again_begins_anew(trial):
    link, file = trial.finding("W-07", "id=9999"), trial.finding("W-08", "kuaiji.doc")
    hidden, number = trial.finding("W-11"), trial.finding("P-12", "id=337")
    minor, names = trial.finding("P-13", "id=309"), trial.finding("P-15")
    blank, reason = trial.finding("N-02"), trial.finding("N-03")
    trial.say(hidden, "assigned", after={"department": "立案庭", "deadline": str(clock.today())})
    trial.say(hidden, "rectified")
    trial.answer(
        {
            "/show.asp?id=907": gbk('<A HREF="show.asp?id=9999">培训方案</A>', "培训方案"),
            "/upload/2026/kuaiji.doc": Response(
                body=b"\xd0\xcf\x11\xe0" + bytes(600), content_type="application/msword"
            ),
            "/about.asp?id=3": lambda body: body[: body.index(b"<DIV style")] + body[body.index(b"</DIV>") + 6 :],
            "/cpws_show.asp?id=337": gbk("民初×××号", "民初466号"),
            "/show.asp?id=309": gbk("周小麦，女，9岁，系示例市西山区第二小学三年级学生，", "一名小学生"),
            "/upload/2026/mingdan2.xlsx": GONE,
            "/bgk.asp": lambda body: gbk("<td>文书全文</td>", "<td>以调解方式结案的</td>")(
                gbk("民初1716号</td><td></td>", "民初1716号</td><td>示例市西山区人民法院</td>")(body)
            ),
        }
    )
    done = trial.recheck(link, file, hidden, number, minor, names, blank, reason)
    assert {f.rule: done[f.fingerprint].verdict for f in (file, hidden, minor, blank, reason)} == dict.fromkeys(
        ("W-08", "W-11", "P-13", "N-02", "N-03"), "passed"
    )
    assert done[names.fingerprint].verdict == "absent"
    # The page still has a second way to the dead link, and the masked number's page is a case's now.
    assert done[link.fingerprint].verdict == "certain"
    assert done[number.fingerprint].verdict == "night"
    closed = (file, hidden, minor, names, blank, reason)
    assert {done[f.fingerprint].after for f in closed} == {"closed"}
    assert {trial.row(f)["stage"] for f in closed} == {"closed"}
    assert {trial.row(f)["stage"] for f in (link, number)} == {"new"}


def test_a_link_that_no_page_leads_to_any_more_is_gone(trial):
    link = trial.finding("W-07", "id=9999")

    def without(body):
        body = gbk('<A HREF="show.asp?id=9999">培训方案</A>', "培训方案")(body)
        return gbk("<a href=\"javascript:show('9999')\">学习资料</a>", "学习资料")(body)

    everywhere = trial.finding("W-07", "wsla.asp")  # from the menu of every page: more than are known
    trial.answer({"/show.asp?id=907": without})
    done = trial.recheck(link, everywhere)
    assert done[link.fingerprint].verdict == "absent"
    assert done[everywhere.fingerprint].verdict == "certain"


@pytest.mark.parametrize("answers", [(CHALLENGE, MAINTENANCE), (in_template,)], ids=["instead", "in template"])
def test_pages_that_are_blocked_or_in_maintenance_close_and_reopen_nothing(trial, answers):
    link, hidden = trial.finding("W-07", "id=9999"), trial.finding("W-11")
    minor, blank, case = trial.finding("P-13", "id=309"), trial.finding("N-02"), trial.finding("P-06")
    looked_at = (link, hidden, minor, blank, case)
    for finding in looked_at:
        trial.say(finding, "rectified")
    paths = ("show.asp?id=907", "about.asp?id=3", "show.asp?id=309", "bgk.asp", "cpws_show.asp?id=340")
    trial.answer({f"/{path}": answer for path, answer in zip(paths, answers * 5, strict=False)})
    done = trial.recheck(*looked_at)
    assert {one.verdict for one in done.values()} <= {"unread", "night"}
    assert {(one.before, one.after) for one in done.values()} == {("rectified", "rectified")}
    assert {trial.row(f)["stage"] for f in looked_at} == {"rectified"}


@pytest.mark.parametrize("answer", [CHALLENGE, MAINTENANCE], ids=["challenge", "maintenance"])
def test_a_site_that_does_not_answer_as_it_should_tells_nothing(trial, answer):
    link, hidden = trial.finding("W-07", "id=9999"), trial.finding("W-11")
    trial.say(link, "closed", note="已核实")
    trial.block(answer)
    done = trial.recheck(link, hidden)
    assert verdicts(done) == {("W-07", "unread", "closed", "closed"), ("W-11", "unread", "new", "new")}


def test_a_document_that_is_taken_down_may_stand_elsewhere(trial):
    case = trial.finding("P-06")
    trial.answer({"/cpws_show.asp?id=340": GONE})
    (done,) = trial.recheck(case).values()
    assert (done.verdict, done.after) == ("night", "new")
    assert "别处" in done.note


def test_what_was_reported_as_rectified_and_is_still_there_is_reopened(trial):
    link, hidden = trial.finding("W-07", "id=9999"), trial.finding("W-11")
    trial.say(link, "rectified")
    trial.say(hidden, "closed", note="已核实")
    assert verdicts(trial.recheck(link, hidden)) == {
        ("W-07", "certain", "rectified", "reopened"),
        ("W-11", "certain", "closed", "reopened"),
    }


def test_robots_that_forbid_a_page_are_obeyed(trial):
    hidden = trial.finding("W-11")
    rules = Response(body=b"User-agent: *\nDisallow: /about.asp\n", content_type="text/plain")
    trial.answer({"/robots.txt": rules})
    trial.courts.clear_hits()
    (done,) = trial.recheck(hidden).values()
    assert (done.verdict, done.after) == ("unread", "new")
    assert trial.courts.hits(COURT, "/about.asp?id=3") == 0


def test_only_what_proves_the_finding_is_asked(trial):
    trial.courts.clear_hits()
    trial.recheck(trial.finding("W-11"))
    asked = {path for path in trial.courts.requested(COURT) if len(path) < 33}  # one that cannot exist is asked too
    assert asked == {"/", "/robots.txt", "/about.asp?id=3"}


def test_while_a_night_reads_the_site_nobody_else_asks_it(trial, monkeypatch):
    monkeypatch.setattr("gongkai.recheck.WAIT", 0.2)
    hidden = trial.finding("W-11")
    trial.courts.clear_hits()
    with site_lock(trial.engine, COURT):
        with pytest.raises(SiteBusy), site_lock(trial.engine, COURT, wait=0):
            pass
        with site_lock(trial.engine, "another", wait=0):
            pass
        (done,) = trial.recheck(hidden).values()
    assert (done.verdict, done.after) == ("unread", "new")
    assert "另一次复查" in done.note
    assert trial.courts.requested(COURT) == {}


def test_the_command(trial, capsys, tmp_path):
    hidden, case = trial.finding("W-11"), trial.finding("W-14")
    settings = tmp_path / "gongkai.toml"
    settings.write_text(f'database = "{trial.path}"\n', encoding="utf-8")
    line = ["recheck", "--config", str(settings), "--allow-private", "--by", "王某"]
    assert command([*line, hidden.fingerprint[:10], case.fingerprint]) == 0
    said = capsys.readouterr()
    assert hidden.fingerprint[:10] in said.out and "W-11" in said.out
    assert command([*line, "0000"]) == 2
    with reading(trial.engine) as connection:
        assert targets.finding(connection, hidden.fingerprint[:12]).rule == "W-11"


# --- how a re-check enters the life of a finding ---

NIGHT = date(2026, 3, 30)
NOON = datetime(2026, 3, 31, 12, 0, tzinfo=CHINA)


def step(what, at, **more):
    return Event(fingerprint="f", at=at, who="x", what=what, **more)


def looked(verdict, began, at=None):
    return step("recheck", at or began, after={"verdict": verdict, "began": began.isoformat()})


def test_a_report_that_came_while_a_re_check_was_reading_is_not_contradicted_by_it():
    reading_, reported = (
        looked("certain", NOON, NOON + timedelta(minutes=9)),
        step("rectified", NOON + timedelta(minutes=5)),
    )
    assert life([reported, reading_], [], NIGHT).stage == "rectified"
    assert handled([reported, reading_], []).state == "reported"
    later = looked("certain", NOON + timedelta(minutes=6))
    assert life([reported, later], [], NIGHT).stage == "reopened"
    assert handled([reported, later], []).state == "reopened"


@pytest.mark.parametrize("verdict", ["unread", "night", "held", None])
def test_what_could_not_be_told_changes_nothing_but_the_version(verdict):
    steps = [step("rectified", NOON), looked(verdict, NOON + timedelta(minutes=1))]
    assert (life(steps, [], NIGHT).stage, life(steps, [], NIGHT).version) == ("rectified", 2)
    assert handled(steps, []).state == "reported"


def test_a_re_check_passed_and_the_night_after_it_sees_the_fault_again():
    steps = [step("rectified", NOON), looked("passed", NOON + timedelta(minutes=1))]
    assert (life(steps, [], NIGHT).stage, handled(steps, []).state) == ("closed", "confirmed")
    again = [Look(NIGHT + timedelta(days=2), NOON + timedelta(hours=14), "certain")]
    assert (life(steps, again, NIGHT).stage, handled(steps, again).state) == ("new", "unanswered")
    before = [Look(NIGHT, NOON - timedelta(hours=11), "certain")]
    assert life(steps, before, NIGHT).stage == "closed"


def test_a_false_alarm_stays_one_whatever_a_re_check_sees():
    assert life([step("false_alarm", NOON), looked("certain", NOON)], [], NIGHT).stage == "false_alarm"


def page(title, text):
    menu = "首页法院概况新闻中心通知公告裁判文书执行公告诉讼指南联系我们"
    return f"<title>{title}</title><body>{menu}<p>{text}</p></body>".encode()


LONG = "为进一步规范司法公开工作，现将有关事项公告如下：请各当事人携带身份证件到立案大厅办理手续，逾期不予受理。"


@pytest.mark.parametrize(
    ("was", "now", "same"),
    [
        (page("公告", LONG), page("公告", LONG), True),
        (page("公告", LONG + "电话13800000000"), page("公告", LONG + "电话"), True),
        (page("公告", LONG), page("公告", "系统维护中"), False),
        (page("公告", LONG), page("系统提示", "系统维护中，请稍后再试，给您带来不便敬请谅解"), False),
        (page("被改的标题", LONG), page("公告", LONG), True),
        (page("公告", "短"), page("公告", "短"), True),
        (page("公告", "短"), page("提示", "维护"), False),
        (page("公告", ""), page("提示", ""), False),
        (b"", b"", False),
    ],
)
def test_the_same_page(was, now, same):
    assert is_same_page(was, now, page("首页", "最新动态")) is same
