"""The three demonstration courts: their sites on two nights and the ledgers beside them. Deterministic, without a clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from gongkai.demo import asp_table, chinacourt, gov_cms
from gongkai.demo.ledgers import write_ledgers
from gongkai.demo.site import NIGHTS, Site, stamp

__all__ = ["COURTS", "NIGHTS", "DemoCourt", "site_at", "write_ledgers"]


@dataclass(frozen=True)
class DemoCourt:
    """A demonstration court: its name, the platform its site runs on, and the generator of its pages."""

    court: str
    platform: str
    build: Callable[[date], Site]


COURTS = {
    chinacourt.ID: DemoCourt("示例市东湖区人民法院", "chinacourt", chinacourt.build),
    asp_table.ID: DemoCourt("示例市西山区人民法院", "asp_table", asp_table.build),
    gov_cms.ID: DemoCourt("示例省示例市中级人民法院", "gov_cms", gov_cms.build),
}


@cache
def site_at(court: str, night: date) -> Site:
    """A court's site on one night, with Last-Modified as its pages changed from night to night.

    Raises:
        ValueError: There is no such night; the message names those there are.
    """
    if night not in NIGHTS:
        raise ValueError(f"no demonstration night {night}: there are {', '.join(map(str, NIGHTS))}")
    yesterday = None
    for each in NIGHTS[: NIGHTS.index(night) + 1]:
        yesterday = stamp(COURTS[court].build(each), yesterday)
    assert yesterday is not None
    return yesterday
