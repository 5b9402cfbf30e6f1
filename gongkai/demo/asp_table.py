"""示例市西山区人民法院: an old ASP site of nested tables, GBK bytes, no charset in the header (or a wrong one).

Programs answer without validators and print today's date on every page. Past the last page a list repeats its last page;
unknown programs answer 200 with the site's own "页面不存在" (soft 404), unknown static files a real 404.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from markupsafe import Markup

from gongkai.demo import files
from gongkai.demo.content import Article, Section, court
from gongkai.demo.documents import filler_paragraphs, hearing_sentence, judgment_lines, judgment_title, pick
from gongkai.demo.render import aligned, paragraphs, render, table
from gongkai.demo.site import BASE, NIGHTS, Response, Site, canonical

ID = "xishan"
ROWS = 10
NAV = ["news", "notice", "hearing", "judgment", "withheld", "case", "execution", "law", "team", "recruit", "archive"]
LYING = {"3": "text/html; charset=utf-8", "9": "text/html; charset=ISO-8859-1"}
"""Content-Type of the lists of these classids; their bytes are GBK like all others."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a list: the whole `<TR>`, and the anchor alone for other pages."""

    line: Markup
    anchor: Markup
    shown: str


def build(night: date) -> Site:
    """The site as it stands on that night."""
    return _Builder(night).site()


def _slashed(day: date) -> str:
    return f"{day.year}/{day.month}/{day.day}"


