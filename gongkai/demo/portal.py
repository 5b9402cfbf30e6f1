"""The hearing portal of the demonstration: one for all three courts, with the national portal's endpoints.

Lists are given by page and day, filtered by the court's number; a session's page, player, playlist and pieces are real
answers, so that each planted fault lies where it would lie in life. Times are Asia/Shanghai.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from gongkai.demo.content import load
from gongkai.demo.render import render
from gongkai.demo.site import CHINA, HOST, Response, Site, canonical

ID = "portal"
PIECES, SECONDS = 240, 10.0
AREA = "990000"
_FIRST_PAGE, _PAGE_SIZE = 1, 15
_CHALLENGE = "<html><script>var arg1=''; setCookie(\"acw_sc__v3\", ''); location.reload();</script></html>"
_NEWER = Markup("<script>var player = new Player({{ url: '{}', autoplay: true }});</script>")
_OLDER = Markup('<script>flashvars.file = encodeURIComponent("{}");</script>')


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session on the portal; see the head of content/portal.yml."""

    id: int
    court: str
    number: str
    cause: str
    begins: datetime
    room: str
    state: str = "sound"
    player: str = "newer"
    title: str = "full"
    printed: str = "full"
    mended: date | None = None
    minutes: int | None = None

    def on(self, night: date) -> str:
        """Its state on a night."""
        return "sound" if self.mended is not None and self.mended <= night else self.state

    @property
    def case_number(self) -> str:
        """As printed in the portal's lists."""
        if self.printed == "full":
            return self.number
        return self.number.replace("（", "(").replace("）", ") ")


def sessions() -> tuple[Session, ...]:
    """All of them, newest first."""
    found = []
    for values in load("portal")["sessions"]:
        number = values["number"].replace("@", load(values["court"])["code"])
        found.append(Session(**values | {"number": number, "begins": values["begins"].replace(tzinfo=CHINA)}))
    return tuple(sorted(found, key=lambda s: (s.begins, s.id), reverse=True))


def build(night: date) -> Site:
    """The portal as it stands on that night."""
    return _Builder(night).site()


