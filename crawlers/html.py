"""One HTML page → its shape: links, lists, pagers, dates, and what no reader can see. Pure; runs on every page.

The fast parser (lexbor) is used here; records are read from dirty markup with Beautiful Soup, in `readers/`.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers import personal
from crawlers.anchors import MORE, Heard, Link, clean, read_clicks
from crawlers.dates import find_dates, publication_label
from crawlers.lists import Anchor, Block
from crawlers.markup import tags_in
from crawlers.page_kinds import Opening, may_open, opening_of
from crawlers.personal.prefilter import may_show, quick_text, signs_of
from crawlers.scripts import functions_in, numbered_pages, redirect_stub
from crawlers.urls import host_of, resolve
from storage.records import LinkKind

# Of what is extracted: raised when stored extracts must be made again; and of the detector whose signs stand in it.
VERSION = 6_000 + personal.VERSION

_HEADING = "h1, .b_title, .detail_bigtitle, .article-title, .title h2, h2.title, .arti_title, h4.sswy_article_h4, #contentTitle"
_LEAST_HEADING = 6
_LINKED_DATA = re.compile(r"\"datePublished\"\s*:\s*\"([^\"]{8,40})\"")
_META_DATE = frozenset(
    {"pubdate", "publishdate", "publish_date", "publishtime", "pubtime", "article:published_time", "contentpubdate"}
)
_NEXT_WORD = re.compile(r"下一页|下页|后一?页|next|^[>»›]+$", re.I)
_TOTAL_PAGES = re.compile(
    r"共(?:有|计)?\s*(\d{1,5})\s*页|页次\s*[:：]?\s*\d{1,5}\s*/\s*(\d{1,5})|第\s*\d{1,5}\s*/\s*(\d{1,5})\s*页"
)
_CRUMBS = re.compile(
    r"(?:(?:当前|所在|您的|你的|您|现在)(?:的|所在|所处|现在的)*位置|当前所在|当前栏目)(.{0,1500}?)(?:</div>|</p>|</td>|</ul>|</h\d>|</nav>|</section>)",
    re.S,
)
_TAG = re.compile(r"<[^>]*>")
_CASE_NUMBER = re.compile(r"\d{4}\s?[）)〕\]][^\n号]{2,24}号")
_DIGITS = re.compile(r"\d+")
_UNSEEN = ("script", "style", "noscript", "template")
_INPUTS = frozenset({"input", "textarea", "select"})
# By the name in the markup, the selector of what loads something. `<image>` is read as `<img>`.
_ASSETS = (
    ("img", "img"),
    ("image", "img"),
    ("iframe", "iframe"),
    ("frame", "frame"),
    ("link", "link[href]"),
    ("script", "script[src]"),
    ("source", "source"),
    ("video", "video"),
    ("audio", "audio"),
    ("embed", "embed"),
    ("input", "input[src]"),
)
_CRUMB_WORDS = ("位置", "当前所在", "当前栏目")
_BEFORE_CRUMBS = frozenset("当前所在您你的现处")
_CRUMB_SEPARATOR = re.compile(r"&gt;|&raquo;|[>＞»›→]|\s/\s|::|—>")
_DYNAMIC = re.compile(
    r"\bfetch\s*\(|XMLHttpRequest|\$\s*\.\s*(?:ajax|get|post|getJSON)\b|axios|\.innerHTML\s*[+=]|\.append(?:Child)?\s*\(|"
    r"document\s*\.\s*write|new\s+Vue|createApp|ReactDOM|\.load\s*\(",
    re.I,
)
_APP_ROOT = re.compile(r"<div[^>]+id=[\"']?(?:app|root|__nuxt|__next)[\"'\s>]", re.I)
_PLATFORMS = {
    "wenshu.court.gov.cn": "wenshu.court.gov.cn",
    "tingshen.court.gov.cn": "tingshen.court.gov.cn",
    "splcgk.court.gov.cn": "splcgk.court.gov.cn",
    "zxgk.court.gov.cn": "zxgk.court.gov.cn",
    "shixin.court.gov.cn": "zxgk.court.gov.cn",
}
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|font-size\s*:\s*[01](?:px|pt|em|%)?\s*(?:;|$)|"
    r"(?:left|top|right|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}|"
    r"(?:(?:^|;|\s)(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$))",
    re.I,
)
_COUNTER = re.compile(r"cnzz\.com|51\.la|51yes|baidu\.com$|umeng|conac\.cn|beian|apps\.apple\.com")
_STYLE_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_GAMBLING = re.compile(
    r"博彩|赌博|赌场|彩票|时时彩|六合彩|娱乐城|棋牌|百家乐|老虎机|真人|成人|色情|私服|代孕|办证|发票|casino|poker|bet\d|slot",
    re.I,
)
_PINYIN = re.compile(r"[\u4e00-\u9fff][(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}[)）]")
_PAGE_DATA = re.compile(
    r"[\s\d:：|/\[\]()（）—-]*(?:(?:来\s*源|作\s*者|发\s*布|日\s*期|时\s*间|编\s*辑|浏\s*览|点\s*击|字\s*号)[^。，；]{0,24})*"
)


@dataclass(slots=True)
class Shape:
    """What a page is made of. `links` in document order, each target once."""

    url: str
    title: str = ""
    heading: str = ""
    encoding: str = "utf-8"
    links: list[Link] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    pagers: list[str] = field(default_factory=list)
    next_page: str | None = None
    unread_pager: bool = False  # a pager that only a form or a foreign script can turn
    total_pages: int | None = None
    more: dict[str, str] = field(default_factory=dict)  # URL behind 更多 → the heading of its block
    crumbs: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    alias: str | None = None  # meta refresh or script redirect: the page is another one
    meta_date: str | None = None
    label_date: str | None = None  # ISO date behind 发布时间 or right below the heading
    label_raw: str | None = None
    unread_links: int = 0  # long-worded links whose script we cannot follow
    text: str = ""
    text_length: int = 0  # of text outside links
    said: int = 0  # checksum of the text without its digits; 0: there is none
    numbers: int = 0  # checksum of the case numbers in the text; 0: there are none
    dynamic: list[int] = field(default_factory=list)  # checksums of inline scripts that fill pages
    app: bool = False
    inputs: int = 0
    images: int = 0
    scripts: list[str] = field(default_factory=list)
    platforms: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    hidden_how: str | None = None
    link_farm: str | None = None
    pinyin: str | None = None
    signs: list[int] | None = None  # of personal data: `prefilter.signs_of`; None: it was not looked for
    serves: bool = False  # its first lines serve something on somebody (公告送达)
    announces: bool = False  # its first lines announce a hearing


def shape_of(html: str, url: str, home: str, encoding: str = "utf-8") -> Shape:
    """Everything about a page that needs no selector and no knowledge of its site.

    Args:
        html: The decoded page.
        url: Its address, absolute.
        home: The site's home: what has another host is foreign.
        encoding: For the query strings of its links.
    """
    tree = LexborHTMLParser(html)
    tags = tags_in(html)  # what is not written is not looked for in the tree
    shape = Shape(url=url, encoding=encoding)
    base = url
    base_node = tree.css_first("base[href]") if "base" in tags else None
    if base_node is not None:
        base = resolve(url, base_node.attributes.get("href") or "", encoding) or url
    written = [n.text() or "" for n in tree.css("script:not([src])")] if "script" in tags else []
    inline = "\n".join(written)
    functions = functions_in(inline) if inline else {}
    shape.dynamic = [zlib.crc32(script.encode()) for script in written if _DYNAMIC.search(script)]
    shape.app = bool(_APP_ROOT.search(html))
    _meta(tree, shape, base, encoding)
    if shape.meta_date is None and (stated := _LINKED_DATA.search(html)):
        shape.meta_date = stated[1]
    clicks = read_clicks(tree, base, home, encoding, functions)
    heard = clicks.heard
    shape.unread_links = clicks.unread
    _links(tree, shape, heard.links, base, encoding, tags, in_styles="url(" in html)
    styles = "".join(n.text() or "" for n in tree.css("style")) if "style" in tags else ""
    if unseen := [tag for tag in _UNSEEN if tag in tags]:
        tree.strip_tags(unseen)
    body = tree.body
    lines = body.text(separator="\n") if body is not None else ""
    shape.text = " ".join(lines.split())
    shape.text_length = len(shape.text) - heard.length
    _checksums(shape)
    shape.heading = _heading(tree, shape.title)
    _label(shape, lines)
    shape.inputs = len(tree.css("input:not([type=hidden]), textarea, select")) if tags & _INPUTS else 0
    shape.blocks = clicks.blocks(home)
    _headings_of_more(heard.more, shape)
    _pagers(heard, shape, base, encoding, inline)
    total = _TOTAL_PAGES.search(shape.text) if "页" in shape.text else None
    shape.total_pages = int(total[1] or total[2] or total[3]) if total else None
    shape.crumbs = _crumbs(html)
    _foreign(heard.foreign, shape, styles)
    if not clicks.count and inline and shape.text_length < 200 and shape.alias is None:
        stub = redirect_stub(inline)
        shape.alias = resolve(base, stub, encoding) if stub else None
        if shape.alias:
            shape.links.append(Link(shape.alias, LinkKind.PAGE, "", "script"))
    _signs(tree, html, shape)
    return shape


def _checksums(shape: Shape) -> None:
    """What tells two pages' texts apart; unlike the text, it is kept with the shape."""
    if shape.text:
        shape.said = zlib.crc32(_DIGITS.sub("", shape.text).encode("utf-8", "replace")) or 1
    found = _CASE_NUMBER.findall(shape.text) if "号" in shape.text else ()
    if found:
        shape.numbers = zlib.crc32("\n".join(found).encode("utf-8", "replace")) or 1


