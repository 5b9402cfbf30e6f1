"""Findings looked at again at once: the pages that prove them are asked, judged as a night would judge them, and the outcome
becomes an event.

The pages are read into a database of their own, so that the night's records stay what that night saw. What it knew around
them is copied beside them; only then can a page be judged as the night judged it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from gongkai import clock, local_norms, nightly
from gongkai.config import Settings
from gongkai.console import words
from gongkai.errors import UserError
from gongkai.nightly import Options
from storage import events, pages, runs, standing
from storage.database import connect, reading
from storage.events import RECHECK, Event
from storage.findings import ABSENT, PASSED, SEEN, UNREAD, Finding, finding_at
from storage.handling import looks_of
from storage.life import AT_WORK, CLOSED, WAIVED, life
from storage.locks import LIFE, SiteBusy, in_turn, site_lock
from storage.records import Access, LinkKind
from storage.runs import Run
from storage.schema import accesses
from storage.schema import standing as table
from storage.surroundings import copy_surroundings

if TYPE_CHECKING:
    from auditors.recheck import PageRead, Verdict
    from crawlers.profile import Profile

STAGES = (*AT_WORK, CLOSED, WAIVED)
"""Those of a finding that may be looked at again. A false alarm stays one, whatever is seen."""
WAIT = 30.0  # seconds for a night, or another re-check, to leave the site


@dataclass(frozen=True, kw_only=True)
class Rechecked:
    """What became of one finding.

    Attributes:
        verdict: certain, suspected, unclear, passed, absent, unread, or night: only a night can tell.
        note: The outcome in words.
        before, after: Its stage.
    """

    fingerprint: str
    rule: str
    subject: str
    verdict: str
    note: str
    before: str
    after: str


def takes_a_night(finding: Finding) -> bool:
    """Whether no few pages can prove or disprove it."""
    from auditors.recheck import pages_of

    return not pages_of(finding)


def recheck(
    engine: Engine, findings: Sequence[Finding], settings: Settings, options: Options, who: str
) -> list[Rechecked]:
    """Look at findings again, and write down what came of each. Each site is asked once for all of its findings.

    Of a finding for which nothing can be asked, because it takes a night, nothing is written.

    Args:
        who: Who asked for it.

    Raises:
        UserError: A site has no profile any more.
        CrawlCrashed: A bug; nothing was written for the findings of that site.
    """
    done = []
    for site in dict.fromkeys(finding.site for finding in findings):
        done += _site(engine, [f for f in findings if f.site == site], settings, options, who)
    return done


def _site(engine: Engine, findings: list[Finding], settings: Settings, options: Options, who: str) -> list[Rechecked]:
    from auditors.recheck import NIGHT, Verdict, pages_of

    site, began = findings[0].site, clock.now()
    verdicts: dict[str, Verdict] = {}
    read: dict[str, PageRead] = {}
    with reading(engine) as connection:
        asked = {f.fingerprint: pages_of(f) for f in findings}
        kinds = _kinds(connection, site, {url for urls in asked.values() for url in urls})
    for finding in findings:
        urls = asked[finding.fingerprint]
        if not urls:
            verdicts[finding.fingerprint] = Verdict(NIGHT, "whole_night")
        elif any(url not in kinds for url in urls):
            verdicts[finding.fingerprint] = Verdict(NIGHT, "not_asked")  # its address is kept masked only
    todo = [f for f in findings if f.fingerprint not in verdicts]
    if todo:
        try:
            with site_lock(engine, site, wait=WAIT):
                began = clock.now()
                judged, read = _read_and_judge(engine, todo, kinds, settings, options)
            verdicts |= judged
        except SiteBusy:
            verdicts |= {f.fingerprint: Verdict(UNREAD, "busy") for f in todo}
    with engine.begin() as connection:
        return [
            _written(connection, f, verdicts[f.fingerprint], _proof(read, asked[f.fingerprint]), began, who)
            if f in todo
            else _untouched(connection, f, verdicts[f.fingerprint])
            for f in findings
        ]


def _kinds(connection: Connection, site: str, urls: set[str]) -> dict[str, str]:
    """As what each address was asked on the last night that asked it; one that never was is missing."""
    history = runs.access_history(connection, site, sorted(urls), clock.today())
    return {url: rows[-1]["kind"] for url, rows in history.items() if rows}


def _read_and_judge(
    engine: Engine, findings: list[Finding], kinds: dict[str, str], settings: Settings, options: Options
) -> tuple[dict[str, Verdict], dict[str, PageRead]]:
    from auditors.recheck import Verdict, judge, known_target, pages_of
    from crawlers.conclude import conclude
    from crawlers.run import run_site

    site, night = findings[0].site, clock.today()
    wanted = list(dict.fromkeys(url for f in findings for url in pages_of(f)))
    with reading(engine) as connection:
        profile = _profile(connection, site, settings)
        before = next((r for r in runs.read(connection, site=site) if r.audited is not None), None)
        known = {f.fingerprint: known_target(connection, f) for f in findings}
    policy = local_norms.of_site(site, settings, profile)
    with tempfile.TemporaryDirectory(prefix="gongkai-") as folder:
        alone = str(Path(folder) / "recheck.db")
        task = nightly.crawl_task(profile, night, alone, settings, options, tuple((url, kinds[url]) for url in wanted))
        run = run_site(task)
        new = connect(alone)
        try:
            with reading(engine) as old, new.begin() as connection:
                asked = _asked(connection, run)
                home = _as_read(old, connection, run, profile.home, LinkKind.PAGE.value, None)
                template = _as_it_was(old, run, profile.home)
                if not home.whole or run.status == "unreadable":
                    why = home.why or "not_answered"
                    return {f.fingerprint: Verdict(UNREAD, why) for f in findings}, {profile.home: home}
                read = {url: _as_read(old, connection, run, url, kinds[url], template) for url in wanted}
                # A dead link is told by its own pages alone; for the others a page must stand among the rest.
                if before is not None and any(f.subject.kind != "link" for f in findings):
                    copy_surroundings(old, connection, before, run, asked)
                concluded = conclude(connection, profile, run)
                if concluded.bugs:
                    return {f.fingerprint: Verdict(UNREAD, "bug") for f in findings}, read
                if concluded.lost:  # of the pages around: nothing follows from what they lack
                    return {f.fingerprint: Verdict(UNREAD, "not_understood") for f in findings}, read
                verdicts = {
                    f.fingerprint: judge(
                        connection, f, night, read | {profile.home: home}, known=known[f.fingerprint], policy=policy
                    )
                    for f in findings
                }
                return verdicts, read
        finally:
            new.dispose()


def _profile(connection: Connection, site: str, settings: Settings) -> Profile:
    """The site's profile, at the address at which the last night read it; a bare one where it has none."""
    from crawlers.profile import bare_profile, find_profile

    known = next((one for one in runs.all_sites(connection) if one.id == site), None)
    folders = settings.profile_folders
    if any((folder / f"{site}.yml").is_file() for folder in folders):
        profile = find_profile(site, folders)
    elif known is not None:
        profile = bare_profile(known.home, court=known.court).model_copy(update={"id": site})
    else:
        raise UserError(f"{site}: 没有这个站点", f"{site}: no such site")
    return profile if known is None or not profile.home else profile.model_copy(update={"home": known.home})


