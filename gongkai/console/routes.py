"""Which address leads to which page, and who may open it."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from gongkai.console import findings
from gongkai.console.pages import signed_in

ROUTES: list[BaseRoute] = [
    Route("/findings", signed_in(findings.index), methods=["GET"]),
]