def _signs(tree: LexborHTMLParser, html: str, shape: Shape) -> None:
    """Whether the page is worth reading for personal data, and what its first lines say."""
    root = tree.root
    whole = root.text(separator="") if root is not None else ""
    opens = may_open(whole)
    quick = quick_text(html) if opens or may_show(whole) else ""
    shape.signs = signs_of(quick) if quick else []
    shape.serves, shape.announces = opening_of(quick) if opens else Opening()


def _heading(tree: LexborHTMLParser, title: str) -> str:
    """The article's own title: where known systems print it, else a heading that the page's title begins with."""
    known = tree.css_first(_HEADING)
    if known is not None:
        return clean(known.text(separator=" "))
    others = (clean(node.text(separator=" ")) for node in tree.css("h2, h3, h4, .title"))
    return next((text for text in others if len(text) >= _LEAST_HEADING and title.startswith(text)), "")


def _label(shape: Shape, lines: str) -> None:
    """The printed publication date: behind its label, else the first date right below the article's heading."""
    found = publication_label(lines)
    if found is None and shape.heading:
        at = re.search(r"\s+".join(map(re.escape, shape.heading.split())), lines)
        window = lines[at.end() : at.end() + 160] if at else ""
        dates = find_dates(window)
        if dates and dates[0].has_year and _PAGE_DATA.fullmatch(window[: dates[0].start]):
            found = dates[0]
    if found is not None and found.has_year:
        shape.label_date, shape.label_raw = found.value.isoformat(), found.raw


