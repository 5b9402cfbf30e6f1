"""False alarms as test cases: what a rule was shown, without anybody's personal data, and that it ought to pass it.

A case is written in the form of the rules' own tables (`tests/rules/<family>/<rule>.yml`). Before it is written the rule is
asked again, with the data as they are written: a case that no longer shows the false alarm would prove nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from sqlalchemy.engine import Connection

from gongkai import clock
from storage import events, runs
from storage.findings import Finding, finding_at
from storage.handling import looks_of
from storage.life import DISMISS, FALSE_ALARM, life
from storage.records import Evidence, Section

if TYPE_CHECKING:
    from auditors.policies import Policy
    from auditors.rule import Rule

HOST = "court.example.cn"
_NAMES = {"handler", "approver", "applicant", "clerk", "judges", "department_review", "court_approval"}
_LEFT_OUT = {"sha256", "fetched_at", "excerpt", "probed_at", "imported", "video_detail"}
_SERIAL = re.compile(r"(\d{4}[）)〕\]]\s?[^\d号]{1,12}(?:\d{1,4}[^\d号]{1,10})?)(\d{1,6})(?=号)")
_PUBLIC = re.compile(r"(?:^|\.)(?:gov\.cn|chinacourt\.(?:org|gov\.cn))$")


class NotReproduced(Exception):
    """The false alarm cannot be shown any more: its night is not the last one, or it rests on personal data."""


@dataclass(frozen=True)
class Case:
    """A test case: the rule's family and name say into which table it belongs."""

    rule: Rule
    fingerprint: str
    reason: str
    text: str

    @property
    def path(self) -> Path:
        return Path(self.rule.family) / f"{self.rule.name}.yml"


def dismissed(connection: Connection) -> list[str]:
    """The fingerprints of findings that stand as false alarms."""
    said = events.read(connection, of=events.about(connection, (DISMISS,)))
    today = clock.today()
    looks = looks_of(connection, today, list(said))
    return [p for p, steps in said.items() if life(steps, looks.get(p, ()), today).stage == FALSE_ALARM]


def case_of(connection: Connection, print_: str, policy: Policy | None = None, policy_name: str | None = None) -> Case:
    """The test case of a false alarm, from what the site's last audited night knew.

    Args:
        policy: The court's own norms, `policy_name` as the tables name them.

    Raises:
        NotReproduced: What the rule was shown is not known any more, or without personal data it says something else.
    """
    from auditors.joins import join
    from auditors.recheck import rule_of

    finding = finding_at(connection, print_, clock.today())
    rule = rule_of(finding)
    run = next((r for r in runs.read(connection, site=finding.site) if r.audited is not None), None)
    if rule is None or run is None:
        raise NotReproduced(print_)
    shown = [
        view
        for view in join(connection, finding.site, run.night, [finding]).views.get(rule.view, ())
        if (view.subject.kind, view.subject.identity) == (finding.subject.kind, finding.subject.identity)
        and rule(view, run.night, policy).verdict in ("certain", "suspected", "unclear")
    ]
    if not shown:
        raise NotReproduced(print_)
    site = next(one for one in runs.all_sites(connection) if one.id == finding.site)
    view = _Anonymous(site.home, run.night).of(shown[0])
    before, after = (rule(one, run.night, policy) for one in (shown[0], view))
    if (before.verdict, before.severity) != (after.verdict, after.severity):
        raise NotReproduced(print_)
    steps = events.read(connection, of=[print_]).get(print_, [])
    reason = next((step.note or "" for step in reversed(steps) if step.what == DISMISS), "")
    return Case(rule, print_, reason, _text(rule, finding, view, run.night, before.verdict, reason, policy_name))


def tables(cases: Iterable[Case]) -> dict[Path, str]:
    """By path below `tests/rules`, the lines to add to each rule's table."""
    found: dict[Path, str] = {}
    for case in sorted(cases, key=lambda one: (one.rule.order, one.fingerprint)):
        head = f"# {case.rule.id} {case.rule.manual.title}\n"
        found[case.path] = found.get(case.path, head) + case.text
    return found


