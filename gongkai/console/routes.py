"""Which address leads to which page, and who may open it."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from gongkai.console import finding, findings
from gongkai.console.pages import signed_in

ROUTES: list[BaseRoute] = [
    Route("/findings", signed_in(findings.index), methods=["GET"]),
    Route("/findings/all", signed_in(finding.act_on_many), methods=["POST"]),
    Route("/findings/{fingerprint}", signed_in(finding.show), methods=["GET"]),
    Route("/findings/{fingerprint}", signed_in(finding.act), methods=["POST"]),
    Route("/findings/{fingerprint}/pages/{digest}", signed_in(finding.page), methods=["GET"]),
]
