"""Which address leads to which page: every module of pages lists its own `ROUTES`, gathered here, one line each.

Of two routes that fit an address the first one serves it.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gongkai.console import finding, findings
from gongkai.console.pages import Visit, signed_in


def _home(_visit: Visit) -> Response:
    return RedirectResponse("/findings", 303)


ROUTES: list[BaseRoute] = [
    Route("/", signed_in(_home), methods=["GET"]),
    *findings.ROUTES,
    *finding.ROUTES,
]
