"""Is this machine ready for the night? Each question is one check with a plain answer."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from gongkai import typefaces
from gongkai.config import VARIABLES, Settings
from gongkai.errors import is_user_mistake, one_line
from gongkai.messages import say
from storage import places
from storage.database import DatabaseError, connect, name_of, reading
from storage.objects import Objects

GOOD, DOUBTFUL, BAD = "good", "doubtful", "bad"
LOW_SPACE = 2 * 1024**3
OTHER_VARIABLES = frozenset({"GONGKAI_LANG", "GONGKAI_CONFIG"})


@dataclass(frozen=True)
class Check:
    """One answer: good, doubtful (works, but something will be missing) or bad."""

    name: str
    state: str
    text: str


def checks(settings: Settings, today: date) -> Iterator[Check]:
    """All checks, one after the other; a check that itself fails is a bad one."""
    yield _python()
    yield _database(settings)
    if settings.storage.pages is not None:
        yield _pages(settings)
    yield _space(settings)
    yield from _profiles(settings)
    yield _browser()
    yield from _fonts(settings)
    yield _calendar(today)
    yield _contact(settings)
    yield from _variables()


def _python() -> Check:
    good = sys.version_info >= (3, 11)
    return Check("Python", GOOD if good else BAD, f"{platform.python_version()}  {sys.executable}")


def _database(settings: Settings) -> Check:
    """Write to it and take the write back; one that is not there yet is not made, only its folder is tried."""
    name = say("数据库", "database")
    if "://" not in settings.database and not Path(settings.database).exists():
        folder = _existing(Path(settings.database).parent)
        if not os.access(folder, os.W_OK | os.X_OK):
            return Check(name, BAD, say(f"{folder}: 文件夹不可写", f"{folder}: the folder cannot be written"))
        return Check(
            name,
            GOOD,
            say(f"{settings.database}：将在首次运行时建立", f"{settings.database}: will be made by the first run"),
        )
    try:
        mode = _written(settings.database)
    except Exception as error:
        if not (is_user_mistake(error) or isinstance(error, sa.exc.SQLAlchemyError)):
            raise
        return Check(name, BAD, one_line(error))
    database = name_of(settings.database)
    if mode not in (None, "wal"):
        zh, en = f"{database}：日志模式 {mode}，应为 wal", f"{database}: journal mode {mode}, should be wal"
        return Check(name, DOUBTFUL, say(zh, en))
    return Check(name, GOOD, say(f"{database}：可写", f"{database}: writable") + (f" ({mode})" if mode else ""))


def _written(database: str) -> str | None:
    """Make a table and roll back; returns SQLite's journal mode."""
    engine = connect(database)
    try:
        with engine.connect() as connection:
            transaction = connection.begin()
            connection.execute(sa.text("CREATE TABLE gongkai_doctor (n INTEGER)"))
            transaction.rollback()
            if engine.dialect.name != "sqlite":
                return None
            return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
    finally:
        engine.dispose()


def _pages(settings: Settings) -> Check:
    """Whether kept pages can be brought to where the settings say. One that no night has used yet is only looked at."""
    name, url = say("留存页面", "kept pages"), str(settings.storage.pages)
    try:
        if (place := _known_place(settings)) is not None:
            place.must_be_ours()
            place.write_mark()
            return Check(name, GOOD, say(f"{url}：可写", f"{url}: writable"))
        if Objects(url, settings.storage.endpoint).read_mark() is not None:
            return Check(name, BAD, say(f"{url}：属于另一个数据库", f"{url}: belongs to another database"))
    except DatabaseError as error:
        return Check(name, BAD, one_line(error))
    return Check(name, GOOD, say(f"{url}：将在首次运行时启用", f"{url}: will be used from the first run on"))


