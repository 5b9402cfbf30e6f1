"""Telling other programs of new red lines (S0) and finished nights: signed, tried again, and never in a night's way.

News is written down with what it tells of and sent by a thread of its own, by the night or by `gongkai serve`. Messages are
signed as in Standard Webhooks (https://www.standardwebhooks.com), so that receivers need not be written by hand. They say
that there is something and where to look, and nothing of what a page leaked: no subject, no URL, no text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from gongkai import clock
from gongkai.config import Webhooks
from storage import deliveries
from storage.deliveries import Delivery
from storage.findings import CERTAIN
from storage.life import AT_WORK
from storage.schema import standing

SECRET = "GONGKAI_WEBHOOK_SECRET"
RED_LINE, NIGHT, ALERT, TEST = "finding.red_line", "night.finished", "night.alert", "test"
SECONDS = 10  # to connect, and between two answers
EVERY = 5.0  # seconds between two looks for what is due
LAST = 15.0  # seconds that a finished night waits for what is being sent
AGAIN = tuple(timedelta(seconds=s) for s in (60, 300, 1800, 7200, 18000, 36000, 86400))


def announce(
    connection: Connection, settings: Webhooks, what: str, about: str, data: Mapping[str, Any], now: datetime
) -> list[str]:
    """Write news down for every address, to be sent at once. Returns the messages' ids.

    Args:
        about: What distinguishes this news: announced again, it is not sent again.
    """
    if what not in (*settings.events, TEST):
        return []
    body = json.dumps({"type": what, "timestamp": now.isoformat(), "data": dict(data)}, ensure_ascii=False)
    made = [
        Delivery(id=_id(what, about, url), url=url, what=what, body=body, made=now, due=now) for url in settings.urls
    ]
    deliveries.add(connection, made, now)
    return [one.id for one in made]


def _id(*parts: str) -> str:
    return "msg_" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def red_lines(connection: Connection, settings: Webhooks, site: str, night: date, now: datetime) -> None:
    """Announce the certain S0 findings that this night was the first to see."""
    if not settings.urls:
        return
    query = sa.select(standing).where(
        standing.c.site == site,
        standing.c.severity == "S0",
        standing.c.grade == CERTAIN,
        standing.c.first_seen == night,
        standing.c.stage.in_(AT_WORK),
    )
    for row in connection.execute(query).mappings():
        told = {name: row[name] for name in ("fingerprint", "rule", "title", "severity", "site", "court")}
        told |= {"night": night.isoformat(), "deadline": row["deadline"] and row["deadline"].isoformat()}
        announce(connection, settings, RED_LINE, f"{row['fingerprint']} {night}", told, now)


def night_finished(
    connection: Connection, settings: Webhooks, night: date, sites: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Announce a night: which sites were read completely and which not. Told again if it comes out otherwise."""
    outcome = json.dumps(list(sites), sort_keys=True)
    announce(connection, settings, NIGHT, f"{night} {outcome}", {"night": night.isoformat(), "sites": list(sites)}, now)


def signature(secret: str, id_: str, moment: int, body: str) -> str:
    """HMAC-SHA256 of `id.timestamp.body`, as `v1,BASE64`."""
    key = secret.encode()
    if secret.startswith("whsec_"):
        with suppress(binascii.Error):  # a sentence that only looks like one
            key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    told = hmac.digest(key, f"{id_}.{moment}.{body}".encode(), "sha256")
    return "v1," + base64.b64encode(told).decode()


def deliver(engine: Engine, secret: str, now: Callable[[], datetime] = clock.now) -> int:
    """Send what is due, once each. Returns how many were delivered."""
    with engine.connect().execution_options(reads_only=True) as connection:
        waiting = deliveries.due(connection, now())
    count = 0
    for one in waiting:
        with engine.begin() as connection:
            mine = deliveries.claim(connection, one, now() + timedelta(minutes=5))
        if not mine:
            continue
        well, answer = _sent(one, secret, now()) if secret else (False, f"{SECRET} is not set")
        again = None if well or answer == "410" or one.tries >= len(AGAIN) else now() + AGAIN[one.tries]
        with engine.begin() as connection:
            deliveries.tried(connection, one.id, answer=answer, due=again, delivered=now() if well else None)
        count += well
    return count


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that sends elsewhere is not followed: what was signed was meant for this one."""

    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:
        return None


def _sent(one: Delivery, secret: str, now: datetime) -> tuple[bool, str]:
    """Whether the receiver took it (2xx), and its answer: a status, or why there was none."""
    moment = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "gongkai-webhooks",
        "webhook-id": one.id,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(secret, one.id, moment, one.body),
    }
    request = urllib.request.Request(one.url, one.body.encode(), headers, method="POST")
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=SECONDS) as answer:
            return True, str(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return False, str(error.code)
    except Exception as error:  # whatever a receiver does, it is written down and stops nobody
        return False, f"{type(error).__name__}: {error}"[:200]


class Sender:
    """Sends in a thread of its own while a night or the console runs. `with Sender(engine, settings.webhooks): …`"""

    def __init__(self, engine: Engine, settings: Webhooks) -> None:
        self._engine, self._active = engine, bool(settings.urls)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def __enter__(self) -> Sender:
        if self._active:
            self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._done.set()
        if self._active:
            self._thread.join(LAST)  # what does not get through now is tried by the next night or the console

    def _run(self) -> None:
        over = False
        while not over:
            over = self._done.wait(EVERY)  # a last time at the end
            try:
                deliver(self._engine, os.environ.get(SECRET, ""))
            except SQLAlchemyError:  # the database is busy or away: it waits
                continue
