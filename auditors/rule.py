"""What a rule is: a pure function of one view, with its legal basis and its manual. The function is its own registry entry.

A rule's name, its file and its table of cases (`tests/rules/<family>/<name>.yml`) are the same word; what it reads is the
type of its first argument; its docstring is its manual. Rules know no database, no HTML and no clock.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from auditors.basis import Article, article
from auditors.calendar import add_working_days
from auditors.policies import DUTIES, Policy
from storage.records import Evidence

PASS_, CERTAIN, SUSPECTED, UNCLEAR, HELD_ = "pass", "certain", "suspected", "unclear", "held"
_GRAVEST = (CERTAIN, SUSPECTED, UNCLEAR, HELD_, PASS_)
_PARTS = ("Violation", "Compliant", "Remedy")


class RuleError(Exception):
    """A rule that is declared wrongly: raised when its module is imported."""


class Severity(StrEnum):
    """How grave a finding is (domain/rules.md §0)."""

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"

    def due(self, found: date) -> date:
        """The last day for setting it right: same day, 3 or 5 working days, or the end of next month."""
        days = _WORKING_DAYS[self]
        if days is None:
            first = date(found.year + (found.month + 1) // 12, (found.month + 1) % 12 + 1, 1)
            return date.fromordinal(first.toordinal() - 1)
        return found if days == 0 else add_working_days(found, days)


S0, S1, S2, S3 = Severity.S0, Severity.S1, Severity.S2, Severity.S3
_WORKING_DAYS: dict[Severity, int | None] = {S0: 0, S1: 3, S2: 5, S3: None}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a rule says of one view.

    Attributes:
        verdict: pass, certain, suspected, unclear, or held.
        message: For office readers, in Chinese, with the dates and numbers that prove it.
        evidence: Readings that prove it; empty: the view's own.
        unread: Could not be read tonight: an open finding stays as it was, and nobody is accused anew.
        severity: In place of the rule's own.
        fact_day: Day of the fact: the basis in force on that day is cited.
        basis: References of those of the rule's articles that this outcome rests on; empty: all.
    """

    verdict: str
    message: str = ""
    evidence: tuple[Evidence, ...] = ()
    unread: bool = False
    severity: Severity | None = None
    fact_day: date | None = None
    basis: tuple[str, ...] = ()


PASS = Outcome(verdict=PASS_)
HELD = Outcome(verdict=HELD_, unread=True)
"""Nothing is said tonight: an open finding stays as it was, and none is opened, not even an unclear one."""


def certain(
    message: str, *evidence: Evidence, severity: Severity | None = None, fact_day: date | None = None
) -> Outcome:
    """确定: a ledger field or a kept page proves it."""
    return Outcome(verdict=CERTAIN, message=message, evidence=evidence, severity=severity, fact_day=fact_day)


def suspected(
    message: str, *evidence: Evidence, severity: Severity | None = None, fact_day: date | None = None
) -> Outcome:
    """疑似: beyond the conservative bound of an estimate, or seen once where a second night must confirm it."""
    return Outcome(verdict=SUSPECTED, message=message, evidence=evidence, severity=severity, fact_day=fact_day)


def unclear(
    message: str,
    *evidence: Evidence,
    unread: bool = False,
    severity: Severity | None = None,
    fact_day: date | None = None,
) -> Outcome:
    """待核实: cannot be told from what is known; with `unread`: from what could be read tonight."""
    return Outcome(
        verdict=UNCLEAR, message=message, evidence=evidence, unread=unread, severity=severity, fact_day=fact_day
    )


def gravest(outcomes: Iterable[Outcome]) -> Outcome:
    """Of several outcomes about one subject the gravest; those as grave are joined. None at all: PASS."""
    found = list(outcomes)
    if len(found) < 2:
        return found[0] if found else PASS
    if all(one is PASS for one in found):
        return PASS
    worst = min((o.verdict for o in found), key=_GRAVEST.index)
    same = [o for o in found if o.verdict == worst]
    messages = list(dict.fromkeys(o.message for o in same))
    return replace(
        same[0],
        message="；".join(m.rstrip("。") for m in messages) + "。" if len(messages) > 1 else messages[0],
        evidence=tuple(dict.fromkeys(e for o in same for e in o.evidence)),
        unread=all(o.unread for o in same),
    )


def weakened(outcome: Outcome, reason: str) -> Outcome:
    """A certain outcome as a suspected one, with the reason; others unchanged."""
    if outcome.verdict != CERTAIN:
        return outcome
    return replace(outcome, verdict=SUSPECTED, message=f"{outcome.message.rstrip('。')}（{reason}）。")


@dataclass(frozen=True)
class Manual:
    """A rule's docstring, taken apart. `title` is the finding's title, `remedy` what the bulletin asks for."""

    title: str
    violation: str
    compliant: str
    remedy: str
    notes: str