class _Builder:
    def __init__(self, night: date) -> None:
        self.content = court(ID)
        self.night = night
        self.announced = self.content.announced(night)
        self.pages: dict[str, Response] = {}
        self.layout = {
            "court": self.content.court,
            "today": f"{night.year}年{night.month}月{night.day}日 星期{'一二三四五六日'[night.weekday()]}",
            "nav": [{"name": s.name, "url": self.list_url(s)} for s in (self.content.sections[key] for key in NAV)],
            "meta": True,
        }

    def site(self) -> Site:
        listed = [section for section in self.content.sections.values() if section.place.isdigit()]
        for section in listed:
            self.add_section(section)
        self.add_judgments()
        self.add_withheld()
        self.add_hearings()
        self.add_home()
        self.add_plain()
        self.add_files()
        return Site(id=ID, court=self.content.court, night=self.night, pages=self.pages, fallback=self.fallback(listed))

    def asp(self, text: str, content_type: str = "text/html") -> Response:
        return Response(body=text.encode("gbk"), content_type=content_type, validators=False)

    def put(self, address: str, text: str, content_type: str = "text/html") -> None:
        self.pages[canonical(address)] = self.asp(text, content_type)

    def list_url(self, section: Section) -> str:
        return f"/list.asp?classid={section.place}" if section.place.isdigit() else f"/{section.place}.asp"

    def number(self, section: Section, article: Article) -> int:
        return int(section.place) * 100 + article.number

    def row(self, section: Section, article: Article) -> Row:
        """A line in the manner of its section; each leads to its page in another way."""
        number, day, title = self.number(section, article), article.published, article.title
        mark = Markup.escape(title)
        plain = Markup('<A href="{}" target=_blank>{}</A>').format(f"/show.asp?id={number}", title)
        full, short = _slashed(day), f"[{day:%m-%d}]"
        cells = '<TD width=16><IMG src="/images/dot.gif"><TD>{}<TD width=100 align=right>{}'
        match section.key:
            case "news":
                line = f"<TR onclick=\"window.open('/show.asp?id={number}')\">" + cells.format(mark, full)
            case "notice":
                anchor = f'<A HREF="show.asp?classid={section.place}&amp;id={number}">{mark}</A>'
                plain = Markup(anchor)
                line, full = "<TR>" + cells.format(anchor, short), short
            case "case":
                full = f"{day.year}-{day.month}-{day.day}" if article.dated else ""
                line = "<TR>" + cells.format(f"<A href=\"javascript:show('{number}')\">{mark}</A>", full)
            case "execution":
                spot = f'<SPAN style="CURSOR: hand" onclick="location.href=\'/show.asp?id={number}\'">{mark}</SPAN>'
                line = "<TR>" + cells.format(spot, full)
            case "team":
                line, full = "<TR>" + cells.format(f'<A HREF="{BASE}//show.asp?id={number}">{mark}</A>', short), short
            case "recruit":
                line = "<TR>" + cells.format(f"<A HREF='{BASE}/show.asp?id={number}#top' >{mark}</A>", full)
            case _:
                line = "<TR>" + cells.format(f"<A href=/show.asp;jsessionid=8F3A21C07B?id={number}>{mark}</A>", full)
        return Row(line=Markup(line), anchor=plain, shown=full)

    def detail_url(self, section: Section, article: Article) -> str:
        number = self.number(section, article)
        return f"/show.asp?classid=2&id={number}" if section.key == "notice" else f"/show.asp?id={number}"

    def list_page(self, section: Section, page: int) -> str:
        articles = section.on(self.night)
        pages = max(1, -(-len(articles) // ROWS))
        page = max(1, min(page, pages))
        return render(
            "asp_table/list.html",
            name=section.name,
            url=self.list_url(section),
            rows=[self.row(section, article) for article in articles[ROWS * (page - 1) : ROWS * page]],
            total=len(articles),
            page=page,
            pages=pages,
            blank=section.blank,
            **self.layout,
        )

    def latest(self) -> list[Row]:
        section = self.content.sections["execution"]
        return [self.row(section, article) for article in section.on(self.night)[:5]]

    def add_section(self, section: Section) -> None:
        self.put(self.list_url(section), self.list_page(section, 1), LYING.get(section.place, "text/html"))
        for article in section.on(self.night):
            day, n = article.published, article.number
            self.put(
                self.detail_url(section, article),
                self.detail(
                    section,
                    article.title,
                    Markup(article.html) if article.html else paragraphs(filler_paragraphs(article.title)),
                    f"{day.year}-{day.month}-{day.day} {8 + n % 9}:{n * 7 % 60:02}:{n * 13 % 60:02}"
                    if article.dated
                    else "",
                ),
            )

    def detail(self, section: Section, title: str, body: Markup, stamp: str) -> str:
        return render(
            "asp_table/detail.html",
            name=section.name,
            url=self.list_url(section),
            title=title,
            body=body,
            stamp=stamp,
            clicks=60 + pick(title, 400),
            latest=self.latest(),
            **self.layout,
        )

    def judgment_page(self, page: int) -> str:
        there = [(n, case) for n, case in enumerate(self.content.cases) if case.is_there(self.night)]
        cases = sorted(there, key=lambda pair: str(pair[1].published))[::-1]
        pages = -(-len(cases) // ROWS)
        page = max(1, min(page, pages))
        start = ROWS * (page - 1)
        rows = [
            {
                "n": start + i,
                "id": 300 + n,
                "number": case.shown_number,
                "cause": case.cause,
                "decided": _slashed(case.decided),
                "published": _slashed(case.published or case.decided),
            }
            for i, (n, case) in enumerate(cases[start : start + ROWS], 1)
        ]
        name = self.content.sections["judgment"].name
        values = {"name": name, "rows": rows, "page": page, "pages": pages, "total": len(cases)}
        return render("asp_table/judgments.html", **values, **self.layout)

    def add_judgments(self) -> None:
        section = self.content.sections["judgment"]
        self.put("/cpws.asp", self.judgment_page(1))
        for n, case in enumerate(self.content.cases):
            if not case.is_there(self.night):
                continue
            body = aligned(judgment_lines(case, self.content.court), "DIV")
            stamp = _slashed(case.published or case.decided)
            page = self.detail(section, judgment_title(case), body, stamp)
            self.put(
                f"/cpws_show.asp?id={300 + n}", page, "text/html; charset=ISO-8859-1" if n % 5 == 0 else "text/html"
            )

    def add_withheld(self) -> None:
        rows = [
            (str(n), notice.case_number, notice.court, notice.decided, notice.reason, _slashed(notice.published))
            for n, notice in enumerate(reversed(self.content.notices), 1)
        ]
        body = table(("序号", "案号", "审理法院", "裁判日期", "不公开理由", "发布日期"), rows)
        self.plain("/bgk.asp", self.content.sections["withheld"].name, body)

    def hearing_page(self, page: int) -> str:
        size, hearings = 4, [(n, h) for n, h in enumerate(self.content.hearings, 1) if h in self.announced]
        pages = -(-len(hearings) // size)
        page = max(1, min(page, pages))
        rows = [
            {
                "id": n,
                "number": h.case_number,
                "cause": h.cause or "",
                "room": h.room or "",
                "when": f"{_slashed(h.day)} {h.clock}",
                "plaintiff": h.plaintiff or ("示例市人民检察院" if h.is_criminal else ""),
                "defendant": h.defendant or "",
                "published": _slashed(h.published or h.day),
            }
            for n, h in hearings[size * (page - 1) : size * page]
        ]
        values = {"rows": rows, "page": page, "pages": pages, "total": len(hearings), "court": self.content.court}
        return render("asp_table/hearings.html", **values)

    def add_hearings(self) -> None:
        section = self.content.sections["hearing"]
        frame = Markup('<IFRAME src="/ktgg/list.asp" width="100%" height=600 frameBorder=0></IFRAME>')
        self.plain("/ktgg.asp", section.name, frame)
        self.put("/ktgg/list.asp", self.hearing_page(1))
        for n, hearing in enumerate(self.content.hearings, 1):
            if hearing not in self.announced:
                continue
            title = f"{hearing.case_number}开庭公告"
            body = paragraphs([hearing_sentence(hearing, n)])
            stamp = _slashed(hearing.published or hearing.day)
            self.put(f"/ktgg/show.asp?id={n}", self.detail(section, title, body, stamp))

    def plain(self, address: str, name: str, body: Markup) -> None:
        layout = {**self.layout, "meta": not address.startswith("/about")}
        self.put(address, render("asp_table/plain.html", name=name, body=body, **layout))

    def add_home(self) -> None:
        blocks = []
        for key in ("news", "notice", "case", "execution", "team"):
            section = self.content.sections[key]
            rows = [self.row(section, article) for article in section.on(self.night)[:5]]
            blocks.append({"name": section.name, "url": self.list_url(section), "rows": rows})
        self.put("/", render("asp_table/home.html", blocks=blocks, **self.layout))

    def add_plain(self) -> None:
        name = self.content.court
        guide = paragraphs(["起诉应当提交起诉状，并按照被告人数提交副本。", "诉讼费用按照国家规定交纳。"]) + Markup(
            OFF_SCREEN
        )
        self.plain("/about.asp?id=1", "法院简介", paragraphs([f"{name}始建于1979年，现有内设机构十个。"]))
        self.plain(
            "/about.asp?id=2", "机构设置", paragraphs(["立案庭、刑事审判庭、民事审判第一庭、民事审判第二庭、执行局。"])
        )
        self.plain("/about.asp?id=3", "诉讼须知", guide)

    def add_files(self) -> None:
        gbk = quote("通知.doc".encode("gbk"))
        kinds: list[tuple[str, str, bytes]] = [
            ("/css/style.css", "text/css", b"BODY{FONT-SIZE:12px} TD{LINE-HEIGHT:20px}\n"),
            ("/js/menu.js", "application/x-javascript", SCRIPT.encode("gbk")),
            ("/images/banner.gif", "image/gif", files.GIF),
            ("/images/dot.gif", "image/gif", files.GIF + b"\0"),
            ("/images/peixun2.jpg", "image/jpeg", files.JPEG),
            ("/favicon.ico", "image/x-icon", files.GIF),
            (f"/upload/2026/{gbk}", "application/msword", files.doc("领取执行款通知")),
        ]
        sheet = files.xls([["序号", "案号", "金额"], ["1", "（2026）粤9903执41号", "12000"]])
        for encoding in ("utf-8", "gbk"):
            kinds.append((f"/upload/2026/{quote('名单.xls'.encode(encoding))}", "application/vnd.ms-excel", sheet))
        people = [["序号", "姓名", "身份证号码", "手机号码", "金额"], *(list(row) for row in PEOPLE)]
        kinds.append(("/upload/2026/mingdan2.xlsx", "application/octet-stream", files.xlsx({"名单": people})))
        if self.night > NIGHTS[0]:
            kinds.append(("/images/peixun.jpg", "image/jpeg", files.JPEG + b"\0"))
        for address, kind, body in kinds:
            self.pages[canonical(address)] = Response(body=body, content_type=kind)

    def fallback(self, listed: list[Section]) -> Callable[[str, dict[str, str]], Response]:
        by_class = {section.place: section for section in listed}
        text = paragraphs(["对不起，您访问的页面不存在或已被删除！", "请检查地址是否正确，或返回首页重新查找。"])
        soft = self.asp(render("asp_table/plain.html", name="提示信息", body=text, **self.layout))
        found = render("asp_table/plain.html", name="站内搜索", body=paragraphs(["没有找到相关记录。"]), **self.layout)

        def answer(path: str, query: dict[str, str]) -> Response:
            page = int(query["page"]) if re.fullmatch(r"\d{1,6}", query.get("page", "")) else 1
            if path == "/list.asp" and query.get("classid") in by_class:
                section = by_class[query["classid"]]
                return self.asp(self.list_page(section, page), LYING.get(section.place, "text/html"))
            if path == "/cpws.asp":
                return self.asp(self.judgment_page(page))
            if path == "/ktgg/list.asp":
                return self.asp(self.hearing_page(page))
            if path == "/search.asp":
                return self.asp(found)
            if re.search(r"\.(gif|jpg|jpeg|png|ico|css|js|xls|pdf|zip|txt)$", path):
                return Response(body=NOT_FOUND.encode("gbk"), status=404, content_type="text/html")
            return soft

        return answer


# Nobody's: see the head of content/donghu.yml.
PEOPLE = (
    ("1", "张某", "449999190002140017", "19900000001", "8000"),
    ("2", "王某", "449999190206070030", "19900000003", "5600"),
)
OFF_SCREEN = """<DIV style="POSITION: absolute; LEFT: -9999px; TOP: 0px"><A href="http://www.bocai-99999.example/">澳门博彩</A>
<A href="http://www.bocai-99999.example/zhuce.html">娱乐城注册</A></DIV>"""
SCRIPT = """function writeMenu(){ document.write("<a href='/menu/none.asp'>菜单</a>"); }
// 旧版: location.href='/old/default.htm'
"""
NOT_FOUND = "<html><head><title>无法找到该页</title></head><body><h1>HTTP 404 - 无法找到文件</h1></body></html>"
