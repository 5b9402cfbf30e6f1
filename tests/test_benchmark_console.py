"""The benchmark of the console measures pages that are there."""

from starlette.testclient import TestClient

from benchmarks import console
from gongkai.config import Settings
from gongkai.console import signing_in
from gongkai.console.application import create
from gongkai.console.pages import COOKIE, Console
from storage import accounts
from storage.database import connect


def test_every_page_that_is_measured_answers(tmp_path):
    path = tmp_path / "console.db"
    console.build(path, 120, courts=2, most=3)
    engine, settings = connect(path), Settings()
    application = create(engine, settings, console=Console(engine, settings, lambda: console.NOW))
    for who, name, address in console.addresses(path):
        with engine.begin() as connection:
            opened = signing_in.begin(connection, accounts.find(connection, who), console.NOW)
        client = TestClient(application, base_url="http://127.0.0.1", cookies={COOKIE: opened.cookie})
        assert (name, client.get(address, follow_redirects=False).status_code) == (name, 200)


def test_a_line_of_the_table():
    one = console.Timing("overview", 12_345, 61.4, 80.0, 50.2, 120.6)
    assert console.table([one]).splitlines()[-1] == "| overview | 12 | 61 | 80 | 50 | 121 |"
