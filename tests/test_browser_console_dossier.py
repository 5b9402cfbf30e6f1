"""From a search to the case, its rule and the bulletin, and many findings at once, in a real browser."""

from datetime import date

import pytest

from storage import bulletins, store
from storage.records import CaseEntry, Judgment
from tests.bulletins.two_nights import SECOND
from tests.console_fixtures import CASE, enter, faultless
from tests.test_console_lists import WHOLE

pytest_plugins = ("tests.console_fixtures",)
pytestmark = pytest.mark.browser
HOME = "http://www.csqfy.example/"


@pytest.fixture(scope="module", autouse=True)
def kept(served_engine):
    entry = CaseEntry(
        site="chengnan", source="台账.xlsx", row=2, case_number=CASE, cause="离婚纠纷", decided=date(2025, 11, 3)
    )
    judgment = Judgment(
        site="chengnan",
        url=f"{HOME}1.html",
        case_number=CASE,
        title=CASE,
        cause="买卖合同纠纷",
        decided=date(2025, 11, 4),
    )
    with served_engine.begin() as connection:
        store.save(connection, [entry, judgment], SECOND)
        bulletins.issue(connection, WHOLE, {"bulletin.docx": b"PK"})


@pytest.mark.parametrize("width", [1280, 320])
def test_from_a_search_to_the_bulletin(tab, address, width):
    tab.set_viewport_size({"width": width, "height": 800})
    enter(tab, address, there="/search")
    tab.fill("#q", "1208号")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("main h2")
    faultless(tab)
    tab.click(f"main a:text-is('{CASE}')")
    assert tab.locator(".differs").count() == 2
    assert "不一致" in tab.inner_text(".differs >> nth=0")
    faultless(tab)
    tab.click("main a:has-text('D-01')")
    faultless(tab)
    tab.click("main a:has-text('规则说明')")
    faultless(tab)
    tab.goto(f"{address}/rules")
    faultless(tab)
    tab.goto(f"{address}/bulletins")
    faultless(tab)
    tab.click(f"main a:has-text('{WHOLE.number}')")
    faultless(tab)
    with tab.expect_download() as saved:
        tab.click("main a:has-text('bulletin.docx')")
    assert saved.value.suggested_filename == "bulletin.docx"


def test_a_list_is_ticked_and_done_at_once(tab, address):
    enter(tab, address, there="/findings?rule=W-01")
    with tab.expect_download() as saved:
        tab.click("main a:has-text('CSV')")
    assert saved.value.suggested_filename.endswith(".csv")
    boxes = tab.locator("input[name=finding]")
    tab.check("#all-of-page")
    assert boxes.count() == tab.locator("input[name=finding]:checked").count() > 1
    ticked = boxes.count() - 1
    boxes.first.uncheck()
    assert tab.evaluate("document.getElementById('all-of-page').indeterminate")
    tab.click("button[value=confirmed]")
    assert f"已处理{ticked}条" in tab.inner_text("main")
    faultless(tab)
    tab.click("main a:has-text('回到原来的列表')")
    assert tab.url == f"{address}/findings?rule=W-01"
