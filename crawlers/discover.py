"""Sections (栏目) of a site that has no profile: found from navigation, 更多 links and list pages, named by their titles.

Reads the shapes of the pages that were kept tonight; decides nothing about the law.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from crawlers.anchors import Link
from crawlers.html import Shape
from crawlers.lists import Block, Row
from crawlers.tables import Table
from crawlers.urls import host_of, identity

_NOT_A_NAME = re.compile(
    r"^(?:首页|网站首页|返回(?:首页|顶部|上一页)?|主页|更多|more|下一页|上一页|尾页|末页|列表|正文|文章(?:列表|内容|正文)?|信息列表|内容|详情|"
    r"登录|注册|退出|设为首页|加入收藏|收藏本站|English|繁体|简体|无障碍|长者模式|打印|关闭|分享|搜索|高级搜索|手机版|移动版|微博|微信|[上下](?:一)?个?[月年周]|今天|本月|\d+)$",
    re.I,
)
_NAME = re.compile(r"^[^\s].{0,18}$")
_CJK = re.compile(r"[\u4e00-\u9fff]")
_BLANK = re.compile(
    r"(?:暂无|尚无|暂未发布|暂时没有|没有(?:相关|任何|找到|检索到|查询到|符合条件)?的?[^，。]{0,8}(?:内容|数据|信息|记录|文章))|暂无|无(?:数据|记录|内容)|"
    r"共\s*0\s*条|(?:正在|栏目)建设|敬请期待|即将(?:开放|上线)|内容(?:更新|整理)中|no data|no records",
    re.I,
)
_NO_SECTION = re.compile(r"登录|登陆|办公|邮箱|后台|管理|注册|信箱|平台|系统|预览")
_GENERIC = re.compile(r"[<>＜＞»›:：|\[\]【】•·]+")
BOILERPLATE = 4  # a block on that many pages is part of the template
LEAST_OWN_TEXT = 40
CONTENT_TEXT = 200
_LISTS = ("pagers", "crumbs", "frames", "dynamic", "scripts", "platforms", "hidden")
_NO_LINKS: list[Link] = []


@dataclass(slots=True)
class PageNote:
    """What of a page's shape is needed to find sections. Blocks are shared between pages that repeat them."""

    url: str
    shape: Shape
    depth: int


@dataclass(slots=True)
class SectionDraft:
    """A section as it was found: its first page, its name, the pages it has, and its rows."""

    url: str
    name: str
    block: Block | None = None
    page: Shape | None = None  # the page that holds the list: the first one, or that in its frame
    kind: str = "list"  # list, blank, content
    blank: str | None = None
    named_by: str = "nav"
    linked: int = 0
    pages: list[str] = field(default_factory=list)
    rows: list[tuple[str, Row]] = field(default_factory=list)  # list page's URL, row
    tables: list[tuple[str, Table]] = field(default_factory=list)  # of answers that are no pages: URL, rows
    why: list[str] = field(default_factory=list)