def _meta(tree: LexborHTMLParser, shape: Shape, base: str, encoding: str) -> None:
    title = tree.css_first("title")
    shape.title = clean(title.text()) if title is not None else ""
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").strip().lower()
        if name in _META_DATE and not shape.meta_date:
            shape.meta_date = (attributes.get("content") or "").strip() or None
        elif (attributes.get("http-equiv") or "").lower() == "refresh":
            found = re.search(r"^\s*(\d+)?[\s;,]*url\s*=\s*['\"]?([^'\"]+)", attributes.get("content") or "", re.I)
            target = resolve(base, found[2], encoding) if found else None
            if target:
                shape.links.append(Link(target, LinkKind.PAGE, "", "meta"))
                if int(found[1] or 0) <= 10 if found else False:
                    shape.alias = target


def _links(
    tree: LexborHTMLParser,
    shape: Shape,
    clicked: list[Link],
    base: str,
    encoding: str,
    tags: set[str],
    *,
    in_styles: bool,
) -> None:
    """All links of the page into `shape.links`, each target once: those that a reader can click, then what it loads."""
    seen = {link.url for link in shape.links}
    links = shape.links
    for link in clicked:
        if link.url not in seen:
            seen.add(link.url)
            links.append(link)

    def absolute(href: str) -> str | None:
        return resolve(base, href, encoding)

    def add(url: str | None, kind: LinkKind, text: str, how: str) -> None:
        if url is not None and url not in seen:
            seen.add(url)
            links.append(Link(url, kind, text[:60], how))

    if wanted := ", ".join([selector for tag, selector in _ASSETS if tag in tags]):
        for node in tree.css(wanted):
            _asset(node, shape, absolute, add)
    for node in tree.css("[style*='url(']") if in_styles else ():
        for href in re.findall(r"url\(\s*['\"]?([^'\")]+)", node.attributes.get("style") or ""):
            add(absolute(href), LinkKind.IMAGE, "", "style")


