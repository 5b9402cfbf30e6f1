"""The console's pictures for the documentation, on a copy of the demonstration's database. Called by `pictures.py`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa
import uvicorn
from playwright.sync_api import Page, sync_playwright
from sqlalchemy.engine import Connection, Engine

from crawlers.browser_finder import find_browser
from gongkai.clock import CHINA
from gongkai.config import Settings
from gongkai.console import deeds
from gongkai.console.application import create
from gongkai.console.deeds import Deed
from gongkai.console.pages import Console
from gongkai.console.passwords import hashed
from storage import accounts, life, standing
from storage.accounts import User
from storage.database import connect
from storage.schema import standing as findings

NOW = datetime(2026, 4, 2, 9, 30, tzinfo=CHINA)
NAME, PASSWORD = "xuncha", "only-for-a-picture"
WIDE, PHONE = (1280, 860), (390, 844)


def taken(database: Path, folder: Path) -> Iterator[str]:
    """Take the pictures into `folder`; yields their names. The database is written to: give a copy."""
    engine = connect(str(database))
    with engine.begin() as connection:
        standing.renew(connection, date(2026, 4, 1))
        user = User(name=NAME, role="inspector", password=hashed(PASSWORD, NAME), made=NOW)
        accounts.add(connection, user)
        finding, court = _worked_on(connection, user), _court(connection)
    with _served(engine) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        for suffix, (width, height) in (("", WIDE), ("-phone", PHONE)):
            page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
            _sign_in(page, address)
            for name, path in (
                ("console-overview", "/"),
                ("console-findings", "/findings"),
                ("console-finding", f"/findings/{finding}"),
                ("console-court", court),
            ):
                if suffix and name != "console-findings":
                    continue
                page.goto(address + path)
                page.screenshot(path=folder / f"{name}{suffix}.png", full_page=name == "console-overview")
                yield name + suffix
        browser.close()


def _worked_on(connection: Connection, user: User) -> str:
    """A dead link (W-07) that an inspector has confirmed and assigned."""
    query = sa.select(findings.c.fingerprint).where(findings.c.rule == "W-07", findings.c.grade == "certain")
    chosen = connection.execute(query.order_by(findings.c.fingerprint)).scalars().first()
    assert chosen is not None
    deeds.do(connection, user, chosen, Deed(what=life.CONFIRM, note="已打开原网页核对"), NOW)
    deeds.do(connection, user, chosen, Deed(what=life.ASSIGN, department="办公室"), NOW)
    return str(chosen)


def _court(connection: Connection) -> str:
    """The page of a court with a section that is long without news."""
    query = sa.select(findings.c.site, findings.c.subject).where(findings.c.rule == "W-01")
    row = connection.execute(query.order_by(findings.c.fingerprint)).first()
    assert row is not None
    return "/courts/" + str(row.site)


def _sign_in(page: Page, address: str) -> None:
    page.goto(address + "/sign-in")
    page.fill("[name=name]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit], form button")
    page.wait_for_url(address + "/")


@contextmanager
def _served(engine: Engine) -> Iterator[str]:
    settings = Settings()
    made = create(engine, settings, console=Console(engine, settings, now=lambda: NOW))
    server = uvicorn.Server(uvicorn.Config(made, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
