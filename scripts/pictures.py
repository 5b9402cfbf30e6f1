"""Renews the pictures of the documentation, docs/pictures/*.png: a bulletin of the demonstration in every format, and
the console on its data.

`make pictures`, or with a database that the demonstration left: `python scripts/pictures.py out/demo/demo.db`.
Needs a browser, LibreOffice (soffice) and poppler (pdftoppm); CI needs none of it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from crawlers.browser_finder import find_browser
from gongkai import issuing
from gongkai.config import Bulletin, Settings
from gongkai.demonstration import demonstrate
from gongkai.issuing import Issue, Request
from reports.period import Period
from scripts import console_pictures
from storage.database import connect

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
OFFICE = Bulletin(
    body="示例市中级人民法院司法公开领导小组办公室",
    code="示中法公开",
    addressee="全市各基层人民法院，本院各部门",
    copies=("院领导", "政治部"),
    contact="司法公开办，内线8000",
)
MONTH, SIGNED = Period.of_month(2026, 3), date(2026, 4, 2)
DOTS = 75  # an inch: a page is 620 pixels wide
CUT = ("-r", "130", "-x", "20", "-y", "20", "-W", "1100", "-H", "620")  # of a sheet the upper left corner, to be read
# A line that begins the page to be shown, by the picture's name; page numbers stand before some.
PDF_PAGES = {
    "pdf-first": "全市各基层人民法院.*",
    "pdf-ranking": "附件1",
    "pdf-problems": "附件2",
    "pdf-form": "附件4",
    "pdf-freshness": "图4.*",
}
SHEETS = {"xlsx-problems": "问题清单", "xlsx-form": "整改情况反馈表"}


def main(database: str | None = None) -> None:
    """Issue the bulletin and take its pictures; what is there is replaced."""
    for program in ("soffice", "pdftoppm"):
        if shutil.which(program) is None:
            sys.exit(f"pictures: {program} is not installed")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if database is None:
            demonstrate(work / "out")
            database = str(work / "out" / "demo" / "demo.db")
        shutil.copy(database, work / "pictures.db")  # the number is taken in a copy only
        bulletin = work / "bulletin"
        _issue(work / "pictures.db", bulletin)
        for name in (*_taken(bulletin, work), *console_pictures.taken(work / "pictures.db", PICTURES)):
            print(PICTURES / f"{name}.png")


def _issue(database: Path, folder: Path) -> None:
    settings = Settings(database=str(database), bulletin=OFFICE)
    issuing.issue(connect(settings.database), Request(period=MONTH, day=SIGNED), Issue(serial=3), settings, folder)


def _taken(bulletin: Path, work: Path) -> Iterator[str]:
    yield from _pages(bulletin / "bulletin.html")
    pdf = bulletin / "bulletin.pdf"
    for name, text in PDF_PAGES.items():
        yield _page(pdf, _page_with(pdf, text), name)
    yield _page(_printed(bulletin / "bulletin.docx", work), 1, "docx-first")
    for name, sheet in SHEETS.items():
        yield _page(_printed(_only(bulletin / "bulletin.xlsx", sheet, work), work), 1, name, *CUT)


def _pages(html: Path) -> Iterator[str]:
    """The web page on a desk and on a phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser()))
        for name, width, height in (("bulletin", 1040, 1400), ("html-phone", 390, 844)):
            page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
            page.goto(html.as_uri())
            page.screenshot(path=PICTURES / f"{name}.png")
            yield name
        browser.close()


def _page_with(pdf: Path, text: str) -> int:
    """The first page, from 1, that has a line of this form."""
    for number, page in enumerate(PdfReader(pdf).pages, 1):
        if re.search(rf"^(?:— \d+ —)?\s*{text}\s*$", page.extract_text(), re.M):
            return number
    sys.exit(f"pictures: no page of {pdf.name} says {text}")


def _page(pdf: Path, number: int, name: str, *how: str) -> str:
    which = ("-f", str(number), "-l", str(number))
    _run("pdftoppm", "-png", "-singlefile", *which, *(how or ("-r", str(DOTS))), str(pdf), str(PICTURES / name))
    return name


def _only(workbook: Path, sheet: str, work: Path) -> Path:
    """The workbook with one sheet left, to print that one."""
    import openpyxl

    book = openpyxl.load_workbook(workbook)
    for other in [name for name in book.sheetnames if name != sheet]:
        del book[other]
    path = work / f"{sheet}.xlsx"
    book.save(path)
    return path


def _printed(document: Path, work: Path) -> Path:
    """The document as LibreOffice prints it."""
    _run("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(work), str(document))
    return work / document.with_suffix(".pdf").name


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    main(*sys.argv[1:])