class _Builder:
    def __init__(self, night: date) -> None:
        self.night, self.courts, self.pages = night, load("portal")["courts"], dict[str, Response]()
        self.recorded: dict[str, str] = {}  # id → state
        self.sessions = sessions()

    def site(self) -> Site:
        for session in self.sessions:
            self.add(session)
        coming = [self.row(s) for s in self.sessions if s.begins.date() >= self.night]
        self.put("/preview", render("portal/preview.html", rows=coming))
        areas = Markup('<div class="region-city _region_city"><span areacode="{}">示例省</span></div>').format(AREA)
        self.put("/court", render("portal/plain.html", body=areas))
        return Site(id=ID, court="庭审公开平台", night=self.night, pages=self.pages, fallback=self.fallback)

    def put(self, address: str, body: str, content_type: str = "text/html; charset=utf-8", status: int = 200) -> None:
        self.pages[canonical(address)] = Response(
            body=body.encode(), status=status, content_type=content_type, validators=False
        )

    def row(self, session: Session) -> dict[str, Any]:
        """What lists say of a session, before each list's own form."""
        court = self.courts[session.court]
        title = session.cause if session.title == "cause" else session.case_number + session.cause
        begins = f"{session.begins:%Y年%m月%d日 %H:%M}"
        return {"id": session.id, "title": title, "code": court["code"], "court": court["name"], "begins": begins}

    # --- one session ---

    def add(self, session: Session) -> None:
        """Its page, player, playlist and pieces, or what stands in their place."""
        state, place = session.on(self.night), f"/live/{session.id}"
        player = f"/vod/{session.id}?src=gkw&cc=1"
        if state == "soft_404":
            self.put(place, render("portal/plain.html", body=Markup("<p>页面出错了</p>")))
        elif state == "challenge":
            self.put(place, _CHALLENGE)
        else:
            row = self.row(session)
            self.put(
                place,
                render(
                    "portal/trial.html",
                    number=session.number,
                    cause=session.cause,
                    room=session.room,
                    player="" if state == "coming" else _relative(player),
                    judgment=None,
                    **{key: row[key] for key in ("code", "court", "begins")},
                ),
            )
        url = "" if state == "coming" else _relative(player)
        self.put(f"/cmn/showPlay?caseId={session.id}", json.dumps({"data": {"playUrl": url}}), "application/json")
        playlist = "" if state == "no_playlist" else _relative(f"/hls/{session.id}/index.m3u8")
        script = (_OLDER if session.player == "older" else _NEWER).format(Markup(playlist))
        self.put(player, render("portal/plain.html", body=script))
        self.add_recording(session, state)

    def add_recording(self, session: Session, state: str) -> None:
        number, pieces = session.id, PIECES if session.minutes is None else round(session.minutes * 60 / SECONDS)
        names = [] if state == "empty" else [f"{n}.ts" for n in range(pieces)]
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{SECONDS:.0f}"]
        for name in names:
            lines += [f"#EXTINF:{SECONDS},", name]
        playlist = "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"
        self.put(f"/hls/{number}/index.m3u8", playlist, "application/vnd.apple.mpegurl")
        self.recorded[str(number)] = state

    # --- lists and all else ---

    def fallback(self, path: str, query: dict[str, str]) -> Response:
        """The lists, which are programs; any other address is gone."""
        if path == "/preview/findCases":
            return _json({"list": self.previews(query)})
        if path == "/search/a/revmor/full":
            return _json(self.replays(query))
        if path == "/court/courts":
            return _json({"data": {"courts": self.court_list() if query.get("areaCode") == AREA else []}})
        piece = re.fullmatch(r"/hls/(\d+)/(\d+)\.ts", path)
        if piece is not None and self.has_piece(piece[1], int(piece[2])):
            return Response(body=b"G@\x00\x10" * 47, content_type="video/mp2t", validators=False)
        return Response(body=b"<h1>404</h1>", status=404, validators=False)

    def has_piece(self, session: str, number: int) -> bool:
        """Is this piece of a recording there? The dead one lies in the middle."""
        state = self.recorded.get(session)
        return state is not None and number < PIECES and not (state == "dead_piece" and number == PIECES // 2)

    def previews(self, query: dict[str, str]) -> list[dict[str, Any]]:
        day, page = query.get("timeStr"), int(query.get("pageNumber", _FIRST_PAGE))
        if page > _FIRST_PAGE:
            return []
        shown = [s for s in self.sessions if s.state == "coming" and s.begins.date() >= self.night]
        return [
            {"caseId": s.id, "caseNo": s.case_number, "courtName": self.courts[s.court]["name"]}
            for s in shown
            if s.begins.date().isoformat() == day
        ]

    def replays(self, query: dict[str, str]) -> dict[str, Any]:
        """A page of the replays; past the end the last page stands again, as on many lists."""
        code, size = query.get("courtCode", ""), int(query.get("pageSize", _PAGE_SIZE))
        held = [s for s in self.sessions if s.state != "coming"]
        chosen = [s for s in held if not code or str(self.courts[s.court]["code"]) == code]
        pages = [chosen[i : i + size] for i in range(0, len(chosen), size)] or [[]]
        page = pages[min(int(query.get("pageNumber", _FIRST_PAGE)), len(pages)) - 1]
        rows = []
        for session in page:
            row = self.row(session)
            rows.append(
                {
                    "caseId": session.id,
                    "caseNo": session.case_number,
                    "title": row["title"],
                    "courtName": row["court"],
                    "caseCause": session.cause,
                    "judge": "审判长:张某;审判员:李某甲",
                    "beginTime": int(session.begins.timestamp() * 1000),
                    "videoThumbnail": "",
                    "description": "",
                }
            )
        return {"paging": {"totalCount": len(chosen), "pageTotal": len(pages)}, "resultList": rows}

    def court_list(self) -> list[dict[str, Any]]:
        return [{"courtName": c["name"], "courtCode": c["code"], "type": 4, "courts": []} for c in self.courts.values()]


def _relative(path: str) -> str:
    """Protocol-relative, as the portal writes the addresses of its players."""
    return f"//{HOST}{path}"


def _json(value: Any) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(body=body, content_type="application/json;charset=UTF-8", validators=False)
