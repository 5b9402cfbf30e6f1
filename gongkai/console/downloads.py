"""Any list of the console as a file: the same rows that its reader may see, whole, and not page by page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from gongkai.console import deeds, filters, words
from gongkai.console.pages import Visit, signed_in
from reports.formats.plain_table import Head, csv_pieces, write_xlsx
from reports.formats.xlsx.sheet import WebLink
from storage.database import reading
from storage.life import AT_WORK
from storage.schema import findings as findings_table
from storage.schema import standing

MOST_XLSX = 50_000  # rows: a minute's work; more go into a CSV
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Rows = Callable[[Connection], Iterable[Sequence[Any]]]

COLUMNS: dict[str, tuple[int, str]] = {
    "code": (24, "mono"),
    "severity": (7, "centre"),
    "rule": (8, "centre"),
    "title": (20, "text"),
    "court": (22, "text"),
    "responsible": (16, "text"),
    "person": (10, "text"),
    "subject": (40, "link"),
    "message": (48, "text"),
    "grade": (9, "centre"),
    "stage": (14, "centre"),
    "deadline": (12, "date"),
    "overdue": (8, "centre"),
    "raised": (8, "number"),
    "until": (12, "date"),
    "first_seen": (12, "date"),
    "last_seen": (12, "date"),
    "resolved_on": (12, "date"),
    "address": (40, "link"),
}
"""The columns of a list of findings: width and style."""


def findings(visit: Visit) -> Response:
    """The list of findings that the filters of the URL leave: /findings.csv or /findings.xlsx, in the list's order."""
    form = str(visit.request.path_params["form"])
    if form not in ("csv", "xlsx"):
        raise HTTPException(404)
    try:
        chosen = filters.parse(visit.request.query_params).at("")
    except filters.BadFilter as error:
        raise HTTPException(400, words.say("errors.bad_filter", value=str(error)[:60])) from None
    today = visit.console.today
    wanted = filters.condition(chosen, visit.user, today)
    if form == "xlsx":
        with reading(visit.console.engine) as connection:
            some = sa.select(standing.c.fingerprint).where(wanted).limit(MOST_XLSX + 1).subquery()
            if (connection.execute(sa.select(sa.func.count()).select_from(some)).scalar() or 0) > MOST_XLSX:
                raise HTTPException(413, words.say("downloads.too_many", count=MOST_XLSX))
    query = (
        sa.select(standing, findings_table.c.url)
        .join(findings_table, findings_table.c.fingerprint == standing.c.fingerprint)
        .where(wanted)
        .order_by(*filters.ORDERS[chosen.order])
    )
    heads = [Head(words.say(f"findings.fields.{name}"), *look) for name, look in COLUMNS.items()]

    def rows(connection: Connection) -> Iterator[Sequence[Any]]:
        for row in connection.execute(query.execution_options(yield_per=1000)).mappings():
            values = _values(row, today)
            yield [values[name] for name in COLUMNS]

    title = words.say("findings.title")
    return answer(visit, f"{title}-{today}", form, heads, rows, sheet=title)


def answer(visit: Visit, name: str, form: str, heads: Sequence[Head], rows: Rows, *, sheet: str) -> Response:
    """A list as a file to be saved.

    Args:
        name: Of the file, without its ending.
        form: csv or xlsx.
        rows: What makes the rows, from a connection; asked while the file is written.
        sheet: Name of a workbook's sheet.
    """
    headers = {"Content-Disposition": attachment(f"{name}.{form}")}
    if form == "csv":
        return StreamingResponse(_csv(visit, heads, rows), media_type="text/csv; charset=utf-8", headers=headers)
    file = io.BytesIO()
    with reading(visit.console.engine) as connection:
        write_xlsx(file, sheet, heads, rows(connection), visit.console.now())
    return Response(file.getvalue(), media_type=XLSX, headers=headers)


def attachment(name: str) -> str:
    """The header by which a browser saves a file under a Chinese name (RFC 6266)."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def _csv(visit: Visit, heads: Sequence[Head], rows: Rows) -> Iterator[bytes]:
    with reading(visit.console.engine) as connection:
        yield from csv_pieces(heads, rows(connection))


def _values(row: Mapping[Any, Any], today: Any) -> dict[str, Any]:
    late = row["deadline"] is not None and row["deadline"] < today and row["stage"] in AT_WORK
    return {
        **row,
        "code": row["fingerprint"],
        "severity": words.label("severity", deeds.level(row["severity"], row["raised"])),
        "grade": words.label("grade", row["grade"]),
        "stage": words.label("stage", row["stage"]),
        "subject": WebLink(row["subject"], row["url"] if row["url"] == row["subject"] else None),
        "overdue": words.say("values.yes") if late else "",
        "raised": row["raised"] or None,
        "address": WebLink(row["url"], row["url"]),
    }


ROUTES: list[BaseRoute] = [Route("/findings.{form}", signed_in(findings), methods=["GET"])]