def _text(rule: Rule, finding: Finding, view: Any, night: date, verdict: str, reason: str, policy: str | None) -> str:
    from crawlers.personal.titles import masked_text

    case = CommentedMap(name=f"trap false alarm {finding.fingerprint[:10]}", given=_plain(view), today=night)
    if policy is not None:
        case["policy"] = policy
    case["expect"] = "pass"
    case.fa.set_flow_style()
    writer = YAML()
    writer.width = 10**6
    written = io.StringIO()
    writer.dump(CommentedSeq([case]), written)
    said = masked_text(" ".join(reason.split()), night)
    return f"# 误报：{said}（规则现判 {verdict}）\n{written.getvalue()}"


def _plain(value: Any) -> Any:
    """A view as YAML values: of each part only the fields that are not as they are by default."""
    if is_dataclass(value) and not isinstance(value, type):
        made = CommentedMap()
        for field in fields(value):
            given = getattr(value, field.name)
            default = field.default if field.default is not MISSING else MISSING
            if default is MISSING and field.default_factory is not MISSING:
                default = field.default_factory()
            if given != default or (field.name == "items" and isinstance(value, Section)):
                made[field.name] = _plain(given)
        made.fa.set_flow_style()
        return made
    if isinstance(value, tuple | frozenset):
        items = sorted(value, key=str) if isinstance(value, frozenset) else value
        made_list = CommentedSeq([_plain(item) for item in items])
        made_list.fa.set_flow_style()
        return made_list
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(clock.CHINA).replace(tzinfo=None)
    return value


class _Anonymous:
    """Takes out of a view who and where: names, numbers of persons, addresses, file names, serial numbers of cases.

    What was one thing stays one thing: the same address is replaced by the same, so is a case's serial number.
    """

    def __init__(self, home: str, night: date) -> None:
        self._home, self._night = urlsplit(home).netloc, night
        self._numbers: dict[str, str] = {}
        self._hosts: dict[str, str] = {self._home: HOST}
        self._paths: dict[str, str] = {"": "/", "/": "/"}

    def of(self, value: Any, name: str = "") -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            changed: dict[str, Any] = {}
            for field in fields(value):
                if field.name in _LEFT_OUT and field.default is not MISSING:
                    changed[field.name] = field.default
                else:
                    changed[field.name] = self.of(getattr(value, field.name), field.name)
            if isinstance(value, Evidence):
                return Evidence(url=changed["url"])
            return replace(value, **changed)
        if isinstance(value, tuple):
            return tuple(self.of(item, name) for item in value)
        if isinstance(value, frozenset):
            return frozenset(self.of(item, name) for item in value)
        if isinstance(value, str) and not isinstance(value, StrEnum):
            return self._string(value, name)
        return value

    def _string(self, text: str, name: str) -> str:
        from crawlers.personal.titles import masked_text

        if name == "site":
            return "example"
        if name in _NAMES:
            return "某某" if text.strip() else text
        if text.startswith("ledger:") or name == "source":
            sheet = text.partition("#")[0].rpartition("/")[2]
            prefix = "ledger:" if text.startswith("ledger:") else ""
            return f"{prefix}台账.xlsx/{sheet}" + ("#" + text.partition("#")[2] if "#" in text else "")
        if re.match(r"(?:https?:)?//", text):
            return self._address(text)
        return masked_text(_SERIAL.sub(lambda m: m[1] + self._number(m[0]), text), self._night)

    def _number(self, whole: str) -> str:
        return self._numbers.setdefault(whole, str(len(self._numbers) + 1))

    def _address(self, url: str) -> str:
        parts = urlsplit(url)
        host = parts.netloc
        if host not in self._hosts:
            public = _PUBLIC.search(parts.hostname or "")
            self._hosts[host] = host if public else f"other{len(self._hosts)}.example"
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if path not in self._paths:
            ending = re.search(r"\.[A-Za-z]{2,5}$", parts.path)
            self._paths[path] = f"/{len(self._paths)}{ending[0] if ending else ''}"
        scheme = f"{parts.scheme}://" if parts.scheme else "//"
        return f"{scheme}{self._hosts[host]}{self._paths[path]}" + (f"#{parts.fragment}" if parts.fragment else "")
