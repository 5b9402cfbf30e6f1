"""The night: crawl and audit each site, then one bulletin over all.

What is done stays done; a bug at one site is logged and stops no other.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.engine import Connection, Engine

from crawlers.stop import UNFINISHED, CrawlStopped, never
from gongkai import clock, ledgers, local_norms, pictures, sealing, webhooks
from gongkai.config import Settings, Webhooks
from gongkai.database import opened
from gongkai.errors import UserError, is_the_databases, is_user_mistake, one_line, write_log
from gongkai.messages import say
from gongkai.space import need_room
from gongkai.turns import NIGHT, alone
from storage import places, retention, runs, seals, standing
from storage.database import reading
from storage.ledgers import ledger_files
from storage.locks import in_turn
from storage.runs import FINISHED, Run

if TYPE_CHECKING:
    from auditors.policies import Policy
    from crawlers.profile import Profile
    from crawlers.run import Progress
    from crawlers.task import CrawlTask
    from reports.bulletin import Bulletin

Number = TypeVar("Number", int, float)
NOT_BEGUN = "巡查时段结束，未轮到"
Advance = Callable[[str, "Progress"], None]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user asked of one crawl, over what settings and profile say. None: nothing asked."""

    allow_private: bool = False
    max_pages: int | None = None
    delay: float | None = None
    concurrency: int | None = None


@dataclass(frozen=True, kw_only=True)
class SiteNight:
    """What became of one site in one night.

    Attributes:
        status: complete, incomplete, unreadable, crashed, or missing: it was not visited.
        already: It was crawled and audited before; nothing was done.
        log: Where the traceback of a bug is.
        mistake: A file that the user gave and that cannot be read, such as a ledger: one line.
        again: The database's trouble stopped it: it is worth another try on the same night.
    """

    site: str
    status: str
    why: str | None = None
    pages: int = 0
    links: int = 0
    already: bool = False
    log: Path | None = None
    mistake: str | None = None
    run: int | None = None
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Night:
    """The whole night. `bulletin` is None if nothing had changed and its files were there."""

    date: date
    sites: tuple[SiteNight, ...]
    files: tuple[Path, ...]
    bulletin: Bulletin | None

    @property
    def crashed(self) -> tuple[SiteNight, ...]:
        return tuple(s for s in self.sites if s.log is not None)

    @property
    def mistaken(self) -> tuple[SiteNight, ...]:
        return tuple(s for s in self.sites if s.mistake is not None)

    @property
    def unreadable(self) -> bool:
        """Whether not a single site could be read."""
        return bool(self.sites) and all(s.status == "unreadable" for s in self.sites)


def crawl_task(
    profile: Profile,
    night: date,
    database: str,
    settings: Settings,
    options: Options,
    only: tuple[tuple[str, str], ...] | None = None,
) -> CrawlTask:
    """The crawl of one site, or of `only` a few of its pages: an option wins over the profile, that over the settings."""
    from crawlers.task import CrawlTask

    polite = settings.politeness
    return CrawlTask(
        database=database,
        night=night,
        profile=profile,
        allow_private=options.allow_private,
        max_pages=options.max_pages or profile.max_pages or polite.max_pages,
        delay=_first(options.delay, profile.delay, polite.delay),
        max_seconds=_times(_first(profile.max_minutes, polite.max_minutes), 60),
        max_bytes=_times(_first(profile.max_megabytes, polite.max_megabytes), 1_000_000),
        concurrency=_first(options.concurrency, profile.concurrency, polite.concurrency),
        contact=settings.contact,
        only=only,
        revisit_nights=profile.revisit_nights or polite.revisit_nights,
        revisit_above=polite.revisit_above,
    )


def _first(*values: Number | None) -> Number | None:
    return next((v for v in values if v is not None), None)


def _times(value: int | None, factor: int) -> int | None:
    return None if value is None else value * factor


