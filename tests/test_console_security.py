"""What an attacker with or without an account tries, on every route of the console and of the interface for programs.

The routes are taken from the application, so that a new one is tried too. One with a part in its address that is not known
here fails until `PARTS` says how to fill it.
"""

import io
import re
import zipfile
from datetime import timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from gongkai.config import Settings
from gongkai.console import deeds, finding, signing_in
from gongkai.console.api.application import PATH as V1
from gongkai.console.application import MOST_BODY, create
from gongkai.console.pages import COOKIE, Console
from gongkai.console.passwords import digest
from gongkai.console.visibility import seen_by
from storage import accounts, bulletins, findings, pages, schema, standing
from storage.accounts import Token
from storage.bulletins import Issued
from storage.database import reading
from tests.bulletins import two_nights
from tests.console_fixtures import CASE, LINK, copy, csrf, print_of

pytest_plugins = ("tests.console_fixtures",)
BODY = b"<title>fremd</title><p>kept page of another department"
OPEN = {"/sign-in", "/openid", "/openid/back", f"{V1}/openapi.json"}
"""What is served to anybody. Whoever adds to this has thought about it."""
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
UNTOUCHED = [t for t in schema.metadata.sorted_tables if t.name != "sessions"]


def routes_of(application):
    """Every route as (method, address), with the braces of its parts."""
    found = []
    for one in application.routes:
        if isinstance(one, Route):
            found += [(method, re.sub(r":\w+}", "}", one.path)) for method in sorted(one.methods - {"HEAD"})]
        elif isinstance(one, Mount) and one.path == V1:
            told = one.app.openapi()["paths"]
            found += [(method.upper(), V1 + path) for path, methods in told.items() for method in methods]
            found.append(("GET", f"{V1}/openapi.json"))
        else:
            assert isinstance(one, Mount) and one.name == "static", f"what is {one}?"
    return found


@pytest.fixture(scope="module")
def world(tmp_path_factory, built):
    """An application on a database with a kept page, an issued bulletin and tokens."""
    engine = copy(built, tmp_path_factory.mktemp("security"))
    with engine.begin() as connection:
        kept = pages.sha256(BODY)
        pages.keep(connection, [pages.page_row(kept, BODY, "text/html; charset=utf-8")])
        one = findings.state_at(connection, two_nights.SECOND, beginning=print_in(connection, LINK))[0]
        proof = [{**schema.evidence_to_json(one.evidence[0]), "sha256": kept}]
        of_it = schema.sightings.c.fingerprint == one.fingerprint
        connection.execute(schema.sightings.update().where(of_it).values(evidence=proof))
        day = two_nights.SECOND
        bulletins.issue(
            connection,
            Issued(
                number="示法公开〔2026〕1号", code="示法公开", year=2026, serial=1, title="通报", kind="month", first=day,
                last=day, sites=("dongshan",), department=None, night=day, day=day, issued=two_nights.GENERATED,
            ),
            {"bulletin.html": LINK.encode()},
        )  # fmt: skip
        for name in ("admin", "wang", "li", "min1"):
            made = Token(digest=digest(f"t-{name}"), user=name, label="x", made=two_nights.GENERATED, expires=None)
            accounts.add_token(connection, made)
    settings = Settings()
    application = create(engine, settings, console=Console(engine, settings, lambda: two_nights.GENERATED))
    yield application, engine
    engine.dispose()


def print_in(connection, subject):
    query = sa.select(standing.table.c.fingerprint).where(standing.table.c.subject == subject)
    return connection.execute(query).scalar()


def parts(engine, *, own):
    """Values for the parts of an address: of the department's own finding, or of what it may not know of."""
    return {
        "fingerprint": print_of(engine, CASE if own else LINK),
        "digest": pages.sha256(BODY),
        "site": "chengnan" if own else "dongshan",
        "number": CASE if own else "示法公开〔2026〕1号",
        "night": str(two_nights.SECOND),
        "rule": "D-01" if own else "W-07",
        "name": "bulletin.html",
        "form": "csv",
    }


def filled(address, values):
    missing = set(re.findall(r"{(\w+)}", address)) - set(values)
    assert not missing, f"{address}: say in `parts` how to fill {missing}"
    return re.sub(r"{(\w+)}", lambda part: quote(values[part[1]], safe=""), address)


