"""Which sentences of `words.yml` a bulletin calls for: the same ones in every format."""

from __future__ import annotations

from reports.bulletin import Bulletin
from reports.entries import Entry
from reports.period import NIGHT
from reports.words import label, say, say_all


def title(bulletin: Bulletin) -> tuple[str, ...]:
    """The title, in the words between which a line may end."""
    kind = "night" if bulletin.period.kind == NIGHT else "department" if bulletin.scope.department else "period"
    return say_all(f"paper.title.{kind}", period=bulletin.period.name, department=bulletin.scope.department)


def marks(entry: Entry) -> tuple[str, ...]:
    """What a reader must know before relying on a finding: not verified, overdue, has changed its grade."""
    found = []
    if not entry.is_resolved and not entry.finding.verified:
        found.append(say("finding.unverified"))
    if entry.overdue and entry.finding.verified:  # nobody is called late for what was not looked at
        found.append(say("values.overdue"))
    if entry.has_become_certain:
        found.append(say("finding.confirmed"))
    if entry.was_certain and not entry.is_resolved:
        found.append(say("finding.lowered", grade=label("grade", "certain")))
    return tuple(found)


def state(entry: Entry) -> str:
    """新增, 持续 or 已整改; a lead also says which kind it is."""
    if entry.is_resolved and not entry.is_certain:
        return say("values.lead_gone")
    return label("status", entry.finding.status)


def seen(entry: Entry) -> str:
    """When it was first and last seen, and on how many nights."""
    finding = entry.finding
    return say("finding.seen", first=finding.first_seen, last=finding.last_seen, nights=finding.nights)


def department(name: str | None) -> str:
    """The department's name, or the wording for none."""
    return name or say("values.no_department")