def run_night(
    night: date,
    profiles: Sequence[Profile],
    settings: Settings,
    options: Options,
    out: Path,
    *,
    on_site: Callable[[SiteNight], None] | None = None,
    on_progress: Advance | None = None,
    on_problem: Callable[[str], None] | None = None,
    is_over: Callable[[], bool] = never,
    carry: bool = False,
) -> Night:
    """Crawl and audit each site and write the bulletin over all of them.

    A site that was finished on this night is left as it is; one that was killed goes on. Asking for a night that is
    done writes nothing at all.

    Args:
        out: Folder of the bulletin's files.
        on_site: Told of each site as it is done.
        on_progress: Told of pages and links as they are read.
        on_problem: Told of each ledger row that cannot be read.
        is_over: Whether the time for reading is over, asked again and again: then no further site is begun, those at work
            are stopped, and what was finished is audited and told of.
        carry: What an earlier night could not finish goes on in this one; the most overdue sites come first.

    Raises:
        DatabaseError: The database cannot be used.
        UserError: Another night is at work on this database, or took it over when its server came back; or the disk is full.
    """
    need_room(settings)
    engine = opened(settings)
    lost = threading.Event()
    with alone(engine, NIGHT, lost.set):
        return _night(
            engine,
            night,
            profiles,
            settings,
            options,
            out,
            on_site=on_site,
            on_progress=on_progress,
            on_problem=on_problem,
            is_over=lambda: lost.is_set() or is_over(),
            carry=carry,
        )


def _night(
    engine: Engine,
    night: date,
    profiles: Sequence[Profile],
    settings: Settings,
    options: Options,
    out: Path,
    *,
    on_site: Callable[[SiteNight], None] | None,
    on_progress: Advance | None,
    on_problem: Callable[[str], None] | None,
    is_over: Callable[[], bool],
    carry: bool,
) -> Night:
    register(engine, profiles)
    if carry:
        with reading(engine) as connection:
            profiles = by_urgency(connection, profiles, night)

    stop = threading.Event()
    said: set[str] = set()

    def tell(line: str) -> None:
        if on_problem is not None and line not in said:  # that there is no browser is said once, not for each site
            said.add(line)
            on_problem(line)

    def advance(site: str, progress: Progress) -> None:
        if stop.is_set():
            raise Stopped  # ends the site's process; what it has read is in the database
        if on_progress is not None:
            on_progress(site, progress)

    def one(profile: Profile) -> SiteNight:
        if is_over():
            return _not_reached(engine, profile.id, night)
        try:
            return site_night(engine, profile, night, settings, options, advance, tell, is_over=is_over, carry=carry)
        except CrawlStopped:
            return _not_reached(engine, profile.id, night)
        except Exception as error:  # nothing is swallowed: it is logged and counted, and the night goes on
            if stop.is_set():  # Ctrl-C at a terminal reaches the site's process too: that is no bug
                raise Stopped from error
            if is_user_mistake(error):
                again = is_the_databases(error)
                return SiteNight(site=profile.id, status="missing", mistake=one_line(error), again=again)
            return note_crash(engine, profile.id, night, error, settings.logs)

    done: dict[str, SiteNight] = {}
    pool = ThreadPoolExecutor(max_workers=settings.nightly.parallel, thread_name_prefix="site")
    try:
        for future in as_completed([pool.submit(one, p) for p in profiles]):
            result = future.result()
            done[result.site] = result
            if on_site is not None:
                on_site(result)
    except BaseException:
        stop.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return conclude_night(engine, night, tuple(done[p.id] for p in profiles), settings, out, tell)


