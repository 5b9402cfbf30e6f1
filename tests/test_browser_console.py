"""The console in a real browser: each role's way through it, no fault by axe, nothing logged, nothing asked of elsewhere."""

import threading
import time

import pytest
import uvicorn

from gongkai.config import Settings
from gongkai.console.application import create
from gongkai.console.pages import Console
from gongkai.console.passwords import hashed
from storage import accounts, standing
from storage.accounts import User
from storage.database import connect
from tests import pages
from tests.bulletins import two_nights

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
CASE = "（2025）示0102民初1208号"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A console on loopback with the trial nights, an inspector and a department."""
    engine = connect(tmp_path_factory.mktemp("console") / "trial.db")
    with engine.begin() as connection:
        two_nights.build(connection)
        standing.renew(connection, two_nights.SECOND)
        for name, role, department in (("wang", "inspector", None), ("min1", "department", "民事审判第一庭")):
            made = two_nights.GENERATED
            kept = hashed(PASSWORD, name)
            accounts.add(connection, User(name=name, role=role, department=department, password=kept, made=made))
    settings = Settings()
    console = Console(engine, settings, lambda: two_nights.GENERATED)
    server = uvicorn.Server(
        uvicorn.Config(create(engine, settings, console=console), port=0, log_level="warning", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser():
    with pages.browser() as opened:
        yield opened


@pytest.fixture
def tab(browser, address):
    """A fresh tab. At its end: what it logged, and what it asked of other addresses, is nothing."""
    context = browser.new_context()
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert [text for text in said if "status of 404" not in text] == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def sign_in(tab, address, name):
    tab.goto(f"{address}/findings")
    tab.fill("#name", name)
    tab.fill("#password", PASSWORD)
    tab.click("main button")
    assert tab.url == f"{address}/findings"


def faultless(tab):
    assert pages.Opened(tab).complaints() == []


def test_from_confirming_to_rectified(tab, browser, address):
    sign_in(tab, address, "wang")
    faultless(tab)
    tab.click(f"tbody tr:has-text('{CASE}') a")
    faultless(tab)
    tab.click("button[value=confirmed]")
    tab.click("button[value=assigned]")
    assert "已分派" in tab.inner_text(".marks")
    there = tab.url
    tab.click(".sign-out button")
    assert tab.url == f"{address}/sign-in"
    faultless(tab)
    sign_in(tab, address, "min1")
    tab.goto(there)
    assert tab.locator("button[value=closed]").count() == 0
    tab.fill("#note", "文书已上网")
    tab.click("button[value=rectified]")
    assert "已报整改，待复查" in tab.inner_text(".marks")
    faultless(tab)


def test_on_a_phone_and_by_keyboard(tab, address):
    tab.set_viewport_size({"width": 320, "height": 640})
    sign_in(tab, address, "wang")
    faultless(tab)
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "content"
    tab.locator("tbody a").first.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".facts")
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    faultless(tab)


def test_an_error_is_accessible_too(tab, address):
    sign_in(tab, address, "wang")
    with tab.expect_response(f"{address}/findings/{'0' * 20}") as answer:
        tab.evaluate(f"location.href = '/findings/{'0' * 20}'")
    assert answer.value.status == 404
