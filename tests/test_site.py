"""The documentation site: built strictly, in two languages, read and searched from a folder without the internet."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

from crawlers.browser_finder import find_browser

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site. The strict build itself holds that every link leads somewhere and every page is in the navigation."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site):
    """Every page of the site, by its path."""
    found = {
        p.relative_to(site).as_posix(): BeautifulSoup(p.read_text(encoding="utf-8"), "lxml")
        for p in site.rglob("*.html")
    }
    assert len(found) > 30
    return found


def test_every_page_is_one_of_the_site_and_the_other_way_round(pages):
    written = {p.relative_to(ROOT / "docs").with_suffix(".html").as_posix() for p in ROOT.glob("docs/**/*.md")}
    assert set(pages) - {"404.html"} == written


def test_nothing_is_fetched_from_elsewhere(site, pages):
    for path, page in pages.items():
        fetched = [
            tag.get("src") or tag.get("href") for tag in page.select("script[src], link[rel=stylesheet], img, iframe")
        ]
        assert [address for address in fetched if "//" in address] == [], path
    styles = "".join(p.read_text(encoding="utf-8") for p in site.rglob("*.css"))
    assert re.findall(r"url\(\"?(?:https?:)?//[^)]*", styles) == []


def test_a_page_says_its_language_and_leads_to_the_other_one(pages):
    for path, page in pages.items():
        lang, other = ("zh", "en") if path.startswith("zh/") else ("en", "zh")
        assert page.html["lang"] == lang, path
        link = page.select_one("a.language")
        assert link["hreflang"] == other
        twin = path.removeprefix("zh/") if lang == "zh" else f"zh/{path}"
        wanted = twin if twin in pages else "index.html" if lang == "zh" else "zh/index.html"
        if path != "404.html":
            assert urljoin(path, link["href"]) == wanted


@pytest.mark.parametrize("word", ["不公开", "工作日", "裁判文书", "待核实"])
def test_the_search_index_holds_chinese_words(site, word):
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    cut = {token for entry in index["docs"] for token in re.split(index["config"]["separator"], entry["text"])}
    assert word in cut


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desk"])
def test_the_search_works_from_a_folder_without_the_internet(site, width):
    wanted = {
        "不公开": "rules-withheld",
        "七个工作日": "rules-documents",
        "nightly": "cli.html",
        "D-07": "rules-documents",
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        page = browser.new_context(offline=True, viewport={"width": width, "height": 800}).new_page()
        asked, failed = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(error))
        page.goto((site / "zh" / "index.html").as_uri())
        if width < 900:
            page.click("label.md-header__button[for=__search]")
        for query, target in wanted.items():
            page.fill("input[name=query]", query)
            page.press("input[name=query]", "End")  # the theme listens to keys
            page.wait_for_selector(f".md-search-result__item a[href*='{target}']", state="attached")
        assert failed == []
        assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