class Site:
    """The pages of one night: by identity, with what template and navigation they share."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.pages: dict[str, PageNote] = {}
        self.names: dict[str, Counter[str]] = {}  # target → the words that lead to it, outside lists
        self.more: dict[str, str] = {}
        self.row_targets: set[str] = set()
        self.pager_targets: set[str] = set()
        self._blocks: dict[int, Block] = {}
        self._rows: dict[tuple[str, str, str | None], Row] = {}
        self._lists: dict[tuple[str | int, ...], list[str] | list[int]] = {}
        self.block_pages: Counter[int] = Counter()
        self.tonight: dict[str, str] = {}  # identity of every URL asked → its access
        self.moved: dict[str, str] = {}  # identity → identity of where it ended

    def add(self, url: str, shape: Shape, depth: int) -> None:
        """Take in one page; its links are counted and dropped."""
        key = identity(url)
        shared = []
        for block in shape.blocks:
            mark = block.key
            self.block_pages[mark] += 1
            known = self._blocks.get(mark)
            if known is None:
                block.rows = [self._shared_row(row) for row in block.rows]
                known = self._blocks[mark] = block
            shared.append(known)
        rows = {row.url for block in shared for row in block.rows}
        pagers = set(shape.pagers)
        for link in shape.links:
            if link.how in ("a", "area", "onclick") and link.url not in rows and link.url not in pagers and link.text:
                name = clean_name(link.text)
                if name:
                    self.names.setdefault(identity(link.url), Counter())[name] += 1
        for target, heading in shape.more.items():
            name = clean_name(heading)
            if name:
                self.more.setdefault(identity(target), name)
        self.row_targets.update(identity(row.url) for block in shared if block.dated for row in block.rows)
        self.pager_targets.update(identity(p) for p in shape.pagers)
        shape.blocks, shape.links, shape.text = shared, _NO_LINKS, ""
        for name in _LISTS:  # a site's pages have most of these alike, and there may be a hundred thousand of them
            values = getattr(shape, name)
            setattr(shape, name, self._lists.setdefault((name, *values), values))
        self.pages[key] = PageNote(url, shape, depth)

    def _shared_row(self, row: Row) -> Row:
        """Related articles, the newest ones: one row stands on many pages, in lists that are not alike."""
        return row if row.cells else self._rows.setdefault((row.url, row.title, row.date), row)

    def page(self, url: str) -> PageNote | None:
        """The page behind a URL, through its redirect and its alias (meta refresh, script redirect)."""
        key = identity(url)
        for _ in range(4):
            key = self.moved.get(key, key)
            note = self.pages.get(key)
            if note is None or note.shape.alias is None:
                return note
            key = identity(note.shape.alias)
        return None

    def own_blocks(self, note: PageNote) -> list[Block]:
        """A page's lists that are not part of the template."""
        return [b for b in note.shape.blocks if self.block_pages[b.key] < BOILERPLATE]

    def main_block(self, note: PageNote) -> Block | None:
        """The list that a page is about: of its own lists the one with most dated rows, then most rows.

        A section with few items may show in every page's sidebar just what its own list shows: then the two have the
        same targets under different containers, and the one that is rarer is the section's own.
        """
        own = self.own_blocks(note)
        dated = [b for b in own if b.dated]
        return max(dated or own, key=lambda b: (b.dated, len(b.rows)), default=None)


@lru_cache(maxsize=32_768)
def clean_name(text: str) -> str | None:
    """A section's name out of a link's words; None if they are none (首页, 更多, a sentence, a date)."""
    name = _GENERIC.sub("", text).strip(" \u3000-—>»")
    name = re.sub(r"\s+", "", name) if len(_CJK.findall(name)) * 2 > len(name) else name
    if not name or len(name) > 18 or _NOT_A_NAME.match(name) or len(_CJK.findall(name)) < 2:
        return None
    return None if re.search(r"\d{4}[-年/]|[。，！？,]", name) else name


def find_sections(site: Site) -> list[SectionDraft]:
    """The sections of a site without profile, in the order of their URLs' depth."""
    drafts: list[SectionDraft] = []
    for key, names in list(site.names.items()) + [(k, Counter()) for k in site.more if k not in site.names]:
        note = site.page(f"http://{key}" if "://" not in key else key)
        if note is None:
            unread = _unread(site, key, names)
            drafts.extend([unread] if unread is not None else [])
            continue
        # A later page's link back to the first one makes no pager's page of what the menu names.
        passed = site.pager_targets | site.row_targets
        if _is_home(site, note) or (key in passed and not names):
            continue
        draft = _draft(site, note, names, key)
        if draft is not None:
            drafts.append(draft)
    return _without_doubles(drafts)


