"""Trial data: four invented courts, two nights, findings of every grade and fate, and texts written by an enemy.

`python tests/bulletins/two_nights.py OUT_DIR` writes the bulletin of the second night there, to be looked at.
"""

import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from reports.bulletin import compose
from reports.formats import write_all
from reports.period import Period
from storage import database, findings, runs, store
from storage.findings import Sighting, Subject
from storage.pages import sha256
from storage.records import Cadence, Evidence, Section
from storage.statistics import Statistic, save_statistics

CHINA = timezone(timedelta(hours=8))
FIRST, SECOND = date(2026, 3, 30), date(2026, 3, 31)
GENERATED = datetime(2026, 3, 31, 6, 30, tzinfo=CHINA)

HOSTILE = (
    '<script>alert("1")</script>',
    '=HYPERLINK("http://evil.example/","点我")',
    "+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    "-2+3",
    'a" onmouseover="x{{ 7*7 }}{0}',
    "\u202egnp.exe\u202c和\u200b零宽",
    "控制\x07符\x0b与\x00空字符",
)
LONG_TITLE = "关于进一步规范" + "裁判文书公开工作若干具体问题的说明" * 11 + "（试行）"
LONG_URL = (
    "http://www.csqfy.example/article/detail/2026/03/id/"
    + "9f8e7d6c5b4a" * 12
    + ".shtml?from=list&page=1&key="
    + "%E5%85%AC%E5%BC%80" * 12
)
OVERLONG_URL = "http://www.csqfy.example/search?q=" + "%E6%A1%88" * 300

SITES = (
    runs.Site(id="shili_zhongyuan", court="示例市中级人民法院", home="http://www.slzy.example/", platform="chinacourt"),
    runs.Site(id="chengnan", court="示例市城南区人民法院", home="http://www.csqfy.example/", platform="asp_table"),
    runs.Site(id="hekou", court="示例市河口县人民法院", home="http://www.hkxfy.example/", platform="gov_cms"),
    runs.Site(id="dongshan", court="示例市东山区人民法院", home="http://www.dsqfy.example/"),
)

PUBLISH = "最高人民法院关于人民法院在互联网公布裁判文书的规定"
BASES = {
    "D-01": ({"instrument": PUBLISH, "number": "法释〔2016〕19号", "article": "7",
              "text": "发生法律效力的裁判文书，应当在裁判文书生效之日起七个工作日内在互联网公布。"},),
    "N-01": ({"instrument": PUBLISH, "number": "法释〔2016〕19号", "article": "6",
              "text": "不在互联网公布的裁判文书，应当公布案号、审理法院、裁判日期及不公开理由，但公布上述信息可能泄露国家秘密的除外。"},),
    "W-01": ({"instrument": "示例市法院司法公开工作方案", "number": "", "article": "二（一）14",
              "text": "各栏目信息至少每月更新一次。"},),
    "W-07": ({"instrument": "示例市法院司法公开工作方案", "number": "", "article": "二（一）14",
              "text": "及时修复错误链接和空白内容。"},),
}  # fmt: skip
BASES["D-03"] = BASES["D-01"]
RULES = {
    "D-01": ("生效文书逾期上网", "S1", "立即补公布，并说明逾期原因；承办部门核对同类案件。", 3),
    "D-03": ("疑似逾期上网（公开数据推算）", "S2", "核对生效日期；确属逾期的，按逾期上网处理。", 10),
    "N-01": ("不上网文书未公布信息", "S1", "在不公开信息栏目补登案号、审理法院、裁判日期和不公开理由。", 3),
    "W-01": ("栏目超过一个月未更新", "S2", "更新栏目内容；确无内容的，说明情况或合并栏目。", 5),
    "W-07": ("死链、错链", "S2", "改正或删除该链接。", 5),
}


