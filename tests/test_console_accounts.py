"""Accounts in the console: one's own password, sessions and tokens; and all accounts, for administrators."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from gongkai.console import signing_in
from gongkai.console.pages import COOKIE
from gongkai.console.passwords import digest
from gongkai.console.signing_in import LOCKED, TRIES
from storage import accounts
from storage.database import reading
from tests.console_fixtures import PASSWORD, sign_in

pytest_plugins = ("tests.console_fixtures",)
NEW = "another long sentence"


@pytest.fixture
def send(client):
    """Sends a form with its secret."""

    def sent(path, **form):
        secret = re.search(r'name="csrf" value="([^"]+)"', client.get("/account").text)
        return client.post(path, data={"csrf": secret[1] if secret else ""} | form)

    return sent


def user(engine, name):
    with reading(engine) as connection:
        return accounts.find(connection, name)


def test_a_new_password_ends_everything_but_begins_a_session_here(client, application, send, engine, clock):
    elsewhere = TestClient(application, base_url="http://127.0.0.1", follow_redirects=False)
    sign_in(elsewhere)
    sign_in(client)
    before = client.cookies.get(COOKIE)
    assert send("/account/tokens", label="x", days="7").status_code == 200
    assert send("/account/password", old=PASSWORD, new=NEW, again=NEW).status_code == 303
    assert "密码已更改" in client.get("/account?done=password").text
    assert client.cookies.get(COOKIE) != before
    assert elsewhere.get("/account").status_code == 303
    assert sign_in(elsewhere).status_code == 401
    assert sign_in(elsewhere, password=NEW).status_code == 303
    with reading(engine) as connection:
        assert accounts.tokens_of(connection, "wang") == []


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, "现在的密码不对"),
        (PASSWORD, NEW, "unlike", "不一致"),
        (PASSWORD, "short", "short", "太弱"),
        (PASSWORD, "wang-wang-wang-1", "wang-wang-wang-1", "太弱"),
    ],
)
def test_a_password_is_not_changed_by_mistake(client, send, engine, old, new, again, said):
    sign_in(client)
    answer = send("/account/password", old=old, new=new, again=again)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert user(engine, "wang").password == user(engine, "li").password  # as it was


def test_the_old_password_cannot_be_guessed_from_a_session_that_was_left_open(client, send, clock):
    sign_in(client)
    for _ in range(TRIES):
        send("/account/password", old="wrong", new=NEW, again=NEW)
    assert send("/account/password", old=PASSWORD, new=NEW, again=NEW).status_code == 422
    clock.at += LOCKED
    assert send("/account/password", old=PASSWORD, new=NEW, again=NEW).status_code == 303


def test_guesses_at_the_same_time_are_all_counted(engine, clock):
    with ThreadPoolExecutor(4) as pool:
        wrong = [pool.submit(signing_in.sign_in, engine, "wang", f"guess number {n}", clock()) for n in range(TRIES)]
        assert [one.result() for one in wrong] == [None] * TRIES
    assert user(engine, "wang").locked_until == clock() + LOCKED


def test_a_token_is_shown_once_and_works_and_can_be_revoked_by_its_owner_only(client, send, engine):
    sign_in(client)
    page = send("/account/tokens", label="<b>数据看板</b>", days="30").text
    secret = re.search(r'class="secret">([^<]+)<', page)[1]
    assert "<b>" not in page
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).json()["name"] == "wang"
    listed = client.get("/account").text
    assert "数据看板" in listed
    assert secret not in listed
    sign_in(client, "li")
    send("/account/tokens/end", digest=digest(secret))
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    sign_in(client)
    send("/account/tokens/end", digest=digest(secret))
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


@pytest.mark.parametrize(
    ("label", "days"), [("", "7"), ("x" * 81, "7"), ("x", "0"), ("x", "367"), ("x", "ten"), ("x", "")]
)
def test_a_token_has_a_label_and_an_end(client, send, engine, label, days):
    sign_in(client)
    assert send("/account/tokens", label=label, days=days).status_code == 422
    with reading(engine) as connection:
        assert accounts.tokens_of(connection, "wang") == []


def test_signing_out_everywhere_else(client, application, send):
    elsewhere = TestClient(application, base_url="http://127.0.0.1", follow_redirects=False)
    sign_in(elsewhere)
    sign_in(client)
    assert client.get("/account").text.count("登录，最近使用") == 2
    send("/account/sessions/end")
    assert elsewhere.get("/account").status_code == 303
    assert client.get("/account").text.count("登录，最近使用") == 1


@pytest.mark.parametrize("name", ["wang", "li", "min1"])
def test_only_administrators_manage_accounts(client, send, engine, name):
    sign_in(client, name)
    assert client.get("/accounts").status_code == 403
    assert client.get("/accounts/admin").status_code == 403
    assert send("/accounts", name="mine", role="administrator").status_code == 403
    assert send(f"/accounts/{name}", what="place", role="administrator").status_code == 403
    assert 'href="/accounts"' not in client.get("/account").text
    assert user(engine, "mine") is None
    assert user(engine, name).role != "administrator"


def test_an_account_is_added_with_a_password_that_is_shown_once(client, send, engine):
    sign_in(client, "admin")
    page = send(
        "/accounts", name="民二 <i>", role="department", department="民事审判第二庭", site=["hekou", "dongshan"]
    )
    assert "<i>" not in page.text
    secret = re.search(r'class="secret">([^<]+)<', page.text)[1]
    made = user(engine, "民二 <i>")
    assert (made.role, made.department, made.sites) == ("department", "民事审判第二庭", ("hekou", "dongshan"))
    link = re.search(r'href="(/accounts/%E6[^"]+)"', client.get("/accounts").text)[1]
    assert "民二" in client.get(link).text
    assert sign_in(client, "民二 <i>", secret).status_code == 303


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"name": "wang", "role": "viewer"}, 409),
        ({"name": "", "role": "viewer"}, 422),
        ({"name": "x" * 81, "role": "viewer"}, 422),
        ({"name": "a\u202eb", "role": "viewer"}, 422),
        ({"name": "new", "role": "king"}, 422),
        ({"name": "new", "role": "department"}, 422),
        ({"name": "new", "role": "department", "department": "民一"}, 422),  # of which court?
        ({"name": "new", "role": "viewer", "department": "民一"}, 422),
        ({"name": "new", "role": "viewer", "site": "nowhere"}, 422),
    ],
)
def test_a_wrong_account_is_refused_and_what_was_typed_stays(client, send, engine, form, status):
    sign_in(client, "admin")
    answer = send("/accounts", **form)
    assert answer.status_code == status
    assert f'value="{form["name"][:5]}' in answer.text
    assert user(engine, "new") is None


def test_an_account_is_changed_reset_closed_and_opened(client, application, send, engine):
    theirs = TestClient(application, base_url="http://127.0.0.1", follow_redirects=False)
    sign_in(theirs, "li")
    sign_in(client, "admin")
    assert send("/accounts/li", what="place", role="inspector").status_code == 303
    assert theirs.get("/account").status_code == 303  # the new role begins with a new session
    assert (user(engine, "li").role, user(engine, "li").sites) == ("inspector", ())
    secret = re.search(r'class="secret">([^<]+)<', send("/accounts/li", what="reset").text)[1]
    assert sign_in(theirs, "li").status_code == 401
    assert sign_in(theirs, "li", secret).status_code == 303
    send("/accounts/li", what="close")
    assert theirs.get("/account").status_code == 303
    assert sign_in(theirs, "li", secret).status_code == 401
    send("/accounts/li", what="open")
    assert sign_in(theirs, "li", secret).status_code == 303
    assert send("/accounts/nobody", what="close").status_code == 404
    assert send("/accounts/li", what="delete").status_code == 422


@pytest.mark.parametrize("form", [{"what": "close"}, {"what": "place", "role": "viewer"}, {"what": "reset"}])
def test_there_is_always_an_administrator_left(client, send, engine, form):
    sign_in(client, "admin")
    assert send("/accounts/admin", **form).status_code == 422
    assert (user(engine, "admin").role, user(engine, "admin").active) == ("administrator", True)
