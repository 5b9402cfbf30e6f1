"""Pictures drawn: what stands in them, that they carry no style and no script, and that they can be told apart in grey."""

import dataclasses
import io
import itertools
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import matplotlib
import matplotlib.image
import pytest
from bs4 import BeautifulSoup
from lxml import etree

from reports import charts
from reports.charts import freshness as heat_map
from reports.charts import style
from reports.fonts import FontSet
from reports.pictures import NO_PICTURES, Comparison, Lateness, Trend
from reports.pictures.comparison import Unit
from reports.pictures.lateness import Bucket
from reports.pictures.trend import TrendPoint
from tests.bulletins import pictures as samples

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ("trend", "freshness", "lateness", "comparison")
SAMPLES = {picture.name: picture for picture in samples.all_four()}
NO_FONT = FontSet({}, frozenset(), {}, (), (), False)
needs_font = pytest.mark.skipif(not charts.is_drawable(), reason="no font with Chinese here")


@pytest.fixture(scope="module")
def drawn():
    return {name: etree.fromstring(charts.inline(picture)) for name, picture in SAMPLES.items()}


def texts(root):
    return [text.text for text in root.iter(f"{SVG}text")]


def filled(root, colour):
    return [one for one in root.iter(f"{SVG}path") if one.get("fill") == colour]


def hatched(root):
    return [one for one in root.iter(f"{SVG}path") if (one.get("fill") or "").startswith("url(")]


# --- what stands in them ---


def test_the_trend_draws_what_happened_and_leaves_gaps(drawn):
    trend, root = SAMPLES["trend"], drawn["trend"]
    happened = [point.new for point in trend.points if point.new]
    assert len(filled(root, style.NEW.colour)) == len(happened) + 1  # and the one in the key
    for value in happened:
        assert str(value) in texts(root)
    assert texts(root).count("未审计") == 2  # one for each run of gaps
    (line,) = [
        one for one in root.iter(f"{SVG}path") if one.get("stroke") == style.INK and one.get("stroke-width") == "1.4"
    ]
    assert line.get("d").count("M") == 3  # a new beginning after each gap
    for point in (trend.known[0], trend.known[-1], max(trend.known, key=lambda point: point.open)):
        assert str(point.open) in texts(root)
    markers = [one for one in root.iter(f"{SVG}use") if one.get("stroke") == style.INK]
    assert sum(one.get("fill") == "#ffffff" for one in markers) == sum(not point.complete for point in trend.known) == 1
    assert sum(one.get("fill") == style.INK for one in markers) == sum(point.complete for point in trend.known)


def test_a_gap_is_no_bar_of_height_zero(drawn):
    """Not even a line of no height: a day without an audit and a day without a finding look different."""
    nights = [TrendPoint(first=date(2026, 3, day), last=date(2026, 3, day)) for day in (1, 2, 3)]
    known = dataclasses.replace(nights[0], nights=1, open=3, new=0, resolved=0)
    trend = Trend(step="night", points=(known, nights[1], dataclasses.replace(known, first=nights[2].first)))
    root = etree.fromstring(charts.inline(trend))
    assert filled(root, style.NEW.colour) == []
    assert len(filled(root, style.GROUND)) == 2  # the gap, above and below


def test_the_border_of_the_period_is_drawn_where_the_period_before_is_shown(drawn):
    points = [
        TrendPoint(first=date(2026, month, 1), last=date(2026, month, 28), nights=9, open=month, new=1, resolved=0, before=month < 4)
        for month in (1, 2, 3, 4, 5, 6)
    ]  # fmt: skip
    root = etree.fromstring(charts.inline(Trend(step="month", points=tuple(points))))
    assert {"上期", "本期", "1月", "6月"} <= set(texts(root))
    assert "上期" not in texts(drawn["trend"])


def test_the_heat_map_has_a_cell_for_every_section_and_week(drawn):
    freshness, root = SAMPLES["freshness"], drawn["freshness"]
    cells = [cell for row in freshness.rows for cell in row.cells]
    written = texts(root)
    assert written.count("未读") == sum(cell.state == "unread" for cell in cells) > 0
    assert written.count("—") == sum(cell.state == "undated" for cell in cells) > 0
    for days in {cell.days for cell in cells if cell.days is not None}:
        assert written.count(str(days)) == sum(cell.days == days for cell in cells)
    frames = [one for one in root.iter(f"{SVG}path") if one.get("stroke-width") == "1.8"]
    assert len(frames) == sum(cell.state == "stale" for cell in cells) + 1  # and the one in the key
    assert "队伍建设与廉政建设专栏信息…" in written


