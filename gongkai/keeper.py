"""The service `gongkai nightly --schedule`: the scheduler with a real night, its journal, its metrics and its alerts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.engine import Engine

from gongkai import alerting, clock, nightly, targets
from gongkai.alerting import News
from gongkai.config import Settings
from gongkai.errors import UserError, is_user_mistake, one_line, write_log
from gongkai.health import Health, health
from gongkai.journal import Journal
from gongkai.messages import say
from gongkai.nightly import Night, Options, SiteNight
from gongkai.scheduler import Scheduler, Time
from gongkai.terminal import Reporter
from gongkai.window import Window
from storage import runs
from storage.alerts import Alert
from storage.database import connect, reading


@dataclass
class Keeper:
    """Keeps the nights of one database.

    Attributes:
        names: The sites, as on the command line; empty: all that are configured when the night begins.
    """

    settings: Settings
    names: list[str]
    options: Options
    reporter: Reporter
    journal: Journal
    time: Time
    on_night: Callable[[Night], None] = lambda night: None
    on_site: Callable[[SiteNight], None] = lambda site: None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _unwritten: dict[tuple[str, str], Alert] = field(default_factory=dict, init=False)

    def run(self, window: Window) -> None:
        """Until the time is stopped."""
        self.check()
        self.journal.note("scheduler_started", window=str(window))
        Scheduler(
            window=window,
            time=self.time,
            night=self.night,
            last_audited=self.last_audited,
            failed=self.failed,
            tell=self._say,
        ).run()
        self.journal.note("scheduler_stopped")

    def night(self, night: date, is_over: Callable[[], bool]) -> bool:
        """One night; the database is opened anew, so that one that was moved or brought up meanwhile is seen.

        Returns:
            False: The database's trouble stopped a site, and there is time to take the night up again.
        """
        profiles = targets.find(self.names, self.settings)
        self.journal.note("night_began", night=str(night), sites=len(profiles))
        result = nightly.run_night(
            night,
            profiles,
            self.settings,
            self.options,
            self.settings.out / str(night),
            on_site=self.site_done,
            on_problem=self.reporter.warn,
            is_over=is_over,
            carry=True,
        )
        statuses = [site.status for site in result.sites]
        self.journal.note(
            "night_ended", night=str(night), **{name: statuses.count(name) for name in sorted({*statuses})}
        )
        self.on_night(result)
        again = any(site.again for site in result.sites) and not is_over()
        self.check(ended=None if again else night)
        return not again

    def failed(self, night: date, line: str, error: BaseException) -> None:
        """A night that could not be run: said, logged, and told to the office."""
        if not is_user_mistake(error):
            log = write_log(error, self.settings.logs, "nightly")
            line = say(f"程序出错：{line}；详情见 {log}", f"a bug: {line}; see {log}")
        self.reporter.error(line)
        self.journal.error("night_failed", night=str(night), why=type(error).__name__)
        text = say(f"{night} 巡查失败：{line}", f"{night}: the night failed: {line}")
        self.check(Alert(kind="night", subject=str(night), opened=self.time.now(), text=text))

    def check(self, *more: Alert, ended: date | None = None) -> None:
        """Look at how it stands, and tell the office what is new. Trouble in telling stops no night.

        What could not be written down, because the trouble is the database's, is mailed at once and written down later.

        Args:
            more: What is found elsewhere.
            ended: A night that is over now, as a rule long before its window closes.
        """
        for alert in more:
            self._unwritten.setdefault((alert.kind, alert.subject), alert)
        made_up_for = self._unwritten.get(("night", str(ended)))
        if made_up_for is not None and made_up_for.told is None:  # it failed first and was held then: no news any more
            del self._unwritten["night", str(ended)]
        now = self.time.now()
        try:
            engine = connect(self.settings.database)
            try:
                found = look(engine, self.settings, self.time, ended)
                earlier = self._unwritten.values()
                news = alerting.note(engine, self.settings, found.troubles, now, earlier, found.faded)
                self._unwritten.clear()
                alerting.send(engine, self.settings, news, now, self.environment)
            finally:
                engine.dispose()
        except Exception as error:
            if not is_user_mistake(error):
                raise
            self._not_told(error)
            self._mail_unwritten(now)
            return
        for alert in news.begun:
            self.journal.warn("trouble", kind=alert.kind, subject=alert.subject)
        for alert in news.over:
            self.journal.note("recovered", kind=alert.kind, subject=alert.subject)

    def _mail_unwritten(self, now: datetime) -> None:
        """Each once, without the database."""
        fresh = [alert for alert in self._unwritten.values() if alert.told is None]
        if not fresh or not self.settings.alerts.to:
            return
        try:
            alerting.mail_only(self.settings, News(tuple(fresh), ()), now, self.environment)
        except UserError as error:
            self._not_told(error)
            return
        self._unwritten |= {(alert.kind, alert.subject): replace(alert, told=now) for alert in fresh}

    def _not_told(self, error: Exception) -> None:
        self.reporter.error(one_line(error))
        self.journal.error("alert_failed", why=type(error).__name__)

    def last_audited(self) -> date | None:
        engine = connect(self.settings.database)
        try:
            with reading(engine) as connection:
                return runs.last_audited(connection)
        finally:
            engine.dispose()

    def site_done(self, site: SiteNight) -> None:
        """Note what became of a site."""
        write = self.journal.error if site.log is not None or site.mistake is not None else self.journal.note
        write(
            "site_done",
            site=site.site,
            run=site.run,
            status=site.status,
            pages=site.pages,
            links=site.links,
            already=site.already,
            log=site.log.name if site.log is not None else None,
        )
        self.on_site(site)

    def _say(self, line: str) -> None:
        self.reporter.note(line)


def look(engine: Engine, settings: Settings, time: Time | None = None, ended: date | None = None) -> Health:
    """The health of the configured sites, or of those of the database where none are configured.

    Args:
        ended: A night that is known to be over, though its window may still be open.
    """
    configured = {p.id: p.court or p.id for p in targets.configured(settings)}
    return health(engine, settings, clock.now() if time is None else time.now(), configured, ended=ended)