def conclude_night(
    engine: Engine,
    night: date,
    sites: tuple[SiteNight, ...],
    settings: Settings,
    out: Path,
    tell: Callable[[str], None],
) -> Night:
    """What is done once when no site is at work any more: tell other programs, remove what is old, write the bulletin."""
    _announce(engine, settings, night, sites)
    if all(s.already for s in sites) and _is_told(engine, night, [s.site for s in sites], out / "findings.json"):
        return Night(date=night, sites=sites, files=(), bulletin=None)
    if settings.evidence.keep_days is not None:
        with engine.begin() as connection:
            retention.remove(connection, retention.first_day(night, settings.evidence.keep_days), clock.now())
        if line := places.settle(engine):
            tell(line)
    sealing.note(engine, settings.out)
    bulletin, files = write_bulletin(engine, night, [s.site for s in sites], out)
    return Night(date=night, sites=sites, files=tuple(files), bulletin=bulletin)


def _is_told(engine: Engine, night: date, sites: Sequence[str], findings: Path) -> bool:
    """Whether a night's bulletin is written: over these very sites, and after each of them was audited."""
    try:
        told = json.loads(findings.read_bytes())
        written, named = datetime.fromisoformat(told["generated_at"]), {one["site"] for one in told["coverage"]}
        if (told["period"]["first"], told["period"]["last"]) != (str(night), str(night)):
            return False
    except (OSError, ValueError, LookupError, TypeError):  # there is none, or it is not ours
        return False
    with reading(engine) as connection:
        audited = [run.audited for site in sites if (run := runs.find(connection, site, night)) and run.audited]
    # The file knows seconds only.
    return named == set(sites) and all(moment.replace(microsecond=0) <= written for moment in audited)


def _announce(engine: Engine, settings: Settings, night: date, sites: Sequence[SiteNight]) -> None:
    """Tell other programs that the night is over, if any are to be told."""
    if settings.webhooks.urls:
        told = [{"site": one.site, "status": one.status, "pages": one.pages, "links": one.links} for one in sites]
        with engine.begin() as connection:
            webhooks.night_finished(connection, settings.webhooks, night, told, clock.now())


def by_urgency(connection: Connection, profiles: Sequence[Profile], night: date) -> list[Profile]:
    """What was begun and not finished comes first, then what was not read for longest; never read before all others.

    Of those alike the largest comes first: who begins with small ones waits for a large one in the end (docs/scale.md).
    """
    begun = {p.id for p in profiles if _is_under_way(connection, p.id, night)}
    last = runs.last_read(connection)
    sizes = runs.sizes(connection)
    return sorted(profiles, key=lambda p: (p.id not in begun, last.get(p.id, date.min), -sizes.get(p.id, 0), p.id))


def _is_under_way(connection: Connection, site: str, night: date) -> bool:
    run = runs.find(connection, site, night)
    return run.status == "running" if run is not None else runs.unfinished(connection, site, night) is not None


def _not_reached(engine: Engine, site: str, night: date) -> SiteNight:
    """A site whose turn did not come before the time was over, or not to its end."""
    with reading(engine) as connection:
        run = runs.find(connection, site, night)
    if run is None:
        return SiteNight(site=site, status="missing", why=NOT_BEGUN)
    if run.status in FINISHED:
        return result_of(run, already=True)
    return replace(result_of(run), why=UNFINISHED)


def register(engine: Engine, profiles: Sequence[Profile]) -> None:
    """Make new sites known, so that one that crashes or is never reached still stands in the coverage."""
    with engine.begin() as connection:
        known = {site.id for site in runs.all_sites(connection)}
        for p in profiles:
            if p.id in known:  # the crawl keeps it up to date
                continue
            site = runs.Site(id=p.id, court=p.court or p.id, home=p.address, level=p.level, platform=p.platform)
            runs.save_site(connection, site)