def _known_place(settings: Settings) -> Objects | None:
    if "://" not in settings.database and not Path(settings.database).exists():
        return None
    engine = connect(settings.database)
    try:
        with reading(engine) as connection:
            known = [place.objects for place in places.all_of(connection)]
    finally:
        engine.dispose()
    wanted = places.whole(str(settings.storage.pages)), settings.storage.endpoint
    return next((one for one in known if (one.url, one.endpoint) == wanted), None)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _space(settings: Settings) -> Check:
    folder = Path.cwd() if "://" in settings.database else _existing(Path(settings.database).parent)
    free = shutil.disk_usage(folder).free
    text = say(f"剩余 {free / 1024**3:.1f} GB", f"{free / 1024**3:.1f} GB free")
    return Check(say("磁盘空间", "disk space"), GOOD if free >= LOW_SPACE else DOUBTFUL, text)


def _profiles(settings: Settings) -> Iterator[Check]:
    """Each profile file is read; each faulty one is named."""
    from crawlers.profile import ProfileError, load_profile

    name, good = say("站点配置", "profiles"), 0
    for folder in settings.profile_folders:
        if not folder.is_dir():
            yield Check(name, BAD, say(f"{folder}: 没有这个文件夹", f"{folder}: no such folder"))
            continue
        for path in sorted(folder.glob("*.yml")):
            try:
                load_profile(path)
                good += 1
            except ProfileError as error:
                yield Check(name, BAD, one_line(error))
    yield Check(name, GOOD, say(f"{good} 个有效", f"{good} valid"))


def _browser() -> Check:
    from crawlers.browser_finder import find_browser

    name, found = say("浏览器", "browser"), find_browser()
    if found is None:
        text = say(
            "没有找到；靠脚本生成的页面将记为未读取（可安装 chromium 或 chromium-headless-shell）",
            "none found: pages drawn by scripts will count as not read (install chromium or chromium-headless-shell)",
        )
        return Check(name, DOUBTFUL, text)
    return Check(name, GOOD, str(found))


def _fonts(settings: Settings) -> Iterator[Check]:
    """What the PDF and the pictures are printed with, and each typeface of the standard that has nothing."""
    from reports.fonts import ROLES, find_fonts

    name = say("字体", "fonts")
    found = find_fonts(settings.fonts.chosen, settings.fonts.folders)
    used = "、".join(f"{ROLES[role].standard} {face.family}" for role, face in found.faces.items())
    if found.is_printable:
        yield Check(name, GOOD, used)
    else:
        yield Check(name, DOUBTFUL, typefaces.no_pdf())
    for missing in found.missing:
        yield Check(name, DOUBTFUL, typefaces.of(missing))
    for role, family in found.available.items():
        zh = f'本机装有 {family}（{ROLES[role].standard}），未使用；有权嵌入文件的，可设置 [fonts] {role} = "{family}"'
        en = f'{family} is installed and not used; if you may embed it: [fonts] {role} = "{family}"'
        yield Check(name, GOOD, say(zh, en))


def _calendar(today: date) -> Check:
    """Working days of this year and the next; the next year's are published in autumn."""
    from auditors.calendar import is_provisional

    name = say("节假日数据", "holidays")
    missing = [year for year in (today.year, today.year + 1) if is_provisional(year)]
    if not missing:
        return Check(name, GOOD, f"{today.year}, {today.year + 1}")
    years = ", ".join(map(str, missing))
    text = say(
        f"缺 {years} 年；涉及该年的期限暂按周末推算，不作确定结论（补入 auditors/holidays.yml）",
        f"none for {years}: terms that touch it are provisional and never certain (add them to auditors/holidays.yml)",
    )
    return Check(name, BAD if today.year in missing else DOUBTFUL, text)


def _contact(settings: Settings) -> Check:
    name = say("联系方式", "contact")
    if settings.contact:
        return Check(name, GOOD, settings.contact)
    return Check(
        name, DOUBTFUL, say("未设置 contact：法院无从联系巡查方", "contact is not set: a court has no one to write to")
    )


def _variables() -> Iterator[Check]:
    for variable in sorted(v for v in os.environ if v.startswith("GONGKAI_")):
        if variable not in VARIABLES and variable not in OTHER_VARIABLES:
            yield Check(
                say("环境变量", "environment"),
                DOUBTFUL,
                say(f"{variable}: 没有这个变量", f"{variable}: no such variable"),
            )
