"""W-11: links that no reader sees, link farms, and other signs of tampering."""

from __future__ import annotations

import re

from auditors.rule import PASS, S0, Outcome, certain, rule, suspected
from auditors.views import PageState
from storage.records import Evidence

_TRUSTED = re.compile(
    r"^(?:https?:)?//(?:[\w-]+\.)*(?:gov\.cn|court\.gov\.cn|chinacourt\.(?:org|gov\.cn))(?::\d+)?(?:[/?#]|$)"
)


@rule("W-11", severity=S0, basis=("judicial_openness_2018/16", "government_sites_check_2019/security"))
def hidden_links(page: PageState) -> Outcome:
    """暗链、篡改

    Violation: 页面中有读者看不见的站外链接（隐藏、移出屏幕、零尺寸），或者成片与法院无关的外链；正文夹杂拼音的繁体、网页标题与本院无关的列疑似。
    Compliant: 隐藏的菜单、选项卡中指向政府、法院网站的链接；正常的友情链接。
    Remedy: 立即删除隐藏链接和被植入内容，排查网站漏洞，并于一个工作日内报告。

    A single foreign link in a hidden node may be a forgotten piece of a template: suspected. Two or more, or one with a
    link farm beside it, prove that somebody put them there.
    """
    facts = page.facts
    foreign = [url for url in facts.hidden_links if not _TRUSTED.match(url)]
    signs = _signs(page, foreign)
    if not signs:
        return PASS
    excerpt = facts.link_farm or facts.pinyin_noise or "、".join(foreign[:5]) or facts.title
    proof = Evidence(url=facts.url, sha256=facts.sha256, excerpt=excerpt[:200])
    message = f"页面有{'；'.join(signs)}。"
    strong = len(foreign) >= 2 or facts.link_farm is not None
    return certain(message, proof) if strong else suspected(message, proof)


def _signs(page: PageState, foreign: list[str]) -> list[str]:
    facts, signs = page.facts, []
    if foreign:
        how = f"（{facts.hidden_how}）" if facts.hidden_how else ""
        signs.append(f"{len(foreign)}个读者看不见的站外链接{how}，如{'、'.join(foreign[:3])}")
    if facts.link_farm:
        signs.append("成片与法院无关的外链")
    if facts.pinyin_noise:
        signs.append("夹杂拼音的繁体正文")
    if facts.foreign_title:
        signs.append(f"与本院无关的网页标题“{facts.title}”")
    return signs
