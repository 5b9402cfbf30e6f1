"""D-14: the portal's link to the national platform of judgments."""

from __future__ import annotations

from auditors.rule import HELD, PASS, S2, Outcome, certain, rule, unclear
from auditors.views import SiteState

PLATFORM = "wenshu.court.gov.cn"


@rule("D-14", severity=S2, basis=("judgments_online_2016/2",))
def no_platform_link(site: SiteState) -> Outcome:
    """门户未链接中国裁判文书网

    Violation: 首页和首页以下两层页面都没有指向中国裁判文书网的链接；只写网站名称而没有链接的，视为没有。
    Compliant: 首页或者司法公开等两层以内的页面有可点击的链接。
    Remedy: 在首页或者司法公开栏目显著位置设置中国裁判文书网的链接。
    """
    if any(host == PLATFORM or host.endswith(f".{PLATFORM}") for host in site.hosts):
        return PASS
    if site.home is None:
        return HELD
    if site.home.drawn_by_script or site.unread or site.cut_off:
        return unclear("已读页面未见中国裁判文书网链接，但首页两层以内有页面未能读取，不能断定。", unread=True)
    return certain(f"首页及以下两层页面均未设置中国裁判文书网（{PLATFORM}）的链接。")