def test_what_was_not_read_has_no_shade(drawn):
    unread = [cell for row in SAMPLES["freshness"].rows for cell in row.cells if cell.state == "unread"]
    assert len(hatched(drawn["freshness"])) == len(unread) + 1


@pytest.mark.parametrize(
    ("days", "shade"), [(0, 0), (7, 0), (8, 1), (14, 1), (15, 2), (31, 2), (32, 3), (92, 3), (93, 4), (9999, 4)]
)
def test_shades(days, shade):
    assert heat_map.shade(days) == style.AGES[shade]


def test_many_weeks_have_shades_without_figures():
    root = etree.fromstring(charts.inline(samples.freshness(weeks=26)))
    assert "未读" not in texts(root)
    assert "未读取" in texts(root)  # in the key


def test_sections_of_several_courts_are_named_with_their_court():
    root = etree.fromstring(charts.inline(samples.freshness(courts=("示例市城南区人民法院", "示例市河口县人民法院"))))
    assert "示例市河口县人民法院　法院要闻" in texts(root)


def test_lateness_tells_the_late_ones_apart(drawn):
    written = texts(drawn["lateness"])
    assert {"1,275", "131", "64", "2", "6–10", "21及以上"} <= set(written)
    assert written.count("期限内") == 2  # below its bar and in the key
    assert len(filled(drawn["lateness"], style.IN_TIME.colour)) == 2
    assert len(hatched(drawn["lateness"])) == 3 + 1  # a span without documents has no bar


def test_the_comparison_shows_totals_scores_and_who_has_none(drawn):
    written = texts(drawn["comparison"])
    assert {"88.25", "100.00", "单项否决", "无数据", "S0 红线", "S3 提示", "综合办公室　—"} <= set(written)
    units = SAMPLES["comparison"].units
    for unit in units:
        assert str(unit.total) in written


def test_a_comparison_without_scores_has_bars_only():
    units = tuple(Unit(title=name, counts=(0, 0, number, 0)) for number, name in enumerate(("甲庭", "乙庭")))
    written = texts(etree.fromstring(charts.inline(Comparison(by="department", units=units))))
    assert {"甲庭", "乙庭", "1"} <= set(written)
    assert "得分" not in written


def test_severities_that_do_not_occur_are_not_in_the_key():
    units = tuple(Unit(title=name, counts=(0, 1, 0, 0)) for name in ("甲庭", "乙庭"))
    written = texts(etree.fromstring(charts.inline(Comparison(by="department", units=units))))
    assert "S1 严重" in written
    assert not any(text.startswith(("S0", "S2", "S3")) for text in written)


def test_one_bar_is_enough():
    lateness = Lateness(buckets=(Bucket(first=21, last=None, count=1),))
    assert "1" in texts(etree.fromstring(charts.inline(lateness)))


@pytest.mark.parametrize("picture", list(NO_PICTURES), ids=NAMES)
def test_nothing_to_draw_is_an_error(picture):
    assert picture.absent.endswith("。")
    for draw in (charts.inline, charts.file, charts.png):
        with pytest.raises(ValueError, match=picture.name):
            draw(picture)


# --- fit for a page ---