def _asset(node: LexborNode, shape: Shape, absolute: Any, add: Any) -> None:
    attributes, tag = node.attributes, node.tag
    if tag in ("img", "input"):
        shape.images += 1
        source = attributes.get("src") or ""
        if source and not source.startswith("data:"):
            add(absolute(source), LinkKind.IMAGE, clean(attributes.get("alt")), "src")
        for candidate in (attributes.get("srcset") or "").split(","):
            if candidate.strip():
                add(absolute(candidate.split()[0]), LinkKind.IMAGE, "", "srcset")
    elif tag in ("iframe", "frame"):
        target = absolute(attributes.get("src") or "")
        if target is not None:
            shape.frames.append(target)
            add(target, LinkKind.FRAME, "", "frame")
    elif tag == "script":
        target = absolute(attributes.get("src") or "")
        if target is not None:
            shape.scripts.append(target)
            add(target, LinkKind.SCRIPT, "", "src")
    elif tag == "link":
        relation = (attributes.get("rel") or "").lower()
        if "stylesheet" in relation:
            add(absolute(attributes.get("href") or ""), LinkKind.STYLE, "", "href")
        elif "icon" in relation:
            add(absolute(attributes.get("href") or ""), LinkKind.IMAGE, "", "href")
    else:
        add(absolute(attributes.get("src") or ""), LinkKind.MEDIA, "", "src")


def _headings_of_more(anchors: list[Anchor], shape: Shape) -> None:
    """A block's 更多 names the section that it leads to: by the block's heading."""
    for anchor in anchors:
        node = anchor.node.parent
        for _ in range(4):
            if node is None or node.tag in ("body", "html"):
                break
            words = [w for w in clean(node.text(separator="\n", strip=True)).replace("\n", " ").split(" ") if w]
            names = [w for w in words[:6] if not MORE.match(w) and 2 <= len(w) <= 16]
            if names:
                shape.more.setdefault(anchor.url or "", names[0])
                break
            node = node.parent


def _pagers(heard: Heard, shape: Shape, base: str, encoding: str, inline: str) -> None:
    here = shape.url.split("#")[0]
    words = [a for a in heard.pagers if not (a.text.strip() == "首页" and len(heard.pagers) < 2)]
    numbers = heard.numbers
    pager_words = [a for a in words if a.text.strip() != "首页"]
    candidates = pager_words + (numbers if pager_words or len(numbers) > 1 else [])
    directory = here.split("?")[0].rsplit("/", 1)[0]
    for anchor in candidates:
        if anchor.url is None:
            raw = (anchor.node.attributes.get("href") or "") + (anchor.node.attributes.get("onclick") or "")
            turns = re.search(r"\(", raw) and not re.search(r"void|history|\bprint", raw)
            shape.unread_pager = shape.unread_pager or bool(turns and _NEXT_WORD.search(anchor.text))
            continue
        same_place = anchor.url.split("?")[0].startswith(directory) or host_of(anchor.url) == host_of(here)
        if anchor.url != here and same_place and anchor.url not in shape.pagers:
            shape.pagers.append(anchor.url)
        if _NEXT_WORD.search(anchor.text) and shape.next_page is None and anchor.url != here:
            shape.next_page = anchor.url
    known = {link.url for link in shape.links}
    for name in numbered_pages(inline) if "createPageHTML" in inline else ():
        target = resolve(base, name, encoding)
        if target is not None and target != here:
            if target not in shape.pagers:
                shape.pagers.append(target)
            if target not in known:
                shape.links.append(Link(target, LinkKind.PAGE, "", "pager"))
    if shape.next_page:
        shape.unread_pager = False


