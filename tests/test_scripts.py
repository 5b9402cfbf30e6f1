"""Little scripts against the table in cases/scripts.yml."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from crawlers.scripts import destination, functions_in, numbered_pages, redirect_stub

CASES = YAML(typ="safe").load((Path(__file__).parent / "cases" / "scripts.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda c: c["code"])
def test_destination(case: dict) -> None:
    assert destination(case["code"], functions_in(CASES["page"])) == case["to"]


def test_redirect_stub_joined_from_variables() -> None:
    assert redirect_stub("var a='/shfy';var b='/web/';var x='i.jsp'; window.location=a+b+x;") == "/shfy/web/i.jsp"
    assert redirect_stub("document.title = 'x';") is None


def test_numbered_pages_of_a_government_cms() -> None:
    assert numbered_pages('createPageHTML(3, 0, "index", "html");') == ["index.html", "index_1.html", "index_2.html"]
    assert numbered_pages("createPageHTML(1, 0, 'list', 'htm');") == ["list.htm"]
    assert numbered_pages("function createPageHTML(a,b){}") == []