@pytest.mark.parametrize("name", NAMES)
def test_an_element_has_no_style_no_script_and_no_outside(drawn, name):
    text = charts.inline(SAMPLES[name])
    assert not re.search(r"<style|<script|<image|<metadata|\sstyle=|\son\w+=|data:|@import|<!DOCTYPE|<\?xml", text)
    links = re.findall(r'(?:href="|url\()([^")]*)', text)
    assert links
    assert {link[0] for link in links} == {"#"}
    assert set(re.findall(r'"(http[^"]*)"', text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not any("font-family" in text.attrib for text in drawn[name].iter(f"{SVG}text"))


@pytest.mark.parametrize("name", NAMES)
def test_an_element_is_a_named_image(drawn, name):
    root, picture = drawn[name], SAMPLES[name]
    assert root.get("role") == "img"
    words = {root.find(f".//*[@id='{one}']").text for one in root.get("aria-labelledby").split()}
    assert words == {picture.title, picture.description}
    assert re.search("[一-鿿]", picture.description)
    assert re.search(r"\d", picture.description)
    assert root.get("viewBox").startswith("0 0 442.2")  # 156 mm


def test_ids_are_unique_in_a_page_and_all_references_lead_somewhere(drawn):
    once = [etree.tostring(root, encoding="unicode") for root in drawn.values()]
    twice = [charts.inline(SAMPLES[name], "second-") for name in NAMES[2:]]
    page = BeautifulSoup("".join(once + twice), "html.parser")
    ids = [one["id"] for one in page.select("[id]")]
    assert len(ids) == len(set(ids)) > 12
    assert set(re.findall(r'(?:href="#|url\(#)([^")]*)', str(page))) <= set(ids)
    assert {one.removeprefix("second-").split("-")[0] for one in ids} == set(NAMES)


@needs_font
@pytest.mark.parametrize("name", NAMES)
def test_a_file_draws_its_text(name):
    root = etree.fromstring(charts.file(SAMPLES[name]))
    assert texts(root) == []
    assert root.find(f"{SVG}title").text == SAMPLES[name].title


@needs_font
@pytest.mark.parametrize("name", NAMES)
def test_a_png_has_300_dpi(name):
    content = charts.png(SAMPLES[name])
    pixels = matplotlib.image.imread(io.BytesIO(content), format="png")
    assert abs(pixels.shape[1] - 156 / 25.4 * 300) < 2
    assert b"pHYs" in content
    assert b"matplotlib" not in content.lower()


def test_without_a_font_there_is_text_as_text_but_no_boxes(monkeypatch, drawn, recwarn):
    assert not charts.is_drawable(NO_FONT)
    for draw in (charts.file, charts.png):
        with pytest.raises(charts.NoFont):
            draw(SAMPLES["lateness"], NO_FONT)
    monkeypatch.setattr(charts, "find_fonts", lambda: NO_FONT)
    assert texts(etree.fromstring(charts.inline(SAMPLES["lateness"]))) == texts(drawn["lateness"])
    assert not recwarn


# --- the same each time ---


@needs_font
@pytest.mark.parametrize("draw", [charts.inline, charts.file, charts.png])
def test_the_same_picture_gives_the_same_bytes_whatever_the_settings_are(draw):
    first = draw(SAMPLES["comparison"])
    with matplotlib.rc_context({"font.size": 30, "svg.hashsalt": None, "axes.grid": True, "figure.facecolor": "red"}):
        assert draw(SAMPLES["comparison"]) == first
        assert matplotlib.rcParams["font.size"] == 30  # and theirs are not changed


@needs_font
def test_pictures_may_be_drawn_at_the_same_time():
    pictures = [SAMPLES["lateness"], SAMPLES["comparison"]]
    alone = [charts.file(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(charts.file, pictures * 2)) == alone * 2


def test_matplotlib_is_loaded_with_the_first_picture_only_and_never_its_state():
    code = (
        "import sys, reports.charts, reports.pictures; print('matplotlib' in sys.modules);"
        "from tests.bulletins.pictures import lateness; reports.charts.inline(lateness());"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]


# --- black and white ---


def luminance(pixels):
    """WCAG 2.2: relative luminance, of the mean of an area."""
    red, green, blue = (pixels[:, :, channel] for channel in range(3))
    linear = [
        ((channel + 0.055) / 1.055) ** 2.4 * (channel > 0.04045) + channel / 12.92 * (channel <= 0.04045)
        for channel in (red, green, blue)
    ]
    return float((0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]).mean())


def grey_of(fill):
    """How light an area of this fill is in print, its hatch measured with it."""
    with style.settings("path", NO_FONT):
        figure = style.figure(40)
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.bar([0], [1], 1, **fill.options)
        axes.set_xlim(-0.4, 0.4)
        axes.set_ylim(0.1, 0.9)
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=100)
    out.seek(0)
    return luminance(matplotlib.image.imread(out, format="png"))


def contrast(one, other):
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


def test_series_differ_in_grey():
    assert contrast(grey_of(style.NEW), grey_of(style.RESOLVED)) >= 3
    assert contrast(grey_of(style.IN_TIME), grey_of(style.LATE)) >= 3
    greys = [grey_of(fill) for fill in style.SEVERITY.values()]
    assert greys == sorted(greys)  # the graver, the darker
    for one, other in itertools.pairwise(greys):
        assert contrast(one, other) >= 1.4
    hatches = [fill.hatch for fill in list(style.SEVERITY.values())[1:3]]
    assert len(set(hatches)) == 2


def test_figures_are_legible_on_every_shade():
    shades = [grey_of(style.Fill(colour)) for colour in style.AGES]
    assert shades == sorted(shades, reverse=True)
    ink = grey_of(style.Fill(style.INK))
    assert min(contrast(ink, shade) for shade in shades) >= 4.5
    assert min(contrast(one, other) for one, other in itertools.pairwise(shades)) >= 1.2
