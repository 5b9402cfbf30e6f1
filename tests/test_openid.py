"""Signing in by an OpenID Connect provider: a real one on loopback, and one that lies in every way it can."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.testclient import TestClient

from gongkai.config import OpenID, Settings
from gongkai.console import openid
from gongkai.console.application import create
from gongkai.console.openid import ON_THE_WAY, Attempt
from gongkai.console.pages import COOKIE, Console
from storage import accounts
from storage.database import reading
from tests.bulletins import two_nights

pytest_plugins = ("tests.console_fixtures",)
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})
NOW = int(two_nights.GENERATED.timestamp())


@pytest.fixture
def provider():
    """`lie(claims)` changes what the next token says; `key` signs it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            at = server.issuer
            told = {"issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token"}
            told |= {"jwks_uri": f"{at}/keys"} | server.description
            self.say(told if "well-known" in self.path else {"keys": [KEY.as_dict(private=False)]})

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            server.asked.append((dict(parse_qsl(body)), self.headers["Authorization"]))
            claims = {"iss": server.issuer, "aud": "gongkai", "sub": "s-wang", "exp": NOW + 60, "iat": NOW}
            claims |= {"nonce": server.nonce} | server.lies
            claims = {name: value for name, value in claims.items() if value is not None}
            algorithm = "HS256" if isinstance(server.key, OctKey) else "RS256"
            self.say({"id_token": jwt.encode({"alg": algorithm, "kid": "one"}, claims, server.key)})

        def say(self, value):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.issuer = f"http://127.0.0.1:{server.server_port}"
    server.lies, server.key, server.description, server.asked, server.nonce = {}, KEY, {}, [], ""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(engine, provider, clock, monkeypatch):
    monkeypatch.setenv(openid.SECRET, "a secret: of gongkai")
    with engine.begin() as connection:
        accounts.change(connection, "wang", subject="s-wang")
    settings = Settings(openid=OpenID(issuer=provider.issuer, client="gongkai"))
    made = create(engine, settings, console=Console(engine, settings, clock))
    return TestClient(made, base_url="http://127.0.0.1", follow_redirects=False)


def leave(client, provider, there="/findings?rule=W-07"):
    """To the provider; what it was asked."""
    answer = client.get("/openid", params={"next": there})
    assert answer.status_code == 303
    asked = {name: value[0] for name, value in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    provider.nonce = asked["nonce"]
    return asked


def come_back(client, asked, **changed):
    return client.get("/openid/back", params={"code": "c", "state": asked["state"]} | changed)


def test_who_is_linked_is_signed_in_and_goes_where_one_wanted(client, provider):
    assert "用统一身份认证登录" in client.get("/sign-in").text
    asked = leave(client, provider)
    answer = come_back(client, asked)
    assert (answer.status_code, answer.headers["refresh"]) == (200, "0;url=/findings?rule=W-07")
    assert "SameSite=strict" in answer.headers["set-cookie"]
    page = client.get("/findings")
    assert (page.status_code, "wang" in page.text) == (200, True)
    ((sent, basic),) = provider.asked
    verifier = Attempt("", "", sent["code_verifier"], "")
    assert (asked["code_challenge"], asked["code_challenge_method"]) == (verifier.challenge, "S256")
    assert sent["redirect_uri"] == asked["redirect_uri"] == "http://127.0.0.1:8420/openid/back"
    assert basic.startswith("Basic ")


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://evil.example"}, {"aud": "another"}, {"aud": ["another"]}, {"exp": NOW - 3600}, {"exp": None},
        {"nonce": "another"}, {"nonce": None}, {"sub": "unknown"}, {"sub": None}, {"azp": "another"}, {"iss": None},
        {"sub": "wang"}, {"aud": None},
    ],
)  # fmt: skip
def test_what_does_not_prove_it_signs_nobody_in(client, provider, lies):
    asked = leave(client, provider)
    provider.lies = lies
    answer = come_back(client, asked)
    assert (answer.status_code, "没有登录成功" in answer.text) == (401, True)
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("key", [OTHER, OctKey.import_key("a secret: of gongkai, and more of it")])
def test_a_token_by_another_key_signs_nobody_in(client, provider, key):
    asked = leave(client, provider)
    provider.key = key
    assert come_back(client, asked).status_code == 401
    assert COOKIE not in client.cookies


def test_an_answer_that_was_not_asked_for_signs_nobody_in(client, provider):
    asked = leave(client, provider)
    assert come_back(client, asked, state="another").status_code == 401
    assert come_back(client, asked).status_code == 401  # the attempt is over
    assert client.get("/openid/back?error=access_denied").status_code == 401
    client.cookies.set(ON_THE_WAY, "e30=", path="/openid")
    assert come_back(client, asked).status_code == 401
    assert provider.asked == []
    assert COOKIE not in client.cookies


def test_a_closed_account_stays_closed(client, provider, engine):
    with engine.begin() as connection:
        accounts.change(connection, "wang", active=False)
    assert come_back(client, leave(client, provider)).status_code == 401


def test_nobody_gets_an_account_by_being_known_there(client, provider, engine):
    provider.lies = {"sub": "new", "role": "administrator", "groups": ["administrator"]}
    with reading(engine) as connection:
        before = accounts.everyone(connection)
    assert come_back(client, leave(client, provider)).status_code == 401
    with reading(engine) as connection:
        assert accounts.everyone(connection) == before


@pytest.mark.parametrize("there", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_coming_back_never_leads_elsewhere(client, provider, there):
    asked = leave(client, provider, there)
    assert come_back(client, asked).headers["refresh"] == "0;url=/"


def test_a_provider_that_calls_itself_otherwise_or_is_away_is_not_asked(client, provider):
    provider.description = {"issuer": "https://evil.example"}
    assert client.get("/openid").status_code == 401
    provider.description = {}
    asked = leave(client, provider)
    provider.description = {"token_endpoint": "http://127.0.0.1:9/"}
    assert come_back(client, asked).status_code == 401


def test_without_a_provider_there_is_no_such_way(engine, clock):
    made = create(engine, Settings(), console=Console(engine, Settings(), clock))
    plain = TestClient(made, base_url="http://127.0.0.1", follow_redirects=False)
    assert "/openid" not in plain.get("/sign-in").text
    assert plain.get("/openid").headers["location"] == "/sign-in"
    assert plain.get("/openid/back?state=x&code=x").status_code == 401
