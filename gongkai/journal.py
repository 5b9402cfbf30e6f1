"""The night's journal: one line of JSON for each thing that happened, with the ids of site and run, in a file that rotates.

It names sites, runs and numbers; no address, title or text of a page is ever in it, so no personal data either.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

from gongkai import clock

FILE = "nightly.jsonl"
SIZE, FILES = 10_000_000, 9


class Journal:
    """Writes lines; each has `at` (Asia/Shanghai), `level`, `event` and what is said of it."""

    def __init__(self, *handlers: logging.Handler) -> None:
        self._handlers = handlers
        plain = logging.Logger("gongkai.night", logging.INFO)  # no one else's, so that it is said once
        for handler in handlers:
            handler.setFormatter(logging.Formatter("%(message)s"))
            plain.addHandler(handler)
        self._log = structlog.wrap_logger(
            plain,
            processors=[
                _moment,
                structlog.stdlib.add_log_level,
                structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False),
            ],
            wrapper_class=structlog.stdlib.BoundLogger,
        )

    def note(self, event: str, **what: Any) -> None:
        self._log.info(event, **what)

    def warn(self, event: str, **what: Any) -> None:
        self._log.warning(event, **what)

    def error(self, event: str, **what: Any) -> None:
        self._log.error(event, **what)

    def close(self) -> None:
        for handler in self._handlers:
            handler.close()


def _moment(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    now: datetime = clock.now()
    return {"at": now.isoformat(), "level": "", "event": line.pop("event"), **line}


def opened(folder: Path, *, on_terminal: bool = False) -> Journal:
    """The journal of a folder of logs.

    Args:
        on_terminal: Write it to standard error too, for who collects that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        RotatingFileHandler(folder / FILE, maxBytes=SIZE, backupCount=FILES, encoding="utf-8")
    ]
    if on_terminal:
        handlers.append(logging.StreamHandler(sys.stderr))
    return Journal(*handlers)
