"""W-08: attachments, pictures and other files that do not open."""

from __future__ import annotations

from auditors.links import fault, is_seen_twice, link_fault
from auditors.rule import HELD, PASS, S2, Outcome, certain, rule, suspected
from auditors.views import LinkHistory
from storage.records import Access, LinkKind

_FILES = (LinkKind.ATTACHMENT, LinkKind.IMAGE, LinkKind.MEDIA)


@rule("W-08", severity=S2, basis=("judicial_openness_2018/19",), confirm=2)
def dead_file(link: LinkHistory) -> Outcome:
    """附件、图片失效

    Violation: 附件、图片、音视频、脚本、样式等文件经两次探测不存在或者为0字节（确定）；服务器出错、超时，或者打开的是网页而不是文件（疑似，两晚一致列确定）。
    Compliant: 能打开的；拒绝访问、需登录、防护拦截、限流、robots禁止的，不视为失效；文件过大未读完的不作结论。
    Remedy: 重新上传附件、图片，或者删除失效的引用。
    """
    target = link.target
    if link.is_page or link.hidden or target.access.is_ok:
        return PASS
    broken = link_fault(link)
    if broken is None and target.kind in _FILES and target.access in (Access.EMPTY, Access.UNEXPECTED_TYPE):
        broken = fault(link, proven=target.access is Access.EMPTY and is_seen_twice(link))
    if broken is None:
        return HELD
    if broken.proven:
        return certain(broken.message, severity=broken.severity)
    return suspected(broken.message, severity=broken.severity)