def site_night(
    engine: Engine,
    profile: Profile,
    night: date,
    settings: Settings,
    options: Options,
    on_progress: Advance | None = None,
    on_problem: Callable[[str], None] | None = None,
    *,
    is_over: Callable[[], bool] = never,
    carry: bool = False,
    wait: float | None = None,
    in_fleet: bool = False,
) -> SiteNight:
    """One site's night: crawl, ledgers, audit; nothing if that was done before.

    Args:
        wait: Seconds to wait while another process reads the site; None: as long as it takes.
        in_fleet: Other machines work on this night too, so that the folders of ledgers are shares.

    Raises:
        UserError: A later night was audited already.
        CrawlStopped: The time for reading was over first.
        SiteBusy: Another process reads the site.
        CrawlCrashed, AuditCrashed: A bug.
    """
    with reading(engine) as connection:
        before = runs.find(connection, profile.id, night)
    if before is not None and before.status in FINISHED and before.audited is not None:
        return result_of(before, already=True)
    _no_later_audit(engine, profile.id, night)
    policy = local_norms.of_site(profile.id, settings, profile)  # a mistake in it is found before the site is asked
    if carry and before is None:
        from crawlers.carry import carry_over

        with engine.begin() as connection:
            carry_over(connection, profile, night)
    run = crawl(profile, night, settings, options, on_progress, is_over, wait)
    if (line := places.settle(engine)) and on_problem is not None:
        on_problem(line)
    try:
        _import_ledgers(engine, profile.id, profile.court, night, settings, on_problem, in_fleet=in_fleet)
    except Exception as error:
        if is_the_databases(error) or not is_user_mistake(error):
            raise
        # Without its ledger the site would be judged by half of what is known: it is not audited tonight.
        return replace(result_of(run), mistake=one_line(error))
    audit(engine, profile.id, night, policy, settings.webhooks)
    if settings.evidence.screenshots and not is_over():  # later nights take what is missing
        pictures.after_audit(
            engine,
            profile.id,
            night,
            settings,
            allow_private=options.allow_private,
            delay=_first(options.delay, profile.delay),
            on_problem=on_problem or (lambda _line: None),
        )
    return result_of(run)


def crawl(
    profile: Profile,
    night: date,
    settings: Settings,
    options: Options,
    on_progress: Advance | None = None,
    is_over: Callable[[], bool] = never,
    wait: float | None = None,
) -> Run:
    """Crawl one site, or go on where its crawl was stopped.

    Raises:
        CrawlCrashed: A bug stopped it.
        CrawlStopped: The time for reading was over first.
        SiteBusy: Another process reads the site.
    """
    from crawlers.run import run_site

    task = crawl_task(profile, night, settings.database, settings, options)
    told = None if on_progress is None else lambda progress: on_progress(profile.id, progress)
    return run_site(task, told, is_over, wait)


def audit(engine: Engine, site: str, night: date, policy: Policy | None = None, told: Webhooks | None = None) -> None:
    """Audit one site's night and note that it was done.

    Args:
        policy: The court's own norms.
        told: Who is told of new red lines.

    Raises:
        UserError: A later night was audited already, and history is not rewritten.
        AuditCrashed: A rule stopped with a bug; what the other rules found is written.
    """
    from auditors.audit import audit_site
    from gongkai.console.deeds import escalate

    _no_later_audit(engine, site, night)
    with engine.begin() as connection:
        in_turn(connection, f"audit:{site}")
        summary = audit_site(connection, site, night, policy=policy)
        seals.begin(connection)
        run = runs.find(connection, site, night)
        if (
            run is not None and not summary.crashed
        ):  # before it is written how findings stand: by the last audited night
            runs.update(connection, run.id, audited=clock.now())
        standing.renew(connection, night, site=site)
        escalate(connection, _end_of(night), site)
        if told is not None:
            webhooks.red_lines(connection, told, site, night, clock.now())
        seals.seal_night(connection, site, night)
    if summary.crashed:
        raise AuditCrashed("\n".join(f"{rule}: {trace}" for rule, trace in summary.crashed.items()))


def _end_of(night: date) -> datetime:
    """The moment as of which a night is judged: now, or the end of a day that has passed."""
    now = clock.now()
    return now if night == now.date() else datetime.combine(night, time(23, 59, 59), clock.CHINA)