def sighting(rule, site, subject, message, verdict="certain", *, night=FIRST, department=None, evidence=(), late=False):
    title, severity, remedy, days = RULES[rule]
    return Sighting(
        rule=rule,
        title=title,
        severity=severity,
        verdict=verdict,
        raw_grade=verdict,
        site=site,
        court={s.id: s.court for s in SITES}[site],
        department=department,
        subject=subject,
        message=message,
        remedy=remedy,
        due=date(2026, 3, 27) if late else night + timedelta(days=days),
        basis=BASES[rule],
        evidence=tuple(evidence),
    )


def reading(url, excerpt=None, status=200, night=SECOND):
    at = datetime(night.year, night.month, night.day, 2, 14, 5, 678901, tzinfo=CHINA)
    return Evidence(url=url, fetched_at=at, status=status, sha256=sha256(url.encode()), excerpt=excerpt)


def link(site, url, verdict="certain", anchor="详情", night=FIRST, status=404):
    home = next(s.home for s in SITES if s.id == site)
    subject = Subject(kind="link", url=url)
    proof = [reading(url, None, status, night), reading(home + "index.html", anchor, 200, night)]
    return sighting(
        "W-07", site, subject, f"链接“{anchor}”指向的页面不存在（{status}）。", verdict, night=night,
        department="综合办公室", evidence=proof,
    )  # fmt: skip


def section(site, name, path, message, verdict="certain", night=FIRST, department="综合办公室"):
    url = next(s.home for s in SITES if s.id == site) + path
    subject = Subject(kind="section", url=url, section=name)
    proof = [reading(url, "最新一条：2026-01-12", night=night)]
    return sighting("W-01", site, subject, message, verdict, night=night, department=department, evidence=proof)


def case(
    rule, site, number, message, verdict="certain", night=FIRST, department="民事审判第一庭", page=True, late=False
):
    home = next(s.home for s in SITES if s.id == site)
    url = f"{home}wsgk/{sha256(number.encode())[:8]}.html" if page else None
    subject = Subject(kind="case", url=url, case_number=number)
    proof = [reading(url, number, night=night)] if url else []
    return sighting(
        rule, site, subject, message, verdict, night=night, department=department, evidence=proof, late=late
    )


def first_night():
    court, county = "chengnan", "hekou"
    return [
        link(court, "http://www.csqfy.example/old/1.htm", anchor="诉讼指南"),
        link(court, "http://www.csqfy.example/old/2.htm", anchor="法院简介"),
        link(court, "http://www.csqfy.example/slow/", "suspected", "网上立案", status=503),
        link("shili_zhongyuan", "http://www.slzy.example/article/detail/2026/02/id/88.shtml", anchor="典型案例"),
        section(court, "法院公告", "fygg/", "最近一条发布于2026年1月12日，至2026年3月30日已超过一个月。"),
        section(county, "执行信息", "zxxx/", "最近一条发布于2026年2月3日，至2026年3月30日已超过一个月。"),
        case("D-01", court, "（2025）示0102民初1208号", "2025年12月1日生效，2026年1月5日公布，逾期17个工作日。", late=True),
        case("D-01", court, "（2025）示0102民初1377号", "2026年3月2日生效，2026年3月20日公布，逾期7个工作日。"),
        case("N-01", court, "（2025）示0102刑初77号", "已批准不上网，生效已满7个工作日，未见公布不公开信息。", department="刑事审判庭", page=False),
        case("D-03", county, "（2025）示0123民初9号", "按最晚生效日推算，公布仍逾期。", "suspected", department=None),
        case("D-03", county, "（2025）示0123民初10号", "在最早与最晚生效日之间，需核对生效日期。", "unclear", department=None),
        link("dongshan", "http://www.dsqfy.example/gone.html", anchor="联系我们"),
    ]  # fmt: skip


