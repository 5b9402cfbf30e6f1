"""What is found in a text and what only looks like it; and that nothing that is found can be read off what is kept."""

import dataclasses
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from stdnum import luhn
from stdnum.cn import ric

from crawlers.page_kinds import opening_of, page_kind
from crawlers.personal.folding import fold
from crawlers.personal.prefilter import has_sign, may_show
from crawlers.personal.scan import Place, scan
from storage.records import PageKind

TABLES = Path(__file__).parent / "cases" / "personal"
TODAY = date(2026, 3, 31)
PLACE = Place("example", "https://court.example.cn/a.html", "0" * 64)
WIDE = str.maketrans({str(n): chr(0xFF10 + n) for n in range(10)})


def load(name):
    return YAML(typ="safe", pure=True).load((TABLES / f"{name}.yml").read_text(encoding="utf-8"))


def complete(digits):
    """An identity number from its first seventeen digits."""
    return digits + ric.calc_check_digit(digits + "0")


def ending_in_x(head):
    """The first number with this head whose check digit is X."""
    return next(n for n in (complete(f"{head}{i:02d}") for i in range(100)) if n.endswith("X"))[:-1] + "x"


MAKERS = {
    "id": complete,
    "wide": lambda d: complete(d).translate(WIDE),
    "idx": ending_in_x,
    "tail": lambda d: complete(d)[14:],
    "rest": lambda d: complete(d)[10:],
    "spelt": lambda d: " ".join(complete(d)),
    "digit": lambda d: complete(d)[17:],
    "wrong": lambda d: d + ("1" if complete(d)[-1] == "0" else "0"),
    "luhn": lambda d: d + luhn.calc_check_digit(d),
    "x": lambda d: d,
}


def filled(text):
    return re.sub(r"\{(\w+):(\d*)\}", lambda m: MAKERS[m[1]](m[2]), text)


def look(text, kind=PageKind.JUDGMENT, day=None):
    return scan(text, PLACE, kind, TODAY, day=day)


DETECTORS = ["identity", "contacts", "accounts", "things", "addresses", "lexicon"]
CASES = [pytest.param(case, id=f"{name}: {case['name']}") for name in DETECTORS for case in load(name)]


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    assert set(case) <= {"name", "text", "finds", "checks", "lacks", "holder", "kind"}
    found = look(filled(case["text"]), PageKind(case.get("kind", "notice"))).data
    assert [d.kind.value for d in found] == case["finds"]
    if "checks" in case:
        assert set(case["checks"]) <= set(found[0].checks)
    if "lacks" in case:
        assert not set(case["lacks"]) & set(found[0].checks)
    if "holder" in case:
        assert found[0].holder.value == case["holder"]


@pytest.mark.parametrize("name", DETECTORS)
def test_each_table_has_at_least_as_many_look_alikes_as_half_its_hits(name):
    cases = load(name)
    passed = sum(not case["finds"] for case in cases)
    assert passed * 2 >= len(cases) - passed
    assert len({case["name"] for case in cases}) == len(cases)


@pytest.mark.parametrize("case", load("names"), ids=lambda c: c["name"])
def test_persons(case):
    found = look(case["text"], PageKind(case["kind"]), case.get("day")).persons
    flags = ("collapses", "minor", "school")
    said = [
        " ".join([p.role.value, p.masked, p.form.value, *(flag for flag in flags if getattr(p, flag))]) for p in found
    ]
    assert said == case["finds"]


@pytest.mark.parametrize("case", load("page_kinds"), ids=lambda c: f"{c['section']} {c['title']}")
def test_page_kinds(case):
    kind = page_kind(
        case["section"], case["title"], opening_of(case.get("text", "")), is_judgment=case.get("is_judgment", False)
    )
    assert kind.value == case["kind"]


# --- properties ---