def _asked(connection: Connection, run: Run) -> set[str]:
    return set(connection.execute(sa.select(accesses.c.url).where(accesses.c.run == run.id)).scalars())


def _as_read(old: Connection, new: Connection, run: Run, url: str, kind: str, template: bytes | None) -> PageRead:
    """How one page was read now, beside how it was read when it was last well."""
    from auditors.recheck import PageRead
    from crawlers.same_page import is_same_page
    from crawlers.urls import identity

    rows = new.execute(sa.select(accesses).where(accesses.c.run == run.id)).mappings()
    row = next((r for r in rows if identity(r["url"]) == identity(url)), None)
    if row is None:
        return PageRead(url=url, access=None, whole=False, why="not_answered")
    access = Access(row["access"])

    def told(whole: bool, why: str | None = None) -> PageRead:
        return PageRead(
            url=url,
            access=access,
            whole=whole,
            why=why,
            final=row["final_url"],
            at=row["at"],
            status=row["status"],
            sha256=row["sha256"],
        )

    if not access.is_ok:
        return told(False, "gone" if access in (Access.GONE, Access.SOFT_GONE) else "not_answered")
    undrawn = {i.subject for i in runs.read_issues(new, run.id) if i.cause in ("needs_browser", "not_drawn", "parts")}
    if url in undrawn or row["url"] in undrawn:
        return told(False, "not_drawn")
    if kind not in (LinkKind.PAGE.value, LinkKind.FRAME.value):
        return told(True)
    was = _as_it_was(old, run, url)
    now = pages.body(new, row["sha256"]) if row["sha256"] else None
    if was is None or now is None or not is_same_page(was, now, template if template != was else None):
        return told(False, "another_page")
    return told(True)