def second_night():
    court, county = "chengnan", "hekou"
    again = {"night": SECOND}
    enemies = [
        link(court, f"http://www.csqfy.example/x/{n}.htm?a=1&b=%22", anchor=text, **again)
        for n, text in enumerate(HOSTILE)
    ]
    return [
        *enemies,
        link(court, "http://www.csqfy.example/old/2.htm", anchor="法院简介", **again),
        link(court, "http://www.csqfy.example/slow/", "certain", "网上立案", status=503, **again),
        link(court, LONG_URL, anchor=LONG_TITLE, **again),
        link(court, OVERLONG_URL, anchor="搜索", **again),
        link(court, "http://www.csqfy.example/doubtful/", "suspected", "院长信箱", status=500, **again),
        sighting(
            "W-07", court, Subject(kind="link", url="javascript:alert(document.cookie)//"), "链接无法打开。", "unclear",
            night=SECOND, evidence=[reading("http://www.csqfy.example/")],
        ),
        section(court, "法院公告", "fygg/", "最近一条发布于2026年1月12日，至2026年3月31日已超过一个月。", **again),
        section(court, "=1+1|栏目", "lm/", "最近一条发布于2026年2月20日，至2026年3月31日已超过一个月。", **again),
        case("D-01", court, "（2025）示0102民初1208号", "2025年12月1日生效，2026年1月5日公布，逾期17个工作日。", late=True, **again),
        case("D-01", court, "（2026）示0102行初3号", "2026年3月5日生效，2026年3月26日公布，逾期8个工作日。", department="行政审判庭", **again),
        case("N-01", court, "（2025）示0102刑初77号", "已批准不上网，生效已满7个工作日，未见公布不公开信息。", department="刑事审判庭", page=False, **again),
        section(county, "审判流程", "splc/", "没有读到日期，不能判断是否更新。", "unclear", department=None, **again),
        case("D-03", county, "（2025）示0123民初9号", "按最晚生效日推算，公布仍逾期。", "suspected", department=None, **again),
    ]  # fmt: skip


def build(connection):
    """Both nights: on the second, one court could not be read and another only in part."""
    for site in SITES:
        runs.save_site(connection, site)
    for night in (FIRST, SECOND):
        for site in SITES:
            _run(connection, site.id, night)
    _record(connection, FIRST, first_night(), {})
    save_statistics(connection, "chengnan", SECOND, numbers())
    _record(connection, SECOND, second_night(), {
        ("chengnan", "（2025）示0102民初1377号"): findings.PASSED,
        ("chengnan", "http://www.csqfy.example/old/1.htm"): findings.ABSENT,
        ("shili_zhongyuan", "http://www.slzy.example/article/detail/2026/02/id/88.shtml"): findings.PASSED,
        ("hekou", "http://www.hkxfy.example/zxxx/"): findings.UNREAD,
        ("hekou", "（2025）示0123民初10号"): findings.PASSED,
        ("dongshan", "http://www.dsqfy.example/gone.html"): findings.UNREAD,
    })  # fmt: skip


def numbers():
    """Statistics of one court: metrics of two departments, one not computed, and an estimate by type and month."""
    court = "chengnan"
    due = {
        "denominator_name": "台账已生效、上网期限届满且应当上网的文书",
        "period": "生效日期2026-01-05至2026-03-02，截至2026-03-31",
    }
    method = "已在本院网站找到的文书 ÷ 应当上网的文书。"
    gap = {
        "unit": "count",
        "kind": "estimate",
        "title": "未见编号（未公开文书数的估计下限）",
        "method": "范围内从未出现的编号计入。",
    }
    months = gap | {"name": "gap_month", "title": gap["title"] + "，按月"}
    kind = "（2026）示0102民初"

    def share(name, title, scope, numerator, denominator, **more):
        return Statistic(
            site=court, kind="metric", name=name, title=title, scope=scope, unit="share", numerator=numerator,
            denominator=denominator, value=numerator / denominator, **({"method": method} | due | more),
        )  # fmt: skip

    return [
        share("upload_rate", "上网率（件）", "", 41, 48),
        share("timely_rate", "及时率", "", 36, 41, method="期限内公布的文书 ÷ 已上网的文书。"),
        share("upload_rate", "上网率（件）", "民事审判第一庭", 30, 32),
        share("timely_rate", "及时率", "民事审判第一庭", 28, 30),
        share("upload_rate", "上网率（件）", "=1+1|庭<b>", 11, 16),
        Statistic(
            site=court, kind="metric", name="notice_rate", title="信息项公布率", unit="share", denominator=6,
            method="已公布不公开信息的文书 ÷ 经审批不上网的文书。", note="栏目本次未读全，未计算", **due,
        ),
        Statistic(
            site=court, name="gap", scope=kind, value=17, numerator=17, denominator=130,
            denominator_name="范围内的编号", period="第1号至第130号", **gap,
        ),
        *(
            Statistic(
                site=court, scope=f"{kind} {month}", value=missing, numerator=missing, denominator=among,
                denominator_name="范围内的编号", period=month, **months,
            )
            for month, missing, among in (("2026年1月", 5, 60), ("2026年2月", 12, 70))
        ),
    ]  # fmt: skip


