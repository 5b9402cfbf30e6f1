"""Room on the disk: a night that cannot be written down is not begun."""

from __future__ import annotations

import shutil
from pathlib import Path

from gongkai.config import Settings
from gongkai.errors import UserError

LEAST = 300 * 1024**2


def folders(settings: Settings) -> tuple[Path, ...]:
    """Where the night writes: the database's folder, if it is a file, and that of the bulletins."""
    found = [settings.out]
    if "://" not in settings.database or settings.database.startswith("sqlite:///"):
        found.append(Path(settings.database.removeprefix("sqlite:///")).parent)
    return tuple(found)


def free_bytes(folder: Path) -> int:
    """What is left there; of a folder that is not made yet, where it will be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def need_room(settings: Settings) -> None:
    """Refuse to begin a night without room for it.

    Raises:
        UserError: There is too little left.
    """
    for folder in folders(settings):
        if free_bytes(folder) < LEAST:
            least = f"{LEAST / 1024**2:.0f} MB"  # not what is left: that moves, and the same line is said once
            raise UserError(
                f"{folder}: 磁盘空间不足，巡查至少需要 {least}",
                f"{folder}: the disk is nearly full, a night needs {least}",
            )
