"""What is not asked finds nothing: patterns behind RE2, characters that look alike, and dates find what they found without."""

import importlib
import pkgutil
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crawlers
from crawlers import dates
from crawlers.personal import folding, protected
from crawlers.sieve import Sieved, relaxed
from storage.alike import Alike

CASES = Path(__file__).parent / "cases"


def sieved():
    """Every pattern of the crawlers that is sieved, by where it stands."""
    found = {}
    for module in pkgutil.walk_packages(crawlers.__path__, "crawlers."):
        if ".spiders" in module.name:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Sieved):
                found.setdefault(id(value), pytest.param(value, id=f"{module.name}.{name}"))
    return list(found.values())


NAMED = sieved()
SIEVED = [parameter.values[0] for parameter in NAMED]
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(CASES.rglob("*.yml"))]
LINES = [line.strip() for text in TEXTS for line in text.splitlines() if line.strip()]


def test_there_are_patterns_to_test():
    assert len(SIEVED) > 20
    assert len(LINES) > 2_000


def test_no_text_in_which_a_pattern_matches_is_sifted_out():
    texts = [*LINES, *TEXTS, *(folding.fold(text) for text in TEXTS)]
    met = 0
    for pattern in SIEVED:
        matched = [text for text in texts if pattern.pattern.search(text)]
        met += bool(matched)
        for text in matched:
            padded = f"{text}\n{' ' * 200}"  # as long as a text that is sifted
            assert spans(pattern.finditer(padded)) == spans(pattern.pattern.finditer(padded)), pattern.pattern
    assert met > len(SIEVED) * 3 / 4  # those of which the cases have no example are made in the next test


@pytest.mark.parametrize("pattern", NAMED)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_whatever_the_pattern_matches_passes(pattern, data):
    made = data.draw(st.from_regex(pattern.pattern)) + "\n" * 200
    assert spans(pattern.finditer(made)) == spans(pattern.pattern.finditer(made))


def spans(matches):
    return [match.span() for match in matches]


@pytest.mark.parametrize(
    ("pattern", "for_re2"),
    [
        (r"(?<!a)b(?=c)", "b"),
        (r"(?<![(\[])x(?!\)|[)])y", "xy"),
        (r"[^()]\(\[", r"[^()]\(\["),
        (r"a$|[$]", "a(?m:$)|[$]"),
        (r"[\u4e00-\u9fff]\u4e00", r"[\x{4e00}-\x{9fff}]\x{4e00}"),
        (r"\d[\d-]", r"[\p{Nd}][\p{Nd}-]"),
    ],
)
def test_a_pattern_is_written_for_re2_without_its_look_arounds(pattern, for_re2):
    assert relaxed(pattern) == for_re2


@pytest.mark.parametrize("pattern", [r"[^某\W]", r"(a)\1", r"\bword", r"\S"])
def test_what_cannot_be_said_is_refused(pattern):
    with pytest.raises(ValueError, match="cannot be sieved"):
        Sieved(pattern)


def test_digits_and_spaces_of_other_scripts_count_as_python_counts_them():
    for character in map(chr, range(0x3000)):
        for kind in "dsw":
            if re.match(rf"\{kind}", character):
                assert Sieved(rf"\{kind}")._may.search(character.encode()), (kind, hex(ord(character)))


# --- characters that look alike ---


@given(st.text(st.sampled_from("ａ１：（\u3000\u200b𝟏𝐀中文，。a1:( \n")))
def test_folded_text_is_what_translate_makes_of_it(text):
    assert folding.fold(text) == text.translate(str.maketrans(folding._table()))


def test_a_table_that_leads_to_itself_is_refused():
    with pytest.raises(ValueError, match="stands for another"):
        Alike({"a": "b", "b": "c"})


# --- what is asked only where it can begin ---


def mixed(words, seed):
    chosen = random.Random(seed)
    return "".join(chosen.choice(words) for _ in range(60))


ROLE_WORDS = ["被害人", "被", "害人", "听证人民", "证人", "公证人", "受害人", "的父亲", "原告", "被告", "被告人"]
ROLE_WORDS += ["附带民事诉讼原告人", "妻子", "张某", "前妻", "，"]


@pytest.mark.parametrize("seed", range(200))
def test_roles_are_found_as_by_searching_everywhere(seed):
    text = mixed(ROLE_WORDS, seed)
    assert spans(protected._roles(text)) == spans(protected._INLINE.finditer(text))


@pytest.mark.parametrize("seed", range(400))
def test_dates_in_words_are_found_as_by_searching_everywhere(seed):
    text = mixed(
        [*"二〇二六年元月十三日号月 0123\n3", "2026年", "3月", "5日", "上午9:30", "3 月\t", "年 ", "号楼", "。"], seed
    )
    assert spans(dates._in_words(text)) == spans(dates._WORDS.finditer(text))


@pytest.mark.parametrize("text", TEXTS)
def test_dates_of_the_cases_too(text):
    assert spans(dates._in_words(text)) == spans(dates._WORDS.finditer(text))
