"""The console: signing in, sessions, forms, headers, and that everybody sees what is theirs and nothing else."""

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from gongkai.console import filters
from gongkai.console.pages import COOKIE
from gongkai.console.passwords import WeakPassword, digest, hashed
from gongkai.console.signing_in import IDLE, LOCKED, LONGEST, TRIES
from storage import accounts, events, findings, pages, schema, standing
from storage.database import reading
from storage.schema import sessions
from tests.bulletins import two_nights
from tests.console_fixtures import CASE, LINK, PASSWORD, csrf, print_of, sign_in

pytest_plugins = ("tests.console_fixtures",)


def test_nothing_is_shown_to_one_who_has_not_signed_in(client):
    answer = client.get("/findings?rule=W-07")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Ffindings%3Frule%3DW-07")
    assert client.post("/sign-out").status_code == 401


def test_signing_in_leads_to_where_one_wanted_to_go(client):
    answer = client.post("/sign-in?next=/findings?rule=W-07", data={"name": "wang", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/findings?rule=W-07")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.get("/findings").status_code == 200


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_signing_in_never_leads_elsewhere(client, target):
    answer = client.post("/sign-in", params={"next": target}, data={"name": "wang", "password": PASSWORD})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("name", "password"), [("wang", "wrong"), ("nobody", PASSWORD), ("", ""), ("wang", "x" * 5000)]
)
def test_a_wrong_password_and_an_unknown_name_look_alike(client, name, password):
    answer = sign_in(client, name, password)
    assert (answer.status_code, "账户或者密码不对" in answer.text) == (401, True)
    assert COOKIE not in client.cookies


def test_an_account_is_locked_after_wrong_passwords_and_opens_by_itself(client, clock):
    for _ in range(TRIES):
        assert sign_in(client, password="wrong").status_code == 401
    assert sign_in(client).status_code == 401
    clock.at += LOCKED + timedelta(seconds=1)
    assert sign_in(client).status_code == 303


def test_an_address_is_slowed_down(client):
    answers = [sign_in(client, name=f"guess{n}").status_code for n in range(12)]
    assert answers == [401] * 10 + [429] * 2


def test_each_session_has_a_new_cookie_and_an_old_one_is_never_taken_over(client, engine):
    client.cookies.set(COOKIE, "chosen-by-an-attacker")
    sign_in(client)
    assert client.cookies.get(COOKIE, domain="127.0.0.1") != "chosen-by-an-attacker"
    with reading(engine) as connection:
        assert (
            accounts.session(
                connection,
                digest("chosen-by-an-attacker"),
                used_since=two_nights.GENERATED,
                made_since=two_nights.GENERATED,
            )
            is None
        )
        kept = connection.execute(sessions.select()).mappings().one()
    assert kept["digest"] == digest(client.cookies.get(COOKIE, domain="127.0.0.1"))


def test_a_session_ends_when_it_is_idle_and_when_it_is_old(client, clock):
    sign_in(client)
    clock.at += IDLE - timedelta(minutes=1)
    assert client.get("/findings").status_code == 200
    clock.at += IDLE + timedelta(minutes=1)
    assert client.get("/findings").status_code == 303
    sign_in(client)
    began = clock.at
    while clock.at - began < LONGEST - IDLE:
        clock.at += IDLE - timedelta(minutes=5)
        client.get("/findings")
    clock.at = began + LONGEST + timedelta(minutes=1)
    assert client.get("/findings").status_code == 303


def test_signing_out_ends_the_session_for_good(client, engine):
    sign_in(client)
    cookie = client.cookies.get(COOKIE)
    secret = csrf(engine)
    assert client.post("/sign-out", data={"csrf": secret}).status_code == 303
    client.cookies.set(COOKIE, cookie)
    assert client.get("/findings").status_code == 303


@pytest.mark.parametrize("secret", [None, "", "wrong", "é"])
def test_a_form_without_its_secret_does_nothing(client, secret):
    sign_in(client)
    answer = client.post("/sign-out", data={} if secret is None else {"csrf": secret})
    assert (answer.status_code, "表单已失效" in answer.text) == (403, True)
    assert client.get("/findings").status_code == 200


def test_another_site_cannot_sign_somebody_in(client):
    answer = client.post(
        "/sign-in", data={"name": "wang", "password": PASSWORD}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


def test_closing_an_account_ends_its_sessions(client, engine):
    sign_in(client)
    with engine.begin() as connection:
        accounts.change(connection, "wang", active=False)
    assert client.get("/findings").status_code == 303
    assert sign_in(client).status_code == 401


def test_every_answer_has_the_strict_headers(client):
    sign_in(client)
    for path in ("/findings", "/sign-in", "/nowhere", "/static/console.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_another_host_name_is_refused(application):
    foreign = TestClient(application, base_url="http://evil.example", follow_redirects=False)
    assert foreign.get("/sign-in").status_code == 400


@pytest.mark.parametrize(
    "path", ["/static/../application.py", "/static/%2e%2e/application.py", "/static/..%2fpages.py"]
)
def test_no_path_leads_out_of_the_static_folder(client, path):
    assert client.get(path).status_code == 404


def test_a_department_sees_its_own_findings_only(client):
    sign_in(client, "min1")
    page = client.get("/findings?stage=").text
    sign_in(client, "wang")
    everything = client.get("/findings?stage=").text
    assert "民事审判第一庭" in page
    assert "综合办公室" in everything
    assert "综合办公室" not in page


def test_one_who_may_see_one_site_sees_no_other(client):
    sign_in(client, "li")
    page = client.get("/findings?stage=").text
    assert "示例市河口县人民法院" in page
    assert "示例市东山区人民法院</td>" not in page
    assert "没有符合条件的问题" in client.get("/findings?stage=&site=dongshan").text


def test_the_pages_of_a_list_are_the_whole_list_once(client, engine):
    sign_in(client)
    with engine.begin() as connection:  # leads have no deadline
        connection.execute(standing.table.update().where(standing.table.c.grade != "certain").values(deadline=None))
    with reading(engine) as connection:
        user = accounts.find(connection, "wang")
        for order in filters.ORDERS:
            chosen = filters.parse({"stage": "", "order": order})
            whole = [r["fingerprint"] for r in filters.page(connection, chosen, user, two_nights.SECOND, 500).rows]
            found, at = [], chosen
            while True:
                page = filters.page(connection, at, user, two_nights.SECOND, 4)
                found += [row["fingerprint"] for row in page.rows]
                if page.more is None:
                    break
                at = chosen.at(page.more)
            assert found == whole
            assert len(set(found)) == len(found) == page.count


@pytest.mark.parametrize("query", ["order=x", "stage=x", "after=%27", "after=0000"])
def test_a_filter_that_means_nothing_is_said(client, query):
    sign_in(client)
    answer = client.get(f"/findings?{query}")
    assert (answer.status_code, "不能识别" in answer.text) == (400, True)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "ababababababab", "wang-wang-wang-1", "x" * 201])
def test_weak_passwords_are_refused(password):
    with pytest.raises(WeakPassword):
        hashed(password, "wang")


def test_an_inspector_works_through_a_finding(client, engine):
    sign_in(client)
    there = f"/findings/{print_of(engine, CASE)}"
    page = client.get(there)
    assert (page.status_code, CASE in page.text, "确认" in page.text) == (200, True, True)
    secret = csrf(engine)
    assert client.post(there, data={"csrf": secret, "version": "0", "what": "confirmed"}).headers["location"] == there
    sent = {"csrf": secret, "version": "1", "what": "assigned", "person": "某某", "deadline": "2026-04-10"}
    assert client.post(there, data=sent).status_code == 303
    page = client.get(there).text
    assert "已分派" in page
    assert "2026-04-10" in page


def test_the_second_of_two_is_told_and_loses_nothing_that_was_typed(client, engine):
    sign_in(client)
    there = f"/findings/{print_of(engine, CASE)}"
    secret = csrf(engine)
    client.post(there, data={"csrf": secret, "version": "0", "what": "confirmed"})
    answer = client.post(there, data={"csrf": secret, "version": "0", "what": "false_alarm", "note": "我的理由"})
    assert answer.status_code == 409
    assert "没有保存" in answer.text
    assert "我的理由" in answer.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"what": "closed"}, 422),
        ({"what": "waived", "note": "x", "until": "2020-01-01"}, 422),
        ({"what": "waived", "note": "x", "until": "tomorrow"}, 400),
        ({"what": "raised"}, 403),
        ({"what": "nothing"}, 403),
        ({}, 403),
    ],
)
def test_a_deed_that_does_not_fit_is_refused_in_words(client, engine, sent, status):
    sign_in(client)
    answer = client.post(f"/findings/{print_of(engine, CASE)}", data={"csrf": csrf(engine), "version": "0", **sent})
    assert answer.status_code == status
    with reading(engine) as connection:
        assert events.read(connection) == {}


