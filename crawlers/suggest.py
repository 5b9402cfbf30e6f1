"""What a crawl discovered, written as a profile to edit (`gongkai site suggest`)."""

from __future__ import annotations

import re
from datetime import date
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from sqlalchemy.engine import Connection

from crawlers.titles import cadence_of
from storage import runs, store
from storage.records import Cadence, Section

_LEVELS = (("最高人民法院", "supreme"), ("高级人民法院", "high"), ("中级人民法院", "intermediate"))
_SPECIAL = re.compile(r"互联网法院|海事法院|铁路|知识产权法院|金融法院|军事法院|林区|油田")


def suggest(connection: Connection, site: str) -> str:
    """A profile of a site as YAML text: court, home, platform, and each section that its last run found.

    Raises:
        LookupError: The site was never read.
    """
    known = next((s for s in runs.all_sites(connection) if s.id == site), None)
    past = [r for r in runs.read(connection, site=site) if r.status in ("complete", "incomplete")]
    if known is None or not past:
        raise LookupError(f"{site}: 没有已完成的抓取记录")
    night = past[0].night
    sections = [s.record for s in store.read(connection, Section, site=site, on=night)]
    document = CommentedMap()
    document["id"] = re.sub(r"\W+", "_", site).strip("_").lower()
    document["court"] = known.court
    level = level_of(known.court)
    if level is not None:
        document["level"] = level
    document["home"] = known.home
    if known.platform is not None:
        document["platform"] = known.platform
    listed = CommentedMap()
    for number, section in enumerate(sorted(sections, key=lambda s: s.url), start=1):
        key = f"section_{number:02d}"
        listed[key] = _section(section, known.home)
        listed.yaml_set_comment_before_after_key(key, before=_remark(section, night), indent=2)
    if listed:
        document["sections"] = listed
    document.yaml_set_start_comment(
        f"{known.court} 的站点配置草稿：{night} 自动发现，请核对后改名保存（id 须与文件名相同）。\n"
        "核对：栏目名称；cadence（更新类别）；department（责任部门）；expect.min（少于此数即视为未读全）。"
    )
    stream = StringIO()
    writer = YAML()
    writer.width = 200
    writer.dump(document, stream)
    return stream.getvalue()


def level_of(court: str) -> str | None:
    """The level of a court by its name, None if the name does not say."""
    if _SPECIAL.search(court):
        return "special"
    return next((level for words, level in _LEVELS if words in court), "basic" if court.endswith("人民法院") else None)


def _section(section: Section, home: str) -> CommentedMap:
    found = CommentedMap()
    found["name"] = section.name
    root = home.split("/", 3)
    base = "/".join(root[:3])
    found["url"] = section.url.removeprefix(base) or "/"
    if section.record != "item":
        found["record"] = section.record
    found["cadence"] = section.cadence.value
    expect = _expectation(section)
    if expect:
        found["expect"] = {"min": expect}
    return found


def _expectation(section: Section) -> int:
    """Half of what was there: a list that shows less was not read, or was emptied, and both are worth a look."""
    return section.items // 2 if section.complete and section.cadence is not Cadence.STATIC else 0


def _remark(section: Section, night: date) -> str:
    newest = f"最新 {section.newest}（据{_SOURCES[section.newest_source.value]}）" if section.newest else "无日期"
    doubt = "；类别按标题推定" if section.cadence is cadence_of(section.name) else ""
    unread = f"；{night} 未读全：{section.why}" if section.why else ""
    return f"{section.items} 条，{section.pages} 页，{newest}{doubt}{unread}"


_SOURCES = {
    "meta": "页面元数据",
    "label": "页面发布时间",
    "list": "列表日期",
    "url": "网址日期",
    "first_seen": "首次发现",
    "none": "无",
}
