"""A real published table worked out from its raw columns to the digit, and copies of it that were tampered with.

广州法院2020年6月裁判文书上网统计, published by 广州市中级人民法院 on 10 July 2020: of the reasons only 其他 is kept per court. The last
two columns are not printed there; they were worked out by hand.
"""

from __future__ import annotations

import csv
import html
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from auditors.published_table import percent, printed_rate, worked_out
from auditors.rules.withheld.statistics_do_not_add_up import statistics_do_not_add_up
from auditors.views import StatisticsTable
from crawlers.readers import statistics
from crawlers.readers.detail import DetailPage
from storage.records import DateSource, StatisticsRow

PRINTED = list(csv.reader((Path(__file__).parent / "cases" / "guangzhou_2020_06.csv").open(encoding="utf-8")))[1:]
HEAD = ("法院", "结案数", "裁判文书上网数", "裁判文书上网率%", "依照规定不上网数", "其中：其他情形")
NOTE = "注：上网数来源于中国裁判文书网，结案数来源于审判网统计；在审判网公布的减刑假释文书未统计在内。"


def page(rows: list[list[str]], note: str = "") -> list[StatisticsRow]:
    """The rows as the product reads them from a page."""
    lines = [HEAD, *(row[:6] for row in rows)]
    table = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in line)}</tr>" for line in lines)
    return statistics.read(
        DetailPage(
            site="s",
            url="https://court.example.cn/tj.html",
            html=f"<div class='text'><table>{table}</table><p>{note}</p></div>",
            title="广州法院2020年6月裁判文书上网统计",
            published=date(2020, 7, 10),
            published_source=DateSource.LABEL,
            section=None,
            court=None,
            read=None,
            sha256="00",
        )
    )


def checked(rows: list[StatisticsRow]) -> tuple[str, str]:
    """What N-07 says of a table."""
    outcome = statistics_do_not_add_up(StatisticsTable(rows=tuple(rows)), date(2020, 7, 11), None)
    return outcome.verdict, outcome.message


def tampered(court: str, column: str, text: str) -> list[list[str]]:
    place = {"结案数": 1, "上网数": 2, "上网率": 3, "不上网数": 4, "其他": 5}[column]
    return [[*row[:place], text, *row[place + 1 :]] if row[0] == court else row for row in PRINTED]


def swaps(text: str) -> list[str]:
    """The number with two neighbouring digits changed about, wherever that makes another one."""
    places = [n for n, (one, other) in enumerate(pairwise(text)) if one.isdigit() and other.isdigit() and one != other]
    return [text[:n] + text[n + 1] + text[n] + text[n + 2 :] for n in places]


def test_the_table_is_worked_out_from_its_raw_columns_to_the_digit() -> None:
    read = page(PRINTED)
    raw = [replace(row, rate=None, rate_raw=None) for row in read if not row.is_total]
    made = worked_out(raw)
    shown = [
        [r.label, str(r.closed), str(r.uploaded), r.rate_raw, str(r.withheld), str(r.reasons[0])]
        for r in made
    ]  # fmt: skip
    assert shown == [row[:6] for row in PRINTED]
    assert [row.rate for row in made] == [row.rate for row in read]
    assert made[-1].is_total and len(made) == 14


def test_the_shares_that_it_does_not_print() -> None:
    """To one decimal: uploads for each closed case, not capped, and the catch-all among what was withheld."""
    for row in worked_out(page(PRINTED[:-1])):
        printed = next(one for one in PRINTED if one[0] == row.label)
        assert (row.uploaded, row.closed, row.withheld) != (None, None, None)
        assert f"{row.uploaded / row.closed:.1%}" == printed[6]
        assert f"{row.reasons[0] / row.withheld:.1%}" == printed[7]


def test_seven_courts_are_capped() -> None:
    assert sum(row.uploaded > row.closed for row in page(PRINTED) if not row.is_total) == 7
    assert (str(printed_rate(63033, 29534)), str(percent(63033, 29534))) == ("100.00", "213.43")


def test_rates_are_rounded_half_up() -> None:
    assert (str(printed_rate(1, 3)), str(printed_rate(1, 16000)), str(printed_rate(3, 16000))) == (
        "33.33",
        "0.01",
        "0.02",
    )
    assert printed_rate(1, 0) is None


@pytest.mark.parametrize("note", ["", NOTE])
def test_no_false_alarm_on_the_true_table(note: str) -> None:
    assert checked(page(PRINTED, note)) == ("pass", "")


@pytest.mark.parametrize(
    ("court", "column", "text", "says"),
    [
        ("合计", "结案数", "236816", "各行结案数之和为236861，与合计236816不符"),
        ("合计", "上网数", "286256", "各行上网数之和为286255，与合计286256不符"),
        ("合计", "不上网数", "63318", "各行不上网数之和为63381，与合计63318不符"),
        ("合计", "其他", "35626", "之和为35662，与合计35626不符"),
        ("合计", "上网率", "95.00%", "合计上网数286255、结案数236861，上网率应为100.00%，表中为95%"),
        ("广州中院", "上网率", "93.13%", "广州中院上网数17414、结案数18662，上网率应为93.31%，表中为93.13%"),
        ("荔湾", "上网率", "76.87%", "上网率应为67.87%，表中为76.87%"),
        ("广州互联网法院", "上网率", "100%", "上网率应为16.60%，表中为100%"),
        ("越秀", "上网率", "99.90%", "上网率应为100.00%，表中为99.9%"),
        ("花都", "结案数", "17624", "各行结案数之和为237761，与合计236861不符"),
        ("白云", "上网数", "23202", "各行上网数之和为286435，与合计286255不符"),
        ("从化", "不上网数", "1331", "各行不上网数之和为63579，与合计63381不符"),
        ("南沙(含自贸区)", "其他", "568", "之和为35644，与合计35662不符"),
    ],
)
def test_what_was_tampered_with_is_found(court: str, column: str, text: str, says: str) -> None:
    verdict, message = checked(page(tampered(court, column, text)))
    assert verdict == "certain" and says in message


def test_a_footnote_leaves_it_to_a_person() -> None:
    verdict, message = checked(page(tampered("合计", "结案数", "236816"), NOTE))
    assert verdict == "unclear" and "236816" in message and "表下有说明" in message


def test_two_courts_whose_uploads_were_exchanged_keep_the_sum_but_not_their_rates() -> None:
    uploads = {row[0]: row[2] for row in PRINTED}
    rows = [[*row[:2], uploads[{"荔湾": "黄埔", "黄埔": "荔湾"}.get(row[0], row[0])], *row[3:]] for row in PRINTED]
    verdict, message = checked(page(rows))
    assert verdict == "certain" and "荔湾" in message and "黄埔" in message and "之和" not in message


@pytest.mark.parametrize("row", PRINTED, ids=[row[0] for row in PRINTED])
def test_no_two_digits_can_be_changed_about_unseen(row: list[str]) -> None:
    tried = 0
    for place, column in enumerate(("结案数", "上网数", "上网率", "不上网数", "其他"), 1):
        for text in swaps(row[place]):
            tried += 1
            assert checked(page(tampered(row[0], column, text)))[0] == "certain", (column, text)
    assert tried >= 9