@pytest.mark.parametrize("name", ["min1", "li"])
def test_what_one_may_not_see_is_not_there(client, engine, name):
    sign_in(client, name)
    there = f"/findings/{print_of(engine, LINK)}"
    assert client.get(there).status_code == 404
    assert client.post(there, data={"csrf": csrf(engine), "what": "comment", "note": "x"}).status_code == 404
    assert client.get(f"{there}/pages/{'0' * 64}").status_code == 404
    with reading(engine) as connection:
        assert events.read(connection) == {}


def test_a_department_reports_and_does_no_more(client, engine):
    sign_in(client, "min1")
    there = f"/findings/{print_of(engine, CASE)}"
    assert 'value="closed"' not in client.get(there).text
    secret = csrf(engine)
    assert client.post(there, data={"csrf": secret, "what": "closed", "note": "x"}).status_code == 403
    assert client.post(there, data={"csrf": secret, "what": "rectified", "note": "已上网"}).status_code == 303
    assert "已报整改，待复查" in client.get(there).text


def test_many_are_done_at_once_and_the_others_counted(client, engine):
    sign_in(client)
    prints = [print_of(engine, CASE), print_of(engine, LINK), "0" * 20]
    answer = client.post("/findings/all", data={"csrf": csrf(engine), "what": "confirmed", "finding": prints})
    assert "已处理2条" in answer.text
    assert "1条没有处理：没有这个问题" in answer.text