class Person:
    """Somebody with a session and a token; `ask` sends the one or the other, and the form's secret unless told."""

    def __init__(self, world, name):
        application, self.engine = world
        self.name = name
        self.client = TestClient(
            application, base_url="http://127.0.0.1", follow_redirects=False, raise_server_exceptions=False
        )

    def enter(self):
        with self.engine.begin() as connection:
            user = accounts.find(connection, self.name)
            opened = signing_in.begin(connection, user, two_nights.GENERATED)
        self.client.cookies.set(COOKIE, opened.cookie)
        return csrf(self.engine)

    def ask(self, method, address, form=None, **more):
        if address.startswith(V1):
            body = {"json": {"what": (form or {}).get("what", "comment"), "note": "x"}} if method == "POST" else {}
            return self.client.request(method, address, headers={"Authorization": f"Bearer t-{self.name}"}, **body)
        if method == "GET":
            return self.client.get(address, **more)
        secret = self.enter()
        return self.client.request(method, address, data={"csrf": secret} | (form or {}), **more)


def text_of(answer):
    """What an answer says, also if it is a workbook."""
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return answer.text


def hidden_from(engine, name):
    """Texts that this person must never read: of findings that somebody else sees and this one does not."""
    with reading(engine) as connection:
        user = accounts.find(connection, name)
        every = connection.execute(sa.select(standing.table)).mappings().all()
        own = connection.execute(sa.select(standing.table).where(seen_by(user))).mappings().all()
    texts = lambda rows: {row[key] for row in rows for key in ("fingerprint", "subject", "message")}  # noqa: E731
    shown = "\n".join(texts(own))
    hidden = {text for text in texts(every) if len(text) > 9 and text not in shown}
    assert len(hidden) > 9
    return {re.sub(r"[&<>\"'].*", "", text) for text in hidden if len(re.sub(r"[&<>\"'].*", "", text)) > 9}


def state(engine):
    """All that is stored, but sessions."""
    with reading(engine) as connection:
        return {table.name: connection.execute(sa.select(table)).all() for table in UNTOUCHED}


@pytest.mark.parametrize("name", ["min1", "li"])
def test_nobody_reads_what_is_others(world, name):
    application, engine = world
    person, hidden = Person(world, name), hidden_from(engine, name)
    person.enter()
    with reading(engine) as connection:
        shown = sa.select(standing.table).where(seen_by(accounts.find(connection, name)))
        one = connection.execute(shown).mappings().first()
    foreign, seen = parts(engine, own=False), {}
    own = foreign | {
        "fingerprint": one["fingerprint"],
        "site": one["site"],
        "rule": one["rule"],
        "number": one["subject"],
    }
    asked = f"?stage=&q={quote(LINK)}&text=gone&site=dongshan&responsible={quote('综合办公室')}&url={quote(LINK)}"
    for method, address in routes_of(application):
        for values, query in ((foreign, ""), (foreign, asked), (own, "?stage="), (own, "")) if method == "GET" else ():
            answer = person.ask("GET", filled(address, values) + query)
            told = {text for text in hidden if text in text_of(answer)}
            # What was asked for may be said again in the field it was typed into: LINK is the only one of them.
            assert told - ({LINK} if query == asked else set()) == set(), (address, query)
            assert answer.status_code < 500, (address, query)
            if values is foreign and {"fingerprint", "site"} & set(re.findall(r"{(\w+)}", address)):
                assert answer.status_code in (403, 404), (address, answer.status_code)
            seen[address] = answer.status_code
    assert seen["/findings/{fingerprint}"] == 200
    assert seen["/findings"] == 200


@pytest.mark.parametrize("name", ["min1", "li"])
def test_nobody_changes_what_is_others(world, name):
    application, engine = world
    person, before = Person(world, name), state(engine)
    foreign = parts(engine, own=False) | {"name": "admin"}
    form = {
        "finding": foreign["fingerprint"], "note": "x", "department": "民事审判第一庭", "until": "2026-04-20",
        "deadline": "2026-04-20", "role": "administrator", "digest": digest("t-admin"), "name": "evil",
        "form": "csv", "url": LINK,
    }  # fmt: skip
    for method, address in routes_of(application):
        if method in CHANGING and address not in OPEN:
            for what in (*deeds.FROM, "place", "reset", "close"):
                if "{" in address or what == "comment" or address.endswith(("/all", "/recheck")):
                    answer = person.ask(method, filled(address, foreign), form | {"what": what})
                    assert answer.status_code < 500, address
    after = state(engine)
    mine = [row for row in after["tokens"] if row.user == name]  # one may make tokens of one's own
    after["tokens"] = [row for row in after["tokens"] if row not in mine or row in before["tokens"]]
    assert {table for table in before if before[table] != after[table]} == set()