def _as_it_was(old: Connection, run: Run, url: str) -> bytes | None:
    """The body of a page when it was last read well."""
    history = runs.access_history(old, run.site, [url], run.night).get(url, [])
    last = next((r for r in reversed(history) if Access(r["access"]).is_ok and r["sha256"]), None)
    return pages.body(old, last["sha256"]) if last is not None else None


def _proof(read: dict[str, PageRead], urls: Sequence[str]) -> list[dict[str, Any]]:
    """What was read, for the event."""
    return [
        {
            "url": page.url,
            "access": None if page.access is None else page.access.value,
            "status": page.status,
            "at": None if page.at is None else page.at.isoformat(),
            "sha256": page.sha256,
        }
        for url, page in read.items()
        if url in urls or len(read) == 1
    ]


def _written(
    connection: Connection, finding: Finding, verdict: Verdict, proof: list[dict[str, Any]], began: datetime, who: str
) -> Rechecked:
    """The event of one re-check, and the finding as it stands then."""
    in_turn(connection, LIFE)  # the stage before it is what nobody else is changing now
    print_, now = finding.fingerprint, clock.now()
    before = _stage(connection, print_)
    note = sentence(verdict.verdict, verdict.why, verdict.message)
    after: dict[str, Any] = {"verdict": verdict.verdict, "why": verdict.why, "began": began.isoformat(), "read": proof}
    event = Event(fingerprint=print_, at=now, who=who, what=RECHECK, note=note, before={"stage": before}, after=after)
    steps = [*events.read(connection, of=[print_]).get(print_, []), event]
    looks = looks_of(connection, now.date(), [print_]).get(print_, ())
    after["stage"] = life(steps, looks, now.date()).stage
    events.append(connection, [event])
    standing.renew(connection, now.date(), only=[print_])
    return _told(finding, verdict, note, before, after["stage"])


def _untouched(connection: Connection, finding: Finding, verdict: Verdict) -> Rechecked:
    """One that nothing was asked for."""
    stage = _stage(connection, finding.fingerprint)
    return _told(finding, verdict, sentence(verdict.verdict, verdict.why), stage, stage)


def _told(finding: Finding, verdict: Verdict, note: str, before: str, after: str) -> Rechecked:
    subject = finding.subject.case_number or finding.subject.url or finding.subject.section or finding.site
    return Rechecked(
        fingerprint=finding.fingerprint,
        rule=finding.rule,
        subject=subject,
        verdict=verdict.verdict,
        note=note,
        before=before,
        after=after,
    )


def _stage(connection: Connection, print_: str) -> str:
    return str(connection.execute(sa.select(table.c.stage).where(table.c.fingerprint == print_)).scalar_one())


def sentence(verdict: str, why: str | None, message: str = "") -> str:
    """The outcome in words."""
    if verdict in SEEN:
        return words.say(f"recheck.seen.{verdict}", message=message)
    if verdict in (PASSED, ABSENT):
        return words.say(f"recheck.{verdict}")
    return words.say(f"recheck.{verdict}", why=words.say(f"recheck.why.{why or 'not_answered'}"))


def note_failure(engine: Engine, prints: Sequence[str], why: str, asked: datetime, who: str) -> None:
    """Write down that findings could not be looked at again, where a process ended before it said so itself.

    Args:
        why: A key of `recheck.why` in the console's words.
        asked: Since when it should have said something.
    """
    from auditors.recheck import Verdict

    with engine.begin() as connection:
        said = events.read(connection, of=prints)
        for print_ in prints:
            if any(step.what == RECHECK and step.at >= asked for step in said.get(print_, [])):
                continue
            _written(connection, finding_at(connection, print_, clock.today()), Verdict(UNREAD, why), [], asked, who)


def main() -> int:
    """The console's child: one task from standard input; what came of it is in the database."""
    task = json.loads(sys.stdin.read())
    settings = Settings.model_validate_json(json.dumps(task["settings"]))
    engine = connect(settings.database, create=False)
    with reading(engine) as connection:
        found = [finding_at(connection, print_, clock.today()) for print_ in task["prints"]]
    recheck(engine, found, settings, Options(allow_private=task["allow_private"]), task["who"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
