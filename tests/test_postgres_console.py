"""The console on PostgreSQL shows what it shows on SQLite: every page that its own links lead to, letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from gongkai.config import Settings
from gongkai.console.application import create
from gongkai.console.pages import Console
from storage import transfer
from storage.database import connect
from tests.bulletins import two_nights
from tests.console_fixtures import CASE, copy, csrf, print_of, sign_in

pytest_plugins = ("tests.console_fixtures",)
pytestmark = pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")  # of the server's wheel, where there is no desktop
MOST = 60  # pages; those of one kind after the first four are left out
HOME = "http://127.0.0.1"


@pytest.fixture
def both(built: Path, postgres: str, tmp_path: Path) -> Iterator[list[tuple[object, TestClient]]]:
    """The same database twice, each with a client that an inspector signed in by and with one deed done."""
    transfer.copy(built, postgres)
    made = []
    for engine in (copy(built, tmp_path), connect(postgres)):
        settings = Settings()
        application = create(engine, settings, console=Console(engine, settings, lambda: two_nights.GENERATED))
        client = TestClient(application, base_url=HOME, follow_redirects=False)
        assert sign_in(client, "wang").status_code == 303
        fingerprint = print_of(engine, CASE)
        deed = {"what": "assigned", "person": "某某", "version": "0", "csrf": csrf(engine)}
        assert client.post(f"/findings/{fingerprint}", data=deed).status_code == 303
        made.append((engine, client))
    yield made
    for engine, _ in made:
        engine.dispose()


def test_every_page_is_the_same(both: list[tuple[object, TestClient]]) -> None:
    (_, here), (_, there) = both
    waiting, seen, kinds = ["/", "/findings", f"/findings?q={CASE[:6]}"], set(), dict[str, int]()
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        kind = re.sub(r"=[^&]*|[0-9a-f]{20,}|[^/?]*\d[^/?]*", "", path)
        kinds[kind] = kinds.get(kind, 0) + 1
        if path in seen or kinds[kind] > 4:
            continue
        seen.add(path)
        one, other = here.get(path), there.get(path)
        assert (one.status_code, plain(one)) == (other.status_code, plain(other)), path
        assert one.status_code in (200, 303), path
        waiting += [link for link in links(path, one.text) if link not in seen]
    assert len(seen) > 20 and len(kinds) > 6


def plain(answer: object) -> object:
    """What a page says, without the secrets of its forms; of a file made on the spot its bytes may differ by the clock."""
    kind = answer.headers.get("content-type", "")
    if kind.startswith(("text/", "application/json")):
        return re.sub(r'(name="csrf" value=")[^"]*', r"\1", answer.text).splitlines()
    return kind


def links(path: str, page: str) -> Iterator[str]:
    for anchor in BeautifulSoup(page, "lxml").select("a[href]"):
        where = urljoin(HOME + path, anchor["href"]).partition("#")[0]
        if where.startswith(HOME + "/") and "sign-out" not in where:
            yield where.removeprefix(HOME)
