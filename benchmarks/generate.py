"""Writes a court-like site of N pages with planted dead links, traps and an answer key. The same N, the same bytes.

    python -m benchmarks.generate DIRECTORY --pages 1000

In DIRECTORY then stand `site/` and `partner/` (files to serve), `special.json` (paths at which the server does
something other than serve a file) and `key.json` (the answer key).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

from benchmarks.court_pages import COURT, SECTIONS, Page, detail, frame, paragraphs, rows, sentence
from benchmarks.planted import DEAD, ORIGIN, TRAPS, Kind, Plant

NEWEST = date(2026, 3, 30)
WRITTEN = datetime(2026, 3, 30, 1, tzinfo=UTC).timestamp()
ROWS = 20
GBK_EVERY = 20  # one page in twenty
LATE_BASE = f'<style>{"/* 样式 */ .c { color: #333 } " * 200}</style><base href="/archive/2025/">'
PRESENT = (
    "<html><head><meta charset=utf-8><title>公示</title></head><body><p>公示期内无异议。</p></body></html>".encode()
)
ASSETS = ("style/main.css", "style/print.css", "js/menu.js", "images/logo.png", "images/badge.png")


def generate(directory: Path, pages: int) -> None:
    """Writes everything below `directory`, replacing what a former run left there."""
    shutil.rmtree(directory, ignore_errors=True)
    rng = random.Random(pages)
    lists = round(pages / (ROWS + 1))
    details = _details(pages - lists - 4, rng)
    per_kind = max(3, pages // 600)
    dead = _plant(DEAD, details, rng, per_kind)
    traps = _plant(TRAPS, details, rng, per_kind)
    html = dict(_pages(details, rng))
    for path, data in html.items():
        _write(directory / "site", path.encode(), data)
    for plant in (*dead.values(), *traps.values()):
        for file in plant.files:
            _write(directory / "site", file, PRESENT)
    _write(directory / "site", b"/archive/2025/index.html", PRESENT)
    for name in (*ASSETS, *(f"images/news/{n}.jpg" for n in range(200)), *(f"upload/{n}.pdf" for n in range(100))):
        _write(directory / "site", f"/{name}".encode(), _asset(name))
    special = {path: what for plant in (*dead.values(), *traps.values()) for path, what in plant.behaviour.items()}
    _write_json(directory / "special.json", special)
    _write_json(directory / "key.json", _key(dead, traps, len(html), sum(map(len, html.values()))))


def _details(count: int, rng: random.Random) -> list[Page]:
    """The articles, newest first, spread over the sections; every twentieth is GBK, every other of these undeclared."""
    made = []
    for n in range(count):
        slug, name = SECTIONS[rng.randrange(len(SECTIONS))]
        published = NEWEST - timedelta(days=n // 8)
        gbk = n % GBK_EVERY == 7
        made.append(
            Page(
                path=f"/{slug}/{published:%Y/%m}/t{published:%Y%m%d}_{10_000 + n}.html",
                title=sentence(rng)[:24],
                section=name,
                published=published,
                encoding="gb2312" if gbk else "utf-8",
                declared=not gbk or n % (2 * GBK_EVERY) == 7,
                size=round(rng.gauss(30_000, 3_000)),
            )
        )
    return made


def _plant(kinds: dict[str, Kind], pages: list[Page], rng: random.Random, per_kind: int) -> dict[str, Plant]:
    """Puts `per_kind` links of each kind on random pages, some on several; returns them by "kind#n"."""
    planted = {}
    free = [page for page in pages if page.encoding == "utf-8"]
    gbk = [page for page in pages if page.encoding != "utf-8"]
    for kind, make in kinds.items():
        for n in range(per_kind):
            plant = planted[f"{kind}#{n}"] = make(n)
            for page in rng.sample(gbk if plant.gbk else free, k=1 if plant.based else rng.choice((1, 1, 2))):
                page.extra.append(plant.html)
                if plant.based and LATE_BASE not in page.head:
                    page.head.append(LATE_BASE)
    return planted


def _pages(details: list[Page], rng: random.Random) -> Iterator[tuple[str, bytes]]:
    stock = paragraphs(rng)
    sidebar = rows(details[:15])
    for n, page in enumerate(details):
        related = details[max(0, n - 5) : n] + details[n + 1 : n + 6]
        yield page.path, detail(page, rng, stock, related, sidebar).encode(page.encoding)
    for slug, name in SECTIONS:
        yield from _lists(slug, [page for page in details if page.section == name], sidebar)
    home = Page(path="/index.html", title="首页", section="首页", published=NEWEST)
    blocks = (f'<h2><a href="/{slug}/">{name}</a></h2>' for slug, name in SECTIONS)
    yield home.path, frame(home, "".join(blocks) + rows(details[:30]), sidebar).encode()
    for name in ("sitemap", "contact", "copyright"):
        page = Page(path=f"/about/{name}.html", title="关于本站", section="关于", published=NEWEST)
        yield page.path, frame(page, "".join(islice(stock, 10)), sidebar).encode()


def _lists(slug: str, pages: list[Page], sidebar: str) -> Iterator[tuple[str, bytes]]:
    """A section's pages of twenty rows: index.html, index_1.html and so on, as government content systems have it."""
    chunks = [pages[start : start + ROWS] for start in range(0, len(pages), ROWS)] or [[]]
    names = [f"/{slug}/index.html", *(f"/{slug}/index_{n}.html" for n in range(1, len(chunks)))]
    name = dict(SECTIONS)[slug]
    for n, chunk in enumerate(chunks):
        near = range(max(0, n - 3), min(len(chunks), n + 4))
        pager = "".join(f'<a href="{names[k]}">{k + 1}</a> ' for k in near)
        page = Page(path=names[n], title=name, section=name, published=NEWEST)
        main = f'<h1>{name}</h1><ul class="list">{rows(chunk)}</ul><div class="page">共{len(chunks)}页 {pager}</div>'
        yield page.path, frame(page, main, sidebar).encode()


