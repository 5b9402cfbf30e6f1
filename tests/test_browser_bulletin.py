"""The bulletin's page in a real browser: accessible (WCAG 2.2 AA), readable on a phone and in print, and sealed."""

import pytest

from reports.formats import html
from tests import pages
from tests.bulletins.hostile import hostile
from tests.bulletins.two_nights import quiet, trial
from tests.pages import NARROW, WIDE

pytestmark = pytest.mark.browser
BULLETINS = {"full": trial, "quiet": quiet, "hostile": hostile}
MEDIA = {"wide": (WIDE, "screen"), "narrow": (NARROW, "screen"), "print": (WIDE, "print")}
# The least spacing that a reader may set without losing anything (WCAG 1.4.12).
SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"


@pytest.fixture(scope="module")
def browser():
    with pages.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The page of each bulletin."""
    folder = tmp_path_factory.mktemp("pages")
    for name, bulletin in BULLETINS.items():
        (folder / f"{name}.html").write_text(html.render(bulletin()), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in BULLETINS}


@pytest.mark.parametrize("media", MEDIA)
@pytest.mark.parametrize("name", BULLETINS)
def test_the_page_is_accessible_and_sealed(browser, files, name, media):
    """No fault by axe with every part unfolded; nothing is asked of any network, nothing is logged, nothing runs."""
    with pages.opened(browser, files[name], *MEDIA[media]) as one:
        one.unfold()
        assert one.complaints() == []
        assert media == "print" or one.small() == []
        assert (one.requests, one.messages) == ([], [])


@pytest.mark.parametrize("name", BULLETINS)
@pytest.mark.parametrize("width", [320, 640, 821])
def test_no_width_asks_for_scrolling_sideways(browser, files, name, width):
    """320 px is a phone, or 1280 px at 400 %; 640 px is 200 %."""
    with pages.opened(browser, files[name], {"width": width, "height": 640}) as one:
        one.unfold()
        assert one.outside() == []
        one.page.evaluate(f"document.styleSheets[0].insertRule({SPACED!r})")
        assert one.outside() == []


def test_faults_are_seen(browser, tmp_path):
    """The tests above can fail."""
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!doctype html><html lang=zh-CN><title>x</title><main><h1>坏</h1><img src='http://a.example/x.png'>"
        "<p style='color:#aaa'>看不清的字</p><p style='width:700px'>宽</p><a href=#x style='display:block;font-size:8px'>小</a>"
        "<script>console.log('x'); alert(1)</script>",
        encoding="utf-8",
    )
    with pages.opened(browser, bad, NARROW) as one:
        assert {line.split(":")[0] for line in one.complaints()} >= {"image-alt", "color-contrast"}
        assert len(one.outside()) == len(one.small()) == 1
        assert one.requests == ["http://a.example/x.png"]
        assert {"x", "dialog: 1"} <= set(one.messages)