def test_a_kept_page_is_shown_as_it_was_and_can_do_nothing(client, engine):
    body = "<meta charset=gbk><title>旧页</title><script>alert(1)</script><p>正文".encode("gbk")
    digest_ = pages.sha256(body)
    with engine.begin() as connection:
        pages.keep(connection, [pages.page_row(digest_, body, "text/html; charset=gbk")])
        finding = findings.state_at(connection, two_nights.SECOND, beginning=print_of_in(connection, LINK))[0]
        proof = [{**schema.evidence_to_json(finding.evidence[0]), "sha256": digest_}]
        connection.execute(
            schema.sightings.update()
            .where(schema.sightings.c.fingerprint == finding.fingerprint)
            .values(evidence=proof)
        )
    sign_in(client)
    there = f"/findings/{finding.fingerprint}"
    assert f'src="{there}/pages/{digest_}"' in client.get(there).text
    answer = client.get(f"{there}/pages/{digest_}")
    assert "旧页" in answer.text
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
    assert client.get(f"/findings/{print_of(engine, CASE)}/pages/{digest_}").status_code == 404


def print_of_in(connection, subject):
    return (
        connection.execute(standing.table.select().where(standing.table.c.subject == subject))
        .mappings()
        .first()["fingerprint"]
    )


@pytest.mark.parametrize("name", ["admin", "wang", "li", "min1"])
def test_every_entry_of_the_menu_leads_somewhere(client, name):
    sign_in(client, name)
    menu = re.findall(r'<li><a href="([^"]*)"', client.get("/findings").text.split("</nav>")[0])
    assert menu != []
    assert [client.get(address).status_code for address in menu] == [200] * len(menu)


def test_crawled_words_stay_words(client, engine):
    sign_in(client)
    with reading(engine) as connection:
        rows = connection.execute(standing.table.select()).mappings().all()
    shown = [client.get(f"/findings/{row['fingerprint']}").text for row in rows] + [client.get("/findings?stage=").text]
    assert any("&lt;script&gt;" in page for page in shown)
    for page in shown:
        assert "<script>" not in page
        assert "javascript:" not in "".join(re.findall(r'(?:href|src|action)="([^"]*)"', page))
