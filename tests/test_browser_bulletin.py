"""The bulletin's page in a real browser: accessible (WCAG 2.2 AA), readable on a phone and in print, and sealed."""

import pytest

from reports.formats import html
from reports.words import say
from tests import pages
from tests.bulletins.hostile import hostile
from tests.bulletins.march import march
from tests.bulletins.two_nights import quiet, trial
from tests.pages import NARROW, WIDE

pytestmark = pytest.mark.browser
BULLETINS = {"full": march, "many courts": trial, "quiet": quiet, "hostile": hostile}
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


def visible(page):
    return page.locator(".group .finding:visible").count()


def test_the_filter_narrows_the_lists_and_says_so(browser, files):
    with pages.opened(browser, files["many courts"]) as one:
        page = one.page
        one.unfold()
        whole = visible(page)
        assert whole == 23
        page.get_by_label("部门").select_option(label="民事审判第一庭")
        assert visible(page) == 1
        assert page.get_by_role("status").inner_text() == "已按“民事审判第一庭”筛选：列出1条，本页共23条。"
        assert page.locator("div.chapter:visible").count() == 1
        page.get_by_label("等级").select_option(label="一般")
        assert visible(page) == 0
        page.get_by_role("button", name="清除筛选").click()
        page.wait_for_function("document.getElementById('told').textContent == ''")
        assert visible(page) == whole
        page.get_by_label("状态").select_option(label="已逾期")
        assert page.locator(".group .finding:visible .tag.warn").all_inner_texts() == ["已逾期"]


def test_a_number_leads_to_just_its_findings(browser, files):
    with pages.opened(browser, files["many courts"]) as one:
        page = one.page
        page.locator(".figures a", has_text="新增").click()
        assert visible(page) == 12
        page.get_by_role("row", name="行政审判庭").locator("td a").first.click()
        assert visible(page) == 1
        assert page.url.endswith("#annex-problems")


def test_without_scripts_everything_is_there_and_no_filter(browser, files):
    with pages.opened(browser, files["many courts"], java_script_enabled=False) as one:
        assert one.page.locator("#filter").is_hidden()
        assert one.page.locator(".group .finding").count() == 23
        one.page.locator(".places a").first.click()
        assert one.page.locator(".finding:target").is_visible()


def test_a_link_into_a_folded_part_opens_it(browser, files):
    with pages.opened(browser, files["full"]) as one:
        page = one.page
        folded = page.locator("section[aria-labelledby=annex-problems] details.trace").first
        assert not folded.evaluate("part => part.open")
        page.evaluate("document.querySelectorAll('.group details').forEach(part => { part.open = false })")
        page.locator("a.proof").first.click()
        assert page.locator(".finding:target").is_visible()


def test_by_keyboard_first_comes_the_skip_link_and_the_focus_is_always_seen(browser, files):
    outlined = """() => { const style = getComputedStyle(document.activeElement), box = document.activeElement.getBoundingClientRect();
        return [document.activeElement.className, parseFloat(style.outlineWidth) >= 2 && style.outlineStyle != "none" && box.top >= 0
                && box.bottom <= innerHeight + 1]; }"""
    with pages.opened(browser, files["full"]) as one:
        page = one.page
        page.keyboard.press("Tab")
        assert page.evaluate(outlined) == ["skip", True]
        for _ in range(60):
            page.keyboard.press("Tab")
            assert page.evaluate(outlined)[1], page.evaluate("document.activeElement.outerHTML")[:200]
        page.goto(files["full"].as_uri())
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') != null")


def test_nothing_moves(browser, files):
    """So there is nothing that a reader who asks for less movement would have to turn off."""
    moving = """() => [...document.querySelectorAll("*")].filter(e => { const style = getComputedStyle(e);
        return parseFloat(style.animationDuration) || parseFloat(style.transitionDuration) || style.scrollBehavior == "smooth"; }).length"""
    with pages.opened(browser, files["full"]) as one:
        assert one.page.evaluate(moving) == 0


def test_on_paper_it_is_a4_unfolded_with_heads_on_every_page(browser, files):
    bulletin = march()
    with pages.opened(browser, files["full"]) as one:
        reader, texts = one.printed()
    sizes = {tuple(sorted(round(float(side) * 25.4 / 72) for side in page.mediabox[2:])) for page in reader.pages}
    assert sizes == {(210, 297)}
    lying = [page.mediabox.width > page.mediabox.height for page in reader.pages]
    assert any(lying) and not all(lying)
    whole = "".join(texts)
    for entry in bulletin.certain:
        assert entry.code in whole
        if entry.proof:
            assert entry.proof.sha256 in whole
    form = [text for text in texts if "负责人签字" in text]
    assert len(form) > 1 and all("佐证" in text for text in form)
    assert say("html.skip") not in whole and say("html.filter.reset") not in whole
    assert len(reader.pages) < 40


def test_what_is_narrowed_is_printed_so_and_says_so(browser, files):
    with pages.opened(browser, files["many courts"]) as one:
        one.page.get_by_label("部门").select_option(label="民事审判第一庭")
        _, texts = one.printed()
    assert "筛选:列出1条" in "".join(texts)


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
