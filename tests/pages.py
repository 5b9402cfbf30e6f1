"""A page opened in a real browser, as the tests look at it: what axe says, what it asks the network, what it logs."""

import io
import json
import re
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass, field

import pypdf
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright

from crawlers.browser_finder import find_browser

# WCAG 2.0, 2.1 and 2.2, levels A and AA: https://github.com/dequelabs/axe-core/blob/develop/doc/API.md#axe-core-tags
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}

# What stands out to the right of the window: text that cannot be read without scrolling sideways (WCAG 1.4.10, from
# which pictures are exempt: they scroll within their frame).
OUTSIDE = """() => {
  const unseen = e => e != document.body && (e.getBoundingClientRect().width <= 1 || unseen(e.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !unseen(e) && !e.closest(".drawn svg")).map(e => e.outerHTML.slice(0, 160));
}"""
# Links in running text may be as low as its lines; whatever stands alone must be a target (WCAG 2.5.8).
SMALL = """() => [...document.querySelectorAll("a[href], summary, button, select, input")].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && getComputedStyle(e).display != "inline" && (box.height < 24 || box.width < 24);
}).map(e => e.outerHTML.slice(0, 160))"""


@contextmanager
def browser():
    """A Chromium, closed at the end."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        yield opened
        opened.close()


@dataclass
class Opened:
    """One page of the browser. `requests` and `messages`: what it asked for besides itself, and what it logged."""

    page: object
    requests: list = field(default_factory=list)
    messages: list = field(default_factory=list)

    def complaints(self):
        """What axe calls wrong, and what it could not decide on: one line for each rule and element.

        It cannot tell what is behind a word in a drawing; tests/test_charts.py measures that.
        """
        self.page.evaluate(AXE_SCRIPT)
        options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations", "incomplete"]}
        result = self.page.evaluate(f"axe.run({json.dumps(options)})")
        found = result["violations"] + result["incomplete"]
        nodes = [(one["id"], node["html"]) for one in found for node in one["nodes"]]
        return [f"{rule}: {html[:160]}" for rule, html in nodes if not html.startswith("<text ")]

    def outside(self):
        """What is wider than the window."""
        return self.page.evaluate(OUTSIDE)

    def small(self):
        """Targets of less than 24 pixels."""
        return self.page.evaluate(SMALL)

    def unfold(self):
        """Opens every folded part."""
        self.page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")

    def printed(self):
        """The page as a browser prints it: the PDF, and the text of each of its pages without spaces."""
        self.page.emulate_media(media="print")
        reader = pypdf.PdfReader(io.BytesIO(self.page.pdf(prefer_css_page_size=True)))
        # A printed character may come back as the radical that looks like it.
        texts = [unicodedata.normalize("NFKC", re.sub(r"\s+", "", page.extract_text())) for page in reader.pages]
        return reader, texts


@contextmanager
def opened(browser, path, viewport=WIDE, media="screen", **context):
    """The file at `path` as a reader opens it. What it asks of the network fails; the tests look at `requests`."""
    place = browser.new_context(viewport=viewport, **context)
    page = place.new_page()
    one = Opened(page)
    page.on("request", lambda request: one.requests.append(request.url))
    page.on("console", lambda message: one.messages.append(message.text))
    page.on("pageerror", lambda error: one.messages.append(str(error)))
    page.on("dialog", lambda dialog: one.messages.append(f"dialog: {dialog.message}") or dialog.dismiss())
    page.emulate_media(media=media)
    page.goto(path.as_uri())
    one.requests.remove(path.as_uri())
    try:
        yield one
    finally:
        place.close()
