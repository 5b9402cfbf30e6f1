"""One finding's page: its evidence, how its addresses answered, its likes; and one deed on many findings."""

import re
from datetime import UTC, datetime

import pytest

from gongkai.console import bulk
from storage import events, pages, runs, schema
from storage.database import reading
from storage.schema import accesses
from tests.bulletins.two_nights import SECOND
from tests.console_fixtures import CASE, LINK, csrf, print_of, sign_in

pytest_plugins = ("tests.console_fixtures",)


def evidence_of(engine, subject, *proofs):
    """Give the latest sighting of a finding this evidence."""
    print_ = print_of(engine, subject)
    with engine.begin() as connection:
        connection.execute(
            schema.sightings.update().where(schema.sightings.c.fingerprint == print_).values(evidence=list(proofs))
        )
    return f"/findings/{print_}"


def proof(url, sha256=None, excerpt=None):
    return {"url": url, "fetched_at": None, "status": 200, "sha256": sha256, "excerpt": excerpt}


def test_a_ledgers_row_is_told_in_words(client, engine):
    there = evidence_of(engine, CASE, proof("ledger:台账.xlsx/案件台账#72", excerpt="台账 台账.xlsx/案件台账 第72行"))
    sign_in(client)
    page = client.get(there).text
    assert "第72行" in page
    assert "ledger:" not in page


def test_a_kept_file_that_is_no_page_is_saved_and_not_framed(client, engine):
    body = b"%PDF-1.7"
    digest = pages.sha256(body)
    with engine.begin() as connection:
        pages.keep(connection, [pages.page_row(digest, body, "application/pdf")])
    there = evidence_of(engine, CASE, proof("http://www.csqfy.example/a.pdf", digest))
    sign_in(client)
    page = client.get(there).text
    assert "<iframe" not in page
    assert "下载留存文件" in page
    answer = client.get(f"{there}/pages/{digest}")
    assert (answer.content, answer.headers["content-disposition"][:10]) == (body, "attachment")


def test_how_its_address_answered_is_told_night_by_night(client, engine):
    with engine.begin() as connection:
        for run in runs.read(connection, site="chengnan"):
            connection.execute(
                accesses.insert().values(
                    run=run.id,
                    url="http://www.csqfy.example/old/2.htm",
                    at=datetime(2026, 3, run.night.day, 1, tzinfo=UTC),
                    method="GET",
                    access="gone" if run.night == SECOND else "ok",
                    status=404 if run.night == SECOND else 200,
                    detail="<b>HTTP 404</b>",
                    kind="page",
                    internal=True,
                    probes=[{"access": "timeout"}],
                )
            )
    sign_in(client)
    page = client.get(f"/findings/{print_of(engine, 'http://www.csqfy.example/old/2.htm')}").text
    table = page.partition("访问记录")[2]
    assert table.index("页面不存在") < table.index("正常")
    assert "&lt;b&gt;HTTP 404" in table


def test_the_others_on_the_same_thing_and_by_the_same_rule_are_near(client, engine):
    other = print_of(engine, "（2026）示0102行初3号")
    with engine.begin() as connection:
        connection.execute(
            schema.standing.update().where(schema.standing.c.fingerprint == other).values(subject=CASE, rule="D-04")
        )
    sign_in(client)
    page = client.get(f"/findings/{print_of(engine, CASE)}").text
    assert other in page.split("同一对象的其他问题")[1]
    sign_in(client, "min1")
    assert other not in client.get(f"/findings/{print_of(engine, CASE)}").text  # of another department


@pytest.mark.parametrize("name", ["wang", "min1"])
def test_every_link_of_the_page_leads_somewhere(client, engine, name):
    sign_in(client, name)
    page = client.get(f"/findings/{print_of(engine, CASE)}").text
    inside = {link for link in re.findall(r'href="(/[^"]*)"', page) if not link.startswith("/courts")}
    assert any(link.startswith("/cases/chengnan/") for link in inside)
    for link in inside:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_why_it_was_raised_is_said(client, engine):
    print_ = print_of(engine, CASE)
    with engine.begin() as connection:
        at = datetime(2026, 3, 31, tzinfo=UTC)
        events.append(
            connection, [events.Event(fingerprint=print_, at=at, who="gongkai", what="raised", note="G-05", after={})]
        )
    sign_in(client)
    page = client.get(f"/findings/{print_}").text
    assert "逾期未整改" in page
    assert "系统" in page


# --- one deed on many ---


def many(client, engine, **sent):
    return client.post("/findings/all", data={"csrf": csrf(engine), "what": "confirmed", **sent})


def test_what_somebody_else_has_decided_meanwhile_is_not_overridden(client, engine):
    sign_in(client)
    case, link = print_of(engine, CASE), print_of(engine, LINK)
    sent = {"csrf": csrf(engine), "version": "0", "what": "false_alarm", "note": "别人的决定"}
    client.post(f"/findings/{case}", data=sent)
    page = many(client, engine, finding=[f"{case}.0", f"{link}.0"], back="stage=&order=newest").text
    assert "已处理1条" in page
    assert "别人已经处理过" in page
    assert f'href="/findings/{case}"' in page
    assert 'href="/findings?stage=&amp;order=newest"' in page
    with reading(engine) as connection:
        assert [e.what for e in events.read(connection, of=[case])[case]] == ["false_alarm"]


def test_all_that_the_filters_leave_at_once(client, engine):
    sign_in(client)
    page = many(client, engine, scope="all", back="rule=D-01").text
    assert "已处理2条" in page
    with reading(engine) as connection:
        rows = connection.execute(schema.standing.select()).mappings().all()
    assert {row["rule"] for row in rows if row["stage"] == "confirmed"} == {"D-01"}


def test_a_department_does_on_many_what_it_may_do_on_one(client, engine):
    sign_in(client, "min1")
    sent = {"scope": "all", "back": "stage=", "what": "replied", "note": "已安排"}
    page = many(client, engine, **sent).text
    done = int(re.search(r"已处理(\d+)条", page)[1])
    with reading(engine) as connection:
        touched = set(events.read(connection))
        rows = connection.execute(schema.standing.select()).mappings().all()
    own = {row["fingerprint"] for row in rows if row["responsible"] == "民事审判第一庭"}
    assert len(touched) == done > 0
    assert touched <= own
    page = many(client, engine, finding=[print_of(engine, LINK)], what="replied", note="x").text
    assert "没有这个问题" in page


def test_too_many_at_once_and_none_are_said(client, engine, monkeypatch):
    sign_in(client)
    assert "没有选中任何问题" in many(client, engine).text
    monkeypatch.setattr(bulk, "MOST", 3)
    answer = many(client, engine, scope="all", back="stage=")
    assert (answer.status_code, "请缩小筛选范围" in answer.text) == (413, True)
    assert many(client, engine, back="order=x").status_code == 400
    with reading(engine) as connection:
        assert events.read(connection) == {}