def _crumbs(html: str) -> list[str]:
    found = _CRUMBS.search(html, _before_crumbs(html))
    if found is None:
        return []
    text = _CRUMB_SEPARATOR.sub("\x00", _TAG.sub("", found[1].replace("&gt;", "\x00").replace("&nbsp;", " ")))
    parts = [p.strip(" \t\r\n:：[]【】　") for p in text.split("\x00")]
    return [p for p in parts if 0 < len(p) <= 40][:8]


def _before_crumbs(html: str) -> int:
    """A place before the first words that crumbs can begin with: to find words is quicker than to search."""
    first = min([at for words in _CRUMB_WORDS if (at := html.find(words)) >= 0], default=len(html))
    while first > 0 and html[first - 1] in _BEFORE_CRUMBS:
        first -= 1
    return first


def _foreign(anchors: list[Anchor], shape: Shape, styles: str) -> None:
    """National platforms that are linked, links that nobody can see, lists of unrelated links, injected pinyin."""
    hidden_classes = _hiding_selectors(styles)
    outside: list[Anchor] = []
    for anchor in anchors:
        host = host_of(anchor.url or "://").split(":")[0]
        if host in _PLATFORMS and _PLATFORMS[host] not in shape.platforms:
            shape.platforms.append(_PLATFORMS[host])
        if _COUNTER.search(host):
            continue
        if not host.endswith((".gov.cn", ".gov", "gov.cn", ".chinacourt.org", "chinacourt.org")):
            outside.append(anchor)
    for anchor in outside:
        how = _why_hidden(anchor, hidden_classes)
        if how is None:
            continue
        if anchor.url is not None and anchor.url not in shape.hidden:
            shape.hidden.append(anchor.url)
        shape.hidden_how = shape.hidden_how or how
    farm = [a for a in outside if a.text and 1 < len(a.text) <= 8]
    if len(farm) >= 20 and len({host_of(a.url or "://") for a in farm}) * 2 > len(farm):
        joined = "| ".join(a.text for a in farm[:12])
        if joined[:20] in shape.text.replace(" |", "|"):
            shape.link_farm = joined
    brackets = shape.text.count("(") + shape.text.count("（")
    pinyin = _PINYIN.findall(shape.text) if brackets >= 5 else []
    if len(pinyin) >= 5:
        shape.pinyin = "".join(pinyin[:6])


def _hiding_selectors(styles: str) -> set[str]:
    names: set[str] = set()
    for selectors, rules in _STYLE_RULE.findall(styles):
        if _HIDING.search(rules):
            names.update(re.findall(r"([.#][\w-]+)\s*(?:,|$)", selectors.strip()))
    return names


def _tiny(attributes: Mapping[str, str | None]) -> re.Match[str] | None:
    """A frame of one pixel (`<marquee width=1 height=1>`), as a match of what it says."""
    said = f"width={attributes.get('width')} height={attributes.get('height')}"
    return re.search(r"width=[0-2](?:px)? height=[0-2](?:px)?$", said)


def _why_hidden(anchor: Anchor, hidden: set[str]) -> str | None:
    """How a foreign link is kept from readers, or None. A menu or tab that opens on a click hides nothing."""
    node: LexborNode | None = anchor.node
    for _ in range(8):
        if node is None or node.tag in ("body", "html"):
            return None
        attributes = node.attributes
        style = attributes.get("style") or ""
        found = _HIDING.search(style) or _tiny(attributes)
        names = {f".{c}" for c in (attributes.get("class") or "").split()} | {f"#{attributes.get('id')}"}
        how = found[0].strip(" ;") if found else next((f"class {n}" for n in names & hidden), None)
        if how is not None:
            words = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
            lexicon = _GAMBLING.search(node.text() or "") or _GAMBLING.search(anchor.url or "")
            if lexicon:
                return f"{how}；{lexicon[0]}"
            opens = node.tag in ("nav", "select") or re.search(
                r"nav|mobile|wap|phone|menu|tab|drop|sub|select|friend|link|layer|pop|dialog|qr|slide", words
            )
            return None if opens and "display" in how else how
        node = node.parent
    return None
