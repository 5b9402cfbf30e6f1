"""Announcements, ledgers and a local norm, from a court's site to findings: what was planted is found, and nothing else."""

import functools
import http.server
import json
import threading
from contextlib import contextmanager
from datetime import date

import pytest
from openpyxl import Workbook

from gongkai import cli
from gongkai.errors import FOUND
from tests.portal_answers import Portal, newer_player, row, trial

NIGHT = date(2026, 3, 31)
COURT = "示例市东湖区人民法院"
PAGE = "<html><head><meta charset='utf-8'><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>"
ARTICLE = "<div class='sth_a'><span>发布时间：{day} 09:00:00</span></div><div class='text'>{body}</div>"
PLAN = "本院定于2026年{month}月{day}日上午9时30分在{place}{how}开庭审理（2026）粤9902{number}{who}{cause}一案。"


def sentence(number, month, day, who="原告张某某诉被告李某某", cause="买卖合同纠纷", how="公开", place="第一法庭"):
    return f"<p>{PLAN.format(number=number, month=month, day=day, who=who, cause=cause, how=how, place=place)}</p>"


ACCUSED = "被告人张某某"
# publication day → what is announced on it
ANNOUNCED = {
    "2026-03-02": sentence("民初1号", 3, 10) + sentence("民初2号", 3, 12) + sentence("民初3号至5号", 3, 12),
    "2026-03-05": sentence("刑初1号", 3, 9, ACCUSED, "盗窃罪") + sentence("民初6号", 3, 11, cause="离婚纠纷"),
    "2026-03-18": sentence("刑初2号", 3, 20, ACCUSED, "诈骗罪"),  # two days ahead
    "2026-03-19": sentence("民初7号", 3, 20),  # the day before: only a local norm minds
    "2026-03-20": sentence("民初8号", 3, 26, who=""),  # nobody named
    "2026-03-23": sentence("刑初3号", 3, 24, ACCUSED, "盗窃罪", how="不公开"),
    "2026-03-24": sentence("刑初4号", 4, 1, "未成年被告人张某某", "盗窃罪"),  # a minor, with name
    "2026-03-30": "<p>示例市西山区人民法院定于2026年3月31日上午9时30分在第一法庭公开开庭审理（2026）粤9903刑初9号被告人王某某盗窃罪一案。</p>",
}
CASES = [
    ["案号", "案由", "承办部门", "审理程序", "开庭时间", "是否公开审理"],
    ["（2026）粤9902民初1号", "买卖合同纠纷", "民一庭", "一审", "2026-03-10 09:30", "是"],
    ["(2026)粤9902民初4号", "买卖合同纠纷", "民一庭", "一审", "2026-03-12 09:30", "是"],
    ["（2026）粤9902刑初1号", "盗窃罪", "刑庭", "一审", "2026-03-09 09:30", "是"],
    ["（2026）粤9902刑初7号", "盗窃罪", "刑庭", "一审", "2026-03-17 09:30", "是"],  # nowhere announced
    ["（2026）粤9902民初20号", "劳动争议", "民一庭", "一审", "2026-03-18 14:30", "是"],  # nowhere announced
    ["（2026）粤9902刑初8号", "强奸罪", "刑庭", "一审", "2026-03-18 09:30", "否"],
    ["（2026）粤9902民初21号", "离婚纠纷", "民一庭", "一审", "2026-03-18 09:30", None],
    ["（2026）粤9902民初22号", "劳动争议", "民一庭", "一审", "2026-04-20 09:30", "是"],  # still to come
    ["（2026）粤9902民初2号", "买卖合同纠纷", "民一庭", "一审", "2026-03-19 09:30", "是"],  # announced for the twelfth
]
APPROVALS = [
    ["案号", "案由", "当事人", "经办人", "开庭时间", "不直播理由", "审批人", "审批层级"],
    ["（2026）粤9902民初1号", "买卖合同纠纷", "张某", "王某", "2026-03-10 09:30", "当事人申请", "李某", "庭级"],
    ["（2026）粤9902民初4号", "买卖合同纠纷", "张某", "王某", "2026-03-12 09:30", "其他不宜", None, None],
]


