"""The interface for programs: what a token sees and may do, in what parts, and how errors are said."""

from datetime import timedelta

import pytest

from gongkai.console.api.caller import WRONG_TOKENS
from gongkai.console.passwords import digest
from storage import accounts, events
from storage.accounts import Token
from storage.database import reading
from tests.console_fixtures import CASE, LINK, print_of

pytest_plugins = ("tests.console_fixtures",)
V1 = "/api/v1"
NAMES = ("admin", "wang", "li", "min1")


@pytest.fixture(autouse=True)
def tokens(engine, clock):
    """Everybody has a token: t-NAME."""
    with engine.begin() as connection:
        for name in NAMES:
            made = Token(
                digest=digest(f"t-{name}"),
                user=name,
                label="trial",
                made=clock.at,
                expires=clock.at + timedelta(days=30),
            )
            accounts.add_token(connection, made)


@pytest.fixture
def ask(client):
    """Asks as somebody; the path is one of v1 or what `next` said."""

    def asked(path, name="wang", *, json=None):
        there = path if path.startswith(V1) else V1 + path
        headers = {"Authorization": f"Bearer t-{name}"}
        return client.get(there, headers=headers) if json is None else client.post(there, headers=headers, json=json)

    return asked


def prints(answer):
    return [one["fingerprint"] for one in answer.json()["items"]]


@pytest.mark.parametrize("token", [None, "", "wrong", "t-nobody", "t-wang\x7f", "é" * 3])
def test_without_a_right_token_nothing_is_told(client, token):
    headers = {} if token is None else {"Authorization": f"Bearer {token}".encode()}
    answer = client.get(f"{V1}/findings", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "no_token")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_session_of_a_browser_is_no_token(client):
    client.post("/sign-in", data={"name": "wang", "password": "correct horse battery"})
    assert client.get("/findings").status_code == 200
    assert client.get(f"{V1}/findings").status_code == 401


def test_a_token_ends_by_its_day_by_being_revoked_and_with_its_account(ask, engine, clock):
    assert ask("/me").json() == {"name": "wang", "role": "inspector", "department": None, "sites": []}
    with engine.begin() as connection:
        assert not accounts.revoke(connection, "li", digest("t-wang"))
    assert ask("/me").status_code == 200
    with engine.begin() as connection:
        assert accounts.revoke(connection, "wang", digest("t-wang"))
        accounts.change(connection, "admin", active=False)
    assert ask("/me").status_code == 401
    assert ask("/me", "admin").status_code == 401
    clock.at += timedelta(days=30)
    assert ask("/me", "li").status_code == 401


def test_guessing_tokens_is_slowed_down_and_right_ones_are_not(ask):
    most = int(WRONG_TOKENS.split("/")[0])
    answers = [ask("/me", "guess").status_code for _ in range(most + 2)]
    assert answers == [401] * most + [429] * 2
    assert ask("/me").status_code == 200


def test_the_parts_of_the_list_are_the_whole_list_once(ask):
    whole = prints(ask("/findings?limit=200"))
    found, there = [], "/findings?limit=3&order=newest"
    while there is not None:
        part = ask(there)
        found += prints(part)
        there = part.json()["next"]
    assert sorted(found) == sorted(whole)
    assert len(set(found)) == len(found) > 6


def test_filters_narrow_the_list(ask):
    everything = ask("/findings?limit=200").json()["items"]
    for query, fits in (
        ("severity=S1", lambda one: one["severity"] == "S1"),
        ("site=dongshan", lambda one: one["site"] == "dongshan"),
        ("stage=open", lambda one: one["stage"] not in ("closed", "false_alarm", "waived")),
        ("stage=closed", lambda one: one["stage"] == "closed"),
        (f"text={CASE}", lambda one: CASE in one["subject"] + one["message"]),
    ):
        wanted = {one["fingerprint"] for one in everything if fits(one)}
        assert set(prints(ask(f"/findings?limit=200&{query}"))) == wanted
        assert 0 < len(wanted) < len(everything)