@dataclass(frozen=True)
class Rule:
    """A rule in force. Calling it judges one view as of `today`."""

    id: str
    name: str
    family: str
    severity: Severity
    basis: tuple[Article, ...]
    confirm: int
    view: type[Any]
    manual: Manual
    function: Callable[..., Outcome]
    wants: tuple[str, ...]
    duty: str | None = None

    def __call__(self, view: Any, today: date, policy: Policy | None = None) -> Outcome:
        match self.wants:
            case ():
                return self.function(view)
            case ("today",):
                return self.function(view, today)
        given = {"today": today, "policy": policy}
        return self.function(view, *(given[name] for name in self.wants))

    @property
    def order(self) -> tuple[str, int]:
        """Sort key: family letter, then number."""
        letter, _, number = self.id.partition("-")
        return letter, int(number)


_registry: dict[str, Rule] = {}


_WANTS: tuple[list[str], ...] = ([], ["today"], ["policy"], ["today", "policy"])


def rule(
    id_: str, *, severity: Severity, basis: tuple[str, ...] = (), duty: str | None = None, confirm: int = 1
) -> Callable[[Callable[..., Outcome]], Rule]:
    """Declare a rule.

    Args:
        id_: The handbook's id, such as `D-01`; never reused.
        severity: An attribute, never part of the id; an outcome may override it.
        basis: References of articles, `judgments_online_2016/7`, the most binding first.
        duty: The duty of a local policy that the rule enforces; with it a national basis is not needed, and without a
            policy that has it the rule passes.
        confirm: A suspected one is certain once seen on so many nights of one episode; 1: never by repetition.

    Raises:
        RuleError, BasisError: At import: a duplicate id, an unknown article, a name that is not the file's, a manual
            that lacks a part.
    """

    def declare(function: Callable[..., Outcome]) -> Rule:
        name, module = function.__name__, function.__module__
        if module.rsplit(".", 1)[-1] != name:
            raise RuleError(f"{id_}: function {name} must be named like its file {module}")
        if not re.fullmatch(r"[A-Z]-\d{2}", id_):
            raise RuleError(f"{id_}: not an id of the handbook")
        if id_ in _registry and _registry[id_].function.__module__ != module:
            raise RuleError(f"{id_}: declared twice, by {_registry[id_].function.__module__} and {module}")
        if not basis and duty is None:
            raise RuleError(f"{id_}: no legal basis")
        if duty is not None and duty not in DUTIES:
            raise RuleError(f"{id_}: no policy knows the duty {duty}")
        parameters = list(inspect.signature(function).parameters)
        if not parameters or parameters[1:] not in _WANTS:
            raise RuleError(f"{id_}: a rule takes one view and, if it needs them, today and policy")
        hints = typing.get_type_hints(function)
        made = Rule(
            id=id_,
            name=name,
            family=module.rsplit(".", 2)[-2],
            severity=severity,
            basis=tuple(article(ref) for ref in basis),
            confirm=confirm,
            view=hints[parameters[0]],
            manual=read_manual(id_, function.__doc__ or ""),
            function=function,
            wants=tuple(parameters[1:]),
            duty=duty,
        )
        _registry[id_] = made
        return made

    return declare


def read_manual(id_: str, docstring: str) -> Manual:
    """Take a rule's docstring apart.

    Raises:
        RuleError: The title, or one of Violation, Compliant, Remedy, is missing.
    """
    lines = inspect.cleandoc(docstring).splitlines()
    title = lines[0].strip().rstrip("。") if lines else ""
    parts: dict[str, list[str]] = {"": []}
    part = ""
    for line in lines[1:]:
        head = re.match(rf"({'|'.join(_PARTS)}):\s*(.*)", line)
        if head:
            part = head[1]
            parts[part] = [head[2]]
        elif line and not line.startswith(" ") and part:
            part = ""
            parts[""].append(line)
        else:
            parts[part].append(line.strip())
    texts = {key: "".join(value).strip() for key, value in parts.items() if key}
    missing = [p for p in _PARTS if not texts.get(p)]
    if not title or missing:
        raise RuleError(f"{id_}: the manual lacks {', '.join(missing) or 'its title'}")
    notes = " ".join(line for line in parts[""] if line)
    return Manual(title, texts["Violation"], texts["Compliant"], texts["Remedy"], notes)


def all_rules() -> tuple[Rule, ...]:
    """Every rule of `auditors/rules/`, found by walking the package, in the order of their ids."""
    package = importlib.import_module("auditors.rules")
    for module in pkgutil.walk_packages(package.__path__, "auditors.rules."):
        importlib.import_module(module.name)
    return tuple(sorted(_registry.values(), key=lambda r: r.order))
