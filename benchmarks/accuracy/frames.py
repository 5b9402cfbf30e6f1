"""Pages around an article, as the platforms of court sites print them: navigation, page data, sidebars, footers.

Sidebars and footers carry dates of their own on purpose: the day of another article, of a copyright, of a clock.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from benchmarks.accuracy.writing import Day

NAVIGATION = "".join(
    f'<li><a href="/{path}/">{name}</a></li>'
    for path, name in (("", "首页"), ("gk", "法院概况"), ("xw", "法院要闻"), ("ktgg", "开庭公告"), ("ws", "裁判文书"))
)


def paragraphs(text: str, layout: str) -> str:
    """Lines of text as markup: `p`, `div`, `br`, `word` (spans as Word leaves them) or `runon` (no break at all)."""
    lines = [escape(line, quote=False) for line in text.strip("\n").split("\n")]
    if layout == "runon":
        return f"<div>{''.join(line.strip() for line in lines)}</div>"
    if layout == "br":
        return f"<div>{'<br/>'.join(lines)}</div>"
    if layout == "div":
        return "".join(f"<div style='TEXT-ALIGN: left; LINE-HEIGHT: 25pt'>{line}</div>" for line in lines)
    if layout == "word":
        return "".join(f'<p class="MsoNormal"><span style="font-family:仿宋">{line}</span></p>' for line in lines)
    return "".join(f"<p>{line}</p>" for line in lines)


def chinacourt(court: str, title: str, body: str, published: Day) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}--{court}</title></head><body>
<div class="nav"><ul>{NAVIGATION}</ul></div><div class="address">当前位置：<a href="/">首页</a> &gt; <a href="/l/">列表</a></div>
<div class='b_title'>{title}</div><div class="sth_a"><span>发布时间：{published.iso} 10:12:08</span></div>
<div class="text">{body}</div><div class="compile">责任编辑：研究室</div><div class="foot">{court} 版权所有</div></body></html>"""


def jeecms(court: str, title: str, body: str, published: Day) -> str:
    return f"""<html><head><meta charset="utf-8"><title>{court}</title></head><body><div><ul>{NAVIGATION}</ul></div>
<h4 class="sswy_article_h4">{title}</h4><p class="p_article_time">{published.iso} 21:16:25　来源: 本站</p>
<div class="sswy_article_m">{body}</div><!-- <a href="/old">旧公告 2012-01-05</a> --><div>ICP备 某号</div></body></html>"""


def government(court: str, title: str, body: str, published: Day) -> str:
    return f"""<html><head><meta charset="utf-8"><meta name="SiteName" content="{court}"><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{published.iso} 09:30"><title>{title}_{court}</title></head><body><header><ul>{NAVIGATION}</ul></header>
<div class="detail"><div class="title"><span>{title}</span></div><ul class="message"><li>来源：{court}</li><li>发布时间：{published.iso} 09:30</li></ul>
<div class="txt_txt" id="zoom">{body}</div></div><footer>主办：{court}</footer></body></html>"""


def table_layout(court: str, title: str, body: str, published: Day) -> str:
    return f"""<html><head><title>{court}</title></head><body><table width="1000"><tr><td><ul>{NAVIGATION}</ul></td></tr>
<tr><td><table><tr><td align="center"><b>{title}</b></td></tr><tr><td>发布日期：{published.slash}　点击数：218</td></tr>
<tr><td class="content">{body}</td></tr></table></td></tr><tr><td>{court} 地址：示例市某某路</td></tr></table></body></html>"""


def plain(court: str, title: str, body: str, published: Day) -> str:
    return f"""<html><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>
<div>时间：{published.han}　来源：{court}</div><div class="article_con">{body}</div></body></html>"""


FRAMES: tuple[Callable[[str, str, str, Day], str], ...] = (chinacourt, jeecms, government, table_layout, plain)
LAYOUTS = ("p", "br", "div", "word")
