"""Does a profile still fit its site? What the last run of it did not fulfil, one line each (`gongkai site check`)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.engine import Connection

from crawlers.profile import Profile
from crawlers.urls import identity, resolve
from storage import runs, store
from storage.records import Section


def check(profile: Profile, connection: Connection) -> list[str]:
    """What the last run did not fulfil; empty if all is well.

    Each section of the profile must have been read completely, with as many rows as it expects, and with dates; the lists
    of its hearing portal completely.
    """
    past = runs.read(connection, site=profile.id)
    if not past:
        return ["还没有抓取记录：先运行 gongkai crawl"]
    last = past[0]
    if last.status == "unreadable":
        return [f"{last.night} 网站无法读取：{last.why}"]
    read = {identity(s.record.url): s.record for s in store.read(connection, Section, site=profile.id, on=last.night)}
    lines = _portal(profile, list(read.values()), last.night)
    for key, section in profile.sections.items():
        url = resolve(profile.home, section.address()) or section.url
        found = read.get(identity(url))
        place = f"sections.{key}（{section.name or section.url}）"
        if found is None:
            lines.append(f"{place}: {last.night} 没有读到这个栏目")
        elif not found.complete:
            lines.append(f"{place}: {found.why}")
        elif section.expect.max is not None and found.items > section.expect.max:
            lines.append(f"{place}: 多于预期（{found.items} > {section.expect.max} 条）")
        elif found.items and found.undated == found.items:
            lines.append(f"{place}: {found.items} 条都没有读到发布日期")
    return lines


def _portal(profile: Profile, sections: list[Section], night: date) -> list[str]:
    if profile.portal is None:
        return []
    lists = [section for section in sections if section.record == "stream"]
    if not lists:
        return [f"portal（{profile.portal.base}）: {night} 没有读到庭审公开平台"]
    return [f"portal: {section.name}: {section.why}" for section in lists if not section.complete]
