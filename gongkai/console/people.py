"""All accounts, for administrators: add, change the role, reset the password, unlock, close and open again.

Nobody changes the own account here: so there is always an administrator left. The first one comes from the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gongkai.console import words
from gongkai.console.pages import Visit, render, signed_in
from gongkai.console.passwords import first_password
from gongkai.console.visibility import may_manage_accounts
from storage import accounts, runs
from storage.accounts import DEPARTMENT, ROLES, NameTaken, User
from storage.database import reading
from storage.locks import in_turn

LIST = "/accounts"


class Refused(Exception):
    """It cannot be done; the message is a key under `people.problems`."""


def index(visit: Visit) -> Response:
    """All accounts, and the form for another one."""
    return _index(visit)


def add(visit: Visit) -> Response:
    """A new account with a password that is shown this once."""
    name = visit.text("name")
    secret, kept = first_password()
    try:
        with visit.console.engine.begin() as connection:
            _still_may(connection, visit)
            if not name or not name.isprintable() or len(name) > 80 or name in (".", ".."):
                raise Refused("name")
            place = _place(connection, visit)
            accounts.add(connection, User(name=name, password=kept, made=visit.console.now(), **place))
    except NameTaken:
        return _index(visit, problem="taken", status=409)
    except Refused as error:
        return _index(visit, problem=str(error), status=422)
    return render(visit, "secret.html.j2", what="password", name=name, secret=secret, back=LIST)


def show(visit: Visit) -> Response:
    """One account."""
    return _one(visit)


def change(visit: Visit) -> Response:
    """Change one account that is not one's own."""
    what, (secret, kept) = visit.text("what"), first_password()
    changes: dict[str, dict[str, Any]] = {
        "reset": {"password": kept, "failures": 0, "locked_until": None},
        "unlock": {"failures": 0, "locked_until": None},
        "close": {"active": False},
        "open": {"active": True, "failures": 0, "locked_until": None},
        "place": {},
    }
    try:
        with visit.console.engine.begin() as connection:
            _still_may(connection, visit)
            user = _user(connection, visit)
            if what not in changes:
                raise Refused("what")
            if user.name == visit.user.name:
                raise Refused("own")
            values = _place(connection, visit) if what == "place" else changes[what]
            accounts.change(connection, user.name, **values)
    except Refused as error:
        return _one(visit, problem=str(error), status=422)
    if what == "reset":
        return render(visit, "secret.html.j2", what="password", name=user.name, secret=secret, back=LIST)
    return RedirectResponse(f"{LIST}?done={what}", 303)


def _place(connection: Connection, visit: Visit) -> dict[str, Any]:
    """Role, department and sites, as the form says them."""
    role, department = visit.text("role"), visit.text("department")
    sites = [str(one) for one in visit.form.getlist("site")]
    if role not in ROLES:
        raise Refused("role")
    if (role == DEPARTMENT) != bool(department) or len(department) > 80:
        raise Refused("department")
    try:
        own = accounts.sites_for(role, sites, [one.id for one in runs.all_sites(connection)])
    except accounts.NoSite as error:
        raise Refused("site" if str(error) else "no_site") from None
    return {"role": role, "department": department or None, "sites": list(own)}


def _still_may(connection: Connection, visit: Visit) -> None:
    """Asked again within the transaction: of two administrators who close each other's accounts only one does."""
    in_turn(connection, "accounts")
    user = accounts.find(connection, visit.user.name)
    if user is None or not user.active or not may_manage_accounts(user):
        raise HTTPException(403, words.say("errors.not_allowed"))


def _user(connection: Connection, visit: Visit) -> User:
    user = accounts.find(connection, str(visit.request.path_params["name"]))
    if user is None:
        raise HTTPException(404)
    return user


def _index(visit: Visit, *, problem: str | None = None, status: int = 200) -> Response:
    with reading(visit.console.engine) as connection:
        people, sites = accounts.everyone(connection), runs.all_sites(connection)
    done = visit.request.query_params.get("done")
    return render(
        visit,
        "people.html.j2",
        status=status,
        people=people,
        sites=sites,
        problem=problem and words.say(f"people.problems.{problem}"),
        done=done if done in ("unlock", "close", "open", "place") else None,
        typed=_typed(visit.form),
        now=visit.console.now(),
        roles=ROLES,
    )


def _one(visit: Visit, *, problem: str | None = None, status: int = 200) -> Response:
    with reading(visit.console.engine) as connection:
        user, sites = _user(connection, visit), runs.all_sites(connection)
    return render(
        visit,
        "person.html.j2",
        status=status,
        person=user,
        sites=sites,
        problem=problem and words.say(f"people.problems.{problem}"),
        typed=_typed(visit.form) if visit.form else vars(user) | {"department": user.department or ""},
        now=visit.console.now(),
        roles=ROLES,
    )


def _typed(form: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, to be shown again beside what is wrong with it."""
    values = {key: str(form.get(key, ""))[:200] for key in ("name", "role", "department")}
    return values | {"sites": [str(one) for one in getattr(form, "getlist", lambda _key: [])("site")]}


ROUTES: list[BaseRoute] = [
    Route(LIST, signed_in(index, allowed=may_manage_accounts), methods=["GET"]),
    Route(LIST, signed_in(add, allowed=may_manage_accounts), methods=["POST"]),
    Route(f"{LIST}/{{name:path}}", signed_in(show, allowed=may_manage_accounts), methods=["GET"]),
    Route(f"{LIST}/{{name:path}}", signed_in(change, allowed=may_manage_accounts), methods=["POST"]),
]
