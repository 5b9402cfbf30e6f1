"""What goes in and out, as the OpenAPI description shows it. Names are those of findings.json where they mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler

from gongkai.console import deeds, filters
from storage.accounts import ROLES
from storage.findings import SEEN
from storage.life import STAGES

Item = TypeVar("Item")


class OneOf:
    """A text of a closed list that another module owns."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = tuple(values)

    def __get_pydantic_core_schema__(self, _source: Any, handler: GetCoreSchemaHandler) -> Any:
        return handler.generate_schema(Literal[self.values])


def _day(value: object) -> object:
    """A number is no day, though pydantic would count it from 1970."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("a day as 2026-03-31")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Fingerprint = Annotated[str, Field(pattern="^[0-9a-f]{20}$")]
Text = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
Name = Annotated[str, Field(max_length=80, pattern=r"^[^\x00]*$")]
Site = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
Severity = Annotated[str, OneOf(("S0", "S1", "S2", "S3"))]
Grade = Annotated[str, OneOf(SEEN)]
Stage = Annotated[str, OneOf(STAGES)]
StageOrOpen = Annotated[str, OneOf((filters.OPEN, *STAGES))]
Order = Annotated[str, OneOf(filters.ORDERS)]
Deed = Annotated[str, OneOf(deeds.FROM)]
Role = Annotated[str, OneOf(ROLES)]


class Sent(BaseModel):
    """What is sent is read strictly: an unknown name is an error, and not silently nothing."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel, Generic[Item]):
    """A part of a list. `next`: the address of the following part; null: this is the last."""

    items: list[Item]
    next: str | None


class Me(BaseModel):
    """The account whose token it is."""

    name: str
    role: Role
    department: str | None
    sites: list[str] = Field(description="Ids of the sites it may see; empty: all.")


class SiteOut(BaseModel):
    """A court's website."""

    id: str
    court: str
    home: str


class RuleOut(BaseModel):
    """A rule in force."""

    id: str
    title: str
    severity: Severity
    family: str
    violation: str
    compliant: str
    remedy: str


class RunOut(BaseModel):
    """One night at one site. Nothing is concluded from what was not completely read: `status` and `why` say so."""

    id: int
    site: str
    night: date
    status: str = Field(description="running, complete, incomplete, unreadable or crashed")
    why: str | None
    started: datetime
    finished: datetime | None
    audited: datetime | None
    pages: int
    links: int
    sections: int


class Summary(BaseModel):
    """A finding as it stands, as the lists show it."""

    fingerprint: Fingerprint
    rule: str
    title: str
    severity: Severity
    raised: int = Field(description="How many levels it was raised (G-05, G-06).")
    grade: Grade
    site: str
    court: str
    subject: str
    message: str
    status: str = Field(description="new, continuing or resolved, by what the nights saw")
    verified: bool = Field(description="False: it could not be looked at on the last night, and stands as it was.")
    stage: Stage
    department: str | None
    responsible: str | None
    person: str | None
    deadline: date | None
    until: date | None = Field(description="Up to which day it is waived.")
    first_seen: date
    last_seen: date
    resolved_on: date | None
    night: date
    version: int = Field(
        description="To be sent back with an event: another number then means that somebody has acted."
    )


class About(BaseModel):
    """What a finding is about."""

    kind: str
    url: str | None
    section: str | None
    case_number: str | None


class Basis(BaseModel):
    """An article that it rests on."""

    instrument: str | None = None
    number: str | None = None
    article: str | None = None
    text: str | None = None


class EvidenceOut(BaseModel):
    """A reading that proves it; the kept page itself is in the console and in `gongkai evidence`."""

    url: str
    fetched_at: datetime | None
    status: int | None
    sha256: str | None
    excerpt: str | None


class EventOut(BaseModel):
    """One step of a finding's life. Events are added, never changed or removed."""

    id: int
    fingerprint: Fingerprint
    at: datetime
    who: str
    what: str
    note: str | None
    until: date | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class FindingOut(Summary):
    """A finding with what proves it, the law, its history, and what the caller may do about it now."""

    about: About
    remedy: str
    basis: list[Basis]
    evidence: list[EvidenceOut]
    nights: int
    events: list[EventOut]
    deeds: list[Deed]


class EventIn(Sent):
    """What is to be done. Closing, reopening, dismissing, waiving, extending, answering and commenting want a note."""

    what: Deed
    version: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] | None = Field(
        default=None, description="Of the finding as its author saw it. Without it the event is written in any case."
    )
    note: Text = ""
    until: Day | None = Field(default=None, description="Of a waiver: its last day, within a year.")
    department: Name = Field(default="", description="Of an assignment; empty: the one responsible now.")
    person: Name = Field(default="", description="Of an assignment.")
    deadline: Day | None = Field(
        default=None, description="Of an assignment or an extension; an assignment has one by its severity."
    )


class FindingsQuery(Sent):
    """Narrows the list of findings."""

    site: Site = ""
    rule: Name = ""
    severity: Severity | None = None
    grade: Grade | None = None
    stage: StageOrOpen | None = Field(default=None, description="`open`: somebody still has to do something.")
    responsible: Name = ""
    person: Name = ""
    overdue: bool = False
    text: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    order: Order = "severity"
    after: Fingerprint | None = Field(default=None, description="The last fingerprint of the part before.")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class EventsQuery(Sent):
    """Where to go on in the history: `after` is the id of the last event that the caller knows."""

    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class RunsQuery(Sent):
    """Narrows the list of nights; the newest come first."""

    site: Site = ""
    night: Day | None = None
    before: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = Field(
        default=None, description="The last id of the part before."
    )
    limit: Annotated[int, Field(ge=1, le=200)] = 50
