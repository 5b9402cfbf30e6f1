"""示例市东湖区人民法院: the template of 中国法院网 (`*.chinacourt.gov.cn`), UTF-8, static pages with validators.

Past the last page a list is empty (no 404); unknown addresses answer 404 in the site's layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from gongkai.demo import files
from gongkai.demo.content import Article, Court, Section, court
from gongkai.demo.documents import (
    filler_paragraphs,
    hearing_sentence,
    judgment_lines,
    judgment_title,
)
from gongkai.demo.render import aligned, paragraphs, render, table
from gongkai.demo.site import NIGHTS, Response, Site, canonical

ID = "donghu"
ROWS = 10
NAV = [
    "news",
    "notice",
    "hearing",
    "judgment",
    "withheld",
    "case",
    "party",
    "blank",
    "commutation",
    "statistics",
    "guide",
]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a list as the templates want it."""

    url: str
    title: str
    shown: str
    short: str


def build(night: date) -> Site:
    """The site as it stands on that night."""
    content = court(ID)
    return _Builder(content, night).site()


class _Builder:
    def __init__(self, content: Court, night: date) -> None:
        self.content = content
        self.night = night
        self.sections = {**content.sections, **_derived(content)}
        self.pages: dict[str, Response] = {}
        self.layout = {
            "court": content.court,
            "nav": [{"name": self.sections[key].name, "url": self.list_url(self.sections[key])} for key in NAV],
        }

    def site(self) -> Site:
        for key in NAV:
            self.add_section(self.sections[key])
        self.add_home()
        self.add_static()
        self.add_files()
        return Site(
            id=ID,
            court=self.content.court,
            night=self.night,
            pages=self.pages,
            fallback=self.fallback(),
            first={canonical("/wsfw/dzsd.shtml"): self.not_found()},
        )

    def put(self, address: str, text: str, status: int = 200) -> None:
        self.pages[canonical(address)] = Response(body=text.encode(), status=status)

    def list_url(self, section: Section) -> str:
        return f"/article/index/id/{section.place}.shtml"

    def url(self, section: Section, article: Article) -> str:
        number = article.number - (article.path == "same")
        base = 9_010_000 + 1000 * NAV.index(section.key) + number
        return f"/article/detail/{article.published.year}/{article.published.month:02}/id/{base}.shtml"

    def rows(self, section: Section, night: date | None = None) -> list[Row]:
        return [
            Row(
                url=self.url(section, article),
                title=article.title,
                shown=str(article.published),
                short=f"{article.published:%m-%d}",
            )
            for article in section.on(night or self.night)
        ]

    def list_page(self, section: Section, page: int) -> str:
        rows = self.rows(section)
        return render(
            "chinacourt/list.html",
            name=section.name,
            url=self.list_url(section),
            stem=self.list_url(section).removesuffix(".shtml"),
            rows=rows[ROWS * (page - 1) : ROWS * page],
            page=page,
            pages=max(1, -(-len(rows) // ROWS)),
            blank=section.blank,
            **self.layout,
        )

    def add_section(self, section: Section) -> None:
        stem = self.list_url(section).removesuffix(".shtml")
        self.put(stem + ".shtml", self.list_page(section, 1))
        for page in range(1, max(1, -(-len(section.on(self.night)) // ROWS)) + 1):
            self.put(f"{stem}/page/{page}.shtml", self.list_page(section, page))
        latest = self.rows(self.sections["news"], NIGHTS[0])[:5]  # static pages keep the sidebar of their day
        for article in section.on(self.night):
            n = article.number
            text = render(
                "chinacourt/detail.html",
                name=section.name,
                url=self.list_url(section),
                title=article.title,
                stamp=f"{article.published} {8 + n % 9:02}:{n * 7 % 60:02}:{n * 13 % 60:02}",
                body=Markup(article.html) if article.html else paragraphs(filler_paragraphs(article.title)),
                latest=latest,
                **self.layout,
            )
            self.put(self.url(section, article), text)

    def add_home(self) -> None:
        keys = ("news", "notice", "hearing", "judgment", "case")
        blocks = [
            {
                "name": self.sections[key].name,
                "url": self.list_url(self.sections[key]),
                "rows": self.rows(self.sections[key])[:6],
            }
            for key in keys
        ]
        focus = next(row for row in self.rows(self.sections["news"]) if "质效分析会" in row.title)
        self.put("/", render("chinacourt/home.html", blocks=blocks, focus=focus, **self.layout))

    def add_static(self) -> None:
        name = self.content.court
        texts = {
            "/fygk.shtml": ("法院概况", paragraphs([f"{name}辖区面积一千二百平方公里，下设十二个内设机构。"])),
            "/fygk/jgsz.shtml": (
                "机构设置",
                paragraphs(["立案庭、刑事审判庭、民事审判第一庭、民事审判第二庭、行政审判庭、执行局。"]),
            ),
            "/fygk/lxwm.shtml": ("联系我们", paragraphs(["地址：示例市东湖区司法路1号。诉讼服务热线：12368。"])),
            "/wsfw/dzsd.shtml": (
                "电子送达指引",
                paragraphs(["当事人登录电子送达平台，凭短信中的验证码查收诉讼文书。"]),
            ),
            "/sfgk.shtml": ("司法公开", Markup(PLATFORMS)),
        }
        for address, (title, body) in texts.items():
            self.put(address, render("chinacourt/static.html", title=title, body=body, **self.layout))
        forbidden = paragraphs(["请使用办公内网访问。"])
        self.put(
            "/oa/login.shtml", render("chinacourt/static.html", title="禁止访问", body=forbidden, **self.layout), 403
        )
        gone = paragraphs(["该文章已删除。"])
        page = render("chinacourt/static.html", title="文章已删除", body=gone, **self.layout)
        self.put("/article/detail/2025/09/id/8012003.shtml", page, 410)

    def add_files(self) -> None:
        images = "/style/system/images/"
        kinds: list[tuple[str, str, bytes]] = [
            ("/robots.txt", "text/plain", b"User-agent: *\nDisallow: /admin/\nDisallow: /search.shtml\n"),
            ("/favicon.ico", "image/x-icon", files.GIF),
            ("/style/system/css/chinacourt.css", "text/css", CSS.encode()),
            ("/style/system/js/jquery.chinacourtUI.js", "application/javascript", SCRIPT.encode()),
            ("/upload/2026/03/17/hy_0317.jpg", "image/jpeg", files.JPEG),
            ("/upload/2026/03/mingce.xls", "application/vnd.ms-excel", b""),
            ("/upload/2026/03/shuoming.doc", "application/msword", files.doc("填表说明：请用正楷填写。")),
        ]
        for n, picture in enumerate(("logo", "beian", "zt", "sfgk")):
            kinds.append((f"{images}{picture}.png", "image/png", files.png(160, 20 + 40 * n, 30)))
        if self.night > NIGHTS[0]:
            kinds.append(("/upload/2026/02/fj_0206.pdf", "application/pdf", files.pdf("Office hours")))
        for address, kind, body in kinds:
            self.pages[canonical(address)] = Response(body=body, content_type=kind)

    def not_found(self) -> Response:
        body = paragraphs(["您访问的页面不存在或已删除，请返回首页。"])
        text = render("chinacourt/static.html", title="404", body=body, **self.layout)
        return Response(body=text.encode(), status=404)

    def fallback(self) -> Callable[[str, dict[str, str]], Response]:
        missing = self.not_found()
        by_place = {section.place: section for section in self.sections.values()}

        def answer(path: str, query: dict[str, str]) -> Response:
            past_end = re.fullmatch(r"/article/index/id/(\w+)/page/(\d+)\.shtml", path)
            if past_end and past_end[1] in by_place:
                return Response(body=self.list_page(by_place[past_end[1]], int(past_end[2])).encode())
            if path == "/search.shtml":
                body = paragraphs(["没有找到相关内容。"])
                return Response(
                    body=render("chinacourt/static.html", title="站内搜索", body=body, **self.layout).encode(),
                    validators=False,
                )
            return missing

        return answer


def _derived(content: Court) -> dict[str, Section]:
    """The sections whose articles are made of cases, notices and hearings."""
    judgments = []
    for n, case in enumerate(content.cases):
        if case.published is None:
            continue
        body = aligned(judgment_lines(case, content.court))
        title = judgment_title(case)
        judgments.append(
            Article(
                title=title,
                published=case.published,
                since=case.since,
                until=case.until,
                html=body,
                case=case,
                number=n,
            )
        )
    withheld = []
    for n, day in enumerate(sorted({notice.published for notice in content.notices})):
        batch = [notice for notice in content.notices if notice.published == day]
        cells = [(str(i), x.case_number, x.court, x.decided, x.reason) for i, x in enumerate(batch, 1)]
        html = table(("序号", "案号", "审理法院", "裁判日期", "不公开理由"), cells)
        title = f"{content.short}不在互联网公布裁判文书信息公示（{day.year}年{day.month}月{day.day}日）"
        withheld.append(Article(title=title, published=day, html=html, number=n))
    hearings = []
    for n, day in enumerate(sorted({hearing.published for hearing in content.hearings if hearing.published})):
        batch_of_day = [hearing for hearing in content.hearings if hearing.published == day]
        html = paragraphs(hearing_sentence(hearing, i) for i, hearing in enumerate(batch_of_day))
        title = f"{content.short}开庭公告（{day.year}年{day.month}月{day.day}日）"
        since = min((hearing.since for hearing in batch_of_day if hearing.since), default=None)
        hearings.append(Article(title=title, published=day, since=since, html=html, number=n))
    made = {"judgment": judgments, "withheld": withheld, "hearing": hearings}
    return {key: replace(content.sections[key], articles=tuple(articles)) for key, articles in made.items()}


PLATFORMS = """<ul class="platforms">
<li><a href="https://wenshu.court.gov.cn/" target="_blank">中国裁判文书网</a></li>
<li><a href="https://tingshen.court.gov.cn/" target="_blank">中国庭审公开网</a></li>
<li><a href="https://splcgk.court.gov.cn/" target="_blank">中国审判流程信息公开网</a></li>
<li><a href="http://zxgk.court.gov.cn/" target="_blank">中国执行信息公开网</a></li>
</ul>"""
CSS = "body{font:14px/1.8 宋体,SimSun}.nav li{float:left}.left{float:left}.right{float:right}\n"
SCRIPT = """function showToday(){var d=new Date();document.write("今天是："+d.getFullYear()+"年"+(d.getMonth()+1)+"月"+d.getDate()+"日");}
function setHome(o){return false;} function addFavorite(){return false;} function doZoom(n){return false;}
var more = "/article/index/id/" + "none" + ".shtml";
"""
