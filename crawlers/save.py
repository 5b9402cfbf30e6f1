"""Fetch one page for the test suite (`gongkai site save`): as politely as a crawl, masked before it is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from crawlers.encoding import decode
from crawlers.profile import Profile
from crawlers.run import run_site
from crawlers.sample import save_sample
from crawlers.task import CrawlTask
from crawlers.urls import identity, resolve
from storage import pages
from storage.database import connect, reading
from storage.runs import access_history


def save_page(profile: Profile, url: str, folder: Path, night: date, *, allow_private: bool = False) -> Path:
    """Save the list page of one of the profile's sections; its path.

    Raises:
        LookupError: `url` is no section of the profile, or could not be read: one line says why.
        ValueError: The page is too large to be committed.
    """
    target = resolve(profile.home, url) or url
    section = next(
        (
            key
            for key, s in profile.sections.items()
            if key == url or identity(resolve(profile.home, s.url) or "http://x/") == identity(target)
        ),
        None,
    )
    if section is None:
        known = "、".join(profile.sections) or "（没有栏目）"
        raise LookupError(f"{profile.id}: {url} 不是配置中的栏目；可用：{known}")
    address = resolve(profile.home, profile.sections[section].url) or target
    alone = profile.model_copy(update={"home": address, "sections": {}})
    with TemporaryDirectory(prefix="gongkai-") as work:
        database = str(Path(work) / "save.db")
        run = run_site(
            CrawlTask(database=database, night=night, profile=alone, allow_private=allow_private, max_pages=1)
        )
        engine = connect(database)
        with reading(engine) as connection:
            seen = access_history(connection, profile.id, [address], night).get(address, [])
            body = pages.body(connection, seen[-1]["sha256"]) if seen and seen[-1]["sha256"] else None
        engine.dispose()
    if body is None or run.status == "unreadable":
        raise LookupError(f"{address}: 页面无法读取（{run.why or (seen[-1]['access'] if seen else '未读')}）")
    return save_sample(folder, profile, section, decode(body)[0])
