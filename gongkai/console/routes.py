"""Which address leads to which page, and who may open it."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gongkai.console import finding, findings
from gongkai.console.pages import Visit, signed_in


def _home(_visit: Visit) -> Response:
    return RedirectResponse("/findings", 303)


ROUTES: list[BaseRoute] = [
    Route("/", signed_in(_home), methods=["GET"]),
    Route("/findings", signed_in(findings.index), methods=["GET"]),
    Route("/findings/all", signed_in(finding.act_on_many), methods=["POST"]),
    Route("/findings/{fingerprint}", signed_in(finding.show), methods=["GET"]),
    Route("/findings/{fingerprint}", signed_in(finding.act), methods=["POST"]),
    Route("/findings/{fingerprint}/pages/{digest}", signed_in(finding.page), methods=["GET"]),
]
