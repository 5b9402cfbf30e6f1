"""Every rule against its table of cases, and every rule's manual, basis, name and table."""

import re
import subprocess
import sys
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from auditors import catalogue, matching
from auditors.policies import Duty, Policy, read_policy
from auditors.rule import PASS, Outcome, RuleError, Severity, all_rules, certain, gravest, rule, suspected, unclear
from auditors.views import CaseFile, Publication, SectionRead
from storage.records import Evidence, Record, Section

TABLES = Path(__file__).parent / "rules"
RULES = all_rules()
IN_FORCE = [
    "D-01",
    "D-02",
    "D-03",
    "D-04",
    "D-05",
    "D-06",
    "D-07",
    "D-08",
    "D-09",
    "D-10",
    "D-11",
    "D-12",
    "D-13",
    "D-14",
    "H-01",
    "H-02",
    "H-03",
    "H-04",
    "H-05",
    "H-06",
    "H-07",
    "H-09",
    "L-01",
    "L-02",
    "L-03",
    "L-04",
    "L-05",
    "L-06",
    "N-01",
    "N-02",
    "N-03",
    "N-04",
    "N-05",
    "N-06",
    "N-07",
    *(f"P-{number:02d}" for number in range(1, 16)),
    "W-01",
    "W-02",
    "W-03",
    "W-05",
    "W-07",
    "W-08",
    "W-11",
    "W-14",
    "W-15",
    "W-18",
]
DEFAULTS = {
    "site": "example",
    "url": "https://court.example.cn/a.html",
    "section_url": "https://court.example.cn/list/",
    "section": "通知公告",
    "name": "通知公告",
    "title": "关于调整立案窗口的通知",
    "source": "台账.xlsx/案件台账",
    "row": 2,
    "subject": "withheld",
    "cadence": "standard",
    "case_number": "（2025）粤9902民初1号",
    "home": None,
    "first_seen": date(2026, 3, 30),
    "day": date(2026, 3, 20),
    "case_id": "1",
    "year": 2026,
    "until": date(2026, 3, 31),
    "night": date(2026, 3, 1),
    "complete": True,
    "items": 0,
    "position": 0,
    "masked": "***",
    "role": "party",
    "word": "原告",
    "form": "full",
}


def table(one):
    return _load(TABLES / one.family / f"{one.name}.yml")


@cache
def _load(path):
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) if path.is_file() else []


def build(kind, given):
    """A view or record from the fields that a case names, the rest by default."""
    hints = get_type_hints(kind)
    known = {f.name: f for f in fields(kind)}
    unknown = set(given) - set(known)
    assert not unknown, f"{kind.__name__} has no {sorted(unknown)}"
    values = {"items": 10} if kind is Section else {}
    for name, field in known.items():
        if name in given:
            values[name] = convert(hints[name], given[name])
        elif field.default is field.default_factory:  # no default at all
            values[name] = convert(hints[name], DEFAULTS.get(name, {}))
    return kind(**values)


def convert(hint, value):
    if get_origin(hint) is UnionType:
        hint = next(a for a in get_args(hint) if a is not type(None))
        if value is None:
            return None
    if get_origin(hint) in (tuple, frozenset):
        inner = get_args(hint)[0]
        return get_origin(hint)(convert(inner, v) for v in value)
    if hint is datetime and isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    if hint is Publication and "judgment" not in value:
        own = {"first_seen": DEFAULTS["first_seen"]} | {
            k: v for k, v in value.items() if k in ("first_seen", "last_seen", "gone_since")
        }
        return build(Publication, own | {"judgment": {k: v for k, v in value.items() if k not in own}})
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if isinstance(hint, type) and issubclass(hint, Evidence):
        return Evidence(**({"url": value} if isinstance(value, str) else value))
    if isinstance(value, dict) and isinstance(hint, type) and (issubclass(hint, (Record, SectionRead)) or fields(hint)):
        return build(hint, value)
    return value


def local(duties):
    """A policy with these duties alone, in force since 2020."""
    if duties is None:
        return None
    article = read_policy("huadu_2020").duties["stream_hearings"].article
    made = {}
    for name, values in duties.items():
        given = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
        made[name] = Duty(name, article, given.pop("from", date(2020, 1, 1)), given.pop("until", None), given)
    return Policy("local", {}, made)


CASES = [pytest.param(one, case, id=f"{one.id} {case['name']}") for one in RULES for case in table(one)]


@pytest.mark.parametrize(("one", "case"), CASES)
def test_case(one, case):
    known = {"name", "given", "today", "policy", "expect", "says", "unread", "severity"}
    assert set(case) <= known, case["name"]
    policy = read_policy(case["policy"]) if isinstance(case.get("policy"), str) else local(case.get("policy"))
    outcome = one(build(one.view, case["given"]), case.get("today", date(2026, 3, 31)), policy)
    assert outcome.verdict == case["expect"], outcome.message
    assert outcome.unread == case.get("unread", case["expect"] == "held")
    for text in [case["says"]] if isinstance(case.get("says"), str) else case.get("says", []):
        assert text in outcome.message
    if outcome.verdict not in ("pass", "held"):
        assert outcome.message.endswith("。")
        assert (outcome.severity or one.severity) == case.get("severity", (outcome.severity or one.severity))


