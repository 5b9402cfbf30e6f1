"""What a link's access means, and how far it may be believed (domain/rules.md, head). Blocked is never broken."""

from __future__ import annotations

from dataclasses import dataclass

from auditors.rule import S2, S3, Severity
from auditors.views import LinkHistory
from storage.records import Access, Evidence

WORDS: dict[Access, str] = {
    Access.GONE: "页面不存在",
    Access.SOFT_GONE: "网站提示页面不存在",
    Access.SERVER_ERROR: "服务器出错",
    Access.TIMEOUT: "响应超时",
    Access.DNS: "域名无法解析",
    Access.REFUSED: "连接被拒绝",
    Access.TLS: "证书或加密连接异常",
    Access.RESET: "连接中断",
    Access.REDIRECT_LOOP: "循环跳转",
    Access.EMPTY: "文件为空（0字节）",
    Access.UNEXPECTED_TYPE: "打开的不是该文件，而是网页",
}
PROVEN_BY_SECOND_PROBE = (Access.GONE, Access.DNS, Access.REFUSED, Access.REDIRECT_LOOP)
DOUBTFUL = (Access.SERVER_ERROR, Access.TIMEOUT, Access.RESET, Access.TLS, Access.SOFT_GONE)


@dataclass(frozen=True)
class Fault:
    """A link that does not work: whether that is proven, the words for it, and how grave it is."""

    proven: bool
    message: str
    severity: Severity


def link_fault(link: LinkHistory) -> Fault | None:
    """How a target that is asked as a page or file fails; None: it does not, or nothing follows from it."""
    access = link.target.access
    if access not in PROVEN_BY_SECOND_PROBE and access not in DOUBTFUL:
        return None
    return fault(link, proven=access in PROVEN_BY_SECOND_PROBE and is_seen_twice(link))


def is_seen_twice(link: LinkHistory) -> bool:
    """Whether two probes came to the same: of tonight, or tonight's and the last one before."""
    return link.target.probes >= 2 or (bool(link.nights) and link.nights[-1].access is link.target.access)


def fault(link: LinkHistory, *, proven: bool) -> Fault:
    """The fault with its message: where it leads, what came of it, how often asked, from how many pages."""
    target = link.target
    status = f"（状态码{target.status}）" if target.status and target.status >= 400 else ""
    before = [n for n in link.nights if n.access is target.access]
    nights = f"，此前{len(before)}晚结果相同" if before else ""
    return Fault(
        proven,
        f"{'站内' if target.internal else '站外'}链接失效：{WORDS[target.access]}{status}，"
        f"本次探测{target.probes}次{nights}；{_from(target.referrer_count, target.referrers)}。",
        S2 if target.internal else S3,
    )


def _from(count: int, referrers: tuple[Evidence, ...]) -> str:
    named = [f"“{r.excerpt.strip()}”" if r.excerpt and r.excerpt.strip() else r.url for r in referrers[:3]]
    if not named:
        return "链接来源未记录"
    return f"共{max(count, len(referrers))}处链接指向它，如{'、'.join(dict.fromkeys(named))}"
