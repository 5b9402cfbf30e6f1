"""示例省示例市中级人民法院: a government content management system, UTF-8 (with a byte order mark on some pages).

Lists are `index.html`, `index_1.html` …, paged by `createPageHTML(...)`; details are `t20260305_101003.html` in folders
by month and carry `<meta name="PubDate">`. Static pages have validators; unknown addresses answer 404.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from gongkai.demo import files
from gongkai.demo.content import Article, Court, Section, court
from gongkai.demo.documents import filler_paragraphs, hearing_sentence, judgment_lines, judgment_title
from gongkai.demo.render import aligned, paragraphs, render
from gongkai.demo.site import NIGHTS, Response, Site, canonical

ID = "shili"
ROWS = 10
BOM = b"\xef\xbb\xbf"
ORDER = [
    "news",
    "photo",
    "notice",
    "affairs",
    "hearing",
    "judgment",
    "withheld",
    "statistics",
    "budget",
    "law",
    "party",
    "execution",
    "recruit",
    "guide",
]
HUBS = {"xwzx": "新闻中心", "sfgk": "司法公开", "ssfw": "诉讼服务"}
CHILDREN = {
    "xwzx": ["news", "photo"],
    "sfgk": ["affairs", "hearing", "judgment", "withheld", "statistics", "budget"],
    "ssfw": ["guide"],
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a list: root-relative address and, for the list itself, the relative one."""

    url: str
    near: str
    title: str
    shown: str
    pinned: bool


def build(night: date) -> Site:
    """The site as it stands on that night."""
    return _Builder(night).site()


