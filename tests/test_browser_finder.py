"""The browser is looked for in a fixed order, only one that starts is taken, and it can draw a page."""

import os
import stat

import pytest

from crawlers import browser_finder
from crawlers.browser_finder import candidates, find_browser, starts


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without any browser; its folders are below the path that is given back."""
    for name in ("CHROMIUM", "PLAYWRIGHT_BROWSERS_PATH", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin/nowhere")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(browser_finder, "PLAYWRIGHT_FOLDER", tmp_path / ".browser" / "playwright")
    monkeypatch.setattr(browser_finder, "NPM_PROGRAM", tmp_path / ".browser" / "npm" / "chromium")
    monkeypatch.setattr(browser_finder.platform, "system", lambda: "Linux")
    find_browser.cache_clear()
    yield tmp_path
    find_browser.cache_clear()


def program(path, code=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_bare_machine_has_none(bare):
    assert list(candidates()) == [] and find_browser() is None


def test_the_order(bare, monkeypatch):
    npm = program(bare / ".browser/npm/chromium")
    chromium = program(bare / "bin/chromium")
    shell = program(bare / "bin/chromium-headless-shell")
    old = program(bare / "home/.cache/ms-playwright/chromium-1100/chrome-linux/chrome")
    new = program(bare / "home/.cache/ms-playwright/chromium_headless_shell-1255/chrome-linux/headless_shell")
    fetched = program(bare / ".browser/playwright/chromium-1000/chrome-linux64/chrome")
    assert list(candidates()) == [fetched, new, old, shell, chromium, npm]
    assert find_browser() == fetched


def test_one_that_does_not_start_is_passed_over(bare):
    program(bare / "bin/chromium-headless-shell", code=127)
    (bare / "bin/chromium").write_text("no program", encoding="utf-8")
    snap = program(bare / "bin/chromium-browser")
    assert find_browser() == snap


def test_the_environment_has_the_only_say(bare, monkeypatch):
    program(bare / "bin/chromium")
    mine = program(bare / "mine")
    monkeypatch.setenv("CHROMIUM", str(mine))
    assert find_browser() == mine
    find_browser.cache_clear()
    monkeypatch.setenv("CHROMIUM", str(bare / "absent"))
    assert find_browser() is None


def test_macs_keep_theirs_elsewhere(bare, monkeypatch):
    monkeypatch.setattr(browser_finder.platform, "system", lambda: "Darwin")
    application = program(bare / "home/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    own = program(
        bare / "home/Library/Caches/ms-playwright/chromium-1255/chrome-mac/Chromium.app/Contents/MacOS/Chromium"
    )
    assert [c for c in candidates() if c.is_relative_to(bare)] == [own, application]


@pytest.mark.parametrize("code", [0, 1])
def test_starts(tmp_path, code):
    assert starts(program(tmp_path / "browser", code)) is (code == 0)


@pytest.mark.browser
def test_the_browser_that_is_found_draws_a_page():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content("<p></p><script>document.querySelector('p').textContent = '公开' + (40 + 2)</script>")
        assert page.inner_text("p") == "公开42"
        browser.close()
