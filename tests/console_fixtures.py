"""What the tests of the console share. A test file asks for it by `pytest_plugins = ("tests.console_fixtures",)`.

The two trial nights with four accounts, all with `PASSWORD`: admin, wang (inspector), li (viewer of one site) and min1 (a
department). `client` asks the application in this process; `tab` is a tab of a real browser at a console on loopback.
"""

import shutil
import threading
import time
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.testclient import TestClient

from gongkai.config import Settings
from gongkai.console.application import create
from gongkai.console.pages import Console
from gongkai.console.passwords import hashed
from storage import accounts, standing
from storage.accounts import User
from storage.database import connect, reading
from storage.schema import sessions
from tests import pages
from tests.bulletins import two_nights

PASSWORD = "correct horse battery"
CASE = "（2025）示0102民初1208号"  # of department 民事审判第一庭
LINK = "http://www.dsqfy.example/gone.html"  # of site dongshan, which could not be read on the second night
ACCOUNTS = (
    ("admin", "administrator", None, ()),
    ("wang", "inspector", None, ()),
    ("li", "viewer", None, ("hekou",)),
    ("min1", "department", "民事审判第一庭", ()),
)


class Clock:
    """A clock that the test moves."""

    def __init__(self):
        self.at = two_nights.GENERATED

    def __call__(self):
        return self.at


@pytest.fixture(scope="session")
def kept_password():
    """The hash of `PASSWORD`: argon2 is slow, so it is made once."""
    return hashed(PASSWORD, "nobody")


@pytest.fixture(scope="session")
def built(tmp_path_factory, kept_password):
    """A database with the trial nights and the accounts, to be copied; never to be written."""
    path = tmp_path_factory.mktemp("built") / "trial.db"
    engine = connect(path)
    with engine.begin() as connection:
        two_nights.build(connection)
        standing.renew(connection, two_nights.SECOND)
        for name, role, department, sites in ACCOUNTS:
            made = two_nights.GENERATED
            accounts.add(
                connection,
                User(name=name, role=role, department=department, sites=sites, password=kept_password, made=made),
            )
    engine.dispose()  # the last to leave writes the log into the file
    return path


def copy(built, folder):
    """An engine on a copy of the trial database."""
    return connect(shutil.copy(built, folder / "trial.db"))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def engine(tmp_path, built):
    made = copy(built, tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def application(engine, clock):
    settings = Settings()
    return create(engine, settings, console=Console(engine, settings, clock))


@pytest.fixture
def client(application):
    return TestClient(application, base_url="http://127.0.0.1", follow_redirects=False)


def sign_in(client, name="wang", password=PASSWORD):
    return client.post("/sign-in", data={"name": name, "password": password})


def csrf(engine):
    """The secret that forms of the newest session carry."""
    with reading(engine) as connection:
        return connection.execute(sessions.select().order_by(sessions.c.made.desc())).mappings().first()["csrf"]


def print_of(engine, subject):
    """The fingerprint of the first finding about this subject."""
    query = standing.table.select().where(standing.table.c.subject == subject)
    with reading(engine) as connection:
        return connection.execute(query).mappings().first()["fingerprint"]


# --- in a real browser ---


@pytest.fixture(scope="module")
def served_engine(tmp_path_factory, built):
    """The database of `address`, one for all tests of a file."""
    made = copy(built, tmp_path_factory.mktemp("served"))
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def address(served_engine):
    """A console on loopback."""
    with served(served_engine) as there:
        yield there


@contextmanager
def served(engine, settings=None, now=lambda: two_nights.GENERATED, *, allow_private=False):
    """The console of this database on loopback: its address."""
    settings = settings or Settings()
    made = create(engine, settings, console=Console(engine, settings, now, allow_private))
    server = uvicorn.Server(uvicorn.Config(made, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def chromium():
    with pages.browser() as opened:
        yield opened


@pytest.fixture
def tab(chromium, address):
    """A fresh tab. At its end: what it logged, and what it asked of other addresses, is nothing."""
    context = chromium.new_context()
    page = context.new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert [text for text in said if "status of 404" not in text] == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def enter(tab, address, name="wang", there="/findings"):
    """Sign in by the form, on the way to a page."""
    tab.goto(f"{address}{there}")
    tab.fill("#name", name)
    tab.fill("#password", PASSWORD)
    tab.click("main button")
    assert tab.url == f"{address}{there}"


def faultless(tab):
    """Axe finds nothing, and nothing stands out of the window."""
    assert pages.Opened(tab).complaints() == []
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
