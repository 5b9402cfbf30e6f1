"""What the database's own trouble is called: away, full, locked … Everything else that a driver complains of is our bug."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

_AWAY = "数据库连接不上或连接已中断", "the database cannot be reached, or the connection was lost"
_FULL = "磁盘已满，未写入", "the disk is full, nothing was written"
_BUSY = "数据库被其他程序占用", "another program keeps the database busy"
_READ_ONLY = "数据库只读", "the database is read-only"
_DAMAGED = "数据库文件不能读写或已损坏", "the database's file cannot be read or written, or is damaged"
_REFUSED = "数据库拒绝此账户", "the database refuses this account"
_MISSING = "服务器上没有这个数据库", "the server has no such database"

_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_IOERR: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_CANTOPEN: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
# By the beginning of PostgreSQL's SQLSTATE (its manual, appendix A); the longest that fits.
_POSTGRESQL = {
    "08": _AWAY,
    "57P": _AWAY,  # shut down, or not up yet
    "53": _BUSY,  # too many connections, no memory
    "53100": _FULL,
    "58": _DAMAGED,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "25006": _READ_ONLY,
    "28": _REFUSED,
    "42501": _REFUSED,
    "3D": _MISSING,
    "40": _BUSY,  # deadlock
    "55P03": _BUSY,
}


def trouble_of(error: BaseException) -> str | None:
    """One line on trouble that is the database's or its machine's, in both languages; None: it is none of that.

    What the driver says stands behind it, without the SQL and its values, which may be personal data.
    """
    if isinstance(error, (sa.exc.TimeoutError, sa.exc.PendingRollbackError)):  # SQLAlchemy's own: no driver complains
        zh, en = _BUSY if isinstance(error, sa.exc.TimeoutError) else _AWAY
        return f"{zh} ({en}): {''.join(str(error.args[0]).strip().splitlines()[:1])}"
    if not isinstance(error, sa.exc.DBAPIError) or error.orig is None:
        return None
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        said = _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)  # the rest of the code is finer than we need
    elif state := getattr(cause, "sqlstate", None):
        fitting = [begins for begins in _POSTGRESQL if state.startswith(begins)]
        said = _POSTGRESQL[max(fitting, key=len)] if fitting else None
    else:  # the server did not answer, so it gave no code
        said = _AWAY if isinstance(error, sa.exc.OperationalError) or error.connection_invalidated else None
    if said is None:
        return None
    reason = (str(cause).strip().splitlines() or [""])[0]
    return f"{said[0]} ({said[1]}): {reason}"
