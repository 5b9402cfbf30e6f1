"""W-07: links to pages that do not open."""

from __future__ import annotations

from auditors.links import link_fault
from auditors.rule import HELD, PASS, S2, Outcome, certain, rule, suspected
from auditors.views import LinkHistory


@rule("W-07", severity=S2, basis=("judicial_openness_2018/19",), confirm=2)
def dead_link(link: LinkHistory) -> Outcome:
    """死链、错链

    Violation: 页面链接经两次探测均为404、410，域名无法解析、连接被拒绝或循环跳转（确定）；服务器出错、超时、证书异常、提示页面不存在（疑似，两晚一致列确定）。
    Compliant: 能打开的；拒绝访问、需登录、防护拦截、限流、robots禁止和内网地址，不视为失效；读者看不见的暗链另按W-11处理。
    Remedy: 修正或者删除失效链接；被链接的页面误删的，予以恢复。

    One finding per dead target, with the pages that lead there; a target outside the site counts S3.
    """
    if not link.is_page or link.hidden or link.target.access.is_ok:
        return PASS
    fault = link_fault(link)
    if fault is None:
        return HELD  # they refuse us, or it was read and not understood: nothing follows
    if fault.proven:
        return certain(fault.message, severity=fault.severity)
    return suspected(fault.message, severity=fault.severity)
