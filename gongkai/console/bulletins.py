"""The register of issued bulletins: what was issued, its files to be saved, and whether they are still what left the office."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gongkai.console import words
from gongkai.console.downloads import attachment
from gongkai.console.pages import Visit, render, signed_in
from gongkai.console.visibility import may_see_site
from storage import bulletins, runs
from storage.accounts import DEPARTMENT, User
from storage.bulletins import FileAltered, Issued
from storage.database import reading
from storage.pages import sha256


def may_read(user: User, bulletin: Issued) -> bool:
    """Whole bulletins speak of all departments: a department reads its own extracts, others what is about their sites."""
    if user.role == DEPARTMENT:
        inside = not user.sites or set(bulletin.sites) <= set(user.sites)
        return bulletin.department == user.department and inside
    return all(may_see_site(user, site) for site in bulletin.sites)


def index(visit: Visit) -> Response:
    """The register, the newest first."""
    with reading(visit.console.engine) as connection:
        issued = bulletins.all_issued(connection)
    corrected = {one.corrects: one.number for one in issued if one.corrects}
    readable = [one for one in reversed(issued) if may_read(visit.user, one)]
    return render(visit, "bulletins.html.j2", bulletins=readable, corrected=corrected)


def show(visit: Visit) -> Response:
    """One bulletin with its files, each held against the hash under which it was issued."""
    bulletin = _bulletin(visit)
    with reading(visit.console.engine) as connection:
        altered, files = None, {}
        try:
            files = bulletins.files_of(connection, bulletin.number)
        except FileAltered as error:
            altered = str(error)
        corrected = {one.corrects: one.number for one in bulletins.all_issued(connection) if one.corrects}
        courts = {site.id: site.court for site in runs.all_sites(connection)}
    return render(
        visit,
        "bulletin.html.j2",
        bulletin=bulletin,
        files={name: (len(body), sha256(body)) for name, body in files.items()},
        altered=altered,
        corrected_by=corrected.get(bulletin.number),
        courts=[courts.get(site, site) for site in bulletin.sites],
    )


def fetch(visit: Visit) -> Response:
    """One file, to the byte as it was issued; an altered one is not handed out."""
    bulletin, name = _bulletin(visit), str(visit.request.path_params["name"])
    with reading(visit.console.engine) as connection:
        try:
            body = bulletins.files_of(connection, bulletin.number).get(name)
        except FileAltered as error:
            raise HTTPException(409, words.say("bulletins.altered", name=str(error))) from None
    if body is None:
        raise HTTPException(404)
    return Response(
        body, media_type="application/octet-stream", headers={"Content-Disposition": attachment(name.split("/")[-1])}
    )


def _bulletin(visit: Visit) -> Issued:
    with reading(visit.console.engine) as connection:
        found = bulletins.find(connection, str(visit.request.path_params["number"]))
    if found is None or not may_read(visit.user, found):
        raise HTTPException(404)
    return found


ROUTES: list[BaseRoute] = [
    Route("/bulletins", signed_in(index), methods=["GET"]),
    Route("/bulletins/{number}", signed_in(show), methods=["GET"]),
    Route("/bulletins/{number}/{name:path}", signed_in(fetch), methods=["GET"]),
]