class _Builder:
    def __init__(self, night: date) -> None:
        content = court(ID)
        self.content = content
        self.night = night
        self.sections = {**content.sections, **_derived(content)}
        self.pages: dict[str, Response] = {}
        self.layout = {"court": content.court, "nav": self.navigation()}

    def navigation(self) -> list[dict[str, object]]:
        def entry(key: str) -> dict[str, object]:
            section = self.sections[key]
            return {"name": section.name, "url": f"/{section.place}/", "children": []}

        def hub(folder: str, *more: tuple[str, str]) -> dict[str, object]:
            children = [entry(key) for key in CHILDREN[folder]] + [{"name": n, "url": u} for n, u in more]
            return {"name": HUBS[folder], "url": f"/{folder}/", "children": children}

        execution = entry("execution")
        refused = [("失信被执行人", "/sxbzxr/"), ("限制高消费", "/zxgs/xgl/"), ("司法拍卖", "/sfpm/")]
        execution["children"] = [{"name": name, "url": url} for name, url in refused]
        return [
            {"name": "法院概况", "url": "/fygk/", "children": []},
            hub("xwzx"),
            entry("notice"),
            hub("sfgk", ("庭审日历", "/ktpq/calendar?year=2026&month=3")),
            execution,
            hub("ssfw"),
            *(entry(key) for key in ("law", "party", "recruit")),
        ]

    def site(self) -> Site:
        for key in ORDER:
            self.add_section(self.sections[key])
        self.add_hubs()
        self.add_plain()
        self.add_refusals()
        self.add_programs()
        self.add_files()
        return Site(id=ID, court=self.content.court, night=self.night, pages=self.pages, fallback=self.fallback())

    def put(self, address: str, text: str, status: int = 200, bom: bool = False) -> None:
        self.pages[canonical(address)] = Response(body=(BOM if bom else b"") + text.encode(), status=status)

    def url(self, section: Section, article: Article) -> str:
        return f"/{section.place}/{self.near(section, article)}"

    def near(self, section: Section, article: Article) -> str:
        number = 100_000 + 1000 * ORDER.index(section.key) + article.number
        return f"{article.published:%Y%m}/t{article.published:%Y%m%d}_{number}.html"

    def trail(self, section: Section) -> list[dict[str, str]]:
        folder = section.place.partition("/")[0]
        steps = [{"name": HUBS[folder], "url": f"/{folder}/"}] if folder in HUBS else []
        return [*steps, {"name": section.name, "url": f"/{section.place}/"}]

    def rows(self, section: Section, night: date | None = None) -> list[Row]:
        return [
            Row(
                url=self.url(section, article),
                near="./" + self.near(section, article),
                title=article.title,
                shown=article.listed or str(article.published),
                pinned=article.pinned,
            )
            for article in section.on(night or self.night)
        ]

    def add_section(self, section: Section) -> None:
        if section.key == "execution":
            self.add_scripted(section)
        else:
            self.add_lists(section)
        latest = self.rows(self.sections["news"], NIGHTS[0])[:5]  # static pages keep the sidebar of their day
        for article in section.on(self.night):
            n = article.number
            text = render(
                "gov_cms/detail.html",
                name=section.name,
                trail=self.trail(section),
                title=article.title,
                stamp=f"{article.published} {8 + n % 9:02}:{n * 7 % 60:02}",
                body=Markup(article.html) if article.html else paragraphs(filler_paragraphs(article.title)),
                latest=latest,
                **self.layout,
            )
            self.put(self.url(section, article), text, bom=n % 7 == 0)

    def add_lists(self, section: Section) -> None:
        rows = self.rows(section)
        pages = max(1, -(-len(rows) // ROWS))
        for page in range(pages):
            text = render(
                "gov_cms/list.html",
                name=section.name,
                trail=self.trail(section),
                rows=rows[ROWS * page : ROWS * (page + 1)],
                page=page,
                pages=pages,
                blank=section.blank,
                **self.layout,
            )
            names = ["", "index.html"] if page == 0 else [f"index_{page}.html"]
            for name in names:
                self.put(f"/{section.place}/{name}", text, bom=section.key == "notice")

    def add_scripted(self, section: Section) -> None:
        url = f"/{section.place}/"
        text = render("gov_cms/scripted.html", name=section.name, url=url, **self.layout)
        self.put(url, text)
        self.put(url + "index.html", text)
        rows = [{"url": row.url, "title": row.title, "date": row.shown} for row in self.rows(section)]
        data = json.dumps({"total": len(rows), "rows": rows}, ensure_ascii=False).encode()
        self.pages[url + "data.json"] = Response(body=data, content_type="application/json; charset=utf-8")

    def blocks(self, keys: list[str]) -> list[dict[str, object]]:
        return [
            {
                "name": self.sections[key].name,
                "url": f"/{self.sections[key].place}/",
                "rows": self.rows(self.sections[key])[:6],
            }
            for key in keys
        ]

    def add_hubs(self) -> None:
        home = render("gov_cms/home.html", blocks=self.blocks(["news", "notice", "judgment"]), **self.layout)
        self.put("/", home)
        self.put("/index.html", home)
        self.put("/xwzx/", render("gov_cms/home.html", blocks=self.blocks(["news", "photo"]), **self.layout))
        entrances = "".join(
            f'<li><a href="/{self.sections[key].place}/">{self.sections[key].name}</a></li>\n'
            for key in CHILDREN["sfgk"]
        )
        self.plain("/sfgk/", HUBS["sfgk"], Markup(f"<ul>{entrances}{PLATFORMS}</ul>"))
        guide = self.sections["guide"]
        self.plain("/ssfw/", HUBS["ssfw"], Markup(f'<ul><li><a href="/{guide.place}/">{guide.name}</a></li></ul>'))

    def plain(self, address: str, name: str, body: Markup, status: int = 200) -> None:
        self.put(address, render("gov_cms/plain.html", name=name, body=body, **self.layout), status)

    def add_plain(self) -> None:
        name = self.content.court
        self.put(
            "/fygk/", '<html><head><meta http-equiv="refresh" content="0; url=./fyjj/"></head><body></body></html>'
        )
        self.plain("/fygk/fyjj/", "法院概况", paragraphs([f"{name}下辖东湖、西山等基层人民法院。"]))
        self.plain("/wza/index.html", "无障碍浏览", paragraphs(["本网站支持键盘操作与语音阅读。"]))
        places = [(section.place, section.name) for section in self.sections.values()]
        lines = "".join(f'<li><a href="/{place}/">{title}</a></li>\n' for place, title in places)
        self.plain("/wzdt.html", "网站地图", Markup(f"<ul>{lines}</ul>"))

    def add_refusals(self) -> None:
        self.pages["/sxbzxr/"] = Response(body=CHALLENGE.encode(), status=412)
        self.pages["/sfpm/"] = Response(body=SLIDER.encode(), validators=False)
        self.plain("/zxgs/xgl/", "禁止访问", paragraphs(["您的访问受到限制。"]), 403)

    def add_programs(self) -> None:
        """Addresses that redirect or answer 500."""
        broken = Response(body="<h1>HTTP Status 500 – Internal Server Error</h1>".encode(), status=500)
        self.pages[canonical("/app/tjbb/view?id=20260316")] = broken
        if self.night == NIGHTS[0]:
            self.pages[canonical("/app/reader/view?doc=bps2025")] = broken
        else:
            self.plain("/app/reader/view?doc=bps2025", "在线阅读", paragraphs(["审判白皮书正文。"]))
            self.pages[canonical("/app/meeting/view?id=20260331")] = broken
        for start, end, status in (
            ("/gkpt/index.html", "/gkpt/login.html", 302),
            ("/gkpt/login.html", "/gkpt/index.html", 302),
            ("/old/gkpt.html", "/sfgk/", 301),
        ):
            self.pages[start] = Response(status=status, headers=(("Location", end),))

    def add_files(self) -> None:
        month = "/xwzx/fyxw/202603/"
        kinds: list[tuple[str, str, bytes]] = [
            ("/robots.txt", "text/plain", b"User-agent: *\nDisallow: /neibu/\n"),
            ("/favicon.ico", "image/x-icon", files.GIF),
            ("/images/style.css", "text/css", b"body{font:16px/1.8 SimSun}.sub{position:absolute}\n"),
            ("/images/page.js", "application/javascript", SCRIPT.encode()),
            ("/images/logo.png", "image/png", files.png(20, 60, 160)),
            ("/images/blank.gif", "image/gif", files.GIF),
            (month + "W020260316512345678902.jpg", "image/jpeg", files.JPEG),
            (month + "P020260313400000000001.pdf", "application/pdf", files.pdf("White paper")),
        ]
        for address, kind, body in kinds:
            self.pages[canonical(address)] = Response(body=body, content_type=kind)

    def fallback(self) -> Callable[[str, dict[str, str]], Response]:
        body = paragraphs(["您访问的页面不存在。", "请返回首页，或使用网站地图。"])
        missing = Response(
            body=render("gov_cms/plain.html", name="404 Not Found", body=body, **self.layout).encode(), status=404
        )

        def answer(path: str, query: dict[str, str]) -> Response:
            if path == "/ktpq/calendar":
                page = render("gov_cms/plain.html", name="庭审日历", body=calendar(query), **self.layout)
                return Response(body=page.encode(), validators=False)
            return missing

        return answer


def calendar(query: dict[str, str]) -> Markup:
    """A month of the endless calendar: every month leads to the next and the one before, every day to itself."""
    numbers = [query.get(key, "") for key in ("year", "month")]
    year, month = (
        int(n) if n.isdecimal() and len(n) < 6 else default for n, default in zip(numbers, (2026, 3), strict=True)
    )
    after, before = divmod(year * 12 + month, 12), divmod(year * 12 + month - 2, 12)
    cells = "".join(
        f'<td><a href="/ktpq/calendar?year={year}&amp;month={month}&amp;day={day}">{day}</a></td>'
        for day in range(1, 29)
    )
    return Markup(
        f'<p><a href="/ktpq/calendar?year={before[0]}&amp;month={before[1] + 1}">上月</a> {year}年{month}月 '
        f'<a href="/ktpq/calendar?year={after[0]}&amp;month={after[1] + 1}">下月</a></p>'
        f'<table class="calendar"><tr>{cells}</tr></table><p>点击日期查看当日排期。</p>'
    )


def _derived(content: Court) -> dict[str, Section]:
    """The sections whose articles are made of cases, notices and hearings."""
    judgments = [
        Article(
            title=judgment_title(case),
            published=case.published,
            since=case.since,
            until=case.until,
            html=aligned(judgment_lines(case, content.court), "div"),
            case=case,
            number=n,
        )
        for n, case in enumerate(content.cases)
        if case.published is not None
    ]
    withheld = [
        Article(
            title=f"不在互联网公布裁判文书信息：{notice.case_number}",
            published=notice.published,
            number=n,
            html=paragraphs(
                [
                    f"案号：{notice.case_number}",
                    f"审理法院：{notice.court}",
                    f"裁判日期：{notice.decided}",
                    f"不公开理由：{notice.reason}",
                ]
            ),
        )
        for n, notice in enumerate(content.notices)
    ]
    hearings = [
        Article(
            title=f"{hearing.case_number}{hearing.cause or ''}开庭公告",
            published=hearing.published,
            since=hearing.since,
            listed=str(hearing.day),
            html=paragraphs([hearing_sentence(hearing, n)]),
            number=n,
        )
        for n, hearing in enumerate(content.hearings)
        if hearing.published is not None
    ]
    made = {"judgment": judgments, "withheld": withheld, "hearing": hearings}
    return {key: replace(content.sections[key], articles=tuple(articles)) for key, articles in made.items()}


PLATFORMS = """<li><a href="https://wenshu.court.gov.cn/website/wenshu/181029CR4M5A62CH/index.html">中国裁判文书网</a></li>
<li><a href="https://tingshen.court.gov.cn/">中国庭审公开网</a></li>
<li><a href="https://splcgk.court.gov.cn/">中国审判流程信息公开网</a></li>"""
CHALLENGE = """<!DOCTYPE html><html><head><meta id="9DhefwqGPrzGxEp9hPaoag" content="{}"></head>
<body><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=10001;</script></body></html>"""
SLIDER = """<html><script>
function setCookie(name,value){document.cookie=name+"="+value+";path=/";}
setCookie("acw_sc__v3", "000000"); document.location.reload();
</script></html>"""
SCRIPT = """function createPageHTML(count, current, name, ext) {
  if (count <= 1) return;
  for (var i = 0; i < count; i++) {
    var page = i === 0 ? name + "." + ext : name + "_" + i + "." + ext;
    document.write(i === current ? "<b>" + (i + 1) + "</b> " : "<a href='" + page + "'>" + (i + 1) + "</a> ");
  }
}
function doZoom(n) { document.querySelector(".TRS_Editor").style.fontSize = n + "px"; }
function SetHome() { return false; }
"""
