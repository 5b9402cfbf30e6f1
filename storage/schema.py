"""Tables, derived from the records and from the few books that the night keeps.

A record class is the only place where its fields are declared; `table_for` turns it into a table with `first_seen` and
`last_seen` nights beside its own columns.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from storage.columns import KeyText, String, Text, UTCDateTime
from storage.records import RECORDS, Evidence, Record

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigId = BigInteger().with_variant(Integer, "sqlite")


def _plain(annotation: Any) -> tuple[Any, bool]:
    """The annotation without `| None`, and whether None was allowed."""
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        rest = [a for a in typing.get_args(annotation) if a is not type(None)]
        if len(rest) != 1:
            raise TypeError(f"a record field has one type, optionally None: {annotation}")
        return rest[0], True
    return annotation, False


_FIELD_TYPES: dict[type[Record], dict[str, tuple[Any, bool]]] = {}  # reading the hints is slow, and each row asks


def field_types(record: type[Record]) -> dict[str, tuple[Any, bool]]:
    """Each field's type without None, and whether it may be None."""
    if record not in _FIELD_TYPES:
        hints = typing.get_type_hints(record)
        _FIELD_TYPES[record] = {f.name: _plain(hints[f.name]) for f in dataclasses.fields(record)}
    return _FIELD_TYPES[record]


def _column_type(kind: Any, in_key: bool) -> TypeEngine[Any]:
    simple: dict[Any, TypeEngine[Any]] = {
        str: KeyText() if in_key else Text(),
        int: Integer(),
        float: Float(),
        bool: Boolean(),
        date: Date(),
        datetime: UTCDateTime(),
    }
    if kind in simple:
        return simple[kind]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return String(24)
    if typing.get_origin(kind) is tuple:
        return JSON()
    raise TypeError(f"no column type for {kind}")


def _default(value: Any) -> str | None:
    """A field's default as the database writes it: so a later version can add the field to rows that lack it."""
    if value is dataclasses.MISSING or value is None:
        return None
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return str(int(value))
    return "[]" if value == () else str(value)


def table_for(record: type[Record]) -> Table:
    """The table of one record class, with the nights on which it was first and last seen."""
    defaults = {f.name: _default(f.default) for f in dataclasses.fields(record)}
    columns = [
        Column(
            name,
            _column_type(kind, name in record.KEY),
            nullable=optional,
            server_default=None if optional else defaults[name],
        )
        for name, (kind, optional) in field_types(record).items()
    ]
    numbered = [Index(None, "site", "case_number")] if any(one.name == "case_number" for one in columns) else []
    return Table(
        record.TABLE,
        metadata,
        Column("id", BigId, primary_key=True),
        *columns,
        Column("first_seen", Date, nullable=False),
        Column("last_seen", Date, nullable=False),
        UniqueConstraint(*record.KEY),
        Index(None, "site", "last_seen"),
        *numbered,
    )


TABLES: dict[type[Record], Table] = {record: table_for(record) for record in RECORDS}


def to_row(record: Record) -> dict[str, Any]:
    """A record as the values of its columns."""
    row: dict[str, Any] = {}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Enum):
            value = value.value
        elif isinstance(value, tuple):
            value = [evidence_to_json(v) if isinstance(v, Evidence) else v for v in value]
        row[field.name] = value
    return row


R = TypeVar("R", bound=Record)
_CONVERTERS: dict[type[Record], tuple[tuple[str, Callable[[Any], Any]], ...]] = {}


def from_row(record: type[R], row: Mapping[str, Any]) -> R:
    """The record that a row holds; columns that are not its fields are left out. JSON may be there as text, too."""
    if record not in _CONVERTERS:
        _CONVERTERS[record] = _converters(record)
    values = {name: row[name] for name in field_types(record)}
    for name, made in _CONVERTERS[record]:
        if (value := values[name]) is not None:
            values[name] = made(value)
    # As its own __init__ would make it; a night reads millions of them.
    one = object.__new__(record)
    one.__dict__.update(values)
    return one


def _converters(record: type[Record]) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """For the fields that a column holds in another form: how they are made of it."""
    made: list[tuple[str, Callable[[Any], Any]]] = []
    for name, (kind, _) in field_types(record).items():
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            made.append((name, kind))
        elif typing.get_origin(kind) is tuple:
            made.append((name, _evidences if typing.get_args(kind)[0] is Evidence else _tuple))
    return tuple(made)


