"""What a command is about: sites by profile id or address, or all that are configured; findings by the beginning of their id."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy.engine import Connection

from gongkai.config import Settings
from gongkai.errors import UserError
from storage import findings
from storage.findings import Finding

if TYPE_CHECKING:
    from crawlers.profile import Profile


def checked_url(text: str) -> str:
    """The address as it was given.

    Raises:
        UserError: It is no address of a web page.
    """
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise UserError(
            f"{text}: 不是网址，应以 http:// 或 https:// 开头",
            f"{text}: not a web address; it should begin with http:// or https://",
        )
    return text


def find(names: Sequence[str], settings: Settings) -> list[Profile]:
    """The profiles of the given ids and addresses; without any, all that are configured.

    Raises:
        UserError: No site is configured, or an address is none.
        ProfileError: There is no such profile, or one is wrong.
    """
    from crawlers.profile import bare_profile, find_profile

    if names:
        folders = settings.profile_folders
        return [bare_profile(checked_url(n)) if "://" in n else find_profile(n, folders) for n in names]
    chosen = configured(settings)
    if not chosen:
        folders_said = ", ".join(str(f) for f in settings.profile_folders)
        raise UserError(
            f"没有可巡查的站点：{folders_said} 中没有配置（可用 gongkai site suggest 网址 生成）",
            f"no site to work on: no profile in {folders_said} (gongkai site suggest URL makes one)",
        )
    return chosen


def configured(settings: Settings) -> list[Profile]:
    """All profiles of the configured folders that `[sites]` does not leave out, by id; the first folder wins."""
    from crawlers.profile import all_profiles, find_profile

    if settings.sites.only:
        ids = [i for i in settings.sites.only if i not in settings.sites.skip]
        return [find_profile(i, settings.profile_folders) for i in ids]
    by_id: dict[str, Profile] = {}
    for folder in settings.profile_folders:
        if folder in settings.profiles and not folder.is_dir():
            raise UserError(f"{folder}: 没有这个配置文件夹", f"{folder}: no such folder of profiles")
        for profile in all_profiles(folder) if folder.is_dir() else []:
            by_id.setdefault(profile.id, profile)
    return [p for i, p in sorted(by_id.items()) if i not in settings.sites.skip]


def load_file(path: Path) -> Profile:
    """The profile in a file.

    Raises:
        ProfileError: It is missing or wrong.
    """
    from crawlers.profile import load_profile

    return load_profile(path)


def finding(connection: Connection, beginning: str, night: date | None = None) -> Finding:
    """The one finding whose id begins so.

    Args:
        night: As it stood on this night; None: on the last one that was audited.

    Raises:
        UserError: There is none, or there are several, or nothing was audited yet.
    """
    on = night or last_night(connection)
    matching = findings.state_at(connection, on, ended=True, beginning=beginning) if beginning else []
    if len(matching) != 1:
        raise UserError(
            f"{beginning}: {'没有这个问题' if not matching else f'有 {len(matching)} 个问题以此开头'}",
            f"{beginning}: {'no such finding' if not matching else f'{len(matching)} findings begin so'}",
        )
    return matching[0]


def last_night(connection: Connection) -> date:
    """The last night that was audited.

    Raises:
        UserError: None was.
    """
    night = findings.last_night(connection)
    if night is None:
        raise UserError("数据库中还没有审计结果", "the database has no audit results yet")
    return night
