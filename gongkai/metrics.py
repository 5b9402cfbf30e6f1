"""The nights' health for Prometheus: read from the database whenever it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time

from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gongkai.clock import CHINA
from gongkai.errors import UserError
from gongkai.health import Health
from reports.coverage import MISSING

STATES = ("complete", "incomplete", "unreadable", "crashed", "running", MISSING)
KINDS = ("missed", "future", "night", "failed", "dark", "silent", "disk")


class HealthCollector(Collector):
    """Metrics of a health that is looked up at each scrape; where it cannot be, `gongkai_up` says so."""

    def __init__(self, look: Callable[[], Health]) -> None:
        self._look = look

    def describe(self) -> Iterator[Metric]:
        """Nothing: else the database would be asked when the collector is registered."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        try:
            health = self._look()
        except Exception:  # Prometheus is to learn of it, and not from a page of HTML
            yield GaugeMetricFamily("gongkai_up", "1: the database could be read.", value=0)
            return
        yield GaugeMetricFamily("gongkai_up", "1: the database could be read.", value=1)
        yield from _of_the_night(health)
        yield from _of_the_sites(health)


def _of_the_night(health: Health) -> Iterator[Metric]:
    one = GaugeMetricFamily
    yield one("gongkai_status", "Exit code of gongkai status: 0 good, 1 attention, 3 no night.", value=health.code)
    if health.night is not None:
        yield one(
            "gongkai_night_timestamp_seconds", "Midnight that began the last night's day.", value=_day(health.night)
        )
    yield one(
        "gongkai_night_missed", "1: the last night that should have been was not.", value=health.missed is not None
    )
    if health.next_opening is not None:
        yield one("gongkai_next_night_timestamp_seconds", "When the window opens next.", value=_at(health.next_opening))
        yield one("gongkai_window_open", "1: the window is open.", value=health.is_open)
    if health.database_bytes is not None:
        yield one("gongkai_database_bytes", "Size of the database's file.", value=health.database_bytes)
    if health.workers is not None:
        yield one("gongkai_fleet_workers", "Workers of the fleet that are there.", value=health.workers)
    yield one("gongkai_free_bytes", "Room left on the disk that is written to.", value=health.free_bytes)
    troubles = one("gongkai_troubles", "What wants looking at, by kind.", labels=["kind"])
    for kind in KINDS:
        troubles.add_metric([kind], sum(trouble.kind == kind for trouble in health.troubles))
    yield troubles


def _of_the_sites(health: Health) -> Iterator[Metric]:
    states = GaugeMetricFamily("gongkai_site_state", "1: what came of the site last night.", labels=["site", "state"])
    pages = GaugeMetricFamily("gongkai_site_pages", "Pages read on its last night.", labels=["site"])
    links = GaugeMetricFamily("gongkai_site_links", "Links checked on its last night.", labels=["site"])
    sizes = GaugeMetricFamily("gongkai_site_bytes", "Bytes read on its last night.", labels=["site"])
    dark = GaugeMetricFamily(
        "gongkai_site_unreadable_visits", "Visits in a row that could not read it.", labels=["site"]
    )
    last = GaugeMetricFamily(
        "gongkai_site_complete_timestamp_seconds", "Day on which it was last completely read.", labels=["site"]
    )
    silent = GaugeMetricFamily("gongkai_site_silent_sections", "Sections that suddenly yield nothing.", labels=["site"])
    for site in health.sites:
        for state in STATES:
            states.add_metric([site.site, state], site.status == state)
        for metric, value in ((pages, site.pages), (links, site.links), (sizes, site.bytes), (dark, site.dark)):
            metric.add_metric([site.site], value)
        if site.last_complete is not None:
            last.add_metric([site.site], _day(site.last_complete))
        silent.add_metric([site.site], sum(section.site == site.site for section in health.silent))
    yield from (states, pages, links, sizes, dark, last, silent)


def _day(day: date) -> float:
    return _at(datetime.combine(day, time(), CHINA))


def _at(moment: datetime) -> float:
    return moment.timestamp()


def registry(look: Callable[[], Health]) -> CollectorRegistry:
    """A registry of its own: no metric of this process is in it."""
    made = CollectorRegistry()
    made.register(HealthCollector(look))
    return made


def text(look: Callable[[], Health]) -> str:
    """The metrics as a file for node_exporter's textfile collector."""
    return generate_latest(registry(look)).decode()


def serve(address: str, look: Callable[[], Health]) -> Callable[[], None]:
    """Serve them under `/metrics` in a thread; returns what ends it.

    Args:
        address: HOST:PORT.

    Raises:
        UserError: The address is taken, or is none of this machine's.
    """
    host, _, port = address.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host, registry(look))
    except (OSError, OverflowError) as error:
        raise UserError(
            f"[nightly] metrics: {address}: 无法监听：{error}", f"[nightly] metrics: {address}: cannot listen: {error}"
        ) from error

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