def _no_later_audit(engine: Engine, site: str, night: date) -> None:
    with reading(engine) as connection:
        later = [r.night for r in runs.read(connection, site=site) if r.night > night and r.audited is not None]
    if later:
        raise UserError(
            f"{site}: {max(later)} 已审计，不能再改写 {night} 的结果",
            f"{site}: {max(later)} was audited already, the results of {night} are not rewritten",
        )


def compose_night(engine: Engine, night: date, sites: Sequence[str] | None) -> Bulletin:
    """The bulletin of a night."""
    from reports.bulletin import compose
    from reports.period import Period

    with reading(engine) as connection:
        chosen = None if sites is None else list(sites)
        return compose(connection, Period.of_night(night), sites=chosen, generated_at=clock.now())


def write_bulletin(engine: Engine, night: date, sites: Sequence[str] | None, out: Path) -> tuple[Bulletin, list[Path]]:
    """Compose the bulletin of a night and write it in all formats."""
    from reports.formats import write_all

    bulletin = compose_night(engine, night, sites)
    return bulletin, write_all(bulletin, out)


class Stopped(BaseException):
    """The user asked to stop: raised in the threads of the sites at work."""


class AuditCrashed(Exception):
    """Rules that stopped with a bug, by their traceback. What the other rules found is written."""


def _import_ledgers(
    engine: Engine,
    site: str,
    court: str | None,
    night: date,
    settings: Settings,
    on_problem: Callable[[str], None] | None,
    *,
    in_fleet: bool = False,
) -> None:
    """Bring in the ledgers of the site's folder, if the settings name one.

    Raises:
        LedgerError: One of them cannot be read.
        UserError: There is no such folder; or, in a fleet, it is empty and was not before.
    """
    folder = settings.ledgers.get(site)
    if folder is None:
        return
    files = ledgers.files_of(folder)
    if not files:
        _look_at_empty(engine, site, folder, on_problem, in_fleet=in_fleet)
        return
    readings = ledgers.read(files, site, night, court)
    if on_problem is not None:
        for line in ledgers.problems(readings):
            on_problem(line)
    with engine.begin() as connection:
        ledgers.save(connection, site, readings, night, clock.now())


def _look_at_empty(
    engine: Engine, site: str, folder: Path, on_problem: Callable[[str], None] | None, *, in_fleet: bool
) -> None:
    """A folder without ledgers where some were imported before.

    On a machine of a fleet it is a share that is not mounted there: to judge the site by old ledgers would go unnoticed. On a
    single machine somebody has emptied it.
    """
    with reading(engine) as connection:
        known = {file.source.split("/")[0] for file in ledger_files(connection, site)}
    if not known:
        return
    zh, en = f"{folder}: 台账文件夹是空的，", f"{folder}: an empty folder of ledgers, "
    if in_fleet:
        raise UserError(
            f"{zh}以前导入过 {len(known)} 份：共享是否已挂载？不再有台账的，请从 [ledgers] 中去掉 {site}",
            f"{en}and {len(known)} were imported before: is the share mounted? If there are none any more, "
            f"take {site} out of [ledgers]",
        )
    if on_problem is not None:
        on_problem(say(f"{zh}仍用以前导入的 {len(known)} 份", f"{en}the {len(known)} imported before are used still"))


def result_of(run: Run, *, already: bool = False) -> SiteNight:
    """What a run came to."""
    return SiteNight(
        site=run.site,
        status=run.status,
        why=run.why,
        pages=run.pages,
        links=run.links,
        already=already,
        run=run.id,
    )


def note_crash(engine: Engine, site: str, night: date, error: Exception, logs: Path) -> SiteNight:
    """Log the bug and note in the coverage that this site's night was not finished."""
    log = write_log(error, logs, site)
    # The message of a crash is a traceback: its last line says what happened.
    why = f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[-1]}"[:300]
    with engine.begin() as connection:
        run = runs.start(connection, site, night, clock.now())
        if run.status not in FINISHED:
            runs.update(connection, run.id, status="crashed", why=why, finished=clock.now())
    return replace(result_of(run), status="crashed", why=why, log=log)
