"""A saved page of a section and what is read from it: the proof that a profile works, without a network.

`gongkai site save` writes the page with names and numbers of persons masked; the test suite writes the golden beside it
once, fails that once, and holds to it from then on.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from crawlers.discover import clean_name
from crawlers.html import shape_of
from crawlers.json_list import read_answer
from crawlers.lists import Block
from crawlers.profile import Profile, SectionProfile
from crawlers.select import select_rows
from crawlers.urls import resolve

LARGEST = 100_000
_ROLE = (
    r"(?:原告|被告人?|上诉人|被上诉人|申请人|被申请人|申请执行人|被执行人|第三人|罪犯|当事人|法定代理人|委托(?:诉讼)?代理人|"
    r"审判长|审判员|代理审判员|人民陪审员|法官助理|书记员|承办人|联系人|作者|责任编辑|编辑)"
)
_NAMED = re.compile(
    rf"({_ROLE}(?:（[^）]{{1,12}}）)?\s*[:：]?\s*)([\u4e00-\u9fff]{{2,4}}?)(?=[、，,；;。\s<（(诉与]|一案|犯|$)"
)
_IDENTITY = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dXx](?![\dXx])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def mask(html: str) -> str:
    """The page with names behind a role, identity numbers and mobile numbers masked. Look at it before you commit it."""
    masked = _NAMED.sub(lambda m: f"{m[1]}{m[2][0]}某", html)
    masked = _IDENTITY.sub(lambda m: m[0][:6] + "*" * 12, masked)
    return _MOBILE.sub(lambda m: m[0][:3] + "*" * 8, masked)


def read_sample(html: str, profile: Profile, section: SectionProfile) -> dict[str, Any]:
    """What is read from a list page: its name, rows (title, url, date as written) and where its pager leads; from an
    answer that is JSON its rows as a table."""
    if section.json_list is not None:
        table = read_answer(html, section.json_list).table
        return {"name": section.name, "columns": table.header, "rows": [row.cells for row in table.rows]}
    url = resolve(profile.home, section.url) or section.url
    shape = shape_of(html, url, profile.home)
    pagers = list(shape.pagers)
    block = max(shape.blocks, key=lambda b: (b.dated, len(b.rows)), default=Block("", []))
    if section.rows:
        rows, following = select_rows(html, url, section)
        block, pagers = Block("", rows), [following] if following else pagers
    crumb = next((c for c in map(clean_name, reversed(shape.crumbs)) if c), None)
    return {
        "name": crumb or shape.heading or None,
        "rows": [{"title": r.title, "url": r.url, "date": block.date_of(r)} for r in block.rows],
        "pagers": pagers,
    }


def sample_path(folder: Path, profile: Profile, section: str) -> Path:
    """Where the saved page of a section lies."""
    return folder / profile.id / f"{section}.html"


def save_sample(folder: Path, profile: Profile, section: str, html: str) -> Path:
    """Write a section's page, masked; its old golden, if any, no longer holds and is removed.

    Raises:
        ValueError: The page is larger than 100 KB: save a page with fewer rows.
    """
    text = mask(html)
    if len(text.encode()) > LARGEST:
        raise ValueError(f"页面超过 {LARGEST // 1000} KB，请换一个较小的列表页")
    path = sample_path(folder, profile, section)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.with_suffix(".json").unlink(missing_ok=True)
    return path
