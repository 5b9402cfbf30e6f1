"""One's own account: the password, the tokens for programs, and where one is signed in."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gongkai.console import signing_in, tokens, words
from gongkai.console.pages import COOKIE, Visit, render, signed_in
from gongkai.console.passwords import WeakPassword, digest, hashed
from storage import accounts
from storage.database import reading

HERE = "/account"


def show(visit: Visit) -> Response:
    """The page of one's own account."""
    return _shown(visit)


def new_password(visit: Visit) -> Response:
    """Another password, for the right old one; it ends all sessions and tokens, and begins a new session here."""
    name, now = visit.user.name, visit.console.now()
    known = signing_in.proves(visit.console.engine, name, visit.text("old"), now)
    if known is None:
        return _shown(visit, problem="wrong", status=422)
    if visit.text("new") != visit.text("again"):
        return _shown(visit, problem="unlike", status=422)
    try:
        kept = hashed(visit.text("new"), name)
    except WeakPassword:
        return _shown(visit, problem="weak", status=422)
    with visit.console.engine.begin() as connection:
        accounts.change(connection, name, password=kept)
        opened = signing_in.begin(connection, known, now)
    answer = RedirectResponse(f"{HERE}?done=password", 303)
    signing_in.give(answer, COOKIE, opened, secure=visit.request.app.state.secure)
    return answer


def new_token(visit: Visit) -> Response:
    """A token, shown this once."""
    days = visit.text("days")
    try:
        with visit.console.engine.begin() as connection:
            secret = tokens.make(
                connection,
                visit.user.name,
                visit.text("label"),
                int(days) if days.isdecimal() and len(days) < 4 else 0,
                visit.console.now(),
            )
    except tokens.TooMany:
        return _shown(visit, problem="too_many", status=422)
    except ValueError:
        return _shown(visit, problem="token", status=422)
    return render(visit, "secret.html.j2", what="token", name=visit.text("label"), secret=secret, back=HERE)


def end_token(visit: Visit) -> Response:
    """Revoke one of one's tokens."""
    with visit.console.engine.begin() as connection:
        accounts.revoke(connection, visit.user.name, visit.text("digest"))
    return RedirectResponse(f"{HERE}?done=token", 303)


def end_sessions(visit: Visit) -> Response:
    """Sign out everywhere else."""
    with visit.console.engine.begin() as connection:
        accounts.close_others(connection, visit.user.name, digest(visit.request.cookies.get(COOKIE, "")))
    return RedirectResponse(f"{HERE}?done=sessions", 303)


def _shown(visit: Visit, *, problem: str | None = None, status: int = 200) -> Response:
    with reading(visit.console.engine) as connection:
        own: dict[str, Any] = {
            "tokens": accounts.tokens_of(connection, visit.user.name),
            "sessions": accounts.sessions_of(connection, visit.user.name),
        }
    done = visit.request.query_params.get("done")
    return render(
        visit,
        "account.html.j2",
        status=status,
        problem=problem and words.say(f"account.problems.{problem}"),
        done=done if done in ("password", "token", "sessions") else None,
        here=digest(visit.request.cookies.get(COOKIE, "")),
        days=tokens.DAYS,
        most_days=tokens.MOST_DAYS,
        now=visit.console.now(),
        **own,
    )


ROUTES: list[BaseRoute] = [
    Route(HERE, signed_in(show), methods=["GET"]),
    Route(f"{HERE}/password", signed_in(new_password), methods=["POST"]),
    Route(f"{HERE}/tokens", signed_in(new_token), methods=["POST"]),
    Route(f"{HERE}/tokens/end", signed_in(end_token), methods=["POST"]),
    Route(f"{HERE}/sessions/end", signed_in(end_sessions), methods=["POST"]),
]