@pytest.mark.parametrize("secret", [None, "", "wrong", "of another session"])
def test_no_form_does_anything_without_the_secret_of_its_session(world, secret):
    application, engine = world
    person = Person(world, "admin")
    others = Person(world, "wang").enter()
    values = parts(engine, own=True) | {"name": "li"}
    person.enter()
    before, tried = state(engine), 0
    form = {"finding": values["fingerprint"], "what": "comment", "note": "x", "name": "evil", "role": "viewer"}
    form |= {"label": "x", "days": "7"}
    if secret is not None:
        form["csrf"] = others if secret == "of another session" else secret
    for method, address in routes_of(application):
        if method in CHANGING and address not in OPEN:
            answer = person.client.request(method, filled(address, values), data=form)
            assert answer.status_code == (401 if address.startswith(V1) else 403), address
            tried += 1
    assert tried > 8
    assert state(engine) == before
    assert person.client.get("/account").status_code == 200  # and is still signed in


def test_reading_changes_nothing(world):
    application, engine = world
    person = Person(world, "admin")
    person.enter()
    before = state(engine)
    for own in (True, False):
        values = parts(engine, own=own)
        for method, address in routes_of(application):
            if method == "GET":
                assert person.ask("GET", filled(address, values)).status_code < 500, address
    after = state(engine)
    after["events"] = [row for row in after["events"] if row.what != finding.VIEWED]
    assert {table for table in before if before[table] != after[table] and table != "chain"} == set()


def test_nothing_but_signing_in_is_for_strangers(world):
    application, engine = world
    stranger = TestClient(application, base_url="http://127.0.0.1", follow_redirects=False)
    values, before = parts(engine, own=True), state(engine)
    for method, address in routes_of(application):
        if address in OPEN:
            continue
        answer = stranger.request(method, filled(address, values))
        if address.startswith(V1) or method != "GET":
            assert answer.status_code in (401, 429), address
        else:
            assert (answer.status_code, answer.headers["location"][:9]) == (303, "/sign-in?"), address
    assert state(engine) == before


STRICT = {
    "content-security-policy": ("default-src 'none'", "frame-ancestors"),
    "x-content-type-options": ("nosniff",),
    "referrer-policy": ("same-origin",),
    "cross-origin-opener-policy": ("same-origin",),
}


def is_strict(answer):
    policy = answer.headers.get("content-security-policy", "")
    assert all(text in answer.headers.get(name, "") for name, texts in STRICT.items() for text in texts), answer.url
    assert not re.search(r"script-src[^;]*(unsafe|\*|data:|blob:)", policy), answer.url
    if "unsafe-inline" in policy:  # the style of a kept page, which may do nothing else
        assert "sandbox" in policy
        assert "script-src" not in policy


def test_every_answer_has_the_strict_headers(world, monkeypatch):
    application, engine = world
    person = Person(world, "admin")
    person.enter()
    for method, address in routes_of(application):
        is_strict(
            person.ask(method, filled(address, parts(engine, own=True)))
            if method == "GET"
            else person.client.request(method, filled(address, parts(engine, own=True)))
        )
    for address in (
        "/nowhere",
        f"{V1}/nowhere",
        "/static/nowhere",
        "/static/console.css",
        "/sign-in",
        "/findings?after=x",
    ):
        is_strict(person.client.get(address))
        is_strict(person.client.delete(address))
    is_strict(person.client.post("/sign-in", content=b"x" * (MOST_BODY + 1)))
    monkeypatch.setattr(signing_in, "session_of", lambda *_: 1 / 0)
    broken = person.client.get("/findings")
    assert (broken.status_code, "程序出错" in broken.text, "division" in broken.text) == (500, True, False)
    is_strict(broken)


