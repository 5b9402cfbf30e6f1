"""hearings.ics: public hearings to come as a calendar (RFC 5545), for agencies that are to attend.

Times are in UTC, which every calendar shows in its own zone. A court announces when a hearing begins, not when it ends: none
is made up, and the event says so.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time

from reports.bulletin import Bulletin
from reports.hearings import PublicHearing
from reports.words import say

LONGEST = 75  # octets of a line, without its end


def render(bulletin: Bulletin) -> bytes:
    """The file. A calendar needs an event: call it only where there is one."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//gongkai//hearings//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(say('ics.name'))}",
        *(line for one in bulletin.hearings for line in _event(one, bulletin.generated_at)),
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def _event(one: PublicHearing, stamp: datetime) -> list[str]:
    name = one.cause or say("ics.no_cause")
    summary = say("ics.summary" if one.case_number else "ics.summary_alone", cause=name, number=one.case_number)
    facts = (
        ("court", one.court),
        ("case_number", one.case_number),
        ("cause", one.cause),
        ("place", one.place),
        ("stream", one.stream),
        ("announced", one.announced),
    )
    told = [say(f"ics.{field}", value=value) for field, value in facts if value]
    lines = [
        "BEGIN:VEVENT",
        f"UID:{hashlib.sha256(one.uid.encode()).hexdigest()[:32]}@gongkai",
        f"DTSTAMP:{_utc(stamp)}",
        f"SEQUENCE:{one.sequence}",
        f"DTSTART;VALUE=DATE:{one.starts:%Y%m%d}" if one.starts.time() == time() else f"DTSTART:{_utc(one.starts)}",
        f"SUMMARY:{escaped(summary)}",
        f"LOCATION:{escaped(' '.join(part for part in (one.court, one.place) if part))}",
        f"DESCRIPTION:{escaped(chr(10).join([*told, say('ics.end')]))}",
        f"CATEGORIES:{escaped(one.court)}",
    ]
    if one.stream or one.announced:
        lines.append(f"URL:{one.stream or one.announced}")
    return [*lines, "END:VEVENT"]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """A TEXT value (3.3.11)."""
    for plain, written in (("\r", ""), ("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def folded(line: str) -> bytes:
    """A content line (3.1): at most 75 octets, goes on after CRLF and a blank; never cut within a character."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > LONGEST:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
