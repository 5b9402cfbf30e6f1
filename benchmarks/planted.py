"""What is wrong with the generated site, and what only looks wrong: dead links by kind, and traps.

Each kind is one function from a serial number to a `Plant`: the HTML to put on some page, the URL it leads to, and what
the server does there. `behaviour` is read by `serve.py`; without one, nothing stands at the path and it answers 404.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

# Four ports in a row. BENCHMARK_PORT moves them, so that two benchmarks can run beside each other.
PORT = int(os.environ.get("BENCHMARK_PORT", "8741"))
PARTNER_PORT = PORT + 1  # another host, in good order
SPECIAL_PORT = PORT + 2  # the small server behind nginx
REFUSED_PORT = PORT + 3  # nobody listens there
ORIGIN = f"http://127.0.0.1:{PORT}"
Behaviour = dict[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Plant:
    """One planted link.

    `url` is the target as a browser would ask it, `behaviour` maps paths to what the server does at them, `also` are
    URLs under which a program may rightly report the same fault (where a redirect ends), `files` are files that exist.
    `gbk` and `based` name the sort of page the link must stand on.
    """

    html: str
    url: str
    behaviour: dict[str, Behaviour]
    also: tuple[str, ...] = ()
    files: tuple[bytes, ...] = ()
    gbk: bool = False
    based: bool = False


def absolute(path: str) -> str:
    return ORIGIN + path


def missing(html: str, path: str, *, gbk: bool = False) -> Plant:
    """A link to a path at which nothing stands."""
    return Plant(html=html.format(path), url=absolute(quote(path)), behaviour={}, gbk=gbk)


def behaving(path: str, /, **behaviour: str | int) -> Plant:
    return Plant(html=f'<p><a href="{path}">相关链接</a></p>', url=absolute(path), behaviour={path: behaviour})


def redirecting(path: str, end: str) -> Plant:
    hops: dict[str, Behaviour] = {path: {"do": "redirect", "to": end}}
    return Plant(
        html=f'<p><a href="{path}">旧版地址</a></p>', url=absolute(path), behaviour=hops, also=(absolute(end),)
    )


def loop(n: int) -> Plant:
    first, second = f"/jump/a{n}.html", f"/jump/b{n}.html"
    hops: dict[str, Behaviour] = {first: {"do": "redirect", "to": second}, second: {"do": "redirect", "to": first}}
    return Plant(
        html=f'<p><a href="{first}">专题</a></p>', url=absolute(first), behaviour=hops, also=(absolute(second),)
    )


def refused(n: int) -> Plant:
    url = f"http://127.0.0.1:{REFUSED_PORT}/webapp/{n}.html"
    return Plant(html=f'<p><a href="{url}">查询系统</a></p>', url=url, behaviour={})


def gbk_missing(n: int) -> Plant:
    return missing('<p><a href="{}">附表</a></p>', f"/upload/附表{n}公示.html", gbk=True)


def gbk_percent_missing(n: int) -> Plant:
    path = "/upload/" + quote(f"名单{n}".encode("gbk")) + ".html"
    return Plant(html=f'<p><a href="{path}">名单</a></p>', url=absolute(path), behaviour={}, gbk=True)


def based_missing(n: int) -> Plant:
    return Plant(
        html=f'<p><a href="lost{n}.html">往年公告</a></p>',
        url=absolute(f"/archive/2025/lost{n}.html"),
        behaviour={},
        based=True,
    )


Kind = Callable[[int], Plant]

DEAD: dict[str, Kind] = {
    "page 404": lambda n: missing('<p><a href="{}">原文链接</a></p>', f"/fyyw/2024/05/t20240501_{n}.html"),
    "page 410": lambda n: behaving(f"/withdrawn/{n}.html", do="status", status=410),
    "image 404": lambda n: missing('<p><img src="{}" alt="图"></p>', f"/images/lost/{n}.jpg"),
    "pdf 404": lambda n: missing('<p><a href="{}">附件下载</a></p>', f"/upload/lost/{n}.pdf"),
    "style 404": lambda n: missing('<link rel="stylesheet" href="{}">', f"/style/lost{n}.css"),
    "script 404": lambda n: missing('<script src="{}"></script>', f"/js/lost{n}.js"),
    "srcset 404": lambda n: missing('<img src="/images/badge.png" srcset="{} 2x" alt="">', f"/images/big{n}.png"),
    "inline style 404": lambda n: missing("<div style=\"background:url('{}')\"> </div>", f"/images/back{n}.gif"),
    "iframe 404": lambda n: missing('<iframe src="{}" width="100%"></iframe>', f"/webapp/frame{n}.html"),
    "onclick 404": lambda n: missing("<p><span onclick=\"window.open('{}')\">查看详情</span></p>", f"/view/{n}.html"),
    "redirect to 404": lambda n: redirecting(f"/old/{n}.html", f"/moved/{n}.html"),
    "redirect loop": loop,
    "500": lambda n: behaving(f"/webapp/error{n}.html", do="status", status=500),
    "soft 404": lambda n: behaving(f"/live/{n}.html", do="soft"),
    "refused port": refused,
    "connection cut": lambda n: behaving(f"/webapp/cut{n}.html", do="cut"),
    "wrong length": lambda n: behaving(f"/webapp/short{n}.html", do="short"),
    "404 on GBK page, Chinese path": gbk_missing,
    "404 on GBK page, GBK percent path": gbk_percent_missing,
    "404 through late base": based_missing,
}


def present(path: str, href: str | None = None, *, gbk: bool = False, based: bool = False) -> Plant:
    """A link that is in order: the file exists, at its UTF-8 name."""
    return Plant(
        html=f'<p><a href="{href or path}">通知</a></p>',
        url=absolute(quote(path)),
        behaviour={},
        files=(path.encode(),),
        gbk=gbk,
        based=based,
    )


def gbk_percent_present(n: int) -> Plant:
    name = f"/upload/公示{n}.html".encode("gbk")
    return Plant(html=f'<a href="{quote(name)}">公示</a>', url=absolute(quote(name)), behaviour={}, files=(name,))


def partner(n: int) -> Plant:
    url = f"http://127.0.0.1:{PARTNER_PORT}/partner{n}.html"
    return Plant(
        html=f'<a href="{url}">友情链接</a>', url=url, behaviour={}, files=(f"/../partner/partner{n}.html".encode(),)
    )


def hidden_in_comment(n: int) -> Plant:
    path = f"/comment/{n}.html"
    return Plant(html=f'<!-- <a href="{path}">旧栏目</a> -->', url=absolute(path), behaviour={})


def named_in_script(n: int) -> Plant:
    path = f"/data/{n}.html"
    return Plant(html=f"<script>var example = '<a href=\"{path}\">x</a>';</script>", url=absolute(path), behaviour={})


TRAPS: dict[str, Kind] = {
    "403": lambda n: behaving(f"/internal/{n}.html", do="status", status=403),
    "slow but ok": lambda n: behaving(f"/webapp/slow{n}.html", do="slow"),
    "news about 404": lambda n: behaving(f"/fyyw/about404_{n}.html", do="news"),
    "redirect that ends ok": lambda n: redirecting(f"/goto/{n}.html", "/about/contact.html"),
    "HEAD refused": lambda n: behaving(f"/webapp/gethead{n}.html", do="get_only"),
    "busy once": lambda n: behaving(f"/webapp/busy{n}.html", do="busy_once"),
    "Chinese path": lambda n: present(f"/upload/通知{n}.html"),
    "Chinese path on GBK page": lambda n: present(f"/upload/决定{n}.html", gbk=True),
    "GBK percent path": gbk_percent_present,
    "relative to late base": lambda n: present(f"/archive/2025/kept{n}.html", f"kept{n}.html", based=True),
    "space in path": lambda n: present(f"/upload/a b{n}.html", f" /upload/a b{n}.html "),
    "dots above root": lambda n: present(f"/upload/up{n}.html", f"/../upload/up{n}.html"),
    "other host": partner,
    "in a comment": hidden_in_comment,
    "in a script's text": named_in_script,
}  # fmt: skip