def _asset(name: str) -> bytes:
    starts = {
        ".pdf": b"%PDF-1.4\n%%EOF\n",
        ".png": b"\x89PNG\r\n\x1a\n",
        ".jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
        ".css": b".content { line-height: 2 }\n",
        ".js": b"function setHome(element) { return false }\n",
    }
    return starts[Path(name).suffix].ljust(4096, b"\n")


def _key(dead: dict[str, Plant], traps: dict[str, Plant], pages: int, size: int) -> dict[str, object]:
    def entry(name: str, plant: Plant) -> dict[str, object]:
        return {"url": plant.url, "kind": name.partition("#")[0], "also": plant.also}

    return {
        "start": f"{ORIGIN}/",
        "court": COURT,
        "pages": pages,
        "bytes": size,
        "dead": [entry(name, plant) for name, plant in dead.items()],
        "traps": [entry(name, plant) for name, plant in traps.items()],
    }


def _write(root: Path, name: bytes, data: bytes) -> None:
    """`name` is a path of bytes, because GBK names are not UTF-8. The time of writing is always the same."""
    path = Path(os.path.normpath(root / os.fsdecode(name.lstrip(b"/"))))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (WRITTEN, WRITTEN))


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@contextmanager
def changed(directory: Path, share: float) -> Iterator[dict[str, str]]:
    """A second night: `share` of the articles get a new paragraph with a new dead link each; undone at the end.

    Yields the dead targets, each with the article that leads to it.
    """
    pages = sorted((directory / "site").glob("*/20*/*/t*.html"))
    chosen = random.Random(2).sample(pages, round(len(pages) * share))
    before = {path: path.read_bytes() for path in chosen}
    targets = [f"/new/{n}.html" for n in range(len(chosen))]
    for path, target in zip(chosen, targets, strict=True):
        path.write_bytes(before[path].replace(b"</body>", f'<p><a href="{target}">new</a></p></body>'.encode()))
    try:
        urls = [f"{ORIGIN}/{path.relative_to(directory / 'site').as_posix()}" for path in chosen]
        yield dict(zip((ORIGIN + target for target in targets), urls, strict=True))
    finally:
        for path, data in before.items():
            path.write_bytes(data)
            os.utime(path, (WRITTEN, WRITTEN))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    arguments = parser.parse_args()
    generate(arguments.directory, arguments.pages)


if __name__ == "__main__":
    main()
