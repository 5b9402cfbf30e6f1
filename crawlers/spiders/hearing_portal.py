"""The spider of a court's hearing portal alone (庭审公开平台): what `court_site` reads of it in the same night."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from crawlers.crawl import Result
from crawlers.fetch import Fetcher
from crawlers.portal.crawl import PortalResult
from crawlers.spiders.court_site import CourtSiteSpider
from storage import runs
from storage.runs import Run


class HearingPortalSpider(CourtSiteSpider):
    """`scrapy crawl hearing_portal -a site=ID [-a night=YYYY-MM-DD] [-a database=FILE]`, or by `crawlers.run`.

    The profile must have `portal`. Where it has a site too, the night's run is left as it was: reading the portal alone
    neither finishes it nor reopens it.
    """

    name = "hearing_portal"
    reads_site = False

    def _begin(self, connection: Connection, run: Run) -> None:
        if self.task.profile.portal is None:
            raise ValueError(f"{self.task.profile.id}: the profile has no portal")
        if not self.task.profile.home:
            super()._begin(connection, run)

    def _finish(
        self, connection: Connection, run: Run, site: Result | None, portal: PortalResult | None, fetcher: Fetcher
    ) -> None:
        if not self.task.profile.home:
            super()._finish(connection, run, site, portal, fetcher)
        elif portal is not None:
            portal.save(connection, run)
            runs.update(connection, run.id, bytes=run.bytes + fetcher.bytes)
