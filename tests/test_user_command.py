"""`gongkai user`: accounts and tokens from the command line."""

import io
import sys

import pytest

from gongkai import cli, clock
from gongkai.console.passwords import digest
from gongkai.console.tokens import MOST_TOKENS
from gongkai.errors import OK, WRONG_USE
from storage import accounts
from storage.accounts import User
from storage.database import connect, reading


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setenv("GONGKAI_LANG", "en")
    monkeypatch.setenv("GONGKAI_DATABASE", str(tmp_path / "trial.db"))
    monkeypatch.chdir(tmp_path)
    made = connect(tmp_path / "trial.db")
    with made.begin() as connection:
        accounts.add(connection, User(name="wang", role="inspector", made=clock.now()))
    return made


@pytest.fixture
def run(engine, capsys):
    def run_(*arguments):
        code = cli.run(["user", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_


def test_a_token_is_shown_once_and_listed_and_ended_by_its_code(run, engine):
    code, secret, _ = run("token", "wang", "--label", "dashboard", "--days", "7")
    secret = secret.strip()
    assert (code, secret.startswith("gongkai_")) == (OK, True)
    with reading(engine) as connection:
        assert accounts.user_of_token(connection, digest(secret), clock.now()).name == "wang"
    _, listed, _ = run("token", "wang")
    assert "dashboard" in listed
    assert secret not in listed
    assert run("token", "wang", "--revoke", digest(secret)[:8])[0] == OK
    with reading(engine) as connection:
        assert accounts.user_of_token(connection, digest(secret), clock.now()) is None


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("token", "nobody", "--label", "x"), "nobody: no such account"),
        (("token", "wang", "--label", "x", "--days", "400"), "--days"),
        (("token", "wang", "--label", "x" * 81), "--label"),
        (("token", "wang", "--revoke", "abc"), "0 tokens begin with it"),
        (("add", "li", "--role", "king"), "no king"),
        (("add", "li", "--role", "department"), "--department"),
        (("add", "li", "--role", "department", "--department", "民一"), "--site: a department's account needs one"),
        (("add", "li", "--role", "viewer", "--site", "nowhere"), "--site: no nowhere"),
        (("passwd", "nobody"), "nobody: no such account"),
        (("disable", "nobody"), "nobody: no such account"),
    ],
)
def test_a_mistake_is_one_line(run, arguments, complaint):
    code, out, said = run(*arguments)
    assert (code, out) == (WRONG_USE, "")
    assert complaint in said
    assert "Traceback" not in said


def test_nobody_collects_tokens(run, engine):
    for _ in range(MOST_TOKENS):
        assert run("token", "wang", "--label", "x")[0] == OK
    code, _, said = run("token", "wang", "--label", "x")
    assert (code, "too many tokens" in said) == (WRONG_USE, True)


def test_a_new_password_ends_tokens(run, engine, monkeypatch):
    run("token", "wang", "--label", "x")
    monkeypatch.setattr(sys, "stdin", io.StringIO("a quite long sentence\n"))
    assert run("passwd", "wang")[0] == OK
    with reading(engine) as connection:
        assert accounts.tokens_of(connection, "wang") == []
