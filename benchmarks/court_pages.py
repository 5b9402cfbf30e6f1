"""Pages as a court's web site has them: navigation, dated lists, long articles pasted from a word processor.

Everything is invented and follows from the random generator handed in. What is planted stands in `planted.py`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

COURT = "示例市示例区人民法院"
SECTIONS = (
    ("fyyw", "法院要闻"), ("fygg", "法院公告"), ("ktgg", "开庭公告"), ("cpws", "裁判文书"),
    ("sfgk", "司法公开"), ("spgk", "审判公开"), ("zxgk", "执行公开"), ("tzgg", "通知公告"),
    ("dxal", "典型案例"), ("fgts", "法官提示"), ("sszn", "诉讼指南"), ("sftj", "司法统计"),
    ("fywh", "法院文化"), ("djgz", "党建工作"), ("yjxx", "意见征集"), ("bszn", "办事指南"),
)  # fmt: skip
WORDS = (
    "人民法院", "司法公开", "裁判文书", "上网工作", "庭审直播", "执行信息", "当事人", "诉讼权利", "审判流程",
    "工作推进会", "立案庭", "民事审判庭", "行政审判庭", "刑事审判庭", "执行局", "综合办公室", "依法", "及时", "全面",
    "推进", "落实", "组织", "开展", "部署", "检查", "通报", "整改", "完善", "制度", "机制", "平台", "栏目", "信息",
    "旁听", "观摩", "调解", "送达", "公告", "期限", "生效", "上诉", "再审", "听证", "宣判", "合议庭", "审判员",
)  # fmt: skip
WORD_PASTE = (
    "<p class=\"MsoNormal\" style=\"text-indent:32.0pt;line-height:28.0pt;mso-line-height-rule:exactly\"><span "
    "style=\"font-size:16.0pt;font-family:仿宋_GB2312;mso-hansi-font-family:宋体\">{text}</span></p>\n"
)  # fmt: skip


@dataclass(kw_only=True)
class Page:
    """One HTML page before it is written. `extra` is what was planted on it, `head` what was planted in its head."""

    path: str
    title: str
    section: str
    published: date
    encoding: str = "utf-8"
    declared: bool = True  # a meta element names the encoding; no header ever does
    size: int = 29_500
    extra: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)


def sentence(rng: random.Random) -> str:
    return "，".join("".join(rng.choices(WORDS, k=rng.randint(3, 6))) for _ in range(rng.randint(2, 4))) + "。"


def paragraphs(rng: random.Random, count: int = 400) -> list[str]:
    """A stock of paragraphs that articles are made of."""
    return [WORD_PASTE.format(text="".join(sentence(rng) for _ in range(rng.randint(2, 5)))) for _ in range(count)]


def frame(page: Page, main: str, sidebar: str) -> str:
    """Head, navigation, sidebar and footer, which every page of a site repeats."""
    navigation = "".join(f'<li><a href="/{slug}/" title="{name}">{name}</a></li>\n' for slug, name in SECTIONS)
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={page.encoding}">' if page.declared else ""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "">
<html xmlns="http://www.w3.org/1999/xhtml"><head>{meta}
<title>{page.title}_{COURT}</title>
<meta name="PubDate" content="{page.published} 09:00:00"><meta name="ColumnName" content="{page.section}">
<link rel="stylesheet" type="text/css" href="/style/main.css"><link rel="stylesheet" href="/style/print.css">
<script type="text/javascript" src="/js/menu.js"></script>
{"".join(page.head)}</head>
<body><div class="top"><a href="/"><img src="/images/logo.png" alt="{COURT}"></a>
<a href="javascript:void(0)" onclick="setHome(this)">设为首页</a> <a href="mailto:fy@example.invalid">联系我们</a></div>
<div class="nav"><ul>{navigation}</ul></div>
<div class="main">{main}{"".join(page.extra)}</div>
<div class="right"><h3>最新发布</h3><ul>{sidebar}</ul></div>
<div class="footer"><a href="#top">返回顶部</a> <a href="/about/sitemap.html">网站地图</a>
<a href="/about/contact.html">联系方式</a> <a href="/about/copyright.html">版权声明</a> 主办：{COURT}
<img src="/images/badge.png" alt="事业单位"></div></body></html>
"""


def rows(pages: list[Page]) -> str:
    return "".join(
        f'<li><a href="{page.path}" title="{page.title}">{page.title}</a><span>{page.published}</span></li>\n'
        for page in pages
    )


def detail(page: Page, rng: random.Random, stock: list[str], related: list[Page], sidebar: str) -> str:
    """An article or judgment, filled with paragraphs up to the page's size in its own encoding."""
    body = judgment(page, rng) if page.section == "裁判文书" else ""
    images = "".join(f'<p><img src="/images/news/{rng.randrange(200)}.jpg" alt="现场"></p>' for _ in range(3))
    attachment = f'<p><a href="/upload/{rng.randrange(100)}.pdf">附件：{page.title}.pdf</a></p>'
    tail = f'{images}{attachment}<div class="related"><h3>相关阅读</h3><ul>{rows(related)}</ul></div>'
    heading = (
        f'<div class="location">当前位置：<a href="/">首页</a> &gt; {page.section}</div><h1>{page.title}</h1>'
        f'<div class="info">来源：{COURT} 发布时间：{page.published} 09:00:00</div>'
    )
    frame_size = len(frame(page, heading + body + tail, sidebar).encode(page.encoding, "replace"))
    text, size = [], frame_size
    while size < page.size:
        text.append(rng.choice(stock))
        size += len(text[-1].encode(page.encoding))
    article = f'{heading}<div class="content" id="zoom">{body}{"".join(text)}</div>{tail}'
    return frame(page, article, sidebar)


def judgment(page: Page, rng: random.Random) -> str:
    number = rng.randrange(1, 9000)
    return (
        f"<p>{COURT}</p><p>民 事 判 决 书</p><p>（2026）粤9901民初{number}号</p><p>原告：张某，男，汉族。</p>"
        f"<p>被告：李某，女，汉族。</p><p>本院受理后依法公开开庭进行了审理，现已审理终结。</p>"
        f"<p>如不服本判决，可在判决书送达之日起十五日内向本院递交上诉状。</p><p>审判员　赵某</p>"
        f"<p>{page.published.year}年{page.published.month}月{page.published.day}日</p><p>书记员　钱某</p>"
    )