@pytest.mark.parametrize(
    "query", ["severity=S9", "stage=x", "order=x", "limit=0", "limit=x", "after=x", "colour=red", "text=%00"]
)
def test_a_filter_that_means_nothing_is_an_error(ask, query):
    answer = ask(f"/findings?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["where"] == f"query.{query.split('=')[0]}"


def test_a_finding_is_told_with_proof_law_and_history(ask, engine):
    one = ask(f"/findings/{print_of(engine, CASE)}").json()
    assert one["about"]["case_number"] == one["subject"] == CASE
    assert one["basis"][0]["article"] == "7"
    assert one["evidence"][0]["url"].startswith("http")
    assert (one["stage"], one["version"], one["events"]) == ("new", 0, [])
    assert "confirmed" in one["deeds"]


def test_an_event_is_written_as_by_the_page(ask, engine):
    there = f"/findings/{print_of(engine, CASE)}"
    done = ask(f"{there}/events", json={"what": "confirmed", "version": 0})
    assert (done.status_code, done.json()["stage"], done.json()["version"]) == (201, "confirmed", 1)
    assert done.headers["location"] == V1 + there
    stale = ask(f"{there}/events", "admin", json={"what": "closed", "version": 0, "note": "x"})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    (step,) = ask(f"{there}/events").json()
    assert (step["who"], step["what"], step["before"]["stage"]) == ("wang", "confirmed", "new")
    assert ask("/events").json() == {"items": [step], "next": None}
    assert ask(f"/events?after={step['id']}").json()["items"] == []


@pytest.mark.parametrize(
    ("name", "sent", "status", "code"),
    [
        ("wang", {"what": "closed"}, 422, "note"),
        ("wang", {"what": "waived", "note": "x", "until": "2020-01-01"}, 422, "until"),
        ("wang", {"what": "waived", "note": "x", "until": "tomorrow"}, 422, "invalid"),
        ("wang", {"what": "waived", "note": "x", "until": 1800000000}, 422, "invalid"),
        ("wang", {"what": "reopened", "note": "x"}, 409, "stage"),
        ("wang", {"what": "raised"}, 422, "invalid"),
        ("wang", {"what": "confirmed", "who": "admin"}, 422, "invalid"),
        ("wang", {"what": "confirmed", "version": "0"}, 422, "invalid"),
        ("min1", {"what": "closed", "note": "x"}, 403, "role"),
    ],
)
def test_an_event_that_does_not_fit_is_refused_and_not_written(ask, engine, name, sent, status, code):
    answer = ask(f"/findings/{print_of(engine, CASE)}/events", name, json=sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    with reading(engine) as connection:
        assert events.read(connection) == {}


def test_what_an_error_says_does_not_repeat_what_was_sent(ask, engine):
    secret = "440106199001011234"
    answer = ask(f"/findings/{print_of(engine, CASE)}/events", json={"what": secret, secret: 1, "note": [secret]})
    assert answer.status_code == 422
    assert secret not in str([one["message"] for one in answer.json()["errors"]])


@pytest.mark.parametrize("name", ["min1", "li"])
def test_what_one_may_not_see_is_not_there(ask, engine, name):
    ask(f"/findings/{print_of(engine, LINK)}/events", json={"what": "comment", "note": "fremd"})
    there = f"/findings/{print_of(engine, LINK)}"
    assert ask(there, name).status_code == 404
    assert ask(f"{there}/events", name).status_code == 404
    assert ask(f"{there}/events", name, json={"what": "comment", "note": "x"}).status_code == 404
    assert ask(f"/findings?after={print_of(engine, LINK)}", name).status_code == 404
    assert ask("/events", name).json()["items"] == []
    assert print_of(engine, LINK) not in prints(ask("/findings?limit=200", name))


def test_courts_and_nights_are_those_one_may_know_of(ask):
    assert len(ask("/sites").json()) == 4
    assert [one["id"] for one in ask("/sites", "li").json()] == ["hekou"]
    assert 0 < len(ask("/sites", "min1").json()) < 4
    assert {one["site"] for one in ask("/runs", "li").json()["items"]} == {"hekou"}
    assert ask("/runs", "min1").json()["code"] == "role"
    whole = ask("/runs").json()["items"]
    first = ask("/runs?limit=3").json()
    assert first["items"] == whole[:3]
    assert ask(first["next"]).json()["items"] == whole[3:6]
    assert {one["night"] for one in ask("/runs?night=2026-03-31").json()["items"]} == {"2026-03-31"}


def test_the_rules_in_force_are_told(ask):
    told = {one["id"]: one for one in ask("/rules", "min1").json()}
    assert told["D-01"]["severity"] == "S1"


def test_the_description_is_served_and_names_only_our_errors(client):
    told = client.get(f"{V1}/openapi.json").json()
    assert told["servers"] == [{"url": V1}]
    assert set(told["paths"]["/findings/{fingerprint}/events"]) == {"get", "post"}
    assert "HTTPValidationError" not in told["components"]["schemas"]
    assert "cdn" not in str(told)


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/findings/..%2f..", 404), ("/findings/0", 422)])
def test_an_unknown_address_is_a_problem_too(ask, path, status):
    answer = ask(V1 + path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_bug_says_nothing_of_its_inside(engine, application, monkeypatch):
    from starlette.testclient import TestClient

    from gongkai.console.api import caller

    monkeypatch.setattr(caller, "digest", lambda _secret: 1 / 0)
    careless = TestClient(application, base_url="http://127.0.0.1", raise_server_exceptions=False)
    answer = careless.get(f"{V1}/me", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "division" not in answer.text
