"""W-18: a page that loads slowly."""

from __future__ import annotations

import math

from auditors.basis import article
from auditors.rule import HELD, PASS, S3, Outcome, rule, suspected
from auditors.views import PageState

LEAST_PROBES = 3
_NORM = "government_sites_guide_2017/load_time"


@rule("W-18", severity=S3, basis=(_NORM,))
def slow_page(page: PageState) -> Outcome:
    """页面加载过慢

    Violation: 同一页面三次以上探测，四分之三分位的加载时间超过三秒（疑似：可能受巡查机自身网络影响）。
    Compliant: 不超过三秒；超过三秒而探测不足三次的，不作结论。
    Remedy: 检查服务器、带宽和页面资源，压缩图片，减少首页一次加载的内容。
    """
    loads, most = sorted(page.facts.loads), article(_NORM).numbers["seconds"]
    if len(loads) < LEAST_PROBES:
        return HELD if loads and loads[-1] > most else PASS
    typical = loads[math.ceil(0.75 * len(loads)) - 1]
    if typical <= most:
        return PASS
    return suspected(f"页面探测{len(loads)}次，四分之三分位加载时间为{typical:.1f}秒，超过{most}秒；需在其他网络复核。")
