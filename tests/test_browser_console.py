"""The console in a real browser: each role's way through it, no fault by axe, nothing logged, nothing asked of elsewhere."""

import pytest
from playwright.sync_api import expect

from tests.console_fixtures import CASE, enter, faultless

pytest_plugins = ("tests.console_fixtures",)
pytestmark = pytest.mark.browser


def test_from_confirming_to_rectified(tab, address):
    enter(tab, address)
    faultless(tab)
    tab.click(f"tbody tr:has-text('{CASE}') a")
    faultless(tab)
    tab.click("button[value=confirmed]")
    tab.click("button[value=assigned]")
    assert "已分派" in tab.inner_text(".marks")
    there = tab.url
    tab.click(".sign-out button")
    assert tab.url == f"{address}/sign-in"
    faultless(tab)
    enter(tab, address, "min1")
    tab.goto(there)
    assert tab.locator("button[value=closed]").count() == 0
    tab.fill("#note", "文书已上网")
    tab.click("button[value=rectified]")
    assert "已报整改，待复查" in tab.inner_text(".marks")
    faultless(tab)


def test_on_a_phone_and_by_keyboard(tab, address):
    tab.set_viewport_size({"width": 320, "height": 640})
    enter(tab, address)
    faultless(tab)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "content"
    tab.locator("tbody a").first.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".facts")
    faultless(tab)


def test_the_overview_by_keys_that_can_be_switched_off(tab, address):
    enter(tab, address, there="/")
    faultless(tab)
    focused = "document.activeElement.textContent"
    tab.keyboard.press("j")
    first = tab.evaluate(focused)
    tab.keyboard.press("j")
    assert tab.evaluate(focused) != first
    tab.keyboard.press("k")
    assert tab.evaluate(focused) == first
    tab.keyboard.press("/")
    tab.wait_for_url(f"{address}/search")
    tab.goto(f"{address}/findings")
    tab.keyboard.press("j")
    tab.keyboard.press("x")
    assert tab.locator("tbody tr:first-child input").is_checked()
    tab.keyboard.press("/")
    tab.keyboard.type("jx?")
    assert tab.input_value("input[name=text]") == "jx?"
    tab.locator("h1").click()
    tab.keyboard.press("?")
    assert tab.locator("#keys").is_visible()
    faultless(tab)
    tab.uncheck("#keys-on")
    tab.keyboard.press("Escape")
    tab.keyboard.press("?")
    assert not tab.locator("#keys").is_visible()


def test_from_the_overview_to_a_court_a_section_and_a_run(tab, address):
    enter(tab, address, there="/")
    for width in (320, 1280):
        tab.set_viewport_size({"width": width, "height": 640})
        tab.goto(f"{address}/")
        faultless(tab)
        tab.click("tbody th a >> text=示例市城南区人民法院")
        faultless(tab)
        tab.click("#sections ~ .wide tbody th a >> nth=0")
        expect(tab.locator("#readings")).to_be_visible()
        faultless(tab)
        tab.click("#readings ~ .wide tbody th a >> nth=0")
        expect(tab.locator("#causes")).to_be_visible()
        faultless(tab)
        tab.click("nav >> text=巡查")
        faultless(tab)


def test_an_error_is_accessible_too(tab, address):
    enter(tab, address)
    with tab.expect_response(f"{address}/findings/{'0' * 20}") as answer:
        tab.evaluate(f"location.href = '/findings/{'0' * 20}'")
    assert answer.value.status == 404
