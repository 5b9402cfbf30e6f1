"""Screenshots and packages of evidence in the console: who sees what, what is logged, and nobody waits for a browser."""

import io
import time
import zipfile
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from crawlers.browser import BrowserMissing
from gongkai import pictures
from storage import events, pages, schema, seals, store
from storage.database import reading
from storage.records import DatumKind, PersonalDatum
from storage.verification import verify
from tests.bulletins import two_nights
from tests.console_fixtures import CASE, LINK, csrf, print_of, sign_in

pytest_plugins = ("tests.console_fixtures",)
PNG = b"\x89PNG\r\n\x1a\n picture"
LEDGER = "（2025）示0102刑初77号"


@pytest.fixture
def shot(engine):
    """A screenshot of the case's page, and its address."""
    print_ = print_of(engine, CASE)
    with engine.begin() as connection:
        pages.keep(connection, [pages.page_row(pages.sha256(PNG), PNG, "image/png")])
        values = {"fingerprint": print_, "url": "http://x/<b>", "at": datetime(2026, 3, 31, tzinfo=UTC), "status": 200}
        values |= {"sha256": pages.sha256(PNG), "width": 1280, "height": 900}
        seals.begin(connection)
        made = connection.execute(sa.insert(schema.pictures).values(**values)).inserted_primary_key
        seals.seal_pictures(connection, [made[0]])
    return f"/findings/{print_}/pictures/{made[0]}"


def leak(engine):
    """From now on the page of the case shows a telephone number."""
    with engine.begin() as connection:
        (url,) = connection.execute(
            sa.select(schema.findings.c.url).where(schema.findings.c.fingerprint == print_of(engine, CASE))
        ).scalars()
        datum = PersonalDatum(site="chengnan", url=url, position=0, kind=DatumKind.MOBILE, masked="138****0000")
        store.save(connection, [datum], two_nights.SECOND)


def steps(engine):
    with reading(engine) as connection:
        return [step.what for step in events.read(connection).get(print_of(engine, CASE), [])]


def test_a_screenshot_is_shown_with_its_address_and_time(client, engine, shot):
    sign_in(client, "min1")
    page = client.get(f"/findings/{print_of(engine, CASE)}").text
    assert shot in page
    assert "http://x/&lt;b&gt;" in page
    assert "2026-03-31 08:00" in page
    answer = client.get(shot)
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "image/png", PNG)
    assert steps(engine) == []
    assert client.get(shot + "9").status_code == 404
    assert client.get(shot.replace(print_of(engine, CASE), print_of(engine, LINK))).status_code == 404


def test_one_of_personal_data_is_for_those_who_may_and_logged(client, engine, shot):
    leak(engine)
    sign_in(client, "min1")
    assert f'src="{shot}"' not in client.get(f"/findings/{print_of(engine, CASE)}").text
    assert client.get(shot).status_code == 403
    assert steps(engine) == []
    sign_in(client, "wang")
    assert client.get(shot).content == PNG
    assert steps(engine) == ["viewed"]


def wait_for(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")


def test_a_screenshot_is_taken_on_demand_and_nobody_waits(client, engine, application, monkeypatch):
    taken = []
    monkeypatch.setattr(pictures, "take", lambda engine, findings, settings, **_: taken.append(findings[0].fingerprint))
    sign_in(client, "wang")
    there = f"/findings/{print_of(engine, CASE)}/picture"
    answer = client.post(there, data={"csrf": csrf(engine)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/findings/{print_of(engine, CASE)}#proofs")
    wait_for(lambda: taken == [print_of(engine, CASE)])
    wait_for(lambda: application.state.pictures.state(taken[0]) is None)
    assert client.post(there).status_code == 403  # without the form's secret
    ledger = f"/findings/{print_of(engine, LEDGER)}/picture"
    assert client.post(ledger, data={"csrf": csrf(engine)}).status_code == 422


def test_without_a_browser_the_page_says_so(client, engine, application, monkeypatch):
    def take(*_arguments, **_options):
        raise BrowserMissing("没有")

    monkeypatch.setattr(pictures, "take", take)
    sign_in(client, "wang")
    print_ = print_of(engine, CASE)
    client.post(f"/findings/{print_}/picture", data={"csrf": csrf(engine)})
    wait_for(lambda: application.state.pictures.state(print_) == "no_browser")
    assert "没有可用的浏览器" in client.get(f"/findings/{print_}").text


def test_a_department_takes_and_exports_nothing(client, engine):
    sign_in(client, "min1")
    for part in ("picture", "package"):
        own = client.post(f"/findings/{print_of(engine, CASE)}/{part}", data={"csrf": csrf(engine)})
        others = client.post(f"/findings/{print_of(engine, LINK)}/{part}", data={"csrf": csrf(engine)})
        assert (own.status_code, others.status_code) == (403, 404)
    assert steps(engine) == []


def test_the_package_is_a_file_and_an_event_with_its_hash(client, engine, shot):
    leak(engine)
    sign_in(client, "wang")
    there = f"/findings/{print_of(engine, CASE)}/package"
    plain = client.post(there, data={"csrf": csrf(engine)})
    whole = client.post(there, data={"csrf": csrf(engine), "personal": "1"})
    assert [answer.headers["content-type"] for answer in (plain, whole)] == ["application/wacz"] * 2
    assert zipfile.ZipFile(io.BytesIO(plain.content)).testzip() is None
    assert len(whole.content) > len(plain.content)
    with reading(engine) as connection:
        made = events.read(connection)[print_of(engine, CASE)]
        assert [(step.what, step.after["personal"]) for step in made] == [("exported", False), ("exported", True)]
        assert made[1].after["sha256"] == pages.sha256(whole.content)
        assert verify(connection).problems == []


def test_an_earlier_body_of_a_page_that_leaked_is_not_shown_unasked(client, engine):
    """The records know the page's present body; what is kept of an earlier night showed the number too."""
    with engine.begin() as connection:
        (proofs,) = connection.execute(
            sa.select(schema.sightings.c.evidence)
            .where(schema.sightings.c.fingerprint == print_of(engine, CASE))
            .order_by(schema.sightings.c.night.desc())
        ).first()
        digest = proofs[0]["sha256"]
        row = pages.page_row(digest, b"<html>13800000000</html>", "text/html")
        connection.execute(sa.insert(schema.pages).values(**row))
    sign_in(client, "min1")
    there = f"/findings/{print_of(engine, CASE)}/pages/{digest}"
    assert client.get(there).status_code == 200
    leak(engine)  # its record has no hash, or that of a later body
    assert client.get(there).status_code == 403
    sign_in(client, "wang")
    assert client.get(there).status_code == 200
    assert steps(engine) == ["viewed"]
