"""What goes wrong, as RFC 9457 says it: `application/problem+json` with a sentence for people and a code for programs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gongkai.console import words

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing that is wrong with what was sent."""

    where: str
    message: str


class Problem(BaseModel):
    """An error.

    `code` does not change between versions: bad_request, no_token, role, stage, not_found, stale, invalid, too_often,
    bug, or the part of a deed that is missing (note, until, department, deadline).
    """

    model_config = ConfigDict(extra="forbid")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[Fault] | None = None


class Refused(Exception):
    """Ends a request with a problem; `words.yml` has its sentence, `api.problems.CODE`."""

    def __init__(self, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        self.status, self.code, self.headers = status, code, headers


def answer(
    status: int,
    code: str,
    *,
    headers: dict[str, str] | None = None,
    errors: list[Fault] | None = None,
) -> Response:
    """The answer that says what is wrong."""
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=words.say(f"api.problems.{code}"),
        code=code,
        errors=errors,
    )
    return JSONResponse(problem.model_dump(exclude_none=True), status, headers, media_type=MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that an endpoint may answer with, for its description."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def handle(app: FastAPI) -> None:
    """Let every error of the application be said in this way."""

    @app.exception_handler(Refused)
    async def refused(_request: Request, error: Refused) -> Response:
        return answer(error.status, error.code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        # What was sent is not repeated: it may be long, or somebody's data.
        faults = [
            Fault(where=".".join(str(part) for part in one["loc"])[:200], message=str(one["msg"])[:200])
            for one in error.errors()
        ]
        return answer(422, "invalid", errors=faults[:20])

    @app.exception_handler(HTTPException)
    async def of_http(_request: Request, error: HTTPException) -> Response:
        code = {404: "not_found", 405: "method"}.get(error.status_code, "bad_request")
        return answer(error.status_code, code, headers=dict(error.headers or {}))

    @app.exception_handler(500)
    async def crashed(_request: Request, _error: Exception) -> Response:
        return answer(500, "bug")