def _tuple(value: str | list[Any]) -> tuple[Any, ...]:
    return _read_tuple(value) if isinstance(value, str) else tuple(value)


@lru_cache(maxsize=10_000)  # most are empty, or say what many others say
def _read_tuple(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))


def _evidences(values: str | list[dict[str, Any]]) -> tuple[Evidence, ...]:
    if isinstance(values, str):
        values = json.loads(values)
    assert not isinstance(values, str)
    return tuple(evidence_from_json(value) for value in values)


def evidence_to_json(evidence: Evidence) -> dict[str, Any]:
    """Evidence as JSON values; times in ISO 8601 with their offset."""
    at = evidence.fetched_at
    return {
        "url": evidence.url,
        "fetched_at": None if at is None else at.isoformat(),
        "status": evidence.status,
        "sha256": evidence.sha256,
        "excerpt": evidence.excerpt,
    }


def evidence_from_json(value: Mapping[str, Any]) -> Evidence:
    """The inverse of `evidence_to_json`."""
    at = value["fetched_at"]
    return Evidence(
        url=value["url"],
        fetched_at=None if at is None else datetime.fromisoformat(at),
        status=value["status"],
        sha256=value["sha256"],
        excerpt=value["excerpt"],
    )


# --- the night's books ---

sites = Table(
    "sites",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("court", Text, nullable=False),
    Column("home", Text, nullable=False),
    Column("level", String(20)),
    Column("platform", String(40)),
)

runs = Table(
    "runs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site", String(200), nullable=False),
    Column("night", Date, nullable=False),
    Column("started", UTCDateTime, nullable=False),
    Column("finished", UTCDateTime),
    Column("status", String(20), nullable=False),  # running, complete, incomplete, unreadable, crashed
    Column("why", Text),
    Column("pages", Integer, nullable=False, default=0),
    Column("links", Integer, nullable=False, default=0),
    Column("sections", Integer, nullable=False, default=0),
    Column("bytes", BigInteger, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("audited", UTCDateTime),
    # Of `pages` and `links`, those that were not asked on this night but stand as an earlier one read them, and the night
    # of the earliest of these readings.
    Column("carried_pages", Integer, nullable=False, server_default="0"),
    Column("carried_links", Integer, nullable=False, server_default="0"),
    Column("carried_since", Date),
    UniqueConstraint("site", "night"),
)