def _unread(site: Site, key: str, names: Counter[str]) -> SectionDraft | None:
    """A page that the menu names and that could not be read tonight: a section of which nothing is known.

    One that is gone is a dead link, and none that we are not meant to see (login, office) is a section.
    """
    access = site.tonight.get(key)
    if access in (None, "ok", "moved", "gone", "soft_gone", "robots", "private") or sum(names.values()) < 2:
        return None
    if not key.removeprefix("http://").removeprefix("https://").startswith(host_of(site.home)) or not names:
        return None
    name = max(names.items(), key=lambda pair: (pair[1], -len(pair[0])))[0]
    if _NO_SECTION.search(name):
        return None
    url = key if "://" in key else f"{site.home.split('://')[0]}://{key}"
    return SectionDraft(url, name, kind="unread", why=[f"栏目首页无法读取（{access}）"])


def _is_home(site: Site, note: PageNote) -> bool:
    home = site.page(site.home)
    return home is not None and home.url == note.url


def _draft(site: Site, note: PageNote, names: Counter[str], key: str) -> SectionDraft | None:
    holder = note
    block = site.main_block(note)
    if block is None:
        for frame in note.shape.frames:
            inner = site.page(frame)
            if inner is not None and site.main_block(inner) is not None:
                holder, block = inner, site.main_block(inner)
                break
    name, by = _name(site, note, names, key)
    if name is None:
        return None
    draft = SectionDraft(note.url, name, block, holder.shape, named_by=by, linked=sum(names.values()))
    if block is not None:
        if key in site.row_targets and not block.dated:
            return None  # an article with some links in it
        if _is_channel(site, note, block):
            return None
        if not block.dated and note.shape.text_length > 4 * sum(len(r.title) for r in block.rows) + CONTENT_TEXT:
            return None
        return draft
    if key in site.row_targets or note.shape.inputs >= 3:
        return None
    draft.kind = "content"
    return draft


def _is_channel(site: Site, note: PageNote, block: Block) -> bool:
    """A page that only gathers several sections, each with its own 更多."""
    own = [b for b in site.own_blocks(note) if b.dated or len(b.rows) > 2]
    leads = {identity(t) for t in note.shape.more} - {identity(note.url)}
    home = site.page(site.home)
    if home is not None:
        leads -= {identity(t) for t in home.shape.more} if len(home.shape.more) > 3 and len(own) < 2 else set()
    return len(own) >= 2 and len(leads) >= 2 and not note.shape.pagers and len(block.rows) <= 10


def _name(site: Site, note: PageNote, names: Counter[str], key: str) -> tuple[str | None, str]:
    """Its own title first: the breadcrumb's end, if the navigation knows it too; then the navigation's word."""
    crumbs = [c for c in (clean_name(c) for c in note.shape.crumbs) if c]
    if crumbs and (crumbs[-1] in names or not names):
        return crumbs[-1], "crumb"
    if names:
        best = max(names.items(), key=lambda pair: (pair[1], -len(pair[0])))
        return best[0], "nav"
    if key in site.more:
        return site.more[key], "more"
    heading = clean_name(note.shape.heading) or clean_name(re.split(r"[-_—|]", note.shape.title)[0])
    return (crumbs[-1], "crumb") if crumbs else (heading, "heading")


def _without_doubles(drafts: list[SectionDraft]) -> list[SectionDraft]:
    """One section for one list, under the address that is linked most."""
    kept: dict[tuple[str, ...], SectionDraft] = {}
    for draft in sorted(drafts, key=lambda d: (-d.linked, len(d.url), d.url)):
        if draft.block is not None:
            mark: tuple[str, ...] = tuple(row.url for row in draft.block.rows)
        else:
            mark = (identity(draft.url),)
        kept.setdefault(mark, draft)
    return sorted(kept.values(), key=lambda d: d.url)