WORDS = st.sampled_from(
    ["原告王某，", "公民身份号码", "电话", "账号：", "，住示例市东湖区。", "\n", "订单号", "（2026）粤9902民初1号", " "]
)
BIRTHDAYS = st.dates(date(1930, 1, 1), date(2019, 12, 31)).map(lambda d: d.strftime("%Y%m%d"))
NUMBERS = st.one_of(
    st.builds(lambda born, n: complete(f"449902{born}{n:03d}"), BIRTHDAYS, st.integers(0, 999)),
    st.builds(lambda n: f"139{n:08d}", st.integers(0, 10**8 - 1)),
    st.builds(lambda n: MAKERS["luhn"](f"622202{n:012d}"), st.integers(0, 10**12 - 1)),
    st.builds(lambda n: f"zhang{n}@qq.com", st.integers(1000, 99999)),
)


def strings_in(value):
    """Every string within a result, however deep."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from strings_in(getattr(value, field.name))
    elif isinstance(value, tuple):
        for inner in value:
            yield from strings_in(inner)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(WORDS, NUMBERS), min_size=1, max_size=12))
def test_no_result_holds_more_than_a_few_characters_of_a_value(pieces):
    found = look("".join(pieces))
    values = [p for p in pieces if re.match(r"\d{11}|zhang", p)]
    said = [s for s in strings_in(found) if s not in (PLACE.url, PLACE.sha256)]
    for value in values:
        parts = {value[i : i + 7] for i in range(len(value) - 6)} if value[0] != "z" else {value.split("@")[0]}
        assert not any(part in text for part in parts for text in said)


@settings(max_examples=150, deadline=None)
@given(st.builds(lambda born, n: complete(f"449902{born}{n:03d}"), BIRTHDAYS, st.integers(0, 999)), st.data())
def test_every_way_of_writing_an_identity_number_is_one_number(number, data):
    styles = [
        number,
        number.translate(WIDE),
        "".join(chr(0x1D7CE + int(c)) if c.isdigit() and i % 2 else c for i, c in enumerate(number)),
        f"{number[:6]} {number[6:14]} {number[14:]}",
        f"{number[:6]}-{number[6:14]}-{number[14:]}",
        f"{number[:6]}\u3000{number[6:14]}\u3000{number[14:]}",
        " ".join(number),
        number.lower(),
        f"{number[:9]}\n{number[9:]}",
    ]
    (found,) = look(f"身份证号码：{data.draw(st.sampled_from(styles))}。").data
    assert found.masked == f"{number[:4]}{'*' * 12}{number[-2:]}"
    assert {"birth_date", "check_digit", "label"} <= set(found.checks)


@given(st.text(max_size=200))
def test_folding_keeps_the_length_and_agrees_with_nfkc_on_letters_and_digits(text):
    folded = fold(text)
    assert len(folded) == len(text)
    for before, after in zip(text, folded, strict=True):
        if before != after and after.isalnum():
            assert unicodedata.normalize("NFKC", before) == after


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="原告被害人证王小明李某，。：（）0123456789xX×* \n住市区路号岁的", max_size=300))
def test_any_text_can_be_read(text):
    for kind in (PageKind.JUDGMENT, PageKind.NEWS):
        look(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 20000,
        "12345678 " * 3000,
        "原告：" * 5000,
        "住" * 20000,
        "被害人王" * 5000,
        "a@" * 10000,
        "粤A·" * 8000,
        "1 " * 20000,
        "身份证号" * 5000,
        "44990219\n" * 3000,
    ],
)
@pytest.mark.timeout(20)
def test_no_text_takes_long(text):
    """Nothing backtracks: tens of thousands of characters are read at once, whatever they are."""
    look(text)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("保证人民法院依法独立公正行使审判权，举行听证人民法院", False),
        ("使用证人刘小花的证言", True),  # 使用证 and 证人 share a character
        ("技术秘密侦查措施", True),
        ("双方同居住在东湖路一号", True),  # and 居住
        ("家住东湖路一号", True),
    ],
)
def test_a_page_is_read_whole_where_a_word_calls_for_it(text, sign):
    assert has_sign(text) is sign


def test_a_court_s_name_behind_other_words_is_no_witness() -> None:
    assert not may_show("依法听证人民法院，保证人民法院公正司法，公证人民法院")
    assert all(map(may_show, ("证人李某某出庭", "传唤证人", "证人民某某", "保证人民法院、证人王某")))