def build(folder):
    """The court's site as files."""

    def write(path, title, body):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(PAGE.format(title=title, body=body), encoding="utf-8")

    menu = (
        "<ul><li><a href='/xw/index.html'>法院要闻</a></li><li><a href='/ktgg/index.html'>开庭公告</a></li></ul>"
        "<a href='https://wenshu.court.gov.cn/'>中国裁判文书网</a>"
    )
    news = [
        (f"xw/{n}.html", f"我院召开第{n}次工作会议", f"2026-03-{30 - n:02d}", "会议讨论了有关事项。") for n in range(8)
    ]
    posts = [(f"ktgg/{n}.html", f"开庭公告第{n}号", day, body) for n, (day, body) in enumerate(ANNOUNCED.items())]
    for path, title, day, body in [*news, *posts]:
        write(path, title, menu + ARTICLE.format(day=day, body=body))
    for name, title, rows in (("xw", "法院要闻", news), ("ktgg", "开庭公告", posts[::-1])):
        listed = "".join(f"<li><a href='/{p}'>{t}</a><span>{d}</span></li>" for p, t, d, _ in rows)
        write(f"{name}/index.html", title, f"{menu}<ul class='list'>{listed}</ul>")
    latest = "".join(f"<li><a href='/{p}'>{t}</a><span>{d}</span></li>" for p, t, d, _ in news[:6])
    write("index.html", COURT, f"{menu}<ul class='list'>{latest}</ul>")