def read_pages(site: Site, draft: SectionDraft, most: int = 500) -> None:
    """Follow a section's paging through the pages that were kept; what is missing makes it incomplete."""
    assert draft.page is not None
    path = draft.block.path if draft.block is not None else ""
    first = draft.page.url
    waiting, seen, lists = [first], {identity(first), identity(draft.url)}, set()
    following: set[str] = set()
    hollow: list[str] = []
    while waiting:
        url = waiting.pop(0)
        if len(draft.pages) >= most:
            draft.why.append(f"翻页超过 {most} 页，未读完")
            break
        note = site.page(url)
        if note is None:
            why = unread_page(site, url, draft.pages, is_next=url in following)
            draft.why.extend([why] if why else [])
            continue
        if note.shape.next_page:
            following.add(note.shape.next_page)
        block = _same_list(site, note, path)
        if block is None and url != first:
            hollow.append(url)
            continue  # past the last page: an empty list
        mark = tuple(row.url for row in block.rows) if block is not None else ()
        if mark in lists:
            continue  # past the last page: the last page again
        lists.add(mark)
        draft.pages.append(url)
        draft.rows.extend((note.url, row) for row in (block.rows if block is not None else ()))
        if note.shape.unread_pager:
            draft.why.append("翻页依赖脚本或表单，后续页未读")
        if note.shape.unread_links >= 3:
            draft.why.append(f"列表中有 {note.shape.unread_links} 个链接依赖脚本，未能识别")
        for pager in note.shape.pagers:
            key = identity(pager)
            if key not in seen:
                seen.add(key)
                waiting.append(pager)
    draft.why.extend(hollow_pages(hollow, draft.pages))
    total = draft.page.total_pages
    if total is not None and total > len(draft.pages) and len(draft.pages) > 0:
        draft.why.append(f"列表标明共 {total} 页，只读到 {len(draft.pages)} 页")


def _same_list(site: Site, note: PageNote, path: str) -> Block | None:
    """The block on another page of the same list: under the same container, template or not."""
    for block in note.shape.blocks:
        if block.path == path and site.block_pages[block.key] < BOILERPLATE * 2:
            return block
    return site.main_block(note)


def unread_page(site: Site, url: str, pages: list[str], *, is_next: bool) -> str | None:
    """Why a further page of a list counts as not read; None: it is one past the end.

    Args:
        url: a page that the list's pager names, and that gave no page tonight.
        pages: those of the list that were read.
        is_next: a page that was read calls it its next one.
    """
    access = site.tonight.get(identity(url))
    if access in ("gone", "soft_gone", "empty") and not is_next and _number(url) > max(map(_number, pages), default=0):
        return None  # the pager counts one page too many at its end
    if access is None:
        return "部分列表页未读"
    return None if access in ("ok", "moved") else f"列表页无法读取（{access}）：{url}"


def hollow_pages(hollow: list[str], pages: list[str]) -> list[str]:
    """Why a list counts as not read: an empty page that others follow is not past its end."""
    last = max(map(_number, pages), default=0)
    return [f"列表页没有内容：{url}" for url in hollow if 0 < _number(url) < last]


def _number(url: str) -> int:
    """The page number in an address: its last number."""
    found = re.findall(r"\d+", url.split("://", 1)[-1].partition("/")[2])
    return int(found[-1]) if found and len(found[-1]) < 6 else 0


def blank_words(own_text: str) -> str | None:
    """What an empty section shows: its own text if it says that there is nothing, "" if there is no text; else None."""
    text = re.sub(r"\s+", " ", own_text).strip()
    said = _BLANK.search(text)
    if said is not None and len(text) < 160:
        return text[said.start() :][:40]
    return text[:30] if len(_CJK.findall(text)) < 8 and len(text) < LEAST_OWN_TEXT else None


def is_gathering(site: Site, draft: SectionDraft, others: list[SectionDraft]) -> bool:
    """Does a list only repeat rows of other sections (a channel's page above them)?"""
    if draft.kind != "list" or not draft.rows or len(draft.pages) > 1:
        return False
    below = draft.url.split("?")[0].rsplit("/", 1)[0] + "/"
    mine = {identity(row.url) for _, row in draft.rows}
    theirs: set[str] = set()
    for other in others:
        if other is not draft and other.kind == "list" and (len(other.rows) > len(mine) or other.url.startswith(below)):
            theirs.update(identity(row.url) for _, row in other.rows)
    return len(mine - theirs) * 5 <= len(mine)
