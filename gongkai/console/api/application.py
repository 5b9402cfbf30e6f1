"""The application under `/api/v1`, with its OpenAPI description at `/api/v1/openapi.json`."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gongkai.console.api.caller import WRONG_TOKENS
from gongkai.console.api.endpoints import router
from gongkai.console.api.problems import Problem, handle
from gongkai.console.pages import Console
from gongkai.console.signing_in import Limiter

PATH = "/api/v1"
ABOUT = (
    "Findings, their evidence and their life. A token sees and does what its account does in the console. "
    "Lists come in parts: follow `next` until it is null. Errors are RFC 9457 problems; programs look at `code`."
)


def create(console: Console) -> FastAPI:
    """The interface, to be mounted at `PATH`. It shows no page of its own: nothing is loaded from elsewhere."""
    app = FastAPI(title="gongkai", version=version("gongkai"), description=ABOUT, docs_url=None, redoc_url=None)
    app.state.console = console
    app.state.wrong_tokens = Limiter(WRONG_TOKENS)
    app.include_router(router)
    app.router.redirect_slashes = False
    handle(app)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # FastAPI's own way to change it
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """FastAPI's description, with our errors in place of its own."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            servers=[{"url": PATH}],
        )
        schemas = made["components"]["schemas"]
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs", {}) | {"Problem": problem}
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        app.openapi_schema = made
    return app.openapi_schema