def _record(connection, night, seen, others):
    open_ones = findings.state_at(connection, night)
    for site in SITES:
        verdicts = {
            f.fingerprint: others[site.id, f.subject.identity]
            for f in open_ones
            if f.site == site.id and (site.id, f.subject.identity) in others
        }
        findings.record_night(connection, night, site.id, [s for s in seen if s.site == site.id], verdicts)


def _run(connection, site, night):
    at = datetime(night.year, night.month, night.day, 1, 0, tzinfo=CHINA)
    run = runs.start(connection, site, night, at)
    result = {"status": "complete", "pages": 412, "links": 9863, "sections": 5, "finished": at + timedelta(hours=1)}
    short = None
    if site == "hekou":
        result |= {"pages": 96, "links": 1250, "sections": 4}
        if night == SECOND:
            result |= {"status": "incomplete", "why": "部分栏目拒绝访问"}
            short = "拒绝访问（403）"
            issues = [("denied", f"http://www.hkxfy.example/zxxx/{n}.html") for n in range(3)]
            issues.append(("undecodable", "http://www.hkxfy.example/fygg/<b>乱码</b>.html"))
            runs.save_issues(connection, run.id, [runs.Issue(cause=c, subject=s) for c, s in issues])
    if site == "dongshan" and night == SECOND:
        why = "首页连续三次响应超时"
        result |= {"status": "unreadable", "why": why, "pages": 0, "links": 0, "sections": 0}
        runs.save_issues(
            connection, run.id, [runs.Issue(cause="timeout", subject="http://www.dsqfy.example/", times=3)]
        )
    runs.update(connection, run.id, **result, audited=at + timedelta(hours=2))
    rows = [
        {
            "site": site,
            "url": f"http://{site}.example/section/{n}/",
            "night": night,
            "complete": not (short and n == 0),
            "why": short if n == 0 else None,
            "items": 20,
            "newest": night,
            "oldest": FIRST,
        }
        for n in range(result["sections"])
    ]
    runs.save_section_reads(connection, rows)
    names = ("执行信息", "法院公告", "裁判文书", "开庭公告", "不公开信息")
    store.save(
        connection,
        [
            Section(site=site, url=row["url"], name=name, cadence=Cadence.STANDARD, complete=row["complete"])
            for row, name in zip(rows, names, strict=False)
        ],
        night,
    )


def trial(path=":memory:", sites=None, night=SECOND):
    """The bulletin of the trial data."""
    engine = database.connect("sqlite://" if path == ":memory:" else path)
    with engine.begin() as connection:
        build(connection)
        return compose(connection, Period.of_night(night), sites=sites, generated_at=GENERATED)


def quiet():
    """The bulletin of a night on which one court was completely read, and nothing was found."""
    engine = database.connect("sqlite://")
    with engine.begin() as connection:
        runs.save_site(connection, runs.Site(id="a", court="示例甲法院", home="http://a.example/"))
        run = runs.start(connection, "a", SECOND, GENERATED)
        runs.update(connection, run.id, status="complete", pages=12, links=80, audited=GENERATED)
        return compose(connection, Period.of_night(SECOND), generated_at=GENERATED)


if __name__ == "__main__":
    for written in write_all(trial(), Path(sys.argv[1])):
        print(written)