@contextmanager
def served(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


def save(path, rows):
    book = Workbook()
    for values in rows:
        book.active.append(values)
    book.save(path)
    return path


@pytest.fixture(scope="module")
def court(tmp_path_factory):
    folder = tmp_path_factory.mktemp("court")
    build(folder / "site")
    files = [save(folder / "cases.xlsx", CASES), save(folder / "不直播审批.xlsx", APPROVALS)]
    with served(folder / "site") as home:
        yield home, files


@pytest.fixture
def inspect(court, tmp_path, monkeypatch, capsys):
    """Inspect the court: rule, case number and grade of each finding, and the findings themselves."""
    monkeypatch.chdir(tmp_path)
    home, files = court

    def run(*more):
        ledgers = [part for file in files for part in ("--ledger", file)]
        arguments = ["inspect", home, *ledgers, "--as-of", NIGHT, "--allow-private", "--court", COURT, "--json"]
        code = cli.run([str(a) for a in [*arguments, *more]])
        said = capsys.readouterr()
        assert code == FOUND, said.err
        found = json.loads(said.out)["findings"]
        return {(f["rule"], f["subject"]["case_number"] or f["subject"]["section"], f["grade"]) for f in found}, found

    return run


def number(text):
    return f"（2026）粤9902{text}号"


NATIONAL = {
    ("H-01", number("刑初2"), "certain"),
    ("H-01", number("刑初7"), "certain"),
    ("H-02", number("民初20"), "certain"),
    ("H-03", number("民初8"), "certain"),
    ("H-05", number("刑初4"), "suspected"),
    ("H-02", number("民初2"), "unclear"),  # the ledger names another day than the announcement
    ("H-07", number("民初2"), "suspected"),
}


def test_by_national_norms(inspect):
    assert inspect()[0] == NATIONAL


def test_with_a_plan_that_comes_with_gongkai(inspect):
    seen, found = inspect("--policy", "huadu_2020")
    assert seen == NATIONAL | {("L-03", number("民初4"), "certain")}
    (report,) = [f for f in found if f["rule"] == "L-03"]
    assert "缺少审批人、审批层级" in report["message"]
    assert report["basis"][0]["article"] == "第四部分第8项"


def test_with_a_policy_of_ones_own(inspect, tmp_path):
    policy = tmp_path / "own.yml"
    policy.write_text(
        "title: 实施方案\nnumber: 示法〔2026〕1号\nin_force_from: 2026-03-19\narticles: {'1': {text: 公告。}}\n"
        "duties:\n  announce_civil: {article: '1', days: 3}\n  mark_streams: {article: '1'}\n",
        encoding="utf-8",
    )
    seen, found = inspect("--policy", policy)
    late = ("H-02", number("民初7"), "certain")
    unmarked = {("H-04", number(n), "certain") for n in ("民初7", "民初8", "刑初4")}
    assert seen == NATIONAL | {late} | unmarked
    assert all(f["basis"][0]["instrument"] == "实施方案" for f in found if f["rule"] == "H-04")


def test_a_finding_says_what_proves_it(inspect):
    _, found = inspect()
    (late,) = [f for f in found if f["subject"]["case_number"] == number("刑初2")]
    assert "2026年3月20日开庭，公告发布日期为2026年3月18日（提前2天）" in late["message"]
    assert [b["article"] for b in late["basis"]] == ["第一百八十七条第三款", "第二百二十一条第一款第六项"]
    assert late["evidence"][0]["url"].endswith("/ktgg/2.html")
    assert late["evidence"][0]["sha256"]
    assert "张某某" not in json.dumps(found, ensure_ascii=False)
    (absent,) = [f for f in found if f["subject"]["case_number"] == number("刑初7")]
    assert absent["department"] == "刑庭"


# --- with the hearing portal ---

# portal's id, case, day, cause, seconds of each of five pieces
SESSIONS = [
    (1, "刑初1", "2026-03-09", "盗窃罪", 600.0),
    (2, "民初6", "2026-03-11", "离婚纠纷", 600.0),  # may not be streamed
    (3, "民初3", "2026-03-12", "买卖合同纠纷", 10.0),  # fifty seconds
    (4, "民初5", "2026-03-12", "买卖合同纠纷", 600.0),  # its player has no recording
    (5, "刑初8", "2026-03-18", "强奸罪", 600.0),  # closed by the ledger
    (6, "刑初2", "2026-03-21", "诈骗罪", 600.0),  # a day after the announced one
    (7, "民初2", "2026-03-19", "买卖合同纠纷", 600.0),
]


@pytest.fixture
def portal():
    portal = Portal()
    for case_id, case, day, cause, seconds in reversed(SESSIONS):
        portal.replays.append(
            row(case_id, number(case), f"{day}T09:30:00", caseCause=cause, title=f"{number(case)}{cause}")
        )
        begins = f"{day[:4]}年{day[5:7]}月{day[8:]}日 09:30"
        page = trial(number(case), begins, cause=cause, player=f"//{{host}}/vod/{case_id}?src=gkw&cc=1")
        portal.session(case_id, page, seconds=seconds)
    portal.html("/vod/4?src=gkw&cc=1", newer_player(""))
    portal.previews = {date(2026, 4, 2): [{"caseId": 9, "courtName": COURT, "beginTime": 1775093400000}]}
    portal.html("/live/9", trial(number("民初30"), "2026年04月02日 09:30"))
    with portal.serve():
        yield portal


FORBIDDEN = {("L-02", number("民初6"), "suspected"), ("L-02", number("刑初8"), "suspected")}
DEAD = {("L-06", number("民初5"), "suspected")}


def test_with_the_portal_and_no_local_norm(inspect, portal):
    assert inspect("--portal", portal.base)[0] == NATIONAL | FORBIDDEN | DEAD


def test_with_the_portal_and_a_plan_that_has_everything_streamed(inspect, portal):
    seen, found = inspect("--portal", portal.base, "--policy", "huadu_2020")
    neither = {("L-01", number(n), "certain") for n in ("刑初7", "民初20")}
    local = {("L-03", number("民初4"), "certain"), ("L-05", number("民初3"), "suspected")}
    assert seen == NATIONAL | FORBIDDEN | DEAD | neither | local
    one = next(f for f in found if f["rule"] == "L-01")
    assert one["basis"][0]["article"] == "第四部分第7项"
    assert one["department"] in ("刑庭", "民一庭")


def test_a_portal_that_refuses_us_proves_nothing(inspect, portal):
    portal.replays.clear()
    portal.answers.clear()
    portal.previews.clear()
    portal._list = lambda target: (200, "text/html", "<script>setCookie('acw_sc__v3', x)</script>")
    seen, _ = inspect("--portal", portal.base, "--policy", "huadu_2020")
    assert {f for f in seen if f[0][0] == "L" and f[2] == "certain"} == {("L-03", number("民初4"), "certain")}