def test_rules_in_force():
    assert [r.id for r in RULES] == IN_FORCE


@pytest.mark.parametrize("one", RULES, ids=lambda r: r.id)
def test_table_covers_every_verdict(one):
    """A verdict that the rule's source, or what it shares with others, can give has at least one case."""
    source = Path(sys.modules[one.function.__module__].__file__).read_text(encoding="utf-8")
    for shared in ("announced_late", "not_announced"):
        if re.search(rf"\b{shared}\(", source):
            text = (Path(matching.__file__).parent / "hearings.py").read_text(encoding="utf-8")
            source += text.split(f"def {shared}(")[1].split("\ndef ")[0]
    if "judge_publication(" in source:
        source += (Path(matching.__file__).parent / "timeliness.py").read_text(encoding="utf-8")
    if "not_read(" in source:
        source += "unclear("
    possible = {"pass"} | {v for v in ("certain", "suspected", "unclear") if re.search(rf"\b{v}\(", source)}
    possible |= {"held"} if re.search(r"return HELD", source) else set()
    given = [case["expect"] for case in table(one)]
    assert possible <= set(given), f"no case for {sorted(possible - set(given))}"
    assert len(given) >= len(possible) + 1, "add traps"
    assert len({case["name"] for case in table(one)}) == len(given)


@pytest.mark.parametrize("one", RULES, ids=lambda r: r.id)
def test_manual_and_basis(one):
    assert re.search(r"[\u4e00-\u9fff]", one.manual.title)
    assert not one.manual.title.endswith("。")
    for part in (one.manual.violation, one.manual.compliant, one.manual.remedy):
        assert re.search(r"[\u4e00-\u9fff]", part)
        assert part.endswith("。")
    assert one.basis or one.duty
    assert all(article.text for article in one.basis)


def test_every_table_belongs_to_a_rule():
    tables = {(p.parent.name, p.stem) for p in TABLES.glob("*/*.yml")}
    assert tables == {(r.family, r.name) for r in RULES}


def test_catalogue_is_fresh():
    assert catalogue.FILE.read_text(encoding="utf-8") == catalogue.catalogue()
    done = subprocess.run([sys.executable, "-m", "auditors.catalogue", "--check"], cwd=Path(__file__).parents[1])
    assert done.returncode == 0


def test_catalogue_names_a_stale_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(catalogue, "FILE", tmp_path / "RULES.md")
    assert catalogue.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().err
    assert catalogue.main(["--write"]) == 0
    assert catalogue.main(["--check"]) == 0
    assert catalogue.main([]) == 2


# --- declaring rules ---


def declare(source, id_="Z-01", name="sample", **options):
    """Declare a rule as a file would."""
    scope = {"__name__": f"auditors.rules.website.{name}", "CaseFile": CaseFile, "Outcome": Outcome}
    exec(source, scope)
    options = {"severity": Severity.S2, "basis": ("judgments_online_2016/7",)} | options
    return rule(id_, **options)(scope["sample"])


GOOD = '''
def sample(case: CaseFile) -> Outcome:
    """题目

    Violation: 甲。
    Compliant: 乙。
    Remedy: 丙。
    """
'''


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"basis": ("judgments_online_2016/99",)}, "没有这一条"),
        ({"basis": ()}, "no legal basis"),
        ({"id_": "D-01"}, "declared twice"),
        ({"id_": "D1"}, "not an id"),
        ({"name": "other"}, "must be named like its file"),
        ({"source": GOOD.replace("Remedy: 丙。", "")}, "lacks Remedy"),
        ({"source": GOOD.replace("题目", "")}, "manual lacks"),
        ({"source": GOOD.replace("case: CaseFile", "case: CaseFile, other: int")}, "takes one view"),
    ],
)
def test_wrong_declarations_fail_at_import(change, error):
    with pytest.raises(Exception, match=error) as raised:
        declare(**({"source": GOOD} | change))
    assert isinstance(raised.value, RuleError) or "没有这一条" in error


@pytest.mark.parametrize(
    ("severity", "found", "due"),
    [
        ("S0", date(2026, 3, 31), date(2026, 3, 31)),
        ("S1", date(2026, 3, 31), date(2026, 4, 3)),
        ("S2", date(2026, 3, 31), date(2026, 4, 8)),  # 清明 04-04 … 04-06
        ("S3", date(2026, 3, 31), date(2026, 4, 30)),
        ("S3", date(2026, 11, 30), date(2026, 12, 31)),
        ("S3", date(2026, 12, 31), date(2027, 1, 31)),
        ("S3", date(2028, 1, 31), date(2028, 2, 29)),
    ],
)
def test_due(severity, found, due):
    assert Severity(severity).due(found) == due


def test_gravest():
    one, two, doubt = certain("甲。"), certain("乙。"), unclear("丙。", unread=True)
    assert gravest([]) == PASS
    assert gravest([PASS, doubt]).verdict == "unclear"
    assert gravest([suspected("丁。"), doubt]).verdict == "suspected"
    assert gravest([PASS, one, doubt, two]).message == "甲；乙。"
    assert gravest([one, one]).message == "甲。"
    assert gravest([doubt, unclear("戊。")]).unread is False