@pytest.mark.parametrize(
    "path",
    ["../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "..\\..\\x",
     "%00", "a%00.html", ".", "..", "~root", "CON", "x" * 3000, "'; DROP TABLE users; --", "${7*7}", "%F0%28%8C%28"],
)  # fmt: skip
def test_no_part_of_an_address_leads_elsewhere(world, path):
    application, engine = world
    person = Person(world, "admin")
    person.enter()
    values = parts(engine, own=True)
    for method, address in routes_of(application):
        for name in re.findall(r"{(\w+)}", address) if method == "GET" else ():
            hostile = path if "%" in path else quote(path, safe="")
            answer = person.ask("GET", filled(address.replace(f"{{{name}}}", hostile), values))
            assert answer.status_code in (200, 303, 307, 400, 403, 404, 422), address
            assert "root:" not in answer.text
    assert "root:" not in person.client.get(f"/static/{path}").text


def test_a_body_that_is_too_large_or_without_length_is_not_read(world):
    person = Person(world, "wang")
    secret = person.enter()
    there = f"/findings/{print_of(person.engine, CASE)}"
    assert person.client.post(there, content=b"x" * (MOST_BODY + 1)).status_code == 413
    assert person.client.post(there, content=(chunk for chunk in [b"csrf=x"])).status_code == 411
    assert person.client.post(f"{V1}/findings/{'0' * 20}/events", content=b"x" * (MOST_BODY + 1)).status_code == 413
    many = "&".join(f"finding={n}" for n in range(3000))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert person.client.post("/findings/all", content=f"csrf={secret}&{many}", headers=form).status_code == 400


def test_files_are_taken_by_no_form_that_does_not_ask_for_one(world):
    application, engine = world
    person = Person(world, "admin")
    values, before = parts(engine, own=True) | {"name": "li"}, state(engine)
    for method, address in routes_of(application):
        if method in CHANGING and address not in OPEN and not address.startswith(V1):
            secret = person.enter()
            sent = {"upload": ("evil.php", b"<?php", "text/html"), "note": ("x.txt", b"x", "text/plain")}
            answer = person.client.request(method, filled(address, values), data={"csrf": secret}, files=sent)
            assert answer.status_code == 400, address
    assert state(engine) == before


def test_a_session_is_of_the_one_who_signed_in(world):
    """Fixation: a cookie that was there before signing in is never the session; nor does it come from the address."""
    application, engine = world
    victim = Person(world, "wang")
    victim.client.cookies.set(COOKIE, "chosen-by-the-attacker")
    answer = victim.client.post(
        f"/sign-in?{COOKIE}=chosen", data={"name": "wang", "password": "correct horse battery", COOKIE: "chosen"}
    )
    assert answer.status_code == 303
    assert "chosen" not in answer.headers["set-cookie"]
    attacker = TestClient(application, base_url="http://127.0.0.1", follow_redirects=False)
    for value in ("chosen-by-the-attacker", "chosen", "", digest("chosen"), "' OR 1=1 --"):
        attacker.cookies.set(COOKIE, value)
        assert attacker.get("/findings").status_code == 303
    with reading(engine) as connection:
        kept = connection.execute(sa.select(schema.sessions.c.digest)).scalars().all()
    attacker.cookies.set(COOKIE, kept[-1])  # who reads the database is not signed in by it
    assert attacker.get("/findings").status_code == 303


def test_names_cannot_be_guessed_however_many_are_tried(world):
    """Brute force: from one address ten tries a minute, whatever the names."""
    application, _ = world
    stranger = TestClient(application, base_url="http://127.0.0.1", follow_redirects=False)
    application.state.limiter = signing_in.Limiter(signing_in.RATE)
    tried = [stranger.post("/sign-in", data={"name": f"n{n}", "password": "x" * 12}).status_code for n in range(13)]
    assert tried == [401] * 10 + [429] * 3
    application.state.limiter = signing_in.Limiter(signing_in.RATE)
    assert timedelta(minutes=15) <= signing_in.LOCKED


def test_a_section_of_which_no_night_is_known_has_a_page(world):
    """As in a database of an earlier version, which kept no readings."""
    _application, engine = world
    person = Person(world, "admin")
    person.enter()
    with engine.begin() as connection:
        connection.execute(schema.section_reads.delete())
    links = re.findall(r'href="(/courts/[^"]+/section\?url=[^"]+)"', person.client.get("/").text)
    assert [person.client.get(there).status_code for there in links[:3]] == [200] * 3