accesses = Table(
    "accesses",
    metadata,
    Column("run", BigId, ForeignKey("runs.id"), primary_key=True),
    Column("url", KeyText, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("elapsed", Float),
    Column("method", String(8), nullable=False),
    Column("access", String(24), nullable=False),
    Column("status", Integer),
    Column("final_url", Text),
    Column("detail", Text),
    Column("sha256", String(64)),
    Column("size", Integer),
    Column("headers", JSON),
    Column("kind", String(12), nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("depth", Integer, nullable=False, default=0),
    Column("probes", JSON),  # earlier outcomes of the same night, oldest first
    Column("unchanged", Boolean, nullable=False, default=False),
    Column("carried", Date),  # the night on which it was asked, where the run's own did not
)

pages = Table(
    "pages",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content_type", Text),
    Column("body", LargeBinary, nullable=False),  # zstd; empty: it is in the place
    Column("packed", Integer),  # bytes of the compressed body; None: written before this was noted
    Column("place", Integer),  # None: the body is in this row
)

# Folders and buckets that hold bodies instead of the rows of `pages` (`storage.places`).
places = Table(
    "places",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("url", KeyText, nullable=False),
    Column("endpoint", Text),
    Column("mark", String(40), nullable=False),  # stands in the place too, so that no other is taken for it
    Column("current", Boolean, nullable=False),  # new bodies are brought there
    UniqueConstraint("mark"),
)

unplaced_pages = Table(
    "unplaced_pages",  # bodies that stayed in the database because the place was away, and are to follow
    metadata,
    Column("sha256", String(64), primary_key=True),
)

leaving_pages = Table(
    "leaving_pages",  # removed pages whose bodies are still to be deleted where they are
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
)

extracts = Table(
    "extracts",
    metadata,
    Column("site", String(200), primary_key=True),
    Column("url", KeyText, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("version", Integer, nullable=False),
    Column("night", Date, nullable=False),  # when it was extracted
    Column("data", LargeBinary, nullable=False),  # zstd of JSON: links, lists, facts
    Column("listing", Boolean),  # belongs to a section's list, or to the site's frame; None: not told apart yet
    Column("read", LargeBinary),  # zstd of JSON: the records that were read from this very body, and how it was asked
)

section_reads = Table(
    "section_reads",
    metadata,
    Column("site", String(200), primary_key=True),
    Column("url", KeyText, primary_key=True),
    Column("night", Date, primary_key=True),
    Column("complete", Boolean, nullable=False),
    Column("why", Text),
    Column("items", Integer, nullable=False),
    Column("newest", Date),
    Column("oldest", Date),
)

issues = Table(
    "issues",
    metadata,
    Column("run", BigId, ForeignKey("runs.id"), primary_key=True),
    Column("cause", String(40), primary_key=True),
    Column("subject", KeyText, primary_key=True),
    Column("detail", Text),
    Column("times", Integer, nullable=False, default=1),
)

# What the office was told of by mail or webhook, so that it is told once: as long as `closed` is empty, it lasts.
alerts = Table(
    "alerts",
    metadata,
    Column("kind", String(16), primary_key=True),  # missed, future, night, failed, dark, silent, disk
    Column("subject", String(400), primary_key=True),  # a site, a section's hash, a night
    Column("opened", UTCDateTime, primary_key=True),
    Column("text", Text, nullable=False),
    Column("told", UTCDateTime),
    Column("closed", UTCDateTime),
)

ledger_files = Table(
    "ledger_files",
    metadata,
    Column("site", String(200), primary_key=True),
    Column("source", KeyText, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("imported", UTCDateTime, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("unread", Integer, nullable=False),
)

# What the audit remembers, so that a night looks again only at what may have changed (`auditors.memory`). Nothing of it is
# evidence: without it everything is looked at, with the same outcome.
audited_sites = Table(
    "audited_sites",
    metadata,
    Column("site", String(200), primary_key=True),
    Column("night", Date, nullable=False),
    Column("context", String(64), nullable=False),  # hash of all that the verdicts on every case depend on
    Column("sums", LargeBinary, nullable=False),  # zlib of JSON: what all units add up to
)

audited_units = Table(
    "audited_units",  # a case with all its writings and suffixes, or a document without a number
    metadata,
    Column("site", String(200), primary_key=True),
    Column("unit", KeyText, primary_key=True),
    Column("again", Date),  # on which it must be looked at even if nothing changed; None: never
    Column("day", Date),  # the first that is known of the case
    Column("counts", LargeBinary, nullable=False),  # what it adds to the sums and the measures
    Index(None, "site", "again", sqlite_where=text("again IS NOT NULL"), postgresql_where=text("again IS NOT NULL")),
)

audited_links = Table(
    "audited_links",  # a unit whose verdict depends on another's rows
    metadata,
    Column("site", String(200), primary_key=True),
    Column("unit", KeyText, primary_key=True),
    Column("reads", KeyText, primary_key=True),
    Index(None, "site", "reads"),
)

audited_writings = Table(
    "audited_writings",  # how a unit's numbers are written in the tables, where that is not the unit's own name
    metadata,
    Column("site", String(200), primary_key=True),
    Column("unit", KeyText, primary_key=True),
    Column("number", KeyText, primary_key=True),
)

case_changes = Table(
    "case_changes",  # written by triggers (`storage.changes`)
    metadata,
    Column("id", BigId, primary_key=True),
    Column("site", String(200), nullable=False, index=True),
    Column("case_number", Text),
    Column("url", Text),
)

dump_files = Table(
    "dump_files",
    metadata,
    Column("site", String(200), primary_key=True),
    Column("file", KeyText, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("imported", UTCDateTime, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("unread", Integer, nullable=False),
    Column("complete_from", Date),
    Column("complete_until", Date),
)

ledger_unread = Table(
    "ledger_unread",
    metadata,
    Column("site", String(200), primary_key=True),
    Column("source", KeyText, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("case_number", Text),  # None: not readable either
)

findings = Table(
    "findings",
    metadata,
    Column("fingerprint", String(40), primary_key=True),
    Column("site", String(200), nullable=False, index=True),
    Column("rule", String(12), nullable=False),
    Column("court", Text),
    Column("kind", String(12), nullable=False),  # link, page, section, case, site, ledger
    Column("url", Text),
    Column("section", Text),
    Column("case_number", Text),
)

sightings = Table(
    "sightings",
    metadata,
    Column("fingerprint", String(40), ForeignKey("findings.fingerprint"), primary_key=True),
    Column("night", Date, primary_key=True),
    # certain, suspected, unclear: seen tonight; passed: seen to be well; absent: its subject is no more;
    # unread: could not be looked at tonight, stands as it was
    Column("verdict", String(12), nullable=False),
    Column("raw_grade", String(12)),  # before confirmation on several nights
    Column("title", Text, nullable=False),
    Column("severity", String(2), nullable=False),
    Column("department", Text),
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("due", Date),
    Column("basis", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Index(None, "night"),
    Index(None, "fingerprint", "verdict", "night"),  # the life of a finding without its texts
)

statistics = Table(
    "statistics",
    metadata,
    Column("site", String(200), primary_key=True),
    Column("night", Date, primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("scope", String(200), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("title", Text, nullable=False),
    Column("unit", String(12), nullable=False),
    Column("value", Float),
    Column("numerator", Integer),
    Column("denominator", Integer),
    Column("denominator_name", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("note", Text),
)

# What changed on a night in the counts behind every metric: the sum of the changes up to a night is what was known on it.
measures = Table(
    "measures",
    metadata,
    Column("site", String(200), primary_key=True),
    Column("state", Boolean, primary_key=True),
    Column("day", Date, primary_key=True),  # the day that the counts belong to; of a state the night itself
    Column("name", String(60), primary_key=True),
    Column("department", String(200), primary_key=True),  # "": none is named
    Column("night", Date, primary_key=True),  # on which the change was found
    Column("numerator", Integer, nullable=False),
    Column("denominator", Integer, nullable=False),
    Column("unknown", Integer, nullable=False),
)

# What people did with a finding; a row is never changed or removed. What follows from them is derived (`storage.handling`).
events = Table(
    "events",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("fingerprint", String(40), ForeignKey("findings.fingerprint"), nullable=False, index=True),
    Column("at", UTCDateTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", String(20), nullable=False),
    Column("note", Text),
    Column("until", Date),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
)

bulletins = Table(
    "bulletins",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("code", String(60), nullable=False),
    Column("year", Integer, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("sites", JSON, nullable=False),
    Column("department", Text),
    Column("night", Date, nullable=False),
    Column("day", Date, nullable=False),
    Column("issued", UTCDateTime, nullable=False),
    Column("corrects", Text),
    Column("reason", Text),
    UniqueConstraint("code", "year", "serial"),
)

bulletin_files = Table(
    "bulletin_files",
    metadata,
    Column("bulletin", BigId, ForeignKey("bulletins.id"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # zstd
)

# --- what proves that nothing was altered ---

# Each row seals all before it (`storage.chain`); none is ever changed or removed.
chain = Table(
    "chain",
    metadata,
    Column("position", BigId, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),  # event, night, picture, bulletin, removal
    Column("subject", KeyText, nullable=False),
    Column("says", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Index(None, "kind", "subject"),
)

pictures = Table(
    "pictures",  # what a browser showed of a finding's page; the PNG is a kept page
    metadata,
    Column("id", BigId, primary_key=True),
    Column("fingerprint", String(40), ForeignKey("findings.fingerprint"), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("final_url", Text),
    Column("at", UTCDateTime, nullable=False),
    Column("status", Integer),
    Column("sha256", String(64)),  # None: there is no picture, `detail` says why
    Column("width", Integer),
    Column("height", Integer),
    Column("detail", Text),
    Column("browser", Text),
)

removed_pages = Table(
    "removed_pages",  # kept pages whose time was over: what they were, and when they went
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("at", UTCDateTime, primary_key=True),
    Column("size", Integer, nullable=False),
)

# --- the console's books ---

standing = Table(
    "standing",  # each finding as it stands, written anew after each night and each event: what lists are read from
    metadata,
    Column("fingerprint", String(40), ForeignKey("findings.fingerprint"), primary_key=True),
    Column("site", String(200), nullable=False),
    Column("court", Text, nullable=False),
    Column("department", Text),
    Column("rule", String(12), nullable=False),
    Column("severity", String(2), nullable=False),
    Column("grade", String(12), nullable=False),
    Column("status", String(12), nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("subject", KeyText, nullable=False),
    Column("title", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("first_seen", Date, nullable=False),
    Column("last_seen", Date, nullable=False),
    Column("resolved_on", Date),
    Column("due", Date),
    Column("night", Date, nullable=False),
    Column("stage", String(16), nullable=False),
    Column(
        "open", Boolean, nullable=False
    ),  # somebody still has to do something: one value, so that indexes keep the order
    Column("responsible", KeyText),  # the department it was assigned to, else the finding's own
    Column("person", Text),
    Column("deadline", Date),
    Column("until", Date),
    Column("raised", Integer, nullable=False, default=0),
    Column("version", Integer, nullable=False, default=0),  # how many events it has: a stale form shows by it
    Index(None, "stage", "severity", "fingerprint"),
    Index(None, "subject"),
    # Lists in their orders, and counts that never look at the rows themselves (docs/benchmarks.md measures them).
    Index("ix_standing_gravest", "open", "severity", "fingerprint"),
    Index("ix_standing_due", "open", "deadline", "fingerprint", "grade"),
    Index("ix_standing_newest", "open", "first_seen", "fingerprint", "grade"),
    Index("ix_standing_site", "site", "open", "severity", "fingerprint"),
    Index("ix_standing_unit", "responsible", "open", "severity", "fingerprint"),
    Index("ix_standing_rule", "rule", "open", "severity", "fingerprint", "stage", "grade"),
    Index("ix_standing_counts", "open", "site", "stage", "grade", "severity", "deadline", "verified", "responsible"),
)

users = Table(
    "users",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(16), nullable=False),  # viewer, inspector, department, administrator
    Column("department", Text),
    Column("sites", JSON, nullable=False),  # ids; empty: all
    Column("password", Text),  # argon2; None: signs in elsewhere only
    Column("subject", Text),  # of an OpenID provider
    Column("active", Boolean, nullable=False, default=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", UTCDateTime),
    Column("made", UTCDateTime, nullable=False),
    UniqueConstraint("subject"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 of the cookie's value
    Column("user", String(80), ForeignKey("users.name"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("made", UTCDateTime, nullable=False),
    Column("used", UTCDateTime, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user", String(80), ForeignKey("users.name"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("made", UTCDateTime, nullable=False),
    Column("expires", UTCDateTime),
)

deliveries = Table(
    "deliveries",  # messages to other programs
    metadata,
    Column("id", String(40), primary_key=True),
    Column("url", Text, nullable=False),
    Column("what", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("made", UTCDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due", UTCDateTime, index=True),  # null: delivered, or given up
    Column("delivered", UTCDateTime),
    Column("answer", Text),
)

# Several machines on one PostgreSQL. Moments are of the database's clock. Columns of `fleet_workers` are read by workers of
# other versions too, before they bring the tables up: they may be added to, and not be changed.
fleet_workers = Table(
    "fleet_workers",
    metadata,
    Column("id", String(32), primary_key=True),  # of a process
    Column("machine", Text, nullable=False),
    Column("process", Integer, nullable=False),
    Column("version", String(64), nullable=False),
    Column("revision", String(32), nullable=False),
    Column("configuration", String(64), nullable=False),
    Column("parallel", Integer, nullable=False),
    Column("night", Date),  # it works on; null: it waits
    Column("started", UTCDateTime, nullable=False),
    Column("seen", UTCDateTime, nullable=False),
)

fleet_nights = Table(
    "fleet_nights",
    metadata,
    Column("night", Date, primary_key=True),
    Column("opened", UTCDateTime, nullable=False),
    Column("ends", UTCDateTime),  # null: when all is done
    Column("concluded", UTCDateTime),
    Column("machine", Text),  # that wrote the bulletin
)

fleet_failures = Table(
    "fleet_failures",  # visits that a bug or a wrong file stopped; each is tried again a few times
    metadata,
    Column("night", Date, primary_key=True),
    Column("site", String(200), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("machine", Text, nullable=False),
    Column("why", Text, nullable=False),
)
