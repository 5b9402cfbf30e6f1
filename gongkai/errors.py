"""What can go wrong, and the exit code that says so."""

from __future__ import annotations

import errno
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

from gongkai import clock
from gongkai.messages import language, say

OK, FOUND, WRONG_USE, UNREADABLE, BUG, INTERRUPTED = 0, 1, 2, 3, 4, 130


class UserError(Exception):
    """A mistake of use or of a file: shown as one line, never with a traceback.

    Args:
        zh, en: The line in both languages, naming the file, section, row or option.
        code: The exit code.
    """

    def __init__(self, zh: str, en: str, code: int = WRONG_USE) -> None:
        super().__init__(say(zh, en))
        self.code = code


def _is_full_disk(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def is_user_mistake(error: BaseException) -> bool:
    """Whether an error of any layer is about what the user gave, the database's own trouble or a full disk: said in one line."""
    from crawlers.ledgers import LedgerError
    from crawlers.profile import ProfileError

    given = isinstance(error, (UserError, ProfileError, LedgerError))
    return given or is_the_databases(error) or _is_full_disk(error)


def is_the_databases(error: BaseException) -> bool:
    """Whether it is the database's own trouble: away, full, busy. It is nobody's mistake and may be over soon."""
    from storage.database import DatabaseError
    from storage.trouble import trouble_of

    return isinstance(error, DatabaseError) or trouble_of(error) is not None


def one_line(error: BaseException) -> str:
    """The error's text on a single line, in the user's language where it has two; its type's name if it has no text."""
    from crawlers.ledgers import LedgerError
    from storage.trouble import trouble_of

    if _is_full_disk(error):  # without the file, which may be a temporary one and another one each time
        return say("磁盘已满，文件没有写成", "the disk is full, a file was not written")
    text = error.line(language()) if isinstance(error, LedgerError) else trouble_of(error) or str(error)
    return " ".join(text.split()) or type(error).__name__


def write_log(error: BaseException, folder: Path, name: str) -> Path:
    """Write the traceback of a bug to a new file `folder/<time>-<name>.log` and return its path.

    Where that folder cannot be written it is one of the system's temporary files, and where none can, as on a full disk, it
    goes to standard error: that a bug could not be logged stops nobody.
    """
    text = "".join(traceback.format_exception(error))
    with suppress(OSError):
        return _new_log(folder, name, text)
    with suppress(OSError):
        return _new_log(Path(tempfile.gettempdir()) / "gongkai-logs", name, text)
    with suppress(OSError):
        sys.stderr.write(text)
    return Path("stderr")


def _new_log(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{clock.now():%Y%m%d-%H%M%S}-{''.join(c if c.isalnum() or c in '._-' else '_' for c in name)}"
    path = folder / f"{stem}.log"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.log"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path
